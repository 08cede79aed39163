"""What a field may say where it must be one of a few words, so that whoever errs is told them."""

from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any

from msgspec import inspect

from econonexus.interfaces.http.complaints import plainly


def with_choices(complaint: str, annotation: Any, path: str) -> str:
    """A complaint of msgspec's in plain words, with what a field may say where that is one of a few."""
    if not complaint.startswith("Invalid enum value"):
        return plainly(complaint)
    words = _choices(annotation, tuple(path.split(".")) if path else ())
    return f"{complaint}; it is one of {', '.join(words)}" if words else complaint


@cache
def _choices(annotation: Any, path: tuple[str, ...]) -> tuple[str, ...]:
    """The words that a field of a type may say, which is found by its path; none where any may."""
    found: list[inspect.Type] = list(_parts(inspect.type_info(annotation)))
    for name in path:
        found = [
            part
            for each in found
            if isinstance(each, inspect.StructType)
            for field in each.fields
            if field.encode_name == name
            for part in _parts(field.type)
        ]
    return tuple(word for part in found for word in _words(part))


def _parts(kind: inspect.Type) -> Iterator[inspect.Type]:
    """A type without what is said about it, and each of a union."""
    if isinstance(kind, inspect.Metadata):
        yield from _parts(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for each in kind.types:
            yield from _parts(each)
    else:
        yield kind


def _words(kind: inspect.Type) -> tuple[str, ...]:
    if isinstance(kind, inspect.LiteralType):
        return tuple(str(value) for value in kind.values)
    if isinstance(kind, inspect.EnumType) and issubclass(kind.cls, Enum):
        return tuple(str(member.value) for member in kind.cls)
    return ()
