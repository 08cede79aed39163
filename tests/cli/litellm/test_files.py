"""Which of LiteLLM's exports a file is: each in the shape in which its proxy answers."""

import json
from pathlib import Path

import pytest

from econonexus.cli.exits import CommandFailed
from econonexus.cli.litellm.files import Export, read

KEY = {"token": "t", "key_alias": "k", "spend": 0.0}
TEAM = {"team_id": "x", "team_alias": "ops", "members_with_roles": []}
USER = {"user_id": "u", "user_role": "internal_user", "team_id": None}
MEMBER = {"user_id": "u", "team_id": "x", "budget_id": "b", "spend": 0.0}
BUDGET = {"budget_id": "b", "max_budget": 1, "budget_duration": "30d"}


def kinds(export: Export) -> dict[str, int]:
    """How many rows of each kind there are."""
    names = ("keys", "teams", "users", "organizations", "projects", "budgets", "memberships", "deployments")
    return {name: len(rows) for name in names if (rows := getattr(export, name))}


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        pytest.param({"keys": [KEY], "total_count": 1, "total_pages": 1}, {"keys": 1}, id="/key/list"),
        pytest.param({"key": "t", "info": {"key_alias": "k"}}, {"keys": 1}, id="/key/info"),
        pytest.param(
            [TEAM | {"keys": [KEY], "team_memberships": [MEMBER]}],
            {"keys": 1, "teams": 1, "memberships": 1},
            id="/team/list",
        ),
        pytest.param(
            {"teams": [TEAM], "total": 1, "page": 1, "total_pages": 1}, {"teams": 1}, id="/v2/team/list"
        ),
        pytest.param(
            {"team_id": "x", "team_info": TEAM, "keys": [KEY], "team_memberships": [MEMBER]},
            {"keys": 1, "teams": 1, "memberships": 1},
            id="/team/info",
        ),
        pytest.param({"users": [USER], "total": 1}, {"users": 1}, id="/user/list"),
        pytest.param({"data": [{"model_name": "m"}]}, {"deployments": 1}, id="/model/info"),
        pytest.param(
            {
                "LiteLLM_VerificationToken": [KEY],
                "LiteLLM_TeamTable": [TEAM],
                "LiteLLM_UserTable": [USER],
                "LiteLLM_OrganizationTable": [{"organization_id": "o"}],
                "LiteLLM_ProjectTable": [{"project_id": "p"}],
                "LiteLLM_BudgetTable": [BUDGET],
                "LiteLLM_TeamMembership": [MEMBER],
            },
            {
                "keys": 1,
                "teams": 1,
                "users": 1,
                "organizations": 1,
                "projects": 1,
                "budgets": 1,
                "memberships": 1,
            },
            id="tables",
        ),
        pytest.param(
            [
                KEY | {"team_id": "x", "user_id": "u", "budget_id": "b"},
                TEAM | {"organization_id": "o"},
                USER,
                {"organization_id": "o", "organization_alias": "org", "budget_id": "b"},
                {"project_id": "p", "project_alias": "web", "team_id": "x", "budget_id": "b"},
                BUDGET,
                MEMBER,
            ],
            {
                "keys": 1,
                "teams": 1,
                "users": 1,
                "organizations": 1,
                "projects": 1,
                "budgets": 1,
                "memberships": 1,
            },
            id="rows",
        ),
    ],
)
def test_each_export_is_known_by_its_shape(tmp_path: Path, answer: object, found: dict[str, int]) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps(answer))
    assert kinds(read([file])) == found


def test_what_stands_in_two_files_counts_once(tmp_path: Path) -> None:
    for name, answer in (
        ("a.json", {"keys": [KEY]}),
        ("b.json", [TEAM | {"keys": [KEY]}]),
        ("c.json", [TEAM]),
    ):
        (tmp_path / name).write_text(json.dumps(answer))
    assert kinds(read([tmp_path / "a.json", tmp_path / "b.json", tmp_path / "c.json"])) == {
        "keys": 1,
        "teams": 1,
    }


def test_a_page_of_several_asks_for_the_others(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [KEY], "current_page": 1, "total_pages": 3}))
    (note,) = read([file]).notes
    assert "page 1 of 3" in note


@pytest.mark.parametrize("text", ["[[]]", "[5]", '{"a": {}}', "null", '"x"', "[{}]"])
def test_what_is_no_export_is_refused_by_its_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(CommandFailed, match=r"x\.json") as failed:
        read([file])
    assert failed.value.exit_code == 2
