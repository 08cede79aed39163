"""The file that `econonexus clear` takes, read into an auction; the format is docs/mechanisms/index.md."""

import json
from collections.abc import Mapping, Sequence

import msgspec

from econonexus.cli.exits import CommandFailed, bad_input
from econonexus.cli.fields import Fields, shown
from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.rules import RULES, Parameters, Rule

_SUPPLY_IS_BID = "two_sided"


class Problem(msgspec.Struct, frozen=True):
    """One auction to clear, by which rule and with which parameters."""

    rule: Rule
    auction: Auction
    parameters: Parameters


def parse(raw: bytes) -> Problem:
    """Read one auction. Raises: CommandFailed naming the first field that is wrong. O(size of the file)."""
    fields = Fields(_json(raw))
    name = fields.choice("mechanism", tuple(RULES))
    rule = RULES[name]
    bids = [_bid(bid, rule) for bid in fields.objects("bids")]
    _refuse_twins(bids)
    supply, reserve = fields.wholes("supply"), fields.wholes("reserve")
    fields.done(name)
    if "supply" not in fields:
        supply = {bid.item: 1 for bid in bids}
    _refuse_strangers(bids, supply, reserve)
    return Problem(rule, Auction(bids, supply, reserve), Parameters())


def _json(raw: bytes) -> object:
    try:
        return json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_object)
    except RecursionError:
        raise bad_input("is not an auction: it is nested too deeply") from None
    except ValueError as error:
        raise bad_input(f"is not JSON: {error}") from None


def _object(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    """An object whose names are all different; JSON itself would let the last of two win."""
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise bad_input(f"{shown(twin)}: is there twice in one object")
    return values


def _bid(fields: Fields, rule: Rule) -> Bid:
    agent = fields.text("agent")
    item, units = _item(fields)
    bid = Bid(
        id=fields.text("id"),
        agent=agent,
        owner=fields.text("owner", default=agent),
        item=item,
        units=units,
        unit_price=fields.whole("price" if rule.family == "single_unit" else "unit_price"),
    )
    fields.done(f"a {rule.name} bid")
    return bid


def _item(fields: Fields) -> tuple[str, int]:
    items = fields.wholes("items")
    if len(items) != 1:
        raise bad_input(f"{fields.at('items')}: must name one item, not {len(items)}")
    return next(iter(items.items()))


def _refuse_twins(bids: Sequence[Bid]) -> None:
    places: dict[str, int] = {}
    for place, bid in enumerate(bids):
        if bid.id in places:
            raise bad_input(f"bids[{place}].id: {shown(bid.id)} is the id of bids[{places[bid.id]}] too")
        places[bid.id] = place


def _refuse_strangers(bids: Sequence[Bid], supply: Mapping[str, int], reserve: Mapping[str, int]) -> None:
    for place, bid in enumerate(bids):
        if bid.item not in supply:
            raise _stranger(f"bids[{place}].items", bid.item)
    for item in reserve:
        if item not in supply:
            raise _stranger("reserve", item)


def _stranger(path: str, item: str) -> CommandFailed:
    return bad_input(f"{path}.{shown(item)}: is not in the supply")
