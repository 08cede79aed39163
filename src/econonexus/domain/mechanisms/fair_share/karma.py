"""Karma: who lends its share today borrows more tomorrow.

Each period every agent is guaranteed a part of its fair share. What agents do not use of it they donate; that
and the rest of the fair shares is lent for one credit a unit, to the richest in credits first. The credit
goes to the poorest donor, or to nobody where the unit came from the common pool; each agent is given as many
credits a period as it puts units into that pool.

Source: Vuppalapati, Fikioris, Agarwal, Cidon, Khandelwal and Tardos, Karma: Resource Allocation for Dynamic
    Demands, OSDI 2023, section 3 and algorithm 1 (equal fair shares). The paper moves one unit at a time;
    here all of them move at once, with the same result.
Complexity: O(n log c) for n agents and credits up to c, whatever the number of units.
Promises: everybody gets min(demand, guarantee); nothing is left while somebody with credits wants it; no
    credit is below zero; credits only come from the pool's grant, and only go for units borrowed.
"""

from collections.abc import Mapping, Sequence

import msgspec


class Period(msgspec.Struct, frozen=True):
    """What each agent gets this period, and the credits it has after it."""

    shares: Mapping[str, int]
    karma: Mapping[str, int]


def allocate(karma: Mapping[str, int], demands: Mapping[str, int], fair_share: int, guarantee: int) -> Period:
    """Divide one period's `len(karma) × fair_share` units.

    `karma` maps every agent to its credits, in the sequence in which ties are broken; `demands` maps
    agents to units, 0 where it names none. `guarantee` is in [0, fair_share]; the paper's choice is half.

    Raises: ValueError where demands or credits are negative, a demand is of an agent without credits, or the
        guarantee is out of range.
    """
    if not 0 <= guarantee <= fair_share:
        raise ValueError(f"guarantee must be in [0, {fair_share}], not {guarantee}")
    if unknown := demands.keys() - karma.keys():
        raise ValueError(f"no credits are known of {min(unknown)}")
    if min(*demands.values(), *karma.values(), 0) < 0:
        raise ValueError("demands and credits must be >= 0")
    agents = list(karma)
    wanted = [demands.get(agent, 0) for agent in agents]
    rich = [karma[agent] + fair_share - guarantee for agent in agents]
    shares = [min(units, guarantee) for units in wanted]
    donated = [guarantee - units for units in shares]
    borrowable = [min(units - share, have) for units, share, have in zip(wanted, shares, rich, strict=True)]
    pool = len(agents) * (fair_share - guarantee)
    moved = min(sum(borrowable), sum(donated) + pool)
    borrowed = raise_lowest([-have for have in rich], borrowable, moved)
    lent = raise_lowest(rich, donated, min(moved, sum(donated)))
    return Period(
        shares={agent: shares[i] + borrowed[i] for i, agent in enumerate(agents)},
        karma={agent: rich[i] - borrowed[i] + lent[i] for i, agent in enumerate(agents)},
    )


def welcome(karma: Mapping[str, int], agent: str, first: int) -> dict[str, int]:
    """`karma` with a new agent, who has as many credits as the others on average, or `first` alone.

    Raises: ValueError where the agent is known.
    """
    if agent in karma:
        raise ValueError(f"{agent} is known")
    average = sum(karma.values()) // len(karma) if karma else first
    return {**karma, agent: average}


def raise_lowest(levels: Sequence[int], room: Sequence[int], units: int) -> list[int]:
    """Give out `units` one at a time, each to the lowest level that has room, the earlier one of equals.

    Returns how many each one got; `units` is at most the sum of `room`. Each unit raises a level by one, so
    the result is a common water level and a few units on top of it. O(n log range) instead of O(units log n).
    """

    def poured(water: int) -> int:
        return sum(min(space, max(0, water - level)) for level, space in zip(levels, room, strict=True))

    if not units:
        return [0] * len(levels)
    low = min(levels)
    high = max(level + space for level, space in zip(levels, room, strict=True))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if poured(middle) <= units else (low, middle - 1)
    given = [min(space, max(0, low - level)) for level, space in zip(levels, room, strict=True)]
    rest = units - sum(given)
    for i, (level, space) in enumerate(zip(levels, room, strict=True)):
        if rest and given[i] < space and level + given[i] == low:
            given[i] += 1
            rest -= 1
    return given
