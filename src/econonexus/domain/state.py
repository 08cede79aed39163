"""The ledger and all subjects side by side: what flows read, and all that a snapshot holds."""

import hashlib
from collections.abc import Iterator

import msgspec

from econonexus.domain.ids import Instant, Sequence
from econonexus.domain.ledger import Ledger, Pledge
from econonexus.domain.subjects.agents import Agents
from econonexus.domain.subjects.auctions import Auctions
from econonexus.domain.subjects.budgets import Budgets
from econonexus.domain.subjects.contracts import Contracts
from econonexus.domain.subjects.exchanges import Exchanges
from econonexus.domain.subjects.grants import Grants
from econonexus.domain.subjects.inbox import Inbox
from econonexus.domain.subjects.keys import Keys
from econonexus.domain.subjects.lines import Lines
from econonexus.domain.subjects.markets import Markets
from econonexus.domain.subjects.modes import Modes
from econonexus.domain.subjects.monetary import Monetary
from econonexus.domain.subjects.orders import Orders
from econonexus.domain.subjects.reputations import Reputations
from econonexus.domain.subjects.resources import Resources
from econonexus.domain.subjects.schedules import Schedules
from econonexus.domain.subjects.stakes import Stakes
from econonexus.domain.subjects.stands import Stands
from econonexus.domain.subjects.tasks import Tasks

STATE_VERSION = 12
"""Rises whenever the shape or meaning of `State` changes; a snapshot of another version is not read."""


class State(msgspec.Struct):
    """The whole economy at one instant: after record `sequence`, decided at `time`."""

    ledger: Ledger = msgspec.field(default_factory=Ledger)
    budgets: Budgets = msgspec.field(default_factory=Budgets)
    exchanges: Exchanges = msgspec.field(default_factory=Exchanges)
    agents: Agents = msgspec.field(default_factory=Agents)
    keys: Keys = msgspec.field(default_factory=Keys)
    modes: Modes = msgspec.field(default_factory=Modes)
    resources: Resources = msgspec.field(default_factory=Resources)
    markets: Markets = msgspec.field(default_factory=Markets)
    schedules: Schedules = msgspec.field(default_factory=Schedules)
    auctions: Auctions = msgspec.field(default_factory=Auctions)
    grants: Grants = msgspec.field(default_factory=Grants)
    inbox: Inbox = msgspec.field(default_factory=Inbox)
    monetary: Monetary = msgspec.field(default_factory=Monetary)
    stands: Stands = msgspec.field(default_factory=Stands)
    orders: Orders = msgspec.field(default_factory=Orders)
    stakes: Stakes = msgspec.field(default_factory=Stakes)
    tasks: Tasks = msgspec.field(default_factory=Tasks)
    contracts: Contracts = msgspec.field(default_factory=Contracts)
    reputations: Reputations = msgspec.field(default_factory=Reputations)
    lines: Lines = msgspec.field(default_factory=Lines)
    sequence: Sequence = Sequence(0)
    time: Instant = Instant(0)

    def pledges(self) -> Iterator[Pledge]:
        """All that is reserved for something other than a hold."""
        yield from self.auctions.pledges()
        yield from self.inbox.pledges()
        yield from self.stands.pledges()
        yield from self.orders.pledges()
        yield from self.tasks.pledges()
        yield from self.contracts.pledges()
        yield from self.lines.pledges()

    def image(self) -> bytes:
        """The state as canonical JSON: equal states, and only they, give equal bytes.

        Dictionaries keep the order in which their entries came, which is the journal's.
        """
        return msgspec.json.encode(self)

    @classmethod
    def from_image(cls, image: bytes) -> "State":
        """The state that `image` was taken of. Raises: msgspec.DecodeError, msgspec.ValidationError."""
        return msgspec.json.decode(image, type=cls)

    def digest(self) -> str:
        """SHA-256 of the image, in hexadecimal: equal for equal states in any process."""
        return hashlib.sha256(self.image()).hexdigest()
