"""The rules of the house that a linter does not know."""

import ast
import importlib
import pkgutil
import re
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import econonexus
from econonexus import ports
from econonexus.domain import commands, events
from econonexus.domain.commands.form import CommandForm
from econonexus.domain.economy import FLOWS, Economy
from econonexus.domain.events.form import EventForm
from econonexus.domain.money import Price
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from econonexus.node.replies import Reply

SOURCE = Path(econonexus.__file__).parent
ALLOWED_IN_DOMAIN = {
    "bisect", "collections", "enum", "functools", "hashlib", "heapq", "itertools", "math", "re", "typing",
    "msgspec",
}  # fmt: skip
MONEY = (commands.Command, events.Event, Refusal, State, Price, ports.Entry, ports.Spend, Reply)


def _files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (SOURCE / folder).rglob("*.py"))


def _mathematics(file: Path) -> set[str]:
    """What a mechanism may import beside: it computes outcomes, which the rules take as whole amounts."""
    in_mechanisms = SOURCE / "domain" / "mechanisms" in file.parents
    return {"numpy", "fractions", "bisect", "operator", "dataclasses", "copy"} if in_mechanisms else set()


def _name(file: Path) -> str:
    return str(file.relative_to(SOURCE))


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            yield node.module or ""


def _reached(hint: object, seen: set[object]) -> set[object]:
    """Every type that values of `hint` are made of."""
    if isinstance(hint, typing.NewType):
        return _reached(hint.__supertype__, seen)
    if hint in seen:
        return seen
    seen.add(hint)
    for argument in typing.get_args(hint):
        _reached(argument, seen)
    if isinstance(hint, type) and (issubclass(hint, msgspec.Struct) or hasattr(hint, "_fields")):
        for field in typing.get_type_hints(hint).values():
            _reached(field, seen)
    return seen


@pytest.mark.parametrize("file", _files("domain"), ids=_name)
def test_the_domain_imports_only_itself_and_what_knows_no_world(file: Path) -> None:
    for module in _imported(file):
        if not module.startswith("econonexus.domain"):
            assert module.partition(".")[0] in ALLOWED_IN_DOMAIN | _mathematics(file)


@pytest.mark.parametrize("file", _files("domain", "node"), ids=_name)
def test_domain_and_node_do_without_any(file: Path) -> None:
    tree = ast.parse(file.read_text())
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    named |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named |= {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert "Any" not in named


@pytest.mark.parametrize("file", [f for f in _files("domain") if not _mathematics(f)], ids=_name)
def test_the_rules_compute_in_whole_numbers(file: Path) -> None:
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Div), "true division makes floats"
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Name) and node.id in ("float", "round"))


@pytest.mark.parametrize("money", MONEY, ids=str)
def test_no_float_lies_on_any_path_that_money_takes(money: object) -> None:
    reached = _reached(money, set())
    assert int in reached
    assert not {float, complex, object, typing.Any} & reached


def test_the_walk_over_types_would_find_a_float() -> None:
    class Hidden(msgspec.Struct):
        deep: dict[str, tuple[list[float] | None, ...]]

    assert float in _reached(Hidden, set())


def test_every_command_has_a_flow() -> None:
    assert set(FLOWS) == set(typing.get_args(commands.Command))


def test_every_event_has_an_effect() -> None:
    assert set(Economy()._effects) == {*typing.get_args(events.Event), Refusal}


def test_every_command_and_event_defined_is_a_member_of_its_union() -> None:
    for package, union, base in (
        (commands, commands.Command, CommandForm),
        (events, events.Event, EventForm),
    ):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
        assert set(base.__subclasses__()) == set(typing.get_args(union))


def test_every_event_carries_its_version_in_its_tag() -> None:
    for event in typing.get_args(events.Event):
        assert re.fullmatch(r"[a-z_]+/[1-9]\d*", event.__struct_config__.tag)


def test_every_command_and_event_says_what_it_means() -> None:
    for each in (*typing.get_args(commands.Command), *typing.get_args(events.Event)):
        assert (each.__doc__ or "").strip()
