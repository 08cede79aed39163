"""Draw lives from the tables that the economy goes by: an auction's, a contract's.

With --check, fail if a drawing is out of date. Left to right as far as the main line goes, which ends
settled; steps that leave something of it out go round above it where they lead to its end, else below; the
other ends lie beneath. The colours work on white and on black.
"""

import ast
import enum
import inspect
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from econonexus.domain import contract_life, kinds, life_cycle
from econonexus.domain.kinds import AuctionStatus, ContractStatus

HERE = Path(__file__).parent
PROGRAM = "<!-- Written by docs/life_cycle.py from src/econonexus/domain/{}.py; do not edit. -->"

BOX = (96, 34)
GREY, GREEN, ORANGE = "#888888", "#3f9a5f", "#d98032"
ARC = 26
"""How much higher a step goes round for each status that it leaves out."""

Status = enum.Enum
Steps = Mapping[tuple[Any, Any], Any]
Places = Mapping[Status, tuple[float, float]]


class Life(NamedTuple):
    """Whose life it is, by which table, and where on its picture things lie."""

    of: str
    table: str
    statuses: type[enum.Enum]
    start: Status
    goal: Status
    steps: Steps
    ends: frozenset[Status]
    gap: int
    main_y: int
    ends_y: int
    height: int


LIVES = (
    Life(
        "auction",
        "life_cycle",
        AuctionStatus,
        AuctionStatus.ANNOUNCED,
        AuctionStatus.SETTLED,
        life_cycle.TRANSITIONS,
        frozenset(life_cycle.ENDS),
        44,
        30,
        130,
        190,
    ),
    Life(
        "contract",
        "contract_life",
        ContractStatus,
        ContractStatus.OPEN,
        ContractStatus.SETTLED,
        contract_life.TRANSITIONS,
        frozenset({ContractStatus.SETTLED}),
        84,
        150,
        0,
        260,
    ),
)


def main_line(life: Life) -> list[Status]:
    """The longest way from the start to the goal."""

    def ways(status: Status) -> Iterator[list[Status]]:
        if status is life.goal:
            yield [status]
        for (source, _), target in life.steps.items():
            if source is status:
                yield from ([status, *rest] for rest in ways(target))

    return max(ways(life.start), key=len)


def places(life: Life) -> Places:
    """The upper left corner of each status: side ends lie beneath the middle of where they come from."""
    width = BOX[0] + life.gap
    line = {
        status: (10.0 + place * width, float(life.main_y)) for place, status in enumerate(main_line(life))
    }
    for end in life.statuses:
        if end not in line:
            sources = [line[source][0] for (source, _), target in life.steps.items() if target is end]
            line[end] = (sum(sources) / len(sources), float(life.ends_y))
    return line


def draw(life: Life) -> str:
    """The picture, as SVG."""
    where = places(life)
    width = max(x for x, _ in where.values()) + BOX[0] + 10
    names: dict[tuple[Status, Status], list[str]] = {}
    for (source, step), target in life.steps.items():
        names.setdefault((source, target), []).append(step.value)
    parts = [
        *(_step(life, where, source, ", ".join(steps), to) for (source, to), steps in names.items()),
        *(_box(life, *each) for each in where.items()),
    ]
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {life.height}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{GREY}" text-anchor="middle">\n'
        f"<title>The statuses of {_one(life)}, and the steps between them</title>\n"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0L8 4L0 8Z" fill="{GREY}"/></marker></defs>\n{body}\n</svg>\n'
    )


def _one(life: Life) -> str:
    return f"{'an' if life.of[0] in 'aeiou' else 'a'} {life.of}"


def _box(life: Life, status: Status, corner: tuple[float, float]) -> str:
    x, y = corner
    colour = GREEN if status is life.goal else ORANGE if status in life.ends else GREY
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{BOX[0]}" height="{BOX[1]}" rx="6" fill="none" '
        f'stroke="{colour}" stroke-width="1.5"/>\n'
        f'<text x="{x + BOX[0] / 2:g}" y="{y + 22:g}">{status.value}</text>'
    )


