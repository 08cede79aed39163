"""The waiting room: who calls a model next, where a model or the whole node takes only so many at once.

A turn is a slot of the model and a slot of the node, taken together, so that nobody holds the one while
waiting for the other. Each of the two has a line with a rule of its own, and the scarcer one decides:

- in the node's line stands whoever a model could take now: all its callers where the model has slots to
  spare, the first of its own line for its last slot, nobody where it is full. So a full model holds up
  nobody else's callers;
- whenever the node has a slot, the first of its line goes.

Where only the node is scarce its rule alone decides, and where only a model is, the model's. Time is the
event loop's; the one moment a caller waits is in `Turn.__aenter__`.
"""

import asyncio
import math
from types import TracebackType

import msgspec

from econonexus.interfaces.gateway.crowd import Crowd
from econonexus.interfaces.gateway.lines import Admission, NoCapacity, Ticket, Waiter, line_for

__all__ = ["Admission", "NoCapacity", "Ticket", "Turn", "WaitingRoom"]

LEAST_UCR = 1
"""A turn counts as this much at least: a model that costs nothing is to be shared fairly, too."""
SMOOTHING = 8
"""A turn's length is averaged over about so many turns, as TCP does (RFC 6298, section 2)."""
LONGEST_RETRY_S = 60
"""Nobody is told to stay away longer: an estimate of the far future is worth little."""


class _Gate:
    """Slots, who stands in line for them, and how long a turn takes."""

    def __init__(self, limit: int | None, mode: Admission) -> None:
        if limit is not None and limit < 1:
            raise ValueError(f"a limit must be at least 1, or None for none, not {limit}")
        self._limit = limit
        self._turn_s = 0.0
        self.line = line_for(mode)
        self.in_flight = 0
        self.called: Waiter | None = None
        """Whom a model's last slot is for."""
        self.all_called = False
        """Whether a model has slots to spare, and all its callers stand in the node's line."""

    @property
    def free(self) -> float:
        """How many more it could take."""
        return math.inf if self._limit is None else self._limit - self.in_flight

    def learn(self, turn_s: float) -> None:
        """A turn took so long."""
        self._turn_s += (turn_s - self._turn_s) / SMOOTHING if self._turn_s else turn_s

    def cleared_in_s(self, waiting: int) -> float:
        """When so many, and one more, will have had their turn if turns go on as they did."""
        return 0.0 if self._limit is None else (waiting + 1) * self._turn_s / self._limit


