"""The payments by other means: all coalitions by trying all packings, optimality by exact multipliers."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from econonexus.solver.problem import Problem
from tests.solver.auctions import every_packing

Coalition = frozenset[int]
"""A set of owners."""

Constraint = tuple[Coalition, int]
"""These owners together pay this much at least."""


class Game(msgspec.Struct, frozen=True):
    """What every coalition of owners is worth, and the first of the best packings."""

    problem: Problem
    worth: Mapping[Coalition, int]
    winners: tuple[int, ...]

    @property
    def everybody(self) -> Coalition:
        return frozenset(self.problem.owners)

    @property
    def values(self) -> dict[int, int]:
        """What each owner who wins bid for what it gets."""
        return _by_owner(self.problem, self.winners, self.problem.prices)

    @property
    def floors(self) -> dict[int, int]:
        return _by_owner(self.problem, self.winners, self.problem.floors)


def _by_owner(problem: Problem, winners: Sequence[int], amounts: Sequence[int]) -> dict[int, int]:
    total: dict[int, int] = {}
    for position in winners:
        owner = problem.owners[position]
        total[owner] = total.get(owner, 0) + amounts[position]
    return total


def game_of(problem: Problem) -> Game:
    """Every packing, each credited to the coalition that needs it least, and to all larger ones."""
    best: dict[Coalition, int] = {frozenset(): 0}
    first, welfare = (), -1
    for packing in every_packing(problem):
        paid = sum(problem.prices[position] for position in packing)
        bidders = frozenset(problem.owners[position] for position in packing)
        best[bidders] = max(best.get(bidders, 0), paid)
        if paid > welfare:
            first, welfare = packing, paid
    worth = {
        coalition: max(paid for bidders, paid in best.items() if bidders <= coalition)
        for coalition in _subsets(frozenset(problem.owners))
    }
    return Game(problem, worth, first)


def _subsets(owners: Coalition) -> list[Coalition]:
    found = [frozenset[int]()]
    for owner in sorted(owners):
        found += [coalition | {owner} for coalition in found]
    return found


def vickrey(game: Game) -> dict[int, int]:
    """Each winner's harm to the others, or its floor."""
    welfare = game.worth[game.everybody]
    return {
        owner: max(game.floors[owner], game.worth[game.everybody - {owner}] - (welfare - value))
        for owner, value in game.values.items()
    }


def core_constraints(game: Game) -> list[Constraint]:
    """What the winners left out must pay so that no coalition deals without them, for all coalitions."""
    values = game.values
    return [
        (
            frozenset(values) - coalition,
            worth - sum(value for owner, value in values.items() if owner in coalition),
        )
        for coalition, worth in game.worth.items()
    ]


def blocked_by(game: Game, payments: Mapping[int, int | Fraction]) -> list[Constraint]:
    """The constraints that these payments miss."""
    return [
        (members, least)
        for members, least in core_constraints(game)
        if sum(payments[owner] for owner in members) < least
    ]


def is_nearest_of_least_total(
    game: Game, payments: Mapping[int, Fraction], target: Mapping[int, int]
) -> bool:
    """Whether payments in the core have the least total, and of these are nearest to the target.

    Both by the conditions of Karush, Kuhn and Tucker over all coalitions: the gradient is a sum of the
    normals of the constraints that hold with equality, with multipliers >= 0.
    """
    owners = list(game.values)
    normals = _tight_normals(game, payments, owners)
    ones = [Fraction(1)] * len(owners)
    away = [payments[owner] - target[owner] for owner in owners]
    same_total = [*normals, [1] * len(owners), [-1] * len(owners)]
    return _is_cone_sum(normals, ones) and _is_cone_sum(same_total, away)


def _tight_normals(game: Game, payments: Mapping[int, Fraction], owners: Sequence[int]) -> list[list[int]]:
    normals = {
        tuple(int(owner in members) for owner in owners)
        for members, least in core_constraints(game)
        if sum(payments[owner] for owner in members) == least
    }
    for place, owner in enumerate(owners):
        unit = [int(other == place) for other in range(len(owners))]
        if payments[owner] == game.floors[owner]:
            normals.add(tuple(unit))
        if payments[owner] == game.values[owner]:
            normals.add(tuple(-entry for entry in unit))
    return [list(normal) for normal in sorted(normals)]


def _is_cone_sum(normals: Sequence[Sequence[int]], wanted: Sequence[Fraction]) -> bool:
    """Whether `wanted` is a sum of `normals` times numbers >= 0: the first phase of the simplex method.

    In fractions, and by Bland's rule, so it ends. A row is a place; its last entry is what is still wanted.
    """
    rows = [
        [Fraction(sign * normal[place]) for normal in normals] + [abs(entry)]
        for place, entry in enumerate(wanted)
        for sign in [1 if entry >= 0 else -1]
    ]
    missing = set(range(len(rows)))
    basis: dict[int, int] = {}
    while sum(rows[place][-1] for place in missing):
        gains = [sum(rows[place][column] for place in missing) for column in range(len(normals))]
        entering = next((column for column, gain in enumerate(gains) if gain > 0), None)
        if entering is None:
            return False
        leaving = min(
            (place for place in range(len(rows)) if rows[place][entering] > 0),
            key=lambda place: (rows[place][-1] / rows[place][entering], basis.get(place, -1)),
        )
        rows[leaving] = [entry / rows[leaving][entering] for entry in rows[leaving]]
        for place in range(len(rows)):
            if place != leaving and (factor := rows[place][entering]):
                rows[place] = [a - factor * b for a, b in zip(rows[place], rows[leaving], strict=True)]
        missing.discard(leaving)
        basis[leaving] = entering
    return True
