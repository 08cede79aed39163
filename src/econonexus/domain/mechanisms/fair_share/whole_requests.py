"""A period's requests, each met whole or not at all: whose turn it is, until the next one does not fit.

Nobody behind passes a request that does not fit, or a large one would never have its turn.
"""

import heapq
from collections import deque
from collections.abc import Mapping, Sequence

import msgspec

from econonexus.domain.mechanisms.fair_share import karma, max_min
from econonexus.domain.mechanisms.fair_share.claims import Claim
from econonexus.domain.mechanisms.fair_share.weighted_fair import PER_UNIT

NOBODY = -1
"""A floor that nobody stands below: credits may fall to 0, and are remembered even so."""


class Asked(msgspec.Struct, frozen=True):
    """`agent` asks for `units` >= 1. Weights are >= 1; the higher priority goes first."""

    agent: str
    units: int
    weight: int = 1
    priority: int = 0


class Shared(msgspec.Struct, frozen=True):
    """The places of the requests that are met, in their turn, and what is remembered for the next period."""

    met: list[int]
    standing: dict[str, int] = {}
    floor: int = 0


def by_priority(free: int, asked: Sequence[Asked]) -> Shared:
    """The higher priority first; among equals, who came first. O(n log n)."""
    met = []
    for place in sorted(range(len(asked)), key=lambda i: -asked[i].priority):
        if asked[place].units > free:
            break
        free -= asked[place].units
        met.append(place)
    return Shared(met)


def by_counter(free: int, asked: Sequence[Asked], standing: Mapping[str, int], floor: int) -> Shared:
    """Whoever was given least for its weight goes next; an agent's own requests go in order. O(n log n).

    `standing` are the counters so far. Whoever has none, or one below `floor`, was away, and begins there.
    Source: see `weighted_fair`; here all that came within a period has come at once.
    """
    lines = _lines(asked, range(len(asked)))
    turns = [(max(floor, standing.get(agent, 0)), line[0], agent) for agent, line in lines.items()]
    heapq.heapify(turns)
    met: list[int] = []
    last, counters = floor, {}
    while turns:
        counter, place, agent = turns[0]
        request = asked[place]
        if request.units > free:
            break
        free -= request.units
        met.append(lines[agent].popleft())
        last = counters[agent] = counter - (-request.units * PER_UNIT // request.weight)
        if lines[agent]:
            heapq.heapreplace(turns, (last, lines[agent][0], agent))
        else:
            heapq.heappop(turns)
    return Shared(met, counters, turns[0][0] if turns else last)


def by_karma(free: int, capacity: int, asked: Sequence[Asked], standing: Mapping[str, int]) -> Shared:
    """Credits decide: see `karma`. Who is new begins with what the others have on average. O(n log c).

    Shares are in units, requests are met whole: credits are reckoned by what was really given.
    """
    owned = _with_newcomers(standing, asked, capacity)
    if not owned:
        return Shared([])
    fair_share = free // len(owned)
    guarantee = fair_share // 2
    shares = karma.allocate(owned, _wanted(asked), fair_share, guarantee).shares
    met = within(shares, asked)
    given = _wanted([asked[place] for place in met])
    after = karma.allocate(owned, given, fair_share, guarantee)
    assert all(after.shares[agent] == units for agent, units in given.items()), "less is always possible"
    return Shared(met, dict(after.karma), NOBODY)


def _with_newcomers(standing: Mapping[str, int], asked: Sequence[Asked], capacity: int) -> dict[str, int]:
    """The credits of all, also of who is new: who joins with the average leaves it as it was. O(n)."""
    owned, first = dict(standing), None
    for each in asked:
        if each.agent not in owned:
            if first is None:
                first = karma.welcome(owned, each.agent, capacity)[each.agent]
            owned[each.agent] = first
    return owned


def fairly(units: int, asked: Sequence[Asked]) -> list[int]:
    """The requests that fit into their agent's max-min fair share of `units`. O(n log n)."""
    wanted = _wanted(asked)
    weights = {each.agent: each.weight for each in asked}
    claims = [Claim(agent, total, weights[agent]) for agent, total in wanted.items()]
    shares = max_min.allocate(units, claims)
    return within({claim.agent: share for claim, share in zip(claims, shares, strict=True)}, asked)


def within(shares: Mapping[str, int], asked: Sequence[Asked]) -> list[int]:
    """The requests, in their sequence, that fit into what their agent was given; nobody passes its own."""
    left, met, stuck = dict(shares), [], set()
    for place, each in enumerate(asked):
        if each.agent in stuck or each.units > left[each.agent]:
            stuck.add(each.agent)
            continue
        left[each.agent] -= each.units
        met.append(place)
    return met


def _wanted(asked: Sequence[Asked]) -> dict[str, int]:
    """What each agent asks for in all, in the sequence of their first requests."""
    wanted: dict[str, int] = {}
    for each in asked:
        wanted[each.agent] = wanted.get(each.agent, 0) + each.units
    return wanted


def _lines(asked: Sequence[Asked], places: Sequence[int]) -> dict[str, deque[int]]:
    lines: dict[str, deque[int]] = {}
    for place in places:
        lines.setdefault(asked[place].agent, deque()).append(place)
    return lines
