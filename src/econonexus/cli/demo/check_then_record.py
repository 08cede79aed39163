"""A gateway as people have it today: looks at what was spent, passes the call on, records its cost after.

It is as good as that way of working allows. It keeps the same nested limits as EconoNexus, in memory; it
knows what was spent to the micro-dollar, the moment an answer is there; it adds no wait of its own. What
it cannot know is what the calls under way will cost. See docs/demo.md on why the comparison is fair.
"""

import sys
from collections import Counter
from typing import Any

import httpx2
import msgspec
from litestar import Litestar, Request, Response, get, post

from econonexus.cli.demo.cast import Budget, price
from econonexus.cli.demo.servers import application, serve

FAR_AWAY_S = 60.0


class Setting(msgspec.Struct, frozen=True):
    """What the gateway is told."""

    provider: str
    """The provider's URL."""
    customer: str
    """The key that the provider knows us by."""
    agents: dict[str, str]
    """Which agent has which key."""
    budgets: list[Budget]


class Usage(msgspec.Struct, frozen=True):
    """How much a call used."""

    prompt_tokens: int
    completion_tokens: int


class Answered(msgspec.Struct, frozen=True):
    """What we read of an answer."""

    usage: Usage


class Purse:
    """What was spent beneath every limit, as far as it is recorded."""

    def __init__(self, budgets: list[Budget]) -> None:
        self._budgets = {budget.name: budget for budget in budgets}
        self.spent = Counter[str]()

    def exhausted(self, agent: str) -> Budget | None:
        """The nearest limit above an agent that is used up."""
        used_up = (level for level in self._above(agent) if self.spent[level.name] >= level.limit_ucr)
        return next(used_up, None)

    def record(self, agent: str, cost_ucr: int) -> None:
        """Add what a call cost to every limit above its agent."""
        for level in self._above(agent):
            self.spent[level.name] += cost_ucr

    def _above(self, agent: str) -> list[Budget]:
        levels = [self._budgets[agent]]
        while levels[-1].parent is not None:
            levels.append(self._budgets[levels[-1].parent])
        return levels


def app(setting: Setting, far: httpx2.AsyncClient) -> Litestar:
    """The gateway as an application; `far` leads to the provider."""
    purse = Purse(setting.budgets)
    ours = {"Authorization": f"Bearer {setting.customer}", "Content-Type": "application/json"}

    @post("/v1/chat/completions", status_code=200)
    async def complete(request: Request[Any, Any, Any]) -> Response[bytes]:
        agent = setting.agents.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        if agent is None:
            return _no(401, "invalid_key", "This key is nobody's.")
        limit = purse.exhausted(agent)
        if limit is not None:
            numbers = f"{purse.spent[limit.name]:,} of {limit.limit_ucr:,} µcr are spent"
            return _no(402, "budget_exhausted", f"The budget {limit.name} is used up: {numbers}.")
        answer = await far.post("/v1/chat/completions", content=await request.body(), headers=ours)
        if answer.status_code == 200:
            usage = msgspec.json.decode(answer.content, type=Answered).usage
            purse.record(agent, price(usage.prompt_tokens, usage.completion_tokens))
        return Response(answer.content, status_code=answer.status_code, media_type="application/json")

    @get("/spend")
    async def spend() -> dict[str, int]:
        return dict(purse.spent)

    return application(complete, spend)


def _no(status: int, code: str, message: str) -> Response[bytes]:
    error = {"message": message, "type": "insufficient_quota", "param": None, "code": code}
    body = msgspec.json.encode({"error": error})
    return Response(body, status_code=status, media_type="application/json")


def main() -> None:
    """Serve as told on standard input."""
    setting = msgspec.json.decode(sys.stdin.buffer.read(), type=Setting)
    # No limit on connections: a queue of our own would only make the wait longer.
    serve(
        app(
            setting, httpx2.AsyncClient(base_url=setting.provider, timeout=FAR_AWAY_S, limits=httpx2.Limits())
        )
    )
