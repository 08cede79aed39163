"""What we ask of the world, and how the world fails us.

Each port is a protocol that any number of adapters implement; one conformance suite per port runs
unchanged on all of them. Faults are exceptions, declared here beside their port and named by what went
wrong, and every message says what to do about it.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from econonexus.domain.mechanisms.package_outcome import Proposal
from econonexus.domain.mechanisms.packages import PackageAuction, Payment

GENESIS_HASH = bytes(32)
"""What stands for "the hash of the previous record" before the first."""


CommandKey = tuple[str, str]
"""A caller, and the id it chose for a command: ids are scoped to their caller."""


class StoredRecord(msgspec.Struct, frozen=True, gc=False):
    """One journal record as a journal keeps it: opaque bytes in a hash chain.

    `hash` is SHA-256 of the previous record's hash followed by `body`. `key` is there on the first record
    of a command whose caller chose its id. `aside` is JSON, field name to [salt in hexadecimal, value]:
    the private values of which `body` holds digests; it is outside the chain and may be gone.
    """

    sequence: int
    body: bytes
    hash: bytes
    key: CommandKey | None = None
    aside: bytes | None = None


class Head(NamedTuple):
    """The last record of a journal: its sequence (0 if there is none) and its hash."""

    sequence: int
    hash: bytes


class Snapshot(msgspec.Struct, frozen=True):
    """The economy after record `sequence`, whose hash is `hash`."""

    state_version: int
    sequence: int
    hash: bytes
    image: bytes


class Checkpoint(msgspec.Struct, frozen=True):
    """A signed statement that record `sequence` had `hash` at `time` (ns UTC).

    `public_key` and `signature` are Ed25519, in hexadecimal; what is signed is `message()`.
    """

    sequence: int
    hash: str
    time: int
    public_key: str
    signature: str

    def message(self) -> bytes:
        """The bytes under the signature."""
        return f"econonexus checkpoint {self.sequence} {self.hash} {self.time}".encode()

    def signed_by(self, signer: "Signer") -> "Checkpoint":
        """The same checkpoint with a signature."""
        return msgspec.structs.replace(self, signature=signer.sign(self.message()))


class JournalFault(Exception):
    """The journal could not do what was asked; what was acknowledged before is still there."""


class JournalFull(JournalFault):
    """There is no room left: free some and start the node again."""


class JournalReadOnly(JournalFault):
    """The journal cannot be written to: mend the permissions and start the node again."""


class JournalLocked(JournalFault):
    """Another node has this journal open; the message names it."""


class JournalFenced(JournalFault):
    """Somebody else has appended: this writer's view is old, it must stop."""


class JournalExists(JournalFault):
    """There is something already where a new journal was to be; the message names it."""


class JournalMissing(JournalFault):
    """There is no journal where one was looked for."""


class JournalDamaged(JournalFault):
    """What was written is not what is read; the message says at which record and what to do."""


class Journal(Protocol):
    """The append-only record of everything, in one hash chain, by one writer.

    Every method may raise `JournalFault`. Sequences start at 1 and have no gap.
    """

    async def head(self) -> Head:
        """The last record."""
        ...

    async def append(self, records: Sequence[StoredRecord], after: int) -> None:
        """Add records, all or none, and return once they are safe from a loss of power.

        Raises: JournalFenced if the last sequence is not `after`, or if a command that was appended not
        long ago is appended again.
        """
        ...

    async def read(self, after: int, limit: int) -> list[StoredRecord]:
        """Up to `limit` records that follow sequence `after`, in order. Raises: JournalDamaged."""
        ...

    async def find(self, keys: Sequence[CommandKey]) -> dict[CommandKey, int]:
        """The sequence of the first record of each command that is there."""
        ...

    async def erase(self, sequence: int) -> bool:
        """Forget the private values of a record for ever; whether there were any."""
        ...

    async def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot, replacing older ones once it is safe."""
        ...

    async def load_snapshot(self) -> Snapshot | None:
        """The newest snapshot whose bytes are whole. Raises: JournalDamaged if it is not."""
        ...

    async def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a signed checkpoint."""
        ...

    async def checkpoints(self) -> list[Checkpoint]:
        """All signed checkpoints, oldest first."""
        ...

    async def close(self) -> None:
        """Let go of the journal. May be called twice."""
        ...


