"""What the winners of a packing pay under each rule."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil, floor
from typing import Literal

import msgspec

from econonexus.domain.mechanisms.packages import Payment
from econonexus.solver.payments.components import components_of, part_of
from econonexus.solver.payments.core import Core
from econonexus.solver.payments.deals import Deal, deals_of, split, split_range
from econonexus.solver.payments.integers import whole_payments
from econonexus.solver.payments.staying import Pack, Staying
from econonexus.solver.payments.vcg import Interval, vcg
from econonexus.solver.problem import Deadline, Packing, Problem

Rule = Payment

Reference = Callable[[Deal, int], int]
"""What a core rule would like a deal to pay, given its VCG payment."""

REFERENCES: Mapping[Rule, Reference] = {
    "core": lambda _deal, vickrey: vickrey,
    "core_zero_nearest": lambda _deal, _vickrey: 0,
    "core_bid_nearest": lambda deal, _vickrey: deal.value,
}
"""The core rules: all of least total, and of these nearest to their reference."""


class Payments(msgspec.Struct, frozen=True):
    """Between what and what each winning bid pays, in the order of the packing's winners.

    `exact`: low and high are the same, and proven. `open`: the deadline came before the proof; the payment
    the rule asks for is in between, and no point is known. `refused`: the rule is not defined, since a better
    packing may exist; nothing is said of any payment.
    """

    rule: Rule
    status: Literal["exact", "open", "refused"]
    low: tuple[int, ...] = ()
    high: tuple[int, ...] = ()


def pay(problem: Problem, packing: Packing, rule: Rule, deadline: Deadline, pack: Pack) -> Payments:
    """What each winning bid pays.

    VCG and the core are refused on a packing that is not proven optimal: with capacity 10, a bid of 10 for 6
    units, and two of 8 for 5 each, the first would win by greed alone and "pay" 16, more than it bid.
    """
    if rule == "pay_as_bid":
        bids = tuple(problem.prices[position] for position in packing.winners)
        return Payments(rule, "exact", bids, bids)
    if not packing.optimal:
        return Payments(rule, "refused")
    ranges: dict[int, Interval] = {}
    won = set(packing.winners)
    for positions in components_of(problem):
        winners = [place for place, position in enumerate(positions) if position in won]
        if winners:
            part = part_of(problem, positions)
            paid = _pay_part(part, deals_of(part, winners), rule, deadline, pack)
            ranges |= {positions[place]: interval for place, interval in paid.items()}
    low = tuple(ranges[position][0] for position in packing.winners)
    high = tuple(ranges[position][1] for position in packing.winners)
    return Payments(rule, "exact" if low == high else "open", low, high)


def _pay_part(
    part: Problem, deals: Sequence[Deal], rule: Rule, deadline: Deadline, pack: Pack
) -> dict[int, Interval]:
    """What each winning bid of one component pays, by its position there."""
    staying = Staying(part, deals, pack)
    totals = vcg(staying, deals, deadline)
    if rule != "vcg":
        totals = _core_totals(Core(part, deals, staying), deals, totals, REFERENCES[rule], deadline)
    paid: dict[int, Interval] = {}
    for deal, (low, high) in zip(deals, totals, strict=True):
        if low == high:
            paid |= {position: (part_, part_) for position, part_ in split(part, deal, low).items()}
        else:
            paid |= split_range(part, deal, low, high)
    return paid


def _core_totals(
    core: Core, deals: Sequence[Deal], vickrey: Sequence[Interval], reference: Reference, deadline: Deadline
) -> list[Interval]:
    low = [least for least, _ in vickrey]
    if any(least != most for least, most in vickrey):
        return [(least, deal.value) for least, deal in zip(low, deals, strict=True)]
    target = [reference(deal, least) for deal, least in zip(deals, low, strict=True)]
    found = core.nearest(low, target, deadline)
    if found.open:
        return found.ranges(deals, low)
    whole = whole_payments(core, found.point, found.rows, deadline)
    if whole is None:
        return [(floor(exact), ceil(exact)) for exact in found.point]
    return [(payment, payment) for payment in whole]
