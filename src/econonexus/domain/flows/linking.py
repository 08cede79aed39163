"""Auctions that are cleared together, so that an agent's linked bids in them are all won in full, or none is.

How: every auction is cleared by its own rule. Where a link is won in part, it is *violated*; the cheaper half
of the violated links are dropped for good, by what their bids offer in all (of equal ones those that were
complete last; at least one), and the auctions that lost bids are cleared again, until none is violated.

Why it ends, and soon: these rules fill the highest bids first, so what a bid gets only grows when others
leave. A link that is won stays won, and with every round half of the violated ones are gone, rounded down, or
the last one: there are O(log links) rounds. Why so: who offers more is dropped later, so that no link is kept
by offering less; and a bid that cannot be accepted sets nobody's price. Exchanges for electricity reject
orders that are filled wholly or not at all in the same spirit, until prices support those that remain (Meeus,
Verhaegen and Belmans 2009, "Block order restrictions in combinatorial electric energy auctions"). It is no
optimum: which links win is not searched for, and a link that was dropped is not tried again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from econonexus.domain import events
from econonexus.domain.flows.clearing import (
    OVER,
    Sale,
    as_asked,
    failed,
    is_over,
    once_halted,
    outcome_of,
    settle_all,
)
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import MAX_INSTANT, AgentId, AuctionId, BidId, Instant, MarketId
from econonexus.domain.mechanisms.bids import Auction as Offers
from econonexus.domain.mechanisms.outcome import Outcome
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Bid


class _Part(NamedTuple):
    """One bid of a link, and where it stands."""

    auction: AuctionId
    bid: Bid


Link = tuple[AgentId, str]
"""Whose, and its name."""
Lost = Mapping[AuctionId, Mapping[BidId, events.Dropped]]
"""What is left out of each auction, and why."""


def clear_together(state: State, group: Sequence[Auction], now: Instant) -> Decision:
    """Clear auctions at once, and settle them."""
    selling = [auction for auction in group if not is_over(auction, now)]
    outcomes, lost = resolved(state, group, selling, now)
    sales = [
        Sale(auction, outcomes[auction.id], auction.bids, tuple(lost.get(auction.id, {}).values()))
        for auction in selling
    ]
    happened = [*settle_all(state, sales, now)]
    # What fails comes last, for by that a market may halt, in which nothing is cleared.
    for auction in group:
        if is_over(auction, now):
            happened += failed(state, auction, OVER, now, _ended(state, auction.market, happened))
    return once_halted(happened)


def _ended(state: State, market: MarketId, happened: Sequence[events.Event]) -> tuple[bool, ...]:
    """Which auctions of a market have failed among those that end by these events."""
    running = state.auctions.by_id
    return tuple(
        isinstance(event, events.AuctionFailed)
        for event in happened
        if isinstance(event, events.AuctionFailed | events.AuctionCleared)
        and running[event.auction].market == market
    )


def wait_together(group: Sequence[Auction], now: Instant) -> Decision:
    """Have auctions wait as one for a market that is halted."""
    window = max(auction.patience for auction in group)
    later = Instant(min(now + window, MAX_INSTANT))
    return tuple(events.AuctionExtended(auction.id, later, "halted") for auction in group)


def resolved(
    state: State, group: Sequence[Auction], selling: Sequence[Auction], now: Instant
) -> tuple[Mapping[AuctionId, Outcome], Lost]:
    """What auctions come to without a link won in part, and what was left out for that.

    Bids in auctions of the group that do not sell are lost. O(log links) clearings of each auction.
    """
    links = _links(group)
    lost: dict[AuctionId, dict[BidId, events.Dropped]] = {}
    offers = {auction.id: as_asked(state, auction) for auction in selling}
    outcomes = {auction.id: outcome_of(state, auction, offers[auction.id], now) for auction in selling}
    while violated := _violated(links, outcomes):
        cheapest_first = sorted(violated, key=lambda link: _standing(links[link]))
        touched: set[AuctionId] = set()
        for link in cheapest_first[: max(1, len(violated) // 2)]:
            for part in links.pop(link):
                missing = violated[link]
                lost.setdefault(part.auction, {})[part.bid.id] = events.Dropped(
                    part.bid.id, part.bid.link, missing.bid.id, missing.auction
                )
                touched.add(part.auction)
        for auction in selling:
            if auction.id in touched:
                offers[auction.id] = _without(offers[auction.id], lost[auction.id])
                outcomes[auction.id] = outcome_of(state, auction, offers[auction.id], now)
    return outcomes, lost


def _without(offers: Offers, left_out: Mapping[BidId, events.Dropped]) -> Offers:
    bids = [bid for bid in offers.bids if bid.id not in left_out]
    return msgspec.structs.replace(offers, bids=bids)


def _links(group: Sequence[Auction]) -> dict[Link, list[_Part]]:
    links: dict[Link, list[_Part]] = {}
    for auction in group:
        for bid in auction.bids.values():
            if bid.link:
                links.setdefault((bid.agent, bid.link), []).append(_Part(auction.id, bid))
    return links


def _violated(
    links: Mapping[Link, Sequence[_Part]], outcomes: Mapping[AuctionId, Outcome]
) -> dict[Link, _Part]:
    """The links that are not won in full, each with the first of its bids that is not."""
    won = {
        (auction, award.bid): award.items
        for auction, outcome in outcomes.items()
        for award in outcome.allocation
    }
    violated: dict[Link, _Part] = {}
    for link, parts in links.items():
        missing = next(_missing(parts, won), None)
        if missing is not None:
            violated[link] = missing
    return violated


def _missing(
    parts: Sequence[_Part], won: Mapping[tuple[AuctionId, str], Mapping[str, int]]
) -> Iterator[_Part]:
    """The bids that did not get all they are for; units of nothing more."""
    return (part for part in parts if won.get((part.auction, part.bid.id)) != part.bid.items)


def _standing(parts: Sequence[_Part]) -> tuple[int, int]:
    """What goes first: the least offered in all, then what was complete last."""
    offered = sum(part.bid.price * sum(part.bid.items.values()) for part in parts)
    return offered, -max(part.bid.sequence for part in parts)
