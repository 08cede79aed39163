"""What is to be made of an export: budgets, teams, agents, and a line for whatever stays behind.

The convention: a dollar of LiteLLM's is so many credits (one, unless told otherwise), a micro-credit the
smallest part. A limit is rounded down to it and a price up: rounding lets nobody spend more than before.

LiteLLM knows limits alone, where here money lies in wallets as well. So every agent gets a wallet that is
ample, and it is the budgets that decide, as before.
"""

import hashlib
import re
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal

import msgspec

from econonexus.cli.litellm.files import Export
from econonexus.cli.litellm.models import EVERY, Catalogue
from econonexus.cli.litellm.names import Names
from econonexus.cli.litellm.rows import Row
from econonexus.domain.money import MAX_AMOUNT
from econonexus.domain.subjects.agents import MAX_MODELS

MICRO = 1_000_000
DASHBOARD = "litellm-dashboard"
"""The team of the sessions that its own web interface has; no keys that anybody works with."""
ORIGIN = "litellm"
"""The fact of an agent's that says which key it was."""
_HASH = re.compile(r"[0-9a-f]{64}")


class Budget(msgspec.Struct, frozen=True):
    """A limit to make; `parent` is the one above."""

    id: str
    limit_ucr: int
    window_ms: int
    parent: str | None


class Team(msgspec.Struct, frozen=True):
    """A team to make; `budget` is what stands above it where that is not of its own name."""

    id: str
    budget: str | None
    frozen: str
    """Why it is frozen at once; empty where it is not."""


class Agent(msgspec.Struct, frozen=True):
    """An agent to make of a key."""

    id: str
    team: str | None
    budget: str | None
    models: tuple[str, ...]
    frozen: str
    origin: str
    """The beginning of the key's hash, by which it is known again."""
    sha256: str
    """The whole hash, which is what we know keys by as well."""


class Plan(msgspec.Struct):
    """Everything to make, in an order in which it can be made."""

    budgets: dict[str, Budget] = {}
    teams: list[Team] = []
    agents: list[Agent] = []
    notes: list[str] = []
    """What is not carried over, or otherwise than one may think."""


def plan(export: Export, credits_per_usd: Decimal, catalogue: Catalogue, now: datetime | None = None) -> Plan:
    """What is to be made of an export. Raises: CommandFailed, naming the row and field that is wrong."""
    return _Planner(export, credits_per_usd, catalogue, now or datetime.now(UTC)).run()


