"""The image: its recipe copies what is there, sets what is a setting, and what it runs is ours.

There is no Docker where the gate runs: the build is replayed in a virtual environment, by `make soak`.
"""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from econonexus.cli import app
from econonexus.config import Settings, load
from tests.interfaces.served import ADMIN_KEY, Served
from tests.packaging.dockerfile import ROOT, context, environment, health_check, instructions, of


def test_what_is_copied_is_there_and_sent_to_the_build(tmp_path: Path) -> None:
    sent = context(tmp_path)
    for each in of("COPY", stage=0):
        *sources, _ = each.words()
        for source in sources:
            assert (sent / source).exists(), source


def test_nothing_else_is_sent_to_the_build(tmp_path: Path) -> None:
    sent = {path.name for path in context(tmp_path).iterdir()}
    copied = {Path(source).name for each in of("COPY", stage=0) for source in each.words()[:-1]}
    assert sent == copied


def test_its_variables_are_settings_of_a_node() -> None:
    variables = environment()
    found = load(variables)
    assert (found.data, found.host) == ("/data", "0.0.0.0")
    assert found.port == Settings().port
    (exposed,), (volume,) = of("EXPOSE"), of("VOLUME")
    assert (exposed.words(), volume.words()) == ([str(found.port)], [found.data])
    assert found.stop_grace_s < 10  # After ten seconds `docker stop` kills.


def test_it_runs_a_command_of_ours_and_not_as_root() -> None:
    (user,), (entry,), (command,) = of("USER"), of("ENTRYPOINT"), of("CMD")
    assert int(user.rest) > 0
    assert entry.words() == ["econonexus"]
    assert command.words()[0] in app
    (made,) = [each for each in of("RUN") if "useradd" in each.rest]
    assert f"--uid {user.rest}" in made.rest


def test_it_is_healthy_while_a_node_is_ready_and_not_otherwise(tmp_path: Path) -> None:
    _, *arguments = health_check()
    with Served(tmp_path / "data") as server:
        port = server.url.rpartition(":")[2]
        check = [sys.executable, *arguments]
        told = {**os.environ, "ECONONEXUS_PORT": port}
        assert subprocess.run(check, env=told, check=False).returncode == 0
        server.stop()
        assert subprocess.run(check, env=told, capture_output=True, check=False).returncode != 0


def test_the_versions_are_those_that_the_tests_ran_with() -> None:
    shipped, tested = (
        set(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements-run.lock", "requirements.lock")
    )
    assert shipped <= tested
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {re.split(r"[^\w-]", line)[0] for line in project["dependencies"]}
    assert needed <= {name for name, _ in shipped}


def test_a_wheel_has_the_whole_package(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*build, "--no-index", "--wheel-dir", tmp_path / "dist", context(_made(tmp_path / "sent"))],
        check=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("econonexus/")}
    sources = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.py")}
    assert packed >= sources


@pytest.mark.soak
def test_the_build_replayed_serves_and_is_healthy(tmp_path: Path) -> None:
    """The RUN lines of the first stage, in a virtual environment of its own; needs a package index."""
    sent, venv = context(_made(tmp_path / "build")), tmp_path / "venv"
    for each in instructions():
        if (each.stage, each.name) == (0, "RUN"):
            line = each.rest.replace("/opt/econonexus", str(venv)).replace(
                "python -m", f"{sys.executable} -m"
            )
            subprocess.run(line, shell=True, cwd=sent, check=True)
    bare = {"PATH": f"{venv}/bin:{os.environ['PATH']}", "ECONONEXUS_ADMIN_KEY": ADMIN_KEY}
    settings = environment() | bare | {"ECONONEXUS_DATA": str(tmp_path / "data"), "ECONONEXUS_PORT": "0"}
    run = ["econonexus", "up"]
    with subprocess.Popen(run, env=settings, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as node:
        assert node.stdout is not None
        port = node.stdout.readline().strip().rpartition(":")[2]
        healthy = subprocess.run(health_check(), env=bare | {"ECONONEXUS_PORT": port}, check=False)
        node.terminate()
    assert (healthy.returncode, node.returncode) == (0, 0)


def _made(path: Path) -> Path:
    path.mkdir()
    return path
