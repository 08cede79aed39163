"""What the guide of tasks shows works as it is shown, and its table has every default."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from econonexus.interfaces.http.tasks import BIDDING_WINDOW_MS, NewTask
from tests.interfaces.served import ADMIN_KEY, Served

PAGE = (Path(__file__).parents[2] / "docs" / "tasks.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.replace("\\\n", "").splitlines()
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with Served(tmp_path_factory.mktemp("page") / "data") as served, served.client() as admin:
        keys = {
            f"{name.upper()}_KEY": admin.make("agents", id=name, credits_ucr=300_000_000, capabilities=can)[
                "key"
            ]
            for name, can in (("kim", []), ("vera", []), ("rex", ["ocr"]), ("ray", ["ocr"]))
        }
        yield {
            **os.environ,
            **keys,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "ECONONEXUS_URL": served.url,
            "ECONONEXUS_KEY": ADMIN_KEY,
        }


def test_every_command_does_what_it_says(environment: dict[str, str]) -> None:
    said = {}
    for command in COMMANDS:
        if "curl" in command and shutil.which("curl") is None:
            continue
        done = subprocess.run(
            ["bash", "-c", command], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stderr)
        assert '"code":' not in done.stdout, (command, done.stdout)
        said[command] = done.stdout
    why_not = said["ECONONEXUS_KEY=$RAY_KEY econonexus explain task/scan"]
    assert "It takes 100,000,000 µcr; there are 0." in why_not
    assert "the ceiling: no other owner was left" in said["econonexus explain offer/scan/rex"]


def test_its_table_has_every_default() -> None:
    fields = {field.encode_name: field.default for field in msgspec.structs.fields(NewTask)}
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE, re.MULTILINE))
    explained = {"verifier": "requester", "bidding_window_ms": str(BIDDING_WINDOW_MS), "description": "none"}
    assert fields.keys() - rows.keys() == {"id", "requester", "judges", "quorum"}
    for name, shown in rows.items():
        default = fields[name]
        said = "needed" if default is msgspec.NODEFAULT else str(default)
        assert shown.strip("` ") == explained.get(name, said), name
