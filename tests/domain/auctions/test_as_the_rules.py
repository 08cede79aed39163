"""What English and Dutch auctions come to over time is what `econonexus clear` says of the same limits."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism
from econonexus.domain.mechanisms import dutch, english
from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.terms import Clock, Terms
from tests.domain.auctions.stage import Stage

AGENTS = ("ann", "ann.2", "ann.3", "bob", "bob.2", "cat", "dan")


class Step(NamedTuple):
    """Somebody bids, or raises its bid, after so long."""

    agent: str
    price: int
    units: int
    wait: int


def steps(most: int, tick: int = 0) -> st.SearchStrategy[list[Step]]:
    return st.lists(
        st.builds(
            Step, st.sampled_from(AGENTS), st.integers(1, most), st.integers(1, 3), st.integers(0, tick)
        ),
        max_size=12,
    )


def played(stage: Stage, plan: list[Step]) -> tuple[bool, list[Bid]]:
    """Let everybody bid, with those bids that are taken; whether a leader raised, and the bids at the end."""
    leader_raised = False
    for step in plan:
        stage.wait(step.wait)
        if step.agent not in stage.auction.bids:
            stage.submit(stage.placing(step.agent, step.price, step.units))
            continue
        leads = step.agent in stage.auction.leaders
        done = stage.submit(c.RaiseBid(step.agent, "a", step.agent, step.price))
        leader_raised |= leads and isinstance(done, tuple)
    bids = [
        Bid(bid.id, bid.agent, bid.agent.split(".")[0], "gpu", bid.items["gpu"], bid.price)
        for bid in stage.auction.bids.values()
    ]
    return leader_raised, bids


def of_rule(outcome: Outcome) -> dict[str, tuple[int, int]]:
    return {award.bid: (award.items["gpu"], award.amount) for award in outcome.allocation}


@given(steps(60), st.integers(1, 3), st.integers(0, 20), st.integers(1, 9))
def test_english(plan: list[Step], units: int, reserve: int, increment: int) -> None:
    terms = Terms(reserve=reserve, increment=increment)
    stage = Stage(Mechanism.ENGLISH, terms, units=units, agents=AGENTS)
    leader_raised, bids = played(stage, [step._replace(units=1) for step in plan])
    stage.do(c.CloseAuction("a"))
    by_rule = of_rule(english.clear(Auction(bids, {"gpu": units}, {"gpu": reserve}), increment))
    paid = stage.paid()
    assert paid.keys() == by_rule.keys()
    for bid, (_, payment) in paid.items():
        if not leader_raised:
            assert payment == by_rule[bid][1]
        # Where the price was the leader's limit before it raised that, the last increment was not full.
        assert by_rule[bid][1] - increment <= payment <= by_rule[bid][1]


@given(steps(60), st.integers(1, 3), st.integers(0, 20))
def test_the_price_of_an_english_auction_never_falls(plan: list[Step], units: int, increment: int) -> None:
    stage = Stage(Mechanism.ENGLISH, Terms(increment=1 + increment), units=units, agents=AGENTS)
    played(stage, [step._replace(units=1) for step in plan])
    prices = [event.price for _, _, event in stage.log if isinstance(event, e.StandingMoved)]
    assert prices == sorted(prices)


@given(
    steps(70, 5 * SECOND // 2),
    st.integers(1, 6),
    st.integers(1, 60),
    st.integers(1, 25),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_dutch(plan: list[Step], units: int, start: int, step: int, floor: int, reserve: int) -> None:
    """A bid that comes while the clock runs is as one that had waited for the call of that moment."""
    floor, reserve = min(floor, start), min(reserve, start)
    terms = Terms(clock=Clock(start, step, SECOND, floor), reserve=reserve)
    stage = Stage(Mechanism.DUTCH, terms, units=units, agents=AGENTS, window=None)
    waited: list[Bid] = []
    for each in plan:
        stage.wait(each.wait)
        if each.agent in stage.auction.bids:
            continue
        call = stage.auction.calls.price(stage.auction.call_at(stage.now))
        if isinstance(stage.submit(stage.placing(each.agent, each.price, each.units)), tuple):
            price = min(each.price, call)
            waited.append(Bid(each.agent, each.agent, each.agent, "gpu", each.units, price))
    if stage.auction.result is None:
        stage.at(stage.auction.closes_at - stage.began)
    by_rule = dutch.clear(Auction(waited, {"gpu": units}, {"gpu": reserve}), start, step, floor)
    assert stage.paid() == of_rule(by_rule)
    assert list(stage.paid()) == [award.bid for award in by_rule.allocation]