def _step(life: Life, where: Places, source: Status, name: str, target: Status) -> str:
    """An arrow along the main line, round what it leaves out of that, or down to an end beneath it."""
    (x, y), (to_x, to_y) = where[source], where[target]
    left_out = round((to_x - x) / (BOX[0] + life.gap)) - 1
    if y == to_y and left_out:
        return _arc(x, to_x, y, left_out, name, above=target is life.goal)
    return _arrow((x, y), (to_x, to_y), name)


def _arrow(corner: tuple[float, float], to: tuple[float, float], name: str) -> str:
    """From the right side to the left along the main line, and from below to the ends beneath it."""
    (x, y), (to_x, to_y) = corner, to
    if y == to_y:
        start, end = (x + BOX[0], y + BOX[1] / 2), (to_x, to_y + BOX[1] / 2)
        label = ((start[0] + end[0]) / 2, start[1] - 6)
    else:
        start, end = (x + BOX[0] / 2, y + BOX[1]), (to_x + BOX[0] / 2, to_y)
        # To the right of the line; further, where it leans that way above its middle.
        aside = 22 if end[0] >= start[0] else 32
        label = ((start[0] + end[0]) / 2 + aside, (start[1] + end[1]) / 2)
    return _path(f"M{start[0]:g} {start[1]:g}L{end[0]:g} {end[1]:g}", label, name)


def _arc(x: float, to_x: float, y: float, left_out: int, name: str, above: bool) -> str:
    """Round the statuses between two of the main line, the higher the more there are."""
    side, level = (-1, y) if above else (1, y + BOX[1])
    # What arrives from further away arrives further to the right, so that no two heads meet.
    start, end = x + BOX[0] / 2, to_x + BOX[0] / 2 - (8 * (3 - left_out) if above else 14)
    top = level + side * ARC * (left_out + (0 if above else 1))
    bend = f"C{start:g} {top:g} {start:g} {top:g} {start + 30:g} {top:g}"
    turn = f"L{end - 30:g} {top:g}C{end:g} {top:g} {end:g} {top:g} {end:g} {level:g}"
    return _path(f"M{start:g} {level:g}{bend}{turn}", (start + 75, top - 5), name)


def _path(path: str, label: tuple[float, float], name: str) -> str:
    return (
        f'<path d="{path}" stroke="{GREY}" fill="none" '
        f'marker-end="url(#head)"/>\n<text x="{label[0]:g}" y="{label[1]:g}" font-size="11">{name}</text>'
    )


def page(life: Life) -> str:
    """The same as tables."""
    one = _one(life)
    rows = [
        PROGRAM.format(life.table),
        f"\n# {one.capitalize()}'s life\n",
        f"![The statuses of {one} and the steps between them](../pictures/{life.of}-life.svg)\n",
        "| status | meaning | ends |",
        "| --- | --- | --- |",
    ]
    said = meanings(life)
    ends = {each: "yes" if each in life.ends else "" for each in life.statuses}
    rows += [f"| `{each.value}` | {said[each]} | {ends[each]} |" for each in life.statuses]
    rows += ["", "| from | step | to |", "| --- | --- | --- |"]
    rows += [
        f"| `{source.value}` | {step.value} | `{target.value}` |"
        for (source, step), target in life.steps.items()
    ]
    return "\n".join(rows) + "\n"


def meanings(life: Life) -> Mapping[Status, str]:
    """What is written beneath each status where it is defined."""
    tree = ast.parse(inspect.getsource(kinds))
    (body,) = (
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == life.statuses.__name__
    )
    said: dict[Status, str] = {}
    for node, text in pairwise(body):
        if (
            isinstance(node, ast.Assign)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            assert isinstance(node.targets[0], ast.Name)
            if node.targets[0].id in life.statuses.__members__:
                said[life.statuses[node.targets[0].id]] = " ".join(str(text.value.value).split())
    return said


def main() -> None:
    """Write or check."""
    for life in LIVES:
        picture = HERE / "pictures" / f"{life.of}-life.svg"
        text = HERE / "reference" / f"{life.of}-life.md"
        for file, content in ((picture, draw(life)), (text, page(life))):
            if "--check" not in sys.argv:
                file.write_text(content)
            elif not file.exists() or file.read_text() != content:
                sys.exit(f"{file.name} is not up to date: run python docs/life_cycle.py")


if __name__ == "__main__":
    main()
