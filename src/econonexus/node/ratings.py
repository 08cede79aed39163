"""What events say of owners: the history of their records. Pure."""

from collections.abc import Iterable

from econonexus.domain import events
from econonexus.domain.subjects.reputations import components, mean_of
from econonexus.node.records import Record
from econonexus.ports import Rating

RATED = frozenset({events.ReputationChanged})
"""The events that change what is known of an owner."""


def ratings(records: Iterable[Record]) -> list[Rating]:
    """A line for each record that changes what is known of an owner."""
    return [
        _rating(record, record.event)
        for record in records
        if isinstance(record.event, events.ReputationChanged)
    ]


def _rating(record: Record, event: events.ReputationChanged) -> Rating:
    reliability, performance, honesty, cooperation = map(mean_of, components(event.record))
    return Rating(
        event.owner,
        record.sequence,
        record.time,
        event.contract,
        event.verdict.value,
        event.weight,
        event.credibility,
        event.score,
        event.lower_bound,
        reliability,
        performance,
        honesty,
        cooperation,
        " ".join(event.raters),
    )
