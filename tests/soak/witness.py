"""Whoever watches a node from outside, record by record: the ten invariants, and two bookkeepers."""

import json
from collections import Counter

from econonexus.audit.books import Books
from econonexus.audit.verify import compare
from econonexus.domain.economy import Economy
from econonexus.domain.ids import Instant
from econonexus.node.records import check_chain, unseal
from econonexus.node.withholding import SEALED
from econonexus.ports import GENESIS_HASH, Head, Journal, StoredRecord
from tests import invariants
from tests.history import History

CHUNK = 5_000


class Witness:
    """Follows a journal from its first record, and never trusts what was not looked at."""

    def __init__(self) -> None:
        self.head = Head(0, GENESIS_HASH)
        self.economy = Economy()
        self.books = Books()
        self.history = History()
        self.keys: set[tuple[str, str]] = set()
        self.events: Counter[str] = Counter()
        self.looks = 0

    async def follow(self, journal: Journal, to: int) -> None:
        """Go through the records up to one of them. Invariants 4, 6, 8, 9 and 10 are those of records."""
        while self.head.sequence < to:
            records = await journal.read(self.head.sequence, min(CHUNK, to - self.head.sequence))
            self.head = check_chain(records, self.head)  # 10
            for stored in records:
                self._enter(stored)

    def look(self, digest: str | None = None) -> None:
        """Hold everything against everything, as of the record followed to; `digest` is the node's own."""
        state = self.economy.state
        invariants.check(state)  # 1, 2, 3, 5
        self.history.check(state)  # 4, 9
        accounts = state.ledger.accounts.values()
        compare({account.id: (account.balance, account.held) for account in accounts}, self.books)
        self.books.close()
        if digest is not None:
            assert state.digest() == digest, "replay gives another state than the node has"  # 7
        self.looks += 1

    def _enter(self, stored: StoredRecord) -> None:
        self.books.read(stored.sequence, stored.body, stored.hash, stored.aside)
        record = unseal(stored)
        if stored.key is not None:
            assert stored.key not in self.keys, "a command changed the state twice"  # 6
            self.keys.add(stored.key)
        self._check_sealed(stored, record.event)
        self.history.enter(record.event)
        self.economy.apply(record.event, record.sequence, Instant(record.time))
        self.events[type(record.event).__name__] += 1

    def _check_sealed(self, stored: StoredRecord, event: object) -> None:
        """What a record says of a sealed number is a digest."""
        sealed = SEALED.get(type(event), ())
        kept = json.loads(stored.body)["event"] if sealed else {}
        for field in sealed:
            assert set(kept[field]) == {"digest"}, "a sealed number stands in a record"  # 8
