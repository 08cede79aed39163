"""Dominant resource fairness: the paper's example, its four properties exactly, and one task at a time as
oracle."""

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest

from econonexus.domain.mechanisms.fair_share.dominant_resource import Tenant, allocate, fractional

RESOURCES = ("cpu", "gpu", "memory")


def test_the_example_of_the_paper() -> None:
    """Ghodsi et al. (2011), section 4.1 and table 1: 9 CPUs, 18 GB; A needs (1, 4), B (3, 1): 3 and 2
    tasks."""
    capacity = {"cpu": 9, "memory": 18}
    tenants = [Tenant("A", {"cpu": 1, "memory": 4}), Tenant("B", {"cpu": 3, "memory": 1})]
    assert allocate(capacity, tenants) == [3, 2]
    assert fractional(capacity, tenants) == [3, 2]


def test_a_double_weight_has_double_the_dominant_share() -> None:
    # One resource: 12 units, tasks of 1, weights 2 to 1.
    tenants = [Tenant("A", {"cpu": 1}, weight=2), Tenant("B", {"cpu": 1})]
    assert allocate({"cpu": 12}, tenants) == [8, 4]
    # The paper's example with weight 2 for B: x/4.5 against y/3/2, and x + 3y = 9: x = 9/5, y = 12/5.
    tenants = [Tenant("A", {"cpu": 1, "memory": 4}), Tenant("B", {"cpu": 3, "memory": 1}, weight=2)]
    assert fractional({"cpu": 9, "memory": 18}, tenants) == [Fraction(9, 5), Fraction(12, 5)]


def test_who_does_not_need_what_is_used_up_goes_on() -> None:
    tenants = [Tenant("A", {"cpu": 1}), Tenant("B", {"gpu": 1}), Tenant("C", {"cpu": 1, "gpu": 1})]
    # CPU 4 : A and C two each; then GPU has 8 left for B alone.
    assert fractional({"cpu": 4, "gpu": 10}, tenants) == [2, 8, 2]
    assert allocate({"cpu": 4, "gpu": 10}, tenants) == [2, 8, 2]


def test_who_needs_no_more_leaves_it_to_the_others() -> None:
    tenants = [Tenant("A", {"cpu": 1}, tasks=1), Tenant("B", {"cpu": 1}), Tenant("C", {"cpu": 1}, tasks=0)]
    assert allocate({"cpu": 10}, tenants) == [1, 9, 0]
    assert fractional({"cpu": 10}, tenants) == [1, 9, 0]


def test_nobody_and_nothing_and_huge() -> None:
    assert allocate({}, []) == []
    assert allocate({"cpu": 0}, [Tenant("A", {"cpu": 1})]) == [0]
    assert fractional({"cpu": 0}, [Tenant("A", {"cpu": 1})]) == [0]
    huge = 2**63 - 1
    tenants = [Tenant("A", {"cpu": 1, "memory": 4}), Tenant("B", {"cpu": 3, "memory": 1})]
    scale = huge // 18
    counts = allocate({"cpu": 9 * scale, "memory": 18 * scale}, tenants)
    assert counts == [3 * scale, 2 * scale]
    assert allocate({"cpu": huge}, [Tenant("A", {"cpu": huge})]) == [1]


@pytest.mark.parametrize(
    "tenant",
    [
        Tenant("A", {}),
        Tenant("A", {"cpu": 0}),
        Tenant("A", {"cpu": -1}),
        Tenant("A", {"tpu": 1}),
        Tenant("A", {"cpu": 1}, tasks=-1),
        Tenant("A", {"cpu": 1}, weight=0),
    ],
)
def test_nonsense_is_refused(tenant: Tenant) -> None:
    with pytest.raises(ValueError, match="of A"):
        allocate({"cpu": 5}, [tenant])
    with pytest.raises(ValueError, match="capacity"):
        allocate({"cpu": -5}, [])


# One task at a time: the least dominant share first, whoever does not fit is out.


