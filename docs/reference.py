"""Write the reference pages from the domain's docstrings; with --check, fail if they are not up to date."""

import inspect
import sys
import types
from pathlib import Path
from typing import Union, get_args, get_origin

import msgspec

from econonexus.domain import commands, events
from econonexus.domain.refusals import RefusalCode

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/reference.py from the docstrings in src/econonexus/domain; do not edit. -->\n"

REFUSALS = """# Refusals

Every reason we say no, in order of precedence: where several hold, the first is given. A refusal
changes nothing. Those marked transient are about this moment only and never remembered, so the same
command under the same id may succeed later. The others are final for that id.
"""


def page(title: str, module: object, members: tuple[type, ...]) -> str:
    """A page with a section for each struct: what it says of itself, and its fields."""
    parts = [NOTE, f"# {title}\n", inspect.cleandoc(getattr(module, "__doc__", "")) + "\n"]
    for member in members:
        parts += [f"## {member.__name__}\n"]
        tag = member.__struct_config__.tag
        if tag != member.__name__:
            parts += [f"`{tag}`\n"]
        parts += [inspect.cleandoc(member.__doc__ or "") + "\n", fields(member)]
    return "\n".join(parts)


def fields(member: type) -> str:
    """A table of a struct's fields, types and defaults."""
    rows = ["| field | type | default |", "| --- | --- | --- |"]
    annotations = {
        name: kind for base in reversed(member.__mro__) for name, kind in _annotations(base).items()
    }
    for field in msgspec.structs.fields(member):
        default = "required" if field.required else f"`{_default(field.default)}`"
        rows.append(f"| `{field.name}` | `{_plain(annotations[field.name])}` | {default} |")
    return "\n".join(rows) + "\n"


def _annotations(base: type) -> dict[str, object]:
    return inspect.get_annotations(base)


def _plain(kind: object) -> str:
    """A type as one writes it: `BudgetId | None`, `tuple[Ppm, ...]`."""
    if isinstance(kind, types.UnionType) or get_origin(kind) is Union:
        return " \\| ".join(_plain(each) for each in get_args(kind))
    if get_origin(kind) is not None:
        inside = ", ".join("..." if each is ... else _plain(each) for each in get_args(kind))
        return f"{get_origin(kind).__name__}[{inside}]"
    return "None" if kind is types.NoneType else str(getattr(kind, "__name__", kind))


def _default(value: object) -> str:
    return str(getattr(value, "value", value)) or '""'


def refusals() -> str:
    """A table of all refusals in order of precedence."""
    rows = [NOTE, REFUSALS, "| code | meaning, and what to do | |", "| --- | --- | --- |"]
    for code in RefusalCode:
        kind = "transient" if code.transient else "final" if code.journaled else "not kept"
        rows.append(f"| `{code.value}` | {code.meaning} | {kind} |")
    return "\n".join(rows) + "\n"


def pages() -> dict[str, str]:
    """File name to content."""
    return {
        "commands.md": page("Commands", commands, get_args(commands.Command)),
        "events.md": page("Events", events, get_args(events.Event)),
        "refusals.md": refusals(),
    }


def main() -> None:
    """Write or check."""
    for name, content in pages().items():
        file = FOLDER / name
        if "--check" not in sys.argv:
            file.write_text(content)
        elif not file.exists() or file.read_text() != content:
            sys.exit(f"docs/reference/{name} is not up to date: run python docs/reference.py")


if __name__ == "__main__":
    main()
