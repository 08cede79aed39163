"""What the pages show is true: their Python runs, their pictures are drawn from the rules."""

import importlib.util
import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if "```python" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_the_code_of_a_page_runs_from_top_to_bottom(page: Path) -> None:
    """Line numbers of a failure are those of the page."""
    source = page.read_text(encoding="utf-8")
    names: dict[str, object] = {"__name__": page.stem}
    for block in re.finditer(r"^```python\n(.*?)^```", source, re.DOTALL | re.MULTILINE):
        first = source.count("\n", 0, block.start(1))
        exec(compile("\n" * first + block.group(1), page, "exec"), names)


def test_the_picture_of_the_bundles_is_what_was_measured() -> None:
    script = DOCS / "mechanisms" / "bundle_course_picture.py"
    drawn = runpy.run_path(str(script))["draw"]()
    assert (script.parent / "bundle-course.svg").read_text(encoding="utf-8") == drawn, f"run {script.name}"


def test_the_pictures_of_the_allocators_are_what_their_rules_give() -> None:
    script = DOCS / "mechanisms" / "allocator_pictures.py"
    spec = importlib.util.spec_from_file_location(script.stem, script)
    assert spec is not None
    assert spec.loader is not None
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    for name, draw in pictures.PICTURES.items():
        assert (script.parent / name).read_text(encoding="utf-8") == draw(), f"{name}: run {script.name}"
