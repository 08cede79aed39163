"""The file that `econonexus clear` takes for bundles; docs/mechanisms/bundles.md describes it."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import get_args

import msgspec

from econonexus.cli.auction_file import BID_NAMES, NAMES, refuse_twins, reserve_of
from econonexus.cli.exits import bad_input
from econonexus.cli.fields import Fields, shown
from econonexus.domain.mechanisms.packages import Package, PackageAuction, Payment

TIME_LIMIT_S = 10
LONGEST_S = 86_400
"""Whoever allows more gets a day."""

_PAYMENTS: Mapping[str, Payment] = {name: name for name in get_args(Payment)}


class Problem(msgspec.Struct, frozen=True):
    """One auction of bundles to clear; `ignored` names fields nothing was made of."""

    auction: PackageAuction
    payment: Payment
    time_limit_s: float
    ignored: tuple[str, ...] = ()


def problem_of(fields: Fields) -> Problem:
    """Read one auction. Raises: CommandFailed naming the first field that is wrong. O(size of the file)."""
    rows = fields.objects("bids")
    bids = [_bid(row) for row in rows]
    refuse_twins([bid.id for bid in bids])
    supply, reserve = _on_sale(fields, bids)
    auction = PackageAuction(
        bids=bids,
        supply=supply,
        reserve=reserve,
        exclusive=fields.choice("bidding", ("xor", "or"), default="xor") == "xor",
        budgets=fields.wholes("budgets"),
    )
    return Problem(
        auction,
        _PAYMENTS[fields.choice("payment", tuple(_PAYMENTS), default="vcg")],
        _time_limit(fields),
        (*fields.beside(NAMES), *(name for row in rows for name in row.beside(BID_NAMES))),
    )


def _bid(fields: Fields) -> Package:
    agent = fields.text("agent")
    fields.value("items")
    items = fields.wholes("items")
    if not items:
        raise bad_input(f"{fields.at('items')}: must name at least one item")
    # There is one side, but to buy for who wants to sell would be a mistake.
    fields.choice("side", ("buy",), default="buy")
    return Package(
        id=fields.text("id"),
        agent=agent,
        owner=fields.text("owner", default=agent),
        items=items,
        price=fields.whole("price"),
    )


def _on_sale(fields: Fields, bids: Sequence[Package]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    stated = "supply" in fields
    supply = fields.wholes("supply") if stated else {item: 1 for bid in bids for item in bid.items}
    for place, bid in enumerate(bids):
        for item in bid.items:
            if item not in supply:
                raise bad_input(f"bids[{place}].items.{shown(item)}: is not in the supply")
    return supply, reserve_of(fields.wholes("reserve"), supply, stated)


def _time_limit(fields: Fields) -> float:
    limit = fields.ratio("time_limit_s", Fraction(TIME_LIMIT_S))
    if not limit:
        raise bad_input(f"{fields.at('time_limit_s')}: must be a number above 0")
    return float(limit) if limit < LONGEST_S else float(LONGEST_S)
