"""The plan: which limits stand above a key, what it may call, and who gets no agent."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from econonexus.cli.exits import CommandFailed
from econonexus.cli.litellm.files import read
from econonexus.cli.litellm.models import catalogue
from econonexus.cli.litellm.plan import Plan, plan

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TEAM = {"team_id": "t", "team_alias": "crew", "max_budget": 50, "budget_duration": "7d"}
KEY: dict[str, Any] = {"token": "k", "key_alias": "ann", "max_budget": 1}
MODELS = [
    {"model_name": name, "model_info": {"access_groups": groups}}
    for name, groups in (("a-1", ["all-a"]), ("a-2", ["all-a"]), ("b", []))
]


def planned(tmp_path: Path, keys: list[dict[str, Any]], **tables: Any) -> Plan:
    """The plan for these keys, and rows of other tables by their names."""
    names = {
        "teams": "LiteLLM_TeamTable",
        "users": "LiteLLM_UserTable",
        "projects": "LiteLLM_ProjectTable",
        "organizations": "LiteLLM_OrganizationTable",
        "memberships": "LiteLLM_TeamMembership",
        "budgets": "LiteLLM_BudgetTable",
    }
    rows = {names[name]: rows for name, rows in tables.items() if name in names}
    (tmp_path / "tables.json").write_text(json.dumps({"LiteLLM_VerificationToken": keys, **rows}))
    (tmp_path / "models.json").write_text(json.dumps({"data": tables.get("models", [])}))
    export = read([tmp_path / "tables.json", tmp_path / "models.json"])
    return plan(export, Decimal(1), catalogue(export, Decimal(1)), NOW)


def chain(found: Plan, leaf: str | None) -> list[str]:
    """A budget and all above it."""
    levels = []
    while leaf is not None:
        levels.append(leaf)
        leaf = found.budgets[leaf].parent
    return levels


def test_a_key_stands_beneath_its_project_and_that_beneath_the_team(tmp_path: Path) -> None:
    project = {"project_id": "p", "project_alias": "web", "budget_id": "b"}
    member = {"team_id": "t", "user_id": "u", "litellm_budget_table": {"max_budget": 3}}
    found = planned(
        tmp_path,
        [KEY | {"team_id": "t", "project_id": "p", "user_id": "u"}],
        teams=[TEAM],
        projects=[project],
        memberships=[member],
        budgets=[{"budget_id": "b", "max_budget": 9}],
    )
    assert chain(found, "ann") == ["ann", "web", "crew"]
    assert any("within a project" in note for note in found.notes)


def test_a_users_own_budget_counts_for_keys_without_a_team_alone(tmp_path: Path) -> None:
    user = {"user_id": "u", "user_alias": "kim", "user_role": "internal_user", "max_budget": 2}
    keys = [KEY | {"user_id": "u"}, {"token": "l", "key_alias": "bob", "user_id": "u", "team_id": "t"}]
    found = planned(tmp_path, keys, teams=[TEAM], users=[user])
    assert chain(found, "ann") == ["ann", "kim"]
    (bob,) = [agent for agent in found.agents if agent.id == "bob"]
    assert chain(found, bob.budget) == ["crew"]


def test_keys_of_one_budget_each_have_the_whole_of_it_as_there(tmp_path: Path) -> None:
    keys = [
        {"token": "k", "key_alias": "ann", "budget_id": "b"},
        {"token": "l", "key_alias": "bob", "budget_id": "b"},
    ]
    found = planned(tmp_path, keys, budgets=[{"budget_id": "b", "max_budget": 4, "budget_duration": "1d"}])
    assert {name: budget.limit_ucr for name, budget in found.budgets.items()} == {
        "ann": 4_000_000,
        "bob": 4_000_000,
    }


def test_a_lifetime_that_is_overspent_has_nothing_left(tmp_path: Path) -> None:
    found = planned(tmp_path, [KEY | {"spend": 1.5}])
    assert found.budgets["ann"].limit_ucr == 0


@pytest.mark.parametrize(
    ("of_key", "of_team", "allowed", "is_frozen"),
    [
        ([], [], (), False),
        ([], ["b"], ("b",), False),
        (["all-team-models"], ["a-1", "b"], ("a-1", "b"), False),
        (["all-a"], [], ("a-1", "a-2"), False),
        (["a-*"], [], ("a-1", "a-2"), False),
        (["all-proxy-models"], ["b"], (), False),
        (["no-default-models"], [], (), True),
        (["c-*"], [], (), True),
        (["a-1", "c-*"], [], ("a-1",), False),
    ],
)
def test_models_are_spelt_out_and_nothing_is_never_everything(
    tmp_path: Path, of_key: list[str], of_team: list[str], allowed: tuple[str, ...], is_frozen: bool
) -> None:
    found = planned(
        tmp_path,
        [KEY | {"team_id": "t", "models": of_key}],
        teams=[TEAM | {"models": of_team}],
        models=MODELS,
    )
    (ann,) = found.agents
    assert (ann.models, bool(ann.frozen)) == (allowed, is_frozen)


def test_more_models_than_an_agent_may_have_are_refused_by_their_field(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"LiteLLM_VerificationToken\[0\]: models: 65 models"):
        planned(tmp_path, [KEY | {"models": [f"m{number}" for number in range(65)]}])


def test_sessions_of_the_web_interface_and_expired_keys_are_no_agents(tmp_path: Path) -> None:
    keys = [
        {"token": "s", "team_id": "litellm-dashboard"},
        {"token": "e", "key_alias": "old", "expires": "2026-11-21T00:00:00"},
        {"token": "f", "key_alias": "new", "expires": "2026-11-21T00:00:01Z"},
    ]
    found = planned(tmp_path, keys)
    assert [agent.id for agent in found.agents] == ["new"]
    assert [note for note in found.notes if "web interface" in note or "expired at" in note] != []


def test_a_key_without_any_limit_is_named(tmp_path: Path) -> None:
    found = planned(tmp_path, [{"token": "k", "key_alias": "ann"}])
    assert found.notes == ["key ann: has no budget in LiteLLM; its wallet alone limits it"]


def test_a_budget_beyond_what_can_be_counted_is_refused_by_its_field(tmp_path: Path) -> None:
    export = read([_one_key(tmp_path, max_budget=10**12)])
    assert plan(export, Decimal(9), catalogue(export, Decimal(9)), NOW).budgets["ann"].limit_ucr == 9 * 10**18
    with pytest.raises(CommandFailed, match=r"keys\[0\]: max_budget"):
        plan(export, Decimal(10), catalogue(export, Decimal(10)), NOW)


def _one_key(folder: Path, **fields: Any) -> Path:
    file = folder / "keys.json"
    file.write_text(json.dumps({"keys": [KEY | fields]}))
    return file
