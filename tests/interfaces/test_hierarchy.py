"""Three levels of budgets under a thousand concurrent calls: no level is ever exceeded.

The journal alone is the witness: it is read here with nothing of ours, line by line, and the levels are
taken from who stands beneath what, not from what an event says that it counts in.
"""

import asyncio
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2

from tests.interfaces.served import Client, Served

CALLS = 1_000
BOUND = 10
LIMITS = {"org": 2_500, "team-a": 1_000, "team-b": 2_000, "a0": 200, "b0": 200} | dict.fromkeys(
    ("a1", "a2", "a3", "b1", "b2", "b3"), 1_500
)
"""Each of eight agents makes 125 calls that reserve 10, of which a third settle for half, a third in full and
a third stay open: 1,040 at least. That is more than a0 may spend; the four of team a want more than its
1,000; and then team b wants more than the 1,500 that this leaves of the organisation's."""


def furnish(admin: Client) -> dict[str, str]:
    """Two teams of four beneath the organisation, everybody with money enough; agent to key."""
    keys = {}
    admin.make("budgets", id="org", limit_ucr=LIMITS["org"])
    for team in ("team-a", "team-b"):
        admin.make("teams", id=team)
        admin.make("budgets", id=team, parent="org", limit_ucr=LIMITS[team])
        for number in range(4):
            agent = f"{team[-1]}{number}"
            admin.make("budgets", id=agent, parent=team, limit_ucr=LIMITS[agent])
            keys[agent] = admin.make("agents", id=agent, team=team, credits_ucr=10**6)["key"]
    return keys


async def call(client: httpx2.AsyncClient, key: str, number: int) -> None:
    """Reserve, then settle for half, in full, or not at all."""
    headers = {"Authorization": f"Bearer {key}"}
    held = await client.post("/reservations", headers=headers, json={"amount_ucr": BOUND})
    assert held.status_code in (201, 402), held.text
    if held.status_code == 402 or number % 3 == 2:
        return
    used = BOUND // (2 - number % 3)
    path = f"/reservations/{held.json()['id']}/settle"
    settled = await client.post(path, headers=headers, json={"amount_ucr": used})
    assert settled.status_code == 200, settled.text


async def thousand_at_once(url: str, keys: dict[str, str]) -> None:
    # A connection of its own for each request: one that idles might be closed just as it is used again.
    limits = httpx2.Limits(max_connections=CALLS, max_keepalive_connections=0)
    async with httpx2.AsyncClient(base_url=f"{url}/api/v1", limits=limits, timeout=120) as client:
        teams = (list(keys.values())[:4], list(keys.values())[4:])
        # Team a's come first, so that it is at its limit before the organisation is.
        callers = [team[number % 4] for team in teams for number in range(CALLS // 2)]
        await asyncio.gather(*(call(client, key, number) for number, key in enumerate(callers)))


def journal(data: Path) -> list[dict[str, Any]]:
    """The events as they lie in the file, oldest first."""
    connection = sqlite3.connect(data / "journal.sqlite")
    try:
        rows = connection.execute("SELECT body FROM journal ORDER BY sequence").fetchall()
    finally:
        connection.close()
    return [json.loads(body)["event"] for (body,) in rows]


def test_no_level_is_exceeded_by_a_thousand_calls_at_once(tmp_path: Path) -> None:
    with Served(tmp_path / "data") as server:
        with server.client() as admin:
            keys = furnish(admin)
        asyncio.run(thousand_at_once(server.url, keys))
        assert server.stop() == (0, "")

    parent: dict[str, str | None] = {}
    limit: dict[str, int] = {}
    beneath: dict[str, str | None] = {}
    holds: dict[str, tuple[str, int]] = {}
    used: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for event in journal(tmp_path / "data"):
        kind = event["type"].partition("/")[0]
        seen[kind] += 1
        match kind:
            case "budget_created":
                parent[event["budget"]], limit[event["budget"]] = event["parent"], event["limit"]
            case "account_opened":
                beneath[event["account"]] = event.get("budget")
            case "budget_assigned":
                beneath[event["account"]] = event["budget"]
            case "hold_placed":
                holds[event["hold"]] = (event["source"], event["amount"])
                count(used, beneath[event["source"]], parent, event["amount"])
            case "hold_posted":
                source, reserved = holds.pop(event["hold"])
                count(used, beneath[source], parent, event["amount"] - reserved)
            case "refused":
                assert event["code"] == "budget_exhausted"
                refused[event["subject"]] += 1
        assert all(used[level] <= limit[level] for level in limit), (event, used)

    assert limit == LIMITS
    assert seen["hold_placed"] + seen["refused"] == CALLS
    assert {"org", "team-a", "a0"} <= refused.keys()  # Each level was put to the test.
    assert used["org"] == used["team-a"] + used["team-b"]


def count(used: Counter[str], level: str | None, parent: dict[str, str | None], amount: int) -> None:
    """An amount counts in a level and in all above it."""
    while level is not None:
        used[level] += amount
        level = parent[level]
