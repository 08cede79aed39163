"""What the guide of contracts shows works as it is shown, and its numbers are the rules'."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from econonexus.domain.promises import DAY, HOUR, PromiseRules
from tests.interfaces.served import ADMIN_KEY, Served
from tests.interfaces.test_policy import until

PAGE = (Path(__file__).parents[2] / "docs" / "contracts.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
WINDOW_MS = 2_000


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """rex has three contracts at 3 credits, as ray would do them for that; vera checks the second."""
    with Served(tmp_path_factory.mktemp("page") / "data") as served, served.client() as admin:
        keys = {
            name: admin.make("agents", id=name, credits_ucr=300_000_000, capabilities=["ocr"])["key"]
            for name in ("kim", "vera", "rex", "ray")
        }
        for name in ("rex", "ray"):
            admin.make(f"agents/{name}/stake", amount_ucr=200_000_000)
        for task, more in (("scan", {}), ("read", {"verifier": "vera"}), ("page", {})):
            body: dict[str, Any] = {"capability": "ocr", "ceiling_ucr": 5_000_000, "deadline_ms": 600_000}
            admin.make("tasks", id=task, requester="kim", bidding_window_ms=WINDOW_MS, **body, **more)
            for name, price in (("rex", 2_000_000), ("ray", 3_000_000)):
                with served.client(keys[name]) as agent:
                    agent.make(f"tasks/{task}/offers", price_ucr=price)
        assert until(lambda: admin.get("/api/v1/contracts/page:1").status_code == 200 or None)
        yield {
            **os.environ,
            **{f"{name.upper()}_KEY": key for name, key in keys.items()},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "ECONONEXUS_URL": served.url,
            "ECONONEXUS_KEY": ADMIN_KEY,
        }


def test_every_command_answers_what_the_page_says(environment: dict[str, str]) -> None:
    for block in BLOCKS:
        for part in block.split("$ ")[1:]:
            command, *shown = part.splitlines()
            done = subprocess.run(
                ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, (command, done.stderr)
            rows = [[cell.strip() for cell in row.split("│")] for row in done.stdout.splitlines()]
            for line in shown:
                cells = [cell.strip() for cell in line.split("│")][1:-1]
                assert any(row[1 : len(cells) + 1] == cells for row in rows), (command, line, done.stdout)


def test_its_numbers_are_those_of_the_rules() -> None:
    rules = PromiseRules()
    assert (rules.judging, rules.challenge_window, rules.deciding) == (DAY, HOUR, 7 * DAY)
    for row in (
        "| `delivered` | `judging_ms`, a day |",
        "| `judged` | `challenge_window_ms`, an hour |",
        "| `challenged` | `challenge_window_ms`, an hour |",
        "| `disputed` | `deciding_ms`, seven days |",
    ):
        assert row in PAGE
    assert rules.challenge_bond == 100_000
    assert "a tenth of the payment (`challenge_bond`" in PAGE
