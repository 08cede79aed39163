"""Auctions that run over time, through HTTP, with figures worked out by hand."""

import hashlib
import json
from collections.abc import Iterator

import pytest

from tests.interfaces.served import Client, Served
from tests.interfaces.test_markets import DAY_MS, Fair

NONCE = "4f2d9c1be07a6653"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Served(tmp_path_factory.mktemp("served") / "data") as server:
        yield server


@pytest.fixture
def fair(served: Served, admin: Client, name: str) -> Iterator[Fair]:
    fair = Fair(served, admin, name)
    yield fair
    fair.close()


def test_an_english_auction(fair: Fair) -> None:
    fair.market("english", reserve_ucr=100, increment_ucr=10, soft_close_ms=30_000)
    auction = fair.auction()
    announced = fair.bob.look(f"auctions/{auction}")
    assert (announced["standing_price_ucr"], announced["next_bid_ucr"], announced["leaders"]) == (
        100,
        100,
        [],
    )
    leads = fair.ann.make(f"auctions/{auction}/bids", id="b1", price_ucr=500)
    assert (leads["status"], leads["hold_ucr"]) == ("leading", 500)
    outbid = fair.bob.make(f"auctions/{auction}/bids", id="b2", price_ucr=300)
    assert (outbid["status"], outbid["hold_ucr"]) == ("outbid", 0)
    stands = fair.bob.look(f"auctions/{auction}")
    assert (stands["standing_price_ucr"], stands["next_bid_ucr"], stands["leaders"]) == (310, 320, ["b1"])
    assert "500" not in json.dumps(
        stands | {"id": "", "closes_at": "", "opens_at": "", "market": "", "supply": {}}
    )
    assert fair.bob.refusal(f"auctions/{auction}/bids", price_ucr=319) == (409, "below_standing", "price_ucr")
    raised = fair.bob.make(f"auctions/{auction}/bids/b2/raise", price_ucr=600)
    assert (raised["status"], raised["hold_ucr"]) == ("leading", 600)
    (mine,) = fair.ann.look(f"auctions/{auction}/bids")["items"]
    assert (mine["status"], mine["hold_ucr"]) == ("outbid", 0)
    why = fair.ann.look(f"explain/{auction}")
    assert (why["facts"]["standing_price_ucr"], why["facts"]["leaders"]) == (510, "b2")
    closed = fair.admin.make(f"auctions/{auction}/close")
    assert closed["outcome"]["allocation"] == [
        {"bid": "b2", "agent": fair.agent("bob"), "items": {fair.name: 1}, "payment": 510}
    ]
    assert (closed["next_bid_ucr"], closed["standing_price_ucr"]) == (None, 510)


def test_every_bidder_may_follow_the_price_and_nobody_the_limits(fair: Fair) -> None:
    fair.market("english", increment_ucr=10)
    auction = fair.auction()
    fair.ann.make(f"auctions/{auction}/bids", id="b1", price_ucr=777)
    fair.bob.make(f"auctions/{auction}/bids", id="b2", price_ucr=300)
    subject = f"auction/{auction}"
    events = fair.bob.look("events", subject=subject, limit=1_000)["events"]
    moved = [event["data"] for event in events if event["type"] == "econonexus.standing_moved.v1"]
    assert [(each["price"], each["least"], each["leaders"]) for each in moved] == [
        (0, 10, ["b1"]),
        (310, 320, ["b1"]),
    ]
    assert "777" not in json.dumps([event["data"] for event in events])


