"""Auctions of bundles, from their close to their outcome: a solver is asked, and what it finds is submitted.

Whatever becomes of the solver, the auction comes to an end: an answer is judged by the economy, a fault is
submitted as the reason for its failing, and if neither comes, the economy gives up at the auction's deadline.
Nothing is kept here that a restart would miss: what waits for an outcome stands in the state.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import NamedTuple

from econonexus.domain.commands import Blocked, SubmitOutcome
from econonexus.domain.events import AuctionCleared, AuctionClosed, AuctionFailed, Event
from econonexus.domain.flows.bundles import as_packages, rule_of
from econonexus.domain.ids import SECOND, AuctionId
from econonexus.domain.kinds import AuctionStatus
from econonexus.domain.mechanisms.package_outcome import Proposal
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction
from econonexus.node.engine import Engine
from econonexus.node.writer import NodeStopped
from econonexus.ports import (
    Solver,
    SolverFailed,
    SolverFault,
    SolverLate,
    SolverMissing,
    SolverOutOfMemory,
    Task,
)

log = logging.getLogger(__name__)

AT_ONCE = 2
"""So many auctions are solved side by side; the others wait their turn."""
ATTEMPTS = 2
"""How often a solver is asked that ends without an answer: that one was killed says nothing of the next."""
PAUSE_S = 1.0
"""How soon it is tried again to submit an outcome while the node decides nothing."""
CHUNK = 2_000
_CONCERN = frozenset({AuctionClosed, AuctionFailed, AuctionCleared})
"""What is looked for among all that happens."""

REASONS: Mapping[type[SolverFault], str] = {
    SolverMissing: "no solver could be started: install econonexus with its dependencies",
    SolverFailed: "the solver ended without an answer",
    SolverOutOfMemory: "the solver had too little memory for this auction",
    SolverLate: "the solver gave no answer long after its time limit",
}
"""What is said of a fault. Its own words may tell what was bid, and the bids stay sealed."""


class _Asked(NamedTuple):
    """What a solver is asked, and of which bids."""

    task: Task
    digest: int


class Clearing:
    """Sees to every auction that waits for an outcome. Leave it with `stop`."""

    def __init__(self, engine: Engine, solver: Solver) -> None:
        self._engine = engine
        self._solver = solver
        self._room = asyncio.Semaphore(AT_ONCE)
        self._solving: dict[AuctionId, asyncio.Task[None]] = {}
        self._following = asyncio.create_task(self._follow(), name="econonexus clearing")

    async def stop(self) -> None:
        """Stop what is being solved; a restart asks again."""
        tasks = [self._following, *self._solving.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._solver.close()

    async def _follow(self) -> None:
        """Begin with what waits already, then with whatever closes; stop what has ended without us."""
        relay = self._engine.relay
        position = relay.position
        try:
            for name in await self._engine.read(_waiting):
                self._begin(name)
            while records := await relay.after(position, CHUNK):
                position = records[-1].sequence
                for record in records:
                    if type(record.event) in _CONCERN:
                        self._concerned(record.event)
        except NodeStopped:
            return
        except Exception:
            log.exception("auctions of bundles are not cleared any more; they fail at their deadlines")

    def _concerned(self, event: Event | Refusal) -> None:
        """Begin to solve an auction, or give it up."""
        match event:
            case AuctionClosed(auction=name):
                self._begin(name)
            case AuctionFailed(auction=name) | AuctionCleared(auction=name):
                self._end(name)

    def _begin(self, name: AuctionId) -> None:
        if name not in self._solving:
            task = asyncio.create_task(self._clear(name), name=f"econonexus clearing {name}")
            self._solving[name] = task
            task.add_done_callback(lambda _: self._solving.pop(name, None))

    def _end(self, name: AuctionId) -> None:
        task = self._solving.get(name)
        if task is not None:
            task.cancel()

    async def _clear(self, name: AuctionId) -> None:
        """Have one auction solved, and submit what comes of it."""
        try:
            async with self._room:
                asked = await self._engine.read(lambda state: _asked(state, name))
                if asked is None:
                    return
                outcome = await self._outcome(name, asked)
            while not await self._engine.act(lambda state: outcome if _find(state, name) else None):  # noqa: ASYNC110
                await asyncio.sleep(PAUSE_S)  # The clock is set from outside.
        except NodeStopped:
            return
        except Exception as error:  # Its words may tell what was bid.
            log.error("auction %s is not cleared, and fails at its deadline: %s", name, type(error).__name__)

    async def _outcome(self, name: AuctionId, asked: _Asked) -> SubmitOutcome:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _submitted(name, asked.digest, await self._solver.solve(asked.task))
            except SolverFault as fault:
                reason = REASONS[type(fault)]
                log.warning("auction %s, attempt %d of %d: %s", name, attempt, ATTEMPTS, reason)
                if not isinstance(fault, SolverFailed):
                    break
        return SubmitOutcome(name, asked.digest, reason)


def _waiting(state: State) -> list[AuctionId]:
    """The auctions that wait for an outcome."""
    return [name for name in state.auctions.by_id if _find(state, name)]


def _find(state: State, name: AuctionId) -> Auction | None:
    auction = state.auctions.by_id.get(name)
    return auction if auction is not None and auction.status is AuctionStatus.CLEARING else None


def _asked(state: State, name: AuctionId) -> _Asked | None:
    auction = _find(state, name)
    if auction is None:
        return None
    limit_s = auction.terms.time_limit / SECOND
    return _Asked(Task(as_packages(state, auction), rule_of(auction), limit_s, check=True), auction.digest)


def _submitted(name: AuctionId, digest: int, found: Proposal) -> SubmitOutcome:
    blocking = found.blocking
    return SubmitOutcome(
        name,
        digest,
        winners=found.winners,
        welfare=found.welfare,
        bound=found.bound,
        low=found.low,
        high=found.high,
        blocked=None if blocking is None else Blocked(blocking.bids, blocking.gain, blocking.most),
    )
