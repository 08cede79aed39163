"""The hour for scarce tokens: small hours worked by hand, and what must hold of any."""

import random

import pytest

from econonexus.cli.demo.hour import MODES, Hour, HourOutcome, Wish, plan_hour, play
from econonexus.domain.ids import SECOND, Instant
from econonexus.domain.kinds import Mechanism

NO_LOOP = Wish("loop", "research-loop", Instant(0), 100, 100, 8)
"""Of an hour so short that it is over before the loop would begin to matter."""


def hour(*wishes: tuple[float, str, int, int], capacity: int = 100, seconds: float = 60.0) -> Hour:
    """Calls at some second, by an agent, for so many tokens at a worth of each; all of them are used."""
    made = [
        Wish(f"call-{number}", agent, Instant(int(at * SECOND)), tokens, tokens, worth)
        for number, (at, agent, tokens, worth) in enumerate(wishes)
    ]
    return Hour(tuple(made), capacity, seconds, NO_LOOP)


def played(which: Hour, mechanism: Mechanism) -> HourOutcome:
    return play(which, mechanism, lambda _: None)


def lines(outcome: HourOutcome) -> dict[str, tuple[int, float | None, int, int]]:
    """By team: served, the median wait in ms, spent, value."""
    return {
        line.name: (line.served, line.waited_p50_ms, line.spent_ucr, line.value_ucr) for line in outcome.lines
    }


def test_first_come_serves_one_and_the_others_as_they_happen_to_try_again() -> None:
    found = lines(played(hour((0, "coding-1", 100, 20), (1, "support-1", 100, 40)), Mechanism.FIRST_COME))
    # coding has the tokens of the first five seconds; support tries every second, and has them at the fifth.
    assert found["coding"] == (1, 0.0, 300, 2_000)
    assert found["support"] == (1, 4_000.0, 300, 4_000)


def test_weighted_fair_serves_at_the_end_of_each_period_in_turn() -> None:
    found = lines(played(hour((1, "coding-1", 100, 20), (2, "support-1", 100, 40)), Mechanism.WEIGHTED_FAIR))
    assert found["coding"] == (1, 4_000.0, 300, 2_000)
    assert found["support"] == (1, 8_000.0, 300, 4_000)


def test_by_auction_the_dearest_goes_first_and_pays_what_the_next_bid() -> None:
    found = lines(
        played(
            hour((0, "coding-1", 100, 20), (0, "support-1", 100, 40), (0, "research-1", 100, 8)),
            Mechanism.UNIFORM_PRICE,
        )
    )
    # Rounds close at 5, 10 and 15 s: 40 against 20, 20 against 8, and 8 alone at the least price, 3.
    assert found["support"] == (1, 5_000.0, 2_000, 4_000)
    assert found["coding"] == (1, 10_000.0, 800, 2_000)
    assert found["research"][0] == 1
    assert found["research"][1] == 15_000.0


def test_a_call_that_comes_as_a_round_closes_bids_in_the_next() -> None:
    found = lines(played(hour((0, "coding-1", 100, 20), (5, "support-1", 100, 40)), Mechanism.UNIFORM_PRICE))
    assert found["coding"][1] == 5_000.0
    assert found["support"][1] == 5_000.0


def test_who_has_waited_long_enough_does_without() -> None:
    calls = [(0.0, "coding-1", 100, 20)] * 10
    for mechanism in MODES:
        (line,) = [line for line in played(hour(*calls), mechanism).lines if line.name == "coding"]
        assert line.asked == 10
        assert line.served < 10  # The tokens of six or seven periods come within thirty seconds.
        assert line.waited_p95_ms is not None
        assert line.waited_p95_ms <= 30_000


@pytest.mark.parametrize("mechanism", MODES)
def test_the_same_hour_gives_the_same(mechanism: Mechanism) -> None:
    chance = random.Random(5)
    calls = sorted(
        (chance.uniform(0, 60), chance.choice(["coding-1", "support-2"]), chance.randint(1, 90), 20)
        for _ in range(60)
    )
    which = hour(*calls)
    first = played(which, mechanism)
    assert played(which, mechanism) == first
    for line in first.lines[:3]:  # Every token is worth 20 µcr to its team, and costs 3 at least.
        assert 20 * line.spent_ucr >= 3 * line.value_ucr


def test_the_built_in_hour_is_drawn_from_its_seed() -> None:
    assert plan_hour([], 3) == plan_hour([], 3)
    assert plan_hour([], 3) != plan_hour([], 4)
    which = plan_hour([], 3)
    assert which.capacity >= max(wish.bound for wish in which.wishes)
