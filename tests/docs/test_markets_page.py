"""What the guide of markets shows works as it is shown, and its table has every default."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from econonexus.domain.terms import Terms
from econonexus.interfaces.http.market_rules import rules_of
from tests.interfaces.served import ADMIN_KEY, Served

PAGE = (Path(__file__).parents[2] / "docs" / "markets.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.replace("\\\n", "").splitlines()
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with Served(tmp_path_factory.mktemp("page") / "data") as served, served.client() as admin:
        yield {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "ECONONEXUS_URL": served.url,
            "ECONONEXUS_KEY": ADMIN_KEY,
            "ANN_KEY": admin.make("agents", id="ann", credits_ucr=5_000)["key"],
            "BOB_KEY": admin.make("agents", id="bob", credits_ucr=5_000)["key"],
        }


def test_every_command_does_what_it_says(environment: dict[str, str]) -> None:
    said = {}
    for command in COMMANDS:
        if command.startswith("curl") and shutil.which("curl") is None:
            continue
        done = subprocess.run(
            ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stderr)
        assert '"code":' not in done.stdout, (command, done.stdout)
        said[command] = done.stdout
    assert "700 µcr a unit of gpu" in said["econonexus auction close noon"]
    assert "only 1 of its 2 units were left" in said["econonexus explain bobs"]


def test_its_table_has_every_default() -> None:
    rules = rules_of(Terms())
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE, re.MULTILINE))
    assert len(rows) > 10
    for name, shown in rows.items():
        default = getattr(rules, name)
        assert shown.strip("`") == ("none" if default is None else str(default)), name
