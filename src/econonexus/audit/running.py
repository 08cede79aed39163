"""Auctions while they run, kept a second time: prices rise, clocks are taken, commitments are kept."""

from collections.abc import Mapping

from econonexus.audit.auctions import Auctions, pledge_of
from econonexus.audit.clearings import Auction
from econonexus.audit.fields import Fields, positive, whole
from econonexus.audit.markets import Markets
from econonexus.audit.pledges import Pledges
from econonexus.audit.prices_over_time import call_at, is_call, least_after, ranked, standing
from econonexus.audit.spenders import Spenders
from econonexus.audit.wrong import Wrong

KINDS = frozenset(
    {
        "standing_moved",
        "clock_taken",
        "bid_committed",
        "reveal_started",
        "commitment_kept",
        "bond_forfeited",
    }
)


class Running:
    """What happens in auctions between their bids and their end."""

    def __init__(self, auctions: Auctions, markets: Markets, pledges: Pledges, spenders: Spenders) -> None:
        self._auctions = auctions
        self._markets = markets
        self._pledges = pledges
        self._spenders = spenders
        self._behind: Mapping[str, str] = spenders.behind

    def enter(self, kind: str, e: Fields, now: int) -> None:
        """Enter what happens to an auction that runs."""
        known = str(e["auction"])
        match kind:
            case "standing_moved":
                self._move(known, self._auctions.found(known, "open"), e)
            case "clock_taken":
                self._take(known, self._auctions.found(known, "open"), e, now)
            case "bid_committed":
                self._commit(known, self._auctions.found(known, "open"), e, now)
            case "reveal_started":
                self._reveal(known, self._auctions.found(known, "open"), e, now)
            case "commitment_kept":
                auction = self._auctions.found(known, "closed")
                bid = self._bond(auction, e)
                auction.kept[bid] = str(e["agent"]), self._pledges.free(bond_of(known, bid))
            case _:
                self._forfeit(known, self._auctions.found(known, "closed"), e, now)

    def _move(self, known: str, auction: Auction, e: Fields) -> None:
        """A price rises, and never otherwise than by what is bid; who is outbid has its money back."""
        price, leaders = whole(e["price"]), _listed(e["leaders"])
        if auction.mechanism != "english" or price < auction.standing:
            raise Wrong(f"lets the price of auction {known} come to {price}, from {auction.standing}")
        if len(leaders) != min(auction.units, len(auction.bids)) or not set(leaders) <= auction.bids.keys():
            raise Wrong(f"lets bids lead in auction {known} that cannot")
        ranking = ranked(auction)
        if ranking is not None:
            due = max(auction.standing, standing(auction, ranking, self._behind))
            if (leaders, price) != (ranking[: auction.units], due):
                raise Wrong(f"says that {leaders} lead auction {known} at {price}, not {ranking} at {due}")
        # Where the auction is extended next, the increment doubles for the next bid.
        if whole(e["least"]) not in (least_after(auction, price), least_after(auction, price, doubled=True)):
            raise Wrong(f"asks for another next bid in auction {known} than an increment more")
        for bid in _listed(e.get("outbid", [])):
            if bid in leaders:
                raise Wrong(f"says that bid {bid} is outbid, which leads")
            self._pledges.change_to(pledge_of(known, bid), 0, 0)
        auction.standing, auction.leaders = price, leaders

    def _take(self, known: str, auction: Auction, e: Fields, now: int) -> None:
        """A bid takes the clock at a call that was made, within its price, of what is left."""
        bid, units, price = str(e["bid"]), positive(e["units"]), whole(e["price"])
        placed = auction.bids.get(bid)
        left = auction.units - sum(each for each, _ in auction.takes.values())
        if (
            auction.mechanism != "dutch"
            or placed is None
            or bid in auction.takes
            or placed.agent != e["agent"]
        ):
            raise Wrong(f"lets bid {bid} take a clock in auction {known}, and it cannot")
        if units != min(left, sum(placed.items.values())) or e["left"] != left - units:
            raise Wrong(f"lets bid {bid} take {units} of {left} in auction {known}")
        if placed.price is not None and price > placed.price:
            raise Wrong(f"lets bid {bid} take the clock at {price}, and it bid {placed.price}")
        if not is_call(auction, price) or price < call_at(auction, now):
            raise Wrong(
                f"lets bid {bid} take the clock of auction {known} at {price}, which it had not called"
            )
        auction.takes[bid] = (units, price)
        self._pledges.change_to(pledge_of(known, bid), units * price, now)

    def _commit(self, known: str, auction: Auction, e: Fields, now: int) -> None:
        bid, rule = str(e["bid"]), auction.terms.get("commitment")
        if not isinstance(rule, dict) or e["bond"] != rule["bond"]:
            raise Wrong(f"commits to a bid in auction {known}, which asks for no such bond")
        if bid in auction.bonds or self._markets.by_name[auction.market].halted or now >= auction.closes:
            raise Wrong(f"commits to bid {bid} in auction {known}, which it cannot")
        destination = self._markets.destination(auction.terms)
        if e["destination"] != destination:
            raise Wrong(f"commits to a bid in auction {known} with a bond for {e['destination']}")
        self._spenders.check_active(str(e["agent"]))
        self._pledges.place(bond_of(known, bid), str(e["agent"]), e, destination, whole(e["bond"]), now)
        auction.bonds[bid] = str(e["agent"])

    def _reveal(self, known: str, auction: Auction, e: Fields, now: int) -> None:
        if not auction.bonds or whole(e["reveals_until"]) <= now:
            raise Wrong(f"lets bids be revealed in auction {known}, where there are none")
        auction.status, auction.reveals_until = "closed", whole(e["reveals_until"])

    def _forfeit(self, known: str, auction: Auction, e: Fields, now: int) -> None:
        bid = self._bond(auction, e)
        if auction.reveals_until is None or now < auction.reveals_until:
            raise Wrong(f"takes the bond of bid {bid} in auction {known} before its time")
        pledge = self._pledges.free(bond_of(known, bid))
        if (e["source"], e["destination"], e["amount"]) != (pledge.source, pledge.destination, pledge.amount):
            raise Wrong(f"takes another bond of bid {bid} in auction {known} than was put up")
        self._pledges.pay("bond_forfeited", pledge, whole(e["amount"]), now)

    def _bond(self, auction: Auction, e: Fields) -> str:
        """The commitment spoken of, which is over now."""
        bid = str(e["bid"])
        if auction.bonds.pop(bid, None) != e["agent"]:
            raise Wrong(f"speaks of a commitment to bid {bid} of {e['agent']}, which is not there")
        return bid


def bond_of(auction: str, bid: str) -> str:
    """The name under which a bond is reserved."""
    return f"bond {bid} in {auction}"


def _listed(value: object) -> list[str]:
    if not isinstance(value, list):
        raise Wrong("lists no bids")
    return [str(each) for each in value]
