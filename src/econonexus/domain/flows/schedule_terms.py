"""Whether what a market's terms say of its schedule, and of what it clears together with, can be."""

from econonexus.domain.flows import forms
from econonexus.domain.ids import MAX_INSTANT, SECOND, MarketId, ResourceId
from econonexus.domain.kinds import AUCTIONS, TOGETHER, Mechanism
from econonexus.domain.money import MAX_AMOUNT
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.terms import Schedule, Terms

MAX_AHEAD = 256
"""So many windows may be on sale or sold at once."""
MAX_SPAN = 3_660 * 86_400 * SECOND
"""No window lies further ahead than about ten years."""
MAX_MARKET = 92
"""The auctions of a schedule are named after their market, and need the rest of a name."""


def odd_schedule(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    """What of it is out of range, or not for this mechanism."""
    if terms.together and (_odd_group(terms) or mechanism not in TOGETHER):
        return _odd("together")
    schedule = terms.schedule
    if schedule is None:
        return None
    if mechanism not in AUCTIONS:
        return _odd("schedule")
    return _odd_times(terms, schedule) or _odd_supply(schedule)


def not_for_schedule(market: MarketId, resources: tuple[ResourceId, ...], terms: Terms) -> Refusal | None:
    """Whether a schedule sells what its market does not, or has no room for names."""
    schedule = terms.schedule
    if schedule is None:
        return None
    if len(market) > MAX_MARKET:
        return Refusal(RefusalCode.INVALID_TERMS, "schedule", "", len(market), MAX_MARKET)
    for item in schedule.supply:
        if item not in resources:
            return Refusal(RefusalCode.INVALID_TERMS, "schedule.supply", item)
    return None


def _odd_group(terms: Terms) -> bool:
    """Bids that are revealed in their own time cannot be cleared at one instant."""
    return forms.name("together", terms.together) is not None or terms.commitment is not None


def _odd_times(terms: Terms, schedule: Schedule) -> Refusal | None:
    if not _within(schedule.every, 1, MAX_SPAN):
        return _odd("schedule.every")
    if not _within(schedule.ahead, 0, MAX_AHEAD) or schedule.ahead * schedule.every > MAX_SPAN:
        return _odd("schedule.ahead")
    if schedule.lead is not None and not _within(schedule.lead, terms.bidding_window, MAX_SPAN):
        return _odd("schedule.lead")
    starts_at = schedule.starts_at
    return None if starts_at is None or _within(starts_at, 0, MAX_INSTANT) else _odd("schedule.starts_at")


def _odd_supply(schedule: Schedule) -> Refusal | None:
    if schedule.supply and all(_within(units, 1, MAX_AMOUNT) for units in schedule.supply.values()):
        return None
    return _odd("schedule.supply")


def _within(value: int, least: int, most: int) -> bool:
    return value.__class__ is int and least <= value <= most


def _odd(field: str) -> Refusal:
    return Refusal(RefusalCode.INVALID_TERMS, field)