class WaitingRoom:
    """Turns on one node. `node_limit` is how many calls there may be at once, None for any number.

    `max_waiting` callers may wait, 0 for none, each at most `max_wait_s` seconds. Every model is added
    before its first caller comes. Raises: ValueError where a number or the rule is out of range.
    """

    def __init__(self, node_limit: int | None, mode: Admission, max_waiting: int, max_wait_s: float) -> None:
        if max_waiting < 0 or max_wait_s < 0:
            raise ValueError("max_waiting and max_wait_s must be >= 0")
        self._node = _Gate(node_limit, mode)
        self._mode: Admission = mode
        self._models: dict[str, _Gate] = {}
        self._crowd = Crowd(mode, max_waiting)
        self._max_wait_s = max_wait_s
        self._arrivals = 0

    def add_model(self, name: str, limit: int | None = None, mode: Admission | None = None) -> None:
        """A model that takes `limit` calls at once, None for any number; its rule is the node's unless told.

        Raises: ValueError where the model is known, or the limit or the rule is out of range.
        """
        if name in self._models:
            raise ValueError(f"there is a model {name} already")
        self._models[name] = _Gate(limit, mode or self._mode)

    def turn(self, ticket: Ticket) -> "Turn":
        """A turn to be entered with `async with`. Raises: KeyError where the model was never added."""
        return Turn(self, self._models[ticket.model], ticket)

    def in_flight(self, model: str) -> int:
        """How many have their turn at a model now."""
        return self._models[model].in_flight

    def waiting(self, model: str) -> int:
        """How many wait for a model now."""
        return len(self._models[model].line)

    # Coming and going, by turns alone.

    def _ask(self, model: _Gate, ticket: Ticket) -> Waiter | None:
        """Take a turn at once, with None, or a place in the room. Raises: NoCapacity."""
        if model.free > 0 and self._node.free > 0:
            # Nobody whom this model could take waits, or he would have gone.
            self._begin(model, ticket)
            return None
        longest_s, code = self._max_wait_s, "no_capacity"
        if ticket.deadline_s is not None and ticket.deadline_s < longest_s:
            longest_s, code = ticket.deadline_s, "deadline_exceeded"
        if longest_s <= 0:
            raise NoCapacity(code, self._retry_after_s(model))
        if self._crowd.is_full:
            self._make_room(model, ticket)
        return self._seat(model, ticket, longest_s, code)

    def _make_room(self, model: _Gate, ticket: Ticket) -> None:
        other = self._crowd.gives_way(ticket)
        if other is None:
            raise NoCapacity("no_capacity", self._retry_after_s(model))
        self._turn_away(other, "no_capacity")

    def _seat(self, model: _Gate, ticket: Ticket, longest_s: float, code: str) -> Waiter:
        loop = asyncio.get_running_loop()
        self._arrivals += 1
        waiter = Waiter(ticket, self._arrivals, loop.create_future())
        waiter.timer = loop.call_later(longest_s, self._turn_away, waiter, code)
        self._crowd.add(waiter)
        model.line.add(waiter)
        if model.all_called:
            self._node.line.add(waiter)
        self._sort_out(model)
        return waiter

    def _turn_away(self, waiter: Waiter, code: str) -> None:
        """Tell somebody who waits that he waits in vain."""
        model = self._models[waiter.ticket.model]
        self._forget(waiter)
        if not waiter.called.done():
            waiter.called.set_result(NoCapacity(code, self._retry_after_s(model)))

    def _forget(self, waiter: Waiter) -> None:
        """Somebody waits no more, for whatever reason."""
        if waiter.timer is not None:
            waiter.timer.cancel()
        model = self._models[waiter.ticket.model]
        self._crowd.remove(waiter)
        self._node.line.remove(waiter)
        model.line.remove(waiter)
        self._sort_out(model)

    def _leave(self, waiter: Waiter) -> None:
        """A caller was cancelled while it waited, or after it was called and before it knew."""
        if waiter.called.cancelled():
            self._forget(waiter)
        elif waiter.called.result() is None:
            model = self._models[waiter.ticket.model]
            self._correct(model, waiter.ticket, -waiter.ticket.cost_ucr)
            self._release(model)

    def _end(self, model: _Gate, turn_s: float) -> None:
        """A turn is over, after so long."""
        self._node.learn(turn_s)
        model.learn(turn_s)
        self._release(model)

    def _release(self, model: _Gate) -> None:
        """There are slots for somebody else."""
        self._node.in_flight -= 1
        model.in_flight -= 1
        self._sort_out(model)
        self._call()

    # Who is next.

    def _sort_out(self, model: _Gate) -> None:
        """Keep in the node's line exactly those of a model's callers whom the model could take."""
        line, free = self._node.line, model.free
        if free > 1:
            if not model.all_called:
                for waiter in model.line:
                    line.add(waiter)
            model.all_called, model.called = True, None
            return
        next_up = model.line.first() if free == 1 else None
        before = model.line if model.all_called else filter(None, [model.called])
        for waiter in before:
            if waiter is not next_up:
                line.remove(waiter)
        if next_up is not None:
            line.add(next_up)
        model.all_called, model.called = False, next_up

    def _call(self) -> None:
        """Give the slots there are to those whose turn it is."""
        while self._node.free > 0 and (waiter := self._node.line.first()) is not None:
            if not waiter.called.done():  # Else it was cancelled a moment ago, and will say so itself.
                self._begin(self._models[waiter.ticket.model], waiter.ticket)
                waiter.called.set_result(None)
            self._forget(waiter)

    def _begin(self, model: _Gate, ticket: Ticket) -> None:
        # Counted while its holder still stands in the lines, or he would be taken for somebody new.
        self._node.line.count(ticket)
        model.line.count(ticket)
        self._node.in_flight += 1
        model.in_flight += 1

    def _correct(self, model: _Gate, ticket: Ticket, more_ucr: int) -> None:
        """A turn has cost more than was counted, or less."""
        self._node.line.correct(ticket, more_ucr)
        model.line.correct(ticket, more_ucr)
        self._sort_out(model)

    def _retry_after_s(self, model: _Gate) -> int:
        """When those who wait now should have had their turn, by how long turns took."""
        seconds = max(self._node.cleared_in_s(len(self._crowd)), model.cleared_in_s(len(model.line)))
        return min(LONGEST_RETRY_S, max(1, math.ceil(seconds)))


class Turn:
    """One caller's turn: entered when it has come, given back on leaving, whatever happens between."""

    __slots__ = ("_began_s", "_counted_ucr", "_model", "_room", "_ticket", "waited_ms")

    def __init__(self, room: WaitingRoom, model: _Gate, ticket: Ticket) -> None:
        self._room = room
        self._model = model
        # What is charged is what is counted, so that a later correction starts from it.
        self._counted_ucr = max(LEAST_UCR, ticket.cost_ucr)
        counted = ticket.cost_ucr == self._counted_ucr
        self._ticket = ticket if counted else msgspec.structs.replace(ticket, cost_ucr=self._counted_ucr)
        self._began_s = 0.0
        self.waited_ms = 0
        """How long it took to come."""

    async def __aenter__(self) -> "Turn":
        """Wait for the turn. Raises: NoCapacity, at once or after a while."""
        loop = asyncio.get_running_loop()
        asked_s = loop.time()
        waiter = self._room._ask(self._model, self._ticket)
        if waiter is not None:
            try:
                verdict = await waiter.called
            except asyncio.CancelledError:
                self._room._leave(waiter)
                raise
            if verdict is not None:
                raise verdict
        self._began_s = loop.time()
        self.waited_ms = round((self._began_s - asked_s) * 1_000)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the turn to whoever is next."""
        self._room._end(self._model, asyncio.get_running_loop().time() - self._began_s)

    def charge(self, actual_ucr: int) -> None:
        """Say what the call has really cost so far; only `weighted_fair` remembers it."""
        actual_ucr = max(LEAST_UCR, actual_ucr)
        more, self._counted_ucr = actual_ucr - self._counted_ucr, actual_ucr
        self._room._correct(self._model, self._ticket, more)
