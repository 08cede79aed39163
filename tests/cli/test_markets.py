"""Resources, markets, auctions, bids and grants from the command line, against a running node."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.interfaces.served import ADMIN_KEY, Served

Tell = Callable[..., Any]


def test_an_auction_from_the_resource_to_the_use_of_what_was_won(enx: Tell) -> None:
    """Two units at one price: ann bids 900 for one, bob 700 each for two, of which the second loses."""

    def told(*command: str, by: str = "") -> Any:
        return json.loads(enx(*command, "--json", by=by))

    made = told(
        "resource", "create", "gpu", "--unit", "GPU hours", "--capacity", "3", "--period-ms", "3600000"
    )
    assert (made["id"], made["free"]) == ("gpu", 3)
    rules = ("--mechanism", "uniform_price", "--reserve-ucr", "100")
    assert told("market", "create", "hours", "--resource", "gpu", *rules)["reserve_ucr"] == 100
    sold = ("--market", "hours", "--supply", "gpu=2", "--closes-in-ms", "3600000")
    assert told("auction", "announce", "noon", *sold)["status"] == "open"
    assert told("bid", "noon", "--price-ucr", "900", "--name", "b1", by="ann")["hold_ucr"] == 900
    offer = ("--unit-price-ucr", "600", "--item", "gpu=2", "--name", "b2", "--cap-ucr", "2000")
    assert told("bid", "noon", *offer, by="bob")["hold_ucr"] == 2_000
    assert told("bid", "raise", "noon", "b2", "--unit-price-ucr", "700", by="bob")["price_ucr"] == 1_400
    assert [bid["price_ucr"] for bid in told("bid", "list", "noon")] == [None, None]
    assert [bid["price_ucr"] for bid in told("bid", "list", "noon", by="ann")] == [900]

    assert told("auction", "close", "noon")["outcome"]["prices"] == {"gpu": 700}
    shown = enx("auction", "show", "noon")
    assert "1,400 µcr are paid for what the winners bid 1,600 µcr; 700 µcr a unit of gpu." in shown
    assert [bid["payment_ucr"] for bid in told("bid", "list", "noon", by="ann")] == [700, 700]
    grants = told("grant", "list", "--agent", "bob")
    assert [(grant["id"], grant["left"]) for grant in grants] == [("noon:2", 1)]
    assert told("grant", "use", "noon:2", "1", "--fence", "2", by="bob")["left"] == 0
    assert told("grant", "release", "noon:1", by="ann")["returned"] == 1
    assert told("grant", "show", "noon:1", by="ann")["status"] == "released"
    for command in ("resource list", "market list", "auction list", "bid list noon", "grant list"):
        assert "gpu" in enx(*command.split())


def test_a_market_is_changed_halted_and_let_go_on(enx: Tell) -> None:
    enx("resource", "create", "cpu", "--unit", "shares", "--capacity", "8", "--period-ms", "1000")
    enx("market", "create", "cpus", "--resource", "cpu", "--mechanism", "dutch", "--clock", "900:50:1000:100")
    assert "clock" in enx("market", "show", "cpus")
    assert "treasury" in enx("market", "change", "cpus", "--proceeds", "treasury")
    assert "odd prices" in enx("market", "freeze", "cpus", "--reason", "odd prices")
    assert json.loads(enx("market", "unfreeze", "cpus", "--json"))["halted"] is False
    assert json.loads(enx("resource", "change", "cpu", "--capacity", "9", "--json"))["free"] == 9


def test_a_market_shows_the_rules_that_it_has(enx: Tell) -> None:
    enx("resource", "create", "falling", "--unit", "hour", "--capacity", "3", "--period-ms", "3600000")
    rules = ("--mechanism", "dutch", "--clock", "100:10:1000:25")
    shown = enx("market", "create", "falls", "--resource", "falling", *rules)
    rows = {line.split("│")[1].strip() for line in shown.splitlines() if line.startswith("│")}
    assert {"id", "mechanism", "resources", "clock", "reserve, µcr", "signed"} <= rows
    assert not rows & {"resource", "seller", "schedule", "commitment", "together", "reserves, µcr"}


def test_watching_ends_with_the_auction(enx: Tell, served: Served) -> None:
    enx("resource", "create", "disk", "--unit", "GB", "--capacity", "5", "--period-ms", "1000")
    enx("market", "create", "disks", "--resource", "disk", "--mechanism", "first_price")
    enx("auction", "announce", "watched", "--market", "disks", "--units", "1", "--closes-in-ms", "3600000")
    seen: list[str] = []
    watcher = threading.Thread(target=lambda: seen.append(enx("auction", "watch", "watched")))
    watcher.start()
    with served.client() as admin:
        while "econonexus_event_subscribers 1" not in admin.get("/metrics").text and watcher.is_alive():
            pass
    enx("bid", "watched", "--price-ucr", "10", by="ann")
    enx("auction", "close", "watched")
    watcher.join()
    assert "bid placed  1 disk for ann" in seen[0]
    assert "10 µcr are paid for what the winners bid 10 µcr" in seen[0]
    assert "auction cleared" not in enx("auction", "watch", "watched"), "it is over already"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("bid noon --item gpu", "--item gpu: not of the form RESOURCE=UNITS"),
        ("auction announce --market m --supply gpu=x", "--supply gpu=x: not of the form RESOURCE=UNITS"),
        ("market create --resource r --mechanism dutch --clock 5", "--clock 5: not of the form START:STEP"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    econonexus: Run, served: Served, command: str, told: str
) -> None:
    done = econonexus(*command.split(), ECONONEXUS_URL=served.url, ECONONEXUS_KEY=ADMIN_KEY)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_bundles_are_sold_and_what_was_proven_is_told(enx: Tell) -> None:
    """ann wants both for 800, bob one for 500: she wins, and pays what he would have paid."""
    for name in ("desk", "room"):
        enx("resource", "create", name, "--unit", "hours", "--capacity", "2", "--period-ms", "3600000")
    both = ("--resource", "desk", "--resource", "room", "--mechanism", "combinatorial")
    rules = ("--reserves", "desk=10", "--reserves", "room=20", "--unproven", "pay_as_bid")
    made = json.loads(enx("market", "create", "office", *both, *rules, "--json"))
    assert (made["reserves_ucr"], made["unproven"]) == ({"desk": 10, "room": 20}, "pay_as_bid")
    supply = ("--supply", "desk=1", "--supply", "room=1", "--closes-at", "2100-01-01T00:00:00Z")
    enx("auction", "announce", "day", "--market", "office", *supply)
    enx("bid", "day", "--item", "desk=1", "--item", "room=1", "--price-ucr", "800", by="ann")
    enx("bid", "day", "--item", "desk=1", "--price-ucr", "500", by="bob")
    enx("auction", "close", "day")
    shown = enx("auction", "watch", "day")
    # bob's 500 for the desk and nothing for the room: 500 is what no coalition would outbid.
    assert "500 µcr are paid for what the winners bid 800 µcr." in shown
    assert "Payments are core; it is proven that no outcome is worth more." in shown


def test_a_schedule_is_said_in_one_word(enx: Tell, econonexus: Run, served: Served) -> None:
    enx("resource", "create", "tpu", "--unit", "TPU", "--capacity", "8", "--period-ms", "1000")
    sold = ("--resource", "tpu", "--mechanism", "uniform_price", "--together", "tpus")
    made = json.loads(
        enx("market", "create", "tpus", *sold, "--schedule", "3600000:tpu=4:3:600000", "--json")
    )
    assert made["schedule"] == {
        "every_ms": 3_600_000,
        "supply": {"tpu": 4},
        "ahead": 3,
        "lead_ms": 600_000,
        "starts_at": None,
    }
    assert made["together"] == "tpus"
    changed = json.loads(enx("market", "change", "tpus", "--schedule", "none", "--together", "", "--json"))
    assert (changed["schedule"], changed["together"]) == (None, "")
    for odd in ("3600000", "x:tpu=4", "1:tpu", "1:tpu=1:2:3:4"):
        command = ("market", "change", "tpus", "--schedule", odd)
        done = econonexus(*command, ECONONEXUS_URL=served.url, ECONONEXUS_KEY=ADMIN_KEY)
        assert done.returncode == 2
        assert "--schedule" in done.stderr


def test_an_english_auction_is_bid_up_and_watched(enx: Tell) -> None:
    def told(*command: str, by: str = "") -> Any:
        return json.loads(enx(*command, "--json", by=by))

    enx("resource", "create", "hall", "--unit", "hours", "--capacity", "1", "--period-ms", "3600000")
    rules = ("--mechanism", "english", "--reserve-ucr", "100", "--increment-ucr", "10")
    enx("market", "create", "hall", "--resource", "hall", *rules)
    told("auction", "announce", "gala", "--market", "hall", "--units", "1", "--closes-in-ms", "3600000")
    assert told("bid", "gala", "--price-ucr", "500", "--name", "e1", by="ann")["status"] == "leading"
    assert told("bid", "gala", "--price-ucr", "300", "--name", "e2", by="bob")["status"] == "outbid"
    shown = enx("auction", "show", "gala", by="bob")
    assert "310" in shown
    assert "500" not in shown
    enx("auction", "close", "gala")


def test_a_bid_is_committed_to_and_revealed(enx: Tell) -> None:
    def told(*command: str, by: str = "") -> Any:
        return json.loads(enx(*command, "--json", by=by))

    enx("resource", "create", "vault", "--unit", "hours", "--capacity", "1", "--period-ms", "3600000")
    rules = ("--mechanism", "second_price", "--commitment", "50:3600000")
    made = told("market", "create", "vault", "--resource", "vault", *rules)
    assert made["commitment"] == {"bond_ucr": 50, "reveal_window_ms": 3_600_000}
    enx("auction", "announce", "dark", "--market", "vault", "--units", "1", "--closes-in-ms", "3600000")
    kept = told("bid", "commit", "dark", "d1", "--unit-price-ucr", "700", by="ann")
    assert kept["bond_ucr"] == 50
    assert told("auction", "close", "dark")["status"] == "closed"
    said = ("--unit-price-ucr", "700", "--nonce", kept["nonce"])
    assert told("bid", "reveal", "dark", "d1", *said, by="ann")["hold_ucr"] == 700


def test_a_style_bids_for_a_valuation(enx: Tell) -> None:
    enx("resource", "create", "lamp", "--unit", "hours", "--capacity", "1", "--period-ms", "3600000")
    enx("market", "create", "lamp", "--resource", "lamp", "--mechanism", "first_price")
    enx("auction", "announce", "glow", "--market", "lamp", "--units", "1", "--closes-in-ms", "3600000")
    offer = ("--valuation-ucr", "900", "--style", "conservative", "--json")
    assert json.loads(enx("bid", "glow", *offer, by="ann"))["price_ucr"] == 450
