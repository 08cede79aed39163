"""Ids in paths: one that contains a slash is written with `%2F`, and is still one part of the path.

A server hands over paths decoded, in which such a slash looks like any other. So it is kept apart before
the route is looked for, and put back once it is found. What is explained is the last thing in its path, so
its slashes need no disguise: `explain/task/scan` is the same as `explain/task%2Fscan`.
"""

from collections.abc import MutableMapping
from typing import Annotated
from urllib.parse import unquote

from litestar.params import PathParameter
from litestar.types import ASGIApp, Receive, Scope, Send

STAND_IN = "\N{DIVISION SLASH}"
"""What a slash within an id looks like meanwhile; no id contains it, as ids are ASCII."""
EXPLAIN = "/api/v1/explain/"

AccountPath = Annotated[str, PathParameter(description="The account's id.")]
AgentPath = Annotated[str, PathParameter(description="The agent's id.")]
AuctionPath = Annotated[str, PathParameter(description="The auction's id.")]
BidPath = Annotated[str, PathParameter(description="The bid's id.")]
BudgetPath = Annotated[str, PathParameter(description="The budget's id.")]
ContractPath = Annotated[str, PathParameter(description="The contract's id.")]
ExplainedPath = Annotated[
    str, PathParameter(description="The id of a command or of anything else, or a record's number.")
]
FeaturePath = Annotated[str, PathParameter(description="`gateway`, or `gateway:<model>`.")]
GrantPath = Annotated[str, PathParameter(description="The grant's id.")]
KeyPath = Annotated[str, PathParameter(description="The key's id, which is not the key.")]
MarketPath = Annotated[str, PathParameter(description="The market's id.")]
ModelPath = Annotated[str, PathParameter(description="The model's name, as calls name it.")]
OrderPath = Annotated[str, PathParameter(description="The order's id.")]
OwnerPath = Annotated[
    str, PathParameter(description="Who answers for agents: a team, an agent, or any name.")
]
QuestionPath = Annotated[str, PathParameter(description="The id of a request to humans.")]
RequestPath = Annotated[str, PathParameter(description="The id of a request for units.")]
ReservationPath = Annotated[str, PathParameter(description="The reservation's id.")]
ResourcePath = Annotated[str, PathParameter(description="The resource's id.")]
TaskPath = Annotated[str, PathParameter(description="The task's id.")]
TeamPath = Annotated[str, PathParameter(description="The team's id.")]


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
