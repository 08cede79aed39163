"""Making a reserved call: what is sent, what comes back, and what that says was used."""

from collections.abc import AsyncGenerator
from typing import NamedTuple

import msgspec

from econonexus.dialect.answers import Seen, data_of, event_of
from econonexus.dialect.chat import BOUNDS
from econonexus.dialect.counting import Usage, surely_written, written
from econonexus.dialect.requests import Ask, Fields
from econonexus.dialect.speech import Dialect, said
from econonexus.domain.money import Amount
from econonexus.interfaces.gateway.call import Call, Fate
from econonexus.interfaces.gateway.calls import Calls
from econonexus.interfaces.gateway.errors import Passed, error_of, of_fault
from econonexus.interfaces.gateway.learned import Learned
from econonexus.interfaces.gateway.offers import Offer
from econonexus.interfaces.gateway.prices import Bound
from econonexus.interfaces.http.problems import Declined
from econonexus.ports import ModelFault

OVERRUN_STEP = 64
"""So many tokens more are reserved at a time for a model that writes past its bound."""


class Job(NamedTuple):
    """A call that is to be made: what is asked, of whom, in which words, with what money."""

    agent: str
    ask: Ask
    offer: Offer
    dialect: Dialect
    call: Call
    bound: Bound
    """What it may come to, of which the call may have reserved a part."""
    reserved: Bound
    each: int
    """How many tokens each answer may have."""
    waited_ms: int = 0
    """How long it waited for its turn."""
    advice: str = ""
    """What a gateway that enforces would have said; empty where nobody is told."""

    @property
    def cost_bound_ucr(self) -> Amount:
        """What it can cost at most."""
        return self.call.prices.bound(self.bound).amount

    def body(self) -> bytes:
        """The request as the upstream gets it: under its name, bounded, and asking for the usage."""
        fields = self.ask.fields | {"model": said(self.offer.far_name)}
        if self.each:
            self._tell_bound(fields)
        if self.ask.stream:
            self.dialect.ask_for_usage(fields)
        return msgspec.json.encode(fields)

    def _tell_bound(self, fields: Fields) -> None:
        """Say how much may be written by the one field that the model heeds, whichever its caller chose."""
        if self.dialect.bound_field is None:
            for name in BOUNDS:
                fields.pop(name, None)
        fields[self.dialect.bound_field or self.offer.bound_field] = said(self.each)

    def learn(self, learned: Learned) -> None:
        """Remember how much the answers had, where the bound was ours."""
        if self.ask.bound is None and self.offer.learns and self.call.fate is Fate.COUNTED:
            learned.note(self.agent, self.offer.name, -(-self.call.used.written // self.ask.choices))


async def whole(calls: Calls, learned: Learned, job: Job) -> bytes:
    """The whole answer; the call has ended by then, whatever happens. Raises: Declined, Passed."""
    call = job.call
    try:
        call.fate = Fate.UNKNOWN
        call.sent()
        answer = await job.offer.model.call(job.dialect.endpoint, job.body())
        call.outcome = "served"
        used = job.dialect.usage(answer)
        if used is not None:
            call.used, call.fate = used, Fate.COUNTED
            job.learn(learned)
    except ModelFault as fault:
        call.outcome = "failed"
        if not fault.used:
            call.fate = Fate.NOTHING_USED
        raise of_fault(fault) from None
    finally:
        await calls.end(call)
    return answer


async def streamed(calls: Calls, learned: Learned, job: Job) -> AsyncGenerator[bytes, None]:
    """The answer as it comes. The call ends before it does, also where the client goes away in the middle.

    Raises, before it yields anything: Declined, Passed. Later faults are events of the stream.
    """
    call, meter = job.call, _Meter(job)
    events = job.offer.model.stream(job.dialect.endpoint, job.body())
    began = False
    try:
        call.fate, call.used = Fate.COUNTED, Usage(job.bound.read, 0)
        call.sent()
        async for event in events:
            seen = job.dialect.seen(data_of(event))
            stop = await meter.count(seen)
            if stop is not None:
                call.outcome = stop.problem.code
                await calls.end(call)
                yield _said_in_stream(stop)
                return
            if seen.last:
                call.outcome = "served"
                job.learn(learned)
                await calls.end(call)
            if seen.usage_alone and not job.ask.with_usage:
                continue
            began = True
            yield event
        call.outcome = "served"
        await calls.end(call)
    except ModelFault as fault:
        call.outcome = "failed"
        if not began:
            call.fate = Fate.UNKNOWN if fault.used else Fate.NOTHING_USED
        await calls.end(call)
        told = of_fault(fault)
        if not began:
            raise told from None
        yield _said_in_stream(told)
    finally:
        # Whoever went away waits no more, and a generator that is thrown away must not wait either.
        calls.end(call)
        await events.aclose()


class _Meter:
    """Counts what a stream writes, and has money reserved before it is written."""

    def __init__(self, job: Job) -> None:
        self._call = job.call
        self._bound = job.bound
        self._covered = job.reserved.written
        self._step = OVERRUN_STEP if job.reserved == job.bound else job.reserved.written
        self._reported = Usage(job.bound.read, 0)
        """What the upstream said last; what came since is counted."""
        self._pieces = 0
        self._size = 0

    async def count(self, seen: Seen) -> Declined | None:
        """Count one event; why it cannot go on, where there is no money for more."""
        self._pieces += seen.pieces
        self._size += seen.size
        if seen.usage is not None:
            self._reported, self._pieces, self._size = seen.usage, 0, 0
        so_far = self._so_far()
        self._call.used = self._reported._replace(written=so_far)
        if seen.last or seen.usage_alone or so_far < self._covered:
            return None
        nothing_more = so_far == self._covered and (not seen.pieces or so_far == self._bound.written)
        return None if nothing_more else await self._cover(so_far)

    def _so_far(self) -> int:
        """How many tokens were written: past the bound, which its model was told, only where that is sure."""
        reported, pieces, size = self._reported.written, self._pieces, self._size
        most = max(self._bound.written, reported + surely_written(pieces, size))
        return min(reported + written(pieces, size), most)

    async def _cover(self, tokens: int) -> Declined | None:
        goal = tokens + self._step
        if tokens < self._bound.written:
            goal = min(goal, self._bound.written)
        stop = await self._call.cover(Bound(self._bound.read, goal))
        if stop is None:
            self._covered = goal
        return stop


def _said_in_stream(error: Declined | Passed) -> bytes:
    """An error as an event of a stream that has begun: OpenAI's clients raise it."""
    if isinstance(error, Passed):
        return b"data: " + error.body + b"\n\n"
    return event_of(error_of(error.problem), "error")
