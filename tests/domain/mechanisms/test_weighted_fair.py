"""The virtual token counter: turns by hand, the fairness bound, and a scan instead of a heap as oracle."""

import random
from fractions import Fraction

import pytest

from econonexus.domain.mechanisms.fair_share.weighted_fair import PER_UNIT, FairQueue


def turns(queue: FairQueue, count: int, units: int, weights: dict[str, int]) -> str:
    served = ""
    for _ in range(count):
        agent = queue.next_up()
        assert agent is not None
        queue.charge(agent, units, weights[agent])
        served += agent
    return served


def test_equals_take_turns_and_a_double_weight_goes_twice() -> None:
    queue = FairQueue()
    for agent in "abc":
        queue.arrive(agent)
    # Counters after each turn of 10: a 10, b 10, c 5; c 10; then a, b, c tie at 10 and go by arrival.
    assert turns(queue, 8, 10, {"a": 1, "b": 1, "c": 2}) == "abccabcc"


def test_who_was_charged_less_goes_first() -> None:
    queue = FairQueue()
    queue.arrive("long")
    queue.arrive("short")
    queue.charge("long", 4_000)
    assert turns(queue, 20, 200, {"long": 1, "short": 1}) == "short" * 20
    assert queue.next_up() == "long"


def test_idle_agents_save_nothing_up() -> None:
    queue = FairQueue()
    queue.arrive("busy")
    queue.charge("busy", 1_000)
    queue.arrive("late")
    assert queue.counters["late"] == 1_000 * PER_UNIT
    assert turns(queue, 4, 10, {"busy": 1, "late": 1}) == "busylatebusylate"


def test_after_an_idle_queue_the_last_to_leave_is_the_present() -> None:
    queue = FairQueue()
    queue.arrive("first")
    queue.charge("first", 500)
    queue.leave("first")
    assert queue.next_up() is None
    queue.arrive("second")
    assert queue.counters["second"] == 500 * PER_UNIT


def test_a_debt_is_not_forgiven_by_leaving() -> None:
    queue = FairQueue()
    queue.arrive("greedy")
    queue.arrive("modest")
    queue.charge("greedy", 100)
    queue.leave("greedy")
    queue.charge("greedy", 50)
    queue.arrive("greedy")
    assert queue.counters["greedy"] == 150 * PER_UNIT
    assert queue.next_up() == "modest"


def test_an_estimate_too_high_is_given_back() -> None:
    queue = FairQueue()
    queue.arrive("a")
    queue.arrive("b")
    queue.charge("a", 100)
    queue.charge("b", 50)
    queue.charge("a", -70)
    assert queue.next_up() == "a"
    queue.charge("a", -1_000)
    assert queue.counters["a"] == 0


def test_arriving_twice_changes_nothing_and_nonsense_is_refused() -> None:
    queue = FairQueue()
    queue.arrive("a")
    queue.charge("a", 7)
    queue.arrive("a")
    assert queue.counters["a"] == 7 * PER_UNIT
    assert "a" in queue
    with pytest.raises(ValueError, match="weight"):
        queue.charge("a", 1, 0)
    with pytest.raises(KeyError):
        queue.charge("nobody", 1)
    with pytest.raises(KeyError):
        queue.leave("nobody")


def test_huge_charges_stay_exact() -> None:
    queue = FairQueue()
    queue.arrive("a")
    queue.charge("a", 2**63 - 1, 3)
    assert queue.counters["a"] == -(-(2**63 - 1) * PER_UNIT // 3)


def test_the_difference_of_two_who_both_wait_is_bounded() -> None:
    """Goyal, Vin and Cheng (1996), theorem 1: |W_f ÷ w_f - W_m ÷ w_m| <= l_f ÷ w_f + l_m ÷ w_m in any
    interval."""
    rng = random.Random("bound")
    for _ in range(30):
        weights = {agent: rng.randrange(1, 6) for agent in "abcd"}
        longest = {agent: rng.randrange(1, 500) for agent in weights}
        queue = FairQueue()
        for agent in weights:
            queue.arrive(agent)
        served = dict.fromkeys(weights, Fraction(0))
        history = [dict(served)]
        for _ in range(200):
            agent = queue.next_up()
            assert agent is not None
            units = rng.randrange(1, longest[agent] + 1)
            queue.charge(agent, units, weights[agent])
            served[agent] += Fraction(units, weights[agent])
            history.append(dict(served))
        for _ in range(500):
            start, end = sorted(rng.sample(range(len(history)), 2))
            f, m = rng.sample("abcd", 2)
            of_f, of_m = (history[end][agent] - history[start][agent] for agent in (f, m))
            bound = Fraction(longest[f], weights[f]) + Fraction(longest[m], weights[m])
            assert abs(of_f - of_m) <= bound + Fraction(400, PER_UNIT)


def test_it_agrees_with_a_scan() -> None:
    rng = random.Random("scan")
    queue = FairQueue()
    counters: dict[str, int] = {}
    waiting: list[str] = []
    last = None
    for _ in range(20_000):
        agent = f"agent {rng.randrange(30)}"
        chance = rng.random()
        if chance < 0.3 and agent not in waiting:
            floor = min((counters[other] for other in waiting), default=counters[last] if last else 0)
            counters[agent] = max(counters.get(agent, 0), floor)
            waiting.append(agent)
            queue.arrive(agent)
        elif chance < 0.5 and agent in waiting:
            waiting.remove(agent)
            last = agent
            queue.leave(agent)
        elif agent in counters:
            units, weight = rng.randrange(-20, 60), rng.choice([1, 2, 3, 7])
            counters[agent] = max(0, counters[agent] - (-units * PER_UNIT // weight))
            queue.charge(agent, units, weight)
        expected = min(waiting, key=lambda name: (counters[name], waiting.index(name)), default=None)
        assert queue.next_up() == expected
    assert queue.counters == counters
