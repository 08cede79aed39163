"""Who comes first: pay and time, and nobody waits for ever."""

from itertools import count
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.attention import DAY, HOUR, MINUTE, InboxRules
from econonexus.domain.mechanisms import ageing

CREDIT = 1_000_000
RULES = InboxRules()


class Asked(NamedTuple):
    """A request: what it pays for a minute, and when it was made."""

    price: int
    asked_at: int
    place: int = 0


def turn(
    requests: list[Asked], now: int, rate: int = RULES.ageing, patience: int = RULES.patience
) -> list[Asked]:
    by_precedence = sorted(requests, key=lambda each: ageing.precedence(each, rate))
    return list(ageing.in_turn(requests, by_precedence, patience, now))


def test_who_pays_more_comes_first() -> None:
    low, high = Asked(2 * CREDIT, 0, 1), Asked(3 * CREDIT, 0, 2)
    assert turn([low, high], 0) == [high, low]


def test_an_hour_of_waiting_counts_like_a_credit_a_minute() -> None:
    """Two credits and an hour are three: less than three and a minute, more than three a minute later."""
    early = Asked(2 * CREDIT, 0, 1)
    sooner, later = Asked(3 * CREDIT, HOUR - MINUTE, 2), Asked(3 * CREDIT, HOUR + MINUTE, 3)
    assert ageing.priority(early, RULES.ageing, HOUR) == 3 * CREDIT
    # A minute is a sixtieth of a credit: 16,666.67 µcr, rounded down.
    assert ageing.priority(sooner, RULES.ageing, HOUR) == 3 * CREDIT + 16_666
    assert turn([early, sooner, later], 2 * HOUR) == [sooner, early, later]


def test_of_equal_priorities_the_higher_price_comes_first_then_the_earlier() -> None:
    waited, paid, after = Asked(2 * CREDIT, 0, 1), Asked(3 * CREDIT, HOUR, 2), Asked(3 * CREDIT, HOUR, 3)
    assert turn([waited, paid, after], 3 * HOUR) == [paid, after, waited]


def test_without_ageing_pay_alone_decides_until_patience_ends() -> None:
    poor, rich = Asked(1, 0, 1), Asked(2, DAY - 1, 2)
    assert turn([poor, rich], DAY - 1, rate=0) == [rich, poor]
    assert turn([poor, rich], DAY, rate=0) == [poor, rich]


def test_after_a_day_no_price_comes_before() -> None:
    poor, rich = Asked(1, 0, 1), Asked(10**18, DAY - 1, 2)
    assert turn([poor, rich], DAY - 1) == [rich, poor]
    assert turn([poor, rich], DAY) == [poor, rich]


prices = st.one_of(st.integers(0, 50), st.just(2**63 - 1))
rates = st.integers(0, 20)
moments = st.lists(st.tuples(prices, st.integers(0, 300)), min_size=1, max_size=30)


def requests_of(drawn: list[tuple[int, int]]) -> list[Asked]:
    return [
        Asked(price, at, place) for place, (price, at) in enumerate(sorted(drawn, key=lambda each: each[1]))
    ]


@given(moments, rates, st.integers(1, 200), st.integers(300, 1_000))
def test_nobody_is_overtaken_by_who_asks_after_its_patience(
    drawn: list[tuple[int, int]], rate: int, patience: int, now: int
) -> None:
    order = turn(requests_of(drawn), now, rate * HOUR, patience)
    for place, behind in enumerate(order):
        for ahead in order[:place]:
            assert ahead.asked_at < behind.asked_at + patience


@given(moments, rates, st.integers(300, 600), st.integers(0, 400))
def test_before_patience_ends_the_order_is_that_of_priority_and_never_changes(
    drawn: list[tuple[int, int]], rate: int, now: int, later: int
) -> None:
    requests = requests_of(drawn)
    order = turn(requests, now, rate * HOUR, 10_000)
    assert order == turn(requests, now + later, rate * HOUR, 10_000)
    assert order == sorted(
        requests,
        key=lambda each: (-(each.price + rate * (now - each.asked_at)), -each.price, each.place),
    )


@given(moments, st.integers(1, 50))
def test_a_request_is_answered_in_bounded_time_however_rich_the_others(
    drawn: list[tuple[int, int]], patience: int
) -> None:
    """One is answered per tick, and at every tick a richer one comes: all that were there before have had
    their turn after `patience`, a tick for each of them, and a tick for each that came within `patience`."""
    places = count(1_000)
    first = requests_of(drawn)
    waiting, now, bound = list(first), 300, 300 + patience + len(first) + patience
    while any(each in first for each in waiting):
        waiting.append(Asked(2**63 - 1, now, next(places)))
        waiting.remove(turn(waiting, now, 0, patience)[0])
        now += 1
        assert now <= bound
