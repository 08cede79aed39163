"""Small random bundle auctions by seed, and every packing of them by trying all."""

import random
from collections.abc import Iterator

from econonexus.solver.problem import Problem

MOST_BIDDERS, MOST_ITEMS, MOST_BIDS = 8, 6, 14


def small(seed: int) -> Problem:
    """Few prices, so that ties are common; sometimes prices that a double cannot tell apart, or huge ones."""
    dice = random.Random(seed)
    supply = [dice.choice((1, 1, 1, 2, 3)) for _ in range(dice.randint(1, MOST_ITEMS))]
    bids = dice.randint(0, MOST_BIDS)
    agents = [dice.randrange(MOST_BIDDERS) for _ in range(bids)]
    bundles = [_bundle(dice, supply) for _ in range(bids)]
    prices = _prices(dice, bids)
    return Problem(
        prices=tuple(prices),
        bundles=tuple(bundles),
        supply=tuple(supply),
        agents=tuple(agents),
        owners=tuple(agent // 2 if seed % 3 == 0 else agent for agent in agents),
        exclusive=dice.random() < 0.5,
        budgets=tuple(_budget(dice, prices) for _ in range(MOST_BIDDERS)),
        floors=tuple(dice.randint(0, price) for price in prices),
    )


def _bundle(dice: random.Random, supply: list[int]) -> tuple[tuple[int, int], ...]:
    items = dice.sample(range(len(supply)), dice.randint(1, min(3, len(supply))))
    return tuple((item, dice.randint(1, supply[item])) for item in sorted(items))


def _prices(dice: random.Random, bids: int) -> list[int]:
    match dice.randrange(3):
        case 0:
            return [dice.randrange(10) for _ in range(bids)]
        case 1:
            # One part in 10**15 apart.
            return [10**15 * dice.randint(1, 3) + dice.randrange(3) for _ in range(bids)]
        case _:
            return [2**63 - 1 - dice.randrange(5) for _ in range(bids)]


def _budget(dice: random.Random, prices: list[int]) -> int | None:
    return dice.randint(0, 2 * max(prices)) if prices and dice.random() < 0.3 else None


def fits(problem: Problem, winners: tuple[int, ...]) -> bool:
    """Whether these bids can win together."""
    left = list(problem.supply)
    for position in winners:
        for item, units in problem.bundles[position]:
            left[item] -= units
    agents = [problem.agents[position] for position in winners]
    spent = dict.fromkeys(agents, 0)
    for position in winners:
        spent[problem.agents[position]] += problem.prices[position]
    within = all(
        paid <= (budget if (budget := problem.budgets[a]) is not None else paid) for a, paid in spent.items()
    )
    return min(left, default=0) >= 0 and within and not (problem.exclusive and len(set(agents)) < len(agents))


def every_packing(problem: Problem) -> Iterator[tuple[int, ...]]:
    """All sets of bids that fit, the earlier first: where two differ first, the one that has the bid."""
    yield from _every_from(problem, 0, ())


def _every_from(problem: Problem, first: int, chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if first == len(problem.prices):
        yield chosen
        return
    with_it = (*chosen, first)
    if fits(problem, with_it):
        yield from _every_from(problem, first + 1, with_it)
    yield from _every_from(problem, first + 1, chosen)


def best_packing(problem: Problem) -> tuple[tuple[int, ...], int]:
    """The first of the packings worth most, and its worth."""
    best: tuple[tuple[int, ...], int] = (), -1
    for winners in every_packing(problem):
        welfare = sum(problem.prices[position] for position in winners)
        if welfare > best[1]:
            best = winners, welfare
    return best
