"""The equilibrium of any Fisher market in floats: from names to a normalised program and back."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from econonexus.domain.mechanisms.fisher.buyers import Buyer, Real, is_served, is_there, wants
from econonexus.domain.mechanisms.fisher.interior_point import Array, Point, Program, solve

NEGLIGIBLE = 1e-100
"""Ratios of utilities and budgets below this count as this, so that their squares are still numbers."""

CRUMBS = 1e-8
"""A part of a budget below this is spent on nothing, if the prices say so too."""


class Division(NamedTuple):
    """Prices per unit, and the units that each agent has of each item."""

    prices: dict[str, float]
    shares: dict[str, dict[str, float]]


def approximate(buyers: Sequence[Buyer], supply: Mapping[str, Real], tolerance: float) -> Division:
    """Prices and shares whose relative duality gap is about `tolerance` or, mostly, far less."""
    market = _Market.of(buyers, supply)
    prices, shares = _solve(market, tolerance)
    named = (
        {item: units for item, units in zip(market.items, row, strict=True) if units > 0.0}
        for row in shares.tolist()
    )
    return Division(
        prices=dict(zip(market.items, prices.tolist(), strict=True)),
        shares={buyer.agent: share for buyer, share in zip(buyers, named, strict=True)},
    )


class _Market(NamedTuple):
    """The market in arrays, in the units of the caller; `served` and `sold` say who and what takes part."""

    items: list[str]
    values: Array
    leontief: NDArray[np.bool_]
    budgets: Array
    supply: Array
    served: NDArray[np.bool_]
    sold: NDArray[np.bool_]

    @classmethod
    def of(cls, buyers: Sequence[Buyer], supply: Mapping[str, Real]) -> "_Market":
        items = list(supply)
        column = {item: j for j, item in enumerate(items)}
        values = np.zeros((len(buyers), len(items)))
        for row, buyer in zip(values, buyers, strict=True):
            for item, number in wants(buyer).items():
                row[column[item]] = float(number)
        budgets = np.array([float(buyer.budget) for buyer in buyers])
        units = np.array([float(supply[item]) if is_there(item, supply) else 0.0 for item in items])
        served = np.array([is_served(buyer, supply) for buyer in buyers], dtype=np.bool_)
        sold = (units > 0) & (values[served] > 0).any(0)
        leontief = np.array([buyer.kind == "leontief" for buyer in buyers], dtype=np.bool_)
        return cls(items, values, leontief, budgets, units, served, sold)


def _solve(market: _Market, tolerance: float) -> tuple[Array, Array]:
    """Prices per unit, and buyers × items in units."""
    prices, shares = np.zeros(len(market.items)), np.zeros(market.values.shape)
    if not market.served.any():
        return prices, shares
    linear = np.flatnonzero(market.served & ~market.leontief)
    leontief = np.flatnonzero(market.served & market.leontief)
    sold = np.flatnonzero(market.sold)
    units = market.supply[sold]
    money = market.budgets[market.served].sum()
    # A share of the supply is worth as many units as there are; only the ratios within a row matter.
    program = Program(
        values=_by_largest(_by_largest(market.values[np.ix_(linear, sold)]) * (units / units.max())),
        recipes=_by_largest(_by_largest(market.values[np.ix_(leontief, sold)]) * (units.min() / units)),
        budgets=np.maximum(market.budgets[np.concatenate([linear, leontief])] / money, NEGLIGIBLE),
    )
    point, _ = solve(program, tolerance)
    point = _tidy(program, point, tolerance)
    prices[sold] = point.p * money / units
    shares[np.ix_(linear, sold)] = point.x * units
    shares[np.ix_(leontief, sold)] = program.recipes * point.u[len(linear) :, None] * units
    _price_what_is_not_there(market, prices)
    return prices, shares


def _by_largest(rows: Array) -> Array:
    largest: Array = rows.max(1, keepdims=True, initial=0.0)
    return np.where(rows > 0, np.maximum(rows / largest, NEGLIGIBLE), 0.0)


def _tidy(program: Program, point: Point, tolerance: float) -> Point:
    """What the path only approaches: crumbs are dropped, goods in excess are free, the others sell out.

    At the solution an amount or its slack is zero, and the unsold part or the price. The smaller of the two
    is the one: part of a budget against part of a price, part of a supply against part of a cost.
    """
    linear = len(program.values)
    spent = point.x * point.p / program.budgets[:linear, None]
    crumbs = (spent < point.y / point.p) & (spent < min(tolerance * 1e-2, CRUMBS) / len(point.p))
    x = np.where(crumbs, 0.0, point.x)
    kept = x.sum(0)
    room = 1.0 - program.recipes.T @ point.u[linear:]
    # Where Leontief buyers take nearly all, that difference is nearly all rounding; the parts are not.
    room = np.where(room > 1e-6, room, point.x.sum(0) + point.z)
    x *= np.divide(room, kept, out=np.ones_like(kept), where=kept > 0)
    part_of_cost = (program.recipes * point.p / point.c[linear:, None]).max(0, initial=0.0)
    free = (program.values == 0).all(0) & (point.z > part_of_cost)
    p = np.where(free, 0.0, point.p)
    # All money is spent, so this is the best scale for prices.
    return point._replace(x=x, p=p / p.sum())


def _price_what_is_not_there(market: _Market, prices: Array) -> None:
    """The least price of a good in zero supply at which no buyer who is served would rather have it."""
    linear = market.served & ~market.leontief
    missing = (market.supply == 0) & (market.values[linear] > 0).any(0)
    if missing.any():
        values = market.values[linear]
        # What is free already, no linear buyer wants.
        best = (values[:, prices > 0] / prices[prices > 0]).max(1)
        prices[missing] = (values[:, missing] / best[:, None]).max(0)
