"""What each owner won, and how its total is split over its winning bids."""

from collections.abc import Sequence

import msgspec

from econonexus.solver.problem import Problem


class Deal(msgspec.Struct, frozen=True):
    """One owner's winning bids by position, what it offered for them, and the least it may pay."""

    owner: int
    bids: tuple[int, ...]
    value: int
    floor: int


def deals_of(problem: Problem, winners: Sequence[int]) -> tuple[Deal, ...]:
    """The deals of all owners who win, in the order of their first winning bids."""
    won: dict[int, list[int]] = {}
    for position in winners:
        won.setdefault(problem.owners[position], []).append(position)
    return tuple(
        Deal(
            owner,
            tuple(bids),
            sum(problem.prices[position] for position in bids),
            sum(problem.floors[position] for position in bids),
        )
        for owner, bids in won.items()
    )


def split(problem: Problem, deal: Deal, total: int) -> dict[int, int]:
    """An owner's total over its winning bids: each pays its floor and an equal share of its margin above it.

    `total` is in [floor, value]. Whole units go to the largest remainders, ties to the earlier bid; the parts
    add up to the total, and none is above its bid's price or below its floor.
    """
    shares = [_share(problem, deal, total, position) for position in deal.bids]
    parts = {position: whole for position, (whole, _) in zip(deal.bids, shares, strict=True)}
    left = total - sum(parts.values())
    by_remainder = sorted(range(len(shares)), key=lambda place: -shares[place][1])
    for place in by_remainder[:left]:
        parts[deal.bids[place]] += 1
    return parts


def split_range(problem: Problem, deal: Deal, low: int, high: int) -> dict[int, tuple[int, int]]:
    """Between what and what each bid's part of a total in [low, high] is."""
    ranges = {}
    for position in deal.bids:
        least, _ = _share(problem, deal, low, position)
        most, remainder = _share(problem, deal, high, position)
        ranges[position] = (least, most + (remainder > 0))
    return ranges


def _share(problem: Problem, deal: Deal, total: int, position: int) -> tuple[int, int]:
    """The bid's part in whole units, and what remains in parts of the deal's margin."""
    margin = problem.prices[position] - problem.floors[position]
    whole, remainder = divmod((total - deal.floor) * margin, max(1, deal.value - deal.floor))
    return problem.floors[position] + whole, remainder
