"""The files: which of LiteLLM's exports one is, and the rows in it. Numbers stay exact."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec
import yaml

from econonexus.cli.exits import bad_input
from econonexus.cli.litellm.rows import Row, row_of

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

ASK = "see docs/import-litellm.md for what can be read"
CONFIG_SECTIONS = frozenset(
    {"model_list", "litellm_settings", "general_settings", "router_settings", "environment_variables"}
)
TABLES = {
    "LiteLLM_VerificationToken": "keys",
    "LiteLLM_TeamTable": "teams",
    "LiteLLM_UserTable": "users",
    "LiteLLM_OrganizationTable": "organizations",
    "LiteLLM_ProjectTable": "projects",
    "LiteLLM_BudgetTable": "budgets",
    "LiteLLM_TeamMembership": "memberships",
}
"""Tables of its database, and what their rows are."""
_LISTS = {"keys": "keys", "teams": "teams", "users": "users", "data": "deployments"}
"""Where its answers have their rows: of /key/list, /v2/team/list, /user/list and /model/info."""
_TELLING: tuple[tuple[str, frozenset[str]], ...] = (
    ("keys", frozenset({"token"})),
    ("deployments", frozenset({"model_name"})),
    ("projects", frozenset({"project_alias"})),
    ("organizations", frozenset({"organization_alias"})),
    ("users", frozenset({"user_id", "user_role"})),
    ("teams", frozenset({"team_id", "team_alias"})),
    ("memberships", frozenset({"user_id", "team_id"})),
    ("teams", frozenset({"team_id"})),
    ("users", frozenset({"user_id"})),
    ("budgets", frozenset({"budget_id"})),
)
"""The fields by which a row shows what it is; the first that fit."""


class Export(msgspec.Struct):
    """All rows of all files, by what they are."""

    keys: list[Row] = []
    teams: list[Row] = []
    users: list[Row] = []
    organizations: list[Row] = []
    projects: list[Row] = []
    budgets: list[Row] = []
    memberships: list[Row] = []
    deployments: list[Row] = []
    costs: dict[str, Row] = {}
    """The cost map, by model."""
    sections: list[Row] = []
    """The settings of the proxy itself."""
    notes: list[str] = []


def read(paths: Sequence[Path]) -> Export:
    """The rows of all files. Raises: CommandFailed, naming the file, the row and the field."""
    export = Export()
    for path in paths:
        _sort(export, str(path), _decoded(path))
    for kind, field in (("keys", "token"), ("teams", "team_id"), ("users", "user_id")):
        rows: dict[str, Row] = {}
        for row in getattr(export, kind):
            rows.setdefault(row.text(field), row)
        setattr(export, kind, list(rows.values()))
    return export


def _decoded(path: Path) -> object:
    try:
        data = path.read_bytes()
        if path.suffix in (".yaml", ".yml"):
            return yaml.load(data, _ExactLoader)  # It is a safe one.
        return msgspec.json.Decoder(float_hook=Decimal).decode(data)
    except OSError as error:
        raise bad_input(f"{path}: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_input(f"{path}: it is not JSON ({error}); end its name with .yaml if it is YAML") from None
    except yaml.YAMLError as error:
        raise bad_input(f"{path}: it is not YAML: {error}") from None


class _ExactLoader(yaml.SafeLoader):
    """Reads numbers with a point as exact decimals."""


def _exact(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    text = str(loader.construct_scalar(node)).replace("_", "")
    # What YAML has besides, `.inf` and `1:30.5`, stays a text, which the field it stands in refuses.
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _exact)


def _sort(export: Export, where: str, value: object) -> None:
    """Put what a file holds where it belongs."""
    if isinstance(value, list):
        for place, each in enumerate(value):
            _add_row(export, f"{where}: [{place}]", each)
        return
    whole = row_of(where, value)
    for fits, take in _SHAPES:
        if fits(whole):
            take(export, whole)
            return
    raise bad_input(f"{where}: this is no export of LiteLLM that we know; {ASK}")


def _take_config(export: Export, config: Row) -> None:
    export.deployments += config.rows("model_list")
    for name in config.fields:
        if name in ("litellm_settings", "general_settings"):
            export.sections.append(config.inner(name))
        elif name != "model_list":
            export.notes.append(f"{config.where}: {name} is not carried over")


def _take_tables(export: Export, dump: Row) -> None:
    for table in dump.fields:
        if table in TABLES:
            getattr(export, TABLES[table]).extend(dump.rows(table))
        else:
            export.notes.append(f"{dump.where}: nothing is carried over from {table}")


def _take_team(export: Export, answer: Row) -> None:
    """The answer of /team/info."""
    export.teams.append(answer.inner("team_info"))
    export.keys += answer.rows("keys")
    export.memberships += answer.rows("team_memberships")


def _take_key(export: Export, answer: Row) -> None:
    """The answer of /key/info, which has the key's hash beside it."""
    key = answer.inner("info")
    key.fields.setdefault("token", answer.text("key"))
    export.keys.append(key)


def _take_costs(export: Export, costs: Row) -> None:
    for model in costs.fields:
        export.costs.setdefault(model, costs.inner(model))


def _take_list(export: Export, answer: Row) -> None:
    for field, kind in _LISTS.items():
        values = answer.fields.get(field)
        for place, value in enumerate(values if isinstance(values, list) else []):
            _add_row(export, f"{answer.where}: {field}[{place}]", value, kind)
    if answer.whole("total_pages") > 1:
        pages = f"page {answer.whole('current_page')} of {answer.whole('total_pages')}"
        export.notes.append(f"{answer.where}: this is {pages}; give the others too")


def _add_row(export: Export, where: str, value: object, kind: str | None = None) -> None:
    if isinstance(value, str):
        raise bad_input(f"{where}: only a hash; ask /key/list with return_full_object=true")
    row = row_of(where, value)
    kind = kind or next((kind for kind, fields in _TELLING if fields <= row.fields.keys()), None)
    if kind is None:
        raise bad_input(f"{where}: this is no row of LiteLLM's that we know; {ASK}")
    getattr(export, kind).append(row)
    if kind == "teams":  # The list of teams has each team's keys and members within.
        export.keys += row.rows("keys") if "keys" in row.fields else []
        export.memberships += row.rows("team_memberships") if "team_memberships" in row.fields else []


def _is_costs(whole: Row) -> bool:
    return any(isinstance(value, dict) and "litellm_provider" in value for value in whole.fields.values())


_SHAPES: tuple[tuple[Callable[[Row], bool], Callable[[Export, Row], None]], ...] = (
    (lambda whole: bool(CONFIG_SECTIONS & whole.fields.keys()), _take_config),
    (lambda whole: any(name.startswith("LiteLLM_") for name in whole.fields), _take_tables),
    (lambda whole: "team_info" in whole.fields, _take_team),
    (lambda whole: {"key", "info"} <= whole.fields.keys(), _take_key),
    (_is_costs, _take_costs),
    (lambda whole: any(isinstance(whole.fields.get(name), list) for name in _LISTS), _take_list),
)
"""How a file that is an object shows what it is, and what is done with it; the first that fits."""
