"""`econonexus ledger` over a journal with auctions: one that was cleared, and one that still runs."""

import asyncio
import json
from pathlib import Path

import pytest

from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND, CallerId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Terms
from tests.cli.conftest import Run

OPENED, SEALED, HELD = "76543", "87654", "98765"
"""What was bid in the auction that was cleared, what in the one that runs, and what is held there."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    asyncio.run(_history(folder))
    return folder


async def _history(folder: Path) -> None:
    async with open_node(folder) as node:
        for command in (
            c.DeclareResource("gpu", "h", 2, 3_600 * SECOND),
            c.CreateMarket("spot", ("gpu",), Mechanism.FIRST_PRICE, Terms(bidding_window=3_600 * SECOND)),
            c.CreateAgent("pat", credits=1_000_000),
            c.AnnounceAuction("done", "spot", {"gpu": 1}),
            c.PlaceBid("b1", "done", "pat", {"gpu": 1}, int(OPENED)),
            c.CloseAuction("done"),
            c.AnnounceAuction("runs", "spot", {"gpu": 1}),
            c.PlaceBid("b1", "runs", "pat", {"gpu": 1}, int(SEALED), int(HELD)),
        ):
            await node.submit(command, CallerId("op"))


def test_verify_counts_auctions_and_grants(econonexus: Run, data: Path) -> None:
    found = json.loads(econonexus("ledger", "verify", "--data", data, "--json").stdout)

    assert found["auctions"] == {"cleared": 1, "failed": 0, "cancelled": 0, "open": 1}
    assert (found["grants"], found["open_grants"], found["withheld"]) == (1, 1, 0)
    shown = econonexus("ledger", "verify", "--data", data).stdout
    assert "auctions cleared" in shown
    assert "withheld" not in shown


@pytest.mark.parametrize("private", [[], ["--private"]], ids=["withheld", "private"])
def test_no_export_tells_what_is_bid_in_an_auction_that_runs(
    econonexus: Run, data: Path, private: list[str]
) -> None:
    exported = econonexus("ledger", "export", *private, "--data", data).stdout

    assert SEALED not in exported
    assert HELD not in exported
    assert OPENED in exported  # The clearing says it.
    assert SEALED not in econonexus("ledger", "export", "--format", "csv", "--data", data).stdout


@pytest.mark.parametrize("private", [[], ["--private"]], ids=["withheld", "private"])
def test_an_export_verifies_without_the_numbers_that_are_sealed(
    econonexus: Run, data: Path, tmp_path: Path, private: list[str]
) -> None:
    file = tmp_path / "export.jsonl"
    econonexus("ledger", "export", *private, "--data", data, "--out", file)

    found = json.loads(econonexus("ledger", "verify", "--export", file, "--json").stdout)
    assert (found["verified"], found["withheld"]) == (True, 1)
    assert found["auctions"] == {"cleared": 1, "failed": 0, "cancelled": 0, "open": 1}
    shown = econonexus("ledger", "verify", "--export", file).stdout
    assert "bids whose price is withheld" in shown
