"""Checks an outcome against the bids, with code that shares nothing with the rules that made it."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from fractions import Fraction
from typing import Literal

import msgspec

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.bound import Step, welfare_bound
from econonexus.domain.mechanisms.consistency import Pricing, inconsistencies
from econonexus.domain.mechanisms.envy import envious
from econonexus.domain.mechanisms.outcome import Award, Outcome

Property = Literal[
    "feasible",
    "consistent",
    "individually_rational",
    "budget_balanced",
    "nothing_left_over",
    "efficient",
    "envy_free",
    "in_core",
]
"""Nothing is sold twice; the prices reported are those paid; nobody is worse off than without; the auctioneer
pays nothing in; between buyers and sellers it keeps nothing either; no other allocation is worth more; nobody
would rather have the deal of another owner; no coalition would rather deal with the seller alone."""


class Finding(msgspec.Struct, frozen=True):
    """Whether one property holds, whether the rule promised it, and why not, or by how much."""

    property: Property
    promised: bool
    holds: bool
    detail: str


class Certificate(msgspec.Struct, frozen=True):
    """Every finding about one outcome."""

    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether every promise is kept."""
        return all(finding.holds for finding in self.findings if finding.promised)


class Case(msgspec.Struct, frozen=True):
    """What is judged: the bids by id, the outcome, and how procurement scored."""

    auction: Auction
    outcome: Outcome
    bids: dict[str, Bid]
    pricing: Pricing
    ceiling: int | None
    quality_weight: Fraction


def certify(
    auction: Auction,
    outcome: Outcome,
    promised: Collection[Property],
    *,
    pricing: Pricing,
    ceiling: int | None = None,
    quality_weight: Fraction = Fraction(0),
) -> Certificate:
    """Judge an outcome. An outcome that is not feasible is judged no further. O(n log n).

    `pricing` is how the rule sets payments and what its `prices` mean.
    """
    bids = {bid.id: bid for bid in auction.bids}
    case = Case(auction, outcome, bids, pricing, ceiling, quality_weight)
    flaw = next(_infeasible(case), None)
    findings = [
        Finding("feasible", True, flaw is None, flaw or f"awards that add up: {len(outcome.allocation)}")
    ]
    checks: dict[Property, Callable[[Case], tuple[bool, str]]] = {
        "consistent": _consistent,
        "individually_rational": _individually_rational,
        "budget_balanced": _budget_balanced,
        "nothing_left_over": _nothing_left_over,
        "efficient": _efficient,
        "envy_free": _envy_free,
    }
    if flaw is None:
        for name, check in checks.items():
            # The money of an auctioneer who sells its own is all left over.
            if name != "nothing_left_over" or not auction.supply:
                holds, detail = check(case)
                findings.append(Finding(name, name in promised, holds, detail))
    return Certificate(tuple(findings))


def _infeasible(case: Case) -> Iterator[str]:
    """Every way in which the allocation could not be carried out, or is not what the outcome says of it."""
    outcome = case.outcome
    if (outcome.status == "cleared") != bool(outcome.allocation):
        yield f"the status is {outcome.status} with {len(outcome.allocation)} awards"
    for bid, times in Counter(award.bid for award in outcome.allocation).items():
        if bid not in case.bids:
            yield f"{bid} is not a bid"
        if times > 1:
            yield f"{bid} is filled {times} times"
    for award in outcome.allocation:
        yield from _misfits(case, award)
    yield from _imbalances(case)
    worth = _welfare(case)
    if outcome.welfare != worth:
        yield f"the welfare is {worth}, not {outcome.welfare}"
    bound = _bound(case)
    if outcome.bound != bound:
        yield f"the bound is {bound}, not {outcome.bound}"


def _misfits(case: Case, award: Award) -> Iterator[str]:
    bid = case.bids.get(award.bid)
    if bid is None:
        return
    if (award.agent, award.owner, award.side) != (bid.agent, bid.owner, bid.side):
        yield f"{award.bid} is filled for somebody else"
    if list(award.items) != [bid.item] or not 0 < award.items[bid.item] <= bid.units:
        yield f"{award.bid} gets what it did not ask for"
    if not _candidate(case, bid):
        yield f"{award.bid} could not win"


def _imbalances(case: Case) -> Iterator[str]:
    bought = Counter[str]()
    sold = Counter[str]()
    for award in case.outcome.allocation:
        (bought if award.side == "buy" else sold).update(award.items)
    supply = case.auction.supply
    for item in bought | sold:
        if supply and bought[item] + sold[item] > supply.get(item, 0):
            yield f"{item}: {bought[item] + sold[item]} units of {supply.get(item, 0)}"
        if not supply and bought[item] != sold[item]:
            yield f"{item}: {bought[item]} units bought and {sold[item]} sold"


