"""The auctions that a market announces by itself, as bodies and answers say them."""

from typing import Annotated

from msgspec import Meta

from econonexus.domain.ids import Duration
from econonexus.domain.terms import Schedule
from econonexus.interfaces.http.forms import MAX, MS, Body, Milliseconds, Name, Units, instant_of, rfc3339

Moment = Annotated[str, Meta(max_length=64, examples=["2026-01-31T12:00:00Z"])]


class ScheduleRules(Body, frozen=True, kw_only=True):
    """With every `every_ms` one auction more, of `supply`; of `ahead` windows of time, if there are any."""

    every_ms: Annotated[
        int, Meta(ge=1, le=MAX // MS, description="How long after one auction the next is announced.")
    ]
    supply: Annotated[
        dict[Name, Units],
        Meta(
            min_length=1,
            max_length=256,
            examples=[{"gpu": 4}],
            description="What each sells: units by resource.",
        ),
    ]
    ahead: Annotated[
        int,
        Meta(
            ge=0,
            le=256,
            description="How many windows, each `every_ms` long, are on sale or sold; 0 for none.",
        ),
    ] = 0
    lead_ms: (
        Annotated[
            Milliseconds,
            Meta(description="From its start to the first window's; by default the bidding window."),
        ]
        | None
    ) = None
    starts_at: Annotated[Moment, Meta(description="When it begins; at once by default.")] | None = None


def schedule_of(rules: ScheduleRules) -> Schedule:
    """What the economy knows of it. Raises: Declined."""
    return Schedule(
        Duration(rules.every_ms * MS),
        dict(rules.supply),
        rules.ahead,
        None if rules.lead_ms is None else Duration(rules.lead_ms * MS),
        None if rules.starts_at is None else instant_of("schedule.starts_at", rules.starts_at),
    )


def schedule_rules(schedule: Schedule) -> ScheduleRules:
    """What is said of it."""
    return ScheduleRules(
        every_ms=schedule.every // MS,
        supply=schedule.supply,
        ahead=schedule.ahead,
        lead_ms=None if schedule.lead is None else schedule.lead // MS,
        starts_at=None if schedule.starts_at is None else rfc3339(schedule.starts_at),
    )
