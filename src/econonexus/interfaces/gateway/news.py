"""What becomes of requests and auctions that calls wait for, read from the durable records as they come."""

import asyncio
from typing import Any

from econonexus.domain import events
from econonexus.domain.events import Event
from econonexus.domain.refusals import Refusal
from econonexus.node.node import Node

CHUNK = 1_000

Ending = (
    events.RequestServed
    | events.RequestEnded
    | events.AuctionCleared
    | events.AuctionFailed
    | events.AuctionCancelled
)
"""What ends a wait."""


class News:
    """Wakes whoever waits for a request or an auction. Reads nothing while nobody waits."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._waits: dict[str, asyncio.Future[Ending]] = {}
        self._reading: asyncio.Task[None] | None = None

    def of(self, name: str) -> "asyncio.Future[Ending]":
        """What will become of a request or an auction that is about to be made."""
        future: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._waits[name] = future
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(self._node.engine.relay.position))
        return future

    def forget(self, name: str) -> None:
        """Nobody waits for it any more."""
        self._waits.pop(name, None)

    async def close(self) -> None:
        """Read no more; whoever waits still is cancelled."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        for future in self._waits.values():
            future.cancel()

    async def _read(self, position: int) -> None:
        relay = self._node.engine.relay
        while self._waits and (records := await relay.after(position, CHUNK)):
            position = records[-1].sequence
            for record in records:
                self._tell(record.event)

    def _tell(self, event: Event | Refusal) -> None:
        subject = _SUBJECTS.get(type(event))
        if subject is None:
            return
        future = self._waits.pop(getattr(event, subject), None)
        if future is not None and not future.done():
            told: Any = event  # Its type is one of those, or it had no subject.
            future.set_result(told)


_SUBJECTS: dict[type, str] = {
    events.RequestServed: "request",
    events.RequestEnded: "request",
    events.AuctionCleared: "auction",
    events.AuctionFailed: "auction",
    events.AuctionCancelled: "auction",
}
