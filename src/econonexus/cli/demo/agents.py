"""The agents: each calls through the official `openai` client, and notes what it saw of every call."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2

from econonexus.cli.demo.cast import RUNAWAY
from econonexus.cli.demo.provider import MODEL
from econonexus.cli.demo.workload import Ask, Workload

if TYPE_CHECKING:
    from openai import AsyncOpenAI

LOOP_BEGINS = 0.2
"""The runaway begins after this part of the time, so that there is a before and an after."""
LOOP_AT_ONCE = 48
"""So many calls the runaway has under way at any moment."""
AFTER_A_REFUSAL_S = 1.0
"""So long the runaway pauses after a refusal; then it tries again."""
PATIENCE_S = 15.0
"""So long after the last call is sent we wait for the answers that are still to come."""


@dataclass(frozen=True)
class Seen:
    """One call, as its agent saw it."""

    agent: str
    at_s: float
    """When it was sent, in seconds after the start."""
    waited_ms: float = 0.0
    """How much longer it took than the provider worked on it; 0 if it was refused."""
    code: str = ""
    """Why it was refused; empty if it was served."""
    why: str = ""

    @property
    def served(self) -> bool:
        """Whether there was an answer."""
        return not self.code


@dataclass
class Notes:
    """What all agents saw, in the order in which it ended."""

    seen: list[Seen] = field(default_factory=list)
    began_s: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return asyncio.get_running_loop().time() - self.began_s


async def everybody(
    gateway: httpx2.AsyncClient, keys: Mapping[str, str], work: Workload, watch: Callable[[Notes], None]
) -> Notes:
    """Let all agents do their work through one gateway. `watch` is told of every call that has ended."""
    import openai

    nobody = openai.AsyncOpenAI(
        base_url=gateway.base_url.join("/v1"), api_key="nobody", max_retries=0, http_client=gateway
    )
    clients = {agent: nobody.copy(api_key=key) for agent, key in keys.items()}
    return await _Agents(clients, work, watch).run()


class _Agents:
    """All agents of one run."""

    def __init__(
        self, clients: Mapping[str, "AsyncOpenAI"], work: Workload, watch: Callable[[Notes], None]
    ) -> None:
        self._clients = clients
        self._work = work
        self._watch = watch
        self._notes = Notes()

    async def run(self) -> Notes:
        async with asyncio.TaskGroup() as under_way:
            for _ in range(LOOP_AT_ONCE):
                under_way.create_task(self._loop())
            for ask in self._work.asks:
                await asyncio.sleep(ask.at_s - self._notes.elapsed_s())
                under_way.create_task(self._call(ask))
        return self._notes

    async def _loop(self) -> None:
        """One of the runaway's calls after the other: it has lost sight of what it was to do."""
        await asyncio.sleep(LOOP_BEGINS * self._work.seconds)
        while self._notes.elapsed_s() < self._work.seconds:
            if not (await self._call(self._work.loop)).served:
                await asyncio.sleep(AFTER_A_REFUSAL_S)

    async def _call(self, ask: Ask) -> Seen:
        """Make one call and note what came of it."""
        sent_s = self._notes.elapsed_s()
        code, why = await self._answer(ask)
        took_ms = (self._notes.elapsed_s() - sent_s) * 1_000
        waited_ms = 0.0 if code else max(0.0, took_ms - self._work.service_ms(ask.generated_tokens))
        seen = Seen(ask.agent, sent_s, waited_ms, code, why)
        self._notes.seen.append(seen)
        self._watch(self._notes)
        return seen

    async def _answer(self, ask: Ask) -> tuple[str, str]:
        """Why the call was refused, as a code and a sentence; both empty if it was served."""
        import openai

        try:
            await self._clients[ask.agent].chat.completions.create(
                model=MODEL,
                messages=[{"role": "user", "content": ask.prompt}],
                max_tokens=ask.max_tokens,
                timeout=PATIENCE_S,
            )
        except openai.APIStatusError as error:
            message = error.body.get("message", "") if isinstance(error.body, dict) else ""
            return error.code or f"http_{error.status_code}", str(message)
        except openai.APIConnectionError as error:
            return "no_answer", str(error)
        return "", ""


def is_neighbour(seen: Seen) -> bool:
    """Whether it is the call of an agent that does its work."""
    return seen.agent != RUNAWAY
