"""Texts out of the data on a person's terminal: shown as they are, never obeyed."""

from rich.text import Text


def visible(text: str) -> str:
    """The text with whatever is no ordinary character spelled out: `\\x1b` for the escape character."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def block(text: str) -> Text:
    """The text for a table where it may have several lines."""
    return Text("\n".join(map(visible, text.splitlines())))


def cell(text: str, style: str = "") -> Text:
    """The text for a table, in which `[bold]` is six characters."""
    return Text(visible(text), style)
