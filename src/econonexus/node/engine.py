"""The single writer: decides commands one after the other and journals them in groups.

How a command goes, and why no acknowledged one is ever lost:

1. `submit` decides the command against the state in memory, at once and in the caller's turn, and
   applies its events. The records join the open batch; nothing is answered yet.
2. The writer takes the batch, encodes it, appends it to the journal in one transaction and waits for the
   sync. Meanwhile the next batch fills: group commit, with as many commands a sync as are waiting.
3. Only then does every caller of the batch get its reply, and may readers see what they read.

So memory runs ahead of the journal by what is in flight, and nothing of that ever leaves the node
before it is durable. If an append fails, memory is ahead for good: the node stops, everybody waiting is
told that the outcome is unknown, and a restart begins from the journal.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeVar

import msgspec

from econonexus.domain.commands import Command, DeclareAsset
from econonexus.domain.events import Event, RequestDeclined
from econonexus.domain.ids import CREDIT, SECOND, CallerId, CommandId, Instant, Sequence, is_name
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.node.intake import NODE, checked, content_digest
from econonexus.node.records import Record, unseal
from econonexus.node.recovery import Progress, Recovered, recover
from econonexus.node.relay import Relay
from econonexus.node.remembered import Known, Lookups, Remembered
from econonexus.node.replies import Accepted, Refused, Reply
from econonexus.node.tally import Tally
from econonexus.node.timekeeping import Timekeeper
from econonexus.node.withholding import FROM_COMMANDS, GUESSED
from econonexus.node.writer import Durable, NodeStopped, Writer
from econonexus.ports import Clock, CommandKey, Journal, Signer

T = TypeVar("T")

SHORTEST_SLEEP_S = 0.001
LONGEST_SLEEP_S = 60.0
"""The wall clock is looked at again at least this often, so a clock that is set delays no deadline long."""


class Limits(msgspec.Struct, frozen=True):
    """What the engine bounds, and how often it does its housework."""

    max_pending: int = 10_000
    """Commands decided and not yet durable; beyond them callers are told `overloaded`."""
    max_batch: int = 500
    """Records in one append."""
    max_due: int = 500
    """Deadlines decided in one go before the journal gets its turn."""
    checkpoint_every: int = 10_000
    """Records between two signed checkpoints."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")


class Status(msgspec.Struct, frozen=True):
    """How the engine fares; `reason` says why it is not ready."""

    sequence: Sequence
    durable: Sequence
    pending: int
    batches: int
    ready: bool
    reason: str = ""


