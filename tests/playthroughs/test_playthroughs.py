"""Every story goes as its committed transcript tells it."""

import importlib
import os
import pkgutil
from pathlib import Path

import pytest

from tests.playthroughs import scripts
from tests.playthroughs.story import Story
from tests.playthroughs.words import in_credits, moment

FOLDER = Path(scripts.__file__).parent
NAMES = sorted(module.name for module in pkgutil.iter_modules(scripts.__path__))
PAGE = Path(__file__).parents[2] / "docs" / "playthroughs.md"


def told(name: str) -> str:
    """The transcript of a story as it goes today."""
    script = importlib.import_module(f"{scripts.__name__}.{name}")
    story = Story(script.TITLE)
    script.tell(story)
    return story.text()


@pytest.mark.parametrize("name", NAMES)
def test_a_story_goes_as_its_transcript_tells_it(name: str) -> None:
    transcript = FOLDER / f"{name}.txt"
    if os.environ.get("REWRITE_PLAYTHROUGHS"):
        transcript.write_text(told(name), encoding="utf-8")
    assert told(name) == transcript.read_text(encoding="utf-8")


def test_the_page_shows_every_story() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(NAMES)
    for name in NAMES:
        assert f'--8<-- "{name}.txt"' in page


def test_numbers_read_as_people_write_them() -> None:
    assert [in_credits(amount) for amount in (0, 1, 1_500_000, -2_000_000, 1_234_000_000)] == [
        "0 cr",
        "0.000001 cr",
        "1.5 cr",
        "-2 cr",
        "1,234 cr",
    ]
    second = 10**9
    spans = [0, second // 2, 90 * second, 120 * second, 3_600 * second]
    assert [moment(span) for span in spans] == ["0 s", "0.5 s", "90 s", "2 min", "1 h"]