class Clock(Protocol):
    """What time it is."""

    def wall_ns(self) -> int:
        """Nanoseconds since 1970-01-01 UTC; may jump either way."""
        ...

    def monotonic_ns(self) -> int:
        """Nanoseconds since some instant; never goes back, never jumps."""
        ...


class Signer(Protocol):
    """Signs checkpoints with a key of its own."""

    @property
    def public_key(self) -> str:
        """The Ed25519 public key, in hexadecimal."""
        ...

    def sign(self, message: bytes) -> str:
        """The signature, in hexadecimal."""
        ...


class Entry(NamedTuple):
    """One line of an account's statement.

    `amount` is what the balance changed by and `held` what is reserved changed by; `balance_after`
    and `held_after` stand after it. `about` is the hold the line belongs to, if any. Amounts are in the
    smallest unit of the account's asset, `time` in ns UTC.
    """

    account: str
    sequence: int
    time: int
    kind: str
    amount: int
    held: int
    balance_after: int
    held_after: int
    counterparty: str = ""
    about: str = ""
    code: str = ""
    reference: str = ""


class Spend(NamedTuple):
    """What left an account for good within one hour: `hour` is in hours since 1970-01-01 UTC.

    `account` is who spent it: the account, or the agent that drew on its team's wallet. `times` is how
    often, `amount` how much in the smallest unit of the account's asset; it is below 0 where a
    reconciliation gave back more than was spent. `unpaid` is what was used and nobody paid, so often.
    `kind` is `used` where a use was paid for, else `transferred`, `exchanged` or `burned`.
    """

    hour: int
    account: str
    budget: str
    code: str
    amount: int
    times: int
    unpaid: int = 0
    unpaid_times: int = 0
    kind: str = "used"


class Quote(NamedTuple):
    """What a market made of one item at one time: `time` in ns UTC.

    `kind` is `auction`, `book`, `posted` or `shared`; `item` is empty where the market has but one. A book's
    orders and trades are summed over each second, which begins at `time`; all else stands at its own instant.
    `price` is the last per unit, `low` and `high` the extremes; None where nothing has a price, as when
    orders came and none traded. `sold` are units, `wanted` those that buyers asked for at whatever price,
    `supply` those that were for sale. Sums stop at 2**63 - 1.
    """

    market: str
    time: int
    item: str
    kind: str
    price: int | None
    low: int | None
    high: int | None
    sold: int
    wanted: int
    supply: int


QuoteKey = tuple[int, str, str]
"""The place of a quote in its market's history: time, item, kind."""


class Rating(NamedTuple):
    """What was known of an owner after one verdict: `time` in ns UTC, all shares in millionths.

    `weight` is what the verdict counted, in millionths of a plain contract, after `credibility`, how much the
    word of those counts who judged. Then the four sides of the record as they stood, and the owners of those
    who judged, with spaces between; none where the clock or the operator spoke.
    """

    owner: str
    sequence: int
    time: int
    contract: str
    verdict: str
    weight: int
    credibility: int
    score: int
    lower_bound: int
    reliability: int
    performance: int
    honesty: int
    cooperation: int
    raters: str


