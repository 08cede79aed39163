"""The file that `econonexus clear` takes, read into an auction; docs/mechanisms/index.md describes it."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from econonexus.cli.exits import bad_input
from econonexus.cli.fields import Fields, shown
from econonexus.domain.mechanisms.bids import NO_QUALITY, Auction, Bid, Side
from econonexus.domain.mechanisms.dutch import with_floor
from econonexus.domain.mechanisms.rules import Parameters, Rule
from econonexus.domain.mechanisms.uniform_price import Uniform

_DEFAULTS = Parameters()
_UNIFORM: dict[str, Uniform] = {"highest_losing": "highest_losing", "lowest_winning": "lowest_winning"}


class Problem(msgspec.Struct, frozen=True):
    """One auction to clear, by which rule and with which parameters."""

    rule: Rule
    auction: Auction
    parameters: Parameters


def problem_of(fields: Fields, rule: Rule) -> Problem:
    """Read one auction. Raises: CommandFailed naming the first field that is wrong. O(size of the file)."""
    bids = [_bid(bid, rule) for bid in fields.objects("bids")]
    _refuse_twins(bids)
    supply, reserve = _on_sale(fields, rule, bids)
    parameters = _parameters(fields, rule)
    fields.done(f"{rule.name} files")
    if rule.family != "two_sided":
        _refuse_strangers(rule, bids, supply, reserve)
    auction = Auction(bids, supply, reserve)
    if rule.name == "dutch":
        auction = with_floor(auction, parameters.floor)
        _refuse_clock(fields, parameters, auction.reserve)
    return Problem(rule, auction, parameters)


def _bid(fields: Fields, rule: Rule) -> Bid:
    agent = fields.text("agent")
    item, units = _item(fields)
    bid = Bid(
        id=fields.text("id"),
        agent=agent,
        owner=fields.text("owner", default=agent),
        item=item,
        units=units,
        unit_price=fields.whole("price" if rule.family in ("single_unit", "procurement") else "unit_price"),
        side=_side(fields, rule),
        quality=_share(fields, "quality", NO_QUALITY) if rule.family == "procurement" else NO_QUALITY,
    )
    fields.done(f"bids in {rule.name}")
    return bid


def _item(fields: Fields) -> tuple[str, int]:
    items = fields.wholes("items")
    if len(items) != 1:
        raise bad_input(f"{fields.at('items')}: must name one item, not {len(items)}")
    return next(iter(items.items()))


def _side(fields: Fields, rule: Rule) -> Side:
    if rule.family == "two_sided":
        return "buy" if fields.choice("side", ("buy", "sell")) == "buy" else "sell"
    return "sell" if rule.family == "procurement" else "buy"


def _share(fields: Fields, name: str, default: Fraction) -> Fraction:
    share = fields.ratio(name, default)
    if share > 1:
        raise bad_input(f"{fields.at(name)}: must be a number from 0 to 1")
    return share


def _on_sale(fields: Fields, rule: Rule, bids: Sequence[Bid]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """The supply and the reserve; where both sides bid there is neither, and work has a ceiling."""
    if rule.family == "two_sided":
        return {}, {}
    supply = fields.wholes("supply") if "supply" in fields else {bid.item: 1 for bid in bids}
    return supply, {} if rule.family == "procurement" else fields.wholes("reserve")


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


def _refuse_clock(fields: Fields, given: Parameters, reserve: Mapping[str, int]) -> None:
    for name in ("start", "step"):
        fields.value(name)
    if given.step == 0:
        raise bad_input("step: must be at least 1, or the clock never falls")
    least = max(reserve.values(), default=given.floor)
    if given.start < least:
        raise bad_input(f"start: must be at least {least}, the floor or the reserve")


def _refuse_twins(bids: Sequence[Bid]) -> None:
    places: dict[str, int] = {}
    for place, bid in enumerate(bids):
        if bid.id in places:
            raise bad_input(f"bids[{place}].id: {shown(bid.id)} is the id of bids[{places[bid.id]}] too")
        places[bid.id] = place


def _refuse_strangers(
    rule: Rule, bids: Sequence[Bid], supply: Mapping[str, int], reserve: Mapping[str, int]
) -> None:
    """Refuse items that are not on sale, and bids for more units than the rule sells to one."""
    for place, bid in enumerate(bids):
        if bid.item not in supply:
            raise bad_input(f"bids[{place}].items.{shown(bid.item)}: is not in the supply")
        # A bid for more than there is, is no mistake: it cannot win.
        if rule.family != "multi_unit" and 1 < bid.units <= supply[bid.item]:
            raise bad_input(f"bids[{place}].items.{shown(bid.item)}: must be 1 in {rule.name}")
    for item in reserve:
        if item not in supply:
            raise bad_input(f"reserve.{shown(item)}: is not in the supply")
