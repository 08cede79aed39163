"""Ids of ours for what has an alias, or only an id, in LiteLLM: readable, allowed, and the same each time."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

LONGEST = 100
"""Ids may be 128 characters long; this leaves room to tell two of the same alias apart."""
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9._:@+-]+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


class Names:
    """Names for rows of several kinds; two rows never get the same one."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """`rows` are a kind, an id and an alias each, such as ("user", "u-1", "")."""
        self._rows = list(rows)
        self._wanted = Counter(plain(alias or name, kind) for kind, name, alias in self._rows)
        self._given = {(kind, name): self._named(kind, name, alias) for kind, name, alias in self._rows}

    def of(self, kind: str, name: str) -> str:
        """The name of a row."""
        return self._given[kind, name]

    def _named(self, kind: str, name: str, alias: str) -> str:
        wanted = plain(alias or name, kind)
        return wanted if self._wanted[wanted] == 1 else f"{wanted}-{_digest(f'{kind} {name}')}"


def plain(text: str, kind: str) -> str:
    """A text as an id. An address of e-mail becomes a digest, as the journal keeps nothing personal."""
    if _ADDRESS.fullmatch(text):
        return f"{kind}-{_digest(text)}"
    name = _NOT_ALLOWED.sub("-", text).lstrip("._:@+-").rstrip("-")[:LONGEST]
    return name or f"{kind}-{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
