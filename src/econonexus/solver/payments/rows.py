"""Core constraints from one packing that tempts a coalition: as many, and as strong, as it holds.

A packing says who would deal with the seller instead of whom. It falls into exchanges that do not touch each
other: some owners' new bids against the winners whose goods they need. Each exchange can happen alone, with
all others as they are, and so is a constraint of its own; their sum is the constraint of the whole packing.
So one winner determination gives all local objections at once, each with few members.

Source: Day and Raghavan (2007) for the constraint; Bünz, Seuken and Lubin, A faster core constraint
    generation algorithm for combinatorial auctions, AAAI 2015, for taking many from one packing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from econonexus.solver.payments.components import Groups
from econonexus.solver.payments.deals import Deal
from econonexus.solver.payments.nearest import Row
from econonexus.solver.problem import Problem


def rows_of(problem: Problem, deals: Sequence[Deal], bids: Iterable[int]) -> list[Row]:
    """The constraints that follow from the packing `bids`; members are places in `deals`.

    Winners none of whose bids is in it are taken to stay out; where their deal fits beside the packing they
    are taken in first, which makes the constraint stronger.
    """
    new = defaultdict(list)
    for position in bids:
        new[problem.owners[position]].append(position)
    old = {deal.owner: list(deal.bids) for deal in deals}
    _take_in_who_fits(problem, old, new)
    changed = [owner for owner in {**old, **new} if old.get(owner, []) != new.get(owner, [])]
    places = {deal.owner: place for place, deal in enumerate(deals)}
    rows = []
    for exchange in _exchanges(problem, changed, old, new):
        leaving = sorted(places[owner] for owner in exchange if not new.get(owner))
        offered = sum(problem.prices[position] for owner in exchange for position in new.get(owner, []))
        given_up = sum(deals[places[owner]].value for owner in exchange if owner in places and new.get(owner))
        if leaving and offered > given_up:
            rows.append(Row(tuple(leaving), offered - given_up))
    return rows


def _take_in_who_fits(problem: Problem, old: Mapping[int, list[int]], new: dict[int, list[int]]) -> None:
    used = _use(problem, (position for positions in new.values() for position in positions))
    for owner, positions in old.items():
        if not new.get(owner):
            wanted = _use(problem, positions)
            if all(used[item] + units <= problem.supply[item] for item, units in wanted.items()):
                new[owner] = list(positions)
                used += wanted


def _exchanges(
    problem: Problem, changed: Sequence[int], old: Mapping[int, list[int]], new: Mapping[int, list[int]]
) -> list[list[int]]:
    """The owners whose bids change, in groups that could change without each other.

    Two groups share no item, unless there is enough of it for whichever of their old and new bids take most.
    """
    before = {owner: _use(problem, old.get(owner, [])) for owner in changed}
    after = {owner: _use(problem, new.get(owner, [])) for owner in changed}
    kept = set(old).difference(changed)
    left = Counter(dict(enumerate(problem.supply)))
    left.subtract(_use(problem, (position for owner in kept for position in old[owner])))
    takers = defaultdict(list)
    for place, owner in enumerate(changed):
        for item, units in (before[owner] | after[owner]).items():
            takers[item].append((place, units))
    groups = Groups(len(changed))
    for item, users in takers.items():
        if sum(units for _, units in users) > left[item]:
            groups.join(place for place, _ in users)
    found = defaultdict(list)
    for place, owner in enumerate(changed):
        found[groups.find(place)].append(owner)
    return list(found.values())


def _use(problem: Problem, positions: Iterable[int]) -> Counter[int]:
    use: Counter[int] = Counter()
    for position in positions:
        for item, units in problem.bundles[position]:
            use[item] += units
    return use