class _Planner:
    def __init__(self, export: Export, rate: Decimal, catalogue: Catalogue, now: datetime) -> None:
        self._export = export
        self._rate = rate
        self._catalogue = catalogue
        self._now = now
        self._plan = Plan(notes=list(export.notes))
        self._names = Names(_named_rows(export))
        self._rules = {row.text("budget_id"): row for row in export.budgets}
        self._teams = {row.text("team_id"): row for row in export.teams}
        self._users = {row.text("user_id"): row for row in export.users}
        self._organizations = {row.text("organization_id"): row for row in export.organizations}
        self._projects = {row.text("project_id"): row for row in export.projects}
        self._members = {(row.text("team_id"), row.text("user_id")): row for row in export.memberships}

    def run(self) -> Plan:
        for team in self._export.teams:
            if team.text("team_id") != DASHBOARD:
                self._add_team(team)
        for key in self._export.keys:
            if self._is_anybodys(key):
                self._add_agent(key)
        return self._plan

    def _add_team(self, row: Row) -> None:
        name = self._names.of("team", row.text("team_id"))
        above = self._above_organization(row)
        budget = self._limit(row, name, above)
        frozen = "blocked in LiteLLM" if row.flag("blocked") else ""
        self._plan.teams.append(Team(name, None if budget == name else budget, frozen))
        self._leave_behind(row, f"team {name}", TEAM_STAYS)

    def _add_agent(self, row: Row) -> None:
        sha256 = digest_of(row)
        name = self._names.of("key", sha256)
        team = row.text("team_id")
        above = self._above_key(row)
        budget = self._limit(row, name, above)
        if budget is None:
            self._note(f"key {name}", "has no budget in LiteLLM; its wallet alone limits it")
        models, why_not = self._models(row, name)
        frozen = "blocked in LiteLLM" if row.flag("blocked") else why_not
        self._plan.agents.append(
            Agent(
                name,
                self._names.of("team", team) if team else None,
                None if budget == name else budget,
                models,
                frozen,
                sha256[:16],
                sha256,
            )
        )
        self._leave_behind(row, f"key {name}", KEY_STAYS)

    def _is_anybodys(self, key: Row) -> bool:
        """Whether somebody works with a key; it must have a team that is known, as its limits count too."""
        team, name = key.text("team_id"), self._names.of("key", digest_of(key))
        if team == DASHBOARD:
            self._note(f"key {name}", "is a session of LiteLLM's web interface")
            return False
        expires = self._instant(key, "expires")
        if expires is not None and expires <= self._now:
            self._note(f"key {name}", f"expired at {key.text('expires')}")
            return False
        if team and team not in self._teams:
            raise key.wrong(
                "team_id", f"the files have no team {team}, and so not its limits; add /team/list"
            )
        return True

    # Limits, from the top down.

    def _above_organization(self, row: Row) -> str | None:
        name = row.text("organization_id")
        if not name:
            return None
        organization = self._organizations.get(name)
        if organization is None:
            self._note(row.where, f"its organization {name} is not in the files, and so not its limits")
            return None
        return self._limit(organization, self._names.of("organization", name), None)

    def _above_key(self, row: Row) -> str | None:
        """The nearest limit above a key: its project's, its user's in the team, its team's; or its user's."""
        team, user = row.text("team_id"), row.text("user_id")
        if not team:
            personal = self._users.get(user)
            above = self._above_organization(row)
            return above if personal is None else self._limit(personal, self._names.of("user", user), above)
        team_name = self._names.of("team", team)
        above = team_name if team_name in self._plan.budgets else self._above_organization(self._teams[team])
        project = self._projects.get(row.text("project_id"))
        member = self._members.get((team, user))
        if project is not None:
            above = self._limit(project, self._names.of("project", row.text("project_id")), above)
            if member is not None:
                self._note(row.where, "its user's own limit within the team does not count within a project")
        elif member is not None:
            above = self._limit(member, f"{team_name}:{self._names.of('user', user)}", above)
        return above

    def _limit(self, row: Row, name: str, above: str | None) -> str | None:
        """A row's own limit beneath `above`, or else that; made once, however many keys stand beneath it."""
        if name in self._plan.budgets:
            return name
        rule = self._rule_of(row)
        most = rule.number("max_budget")
        if most is None:
            return above
        window = rule.window_ms("budget_duration")
        spent = row.number("spend") or Decimal(0)
        left = most if window else max(most - spent, Decimal(0))
        limit_ucr = in_ucr(left, self._rate)
        if limit_ucr > MAX_AMOUNT:
            raise rule.wrong("max_budget", f"{most} USD is more µcr than there can be")
        if spent and window:
            self._note(
                f"budget {name}", f"{spent} USD of {most} were spent in its present window; it begins anew"
            )
        elif spent:
            self._note(f"budget {name}", f"{spent} USD of {most} were spent; it has what is left")
        if limit_ucr != left * self._rate * MICRO:
            self._note(f"budget {name}", f"{left} USD is rounded down to {limit_ucr:,} µcr")
        if rule.text("budget_duration").endswith("mo"):
            self._note(f"budget {name}", "a month is taken as 31 days")
        self._plan.budgets[name] = Budget(name, limit_ucr, window, above)
        return name

    def _rule_of(self, row: Row) -> Row:
        """Where a row's limit stands: with itself, or in the budget that it names."""
        if row.fields.get("max_budget") is not None:
            return row
        inner = row.inner("litellm_budget_table")
        return inner if inner.fields else self._rules.get(row.text("budget_id"), row)

    # What else there is to a key.

    def _models(self, row: Row, name: str) -> tuple[tuple[str, ...], str]:
        """The models that a key may call, none for all; and why it may call nothing, if that is so."""
        listed = row.names("models") or ("all-team-models",)
        team = self._teams.get(row.text("team_id"))
        if "all-team-models" in listed:
            listed = team.names("models") if team is not None else ()
        if "all-org-models" in listed and team is not None:
            organization = self._organizations.get(team.text("organization_id"))
            listed = () if organization is None else organization.names("models")
        allowed, unknown = self._catalogue.expanded(listed)
        if len(allowed) > MAX_MODELS:
            raise row.wrong("models", f"{len(allowed)} models; an agent may have {MAX_MODELS}, or all")
        for pattern in unknown:
            self._note(f"key {name}", f"models: {pattern!r} fits no model in the files and is left out")
        return allowed, "" if allowed or not listed or EVERY & set(
            listed
        ) else "no model is left that it may call"

    def _leave_behind(self, row: Row, subject: str, fields: dict[str, str]) -> None:
        for field, remedy in fields.items():
            value = row.fields.get(field)
            if value not in (None, "", False, [], {}):
                shown = (
                    value if isinstance(value, (str, int, Decimal)) else msgspec.json.encode(value).decode()
                )
                self._note(subject, f"{field} {shown} is not carried over{remedy}")

    def _instant(self, row: Row, field: str) -> datetime | None:
        text = row.text(field)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise row.wrong(field, f"{text!r} is no time of ISO 8601") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def _note(self, subject: str, text: str) -> None:
        line = f"{subject}: {text}"
        if line not in self._plan.notes:
            self._plan.notes.append(line)


