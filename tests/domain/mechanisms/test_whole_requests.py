"""Requests that are met whole: nothing is given twice, nobody is passed, and shares are fair."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.mechanisms.fair_share.weighted_fair import PER_UNIT, FairQueue
from econonexus.domain.mechanisms.fair_share.whole_requests import (
    Asked,
    by_counter,
    by_karma,
    by_priority,
    fairly,
    within,
)
from econonexus.domain.mechanisms.posted_price.quotes import Quote, first, following, rests
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.terms import Pricing

AGENTS = {"ann": (1, 0), "bob": (2, 5), "cat": (3, 5)}
"""Weight and priority."""
asked = st.lists(
    st.builds(
        lambda agent, units: Asked(agent, units, *AGENTS[agent]),
        st.sampled_from(list(AGENTS)),
        st.integers(1, 30),
    ),
    max_size=25,
)
free = st.integers(0, 120)


@given(free, asked)
def test_nothing_is_given_twice_and_no_more_than_there_is(units: int, requests: list[Asked]) -> None:
    for met in (
        by_priority(units, requests).met,
        by_counter(units, requests, {}, 0).met,
        by_karma(units, 120, requests, {}).met,
        fairly(units, requests),
    ):
        assert len(set(met)) == len(met)
        assert sum(requests[place].units for place in met) <= units


@given(free, asked)
def test_by_priority_whoever_is_left_out_stands_behind_all_who_are_met(
    units: int, requests: list[Asked]
) -> None:
    met = by_priority(units, requests).met
    rank = {place: (-request.priority, place) for place, request in enumerate(requests)}
    left = [place for place in rank if place not in met]
    assert all(rank[one] < rank[other] for one in met for other in left)
    if left:  # And the first of them really did not fit.
        first_left = min(left, key=lambda place: rank[place])
        assert requests[first_left].units > units - sum(requests[place].units for place in met)


@given(free, asked, st.dictionaries(st.sampled_from(list(AGENTS)), st.integers(0, 40 * PER_UNIT)))
def test_by_counter_takes_turns_as_the_virtual_token_counter_does(
    units: int, requests: list[Asked], standing: dict[str, int]
) -> None:
    queue = FairQueue()
    queue.counters = dict(standing)
    lines: dict[str, list[int]] = {}
    for place, request in enumerate(requests):
        lines.setdefault(request.agent, []).append(place)
    for agent in lines:
        queue.counters.setdefault(agent, 0)
        queue._arrivals[agent] = lines[agent][0]
        queue._offer(agent)
    met = []
    while (agent := queue.next_up()) is not None:
        # Of equal counters the older request goes first; the queue itself goes by who began to wait first.
        level = queue.counters[agent]
        agent = min((who for who in lines if queue.counters[who] == level), key=lambda who: lines[who][0])
        request = requests[lines[agent][0]]
        if request.units > units:
            break
        units -= request.units
        met.append(lines[agent].pop(0))
        queue.charge(agent, request.units, request.weight)
        if not lines[agent]:
            del lines[agent]
            queue.leave(agent)
    shared = by_counter(units + sum(requests[place].units for place in met), requests, standing, 0)
    assert shared.met == met
    assert all(shared.standing[who] == queue.counters[who] for who in shared.standing)


@given(free, st.lists(st.sampled_from(list(AGENTS)), max_size=60))
def test_of_single_units_each_gets_its_max_min_fair_share(units: int, who: list[str]) -> None:
    """The oracle raises a common level by one step after the other, in fractions."""
    met = fairly(units, [Asked(agent, 1, AGENTS[agent][0]) for agent in who])
    wants = {agent: who.count(agent) for agent in dict.fromkeys(who)}
    shares = dict.fromkeys(wants, Fraction(0))
    left = Fraction(min(units, len(who)))
    while left:
        hungry = [agent for agent in wants if shares[agent] < wants[agent]]
        weights = sum(AGENTS[agent][0] for agent in hungry)
        step = min([left / weights, *((wants[a] - shares[a]) / AGENTS[a][0] for a in hungry)])
        for agent in hungry:
            shares[agent] += step * AGENTS[agent][0]
        left -= step * weights
    for agent, share in shares.items():
        assert abs(sum(who[place] == agent for place in met) - share) < 1


@given(st.dictionaries(st.sampled_from(list(AGENTS)), st.integers(0, 60), min_size=3), asked)
def test_within_its_share_an_agents_requests_go_in_order(
    shares: dict[str, int], requests: list[Asked]
) -> None:
    met = within(shares, requests)
    assert met == sorted(met)
    for agent in shares:
        own = [place for place, request in enumerate(requests) if request.agent == agent]
        taken = [place for place in own if place in met]
        assert taken == own[: len(taken)]
        assert sum(requests[place].units for place in taken) <= shares[agent]


@given(
    st.integers(16, 5_000),
    st.integers(100, 10**9),
    st.lists(st.integers(0, 12_000), min_size=1, max_size=40),
    st.sampled_from([100_000, 500_000, 1_000_000]),
)
def test_a_posted_price_never_moves_by_more_than_an_eighth(
    capacity: int, price: int, demands: list[int], target: int
) -> None:
    pricing = Pricing(price=Amount(price), target=Ppm(target))
    quote = first(pricing)
    for demand in demands:
        after = following(pricing, quote, demand, capacity)
        # Each is rounded down to whole units, so that a price may lose one on its way.
        assert 8 * after.price <= 9 * (quote.price + 1)
        assert 9 * (after.price + 1) >= 8 * quote.price
        assert after.price >= price
        quote = after
    while not rests(pricing, quote, capacity):
        quote = following(pricing, quote, 0, capacity)
    assert quote == Quote(Amount(price))
