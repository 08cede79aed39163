"""The page on bundles, schedules and links says what is so: its commands run, its tables are complete."""

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec

from econonexus.domain import events
from econonexus.domain.flows import scheduling
from econonexus.domain.kinds import TOGETHER
from econonexus.domain.terms import Terms
from econonexus.interfaces.http.market_rules import rules_of
from tests.interfaces.served import ADMIN_KEY, Served

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "bundle-markets.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """What is typed on the page, a command a string."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL)
    return [command for block in blocks for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]


def run(command: str, url: str, key: str) -> str:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "ECONONEXUS_URL": url, "ECONONEXUS_KEY": key}
    done = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def test_its_commands_run_from_top_to_bottom(tmp_path: Path) -> None:
    with Served(tmp_path / "data") as server, server.client() as admin:
        for name in ("gpu", "reviewer"):
            admin.make("resources", id=name, unit="hours", capacity=8, period_ms=3_600_000)
        key = admin.make("agents", id="ann", credits_ucr=10_000)["key"]
        for command in commands():
            answer = run(command, server.url, str(key) if "econonexus bid" in command else ADMIN_KEY)
            assert '"status":4' not in answer
        admin.make("auctions/noon/cancel")
        assert admin.look("markets/gpu-hours")["schedule"]["ahead"] == 3
        found = {each["id"]: each for each in admin.look("auctions", market="gpu-hours")["items"]}
        assert list(found) == ["gpu-hours:1", "gpu-hours:2", "gpu-hours:3"]
        closed = admin.make("auctions/gpu-1/close")
        assert [won["bid"] for won in closed["outcome"]["allocation"]]
        assert admin.look("auctions/review-1")["outcome"]["revenue"] == 0


def test_its_defaults_are_those_of_the_terms() -> None:
    rules = msgspec.structs.asdict(rules_of(Terms()))
    table = re.findall(r"^\| `(\w+)` \| `?(\w*)`? \|", PAGE, flags=re.MULTILINE)
    stated = {name: default for name, default in table if name in rules and default}
    assert stated == {name: str(rules[name]) for name in stated}
    assert {"bidding", "payment", "time_limit_ms", "clearing_ms", "unproven"} == set(stated)


def test_it_has_every_reason_for_which_an_auction_is_skipped_and_every_event_of_a_schedule() -> None:
    for reason in (scheduling.HALTED, scheduling.TOO_LATE, scheduling.OVER_CAPACITY, scheduling.NAME_TAKEN):
        assert f"| | `{reason}`: " in PAGE
    for event in (events.ScheduleRan, events.SupplyShort, events.AuctionSkipped):
        assert f"| `{str(event.__struct_config__.tag).partition('/')[0]}` |" in PAGE


def test_it_names_the_mechanisms_that_can_be_cleared_together() -> None:
    (named,) = re.findall(r"The mechanisms that can be are (.*?)\.", PAGE, flags=re.DOTALL)
    assert set(re.findall(r"`(\w+)`", named)) == {mechanism.value for mechanism in TOGETHER}