def literal(capacity: Mapping[str, int], tenants: Sequence[Tenant]) -> list[int]:
    free = dict(capacity)
    counts = [0] * len(tenants)
    waiting = set(range(len(tenants)))

    def share(i: int) -> Fraction:
        needs = [Fraction(units, capacity[r]) for r, units in tenants[i].task.items() if capacity[r]]
        return max(needs, default=Fraction(0)) * counts[i] / tenants[i].weight

    while waiting:
        i = min(waiting, key=lambda i: (share(i), i))
        fits = all(free[r] >= units for r, units in tenants[i].task.items())
        if not fits or counts[i] == tenants[i].tasks:
            waiting.remove(i)
            continue
        counts[i] += 1
        for r, units in tenants[i].task.items():
            free[r] -= units
    return counts


def random_case(rng: random.Random, limits: bool) -> tuple[dict[str, int], list[Tenant]]:
    capacity = {r: rng.randrange(1, 120) for r in RESOURCES}
    tenants = []
    for i in range(rng.randrange(1, 6)):
        task = {r: rng.choice([0, rng.randrange(1, 9)]) for r in RESOURCES}
        if not any(task.values()):
            task["cpu"] = 1
        tasks = rng.randrange(12) if limits and rng.random() < 0.5 else None
        tenants.append(Tenant(f"{i}", task, tasks, rng.randrange(1, 4)))
    return capacity, tenants


def test_it_agrees_with_one_task_at_a_time() -> None:
    rng = random.Random("literal")
    for _ in range(1_500):
        capacity, tenants = random_case(rng, limits=True)
        assert allocate(capacity, tenants) == literal(capacity, tenants)


# The four properties of section 3 of the paper, exactly, for tasks that can be cut.


def tasks_from(bundle: Mapping[str, Fraction], task: Mapping[str, int]) -> Fraction:
    return min(bundle[r] / units for r, units in task.items() if units)


def test_sharing_incentive_no_envy_and_pareto() -> None:
    rng = random.Random("properties")
    for _ in range(400):
        capacity, tenants = random_case(rng, limits=False)
        counts = fractional(capacity, tenants)
        weight = sum(tenant.weight for tenant in tenants)
        used = {
            r: sum((n * t.task[r] for n, t in zip(counts, tenants, strict=True)), Fraction(0))
            for r in capacity
        }
        assert all(used[r] <= capacity[r] for r in capacity)
        for count, tenant in zip(counts, tenants, strict=True):
            part = {r: Fraction(units * tenant.weight, weight) for r, units in capacity.items()}
            assert count >= tasks_from(part, tenant.task)
            for other_count, other in zip(counts, tenants, strict=True):
                scale = Fraction(tenant.weight, other.weight)
                bundle = {r: other_count * units * scale for r, units in other.task.items()}
                assert count >= tasks_from(bundle, tenant.task)
            assert any(used[r] == capacity[r] for r, units in tenant.task.items() if units)


def test_lying_about_needs_gains_nothing() -> None:
    rng = random.Random("lies")
    for _ in range(400):
        capacity, tenants = random_case(rng, limits=False)
        liar = rng.randrange(len(tenants))
        true = tenants[liar]
        honest = fractional(capacity, tenants)[liar]
        for _ in range(5):
            lie = {r: rng.choice([units, rng.randrange(0, 12)]) for r, units in true.task.items()}
            if not any(lie.values()):
                continue
            told = [*tenants[:liar], Tenant("liar", lie, weight=true.weight), *tenants[liar + 1 :]]
            count = fractional(capacity, told)[liar]
            bundle = {r: count * units for r, units in lie.items()}
            assert tasks_from(bundle, true.task) <= honest


def test_whole_tasks_are_within_a_task_of_the_equal_split() -> None:
    rng = random.Random("whole")
    for _ in range(300):
        capacity, tenants = random_case(rng, limits=False)
        weight = sum(tenant.weight for tenant in tenants)
        counts = allocate(capacity, tenants)
        biggest = {r: max(t.task[r] for t in tenants) for r in capacity}
        for count, tenant in zip(counts, tenants, strict=True):
            part = {
                r: Fraction(units * tenant.weight, weight) - biggest[r] * len(tenants)
                for r, units in capacity.items()
            }
            assert count + 1 >= tasks_from(part, tenant.task)