class Views(Protocol):
    """What only people read: statements, spend, prices, records of owners.

    They are fed by the events, and safe to delete and build anew.
    """

    async def position(self) -> int:
        """The sequence up to which the views are complete."""
        ...

    async def add(
        self,
        entries: Sequence[Entry],
        spend: Sequence[Spend],
        position: int,
        quotes: Sequence[Quote] = (),
        ratings: Sequence[Rating] = (),
    ) -> None:
        """Add lines, all or none, and move the position. Quotes of one place are summed."""
        ...

    async def clear(self) -> None:
        """Forget everything; the position is 0 again."""
        ...

    async def last_entries(self, accounts: Sequence[str]) -> dict[str, Entry]:
        """The last line of each account that has one."""
        ...

    async def statement(
        self, account: str, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Entry]:
        """The account's lines with `after` < sequence <= `until`, oldest first; the last `limit` of them."""
        ...

    async def spend(self, from_hour: int = 0, to_hour: int | None = None) -> list[Spend]:
        """What was spent in the hours `from_hour` <= hour < `to_hour`."""
        ...

    async def quotes(
        self, market: str, after: QuoteKey | None = None, until: int | None = None, limit: int | None = None
    ) -> list[Quote]:
        """A market's prices that come `after` a place and before the time `until`, oldest first.

        Of more than `limit` the first, where `after` is given; else the last.
        """
        ...

    async def ratings(self, owner: str, after: int | None = None, limit: int | None = None) -> list[Rating]:
        """What was said of an owner with `after` < sequence, oldest first.

        Of more than `limit` the first, where `after` is given; else the last.
        """
        ...

    async def close(self) -> None:
        """Let go of the views. May be called twice."""
        ...


class ModelFault(Exception):
    """A model gave no answer that can be used. `used` says whether it may have been at work all the same."""

    used = True


class ModelUnavailable(ModelFault):
    """It was not reached, or had no room, and has done nothing: ask again, after `retry_after_s`."""

    used = False

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelRefused(ModelFault):
    """It declined the request, and has done nothing: mend the request, or the key it was sent with.

    `body` is its own word for it, which may be anything.
    """

    used = False

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"the upstream declined the request ({status})")
        self.status = status
        self.body = body


class ModelTimedOut(ModelFault):
    """It said nothing for too long; nobody knows what it has done."""


class ModelBroke(ModelFault):
    """Its answer broke off, or is none; nobody knows what it has done."""


class Model(Protocol):
    """Models behind OpenAI's API. Bodies and answers are JSON as it goes over the wire, and are kept nowhere.

    `endpoint` is a path beneath `/v1/`, such as `chat/completions`. Both calls may raise `ModelFault`, and
    try again by themselves what certainly has done nothing.
    """

    async def call(self, endpoint: str, body: bytes) -> bytes:
        """The whole answer to a request."""
        ...

    def stream(self, endpoint: str, body: bytes) -> AsyncGenerator[bytes, None]:
        """The answer as server-sent events, each with the blank line that ends it. Close it to hang up."""
        ...

    async def close(self) -> None:
        """Let go of all connections. May be called twice."""


class SolverFault(Exception):
    """The solver came to no answer; nothing is decided, and the same question may be asked again."""


class SolverMissing(SolverFault):
    """There is nothing to solve with: the message says what to install."""


class SolverFailed(SolverFault):
    """The solver ended without an answer, or its answer cannot be: ask again, and report it if it stays
    so."""


class SolverOutOfMemory(SolverFault):
    """The memory it may use was not enough: allow more, or ask less."""


class SolverLate(SolverFault):
    """The solver gave no answer long after its deadline, and was stopped."""


class Task(msgspec.Struct, frozen=True):
    """What a solver is asked: who wins, what they pay, and, if `check`, who would rather deal alone.

    All of it takes no more than `time_limit_s` seconds; what is not known then is said to be not known.
    """

    auction: PackageAuction
    payment: Payment
    time_limit_s: float
    check: bool = False


OnSolving = Callable[[int, int], None]
"""Is told the welfare of the best packing so far, and the bound."""


class Solver(Protocol):
    """Heavy mathematics, done elsewhere. Whoever stops waiting for an answer stops the work on it."""

    async def solve(self, task: Task, on_progress: OnSolving | None = None) -> Proposal:
        """Who wins and what they pay; never in contradiction to the bids. Raises: SolverFault."""
        ...

    async def close(self) -> None:
        """End what is at work. May be called twice."""
        ...