def test_a_dutch_auction(fair: Fair) -> None:
    # A day a tick: the clock stays at its first call while this test runs.
    clock = {"start_ucr": 100, "step_ucr": 10, "tick_ms": DAY_MS, "floor_ucr": 25}
    fair.market("dutch", clock=clock)
    auction = fair.auction(units=3, closes_in_ms=None)
    shown = fair.bob.look(f"auctions/{auction}")
    assert (shown["clock_ucr"], shown["left"], shown["standing_price_ucr"]) == (100, 3, None)
    waits = fair.ann.make(f"auctions/{auction}/bids", id="b1", unit_price_ucr=55)
    assert (waits["status"], waits["hold_ucr"]) == ("waiting", 55)
    took = fair.bob.make(f"auctions/{auction}/bids", id="b2", units=2, unit_price_ucr=120)
    assert (took["status"], took["hold_ucr"]) == ("took", 200)
    assert fair.bob.look(f"auctions/{auction}")["left"] == 1
    ended = fair.ann.make(f"auctions/{auction}/bids/b1/raise", unit_price_ucr=100)
    assert ended["status"] == "took"
    sold = fair.bob.look(f"auctions/{auction}")
    assert (sold["status"], sold["clock_ucr"], sold["left"]) == ("settled", None, 0)
    assert [(each["bid"], each["payment"]) for each in sold["outcome"]["allocation"]] == [
        ("b2", 200),
        ("b1", 100),
    ]


def test_a_style_for_a_valuation(fair: Fair) -> None:
    fair.market("first_price")
    auction = fair.auction()
    # Nobody has bid here before: two bidders are reckoned with, so half of it.
    bid = fair.ann.make(
        f"auctions/{auction}/bids", id="b1", valuation_ucr=900, style="strategic", cap_ucr=950
    )
    assert (bid["price_ucr"], bid["hold_ucr"]) == (450, 950)
    # 2n − 1 = 3 bidders: two thirds.
    assert (
        fair.bob.make(f"auctions/{auction}/bids", valuation_ucr=900, style="aggressive")["price_ucr"] == 600
    )
    for wrong in ({"valuation_ucr": 9, "price_ucr": 9}, {"price_ucr": 9, "style": "strategic"}):
        assert fair.ann.refusal(f"auctions/{auction}/bids", **wrong)[0] == 400
    why = fair.ann.look(f"explain/{auction}%2Fb1")
    assert why["facts"]["price came about"] == (
        "strategic: worth 900, with 2 bidders reckoned with and a reserve of 0"
    )
    events = fair.admin.look("events", subject="bid/b1", limit=1_000)["events"]
    assert "900" not in json.dumps([event["data"] for event in events])
    fair.admin.make(f"auctions/{auction}/close")
    # Now the bid is open, and what it was worth to ann still is her own affair.
    others = fair.bob.look(f"explain/{auction}%2Fb1")
    assert others["facts"]["price_ucr"] == 450
    assert "900" not in json.dumps(others)


def test_a_commitment_and_its_reveal(fair: Fair) -> None:
    commitment = {"bond_ucr": 50, "reveal_window_ms": DAY_MS}
    fair.market("second_price", reserve_ucr=100, commitment=commitment)
    auction = fair.auction()
    assert fair.ann.refusal(f"auctions/{auction}/bids", price_ucr=700)[:2] == (409, "commitment_needed")
    content = ["econonexus-bid/1", auction, "b1", fair.agent("ann"), {fair.name: 1}, 700, NONCE]
    digest = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
    made = fair.ann.make(f"auctions/{auction}/commitments", id="b1", digest=digest)
    assert (made["bond_ucr"], made["digest"]) == (50, digest)
    assert fair.ann.look(f"accounts/{fair.agent('ann')}")["held_ucr"] == 50
    path, body = f"auctions/{auction}/commitments/b1/reveal", {"unit_price_ucr": 700, "nonce": NONCE}
    assert fair.ann.refusal(path, **body)[:2] == (409, "not_revealing")
    closed = fair.admin.make(f"auctions/{auction}/close")
    assert (closed["status"], closed["commitments"], closed["outcome"]) == ("closed", 1, None)
    assert closed["reveals_until"] > closed["closes_at"][:10]
    assert fair.ann.refusal(path, **body | {"unit_price_ucr": 701})[:2] == (409, "commitment_broken")
    revealed = fair.ann.make(path, **body)
    assert (revealed["price_ucr"], revealed["hold_ucr"], revealed["status"]) == (700, 700, "open")
    assert fair.ann.look(f"accounts/{fair.agent('ann')}")["held_ucr"] == 700
    (sealed,) = fair.admin.look(f"auctions/{auction}/bids")["items"]
    assert sealed["price_ucr"] is None
