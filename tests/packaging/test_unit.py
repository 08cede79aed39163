"""The systemd unit: valid, hardened, and in step with how a node stops and fails."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from econonexus.cli import app
from econonexus.cli.exits import BAD_INPUT, FAULT
from econonexus.config import Settings, load
from econonexus.interfaces.http.server import CUT_S
from tests.packaging.dockerfile import ROOT

UNIT = ROOT / "packaging" / "econonexus.service"
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="there is no systemd-analyze here")
MOST_EXPOSED = 20
"""Of 100, as systemd counts; below 20 it says "OK" and has little to add."""


def values(name: str) -> list[str]:
    """What a setting of the unit is set to, each time it is."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


def runnable(folder: Path) -> Path:
    """The unit with the command as it is installed here: systemd looks whether it can be run."""
    here = Path(sys.executable).parent / "econonexus"
    copy = folder / UNIT.name
    copy.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/econonexus/bin/econonexus", str(here)))
    return copy


def test_it_runs_a_command_of_ours() -> None:
    (command,) = values("ExecStart")
    program, name = command.split()
    assert program == "/opt/econonexus/bin/econonexus"
    assert name in app


def test_its_variables_are_settings_of_a_node() -> None:
    variables = dict(pair.split("=", 1) for pair in values("Environment"))
    assert load(variables).data == "%S/econonexus"
    assert values("StateDirectory") == ["econonexus"]  # Which is %S/econonexus.


def test_it_waits_longer_than_a_node_takes_to_stop() -> None:
    (timeout,) = values("TimeoutStopSec")
    assert int(timeout) > Settings().stop_grace_s + 2 * CUT_S


def test_a_fault_is_started_again_and_a_mistake_is_not() -> None:
    assert values("Restart") == ["on-failure"]
    (prevented,) = values("RestartPreventExitStatus")
    assert prevented.split() == [str(BAD_INPUT)]
    assert str(FAULT) not in prevented.split()


@needs_systemd
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(ANALYZE), "verify", runnable(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_systemd_finds_it_hardened(tmp_path: Path) -> None:
    check = [str(ANALYZE), "security", "--no-pager", "--offline=true", f"--threshold={MOST_EXPOSED}"]
    quiet = {**os.environ, "SYSTEMD_COLORS": "0"}
    done = subprocess.run(
        [*check, runnable(tmp_path)], capture_output=True, text=True, env=quiet, check=False
    )
    assert done.returncode == 0, done.stdout
