"""The file that `econonexus clear` takes, read into an auction; docs/mechanisms/index.md describes it."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from econonexus.cli.exits import bad_input
from econonexus.cli.fields import Fields, shown
from econonexus.domain.mechanisms.bids import NO_QUALITY, Auction, Bid, Side
from econonexus.domain.mechanisms.rules import Parameters, Rule
from econonexus.domain.mechanisms.uniform_price import Uniform

NAMES = frozenset(
    (
        *("mechanism", "supply", "reserve", "bids"),
        *("increment", "start", "step", "floor", "uniform", "ceiling", "quality_weight", "k"),
        *("payment", "bidding", "budgets", "time_limit_s"),
        *("buyers", "tolerance"),
    )
)
"""The fields of all rules' files, each of which any file may have: one file can be cleared by many rules."""

BID_NAMES = frozenset(("id", "agent", "owner", "items", "price", "unit_price", "side", "quality"))
_DEFAULTS = Parameters()
_UNIFORM: dict[str, Uniform] = {"highest_losing": "highest_losing", "lowest_winning": "lowest_winning"}


class Problem(msgspec.Struct, frozen=True):
    """One auction to clear, by which rule and with which parameters; `ignored` names fields no rule knows."""

    rule: Rule
    auction: Auction
    parameters: Parameters
    ignored: tuple[str, ...] = ()

    @property
    def terms(self) -> Auction:
        """The auction with what the parameters add to it."""
        return self.rule.terms(self.auction, self.parameters)


def problem_of(fields: Fields, rule: Rule) -> Problem:
    """Read one auction. Raises: CommandFailed naming the first field that is wrong. O(size of the file)."""
    rows = fields.objects("bids")
    bids = [_bid(row, rule) for row in rows]
    refuse_twins([bid.id for bid in bids])
    supply, reserve = _on_sale(fields, rule, bids)
    parameters = _parameters(fields, rule)
    if rule.name == "dutch":
        _refuse_clock(fields, parameters)
    ignored = (*fields.beside(NAMES), *(name for row in rows for name in row.beside(BID_NAMES)))
    return Problem(rule, Auction(bids, supply, reserve), parameters, ignored)


def _bid(fields: Fields, rule: Rule) -> Bid:
    agent = fields.text("agent")
    item, units = _item(fields)
    return Bid(
        id=fields.text("id"),
        agent=agent,
        owner=fields.text("owner", default=agent),
        item=item,
        units=units,
        unit_price=fields.whole("price" if rule.family in ("single_unit", "procurement") else "unit_price"),
        side=_side(fields, rule),
        quality=_share(fields, "quality", NO_QUALITY) if rule.family == "procurement" else NO_QUALITY,
    )


def _item(fields: Fields) -> tuple[str, int]:
    items = fields.wholes("items")
    if len(items) != 1:
        raise bad_input(f"{fields.at('items')}: must name one item, not {len(items)}")
    return next(iter(items.items()))


def _side(fields: Fields, rule: Rule) -> Side:
    if rule.family == "two_sided":
        return "buy" if fields.choice("side", ("buy", "sell")) == "buy" else "sell"
    only: Side = "sell" if rule.family == "procurement" else "buy"
    # Where there is one side a bid need not name it, but to buy for who wants to sell would be a mistake.
    fields.choice("side", (only,), default=only)
    return only


def _share(fields: Fields, name: str, default: Fraction) -> Fraction:
    share = fields.ratio(name, default)
    if share > 1:
        raise bad_input(f"{fields.at(name)}: must be a number from 0 to 1")
    return share


def _on_sale(fields: Fields, rule: Rule, bids: Sequence[Bid]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """The supply and the reserve; where both sides bid there is neither, and work has a ceiling."""
    if rule.family == "two_sided":
        return {}, {}
    stated = "supply" in fields
    supply = fields.wholes("supply") if stated else {bid.item: 1 for bid in bids}
    reserve = {} if rule.family == "procurement" else fields.wholes("reserve")
    _refuse_strangers(rule, bids, supply)
    return supply, reserve_of(reserve, supply, stated)


def reserve_of(reserve: Mapping[str, int], supply: Mapping[str, int], stated: bool) -> Mapping[str, int]:
    """The reserves of what is on sale. Raises: CommandFailed for others, if the supply is stated."""
    for item in reserve:
        if stated and item not in supply:
            raise bad_input(f"reserve.{shown(item)}: is not in the supply")
    # What nobody bids for may have a reserve, and is not sold.
    return {item: price for item, price in reserve.items() if item in supply}


def _parameters(fields: Fields, rule: Rule) -> Parameters:
    given = fields.only(rule.parameters)
    return Parameters(
        increment=given.whole("increment", default=_DEFAULTS.increment),
        start=given.whole("start", default=_DEFAULTS.start),
        step=given.whole("step", default=_DEFAULTS.step),
        floor=given.whole("floor", default=_DEFAULTS.floor),
        uniform=_UNIFORM[given.choice("uniform", tuple(_UNIFORM), default=_DEFAULTS.uniform)],
        ceiling=given.whole("ceiling") if "ceiling" in given else None,
        quality_weight=given.ratio("quality_weight", _DEFAULTS.quality_weight),
        k=_share(given, "k", _DEFAULTS.k),
    )


def _refuse_clock(fields: Fields, given: Parameters) -> None:
    for name in ("start", "step"):
        fields.value(name)
    if given.step == 0:
        raise bad_input("step: must be at least 1, or the clock never falls")
    if given.start < given.floor:
        raise bad_input(f"start: must be at least {given.floor}, the floor")


def refuse_twins(ids: Sequence[str]) -> None:
    """Refuse two bids of one id. Raises: CommandFailed."""
    places: dict[str, int] = {}
    for place, name in enumerate(ids):
        if name in places:
            raise bad_input(f"bids[{place}].id: {shown(name)} is the id of bids[{places[name]}] too")
        places[name] = place


def _refuse_strangers(rule: Rule, bids: Sequence[Bid], supply: Mapping[str, int]) -> None:
    """Refuse items that are not on sale, and bids for more units than the rule sells to one."""
    for place, bid in enumerate(bids):
        if bid.item not in supply:
            raise bad_input(f"bids[{place}].items.{shown(bid.item)}: is not in the supply")
        # A bid for more than there is, is no mistake: it cannot win.
        if rule.family != "multi_unit" and 1 < bid.units <= supply[bid.item]:
            raise bad_input(f"bids[{place}].items.{shown(bid.item)}: must be 1 in {rule.name}")
