"""Draw an auction's life from the table that the economy goes by; with --check, fail if it is out of date.

Left to right as far as the main line goes, which ends settled; the other ends lie below it. The colours
work on white and on black.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from econonexus.domain import kinds
from econonexus.domain.kinds import AuctionStatus as Status
from econonexus.domain.life_cycle import ENDS, TRANSITIONS

HERE = Path(__file__).parent
PICTURE = HERE / "pictures" / "auction-life.svg"
PAGE = HERE / "reference" / "auction-life.md"
PROGRAM = "<!-- Written by docs/life_cycle.py from src/econonexus/domain/life_cycle.py; do not edit. -->"

BOX, GAP, HEIGHT = (96, 34), 44, 190
MAIN_Y, ENDS_Y = 30, 130
GREY, GREEN, ORANGE = "#888888", "#3f9a5f", "#d98032"


def main_line() -> list[Status]:
    """The longest way from announced to settled."""

    def ways(status: Status) -> Iterator[list[Status]]:
        if status is Status.SETTLED:
            yield [status]
        for (source, _), target in TRANSITIONS.items():
            if source is status:
                yield from ([status, *rest] for rest in ways(target))

    return max(ways(Status.ANNOUNCED), key=len)


def places() -> Mapping[Status, tuple[float, float]]:
    """The upper left corner of each status: side ends lie beneath the middle of where they come from."""
    width = BOX[0] + GAP
    line = {status: (10.0 + place * width, float(MAIN_Y)) for place, status in enumerate(main_line())}
    for end in Status:
        if end not in line:
            sources = [line[source][0] for (source, _), target in TRANSITIONS.items() if target is end]
            line[end] = (sum(sources) / len(sources), float(ENDS_Y))
    return line


def draw() -> str:
    """The picture, as SVG."""
    where = places()
    width = max(x for x, _ in where.values()) + BOX[0] + 10
    parts = [
        *(_arrow(where, *each) for each in TRANSITIONS.items()),
        *(_box(*each) for each in where.items()),
    ]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{GREY}" text-anchor="middle">\n'
        "<title>The statuses of an auction, and the steps between them</title>\n"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0L8 4L0 8Z" fill="{GREY}"/></marker></defs>\n{body}\n</svg>\n'
    )


def _box(status: Status, corner: tuple[float, float]) -> str:
    x, y = corner
    colour = GREEN if status is Status.SETTLED else ORANGE if status in ENDS else GREY
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{BOX[0]}" height="{BOX[1]}" rx="6" fill="none" '
        f'stroke="{colour}" stroke-width="1.5"/>\n'
        f'<text x="{x + BOX[0] / 2:g}" y="{y + 22:g}">{status.value}</text>'
    )


def _arrow(where: Mapping[Status, tuple[float, float]], step: tuple[Status, object], target: Status) -> str:
    """From the right side to the left along the main line, and from below to the ends beneath it."""
    source, name = step[0], getattr(step[1], "value", "")
    (x, y), (to_x, to_y) = where[source], where[target]
    if y == to_y:
        start, end = (x + BOX[0], y + BOX[1] / 2), (to_x, to_y + BOX[1] / 2)
        label = ((start[0] + end[0]) / 2, start[1] - 6)
    else:
        start, end = (x + BOX[0] / 2, y + BOX[1]), (to_x + BOX[0] / 2, to_y)
        # To the right of the line; further, where it leans that way above its middle.
        aside = 22 if end[0] >= start[0] else 32
        label = ((start[0] + end[0]) / 2 + aside, (start[1] + end[1]) / 2)
    return (
        f'<path d="M{start[0]:g} {start[1]:g}L{end[0]:g} {end[1]:g}" stroke="{GREY}" fill="none" '
        f'marker-end="url(#head)"/>\n<text x="{label[0]:g}" y="{label[1]:g}" font-size="11">{name}</text>'
    )


def page() -> str:
    """The same as tables."""
    rows = [PROGRAM, "\n# An auction's life\n", "![The statuses of an auction and the steps between them]"]
    rows[-1] += "(../pictures/auction-life.svg)\n"
    rows += ["| status | meaning | ends |", "| --- | --- | --- |"]
    said = meanings()
    rows += [f"| `{each.value}` | {said[each]} | {'yes' if each in ENDS else ''} |" for each in Status]
    rows += ["", "| from | step | to |", "| --- | --- | --- |"]
    rows += [
        f"| `{source.value}` | {step.value} | `{target.value}` |"
        for (source, step), target in TRANSITIONS.items()
    ]
    return "\n".join(rows) + "\n"


def meanings() -> Mapping[Status, str]:
    """What is written beneath each status where it is defined."""
    tree = ast.parse(inspect.getsource(kinds))
    (body,) = (
        node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "AuctionStatus"
    )
    said: dict[Status, str] = {}
    for node, text in pairwise(body):
        if (
            isinstance(node, ast.Assign)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            assert isinstance(node.targets[0], ast.Name)
            if node.targets[0].id in Status.__members__:
                said[Status[node.targets[0].id]] = " ".join(str(text.value.value).split())
    return said


def main() -> None:
    """Write or check."""
    for file, content in ((PICTURE, draw()), (PAGE, page())):
        if "--check" not in sys.argv:
            file.write_text(content)
        elif not file.exists() or file.read_text() != content:
            sys.exit(f"{file.name} is not up to date: run python docs/life_cycle.py")


if __name__ == "__main__":
    main()
