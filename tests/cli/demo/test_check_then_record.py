"""The gateway of today does its best, one call at a time, and overspends by what is under way.

It and the provider run as they are, in virtual time: what each does and in which order is exact.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx2

from econonexus.cli.demo import check_then_record, provider
from econonexus.cli.demo.cast import Budget
from econonexus.cli.demo.check_then_record import Setting
from econonexus.cli.demo.provider import Pace
from tests.virtual_time import in_virtual_time

CALL = {"messages": [{"role": "user", "content": "Answer in 99 tokens.".ljust(416)}], "max_tokens": 512}
CALL_UCR = 1_260
"""416 bytes are 104 tokens, and 4 for the message, at 2.5 µcr: 270; 99 written, at 10 µcr: 990."""
TREE = [
    Budget("organisation", None, 100_000),
    Budget("coding", "organisation", 5_000),
    Budget("coding-1", "coding", 4_000),
    Budget("coding-2", "coding", 4_000),
]


class Rig(httpx2.AsyncClient):
    """The gateway in front of the provider; `call` is what an agent does."""

    async def call(self, agent: str) -> httpx2.Response:
        return await self.post(
            "/v1/chat/completions", json=CALL, headers={"Authorization": f"Bearer {agent}"}
        )

    async def spent(self) -> dict[str, int]:
        return (await self.get("/spend")).json()


@contextlib.asynccontextmanager
async def rigged(slots: int = 8) -> AsyncIterator[tuple[Rig, httpx2.AsyncClient]]:
    """A gateway on `TREE`, whose agents' keys are their names, and the way to its provider's bills."""
    model = httpx2.ASGITransport(provider.app(Pace(slots, first_token_ms=30.0, token_ms=1.0)))
    setting = Setting("", "us", {"coding-1": "coding-1", "coding-2": "coding-2"}, TREE)
    async with httpx2.AsyncClient(transport=model, base_url="http://far", timeout=600) as far:
        gateway = httpx2.ASGITransport(check_then_record.app(setting, far))
        async with Rig(transport=gateway, base_url="http://near", timeout=600) as near:
            yield near, far


@in_virtual_time
async def test_what_is_recorded_is_what_the_provider_bills() -> None:
    async with rigged() as (gateway, far):
        answer = await gateway.call("coding-1")

        assert answer.json()["usage"]["completion_tokens"] == 99
        assert await gateway.spent() == {"coding-1": CALL_UCR, "coding": CALL_UCR, "organisation": CALL_UCR}
        assert (await far.get("/bills")).json() == {"us": {"calls": 1, "cost_ucr": CALL_UCR}}


@in_virtual_time
async def test_one_call_after_the_other_stops_at_the_limit() -> None:
    async with rigged() as (gateway, _):
        statuses = [(await gateway.call("coding-1")).status_code for _ in range(5)]

        # 4,000 is used up by the fourth call of 1,260, which was let in at 3,780.
        assert statuses == [200, 200, 200, 200, 402]
        assert (await gateway.spent())["coding-1"] == 4 * CALL_UCR


@in_virtual_time
async def test_all_that_is_under_way_at_the_limit_is_overspent() -> None:
    async with rigged() as (gateway, far):
        answers = await asyncio.gather(*(gateway.call("coding-1") for _ in range(50)))

        assert [answer.status_code for answer in answers] == [200] * 50
        assert (await far.get("/bills")).json()["us"]["cost_ucr"] == 50 * CALL_UCR  # Of 4,000.


@in_virtual_time
async def test_a_second_look_right_before_the_call_does_not_mend_it() -> None:
    """A gateway that keeps its own queue, and looks again when it is a call's turn: still a slot each."""
    async with rigged() as (gateway, far):
        slots = asyncio.Semaphore(8)

        async def in_turn() -> httpx2.Response:
            async with slots:
                return await gateway.call("coding-1")

        answers = await asyncio.gather(*(in_turn() for _ in range(50)))

        # Eight are let in before the first is recorded; by then twice the limit is gone.
        assert sum(answer.status_code == 200 for answer in answers) == 8
        assert (await far.get("/bills")).json()["us"]["cost_ucr"] == 8 * CALL_UCR


@in_virtual_time
async def test_limits_above_the_agent_count_too_and_are_named() -> None:
    async with rigged() as (gateway, _):
        await asyncio.gather(*(gateway.call("coding-1") for _ in range(4)))

        refused = await gateway.call("coding-2")

        assert refused.status_code == 402
        error = refused.json()["error"]
        assert (error["code"], error["type"]) == ("budget_exhausted", "insufficient_quota")
        assert "budget coding is used up: 5,040 of 5,000 µcr" in error["message"]


@in_virtual_time
async def test_nobody_calls_without_a_key() -> None:
    async with rigged() as (gateway, _):
        assert (await gateway.call("nobody")).status_code == 401


@in_virtual_time
async def test_the_provider_serves_first_come_first_served() -> None:
    async with rigged(slots=2) as (gateway, _):
        began, ends = asyncio.get_running_loop().time(), []

        async def timed(number: int) -> None:
            await asyncio.sleep(number / 1_000)
            await gateway.call("coding-1")
            ends.append((number, round(asyncio.get_running_loop().time() - began, 3)))

        await asyncio.gather(*(timed(number) for number in range(3)))

        # 30 ms and 99 tokens of 1 ms each; the third waits until the first has ended.
        assert ends == [(0, 0.129), (1, 0.130), (2, 0.258)]
