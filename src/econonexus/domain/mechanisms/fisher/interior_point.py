"""The equilibrium of a normalised Fisher market, by a weighted primal-dual path.

Eisenberg and Gale's program, maximise Σ budget × log utility over what the supply allows, and its dual have
the optimality conditions below, in goods j and buyers i. Every good has one unit, all budgets add up to 1.

    linear buyer i:    u[i] = Σ_j v[i,j] x[i,j]     slack y[i,j] = p[j] - v[i,j] c[i]     x[i,j] y[i,j] = 0
    Leontief buyer i:  takes a[i,j] u[i] of good j     c[i] = Σ_j a[i,j] p[j]
    every buyer i:     u[i] c[i] = b[i]     c is what a unit of utility costs
    every good j:      Σ_i x[i,j] + Σ_i a[i,j] u[i] + unsold z[j] = 1     z[j] p[j] = 0
    nothing is negative

All of it is linear but the products. So this is a linear program in which some products go to zero and others
to the budgets, and a path-following method for linear programs solves it when each product gets a target of
its own. The products that go to zero are weighted by the budgets behind them, so that a buyer with a
trillionth of the money is served as exactly as the others.

Newton's equations shrink to one symmetric positive system in the goods: slacks, amounts and the buyers' costs
are each eliminated by a division.

Source: Eisenberg and Gale, Consensus of subjective probabilities, Ann. Math. Stat. 30 (1959); Potra, Weighted
    complementarity problems, SIAM J. Optim. 22 (2012), which treats Fisher markets; Mehrotra, On the
    implementation of a primal-dual interior point method, SIAM J. Optim. 2 (1992).
Complexity: O(n m² + m³) a step for n buyers and m goods; 7 to 40 steps on random markets, up to about a
    hundred where budgets and values range over twenty orders of magnitude.
Promises: every point sells no more than there is, up to rounding; its gap is what it is, also where the
    tolerance was missed.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEPS = 200
"""More than any market we could think of has needed; then the answer is reported with its gap."""

PAST_THE_TOLERANCE = 1e-8
"""The part of the tolerance at which it is good enough for good."""

PATIENCE = 4
"""Steps in a row that may gain nothing once the tolerance is reached: a short step often opens a long one."""

TO_THE_BOUNDARY = 0.99
"""The part of the way to the nearest boundary that a step may go."""


class Program(NamedTuple):
    """`values` is linear buyers × goods, `recipes` Leontief buyers × goods, `budgets` both in this sequence.

    Budgets are positive and add up to 1; each row has a positive entry, and 1 is the largest in it; each good
    is wanted by somebody.
    """

    values: Array
    recipes: Array
    budgets: Array


class Point(NamedTuple):
    """Amounts, unsold parts, utilities; prices, costs of a unit of utility, slacks. All are positive.

    Where a buyer has no value for a good, the amount is 0 and the slack 1.
    """

    x: Array
    z: Array
    u: Array
    p: Array
    c: Array
    y: Array


class Progress(NamedTuple):
    """`gap` is between primal and dual objective; `worst` is the largest regret of any one buyer, in logs."""

    gap: float
    worst: float


def solve(program: Program, tolerance: float) -> tuple[Point, Progress]:
    """Follow the path to `tolerance` in gap and worst regret, and on while it pays; the best point met.

    Near the end each step gains two digits or more, and prices err by far more than gaps do; so a few steps
    past the tolerance are cheap and worth it.
    """
    weights = _weights(program)
    point = _start(program)
    best, progress = point, measure(program, point)
    idle = 0
    for _ in range(STEPS):
        if max(progress) <= tolerance * (PAST_THE_TOLERANCE if idle < PATIENCE else 1.0):
            break
        try:
            # Where slacks come down to the last digit the next step is not finite, and the path ends.
            with np.errstate(all="ignore"):
                point = _settle(program, _step(program, weights, point))
                reached = measure(program, point)
        except np.linalg.LinAlgError:
            break
        if not np.isfinite(reached).all():
            break
        if max(reached) < max(progress):
            best, progress, idle = point, reached, 0
        else:
            idle += 1
    return best, progress


def measure(program: Program, point: Point) -> Progress:
    """How far amounts and prices are from an equilibrium. O(n m).

    A buyer's regret is log (what its budget can buy at these prices ÷ what it has). The dual objective less
    the primal one is Σ price + Σ budget × (regret - 1).
    """
    linear = len(program.values)
    cheapest = _cheapest(program.values, point.p)
    costs = np.concatenate([cheapest, program.recipes @ point.p])
    utilities = np.concatenate([(program.values * point.x).sum(1), point.u[linear:]])
    regrets = np.log(program.budgets / costs / utilities)
    gap = point.p.sum() - 1.0 + program.budgets @ regrets
    return Progress(abs(float(gap)), float(np.abs(regrets).max()))


def _cheapest(values: Array, prices: Array) -> Array:
    """What a unit of utility costs each linear buyer at its best good."""
    most_for_the_money: Array = (values / prices).max(1, initial=0.0)
    return 1.0 / most_for_the_money


class _Weights(NamedTuple):
    """The money behind each product that goes to zero: in `x y` the buyer's, in `z p` all its buyers'."""

    x: Array
    z: Array


def _weights(program: Program) -> _Weights:
    behind = np.where(program.values > 0, program.budgets[: len(program.values), None], 0.0)
    recipes = np.where(program.recipes > 0, program.budgets[len(program.values) :, None], 0.0)
    return _Weights(behind, behind.sum(0) + recipes.sum(0))


def _start(program: Program) -> Point:
    """A point inside, whose products are near their weights.

    At twice the price that a good would have if all who want it spent everything on it, everybody can do so,
    and half of it is left.
    """
    weights = _weights(program)
    linear = len(program.values)
    p = 2.0 * weights.z
    x = weights.x / p
    per_price = program.values / p
    c_linear = 0.9 / np.maximum(per_price.sum(1), np.finfo(float).tiny)
    c_recipes = program.recipes @ p
    u = np.concatenate([(program.values * x).sum(1), program.budgets[linear:] / c_recipes])
    z = 1.0 - x.sum(0) - program.recipes.T @ u[linear:]
    y = np.where(program.values > 0, p - program.values * c_linear[:, None], 1.0)
    return Point(x, z, u, p, np.concatenate([c_linear, c_recipes]), y)


def _settle(program: Program, at: Point) -> Point:
    """The same point with what is only a sum of its other parts added up anew."""
    linear = len(program.values)
    u = np.concatenate([(program.values * at.x).sum(1), at.u[linear:]])
    c = np.concatenate([at.c[:linear], program.recipes @ at.p])
    return at._replace(u=u, c=c)


def _step(program: Program, weights: _Weights, at: Point) -> Point:
    """Mehrotra's predictor and corrector: look straight at the solution, then steer by what was seen."""
    newton = _Newton(program, at)
    money = program.budgets - at.u * at.c
    look = newton.direction(-at.x * at.y, -at.z * at.p, money)
    ahead = _move(at, look, _length(at, look, 1.0))
    mass = weights.x.sum() + weights.z.sum()
    now = ((at.x * at.y).sum() + at.z @ at.p) / mass
    then = ((ahead.x * ahead.y).sum() + ahead.z @ ahead.p) / mass
    target = now * min(1.0, (then / now) ** 3)
    go = newton.direction(
        target * weights.x - at.x * at.y - look.x * look.y,
        target * weights.z - at.z * at.p - look.z * look.p,
        money - look.u * look.c,
    )
    return _move(at, go, _length(at, go, TO_THE_BOUNDARY))


