"""Ids in paths: one that contains a slash is written with `%2F`, and is still one part of the path.

A server hands over paths decoded, in which such a slash looks like any other. So it is kept apart before
the route is looked for, and put back once it is found. What is explained is the last thing in its path, so
its slashes need no disguise: `explain/task/scan` is the same as `explain/task%2Fscan`.
"""

from collections.abc import MutableMapping
from urllib.parse import unquote

from litestar.types import ASGIApp, Receive, Scope, Send

STAND_IN = "\N{DIVISION SLASH}"
"""What a slash within an id looks like meanwhile; no id contains it, as ids are ASCII."""
EXPLAIN = "/api/v1/explain/"


class SlashesKept:
    """An application that finds its routes by the path as it was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = (scope.get("raw_path") or b"").decode("ascii", "replace")
        if raw.startswith(EXPLAIN):
            scope["path"] = EXPLAIN + _one_part(raw.removeprefix(EXPLAIN).rstrip("/"))
        elif "%2F" in raw.upper():
            scope["path"] = "/".join(_one_part(part) for part in raw.split("/"))
        await self._app(scope, receive, send)


def _one_part(written: str) -> str:
    return unquote(written).replace("/", STAND_IN)


def put_back(parameters: MutableMapping[str, str]) -> None:
    """The ids of a path with the slashes that they were sent with."""
    for name, value in parameters.items():
        if STAND_IN in value:
            parameters[name] = value.replace(STAND_IN, "/")
