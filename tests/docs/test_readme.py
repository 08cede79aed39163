"""The README: its tour runs as it is written, prints what it says it prints, and its links lead somewhere."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interfaces.served import Served

README = Path(__file__).parents[2] / "README.md"
TEXT = README.read_text(encoding="utf-8")
TOUR = TEXT.partition("## Five minutes\n")[2].partition("\n## ")[0]
URL = "http://127.0.0.1:7700"


def blocks() -> list[tuple[str, str]]:
    """What the tour shows, in order: kind and text."""
    return re.findall(r"^```(\w+)\n(.*?)^```", TOUR, re.DOTALL | re.MULTILINE)


def promised(command: str) -> str:
    """What the comment behind a command says that it shows."""
    (comment,) = re.findall(rf"^{re.escape(command)}\b.*#\s*(.*)$", TOUR, re.MULTILINE)
    return str(comment)


@pytest.mark.skipif(shutil.which("bash") is None, reason="the tour is for a shell")
def test_the_tour_runs_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (_, start), *walk = blocks()
    activate, up = start.splitlines()
    assert up.split() == ["econonexus", "up", "#", "ready", URL]
    with Served(tmp_path / "econonexus-data", environment={}) as server:
        # The one thing that is otherwise than written is the port, which another test may have.
        script, expected = [f"set -eu\n{activate}"], []
        for kind, text in walk:
            if kind == "text":
                expected.append(text)
                script.append("echo ----")
            else:
                script += (
                    ["python <<'END'", text.replace(URL, server.url), "END"] if kind == "python" else [text]
                )
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ECONONEXUS_")}
        done = subprocess.run(
            ["bash", "-c", "\n".join(script)],
            cwd=tmp_path,
            env={**clean, "ECONONEXUS_URL": server.url},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        with server.client((tmp_path / "econonexus-data" / "admin.key").read_text().strip()) as admin:
            paid = 100_000 - admin.balance("ann")
    assert (done.returncode, done.stderr) == (0, "")
    (each,) = re.findall(r"costs (\d+) µcr", " ".join(TOUR.split()))
    assert paid == 5 * int(each)
    before, after = done.stdout.split("----\n")
    (printed,) = expected
    assert before.endswith(printed)
    explained, refused, verified = (
        promised(f"econonexus {command}") for command in ("explain ann", "events", "ledger verify")
    )
    assert re.search(explained.replace(" left: ", r" left, µcr\s*│ "), after)
    assert refused in after
    assert verified in after
    assert promised("econonexus auction close noon") in after
    assert re.search(rf"answer\s*│ {promised('econonexus explain cids')}\b", after)


def test_what_it_makes_are_targets() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^|`)make (\w+)", TEXT, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#([^)]+))?\)", TEXT)

    assert links
    assert [link for link, _ in links if not (README.parent / link).exists()] == []
    for link, anchor in links:
        if anchor:
            headings = re.findall(
                r"^#+ (.*)$", (README.parent / link).read_text(encoding="utf-8"), re.MULTILINE
            )
            assert anchor in [
                re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings
            ]
