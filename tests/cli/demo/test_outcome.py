"""The numbers of the tables, each worked by hand."""

from econonexus.cli.demo.agents import Notes, Seen
from econonexus.cli.demo.cast import RUNAWAY, TEAM_OF, Budget, budgets, overspend
from econonexus.cli.demo.outcome import Line, Outcome, Reason, outcome_of
from econonexus.cli.demo.provider import Bill
from econonexus.cli.demo.workload import Ask, Workload

TREE = (
    Budget("organisation", None, 100),
    Budget("coding", "organisation", 60),
    Budget("support", "organisation", 60),
    Budget("coding-1", "coding", 40),
    Budget("coding-2", "coding", 40),
    Budget("support-1", "support", 60),
)


def test_within_all_limits_nothing_is_overspent() -> None:
    spent = {"coding-1": 40, "coding-2": 20, "support-1": 40}

    assert set(overspend(TREE, spent).values()) == {0}


def test_what_one_agent_overspent_counts_once_all_the_way_up() -> None:
    over = overspend(TREE, {"coding-1": 65, "coding-2": 0, "support-1": 10})

    # 25 over its own 40, which is 5 over the team's 60; taking 25 back mends both.
    assert over == {
        "organisation": 25,
        "coding": 25,
        "support": 0,
        "coding-1": 25,
        "coding-2": 0,
        "support-1": 0,
    }


def test_a_limit_above_may_be_broken_by_more_than_those_beneath() -> None:
    over = overspend(TREE, {"coding-1": 41, "coding-2": 40, "support-1": 61})

    # Coding: 81 of 60, of which its agent's 1 is a part. Support: 1. All: 142 of 100.
    assert (over["coding"], over["support"], over["organisation"]) == (21, 1, 42)


def test_limits_leave_room_for_what_is_under_way() -> None:
    limits = {
        budget.name: budget for budget in budgets({"coding-1": 100_000, "research-1": 200_000}, 5_000, 70_000)
    }

    # A need and a tenth more, the spare, up to the next cent; the runaway's limit on top where it plays.
    assert limits["coding-1"] == Budget("coding-1", "coding", 120_000)
    assert limits["coding"] == Budget("coding", "organisation", 120_000)
    assert limits["support"] == Budget("support", "organisation", 10_000)
    assert limits["research-1"] == Budget("research-1", "research", 230_000)
    assert limits["research-loop"] == Budget("research-loop", "research", 70_000)
    assert limits["research"] == Budget("research", "organisation", 230_000 + 70_000)
    assert limits["organisation"] == Budget("organisation", None, 340_000 + 70_000)


def played(*seen: Seen, spent: dict[str, int]) -> Outcome:
    """The outcome of ten seconds; the runaway begins after two."""
    limits = budgets({agent: 100 for agent in TEAM_OF if agent != RUNAWAY}, 0, 10_000)
    work = Workload((), Ask(0.0, "research-loop", 9, 1), limits, 10.0, 1.0, 0, 1.0)
    notes = Notes(list(seen), 0.0)
    return outcome_of("econonexus", work, notes, spent, Bill(3, 77))


def line(found: Outcome, name: str) -> Line:
    return next(line for line in found.lines if line.name == name)


def test_waits_are_percentiles_by_nearest_rank_of_the_calls_served() -> None:
    waits = [Seen("coding-1", 3.0, waited_ms=float(number)) for number in range(1, 21)]

    coding = line(played(*waits, Seen("coding-2", 3.0, 0.0, "no", ""), spent={}), "coding")

    assert (coding.served, coding.refused) == (20, 1)
    assert (coding.waited_p50_ms, coding.waited_p95_ms) == (10.0, 19.0)


def test_where_nobody_was_served_there_is_no_wait() -> None:
    support = line(played(Seen("support-1", 0.0, 0.0, "no", ""), spent={}), "support")

    assert (support.waited_p50_ms, support.waited_p95_ms) == (None, None)


def test_a_team_is_its_agents_and_the_runaways_team_is_shown_in_two_parts() -> None:
    found = played(
        Seen("research-1", 0.0, 5.0),
        Seen("research-loop", 3.0, 9.0),
        spent={"research-1": 7, "research-loop": 12_000},
    )

    research, mates, runaway = (line(found, name) for name in ("research", "teammates", "research-loop"))
    assert (research.served, mates.served, runaway.served) == (2, 1, 1)
    assert (research.spent_ucr, mates.spent_ucr, runaway.spent_ucr) == (12_007, 7, 12_000)
    assert (runaway.overspent_ucr, mates.overspent_ucr) == (2_000, 0)
    assert line(found, "organisation").spent_ucr == 12_007


def test_the_neighbours_are_everybody_but_the_runaway_before_and_after_it_begins() -> None:
    found = played(
        Seen("coding-1", 1.9, 10.0),
        Seen("support-1", 2.0, 30.0),
        Seen("research-loop", 2.0, 99.0),
        Seen("research-1", 5.0, 0.0, "budget_exhausted", "No."),
        spent={},
    )

    assert (found.neighbours_p95_before_ms, found.neighbours_p95_after_ms) == (10.0, 30.0)
    assert found.neighbours_refused == 1


def test_refusals_are_counted_by_agent_and_code_with_their_last_words() -> None:
    found = played(
        Seen("coding-1", 1.0, 0.0, "budget_exhausted", "first"),
        Seen("research-loop", 2.0, 0.0, "budget_exhausted", "its"),
        Seen("coding-1", 3.0, 0.0, "budget_exhausted", "last"),
        spent={},
    )

    assert found.refusals == [
        Reason("coding-1", 2, "budget_exhausted", "last"),
        Reason("research-loop", 1, "budget_exhausted", "its"),
    ]


def test_waits_over_time_are_those_of_the_calls_sent_then() -> None:
    found = played(
        Seen("coding-1", 0.1, 10.0),
        Seen("coding-1", 0.2, 30.0),
        Seen("support-1", 10.0, 50.0),
        Seen("research-loop", 5.0, 99.0),
        spent={},
    )

    # Twenty-five parts of ten seconds; who is sent as time ends belongs to the last.
    assert found.neighbours_p95_ms == [30.0, *[None] * 23, 50.0]
