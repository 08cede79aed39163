"""What the page on reputation shows works as it is shown, and its table is what verdicts say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from econonexus.domain.kinds import Verdict
from econonexus.domain.mechanisms.promises.records import after
from econonexus.domain.promises import PromiseRules, Record
from econonexus.domain.subjects.reputations import components
from tests.interfaces.served import ADMIN_KEY, Served

PAGE = (Path(__file__).parents[2] / "docs" / "reputation.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]
VERDICTS = re.findall(
    r"^\| ((?:excellent|poor|late|byzantine).*?) \| (\w+) \| (\w+) \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE
)


def test_every_command_does_what_it_says(tmp_path: Path) -> None:
    with Served(tmp_path / "data") as served, served.client() as admin:
        for name in ("ann", "acme", "office"):
            admin.make("agents", id=name)
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "ECONONEXUS_URL": served.url,
            "ECONONEXUS_KEY": ADMIN_KEY,
        }
        for command in COMMANDS:
            done = subprocess.run(
                ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, (command, done.stderr)
        assert admin.look("promise-rules")["trusted"] == ["acme", "office"]


def test_the_table_has_every_verdict() -> None:
    told = {name for names, *_ in VERDICTS for name in names.split(", ")}
    assert told == {verdict.value for verdict in Verdict} - {Verdict.ENDED.value}


@pytest.mark.parametrize(("names", "sides"), [(names, sides) for names, *sides in VERDICTS])
def test_the_table_is_what_verdicts_say(names: str, sides: list[str]) -> None:
    for name in names.split(", "):
        record = after(Record(), Verdict(name), None, 1)
        assert ["good" if side.good else "bad" for side in components(record)] == sides


def test_the_numbers_in_the_text_are_the_defaults() -> None:
    rules = PromiseRules()
    assert f"is forgotten in {rules.half_life_days} days" in PAGE
    assert f"one at {rules.plain_value // 1_000_000} credits\nweighs 1" in PAGE
    assert f"none weighs more than {rules.most_weight}." in PAGE
