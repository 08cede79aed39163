"""The first story: many agents, one budget, and calls whose price is known only afterwards."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.ids import AccountId, BudgetId, CallerId, HoldId, Instant
from econonexus.domain.money import Amount
from econonexus.node.node import Node
from econonexus.node.replies import Accepted, Refused

LIMIT_UCR = 4_000_000
TEAMS = {"research": LIMIT_UCR // 2, "support": LIMIT_UCR // 2, "coding": LIMIT_UCR // 2}
AGENTS_PER_TEAM = 4
CALLS_AT_ONCE = 6
RUNAWAY_CALLS_AT_ONCE = 60
CALLS_PER_AGENT = 40
RUNAWAY_CALLS = 400
CALL_AT_MOST_UCR = 20_000
CALL_AT_LEAST_UCR = 4_000
HOLD_NS = 60_000_000_000

OPERATOR = CallerId("operator")


@dataclass
class Outcome:
    """What came of it, by team."""

    served: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    spent: Counter[str] = field(default_factory=Counter)

    @property
    def overspent(self) -> int:
        """What was spent over the organisation's limit and over the teams', in µcr."""
        over_teams = sum(max(0, self.spent[team] - limit) for team, limit in TEAMS.items())
        return max(0, sum(self.spent.values()) - LIMIT_UCR, over_teams)


Call = Callable[[str, str], Awaitable[int | None]]
"""One call of an agent (team, name): what it cost in µcr, or None if it was refused."""


async def check_then_record() -> Outcome:
    """Look whether there is budget left, call, and add the cost to what was spent when it is known."""
    upstream = Upstream()
    spent: Counter[str] = Counter()

    async def call(team: str, name: str) -> int | None:  # noqa: ARG001  # Same shape as ours.
        if spent[team] >= TEAMS[team] or spent.total() >= LIMIT_UCR:
            return None
        cost = await upstream.call()
        spent[team] += cost
        return cost

    return await _everybody(call)


async def reserve_then_settle(folder: Path) -> Outcome:
    """Hold what a call may cost at most, call, and settle what it did cost."""
    upstream = Upstream()
    async with open_node(folder) as node:
        await _furnish(node)

        async def call(team: str, name: str) -> int | None:
            account, hold = AccountId(f"team-{team}"), HoldId(name)
            deadline = Instant(time.time_ns() + HOLD_NS)
            reply = await node.submit(
                c.PlaceHold(hold, account, Amount(CALL_AT_MOST_UCR), deadline, code="llm", reference=name),
                OPERATOR,
            )
            if isinstance(reply, Refused):
                return None
            cost = await upstream.call()
            settled = await node.submit(c.PostHold(hold, Amount(cost)), OPERATOR)
            assert isinstance(settled, Accepted)
            return cost

        return await _everybody(call)


class Upstream:
    """A model far away: takes its time, and says only afterwards what the call cost."""

    def __init__(self) -> None:
        self._chance = random.Random(7)

    async def call(self) -> int:
        """The cost in µcr, after 10 to 30 ms."""
        await asyncio.sleep(self._chance.uniform(0.010, 0.030))
        return self._chance.randint(CALL_AT_LEAST_UCR, CALL_AT_MOST_UCR)


async def _furnish(node: Node) -> None:
    """An organisation, three teams beneath it, and money enough, so that only budgets can say no."""
    organisation = BudgetId("organisation")
    await node.submit(c.CreateBudget(organisation, Amount(LIMIT_UCR)), OPERATOR)
    for team, limit in TEAMS.items():
        budget, account = BudgetId(team), AccountId(f"team-{team}")
        await node.submit(c.CreateBudget(budget, Amount(limit), organisation), OPERATOR)
        await node.submit(c.OpenAccount(account, account, budget=budget), OPERATOR)
        await node.submit(c.Mint(account, Amount(10 * LIMIT_UCR), reason="demo"), OPERATOR)


async def _everybody(call: Call) -> Outcome:
    """All agents at once, each with some calls in flight; one of them with very many."""
    outcome = Outcome()

    async def agent(team: str, number: int) -> None:
        runaway = team == "research" and number == 0
        gate = asyncio.Semaphore(RUNAWAY_CALLS_AT_ONCE if runaway else CALLS_AT_ONCE)

        async def once(i: int) -> None:
            async with gate:
                cost = await call(team, f"{team}-{number}-{i}")
            if cost is None:
                outcome.refused[team] += 1
            else:
                outcome.served[team] += 1
                outcome.spent[team] += cost

        await asyncio.gather(*(once(i) for i in range(RUNAWAY_CALLS if runaway else CALLS_PER_AGENT)))

    await asyncio.gather(*(agent(team, n) for team in TEAMS for n in range(AGENTS_PER_TEAM)))
    return outcome
