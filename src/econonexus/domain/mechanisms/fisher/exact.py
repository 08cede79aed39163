"""The exact equilibrium of a small linear Fisher market, in fractions.

Guess in floats, prove in fractions. At an equilibrium every buyer buys only its best goods for the money.
Along any spanning forest of who buys what the ratios of the prices are ratios of utilities, and in each tree
the prices add up to the money: so the forest alone gives the prices as exact fractions. The guess is the
forest, taken from the floating-point answer. The proof is a flow: if at these prices all the money can go
from the buyers over their exactly best goods to goods that take exactly what they cost, it is an equilibrium,
whatever the guess was.

Source: Devanur, Papadimitriou, Saberi and Vazirani, Market equilibrium via a primal-dual algorithm for a
    convex program, J. ACM 55 (2008): the equality graph and its flow.
Complexity: O((n + m) n² m²) operations on fractions in the worst case; small means up to some hundred each.
Promises: what is returned is an equilibrium exactly; None says that it could not be proven.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

import msgspec

from econonexus.domain.mechanisms.fisher.approximate import approximate
from econonexus.domain.mechanisms.fisher.buyers import Buyer, Real, check, is_served, is_there, wants

Edge = tuple[str, str]
"""An agent and an item."""

FLOAT_TOLERANCE = 1e-9
"""What the guess is asked for; it goes on while it pays."""


class ExactEquilibrium(msgspec.Struct, frozen=True):
    """Prices per unit and units per agent and item, as fractions."""

    prices: Mapping[str, Fraction]
    shares: Mapping[str, Mapping[str, Fraction]]


def clear_exactly(buyers: Sequence[Buyer], supply: Mapping[str, Real]) -> ExactEquilibrium | None:
    """The equilibrium prices of linear `buyers`, which are unique, and one division that goes with them.

    Floats among the input count as the binary fractions they are. A good of which there is none is priced as
    in `market.clear`. None where the guess cannot be proven, which takes values too close for floats to tell
    apart.

    Raises: ValueError as `market.clear` does, and where a buyer is not linear.
    """
    check(buyers, supply)
    if any(buyer.kind != "linear" for buyer in buyers):
        raise ValueError("only linear markets have an equilibrium in fractions")
    market = _Market(buyers, supply)
    for forest in (_forest(market, edges) for edges in _guesses(market, buyers, supply)):
        prices = _prices(market, forest)
        if prices is not None and (flow := _spend_everything(market, prices)) is not None:
            return _answer(market, prices, flow)
    return None


class _Market:
    """Who takes part, in fractions."""

    def __init__(self, buyers: Sequence[Buyer], supply: Mapping[str, Real]) -> None:
        self.supply = {item: Fraction(units) for item, units in supply.items()}
        self.agents = [buyer.agent for buyer in buyers]
        served = [buyer for buyer in buyers if is_served(buyer, supply)]
        self.budgets = {buyer.agent: Fraction(buyer.budget) for buyer in served}
        self.values = {
            buyer.agent: {item: Fraction(number) for item, number in wants(buyer).items()} for buyer in served
        }
        wanted = {item for values in self.values.values() for item in values}
        self.sold = [item for item in supply if item in wanted and is_there(item, supply)]
        self.missing = [item for item in supply if item in wanted and not is_there(item, supply)]


def _guesses(market: _Market, buyers: Sequence[Buyer], supply: Mapping[str, Real]) -> list[list[Edge]]:
    """Who buys what, the larger parts of a budget first; then the same with fewer and fewer small parts."""
    floats = approximate(buyers, supply, FLOAT_TOLERANCE)
    spent = {
        (agent, item): floats.prices[item] * units / float(market.budgets[agent])
        for agent in market.budgets
        for item, units in floats.shares[agent].items()
    }
    ordered = sorted(spent, key=lambda edge: -spent[edge])
    return [[edge for edge in ordered if spent[edge] > crumb] for crumb in (0.0, 1e-9, 1e-7, 1e-5, 1e-3)]


def _forest(market: _Market, edges: Sequence[Edge]) -> dict[str, list[Edge]]:
    """A spanning forest of `edges`, earlier ones first, by its trees; each tree by one of its items."""
    root = {("agent", agent): ("agent", agent) for agent in market.budgets}
    root |= {("item", item): ("item", item) for item in market.sold}

    def find(node: tuple[str, str]) -> tuple[str, str]:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    kept: list[Edge] = []
    for agent, item in edges:
        ends = find(("agent", agent)), find(("item", item))
        if ends[0] != ends[1]:
            root[ends[0]] = ends[1]
            kept.append((agent, item))
    trees: dict[tuple[str, str], list[Edge]] = {}
    for agent, item in kept:
        trees.setdefault(find(("item", item)), []).append((agent, item))
    return {tree[0][1]: tree for tree in trees.values()}


def _prices(market: _Market, forest: Mapping[str, list[Edge]]) -> dict[str, Fraction] | None:
    """Prices that make every edge of the forest as good as the others of its buyer and take all the money.

    None where the forest leaves out a buyer or an item that is sold.
    """
    prices: dict[str, Fraction] = {}
    paid: set[str] = set()
    for first, tree in forest.items():
        ratios = _ratios(market, first, tree)
        agents = {agent for agent, _ in tree}
        money = sum((market.budgets[agent] for agent in agents), Fraction(0))
        worth = sum((market.supply[item] * ratio for item, ratio in ratios.items()), Fraction(0))
        prices |= {item: ratio * money / worth for item, ratio in ratios.items()}
        paid |= agents
    complete = len(prices) == len(market.sold) and len(paid) == len(market.budgets)
    return prices if complete else None


def _ratios(market: _Market, first: str, tree: Sequence[Edge]) -> dict[str, Fraction]:
    """The price of each item of a tree, in prices of its first: as utilities to a buyer of both are."""
    items_of: dict[str, list[str]] = {}
    agents_of: dict[str, list[str]] = {}
    for agent, item in tree:
        items_of.setdefault(agent, []).append(item)
        agents_of.setdefault(item, []).append(agent)
    ratios = {first: Fraction(1)}
    queue = deque([first])
    while queue:
        known = queue.popleft()
        for agent in agents_of[known]:
            for item in items_of[agent]:
                if item not in ratios:
                    ratios[item] = ratios[known] * market.values[agent][item] / market.values[agent][known]
                    queue.append(item)
    return ratios


def _best(market: _Market, agent: str, prices: Mapping[str, Fraction]) -> Fraction:
    return max(value / prices[item] for item, value in market.values[agent].items() if item in prices)


def _spend_everything(
    market: _Market, prices: Mapping[str, Fraction]
) -> dict[str, dict[str, Fraction]] | None:
    """Money from each buyer to its best goods so that each good takes what all of it costs, or None.

    Edmonds and Karp's maximum flow: whoever has money left looks for the nearest good with room, over goods
    whose other buyers can go elsewhere.
    """
    flow: dict[str, dict[str, Fraction]] = {}
    for agent, values in market.values.items():
        best = _best(market, agent, prices)
        goods = [item for item, value in values.items() if item in prices and value == best * prices[item]]
        flow[agent] = dict.fromkeys(goods, Fraction(0))
    left = dict(market.budgets)
    room = {item: market.supply[item] * prices[item] for item in prices}
    for agent in flow:
        while left[agent]:
            path = _path_to_room(flow, room, agent)
            if path is None:
                return None
            _push(flow, left, room, path)
    return flow


def _path_to_room(
    flow: Mapping[str, Mapping[str, Fraction]], room: Mapping[str, Fraction], start: str
) -> list[Edge] | None:
    """Agent, item, agent, item ...: each agent may spend on its item, each next agent may leave that item."""
    came: dict[str, Edge | None] = {start: None}
    seen: set[str] = set()
    queue = deque([start])
    while queue:
        agent = queue.popleft()
        for item in flow[agent]:
            if item in seen:
                continue
            seen.add(item)
            if room[item]:
                path: list[Edge] = [(agent, item)]
                while (step := came[path[0][0]]) is not None:
                    path.insert(0, step)
                return path
            for other in flow:
                if other not in came and flow[other].get(item):
                    came[other] = (agent, item)
                    queue.append(other)
    return None


def _push(
    flow: dict[str, dict[str, Fraction]],
    left: dict[str, Fraction],
    room: dict[str, Fraction],
    path: list[Edge],
) -> None:
    leaving = [(agent, item) for (_, item), (agent, _) in pairwise(path)]
    start, end = path[0][0], path[-1][1]
    amount = min([left[start], room[end], *(flow[agent][item] for agent, item in leaving)])
    for agent, item in path:
        flow[agent][item] += amount
    for agent, item in leaving:
        flow[agent][item] -= amount
    left[start] -= amount
    room[end] -= amount


def _answer(
    market: _Market, prices: dict[str, Fraction], flow: Mapping[str, Mapping[str, Fraction]]
) -> ExactEquilibrium:
    best = {agent: _best(market, agent, prices) for agent in market.values}
    missing = {
        item: max(values[item] / best[agent] for agent, values in market.values.items() if item in values)
        for item in market.missing
    }
    all_prices = {item: prices.get(item, missing.get(item, Fraction(0))) for item in market.supply}
    shares = {
        agent: {item: money / prices[item] for item, money in flow.get(agent, {}).items() if money}
        for agent in market.agents
    }
    return ExactEquilibrium(all_prices, shares)