class Engine:
    """One economy behind one journal. Make it with `Engine.start`, end it with `stop`."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        recovered: Recovered,
        remembered: Remembered,
        limits: Limits,
        signer: Signer | None,
        checkpointed: int,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._journal = journal
        self._economy = recovered.economy
        self._time = Timekeeper(clock, recovered.economy.state.time)
        self._remembered = remembered
        self._lookups = Lookups(journal)
        self._limits = limits
        self._sequence = Sequence(recovered.head.sequence)
        self._stopping = False
        self._timer: asyncio.TimerHandle | None = None
        self._waking: asyncio.Task[None] | None = None
        self._bite: Durable | None = None
        """The last deadlines decided, where more of them were due than one bite."""
        self.tally = Tally()
        """What was decided since the start."""
        self.relay = Relay(journal, recovered.head.sequence)
        """Where durable records can be followed."""
        self._writer = Writer(
            journal,
            recovered.head,
            self.relay,
            max_batch=limits.max_batch,
            signer=signer,
            checkpoint_every=limits.checkpoint_every,
            checkpointed=checkpointed,
            last_time=recovered.economy.state.time,
            after_append=self._after_append,
        )

    @classmethod
    async def start(
        cls,
        journal: Journal,
        clock: Clock,
        *,
        limits: Limits | None = None,
        remembered: Remembered | None = None,
        signer: Signer | None = None,
        progress: Progress | None = None,
    ) -> "Engine":
        """Recover the economy from its journal and begin to decide.

        On an empty journal the asset `credit` is declared first. Raises: JournalFault.
        """
        remembered = Remembered() if remembered is None else remembered
        recovered = await recover(journal, remembered, progress)
        signed = max((checkpoint.sequence for checkpoint in await journal.checkpoints()), default=0)
        engine = cls(journal, clock, recovered, remembered, limits or Limits(), signer, signed)
        if CREDIT not in recovered.economy.state.ledger.assets:
            await engine._decide_own(DeclareAsset(CREDIT), engine._time.now())
        engine._arm_timer()
        return engine

    def submit(
        self,
        command: Command,
        caller: CallerId,
        id: CommandId | None = None,  # noqa: A002  # The field's own word for it.
        *,
        digest: str = "",
        trace: str = "",
    ) -> Coroutine[object, object, Reply]:
        """Carry out a command once, and answer when the answer is durable.

        `id` is the caller's own name for the command: the same id with the same content gets the same
        answer again, with other content `id_reused`. `digest` stands for what the caller sent where the
        edge has added to it; by default the command itself counts. `trace` is a W3C traceparent.

        Private texts do not count for the digest, which stays in the journal when they are erased.

        It is decided in the call itself unless something must be waited for first, and what is returned then
        only waits for the sync: who has many commands at hand may submit them all before awaiting any, and
        needs no task for each.

        Raises: NodeStopped, also when an append fails while the command is in hand. InvalidCommand if it
        is not of its declared types; nothing has happened then.
        """
        command = checked(command, caller, digest, trace)
        now = self._time.now()
        is_new = id is None or (is_name(id) and self._remembered.is_new((caller, id)))
        if not is_new or self._is_hindered() or not self._up_to_date(now):
            return self._submit(command, caller, id, digest, trace)
        if id is not None:
            digest = digest or content_digest(command)
        return _once_durable(*self._decide(command, caller, id, digest, trace, now))

    async def _submit(
        self,
        command: Command,
        caller: CallerId,
        id: CommandId | None,  # noqa: A002
        digest: str,
        trace: str,
    ) -> Reply:
        """The same where the command may be known, or the node must see to something else first."""
        key: CommandKey | None = None
        known: Known | None = None
        if id is not None:
            if not is_name(id):
                return self._turned_down("", Refusal(RefusalCode.INVALID_ID, "id"))
            key = (caller, id)
            digest = digest or content_digest(command)
            known = await self._recall(key)
        now = self._time.now()
        while not self._up_to_date(now):
            await self._bitten()
            if key is not None:
                known = known or await self._recall(key)  # Meanwhile memory may have forgotten.
            now = self._time.now()
        # From here until the records are with the writer nothing awaits, so nobody comes in between.
        self._check_running()
        if key is not None:
            known = known or self._remembered.get(key)
            if known is not None:
                return await self._repeat(key, known, digest)
        refusal = self._not_now()
        if refusal is not None:
            return self._turned_down(id or "", refusal)
        reply, durable = self._decide(command, caller, id, digest, trace, now)
        await durable
        return reply

    async def act(self, ask: Callable[[State], Command | None]) -> bool:
        """Carry out what the node itself finds to do in the state as it is then, if anything.

        Such a command cannot be refused, and is durable on return. False while the node decides nothing.
        Raises: NodeStopped.
        """
        now = await self._once_up_to_date()
        self._check_running()
        if self._time.jumped_ns:
            return False
        command = ask(self._economy.state)
        if command is not None:
            await self._decide_own(command, now)
        return True

    async def read(self, look: Callable[[State], T]) -> T:
        """What `look` makes of the state, once everything it saw is durable.

        `look` must neither change the state nor keep parts of it. It sees every write that was
        acknowledged before. Raises: NodeStopped.
        """
        seen = look(self._economy.state)
        await self._writer.durable(self._sequence)
        return seen

    def peek(self, look: Callable[[State], T]) -> T:
        """What `look` makes of the state at once, which may run ahead of what is durable.

        Only for what the node decides by, such as who may ask for what; never for an answer.
        """
        return look(self._economy.state)

    async def answered(self, caller: CallerId, id: CommandId) -> list[Record]:  # noqa: A002
        """The records that a caller's command led to; none if it is not known. Raises: JournalFault."""
        known = await self._recall((caller, id))
        if known is None:
            return []
        await self._writer.durable(known.sequence)
        return await self._records_of(known.sequence)

    def status(self) -> Status:
        """How the engine fares."""
        reason = ""
        if self._writer.fault is not None:
            reason = f"stopped: {self._writer.fault}"
        elif self._stopping:
            reason = "stopped"
        elif self._time.jumped_ns:
            seconds = self._time.jumped_ns // SECOND
            reason = f"the clock jumped forward by {seconds} s; check it, then accept it"
        durable = Sequence(self._writer.head.sequence)
        return Status(self._sequence, durable, self._writer.pending, self._writer.batches, not reason, reason)

    async def ended(self) -> None:
        """Return once nothing more is decided, as the journal has failed or the engine was stopped."""
        while not self.relay.closed:
            await self.relay.reached(self.relay.position + 1)

    def check(self) -> None:
        """Raises: NodeStopped if the journal has failed."""
        self._writer.check()

    def accept_clock(self) -> None:
        """Believe the wall clock after it has jumped; whatever fell due meanwhile is decided now."""
        self._time.accept_jump()
        self._arm_timer()

    async def erase(self, sequence: Sequence) -> bool:
        """Forget the private texts of a record for ever; state, chain and replay stay as they are.

        False where it has none; also where sealed numbers lie beside it, which are part of the state.
        """
        stored = await self._journal.read(sequence - 1, 1)
        if not stored or type(unseal(stored[0]).event) in GUESSED:
            return False
        return await self._journal.erase(sequence)

    async def stop(self) -> None:
        """Finish the batches in hand and sign the last record. Does not close the journal."""
        self._stopping = True
        if self._timer is not None:
            self._timer.cancel()
        await self._writer.stop()
        self.relay.close()

    # Deciding.

    def _decide(
        self,
        command: Command,
        caller: CallerId,
        id: CommandId | None,  # noqa: A002
        digest: str,
        trace: str,
        now: Instant,
    ) -> tuple[Reply, Durable]:
        """Decide a caller's command and apply what follows; the answer, and when it may be given."""
        decision = self._economy.decide(command, now)
        self.tally.decided(command, decision)
        remembers = id is not None and _is_final(decision)
        return self._commit(decision, caller, id, digest if remembers else "", trace, now)

    def _is_hindered(self) -> bool:
        """Whether the node decides nothing now; `_check_running` and `_not_now` say why."""
        return (
            self._stopping
            or self._writer.fault is not None
            or self._writer.pending >= self._limits.max_pending
            or self._time.jumped_ns != 0
        )

    def _check_running(self) -> None:
        if self._stopping or self._writer.fault is not None:
            self._writer.check()
            raise NodeStopped("the node has stopped")

    def _not_now(self) -> Refusal | None:
        """The node's own reason to decide nothing at this moment."""
        if self._writer.pending >= self._limits.max_pending:
            return Refusal(RefusalCode.OVERLOADED)
        return Refusal(RefusalCode.UNREADY) if self._time.jumped_ns else None

    def _turned_down(self, name: str, refusal: Refusal) -> Refused:
        """A refusal that leaves no record."""
        self.tally.refused[refusal.code.value] += 1
        return Refused(CommandId(name), Sequence(0), refusal)

    def _commit(
        self,
        decision: tuple[Event, ...] | Refusal,
        caller: CallerId,
        id: CommandId | None,  # noqa: A002
        digest: str,
        trace: str,
        now: Instant,
    ) -> tuple[Reply, Durable]:
        """Apply a decision and hand its records to the writer."""
        first = Sequence(self._sequence + 1)
        # No caller can choose such a name: it is none.
        name = CommandId(f"~{first}") if id is None else id
        reply: Reply
        payloads: tuple[Event | Refusal, ...]
        if isinstance(decision, tuple):
            payloads, reply = decision, Accepted(name, first, now, decision)
        else:
            payloads, reply = (decision,), Refused(name, first, decision)
        # The digest of the request goes with the first record, beside which it must lie if a price is in it.
        assert (
            not digest
            or type(payloads[0]) in GUESSED
            or not any(type(each) in FROM_COMMANDS for each in payloads)
        )
        records, parts = [], len(payloads)
        sequence = self._sequence
        for part, payload in enumerate(payloads):
            sequence = Sequence(sequence + 1)
            self._economy.apply(payload, sequence, now)
            records.append(
                Record(sequence, now, caller, name, payload, "" if part else digest, part, parts, trace)
            )
        if digest:
            self._remembered.add(records[0])
        self._sequence = sequence
        return reply, self._writer.add(records)

    async def _recall(self, key: CommandKey) -> Known | None:
        """What memory knows of a command, or else the journal."""
        known = self._remembered.get(key)
        if known is not None or self._remembered.complete:
            return known
        sequence = await self._lookups.find(key)
        if sequence is None:
            return None
        record = unseal((await self._journal.read(sequence - 1, 1))[0])
        return Known(record.sequence, record.digest, record.time)

    async def _repeat(self, key: CommandKey, known: Known, digest: str) -> Reply:
        """The answer a command got before, from its records; `id_reused` if its content was another."""
        name = CommandId(key[1])
        if known.digest != digest:
            return self._turned_down(name, Refusal(RefusalCode.ID_REUSED, "id", name))
        await self._writer.durable(known.sequence)
        first, *rest = await self._records_of(known.sequence)
        if isinstance(first.event, Refusal):
            return Refused(name, first.sequence, first.event)
        answer = [first.event]
        for record in rest:
            assert not isinstance(record.event, Refusal)
            answer.append(record.event)
        return Accepted(name, first.sequence, first.time, tuple(answer))

    async def _records_of(self, sequence: Sequence) -> list[Record]:
        """The records of the command whose first is given."""
        first = unseal((await self._journal.read(sequence - 1, 1))[0])
        if first.parts == 1:
            return [first]
        return [first, *(unseal(stored) for stored in await self._journal.read(sequence, first.parts - 1))]

    # Deadlines.

    def _up_to_date(self, now: Instant) -> bool:
        """Decide the deadlines that have come; False where there are so many that the journal must get its
        turn first, for which `_bitten` waits.

        Whoever comes while a full bite is on its way to the journal takes none of his own.
        """
        if self._time.jumped_ns or not self._economy.is_due(now):
            return True
        self._check_running()
        if self._bite is not None and not self._bite.done():
            return False
        for _ in range(self._limits.max_due):
            command = self._economy.due(now)
            if command is None:
                return True
            durable = self._decide_own(command, now)
        self._bite = durable
        return False

    async def _bitten(self) -> None:
        """Return once the last full bite of deadlines is durable."""
        assert self._bite is not None, "only a full bite makes anybody wait"
        await self._bite

    async def _once_up_to_date(self) -> Instant:
        """The time, once every deadline before it is decided."""
        while not self._up_to_date(now := self._time.now()):
            await self._bitten()
        return now

    def _decide_own(self, command: Command, now: Instant) -> Durable:
        """Carry out a command that the node makes for itself, which cannot be refused."""
        decision = self._economy.decide(command, now)
        assert not isinstance(decision, Refusal), f"the node's own {command}: {decision}"
        self.tally.decided(command, decision)
        return self._commit(decision, NODE, None, "", "", now)[1]

    def _after_append(self, now: Instant) -> None:
        self._remembered.forget_old(now, Sequence(self._writer.head.sequence))
        self._arm_timer()

    def _arm_timer(self) -> None:
        """Wake at the next deadline even if nobody calls."""
        deadline = self._economy.next_deadline()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is None or self._stopping:
            return
        wait = self._time.wait_for(deadline)
        wait_s = (
            LONGEST_SLEEP_S if wait is None else min(max(wait / SECOND, SHORTEST_SLEEP_S), LONGEST_SLEEP_S)
        )
        self._timer = self._loop.call_later(wait_s, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if self._waking is None or self._waking.done():
            self._waking = self._loop.create_task(self._wake())

    async def _wake(self) -> None:
        try:
            await self._once_up_to_date()
        except NodeStopped:
            return  # Whoever calls next is told.
        self._arm_timer()


async def _once_durable(reply: Reply, durable: Durable) -> Reply:
    await durable
    return reply


def _is_final(decision: tuple[Event, ...] | Refusal) -> bool:
    """Whether the same command would be answered the same for ever, so that its id is remembered."""
    return not isinstance(decision, tuple) or type(decision[0]) is not RequestDeclined
