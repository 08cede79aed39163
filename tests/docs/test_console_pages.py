"""The pages on humans, money and stakes: their commands run as they are written and show what is said."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import run_in
from tests.interfaces.served import ADMIN_KEY, Served

DOCS = Path(__file__).parents[2] / "docs"


def cells(line: str) -> list[str]:
    """What stands in a row of a table; nothing for a frame."""
    return [cell.strip() for cell in re.split("[│┃]", line)[1:-1]]


def fits(said: list[str], row: list[str]) -> bool:
    """Whether a row is what a page says; `…` stands for what differs from time to time."""
    return len(said) == len(row) and all(
        cell.startswith(known.removesuffix("…")) if known.endswith("…") else cell == known
        for known, cell in zip(said, row, strict=True)
    )


@pytest.mark.parametrize("page", ["attention.md", "policy.md", "stakes.md", "penalties.md"])
def test_the_commands_of_a_page_show_what_it_says(page: str, tmp_path: Path) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert blocks
    with Served(tmp_path / "data") as server:
        shown: list[list[str]] = []
        for line in "".join(blocks).splitlines():
            if line.startswith("$ econonexus "):
                done = run_in(
                    tmp_path, *shlex.split(line)[2:], ECONONEXUS_URL=server.url, ECONONEXUS_KEY=ADMIN_KEY
                )
                assert (done.returncode, done.stderr) == (0, ""), line
                shown = [cells(row) for row in done.stdout.splitlines()]
            else:
                assert any(fits(cells(line), row) for row in shown), (line, shown)


@pytest.mark.parametrize(
    ("page", "path"),
    [("attention.md", "attention"), ("policy.md", "policy"), ("stakes.md", "promise-rules")],
    ids=["attention", "policy", "stakes"],
)
def test_the_defaults_of_a_page_are_those_of_a_new_node(page: str, path: str, tmp_path: Path) -> None:
    text = (DOCS / page).read_text(encoding="utf-8").partition("| rule | default |")[2]
    rows = dict(re.findall(r"^\| `(\w+)`(?:, `seller`)? \| `?([\w. ]+)`? \|", text, re.MULTILINE))
    assert len(rows) >= 5
    with Served(tmp_path / "data") as server, server.client() as client:
        found = client.look(path)
    assert {name: str(found[name]) for name in rows} == {
        name: {"none": "None", "0": "0.0"}.get(default, default) for name, default in rows.items()
    }
