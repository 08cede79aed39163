"""Draw the demo's picture from the run that is kept beside it, `econonexus demo --json > docs/demo.json`.

Run it as it is to write it anew. The colours work on white and on black.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RUN = HERE / "demo.json"
PICTURE = HERE / "pictures" / "demo.svg"

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 70, 740, 40, 210
ORANGE, BLUE, GREY = "#d98032", "#4c7fd1", "#888888"
GATEWAYS = {"check_then_record": (ORANGE, "check, then record"), "econonexus": (BLUE, "EconoNexus")}
LOOP_BEGINS = 0.2


def draw(run: dict[str, Any]) -> str:
    """How long everybody else waited, through either gateway, as the time went on."""
    waits = {each["gateway"]: each["neighbours_p95_ms"] for each in run["outcomes"]}
    highest = max(wait for row in waits.values() for wait in row if wait is not None)
    top = -(-highest // 500) * 500
    parts = [*_axes(run["seconds"], top), *_loop(), *_legend()]
    for gateway, row in waits.items():
        parts += _line(row, top, GATEWAYS[gateway][0])
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{GREY}">\n'
        f"<title>How long everybody else waited while one agent was stuck in a loop</title>\n{body}\n</svg>\n"
    )


def _axes(seconds: float, top: float) -> Iterator[str]:
    for step in range(6):
        y = BOTTOM - (BOTTOM - TOP) * step / 5
        yield f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="{GREY}" stroke-width="0.5" opacity="0.5"/>'
        yield _text(LEFT - 8, y + 4, f"{top * step / 5:,.0f} ms", "end")
    for part in range(7):
        yield _text(LEFT + (RIGHT - LEFT) * part / 6, BOTTOM + 20, f"{seconds * part / 6:g} s", "middle")
    yield _text(
        (LEFT + RIGHT) / 2, BOTTOM + 42, "p95 wait of everybody else, by when the call was sent", "middle"
    )


def _loop() -> Iterator[str]:
    x = LEFT + (RIGHT - LEFT) * LOOP_BEGINS
    yield f'<path d="M{x:.1f} {TOP}V{BOTTOM}" stroke="{GREY}" stroke-dasharray="4 4"/>'
    yield _text(x + 6, TOP - 8, "the loop begins")


def _legend() -> Iterator[str]:
    for place, (colour, name) in enumerate(GATEWAYS.values()):
        x = RIGHT - 270 + 160 * place
        yield f'<rect x="{x}" y="{TOP - 20}" width="14" height="14" fill="{colour}"/>'
        yield _text(x + 20, TOP - 8, name)


def _line(waits: list[float | None], top: float, colour: str) -> Iterator[str]:
    """A line through the middle of each part of the time; parts without a call are passed over."""
    step = (RIGHT - LEFT) / len(waits)
    points = " ".join(
        f"{LEFT + step * (place + 0.5):.1f},{BOTTOM - (BOTTOM - TOP) * wait / top:.1f}"
        for place, wait in enumerate(waits)
        if wait is not None
    )
    yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


if __name__ == "__main__":
    PICTURE.write_text(draw(json.loads(RUN.read_text(encoding="utf-8"))), encoding="utf-8")
