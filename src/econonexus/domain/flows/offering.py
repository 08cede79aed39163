"""What a seller may offer in an order book: units that are free of the resource, or of its own grant."""

from econonexus.domain.ids import MAX_INSTANT, AgentId, GrantId, Instant
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.grants import Grant
from econonexus.domain.subjects.markets import Market
from econonexus.domain.terms import Book

FLOATING = Book()
"""How orders are traded where a market's terms do not say."""


def book_of(market: Market) -> Book:
    """How orders are traded in a market."""
    return market.terms.book or FLOATING


def own_grant(state: State, name: GrantId, agent: AgentId) -> Grant | Refusal:
    """An agent's grant, also one that has ended; another's is as good as unknown."""
    grant = state.grants.by_id.get(name) or state.grants.ended.get(name)
    if grant is None or grant.agent != agent:
        return Refusal(RefusalCode.UNKNOWN_GRANT, "grant", name)
    return grant


def not_for_sale(
    state: State, market: Market, agent: AgentId, grant: Grant | None, units: int, now: Instant
) -> Refusal | None:
    """Whether an agent may not sell here, or not this, or not so much."""
    book = book_of(market)
    if grant is not None and not _fits(market, book, grant):
        return Refusal(RefusalCode.NOT_SOLD_HERE, "grant", grant.id)
    if book.sellers == "anyone":
        may = True
    elif book.sellers == "holders":
        may = grant is not None
    else:
        may = agent in book.sellers
    if not may:
        return Refusal(RefusalCode.NOT_A_SELLER, "agent", agent)
    return over_capacity(state, market, units, now) if grant is None else None


def over_capacity(state: State, market: Market, units: int, now: Instant) -> Refusal | None:
    """Whether the resource has fewer units free than that in the time of delivery, whenever that begins."""
    book, resource = book_of(market), state.resources.by_id[market.resources[0]]
    start = now if book.starts_at is None else max(now, book.starts_at)
    end = MAX_INSTANT if book.ends_at is None else book.ends_at
    if start >= end:
        return None  # That is refused for another reason.
    free = resource.free(start, end)
    if units <= free:
        return None
    return Refusal(RefusalCode.OVER_CAPACITY, "units", resource.id, units, max(0, free))


def not_left(grant: Grant | None, units: int) -> Refusal | None:
    """Whether a grant has ended, or has fewer units left than that."""
    if grant is None:
        return None
    if grant.status != "running":
        return Refusal(RefusalCode.GRANT_ENDED, "grant", grant.id)
    if units > grant.left:
        return Refusal(RefusalCode.UNITS_OVER_GRANT, "units", grant.id, units, grant.left)
    return None


def _fits(market: Market, book: Book, grant: Grant) -> bool:
    """Where the time of delivery is declared, all units sold are for that time."""
    same_time = book.starts_at is None or (book.starts_at, book.ends_at) == (grant.starts_at, grant.ends_at)
    return grant.resource in market.resources and same_time
