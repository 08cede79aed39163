"""What an auction came to, checked: nobody pays more than it bid, and the rule says the same once more."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from econonexus.audit.fields import Fields, names, positive, whole
from econonexus.audit.outcomes import RULES, Offer, Sale, sale
from econonexus.audit.pledges import Pledge
from econonexus.audit.shares import best, given_first, share_of
from econonexus.audit.wrong import Wrong

BUNDLES = "combinatorial"


class Bid(NamedTuple):
    """One offer; its price is None where it is sealed and withheld from the auditor."""

    agent: str
    items: dict[str, int]
    price: int | None
    link: str = ""


class Auction:
    """One selling event."""

    def __init__(self, e: Fields, supply: dict[str, int], terms: Fields) -> None:
        self.market = str(e["market"])
        self.mechanism = str(e["mechanism"])
        self.terms = terms
        self.supply = supply
        self.opens, self.closes = whole(e["opens_at"]), whole(e["closes_at"])
        start = e.get("starts_at")
        self.window = None if start is None else (whole(start), whole(e["ends_at"]))
        self.status = "announced"
        self.bids: dict[str, Bid] = {}
        self.standing = self.reserve
        self.increment = whole(terms.get("increment", 1))
        self.clock_at = self.opens
        self.leaders: list[str] = []
        self.takes: dict[str, tuple[int, int]] = {}
        """What bids took from the clock: units, and the call."""
        self.bonds: dict[str, str] = {}
        """Commitments that are not revealed: bid to agent."""
        self.kept: dict[str, tuple[str, Pledge]] = {}
        """Those that are being revealed: bid to agent, and how the bond was reserved."""
        self.reveals_until: int | None = None
        self.weights: Mapping[str, int] = {}
        """Owner to what its bids are multiplied by for their scores, where records count."""

    @property
    def reserve(self) -> int:
        """The least price of a unit."""
        return whole(self.terms.get("reserve", 0))

    def least(self, item: str) -> int:
        """The least price of a unit of an item, where bundles are sold."""
        own = self.terms.get("reserves", {})
        return whole(own[item]) if isinstance(own, dict) and item in own else self.reserve

    def floor(self, items: dict[str, int]) -> int:
        """The least that is paid for so many units of items."""
        return sum(units * self.least(item) for item, units in items.items())

    @property
    def runs(self) -> bool:
        """Whether its prices come about while it runs."""
        return self.mechanism in ("english", "dutch")

    @property
    def units(self) -> int:
        """How many are for sale."""
        return sum(self.supply.values())

    @property
    def rule(self) -> str:
        """The name under which its rule is worked out again."""
        is_uniform = self.mechanism == "uniform_price"
        return str(self.terms.get("uniform", "highest_losing")) if is_uniform else self.mechanism


class Won(NamedTuple):
    """What one bid won, and pays."""

    bid: str
    agent: str
    items: dict[str, int]
    payment: int
    source: str
    levels: list[str]


def check_offer(auction: Auction, items: dict[str, int], price: int | None, held: int | None) -> None:
    """A bid offers the reserve at least, and all that it may have to pay is held."""
    bundle, units = auction.mechanism == BUNDLES, sum(items.values())
    least = auction.floor(items) if bundle else auction.reserve
    if price is not None and price < max(1, least):
        raise Wrong(f"bids {price}, which is below the reserve of {least}")
    worth = None if price is None else price * (1 if bundle else units)
    if worth is not None and held is not None and held < worth:
        raise Wrong(f"bids {worth} and holds {held}")


def check_outcome(
    known: str, auction: Auction, e: Fields, behind: Mapping[str, str], without: Collection[str] = ()
) -> list[Won]:
    """Who won, where it adds up; all bids must be open. `behind` is agent to owner.

    Bids `without` which it was cleared neither win nor set a price.
    """
    wins = [_win(each) for each in structs(e["wins"])]
    _check_supply(known, auction, wins, e)
    _check_payments(known, auction, wins, e)
    weights = {
        name: auction.weights[behind[bid.agent]] for name, bid in auction.bids.items() if auction.weights
    }
    if e.get("weights", {}) != weights:
        raise Wrong(f"weighs the bids of auction {known} by {e.get('weights', {})}, and not by {weights}")
    if auction.rule in RULES:
        _check_rule(known, auction, wins, e, behind, without)
    return wins


def structs(value: object) -> list[Fields]:
    """A list of objects."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Wrong("lists no bids")
    return value


