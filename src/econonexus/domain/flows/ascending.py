"""English auctions while they run: what a new limit does to the price, the leaders and the end."""

from bisect import insort
from collections.abc import Iterator

from econonexus.domain import events
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import MAX_INSTANT, BidId, Instant
from econonexus.domain.mechanisms.ascending import Limit, least_bid, standing_price
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Bid


def least(auction: Auction) -> int:
    """The least that a further bid must offer now."""
    terms = auction.terms
    return least_bid(len(auction.ranking), auction.units, auction.standing, terms.reserve, auction.increment)


def below_standing(auction: Auction, price: int) -> Refusal | None:
    """Whether a bid is below the next least one. What stands is public; what was offered is not."""
    asked = least(auction)
    if price >= asked:
        return None
    return Refusal(RefusalCode.BELOW_STANDING, "price", auction.id, available=asked)


def answered(state: State, auction: Auction, offer: Bid, now: Instant) -> Decision:
    """What follows from a new bid, or from a higher limit of one: the others' proxies have answered."""
    before = auction.leaders
    if offer.id in before:
        return ()  # Who leads and offers more pays no more for it.
    ranking = [name for name in auction.ranking if name != offer.id]
    insort(ranking, offer.id, key=lambda name: -_price(auction, offer, name))
    price = max(auction.standing, _standing(state, auction, offer, ranking))
    leaders = ranking[: auction.units]
    leading = set(leaders)
    outbid = tuple(name for name in (*before, offer.id) if name not in leading)
    visible = leaders != before or price != auction.standing
    extended = _extended(auction, now) if visible else None
    increment = auction.increment if extended is None else extended.increment
    asked = least_bid(len(ranking), auction.units, price, auction.terms.reserve, increment or 0)
    moved = events.StandingMoved(auction.id, Amount(price), tuple(leaders), asked, outbid)
    return (moved,) if extended is None else (moved, extended)


def binds(state: State, auction: Auction, bid: Bid) -> bool:
    """Whether a bid leads, or the leaders would pay less without it."""
    if bid.id in auction.leaders:
        return True
    without = [name for name in auction.ranking if name != bid.id]
    return _standing(state, auction, bid, without) < _standing(state, auction, bid, auction.ranking)


def _price(auction: Auction, offer: Bid, name: BidId) -> int:
    return offer.price if name == offer.id else auction.bids[name].price


def _standing(state: State, auction: Auction, offer: Bid, ranking: list[BidId]) -> int:
    """The price that the rule has for a ranking of bids, of which one may be new."""
    agents = state.agents.by_id

    def limits() -> Iterator[Limit]:
        for name in ranking:
            bid = offer if name == offer.id else auction.bids[name]
            yield Limit(agents[bid.agent].owner, bid.price)

    return standing_price(limits(), auction.units, auction.terms.reserve, auction.increment)


def _extended(auction: Auction, now: Instant) -> events.AuctionExtended | None:
    """Near its end, the end moves away and the increment doubles: so it cannot go on for ever.

    It never runs into the time for which its units are sold.
    """
    closes_at = Instant(min(now + auction.terms.soft_close, MAX_INSTANT))
    if auction.starts_at is not None:
        closes_at = min(closes_at, auction.starts_at)
    if closes_at <= auction.closes_at:
        return None
    doubled = Amount(min(2 * auction.increment, MAX_AMOUNT))
    return events.AuctionExtended(auction.id, closes_at, "soft_close", doubled)
