"""What the server says of itself in numbers, for Prometheus and its like; see docs/metrics.md."""

import asyncio
from collections.abc import Mapping

from litestar import Request, Response, get
from litestar.openapi import ResponseSpec
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from econonexus import __version__
from econonexus.node.node import Node
from econonexus.telemetry import vocabulary as v
from econonexus.telemetry.exposition import page
from econonexus.telemetry.readings import Reading, of_tallies
from econonexus.telemetry.tallies import HttpTally


@get(
    "/metrics",
    tags=["health"],
    media_type="text/plain",
    responses={
        200: ResponseSpec(str, generate_examples=False, media_type="text/plain", description="Metrics.")
    },
)
async def metrics(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
    """The metrics in Prometheus's format, or in OpenMetrics' where it is asked for. Aggregates alone."""
    state = request.app.state
    readings = of_node(state.node) + of_tallies(state.telemetry) + of_waiting(state.gateway.waiting())
    shown = await asyncio.to_thread(page, readings, request.headers.get("accept", ""))
    return Response(shown.text, headers={"content-type": shown.content_type})


def of_node(node: Node) -> list[Reading]:
    """What can be read off a node now."""
    engine = node.engine
    status, tally = engine.status(), engine.tally
    return [
        Reading(v.BUILD, (__version__,), 1),
        Reading(v.READY, (), status.ready),
        *(Reading(v.ACCEPTED, (name,), n) for name, n in tally.accepted.items()),
        *(Reading(v.REFUSED, (code,), n) for code, n in tally.refused.items()),
        *(Reading(v.EVENTS, (name,), n) for name, n in tally.events.items()),
        Reading(v.BATCHES, (), status.batches),
        Reading(v.SEQUENCE, (), status.durable),
        Reading(v.PENDING, (), status.pending),
        Reading(v.SINCE_SNAPSHOT, (), status.durable - node.snapshot_sequence),
        Reading(v.HOLDS, (), engine.peek(lambda state: len(state.ledger.holds))),
    ]


def of_waiting(waiting: Mapping[str, int]) -> list[Reading]:
    """Who waits for a turn at each model."""
    return [Reading(v.WAITING, (model,), many) for model, many in waiting.items()]


class Counted:
    """An application whose answers are counted, by the template of the route that was found for them."""

    def __init__(self, app: ASGIApp, tally: HttpTally) -> None:
        self._app = app
        self._tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def count_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = str(scope.get("method", ""))
                self._tally.answered(method, scope.get("path_template", ""), message["status"])
            await send(message)

        await self._app(scope, receive, count_and_send)


PUBLIC_ROUTES = [metrics]
