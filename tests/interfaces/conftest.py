"""One server for all tests of a file; each test makes agents and teams of its own names."""

import itertools
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.interfaces.served import Client, Served

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served") / "data"
    with Served(data) as server:
        yield server
    # Whatever the tests did, the second bookkeeper agrees with every record of it.
    verified = subprocess.run(
        [sys.executable, "-m", "econonexus", "ledger", "verify", "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr


@pytest.fixture
def admin(served: Served) -> Iterator[Client]:
    with served.client() as client:
        yield client


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return f"n{next(_numbers)}"


@pytest.fixture
def agent(served: Served, admin: Client, name: str) -> Iterator[Client]:
    """An agent with 1,000 µcr, under the test's name."""
    made = admin.make("agents", id=name, credits_ucr=1_000)
    with served.client(made["key"]) as client:
        yield client
