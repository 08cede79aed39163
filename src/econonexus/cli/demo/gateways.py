"""The two gateways, each started, furnished with the same agents and limits, and asked for its books."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import httpx2
import msgspec

from econonexus.cli.demo.cast import INPUT_UCR, ORGANISATION, OUTPUT_UCR, TEAM_OF, TEAMS
from econonexus.cli.demo.check_then_record import Setting
from econonexus.cli.demo.outcome import Gateway
from econonexus.cli.demo.provider import MODEL, Bill, Pace
from econonexus.cli.demo.servers import MAX_BODY_BYTES, process
from econonexus.cli.demo.workload import BYTES_PER_TOKEN, FIRST_TOKEN_MS, SLOTS, Workload

T = TypeVar("T")

PROVIDER_KEY = "DEMO_PROVIDER_KEY"
"""The variable in which the node finds the key that the provider knows it by."""
ENOUGH = 2
"""Every wallet holds so many times its agent's limit: only limits are to say no here."""
SETTINGS = """\
# The node of `econonexus demo`. One credit is one US dollar.
rate_per_s = 100000
rate_burst = 100000
max_body_bytes = {max_body_bytes}

[upstreams.far-away]
url = "{provider}/v1"
key_env = "{key_env}"

[models.{model}]
upstream = "far-away"
bytes_per_token = {bytes_per_token}
in_flight = {slots}
admission = "weighted_fair"

[models.{model}.prices.credit]
input_ucr = {input_ucr}
output_ucr = {output_ucr}
"""


class Open(NamedTuple):
    """A gateway that is ready for its agents."""

    url: str
    keys: Mapping[str, str]
    """The agents' keys."""
    spent: "Books"


class Books(Protocol):
    """What a gateway says was spent."""

    async def __call__(self) -> Mapping[str, int]:
        """By agent, in µcr."""


@contextlib.asynccontextmanager
async def provider(work: Workload) -> AsyncIterator[str]:
    """The provider's URL, while it runs."""
    pace = Pace(SLOTS, FIRST_TOKEN_MS, work.token_ms)
    async with process(_main("provider"), pace) as url:
        yield url


async def bill(provider_url: str, customer: Gateway) -> Bill:
    """What the provider wants from one of its customers."""
    bills = await _got(f"{provider_url}/bills", dict[str, Bill])
    return bills.get(customer, Bill())


@contextlib.asynccontextmanager
async def check_then_record(work: Workload, provider_url: str) -> AsyncIterator[Open]:
    """The gateway that looks, calls and records after."""
    keys = {agent: f"key-{secrets.token_hex(8)}" for agent in TEAM_OF}
    owners = {key: agent for agent, key in keys.items()}
    setting = Setting(provider_url, "check_then_record", owners, list(work.budgets))
    async with process(_main("check_then_record"), setting) as url:

        async def spent() -> Mapping[str, int]:
            found = await _got(f"{url}/spend", dict[str, int])
            return {agent: found.get(agent, 0) for agent in TEAM_OF}

        yield Open(url, keys, spent)


@contextlib.asynccontextmanager
async def econonexus(work: Workload, provider_url: str, folder: Path) -> AsyncIterator[Open]:
    """A real node, `econonexus up`, with its data and settings in a folder."""
    settings = write_settings(folder, provider_url)
    admin = f"enx_{secrets.token_urlsafe(24)}"
    options = ["--data", str(folder / "node"), "--config", str(settings), "--port", "0"]
    secret = {"ECONONEXUS_ADMIN_KEY": admin, PROVIDER_KEY: "econonexus"}
    async with process(["-m", "econonexus", "up", *options], environment=secret) as url:
        headers = {"Authorization": f"Bearer {admin}"}
        async with httpx2.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=30) as operator:
            keys = await _furnish(operator, work)

            async def spent() -> Mapping[str, int]:
                answer = await operator.get("/spend", params={"by": "agent"})
                rows = answer.raise_for_status().json()["rows"]
                return {str(row["agent"]): int(row["amount_ucr"]) for row in rows}

            yield Open(url, keys, spent)


def write_settings(folder: Path, provider_url: str) -> Path:
    """The node's settings, in a file."""
    file = folder / "econonexus.toml"
    text = SETTINGS.format(
        provider=provider_url,
        key_env=PROVIDER_KEY,
        model=MODEL,
        bytes_per_token=BYTES_PER_TOKEN,
        slots=SLOTS,
        max_body_bytes=MAX_BODY_BYTES,
        input_ucr=INPUT_UCR,
        output_ucr=OUTPUT_UCR,
    )
    file.write_text(text, encoding="utf-8")
    return file


async def _furnish(operator: httpx2.AsyncClient, work: Workload) -> dict[str, str]:
    """Make the budgets, teams and agents; the agents' keys."""
    limits = {budget.name: budget for budget in work.budgets}

    async def make(path: str, **body: str | int) -> dict[str, object]:
        answer = await operator.post(path, json=body)
        made: dict[str, object] = answer.raise_for_status().json()
        return made

    async def limit(name: str, **parent: str) -> None:
        await make("/budgets", id=name, limit_ucr=limits[name].limit_ucr, **parent)

    await limit(ORGANISATION)
    for team in TEAMS:
        await make("/teams", id=team)
        await limit(team, parent=ORGANISATION)
    keys = {}
    for agent, team in TEAM_OF.items():
        purse = ENOUGH * limits[agent].limit_ucr
        keys[agent] = str((await make("/agents", id=agent, team=team, credits_ucr=purse))["key"])
        await limit(agent, parent=team)
    return keys


def _main(module: str) -> list[str]:
    return ["-c", f"from econonexus.cli.demo.{module} import main; main()"]


async def _got(url: str, kind: type[T]) -> T:
    async with httpx2.AsyncClient() as client:
        answer = await client.get(url)
    return msgspec.json.decode(answer.raise_for_status().content, type=kind)
