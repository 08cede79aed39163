"""`econonexus demo`, as a user runs it: what it prints is what the journal says, read here by other means."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, run_in

Report = dict[str, Any]
Event = dict[str, Any]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def report(kept: Path) -> Report:
    """One short demo for all tests of this file, its data kept."""
    done = run_in(kept.parent, "demo", "--seconds", "3", "--seed", "11", "--keep", kept, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def events(kept: Path, report: Report) -> list[Event]:
    """What happened in the node, from its journal."""
    done = run_in(kept.parent, "ledger", "export", "--data", kept / "node")
    return [json.loads(line)["record"]["event"] for line in done.stdout.splitlines()]


def run_of(report: Report, gateway: str) -> Report:
    (outcome,) = [outcome for outcome in report["outcomes"] if outcome["gateway"] == gateway]
    return outcome


def line_of(outcome: Report, name: str) -> Report:
    (line,) = [line for line in outcome["lines"] if line["name"] == name]
    return line


def settled(events: list[Event]) -> Iterator[tuple[str, int]]:
    """Who paid for every call that was settled, and how much."""
    for event in events:
        if event["type"].startswith("hold_posted/"):
            yield event["source"], event["amount"]


def test_the_gateway_of_today_overspends_and_ours_does_not(report: Report) -> None:
    theirs, ours = run_of(report, "check_then_record"), run_of(report, "econonexus")

    assert theirs["overspent_ucr"] > 0
    assert theirs["overspent_ucr"] >= line_of(theirs, "research-loop")["overspent_ucr"] > 0
    assert ours["overspent_ucr"] == 0
    assert all(line["overspent_ucr"] == 0 for line in ours["lines"])


def test_both_books_agree_with_the_provider_s_bills(report: Report) -> None:
    for outcome in report["outcomes"]:
        assert line_of(outcome, "organisation")["spent_ucr"] == outcome["billed_ucr"] > 0


def test_the_table_says_what_the_journal_says(report: Report, events: list[Event]) -> None:
    ours, spent, served = run_of(report, "econonexus"), Counter[str](), Counter[str]()
    for agent, amount in settled(events):
        for name in (agent.rpartition("-")[0] if agent != "research-loop" else "research", "organisation"):
            spent[name] += amount
            served[name] += 1
        spent[agent] += amount
        served[agent] += 1

    for name in ("coding", "support", "research", "research-loop", "organisation"):
        line = line_of(ours, name)
        assert (line["spent_ucr"], line["served"]) == (spent[name], served[name]), name


def test_no_limit_was_exceeded_at_any_moment_not_even_by_what_was_held(events: list[Event]) -> None:
    limits, parents = {}, {}
    used: Counter[str] = Counter()
    holds: dict[str, tuple[str, int]] = {}

    def use(budget: str | None, amount: int) -> None:
        while budget is not None:
            used[budget] += amount
            assert used[budget] <= limits[budget], f"{budget} is at {used[budget]} of {limits[budget]}"
            budget = parents[budget]

    for event in events:
        kind = event["type"].partition("/")[0]
        if kind == "budget_created":
            limits[event["budget"]], parents[event["budget"]] = event["limit"], event.get("parent")
        elif kind == "hold_placed":
            holds[event["hold"]] = event["source"], event["amount"]
            use(event["source"], event["amount"])
        elif kind == "hold_posted":
            source, held = holds.pop(event["hold"])
            use(source, event["amount"] - held)
        elif kind in ("hold_voided", "hold_expired"):
            source, held = holds.pop(event["hold"])
            use(source, -held)

    assert set(parents.values()) == {None, "organisation", "coding", "support", "research"}
    assert used["research-loop"] > 0
    assert holds == {}


def test_every_call_was_reserved_for_at_least_what_it_cost(events: list[Event]) -> None:
    held = {event["hold"]: event["amount"] for event in events if event["type"].startswith("hold_placed/")}
    posted = {event["hold"]: event["amount"] for event in events if event["type"].startswith("hold_posted/")}

    assert posted
    assert all(amount <= held[hold] for hold, amount in posted.items())
    # The model writes less than it may, so that there is something to give back.
    assert sum(posted.values()) < sum(held.values())


def test_everybody_who_was_served_or_refused_is_counted(report: Report) -> None:
    for outcome in report["outcomes"]:
        teams = [line_of(outcome, name) for name in ("coding", "support", "research")]
        everybody = line_of(outcome, "organisation")
        assert sum(team["served"] for team in teams) == everybody["served"]
        assert sum(team["refused"] for team in teams) == everybody["refused"]
        assert sum(reason["times"] for reason in outcome["refusals"]) == everybody["refused"]
        neighbours = everybody["served"] + everybody["refused"]
        neighbours -= sum(line_of(outcome, "research-loop")[what] for what in ("served", "refused"))
        assert neighbours == report["asked"]


def test_who_was_refused_is_told_by_which_limit(report: Report) -> None:
    for outcome in report["outcomes"]:
        (loop,) = [reason for reason in outcome["refusals"] if reason["agent"] == "research-loop"]
        assert loop["code"] == "budget_exhausted"
        assert "research-loop" in loop["why"]


def test_ours_refuses_nobody_but_the_runaway(report: Report) -> None:
    assert run_of(report, "econonexus")["neighbours_refused"] == 0


def test_what_is_kept_verifies_and_opens_again(econonexus: Run, kept: Path, report: Report) -> None:
    done = econonexus("ledger", "verify", "--data", kept / "node", "--json")

    assert done.returncode == 0, done.stderr
    assert report["records_verified"] == json.loads(done.stdout)["records"]


def test_a_trace_is_replayed_and_the_screen_says_how_it_went(econonexus: Run, tmp_path: Path) -> None:
    lines = [f"2024-05-10 00:00:{second:02},900,40" for second in range(60)]
    (tmp_path / "mine.csv").write_text("\n".join(["TIMESTAMP,ContextTokens,GeneratedTokens", *lines]) + "\n")

    done = econonexus("demo", "--trace", "mine.csv", "--seconds", "2", PATH="/usr/bin:/bin")

    assert done.returncode == 0, done.stderr
    assert "The work is mine.csv: 60 calls, thinned to 48, 30 × as fast" in " ".join(done.stdout.split())
    assert "overspend 0 through EconoNexus; ledger verify passed: " in " ".join(done.stdout.split())
    for word in ("coding", "support", "research-loop", "waited", "refused", "Try next:"):
        assert word in done.stdout
    # Where the shell does not find `econonexus` by its name, what to try next says where it is.
    program, *arguments = done.stdout.partition("Try next:")[2].splitlines()[2].split()
    assert (tmp_path / program).is_file()
    assert arguments[:3] == ["demo", "--keep", "demo-data"]


def test_the_demo_overwrites_nothing(econonexus: Run, tmp_path: Path) -> None:
    done = econonexus("demo", "--keep", tmp_path)

    assert done.returncode == 2
    assert "exists already" in done.stderr


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--trace", "none.csv"], "--trace: none.csv: No such file or directory"),
        (["--speed", "0"], "--speed must be above 0"),
        (["--speed", "nan"], "--speed must be above 0"),
        (["--speed", "1e-9"], "--speed 1e-09: no call comes in so short a time"),
        (["--crash", "--trace", "a"], "--crash is a story of its own"),
        (["--seconds", "1"], "--seconds must be 2 to 600"),
        (["--trace", "a", "--trace", "b", "--trace", "c", "--trace", "d"], "--trace: 4 files for 3 teams"),
    ],
)
def test_bad_input_is_one_line(econonexus: Run, options: list[str], complaint: str) -> None:
    done = econonexus("demo", *options)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"econonexus: {complaint}")
    assert done.stderr.count("\n") == 1


def test_without_the_official_client_one_line_says_how_to_get_it(econonexus: Run, tmp_path: Path) -> None:
    # A package of that name that cannot be found stands in for one that is not installed.
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['openai'] = None\n")

    done = econonexus("demo", PYTHONPATH=str(tmp_path))

    assert done.returncode == 3
    assert done.stderr == (
        "econonexus: the demo's agents need the openai package; pip install 'econonexus[demo]'\n"
    )


def test_a_node_killed_under_load_loses_nothing(econonexus: Run) -> None:
    done = econonexus("demo", "--crash", "--json")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["kills"], found["missing"]) == (3, 0)
    assert found["acknowledged"] > 0
    assert found["records_verified"] > found["acknowledged"]


def test_a_place_where_nothing_can_be_kept_is_one_line(econonexus: Run) -> None:
    done = econonexus("demo", "--keep", "/proc/x/y")

    assert done.returncode == 3
    assert done.stderr == "econonexus: --keep: /proc/x/y: No such file or directory\n"
