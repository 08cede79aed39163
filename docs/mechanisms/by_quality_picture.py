"""Draw the picture and write the table of by-quality.md from what was measured once.

`python -m benchmarks.by_quality > docs/mechanisms/by_quality.json` measures anew; run this then. With --check
it fails if picture or table are out of date. The colours work on white and on black.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from math import log10
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MEASURED, PICTURE, PAGE = HERE / "by_quality.json", HERE / "by-quality.svg", HERE / "by-quality.md"
GREY = "#888888"
STRATEGIES = {
    "best": ("#4c9f70", "always the best"),
    "cheapest": ("#d98032", "always the cheapest"),
    "second score, 1": ("#9bb8e8", "second score, one seller each"),
    "second score, 2": ("#4c7fd1", "second score, two sellers each"),
}
FIGURES = {"done_per_usd": "by what was paid", "done_per_usd_of_cost": "by what it cost the sellers"}
NAMES = {
    "airline": "airline",
    "retail": "retail",
    "telecom": "telecom",
    "banking_knowledge": "banking",
}
LEFT, WIDTH, TOP, HEIGHT, GAP, DOWN = 50, 150, 44, 130, 28, 40
FIRST, LAST = 0.1, 10.0
Case = dict[str, Any]


def measured() -> list[Case]:
    """What was measured, one case for each domain and weight."""
    cases: list[Case] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return cases


def draw() -> str:
    """Tasks done per dollar, of what would be possible if all were known, for each weight."""
    parts = [*_legend()]
    for row, figure in enumerate(FIGURES):
        for column, domain in enumerate(NAMES):
            parts += _panel(column, row, domain, figure)
    body = "\n".join(parts)
    width, height = LEFT + 4 * (WIDTH + GAP), TOP + 2 * (HEIGHT + DOWN) + 24
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="sans-serif" font-size="12" fill="{GREY}">\n'
        "<title>Tasks done per dollar, of what would be possible if every quality were known</title>\n"
        f"{body}\n</svg>\n"
    )


def table() -> str:
    """Successes per dollar paid, and tasks done per dollar with what failed done by hand."""
    rows = [
        "| domain | by hand | figure | " + " | ".join(words for _, words in STRATEGIES.values()) + " |",
        "| --- | ---: | --- |" + " ---: |" * len(STRATEGIES),
    ]
    for case in measured():
        found = [case["strategies"][name] for name in STRATEGIES]
        domain, usd = NAMES[case["domain"]], f"${case['weight_usd']:g}"
        for figure, words in (("successes_per_usd", "successes/$"), ("done_per_usd", "done/$")):
            cells = " | ".join(_interval(each[figure]) for each in found)
            rows.append(f"| {domain} | {usd} | {words} | {cells} |")
            domain, usd = "", ""
    return "\n".join(rows) + "\n"


def page() -> str:
    """The page with its table."""
    now = PAGE.read_text(encoding="utf-8")
    return re.sub(r"(?m)(?:^\| .*\n)+", lambda _: table(), now, count=1)


def _interval(figure: Sequence[float]) -> str:
    middle, low, high = figure
    places = 1 if middle >= 1 else 2
    return f"{middle:.{places + 1}f} ({low:.{places + 1}f}–{high:.{places + 1}f})"


def _panel(column: int, row: int, domain: str, figure: str) -> Iterator[str]:
    cases = [case for case in measured() if case["domain"] == domain]
    left, top = LEFT + column * (WIDTH + GAP), TOP + row * (HEIGHT + DOWN)
    yield _text(left, top - 6, f"{NAMES[domain]}, {FIGURES[figure]}" if column == 0 else NAMES[domain])
    for share in (0, 0.5, 1):
        y = top + HEIGHT * (1 - share)
        yield f'<path d="M{left} {y:.1f}h{WIDTH}" stroke="{GREY}" stroke-width="0.5" opacity="0.5"/>'
        if column == 0:
            yield _text(left - 6, y + 4, f"{share:.0%}", "end")
    for usd in (0.1, 1, 10):
        yield _text(left + _x(usd), top + HEIGHT + 14, f"${usd:g}", "middle")
    for name, (colour, _) in STRATEGIES.items():
        yield from _line(cases, name, figure, colour, left, top)


def _line(
    cases: Sequence[Case], name: str, figure: str, colour: str, left: float, top: float
) -> Iterator[str]:
    """A line through the figures, each with its interval."""
    points = []
    for case in cases:
        shares = [each * case["ideal_usd"] for each in case["strategies"][name][figure]]
        x, (y, low, high) = left + _x(case["weight_usd"]), (top + HEIGHT * (1 - min(1, s)) for s in shares)
        points.append(f"{x:.1f},{y:.1f}")
        yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{colour}" stroke-width="1"/>'
    yield f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _legend() -> Iterator[str]:
    x = float(LEFT)
    for colour, words in STRATEGIES.values():
        yield f'<rect x="{x:.1f}" y="8" width="14" height="3" fill="{colour}"/>{_text(x + 20, 14, words)}'
        x += 36 + 6 * len(words)


def _x(usd: float) -> float:
    return WIDTH * log10(usd / FIRST) / log10(LAST / FIRST)


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def main() -> None:
    """Write or check."""
    for file, content in ((PICTURE, draw()), (PAGE, page())):
        if "--check" not in sys.argv:
            file.write_text(content, encoding="utf-8")
        elif file.read_text(encoding="utf-8") != content:
            sys.exit(f"{file.name} is not up to date: run python docs/mechanisms/by_quality_picture.py")


if __name__ == "__main__":
    main()
