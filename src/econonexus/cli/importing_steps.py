"""The steps of an import: each makes one thing over the API, unless it is there already."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from econonexus.cli.exits import bad_input
from econonexus.cli.litellm.plan import ORIGIN, Agent, Budget, Plan, Team
from econonexus.cli.output import progress
from econonexus.cli.remote import Answer, one, pages, post

MAKE, MADE, THERE, DIFFERS = "to make", "made", "there already", "differs"
COMPARED = ("limit_ucr", "window_ms", "parent", "team", "models")
"""By which fields what is there may differ from what would be made."""


class Step(msgspec.Struct):
    """One thing to make: `path` and `body` say how, `status` what became of it."""

    kind: str
    id: str
    how: str
    path: str
    body: dict[str, object]
    freeze: str = ""
    """Why it is frozen at once; empty where it is not."""
    status: str = MAKE
    key: str | None = None
    """The agent's new key, this once."""


def steps(plan: Plan, wallet_ucr: int, keep_keys: bool) -> list[Step]:
    """What a plan comes to, in an order in which it can be done: a budget finds those above it made."""
    return [
        *map(_budget, plan.budgets.values()),
        *map(_team, plan.teams),
        *(_agent(agent, wallet_ucr, keep_keys) for agent in plan.agents),
    ]


def compare(todo: list[Step]) -> None:
    """Find out which steps are done already. Raises: CommandFailed if a name belongs to something else."""
    if not todo:
        return
    kinds = ("budget", "team", "agent")
    there = {kind: {str(item["id"]): item for item in pages(f"{kind}s")} for kind in kinds}
    for step in todo:
        found = there[step.kind].get(step.id)
        if found is not None:
            step.status = _compared(step, found)


def carry_out(todo: list[Step], keys: int | None) -> None:
    """Do what is not done yet; each new key goes to `keys` as soon as it is made. Raises: CommandFailed."""
    with progress("importing", "steps") as bar:
        for number, step in enumerate(todo):
            if step.status == MAKE:
                _do(step, keys)
            bar(number + 1, len(todo))


@contextlib.contextmanager
def private(file: Path) -> Iterator[int]:
    """A file for its owner alone, to add to. Raises: CommandFailed, also if others may read what is there."""
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise bad_input(f"{file}: {error.strerror}") from None
    try:
        if os.fstat(opened).st_mode & 0o077:
            raise bad_input(f"{file}: others may read it; take that away (chmod 600), or name a new file")
        yield opened
    finally:
        os.close(opened)


def _do(step: Step, keys: int | None) -> None:
    made = post(step.path, **step.body)
    step.status = MADE
    key = made.get("key")
    if isinstance(key, str) and keys is not None:
        line = {"agent": step.id, "key_id": made["key_id"], "key": key}
        os.write(keys, msgspec.json.encode(line) + b"\n")
        os.fsync(keys)
    elif isinstance(key, str):
        step.key = key
    if step.freeze:
        post(f"{step.path}/{one(step.id)}/freeze", reason=step.freeze)


def _compared(step: Step, found: Answer) -> str:
    """How a step stands to what is there under its name, which stays as it is."""
    if step.kind == "agent":
        facts = msgspec.convert(found["metadata"], dict[str, str])
        if facts.get(ORIGIN) != msgspec.convert(step.body["metadata"], dict[str, str])[ORIGIN]:
            raise bad_input(f"agent {step.id} is there already, and is not that key; rename either")
    wanted = {field: step.body[field] for field in COMPARED if field in step.body}
    wanted["frozen"] = bool(step.freeze)
    others = [field for field, value in wanted.items() if field in found and found[field] != value]
    return f"{DIFFERS}: {', '.join(others)}" if others else THERE


def _budget(budget: Budget) -> Step:
    window = f" in {budget.window_ms / 3_600_000:,g} h" if budget.window_ms else ""
    above = f", beneath {budget.parent}" if budget.parent else ""
    body = {
        "id": budget.id,
        "limit_ucr": budget.limit_ucr,
        "window_ms": budget.window_ms,
        "parent": budget.parent,
    }
    return Step("budget", budget.id, f"{budget.limit_ucr:,} µcr{window}{above}", "budgets", body)


def _team(team: Team) -> Step:
    how = f"beneath {team.budget}" if team.budget else ""
    return Step(
        "team",
        team.id,
        _frozen(how, team.frozen),
        "teams",
        {"id": team.id, "budget": team.budget},
        team.frozen,
    )


def _agent(agent: Agent, wallet_ucr: int, keep_keys: bool) -> Step:
    body: dict[str, object] = {
        "id": agent.id,
        "team": agent.team,
        "budget": agent.budget,
        "models": list(agent.models),
        "credits_ucr": wallet_ucr,
        "metadata": {ORIGIN: agent.origin},
        "key_sha256": agent.sha256 if keep_keys else None,
    }
    parts = [f"in {agent.team}" if agent.team else "", f"beneath {agent.budget}" if agent.budget else ""]
    parts.append(f"calls {', '.join(agent.models)}" if agent.models else "")
    how = _frozen(", ".join(part for part in parts if part), agent.frozen)
    return Step("agent", agent.id, how, "agents", body, agent.frozen)


def _frozen(how: str, reason: str) -> str:
    return how if not reason else f"{how}; frozen: {reason}".lstrip("; ")
