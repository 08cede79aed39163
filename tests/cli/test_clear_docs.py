"""The examples in the documentation run, and its pictures are those that its script draws."""

import json
import re
import runpy
import sys
from pathlib import Path

import pytest

from econonexus.cli.clear import solve
from econonexus.cli.fields import fields_of

DOCS = Path(__file__).parents[2] / "docs" / "mechanisms"
PAGES = ["index", "single-item", "multi-unit", "bundles", "two-sided", "procurement", "fisher"]


def examples(page: str) -> list[tuple[str, str]]:
    """Each JSON block that is a file, with the block after it, which is the answer."""
    blocks = re.findall(r"^```json\n(.*?)^```$", (DOCS / f"{page}.md").read_text(), re.DOTALL | re.MULTILINE)
    assert len(blocks) % 2 == 0
    return list(zip(blocks[::2], blocks[1::2], strict=True))


@pytest.mark.parametrize(("file", "answer"), [pair for page in PAGES for pair in examples(page)])
def test_examples_answer_as_they_say(file: str, answer: str) -> None:
    solved = solve(fields_of(file.encode()), check=True, probe=False)
    assert solved.sound
    assert solved.answer | {"properties": {}} == json.loads(answer)


def test_pictures_are_drawn_by_the_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(DOCS), *sys.path])
    for name, draw in runpy.run_path(str(DOCS / "auction_pictures.py"))["PICTURES"].items():
        assert (DOCS / f"{name}.svg").read_text(encoding="utf-8") == draw()