def units_of(value: object) -> dict[str, int]:
    """Item to units."""
    if not isinstance(value, dict):
        raise Wrong("names no units of anything")
    return {str(item): positive(units) for item, units in value.items()}


def _win(each: Fields) -> Won:
    who = (str(each["bid"]), str(each["agent"]), units_of(each["items"]))
    return Won(*who, whole(each["payment"]), str(each["source"]), names(each.get("budgets")))


def _check_supply(known: str, auction: Auction, wins: list[Won], e: Fields) -> None:
    """Every winner bid for what it won, nothing is won twice, and what is not won is unsold."""
    left = dict(auction.supply)
    for won in wins:
        bid = auction.bids.get(won.bid)
        if bid is None or bid.agent != won.agent:
            raise Wrong(f"lets bid {won.bid} of {won.agent} win in auction {known}, and there is none")
        for item, units in won.items.items():
            if units > bid.items.get(item, 0):
                raise Wrong(f"lets bid {won.bid} win {units} of {item}, and it is for fewer")
            left[item] -= units
    if len({won.bid for won in wins}) < len(wins) or any(units < 0 for units in left.values()):
        raise Wrong(f"sells more in auction {known} than there is, or to one bid twice")
    if e["unsold"] != {item: units for item, units in left.items() if units}:
        raise Wrong(f"says that {e['unsold']} is unsold in auction {known}, and it is not")


def _check_payments(known: str, auction: Auction, wins: list[Won], e: Fields) -> None:
    """Nobody pays more than it bid, or less than the reserve, and the welfare is what winners bid."""
    welfare = 0
    for won in wins:
        price, units = auction.bids[won.bid].price or 0, sum(won.items.values())
        worth = price if auction.mechanism == BUNDLES else price * units
        if won.payment > worth:
            raise Wrong(f"lets bid {won.bid} pay {won.payment}, and it bid {worth}")
        if won.payment < auction.floor(won.items):
            raise Wrong(f"lets bid {won.bid} pay {won.payment}, which is below the reserve")
        welfare += worth
    if e["welfare"] != welfare or whole(e["bound"]) < welfare:
        raise Wrong(f"says that auction {known} is worth {e['welfare']} of {e['bound']}, not {welfare}")


def _check_rule(
    known: str,
    auction: Auction,
    wins: list[Won],
    e: Fields,
    behind: Mapping[str, str],
    without: Collection[str],
) -> None:
    """The same bids, sold by the description of the rule, come out the same."""
    sales = {item: _sale(auction, item, behind, without) for item in auction.supply}
    due = [(bid, {item: units}, amount) for item, each in sales.items() for bid, units, amount in each.won]
    prices = {item: each.price for item, each in sales.items() if each.price is not None}
    if [(won.bid, won.items, won.payment) for won in wins] != due or e["prices"] != prices:
        raise Wrong(f"lets auction {known} come out otherwise than {auction.rule} does")
    shared = {bid: units for each in sales.values() for bid, units in each.shared.items()}
    if units_of(e.get("shared", {})) != shared:
        raise Wrong(f"says that other units of auction {known} came out of its reserved share than did")
    most = sum(
        best(_offers(auction, item, behind, without), units, auction.reserve)
        for item, units in auction.supply.items()
    )
    if e["bound"] != most:
        raise Wrong(f"says that auction {known} could be worth more or less than its highest bids, {most}")


def _sale(auction: Auction, item: str, behind: Mapping[str, str], without: Collection[str]) -> Sale:
    offers, share = _offers(auction, item, behind, without), share_of(auction.terms)
    if share is None:
        return sale(auction.rule, offers, auction.supply[item], auction.reserve)
    return given_first(auction.rule, offers, auction.supply[item], auction.reserve, share)


def _offers(auction: Auction, item: str, behind: Mapping[str, str], without: Collection[str]) -> list[Offer]:
    return [
        Offer(name, owner, bid.items[item], bid.price or 0, auction.weights.get(owner, 1))
        for name, bid in auction.bids.items()
        if item in bid.items and name not in without
        for owner in (behind[bid.agent],)
    ]
