"""Dominant resource fairness: max-min fairness where tasks need several resources at once.

An agent's dominant share is its largest share of any resource, divided by its weight. Progressive filling
raises the least dominant share until nothing more fits.

Source: Ghodsi, Zaharia, Hindman, Konwinski, Shenker and Stoica, Dominant Resource Fairness: Fair Allocation
    of Multiple Resource Types, NSDI 2011, sections 4.1 (tasks that can be cut), 4.2 (whole tasks) and 4.3
    (weights). Where one agent's next task does not fit, the others go on, as in Parkes, Procaccia and Shah,
    Beyond Dominant Resource Fairness, EC 2012, for agents who do not need every resource.
Promises of `fractional`: everybody gets at least what its weight's part of every resource could do (sharing
    incentive); nobody would rather have another's bundle, weight for weight; lying about needs gains nothing;
    nothing more fits for anybody. `allocate` keeps these up to a task.
"""

import heapq
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil

import msgspec

TURNS = 4
"""Tasks given one by one, per tenant, between two looks at whether many can be given at once."""


class Tenant(msgspec.Struct, frozen=True):
    """An agent with tasks that each need `task`, resource to units, at least one of them positive.

    It has `tasks` of them, or any number where that is None. Weights are >= 1.
    """

    agent: str
    task: Mapping[str, int]
    tasks: int | None = None
    weight: int = 1


def allocate(capacity: Mapping[str, int], tenants: Sequence[Tenant]) -> list[int]:
    """How many whole tasks each tenant may run, in their sequence, which also breaks ties.

    Complexity: O(n r + n log n) for n tenants and r resources, about once for each resource that runs out,
        whatever the number of tasks: as long as everything fits, the tasks up to a common level of dominant
        share are given at once.
    Raises: ValueError where a task needs nothing, something unknown or less than none of it, or a number is
        negative or a weight below 1.
    """
    costs = _costs(capacity, tenants)
    free = dict(capacity)
    counts = [0] * len(tenants)
    active = _able(tenants, counts, free, range(len(tenants)))
    while active:
        _jump(tenants, costs, counts, free, active)
        turns = [(counts[i] * costs[i], i) for i in active]
        heapq.heapify(turns)
        # Few turns bring the next resource to its end; where they do not, another jump is worth its while.
        for _ in range(TURNS * len(active)):
            if not turns:
                break
            _, i = heapq.heappop(turns)
            # Who does not fit now never will, as what is free only shrinks.
            if _able(tenants, counts, free, [i]):
                _take(tenants[i], 1, counts, free, i)
                heapq.heappush(turns, (counts[i] * costs[i], i))
        active = _able(tenants, counts, free, [i for _, i in turns])
    return counts


def fractional(capacity: Mapping[str, int], tenants: Sequence[Tenant]) -> list[Fraction]:
    """How many tasks each tenant may run where tasks can be cut: the ideal, exactly.

    Complexity: O((n + r) n r) for n tenants and r resources.
    Raises: ValueError as `allocate`.
    """
    costs = _costs(capacity, tenants)
    free = {resource: Fraction(units) for resource, units in capacity.items()}
    counts = [Fraction(0)] * len(tenants)
    active = [i for i, tenant in enumerate(tenants) if tenant.tasks != 0 and _fits(tenant, free)]
    level = Fraction(0)
    while active:
        use = {r: sum((tenants[i].task.get(r, 0) / costs[i] for i in active), Fraction(0)) for r in free}
        rise = min(free[r] / rate for r, rate in use.items() if rate)
        for i in active:
            if (limit := tenants[i].tasks) is not None:
                rise = min(rise, limit * costs[i] - level)
        level += rise
        for i in active:
            counts[i] += rise / costs[i]
        free = {r: units - use[r] * rise for r, units in free.items()}
        active = [i for i in active if counts[i] != tenants[i].tasks and _fits(tenants[i], free)]
    return counts


def _costs(capacity: Mapping[str, int], tenants: Sequence[Tenant]) -> list[Fraction]:
    """The dominant share of one task of each tenant, by its weight; any number where it can run none."""
    if min(capacity.values(), default=0) < 0:
        raise ValueError("a capacity must be >= 0")
    costs = []
    for tenant in tenants:
        needs = {resource: units for resource, units in tenant.task.items() if units}
        if not needs or min(needs.values()) < 0 or not needs.keys() <= capacity.keys():
            raise ValueError(f"a task of {tenant.agent} must need something, and only of {list(capacity)}")
        if tenant.weight < 1 or (tenant.tasks is not None and tenant.tasks < 0):
            raise ValueError(f"tasks of {tenant.agent} must be >= 0 and its weight >= 1")
        shares = [Fraction(units, capacity[r]) for r, units in needs.items() if capacity[r]]
        costs.append(max(shares, default=Fraction(1)) / tenant.weight)
    return costs


def _fits(tenant: Tenant, free: Mapping[str, Fraction]) -> bool:
    """Whether there is some of everything that its task needs."""
    return all(free[resource] > 0 for resource, units in tenant.task.items() if units)


def _able(
    tenants: Sequence[Tenant], counts: Sequence[int], free: Mapping[str, int], among: Sequence[int]
) -> list[int]:
    """Who among these has a task left that fits."""
    return [
        i
        for i in among
        if counts[i] != tenants[i].tasks and all(free[r] >= units for r, units in tenants[i].task.items())
    ]


def _take(tenant: Tenant, tasks: int, counts: list[int], free: dict[str, int], i: int) -> None:
    counts[i] += tasks
    for resource, units in tenant.task.items():
        free[resource] -= units * tasks


def _jump(
    tenants: Sequence[Tenant],
    costs: Sequence[Fraction],
    counts: list[int],
    free: dict[str, int],
    active: Sequence[int],
) -> None:
    """Give all tasks below a level of dominant share at which everything surely still fits.

    Below `level` tenant i runs ceil(level ÷ cost) tasks, fewer than level ÷ cost + 1; so the level at which
    that many would use up a resource is safe.
    """
    levels = []
    for resource, units in free.items():
        rate = sum((tenants[i].task.get(resource, 0) / costs[i] for i in active), Fraction(0))
        if rate:
            ahead = sum(tenants[i].task.get(resource, 0) * (1 - counts[i]) for i in active)
            levels.append((units - ahead) / rate)
    level = min(levels)
    for i in active:
        tasks = ceil(level / costs[i])
        limit = tenants[i].tasks
        more = (tasks if limit is None else min(tasks, limit)) - counts[i]
        if more > 0:
            _take(tenants[i], more, counts, free, i)
