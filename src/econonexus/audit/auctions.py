"""Auctions and bids, kept a second time: each step of their lives, what is held, what is paid and granted."""

from econonexus.audit.asides import sealed
from econonexus.audit.bundles import check_bundles, check_digest
from econonexus.audit.clearings import (
    BUNDLES,
    Auction,
    Bid,
    Won,
    check_offer,
    check_outcome,
    structs,
    units_of,
)
from econonexus.audit.fields import Fields, whole
from econonexus.audit.grants import Grants, Owed
from econonexus.audit.lines import Lines
from econonexus.audit.links import Links, left_out
from econonexus.audit.markets import Markets
from econonexus.audit.pledges import Pledge, Pledges
from econonexus.audit.prices_over_time import check_run
from econonexus.audit.resources import ALWAYS, Resources
from econonexus.audit.shares import with_reserve
from econonexus.audit.spenders import Spenders
from econonexus.audit.wrong import Wrong

SOFT_CLOSE = 30_000_000_000
MOST = 2**63 - 1


class Auctions:
    """All auctions that run."""

    def __init__(
        self,
        markets: Markets,
        resources: Resources,
        grants: Grants,
        pledges: Pledges,
        spenders: Spenders,
        lines: Lines,
    ) -> None:
        self._markets = markets
        self._resources = resources
        self._grants = grants
        self._pledges = pledges
        self._spenders = spenders
        self._lines = lines
        self._links = Links()
        self.by_name: dict[str, Auction] = {}
        self.ended: dict[str, int] = {"cleared": 0, "failed": 0, "cancelled": 0}

    def enter(self, kind: str, e: Fields, now: int) -> None:
        """Enter what happens to an auction as a whole."""
        known = str(e["auction"])
        match kind:
            case "auction_announced":
                self._announce(known, e, now)
            case "auction_opened":
                auction = self.found(known, "announced")
                if now < auction.opens:
                    raise Wrong(f"opens auction {known} before its time")
                auction.status = "open"
            case "auction_extended":
                self._extend(known, self.found(known, "open", "closed"), e, now)
            case "auction_closed":
                self._close(known, e, now)
            case "auction_cleared":
                self._clear(known, e, now)
            case "auction_failed":
                failed = self.found(known, "open", "closed", "clearing")
                self._end(known, failed, "failed")
                self._markets.saw_auction(failed.market, None, now)
            case "auction_cancelled":
                self._end(known, self.found(known, "announced", "open"), "cancelled")
            case _:
                raise Wrong(f"is of a kind these books do not know: {kind}")

    def place_bid(self, e: Fields, now: int) -> None:
        """A bid comes in, and its money is reserved."""
        known, bid = str(e["auction"]), str(e["bid"])
        auction = self._taking(known, bid, now)
        bond = self._revealed(auction, e)
        items, price, held = units_of(e["items"]), sealed(e["price"]), sealed(e["held"])
        if bid in auction.bids:
            raise Wrong(f"places bid {bid} in auction {known} a second time")
        if not items or set(items) - auction.supply.keys():
            raise Wrong(f"bids in auction {known} for what it does not sell")
        check_offer(auction, items, price, held)
        destination = self._markets.destination(auction.terms)
        if e["destination"] != destination:
            raise Wrong(
                f"bids in auction {known}, whose proceeds go to {destination}, for {e['destination']}"
            )
        self._pledges.check_lends(pledge_of(known, bid), auction.terms)
        if bond is None:
            self._spenders.check_active(str(e["agent"]))
            self._pledges.place(pledge_of(known, bid), str(e["agent"]), e, destination, held, now)
        else:
            self._pledges.follow(pledge_of(known, bid), bond, e, held, now)
        self._lines.check_bid(auction.terms, str(e["agent"]), str(e["source"]))
        link = str(e.get("link", ""))
        if link and not auction.terms.get("together"):
            raise Wrong(f"links bid {bid} in auction {known}, which is cleared alone")
        auction.bids[bid] = Bid(str(e["agent"]), items, price, link)

    def raise_bid(self, e: Fields, now: int) -> None:
        """A bid offers more than it did."""
        known, bid = str(e["auction"]), str(e["bid"])
        auction = self._taking_bids(known, now)
        before, price, held = self._own(auction, e), sealed(e["price"]), sealed(e["held"])
        if price is not None and before.price is not None and price <= before.price:
            raise Wrong(f"raises bid {bid} from {before.price} to {price}")
        check_offer(auction, before.items, price, held)
        self._spenders.check_active(before.agent)
        if e["source"] != self._pledges.open[pledge_of(known, bid)].source:
            raise Wrong(f"raises bid {bid} from another account than it was placed from")
        self._pledges.check_lends(pledge_of(known, bid), auction.terms)
        self._pledges.raise_to(pledge_of(known, bid), held, now)
        self._lines.check_bid(auction.terms, str(e["agent"]), str(e["source"]))
        auction.bids[bid] = before._replace(price=price)
        if auction.mechanism == "english" and bid not in auction.leaders:
            auction.bids[bid] = auction.bids.pop(bid)  # It stands behind all that are there.

    def withdraw_bid(self, e: Fields) -> None:
        """A bid is taken back, where the terms let it be."""
        known, bid = str(e["auction"]), str(e["bid"])
        auction = self.found(known, "open")
        self._own(auction, e)
        if auction.terms.get("revisions", "raise") != "withdraw":
            raise Wrong(f"takes bid {bid} out of auction {known}, where bids stand")
        self._pledges.free(pledge_of(known, bid))
        del auction.bids[bid]

    def _announce(self, known: str, e: Fields, now: int) -> None:
        market = self._markets.by_name[str(e["market"])]
        supply = units_of(e["supply"])
        if known in self.by_name:
            raise Wrong(f"announces auction {known} while it runs")
        terms = with_reserve(market.terms, market.prices)
        if (e["mechanism"], e["terms"]) != (market.mechanism, terms) or market.halted:
            raise Wrong(f"announces auction {known} otherwise than market {e['market']} sells now")
        if not supply or set(supply) - set(market.resources):
            raise Wrong(f"sells in auction {known} what market {e['market']} does not")
        auction = Auction(e, supply, terms)
        start, end = auction.window or (auction.closes, auction.closes + 1)
        if not now <= auction.opens < auction.closes <= start < end:
            raise Wrong(f"gives auction {known} times that are out of order")
        for item, units in supply.items():
            self._resources.promise(item, _promise(known), units, auction.window or ALWAYS, now)
        auction.status = "open" if auction.opens <= now else "announced"
        self.by_name[known] = auction

    def _close(self, known: str, e: Fields, now: int) -> None:
        """An auction of bundles takes no more bids, and its outcome is waited for."""
        auction = self.found(known, "open")
        if auction.mechanism != BUNDLES or not auction.bids or whole(e["clear_by"]) < now:
            raise Wrong(f"closes auction {known} to wait for an outcome that it needs not")
        check_digest(known, auction, sealed(e["digest"]), self._spenders.behind)
        auction.status = "clearing"

    def _clear(self, known: str, e: Fields, now: int) -> None:
        auction = self.found(known, "open", "closed", "clearing")
        if auction.bonds:
            raise Wrong(f"clears auction {known} before what was committed to is revealed or forfeited")
        if self._markets.by_name[auction.market].halted and auction.status == "open":
            raise Wrong(f"clears auction {known} while its market is halted")
        self._check_opened(known, auction, e)
        if auction.mechanism == BUNDLES and auction.bids and auction.status != "clearing":
            raise Wrong(f"clears auction {known} of bundles, which was never closed")
        agents = {name: bid.agent for name, bid in auction.bids.items()}
        auction.weights = self._lines.weights(auction.terms, agents)
        wins = check_outcome(known, auction, e, self._spenders.behind, left_out(known, auction, e))
        if auction.mechanism == BUNDLES:
            check_bundles(known, auction, wins, e)
        self._links.enter(known, auction, wins)
        pledges = {bid: self._pledges.open[pledge_of(known, bid)] for bid in auction.bids}
        if auction.runs:
            check_run(known, auction, wins, e, self._spenders.behind)
        self._end(known, auction, "cleared")
        for won in wins:
            pledge = pledges[won.bid]
            if (pledge.source, pledge.levels) != (won.source, won.levels):
                raise Wrong(f"lets bid {won.bid} be paid from elsewhere than it was placed from")
            self._pledges.check_paid(pledge_of(known, won.bid), pledge, won.payment)
            self._pledges.pay("auction_cleared", pledge, won.payment, now)
        self._owe(known, auction, wins)
        self._markets.saw_auction(auction.market, e["prices"], now)

    def _check_opened(self, known: str, auction: Auction, e: Fields) -> None:
        """The bids opened are those that were placed, in their order and in their words."""
        opened = structs(e["bids"])
        if [str(each["bid"]) for each in opened] != list(auction.bids):
            raise Wrong(f"opens other bids in auction {known} than were placed, or in another order")
        for each in opened:
            bid, price, held = str(each["bid"]), whole(each["price"]), whole(each["held"])
            pledge, placed = self._pledges.open[pledge_of(known, bid)], auction.bids[bid]
            if placed.price not in (price, None) or pledge.amount not in (held, None):
                raise Wrong(f"opens bid {bid} with other numbers than were sealed")
            # While it runs, what is held is freed or shrinks to what is paid.
            check_offer(auction, placed.items, price, None if auction.runs else held)
            auction.bids[bid] = placed._replace(price=price)

    def _owe(self, known: str, auction: Auction, wins: list[Won]) -> None:
        for won in wins:
            for item, units in won.items.items():
                paid = won.payment if len(won.items) == 1 else 0
                self._grants.owe(Owed(known, auction.market, won.agent, item, units, paid, auction.window))

    def _end(self, known: str, auction: Auction, how: str) -> None:
        """Let go of all that was kept back: money, and units."""
        for bid in auction.bids:
            self._pledges.free(pledge_of(known, bid))
        for bid in auction.bonds:
            self._pledges.free(f"bond {bid} in {known}")
        for item in auction.supply:
            self._resources.take_back(item, _promise(known))
        del self.by_name[known]
        self._links.ended(auction, how == "cleared", self.by_name.values())
        self.ended[how] += 1

    def _taking_bids(self, known: str, now: int) -> Auction:
        auction = self.found(known, "open")
        if self._markets.by_name[auction.market].halted or now >= auction.closes:
            raise Wrong(f"bids in auction {known}, which takes no bids now")
        return auction

    def _taking(self, known: str, bid: str, now: int) -> Auction:
        """The auction, if it takes this bid now: where bids are committed to, one that is being revealed."""
        auction = self.by_name.get(known)
        if auction is None or auction.terms.get("commitment") is None:
            return self._taking_bids(known, now)
        if bid not in auction.kept:
            raise Wrong(f"places bid {bid} in auction {known}, which nobody had committed to")
        return self.found(known, "closed")

    def _revealed(self, auction: Auction, e: Fields) -> Pledge | None:
        """How the bond of a bid was reserved that is being revealed; None where it was not committed to."""
        if auction.terms.get("commitment") is None:
            return None
        agent, bond = auction.kept.pop(str(e["bid"]))
        if e["agent"] != agent:
            raise Wrong(f"reveals bid {e['bid']} of {e['agent']}, which {agent} had committed to")
        return bond

    def _extend(self, known: str, auction: Auction, e: Fields, now: int) -> None:
        """An end moves away: for as long as a market is halted, or because a bid came near it."""
        later, reason = whole(e["closes_at"]), e["reason"]
        if auction.status == "closed":
            auction.reveals_until = later
            return
        if later < auction.closes and reason != "resumed":
            raise Wrong(f"lets auction {known} close earlier than it was to")
        if reason == "soft_close":
            left = whole(auction.terms.get("soft_close", SOFT_CLOSE))
            if auction.mechanism != "english" or later > now + left:
                raise Wrong(f"extends auction {known} by more than its soft close")
            if e["increment"] != min(2 * auction.increment, MOST):
                raise Wrong(f"extends auction {known} without doubling its increment")
            auction.increment = whole(e["increment"])
        auction.clock_at += later - auction.closes
        auction.closes = later

    def _own(self, auction: Auction, e: Fields) -> Bid:
        bid = auction.bids.get(str(e["bid"]))
        if bid is None or bid.agent != e["agent"]:
            raise Wrong(f"speaks of bid {e['bid']} of {e['agent']}, which is not there")
        return bid

    def found(self, known: str, *statuses: str) -> Auction:
        """The auction of a name, which must stand at one of these places of its life."""
        auction = self.by_name.get(known)
        status = "not there" if auction is None else auction.status
        if auction is None or status not in statuses:
            raise Wrong(f"speaks of auction {known} as {' or '.join(statuses)}, and it is {status}")
        return auction


def pledge_of(auction: str, bid: str) -> str:
    """The name under which the money of a bid is reserved."""
    return f"bid {bid} in {auction}"


def _promise(auction: str) -> str:
    return f"auction {auction}"
