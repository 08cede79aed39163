"""Orders, books and prices from the command line, against a running node."""

import json
from typing import Any

import pytest

from econonexus.cli.depth import bar_of
from tests.interfaces.served import Served


@pytest.fixture(scope="module", autouse=True)
def resource(served: Served) -> None:
    with served.client() as admin:
        admin.make("resources", id="gpu", unit="GPU hours", capacity=100, period_ms=3_600_000)


def test_orders_from_the_command_line(enx: Any) -> None:
    """bob offers 4 for 20 and 8 for 30; ann takes 6 for at most 25 and gets 4 for 80, 2 wait at 25."""

    def told(*command: str, by: str = "") -> Any:
        return json.loads(enx(*command, "--json", by=by))

    rules = ("--mechanism", "order_book", "--sellers", "bob,ann", "--halt", "0.5:60000:1000")
    market = told("market", "create", "spot", "--resource", "gpu", *rules)
    assert market["book"]["sellers"] == ["bob", "ann"]
    assert (market["halt"]["move"], market["halt"]["pause_ms"]) == (0.5, 1_000)
    told("order", "sell", "spot", "4", "--unit-price-ucr", "20", "--name", "s1", by="bob")
    told("order", "sell", "spot", "8", "--unit-price-ucr", "30", "--name", "s2", by="bob")
    bought = told("order", "buy", "spot", "6", "--unit-price-ucr", "25", "--name", "b1", by="ann")
    assert (bought["traded"], bought["amount_ucr"], bought["resting"], bought["hold_ucr"]) == (4, 80, 2, 50)

    lines = enx("market", "book", "spot").splitlines()
    assert "spot: gpu, open; last traded at 20 µcr; trades: 1" in lines[0]
    rows = [line.split("│")[1:6] for line in lines if "│" in line]
    shown = [[cell.strip() for cell in row] for row in rows]
    # 8 units are the longest bar, 2 a quarter of it.
    assert shown[-2:] == [["sell", "30", "8", "1", "█" * 24], ["buy", "25", "2", "1", "█" * 6]]

    assert (
        told("order", "replace", "b1", "--units", "1", "--unit-price-ucr", "25", by="ann")["hold_ucr"] == 25
    )
    assert told("order", "show", "b1", by="ann")["ahead"] == 0
    assert [order["id"] for order in told("order", "list", "--market", "spot")] == ["s2", "b1"]
    explained = enx("explain", "b1", by="ann")
    assert "waits" in explained
    assert told("order", "cancel", "b1", by="ann")["released_ucr"] == 25

    history = told("market", "prices", "spot")
    assert sum(row["sold"] for row in history) == 4
    assert told("market", "prices", "spot", "--from", "2020-01-01T00:00:00Z") == history
    assert "book" in enx("market", "prices", "spot")
    sold = enx("order", "sell", "spot", "1", "--unit-price-ucr", "5", "--time-in-force", "ioc", by="bob")
    assert "lapsed" in sold


def test_a_bar_is_as_long_as_its_share() -> None:
    # 24 characters are the most; eighths are rounded up, so that nothing of more than 0 is invisible.
    assert [bar_of(value, 16) for value in (0, 16, 8, 3)] == ["", "█" * 24, "█" * 12, "█" * 4 + "▌"]
    assert bar_of(1, 10**9) == "▏"
