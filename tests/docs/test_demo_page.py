"""What README and the demo's page show of the demo is what the run kept in docs/demo.json gave."""

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from econonexus.cli.demo.hour import MODES, plan_hour, play
from econonexus.cli.demo.promises import play_promises
from econonexus.cli.demo.tables import dollars
from econonexus.cli.demo.workload import plan

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    return json.loads((ROOT / "docs" / "demo.json").read_text(encoding="utf-8"))


def test_the_picture_is_drawn_from_the_run(run: dict[str, Any]) -> None:
    script = ROOT / "docs" / "demo_picture.py"
    spec = importlib.util.spec_from_file_location(script.stem, script)
    assert spec is not None
    assert spec.loader is not None
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)

    assert picture.PICTURE.read_text(encoding="utf-8") == picture.draw(run), f"run {script.name}"


def test_the_run_is_of_the_work_that_is_built_in_now(run: dict[str, Any]) -> None:
    work = plan([], run["seed"], run["seconds"])

    assert (run["traces"], run["traced"], run["asked"]) == ([], work.traced, len(work.asks))
    for outcome in run["outcomes"]:
        limits = {line["name"]: line["limit_ucr"] for line in outcome["lines"] if line["limit_ucr"]}
        assert limits.items() <= {budget.name: budget.limit_ucr for budget in work.budgets}.items()


def test_the_table_of_the_readme_is_of_the_run(run: dict[str, Any]) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = {
        title: (theirs.strip("* "), ours.strip("* "))
        for title, theirs, ours in re.findall(
            r"^\| ([a-z0-9][^|]*?) \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE
        )
    }

    def both(of: str) -> tuple[Any, Any]:
        theirs, ours = run["outcomes"]
        return theirs[of], ours[of]

    def waits(of: str) -> tuple[str, ...]:
        return tuple(f"{wait:,.0f} ms" for wait in both(of))

    assert rows["overspent"] == (dollars(both("overspent_ucr")[0]), "0")
    assert both("overspent_ucr")[1] == 0
    assert rows["p95 wait of everybody else before it began"] == waits("neighbours_p95_before_ms")
    assert rows["p95 wait of everybody else from then on"] == waits("neighbours_p95_after_ms")
    assert rows["calls of everybody else refused"] == tuple(map(str, both("neighbours_refused")))


def test_the_hour_in_the_page_is_what_the_hour_gives_now(run: dict[str, Any]) -> None:
    hour = plan_hour([], run["seed"])
    played = [msgspec.to_builtins(play(hour, mechanism, lambda _: None)) for mechanism in MODES]
    assert run["hour"]["outcomes"] == played
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    for outcome in played:
        for line in outcome["lines"]:
            waited = f"{line['waited_p50_ms'] / 1_000:,.1f} s | {line['waited_p95_ms'] / 1_000:,.1f} s"
            paid = f"{dollars(line['spent_ucr'])} | {dollars(line['value_ucr'])}"
            row = f"| {line['served']:,} of {line['asked']:,} | {waited} | {paid} |"
            assert f"| {line['name']} | `{outcome['mechanism']}` {row}" in page


def test_the_three_providers_in_the_page_are_those_of_the_demo(run: dict[str, Any]) -> None:
    played = msgspec.to_builtins(play_promises())
    assert run["promises"] == played
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    for line in played["lines"]:
        amounts = (line[f"{what}_ucr"] for what in ("asked", "promised", "paid", "lost", "holds"))
        row = [line["name"], line["verdict"], *map(dollars, amounts), line["standing"]]
        assert f"| {' | '.join(row)} |" in page
