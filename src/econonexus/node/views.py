"""Feeding the views: follows the durable records and writes what they mean, behind the economy's back.

The economy never waits for a view. A reader who must see a certain record waits for it with `caught_up`.
"""

import asyncio
import contextlib
import logging

from econonexus.node import projection
from econonexus.node.projection import Projection, legs, spend
from econonexus.node.quotes import QUOTED, quotes
from econonexus.node.ratings import RATED, ratings
from econonexus.node.records import Record
from econonexus.node.relay import Relay
from econonexus.ports import Entry, Quote, Rating, Spend, Views

log = logging.getLogger(__name__)

CHUNK = 2_000
SLICE = 100
BREATH_S = 0.001
"""So many records are worked on in one turn of the event loop, and so long it then rests: in a turn that
never ends, the journal's thread would starve for the interpreter's lock."""
TELLING = projection.TELLING | QUOTED | RATED
"""The events that say anything to a view; most records of an auction do not."""
PAUSE_S = 0.1
"""Lines are gathered this long before they are written, unless a reader waits."""


class Projector:
    """Keeps the views up to the durable end of the journal."""

    def __init__(self, relay: Relay, views: Views) -> None:
        self._relay = relay
        self._began = relay.position
        self._views = views
        self._projection = Projection()
        self._hurry = asyncio.Event()
        self._moved = asyncio.Event()
        self._position = 0
        self.fault: Exception | None = None
        """Why the views stand still, if they do. The economy goes on; a restart catches up."""
        self._task = asyncio.create_task(self._run(), name="econonexus views")

    async def caught_up(self, sequence: int) -> None:
        """Return once the views have seen a record. Raises: the fault that stopped them."""
        while self._position < sequence:
            if self.fault is not None:
                raise self.fault
            self._hurry.set()
            await self._moved.wait()

    async def stop(self) -> None:
        """Write what is left, once the relay has closed."""
        self._hurry.set()
        await self._task

    async def _run(self) -> None:
        try:
            self._position = await self._views.position()
            if self._position > self._began:  # The relay may have gone on since, past them even.
                log.warning("the views are ahead of the journal, which was restored; making them anew")
                await self._views.clear()
                self._position = 0
            while records := await self._relay.after(self._position, CHUNK):
                await self._write(records)
                if self._relay.position - self._position < CHUNK:
                    await self._pause()
        except Exception as fault:  # A view must never stop the economy.
            log.exception("the views have stopped; they will catch up after a restart")
            self.fault = fault
        finally:
            self._wake()

    async def _write(self, records: list[Record]) -> None:
        lines: list[Entry] = []
        spent: list[Spend] = []
        quoted: list[Quote] = []
        rated: list[Rating] = []
        telling = [record for record in records if type(record.event) in TELLING]
        for start in range(0, len(telling), SLICE):
            part = [(record, legs(record.event)) for record in telling[start : start + SLICE]]
            await self._learn_standings({leg[0] for _, touched in part for leg in touched})
            for record, touched in part:
                lines += self._projection.lines(record, touched)
            spent += spend(record for record, _ in part)
            quoted += quotes(record for record, _ in part)
            rated += ratings(record for record, _ in part)
            await asyncio.sleep(BREATH_S)
        await self._views.add(lines, spent, records[-1].sequence, quoted, rated)
        self._position = records[-1].sequence
        self._wake()

    async def _learn_standings(self, touched: set[str]) -> None:
        """Ask the views where accounts stood that this process has not met yet."""
        new = [account for account in touched if not self._projection.knows(account)]
        if not new:
            return
        last = await self._views.last_entries(new)
        for account in new:
            before = last.get(account)
            standing = (before.balance_after, before.held_after) if before else (0, 0)
            self._projection.set_standing(account, *standing)

    async def _pause(self) -> None:
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), PAUSE_S)

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
