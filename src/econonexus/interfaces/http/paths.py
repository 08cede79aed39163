"""Ids in paths: one that contains a slash is written with `%2F`, and is still one part of the path.

A server hands over paths decoded, in which such a slash looks like any other. So it is kept apart before
the route is looked for, and put back once it is found.
"""

from collections.abc import MutableMapping
from urllib.parse import unquote

from litestar.types import ASGIApp, Receive, Scope, Send

STAND_IN = "\N{DIVISION SLASH}"
"""What a slash within an id looks like meanwhile; no id contains it, as ids are ASCII."""


class SlashesKept:
    """An application that finds its routes by the path as it was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = scope.get("raw_path") or b""
        if b"%2F" in raw.upper():
            parts = raw.decode("ascii", "replace").split("/")
            scope["path"] = "/".join(unquote(part).replace("/", STAND_IN) for part in parts)
        await self._app(scope, receive, send)


def put_back(parameters: MutableMapping[str, str]) -> None:
    """The ids of a path with the slashes that they were sent with."""
    for name, value in parameters.items():
        if STAND_IN in value:
            parameters[name] = value.replace(STAND_IN, "/")