def _candidate(case: Case, bid: Bid) -> bool:
    """Whether a bid may win at all."""
    supply = case.auction.supply
    if supply and bid.units > supply.get(bid.item, 0):
        return False
    if bid.side == "buy":
        return bid.unit_price >= case.auction.reserve.get(bid.item, 0)
    return case.ceiling is None or bid.unit_price <= case.ceiling


def _value(case: Case, bid: Bid) -> Fraction | int:
    """What a unit is worth by this bid; for work offered, what it costs less what its quality is worth."""
    return bid.unit_price - case.quality_weight * bid.quality if bid.quality else bid.unit_price


def _welfare(case: Case) -> int:
    worth: Fraction | int = 0
    for award in case.outcome.allocation:
        bid = case.bids.get(award.bid)
        if bid is not None:
            value = _value(case, bid) * sum(award.items.values())
            worth += value if award.side == "buy" else -value
    return int(worth // 1)


def _bound(case: Case) -> int:
    auction = case.auction
    demand: dict[str, list[Step]] = {}
    supply: dict[str, list[Step]] = {}
    for bid in auction.bids:
        if _candidate(case, bid):
            side = demand if bid.side == "buy" else supply
            side.setdefault(bid.item, []).append((_value(case, bid), bid.units))
    best: Fraction | int = 0
    for item in dict.fromkeys([*demand, *supply]):
        wanted, offered = demand.get(item, []), supply.get(item, [])
        if not auction.supply:
            best += welfare_bound(wanted, offered)
        elif wanted:
            # What the auctioneer sells costs it nothing.
            best += welfare_bound(wanted, [(0, auction.supply[item])])
        else:
            best += _task_bound(auction.supply[item], offered)
    return int(best // 1)


def _task_bound(tasks: int, offered: list[Step]) -> Fraction | int:
    """Less than nothing: as many tasks as can be are done, whatever they cost."""
    done = min(tasks, sum(units for _, units in offered))
    worth = 1 + max((abs(Fraction(cost)) for cost, _ in offered), default=Fraction(0))
    return welfare_bound([(worth, done)], offered) - worth * done


def _consistent(case: Case) -> tuple[bool, str]:
    flaw = next(inconsistencies(case.auction, case.outcome, case.pricing), None)
    return flaw is None, flaw or "the prices reported are those paid"


def _individually_rational(case: Case) -> tuple[bool, str]:
    for award in case.outcome.allocation:
        bid = case.bids[award.bid]
        units = award.items[bid.item]
        limit = units * bid.unit_price
        if award.side == "buy" and award.amount > limit:
            return False, f"{award.bid} pays {award.amount} and bid {limit}"
        if award.side == "sell" and award.amount < limit:
            return False, f"{award.bid} receives {award.amount} and asked {limit}"
        if award.side == "buy" and award.amount < units * case.auction.reserve.get(bid.item, 0):
            return False, f"{award.bid} pays {award.amount}, less than the reserve"
    return True, "nobody pays more than it bid or receives less than it asked"


def _budget_balanced(case: Case) -> tuple[bool, str]:
    outcome = case.outcome
    for award in outcome.allocation:
        if award.amount < 0:
            return False, f"{award.bid} has an amount of {award.amount}"
        if case.ceiling is not None and award.amount > case.ceiling:
            return False, f"{award.bid} receives {award.amount}, more than the ceiling"
    if case.auction.supply:
        return True, f"{outcome.revenue} is paid in all"
    return _kept(outcome) >= 0, f"the auctioneer keeps {_kept(outcome)}"


def _nothing_left_over(case: Case) -> tuple[bool, str]:
    return _kept(case.outcome) == 0, f"the auctioneer keeps {_kept(case.outcome)}"


def _kept(outcome: Outcome) -> int:
    return sum(award.amount if award.side == "buy" else -award.amount for award in outcome.allocation)


def _efficient(case: Case) -> tuple[bool, str]:
    bound = _bound(case)
    return case.outcome.welfare >= bound, f"welfare {case.outcome.welfare} of at most {bound}"


def _envy_free(case: Case) -> tuple[bool, str]:
    found = envious([bid for bid in case.auction.bids if _candidate(case, bid)], case.outcome)
    if found is None:
        return True, "nobody would rather have the deal of another owner"
    return False, f"{found[0]} would rather have the deal of {found[1]}"