def in_ucr(dollars: Decimal, credits_per_usd: Decimal) -> int:
    """Dollars in micro-credits, rounded down."""
    return int((dollars * credits_per_usd * MICRO).to_integral_value(ROUND_FLOOR))


def digest_of(key: Row) -> str:
    """The SHA-256 of a key's secret, as LiteLLM keeps it; made here where the export has the secret."""
    token = key.text("token")
    if not token:
        raise key.wrong("token", "it is missing")
    return token if _HASH.fullmatch(token) else hashlib.sha256(token.encode()).hexdigest()


def _named_rows(export: Export) -> list[tuple[str, str, str]]:
    """Kind, id and alias of whatever gets a name."""
    kinds = (
        ("team", "team_id", "team_alias", export.teams),
        ("organization", "organization_id", "organization_alias", export.organizations),
        ("project", "project_id", "project_alias", export.projects),
        ("user", "user_id", "user_alias", export.users),
    )
    named = [(kind, row.text(field), row.text(alias)) for kind, field, alias, rows in kinds for row in rows]
    digests = [(digest_of(row), row.text("key_alias")) for row in export.keys]
    # A secret may stand in the export, and must not become anybody's name.
    named += [("key", digest, alias or f"key-{digest[:12]}") for digest, alias in digests]
    known = {name for kind, name, _ in named if kind == "user"}
    strangers = {row.text("user_id") for row in export.memberships} - known
    return named + [("user", name, "") for name in sorted(strangers)]


_ALIKE = {
    "metadata": "",
    "tpm_limit": "",
    "rpm_limit": "; requests are limited for all keys alike, by rate_per_s",
    "max_parallel_requests": "; calls under way are limited by model and for the node, by in_flight",
    "soft_budget": "; budgets raise alerts at 80 % and 100 %",
    "model_max_budget": "",
    "budget_limits": "",
    "policies": "",
    "access_group_ids": "",
    "object_permission_id": "",
    "router_settings": "",
}
KEY_STAYS = {
    **_ALIKE,
    "expires": "; revoke the key then, with `econonexus agent revoke`",
    "aliases": "",
    "config": "",
    "permissions": "",
    "allowed_routes": "",
    "allowed_cache_controls": "",
    "auto_rotate": "",
}
"""The fields of a key that say something and have no place here, and what does instead."""
TEAM_STAYS = {**_ALIKE, "model_id": " (its aliases of models)", "default_team_member_models": ""}
"""The same of a team's."""
