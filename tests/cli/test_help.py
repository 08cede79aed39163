"""`econonexus --help` says of every command what the command says of itself."""

import inspect
from importlib import import_module

import pytest
from cyclopts import App

from econonexus.cli import app

SPECS = {name: spec for name, spec in app._commands.items() if not name.startswith("-")}


@pytest.mark.parametrize("name", SPECS)
def test_a_command_is_described_as_it_describes_itself(name: str) -> None:
    spec = SPECS[name]
    where, _, attribute = spec.import_path.rpartition(":")  # type: ignore[union-attr]
    itself = getattr(import_module(where), attribute)
    if isinstance(itself, App):
        own = itself.help
    else:
        own = str(inspect.getdoc(itself)).partition("\n\nParameters\n")[0]
    assert spec.help == own
