"""Why a bid won or lost, what made a price, how auctions, grants, markets and resources stand."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interfaces.served import Client, Served
from tests.interfaces.test_markets import Fair


@pytest.fixture
def fair(served: Served, admin: Client, name: str) -> Iterator[Fair]:
    fair = Fair(served, admin, name)
    yield fair
    fair.close()


def facts(client: Client, name: str) -> tuple[str, dict[str, Any]]:
    """How something stands in a word, and its numbers."""
    told = client.look(f"explain/{name.replace('/', '%2F')}")
    return told["answer"], told["facts"]


def test_a_bid_lost_by_so_much_to_the_one_that_set_the_price(fair: Fair) -> None:
    """Three units: ann 2 at 300, bob 2 at 200 of which one is left, kim 1 at 150 loses by 50 to bob."""
    kim = fair.bidder("kim")
    fair.market("uniform_price", reserve=100)
    auction = fair.auction(units=3)
    fair.ann.make(f"auctions/{auction}/bids", id=f"{fair.name}-1", units=2, unit_price_ucr=300)
    fair.bob.make(f"auctions/{auction}/bids", id=f"{fair.name}-2", units=2, unit_price_ucr=200, cap_ucr=500)
    kim.make(f"auctions/{auction}/bids", id=f"{fair.name}-3", price_ucr=150)

    answer, told = facts(kim, f"{fair.name}-3")
    assert (answer, told["price_ucr"], told["hold_ucr"]) == ("open", 150, 150)
    assert (told["accepted_as_number"], told["of_bids"], told["reserve_ucr"]) == (3, 3, 100)
    answer, told = facts(fair.admin, f"{fair.name}-3")
    assert (answer, "price_ucr" in told, "hold_ucr" in told) == ("open", False, False)
    assert fair.ann.get(f"/api/v1/explain/{fair.name}-3").status_code in (403, 404), (
        "it is sealed, and another's"
    )

    fair.admin.make(f"auctions/{auction}/close")
    answer, told = facts(fair.ann, f"{fair.name}-3")
    assert (answer, told["why"], told["short_by_ucr"]) == ("lost", "others bid more", 50)
    assert (told["last_to_win"], told["least_winning_unit_price_ucr"]) == (f"{fair.name}-2", 200)
    assert (told["price_ucr"], told["released_ucr"]) == (150, 150)
    answer, told = facts(kim, f"bid/{fair.name}-2")
    assert (answer, told["why"]) == ("won in part", "only 1 of its 2 units were left")
    assert (told["won"], told["payment_ucr"], told["released_ucr"]) == (f"1 {fair.name}", 200, 300)
    assert told[f"price of {fair.name}, set by"] == f"bid {fair.name}-2"
    answer, told = facts(kim, auction)
    assert (answer, told["paid_ucr"], told["welfare_ucr"], told["unsold"]) == ("settled", 600, 800, "nothing")
    assert told[f"bid {fair.name}-1"].endswith(
        f"offered 600 µcr for 2 {fair.name}; won 2 {fair.name} for 400 µcr"
    )


def test_of_equal_bids_the_earlier_won(fair: Fair) -> None:
    fair.market("second_price")
    auction = fair.auction()
    fair.bob.make(f"auctions/{auction}/bids", id="first", price_ucr=70)
    fair.ann.make(f"auctions/{auction}/bids", id="second", price_ucr=70)
    fair.admin.make(f"auctions/{auction}/close")
    answer, told = facts(fair.ann, f"{auction}/second")
    assert (answer, told["why"]) == (
        "lost",
        "another bid as much, and earlier: first came as number 1, second as 2",
    )
    answer, told = facts(fair.ann, f"bid/{auction}/first")
    assert (answer, told["payment_ucr"], told[f"price of {fair.name}, set by"]) == ("won", 70, "bid second")


def test_a_lone_bidder_pays_the_reserve(fair: Fair) -> None:
    fair.market("second_price", reserve=40)
    auction = fair.auction(id=f"{fair.name}-alone")
    fair.ann.make(f"auctions/{auction}/bids", price_ucr=90)
    fair.admin.make(f"auctions/{auction}/close")
    _, told = facts(fair.bob, f"auction/{auction}")
    assert (told[f"price of {fair.name}, ucr"], told[f"price of {fair.name}, set by"]) == (40, "the reserve")
    steps = fair.bob.look(f"explain/{auction}")["events"]
    assert [step["type"].split(".")[1] for step in steps] == ["auction_announced", "auction_cleared"]


def test_grants_markets_and_resources_say_how_they_stand(fair: Fair) -> None:
    fair.market("first_price")
    auction = fair.auction()
    fair.ann.make(f"auctions/{auction}/bids", price_ucr=90)
    fair.admin.make(f"auctions/{auction}/close")
    answer, told = facts(fair.ann, f"{auction}:1")
    assert (answer, told["left"], told["paid_ucr"], told["follows_from"]) == ("running", 1, 90, auction)
    assert fair.bob.get(f"/api/v1/explain/{auction}:1").status_code in (403, 404)
    waiting = fair.auction(id=f"{fair.name}-waits")
    fair.admin.make(f"markets/{fair.name}/freeze", reason="odd prices")
    answer, told = facts(fair.bob, f"market/{fair.name}")
    assert (answer, told["reason"], told["auctions_running"]) == ("halted", "odd prices", waiting)
    answer, told = facts(fair.bob, f"resource/{fair.name}")
    assert (told["capacity"], told["promised"], told["on_sale"], told["free"]) == (4, 1, 1, 2)


def test_a_bid_of_a_cancelled_auction_says_so(fair: Fair) -> None:
    fair.market("first_price")
    auction = fair.auction()
    fair.ann.make(f"auctions/{auction}/bids", id=f"{fair.name}-b", price_ucr=90)
    fair.admin.make(f"auctions/{auction}/cancel", reason="a mistake")
    answer, told = facts(fair.ann, f"{fair.name}-b")
    assert (answer, told["why"], told["price_ucr"]) == ("released", "the auction is cancelled: a mistake", 90)
    assert "price_ucr" not in facts(fair.admin, f"{fair.name}-b")[1]
