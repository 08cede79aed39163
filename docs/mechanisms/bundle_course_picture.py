"""Draw the picture of the bundles' page from what was measured once.

`python -m benchmarks.bundle_course > docs/mechanisms/bundle_course.json` measures anew; run this then.
"""

import json
from collections.abc import Sequence
from math import log10
from pathlib import Path

Step = tuple[float, int, int | None]
"""Seconds, welfare, bound."""

HERE = Path(__file__).parent
COLOURS = {"EconoNexus": "#4c7fd1", "CP-SAT": "#d98032", "SCIP": "#4c9f70", "HiGHS, presolve off": "#b05fb0"}
GREY = "#888888"
LEFT, WIDTH, TOP, HEIGHT = 50, 250, 40, 200
FIRST_S, LAST_S = 0.05, 10.0
TICKS = (0.1, 0.5, 1, 5)


def draw() -> str:
    """Both auctions side by side: welfare over time, as a share of the least bound that anybody proved."""
    courses = json.loads((HERE / "bundle_course.json").read_text(encoding="utf-8"))
    parts = [part for place, course in enumerate(courses) for part in _panel(place, course)]
    for place, (name, colour) in enumerate(COLOURS.items()):
        x = 50 + 145 * place
        parts += [f'<rect x="{x}" y="290" width="14" height="3" fill="{colour}"/>', _text(x + 20, 296, name)]
    body = "\n".join(parts)
    title = "Welfare over time: ours and three solvers alone, with the bound that we prove meanwhile"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 310" role="img" font-family="sans-serif" '
        f'font-size="13" fill="{GREY}">\n<title>{title}</title>\n{body}\n</svg>\n'
    )


def _panel(place: int, course: dict[str, dict[str, list[Step]]]) -> list[str]:
    case, steps = course["case"], course["steps"]
    least = min(bound for every in steps.values() for _, _, bound in every if bound)
    left = LEFT + place * (WIDTH + 60)
    parts = [_text(left, 22, f"{case['family']}, {case['bids']:,} bids, {case['items']} items")]
    for share in (0, 25, 50, 75, 100):
        y = _y(share / 100)
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + WIDTH}" y2="{y:.1f}" stroke="#88888855"/>')
        parts.append(_text(left - 6, y + 4, f"{share} %" if share else "0", "end"))
    parts += [_text(left + _x(tick), TOP + HEIGHT + 18, f"{tick:g} s", "middle") for tick in TICKS]
    ours = steps["EconoNexus"]
    bounds = [(seconds, min(bound, 1.1 * least) / least) for seconds, _, bound in ours if bound]
    parts.append(_line(left, bounds, COLOURS["EconoNexus"], ' stroke-dasharray="3 3"'))
    for name, colour in reversed(COLOURS.items()):
        found = [(seconds, welfare / least) for seconds, welfare, _ in steps[name]]
        parts.append(_line(left, found, colour, ""))
    return parts


def _line(left: float, points: Sequence[tuple[float, float]], colour: str, style: str) -> str:
    """Stairs: what is known stays known until something better is."""
    corners: list[tuple[float, float]] = []
    for seconds, share in points:
        if corners:
            corners.append((seconds, corners[-1][1]))
        corners.append((seconds, share))
    corners.append((LAST_S, corners[-1][1]))
    path = " ".join(f"{left + _x(seconds):.1f},{_y(share):.1f}" for seconds, share in corners)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{style}/>'


def _x(seconds: float) -> float:
    inside = min(max(seconds, FIRST_S), LAST_S)
    return WIDTH * log10(inside / FIRST_S) / log10(LAST_S / FIRST_S)


def _y(share: float) -> float:
    return TOP + HEIGHT * (1.1 - share) / 1.1


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


if __name__ == "__main__":
    (HERE / "bundle-course.svg").write_text(draw(), encoding="utf-8")
