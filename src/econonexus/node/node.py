"""A node: the engine, the views it feeds, and the snapshots made beside it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

from econonexus.domain.commands import Command
from econonexus.domain.ids import AccountId, CallerId, CommandId, MarketId
from econonexus.domain.state import State
from econonexus.node.clearing import Clearing
from econonexus.node.engine import Engine
from econonexus.node.replies import Reply
from econonexus.node.views import Projector
from econonexus.ports import Entry, Journal, JournalFault, Quote, QuoteKey, Rating, Solver, Spend, Views

T = TypeVar("T")

log = logging.getLogger(__name__)

SNAPSHOT_EVERY = 250_000
"""Records between two snapshots: a second or two of replay."""

Snapshotter = Callable[[], Awaitable[None]]
"""Makes a snapshot in another process and returns when it is kept."""


class Node:
    """What runs while a data directory is in use. Leave it with `stop`."""

    def __init__(
        self,
        engine: Engine,
        journal: Journal,
        views: Views,
        take_snapshot: Snapshotter | None = None,
        snapshot_every: int = SNAPSHOT_EVERY,
        solver: Solver | None = None,
    ) -> None:
        self.engine = engine
        self._journal = journal
        self._views = views
        self._projector = Projector(engine.relay, views)
        self._clearing = None if solver is None else Clearing(engine, solver)
        self._take_snapshot = take_snapshot
        self._snapshot_every = snapshot_every
        self.snapshot_sequence = 0
        """The record that the last snapshot was asked for after; 0 where there is none."""
        self._housekeeping = asyncio.create_task(self._keep_snapshots(), name="econonexus snapshots")

    def submit(
        self,
        command: Command,
        caller: CallerId,
        id: CommandId | None = None,  # noqa: A002  # The field's own word for it.
        *,
        digest: str = "",
        trace: str = "",
    ) -> Coroutine[object, object, Reply]:
        """Carry out a command once; see `Engine.submit`."""
        return self.engine.submit(command, caller, id, digest=digest, trace=trace)

    async def read(self, look: Callable[[State], T]) -> T:
        """What `look` makes of the state; see `Engine.read`."""
        return await self.engine.read(look)

    async def statement(
        self, account: AccountId, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Entry]:
        """An account's lines with `after` < sequence <= `until`, oldest first; the last `limit` of them.

        Sees every command acknowledged before the call. Raises: JournalFault.
        """
        await self._projector.caught_up(self.engine.relay.position)
        return await self._views.statement(account, after, until, limit)

    async def spend(self, from_hour: int = 0, to_hour: int | None = None) -> list[Spend]:
        """What left accounts for good in the hours `from_hour` <= hour < `to_hour` since 1970-01-01 UTC."""
        await self._projector.caught_up(self.engine.relay.position)
        return await self._views.spend(from_hour, to_hour)

    async def quotes(
        self,
        market: MarketId,
        after: QuoteKey | None = None,
        until: int | None = None,
        limit: int | None = None,
    ) -> list[Quote]:
        """A market's prices that come `after` a place and before the time `until`, oldest first.

        Of more than `limit` the first, where `after` is given; else the last. Raises: JournalFault.
        """
        await self._projector.caught_up(self.engine.relay.position)
        return await self._views.quotes(market, after, until, limit)

    async def ratings(
        self, owner: AccountId, after: int | None = None, limit: int | None = None
    ) -> list[Rating]:
        """What was said of an owner in records `after` one, oldest first.

        Of more than `limit` the first, where `after` is given; else the last. Raises: JournalFault.
        """
        await self._projector.caught_up(self.engine.relay.position)
        return await self._views.ratings(owner, after, limit)

    async def snapshot(self) -> None:
        """Make a snapshot now, in another process. Raises: JournalFault."""
        if self._take_snapshot is None:
            raise JournalFault("this node makes no snapshots")
        position = self.engine.relay.position
        await self._take_snapshot()
        self.snapshot_sequence = position

    async def stop(self) -> None:
        """Finish what is in hand, write the views, close the files; what is being solved is given up."""
        if self._clearing is not None:
            await self._clearing.stop()
        await self.engine.stop()
        self._housekeeping.cancel()
        await asyncio.gather(self._housekeeping, return_exceptions=True)
        await self._projector.stop()
        await self._views.close()
        await self._journal.close()

    async def _keep_snapshots(self) -> None:
        """Have a snapshot made whenever so many records have come since the last."""
        if self._take_snapshot is None:
            return
        relay = self.engine.relay
        snapshot = await self._journal.load_snapshot()
        position = self.snapshot_sequence = snapshot.sequence if snapshot else 0
        while await relay.reached(position + self._snapshot_every):
            position = relay.position
            try:
                await self.snapshot()
            except JournalFault as fault:
                log.warning("no snapshot at record %d: %s", position, fault)