class _Newton:
    """Newton's equations at one point, factored once for both directions."""

    def __init__(self, program: Program, at: Point) -> None:
        self.program, self.at = program, at
        linear = self.linear = len(program.values)
        # What rounding has left of the two equations that sums of positive numbers cannot restore.
        self.supply_drift = 1.0 - at.x.sum(0) - program.recipes.T @ at.u[linear:] - at.z
        self.slack_drift = np.where(
            program.values > 0, at.p - program.values * at.c[:linear, None] - at.y, 0.0
        )
        self.ratio = at.x / at.y
        self.pull = program.values * self.ratio
        self.stiffness = at.u[:linear] / at.c[:linear] + (program.values * self.pull).sum(1)
        spread = self.pull / np.sqrt(self.stiffness)[:, None]
        recipes = program.recipes * np.sqrt(at.u[linear:] / at.c[linear:])[:, None]
        diagonal = self.ratio.sum(0) + at.z / at.p
        system = np.diag(diagonal) - spread.T @ spread + recipes.T @ recipes
        # Prices range over many orders of magnitude; the scaled system has a diagonal of about one.
        self.scale = 1.0 / np.sqrt(diagonal + (recipes * recipes).sum(0))
        self.system = self.scale[:, None] * system * self.scale + np.diag(np.full(len(at.p), 1e-15))

    def direction(self, rx: Array, rz: Array, ru: Array) -> Point:
        """The step that changes the products `x y`, `z p`, `u c` by these amounts, to first order."""
        program, at, linear = self.program, self.at, self.linear
        values, recipes = program.values, program.recipes
        free = rx / at.y - self.ratio * self.slack_drift
        cost_side = ru[:linear] / at.c[:linear] - (values * free).sum(1)
        gain = ru[linear:] / at.c[linear:]
        wanted = free.sum(0) + self.pull.T @ (cost_side / self.stiffness) + recipes.T @ gain + rz / at.p
        dp = self.scale * np.linalg.solve(self.system, self.scale * (wanted - self.supply_drift))
        dc = np.concatenate([(cost_side + self.pull @ dp) / self.stiffness, recipes @ dp])
        dy = np.where(values > 0, dp - values * dc[:linear, None] + self.slack_drift, 0.0)
        dx = (rx - at.x * dy) / at.y
        return Point(dx, (rz - at.z * dp) / at.p, (ru - at.u * dc) / at.c, dp, dc, dy)


class _Length(NamedTuple):
    primal: float
    dual: float


def _length(at: Point, step: Point, share: float) -> _Length:
    """How far the step may go, at most once, staying inside; amounts and prices each on their own."""
    inside = at.x > 0
    amounts = [_reach(at.x[inside], step.x[inside]), _reach(at.z, step.z), _reach(at.u, step.u)]
    prices = [_reach(at.p, step.p), _reach(at.c, step.c), _reach(at.y, step.y)]
    return _Length(min(1.0, share * min(amounts)), min(1.0, share * min(prices)))


def _reach(at: Array, step: Array) -> float:
    """How often `step` may be added before an entry of `at` is zero."""
    fall = float((-step / at).max(initial=0.0))
    return 1.0 / fall if fall > 0.0 else np.inf


def _move(at: Point, step: Point, length: _Length) -> Point:
    a, b = length
    return Point(
        at.x + a * step.x,
        at.z + a * step.z,
        at.u + a * step.u,
        at.p + b * step.p,
        at.c + b * step.c,
        at.y + b * step.y,
    )
