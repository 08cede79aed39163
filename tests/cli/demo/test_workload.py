"""The work is a fair sample, the same for the same seed, and as bursty as its shape says."""

import csv
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from econonexus.cli.demo import workload as w
from econonexus.cli.demo.cast import CREW, RUNAWAY, TEAM_OF
from econonexus.cli.demo.provider import Asked, Message, Pace, Provider
from tests.virtual_time import run

START = datetime(2023, 11, 16, 18, tzinfo=UTC)


def trace(folder: Path, name: str, calls: int, context: int, seconds: float) -> Path:
    """A trace of equal calls, evenly spread from 0 to `seconds`."""
    file = folder / name
    with open(file, "w", newline="") as opened:
        lines = csv.writer(opened)
        lines.writerow(["TIMESTAMP", "ContextTokens", "GeneratedTokens"])
        for number in range(calls):
            at = START + timedelta(seconds=seconds * number / max(1, calls - 1))
            lines.writerow([at.isoformat(), context, 20])
    return file


def test_the_same_seed_gives_the_same_work() -> None:
    assert w.plan([], 1, 5.0) == w.plan([], 1, 5.0)
    assert w.plan([], 1, 5.0).asks != w.plan([], 2, 5.0).asks


def test_the_work_fits_into_the_time_and_keeps_the_provider_as_busy_as_planned() -> None:
    work = w.plan([], 7, 5.0)

    assert [ask.at_s for ask in work.asks] == sorted(ask.at_s for ask in work.asks)
    assert work.asks[0].at_s >= 0
    assert work.asks[-1].at_s <= 5.0
    busy_s = sum(work.service_ms(ask.generated_tokens) for ask in work.asks) / 1_000
    assert busy_s == pytest.approx(0.6 * 8 * 5.0, rel=0.01)  # Eight slots, busy for 60 % of five seconds.
    assert {ask.agent for ask in work.asks} == set(TEAM_OF) - {RUNAWAY}


def test_a_call_costs_what_its_tokens_cost() -> None:
    ask = w.Ask(0.0, "coding-1", 1_000, 100)

    assert ask.cost_ucr == 3_500  # 1,000 at 2.50 dollars a million, 100 at 10 dollars a million.
    assert ask.most_ucr == 7_620  # As much read, and 512 written.


@pytest.mark.parametrize(("generated", "bound"), [(1, 512), (512, 512), (513, 1_024), (1_024, 1_024)])
def test_the_bound_is_a_power_of_two_above_the_answer(generated: int, bound: int) -> None:
    assert w.Ask(0.0, "coding-1", 1, generated).max_tokens == bound


@pytest.mark.parametrize("context", [9, 10, 1_000])
def test_a_prompt_has_the_traces_tokens_and_is_answered_at_the_traces_length(context: int) -> None:
    ask = w.Ask(0.0, "coding-1", context, 33)
    provider = Provider(Pace(slots=1, first_token_ms=0, token_ms=0))

    answer = run(provider.answer("us", Asked([Message(ask.prompt)], ask.max_tokens)))

    assert answer["usage"] == {
        "prompt_tokens": context,
        "completion_tokens": 33,
        "total_tokens": context + 33,
    }


def test_prompts_shorter_than_what_the_provider_must_be_told_are_counted_as_they_are(tmp_path: Path) -> None:
    work = w.plan([trace(tmp_path, "short.csv", 5, 0, 1.0)], 1, 2.0)

    # "Answer in 20 tokens." has 20 bytes: five tokens, and four for the message.
    assert {ask.context_tokens for ask in work.asks} == {9}


def test_each_trace_is_a_teams_and_fewer_go_round(tmp_path: Path) -> None:
    first, second = (trace(tmp_path, f"{context}.csv", 200, context, 60.0) for context in (100, 900))

    asks = w.plan([first, second], 1, 2.0).asks

    assert {ask.agent for ask in asks if ask.context_tokens == 900} <= set(CREW["support"])
    others = Counter(TEAM_OF[ask.agent] for ask in asks if ask.context_tokens == 100)
    assert set(others) == {"coding", "research"}


def test_without_a_speed_the_whole_trace_fits_in(tmp_path: Path) -> None:
    work = w.plan([trace(tmp_path, "a.csv", 40, 100, 600.0)], 1, 2.0)

    assert work.speed == 300.0
    assert (work.asks[0].at_s, work.asks[-1].at_s) == (0.0, 2.0)
    assert (work.traced, len(work.asks)) == (40, 40)


def test_no_more_than_its_first_hour_is_read(tmp_path: Path) -> None:
    work = w.plan([trace(tmp_path, "a.csv", 21, 100, 2 * 3_600.0)], 1, 2.0)

    assert (work.traced, work.speed) == (11, 1_800.0)  # One call every six minutes.


def test_with_a_speed_as_much_is_played_as_the_time_allows(tmp_path: Path) -> None:
    work = w.plan([trace(tmp_path, "a.csv", 11, 100, 100.0)], 1, 2.0, speed=20.0)

    assert work.traced == 5  # One call every ten seconds, from 0 to 40.
    assert work.asks[-1].at_s == 2.0


def test_every_call_has_the_same_chance_to_be_sampled(tmp_path: Path) -> None:
    # Two seconds have room for 48 calls of 200 ms: of 960, a twentieth.
    file = trace(tmp_path, "a.csv", 960, 100, 959.0)

    thirds = Counter(
        int(ask.at_s / 2.0 * 959 // 320) for seed in range(60) for ask in w.plan([file], seed, 2.0).asks
    )

    # 2,880 calls, 960 in every third; the standard deviation of that is 25.
    assert sum(thirds.values()) == 60 * 48
    assert all(abs(times - 960) < 5 * 25 for times in thirds.values())


@pytest.mark.parametrize(
    ("team", "dispersion"), [("coding", 1 + 2.57 * 60 / 0.95), ("support", 1 + 5.53 * 60 / 17)]
)
def test_the_built_in_hour_is_as_bursty_as_it_says(team: str, dispersion: float) -> None:
    minutes = 1_000
    calls = Counter(int(call.at_s // 60) for call in w.built_in(team, 3, minutes * 60.0))

    counts = [calls[minute] for minute in range(minutes)]
    mean = sum(counts) / minutes
    variance = sum((count - mean) ** 2 for count in counts) / minutes
    # Of a Poisson process whose rate is gamma-distributed: 1 + mean ÷ shape.
    assert variance / mean == pytest.approx(dispersion, rel=0.25)


@pytest.mark.parametrize(
    ("name", "calls"), [("azure_llm_2023_code.csv", 8_819), ("azure_llm_2023_conv.csv", 19_366)]
)
def test_a_public_trace_is_read_to_its_end(name: str, calls: int) -> None:
    folder = os.environ.get("PUBLIC_TRACES")
    if folder is None:
        pytest.skip("PUBLIC_TRACES names no folder with the public traces")

    work = w.plan([Path(folder, name)], 1, 12.0)

    assert work.traced == calls
    assert len(work.asks) == round(0.6 * 8 * 12.0 / 0.2)  # As many calls of 200 ms as keep it 60 % busy.
