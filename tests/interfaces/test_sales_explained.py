"""Why a bid won or lost, what made a price, how auctions, grants, markets and resources stand."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from econonexus.domain import commitments
from tests.interfaces.served import Client, Served
from tests.interfaces.test_markets import DAY_MS, Fair

NONCE = "4f2d9c1be07a6653"
PATIENCE_S = 30.0


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


def test_units_out_of_a_reserved_share_are_told_apart(fair: Fair) -> None:
    """Of four units two are shared, one each at the reserve; ann buys the others at what bob lost with."""
    made = fair.market("uniform_price", reserve=10, reserved_share=0.5)
    assert made["reserved_share"] == 0.5
    auction = fair.auction(units=4)
    fair.ann.make(f"auctions/{auction}/bids", id=f"{fair.name}-1", units=3, unit_price_ucr=90)
    fair.bob.make(f"auctions/{auction}/bids", id=f"{fair.name}-2", units=2, unit_price_ucr=40)
    outcome = fair.admin.make(f"auctions/{auction}/close")["outcome"]
    assert outcome["shared"] == {f"{fair.name}-1": 1, f"{fair.name}-2": 1}
    assert (outcome["prices"], outcome["revenue"]) == ({fair.name: 40}, 10 + 2 * 40 + 10)
    # Nobody bids for more than four in all at better prices: 3 x 90 + 1 x 40 is the best there is.
    assert (outcome["welfare"], outcome["optimal"]) == (310, True)
    answer, told = facts(fair.ann, f"bid/{fair.name}-1")
    assert (answer, told["payment_ucr"]) == ("won", 90)
    assert told["out_of_the_reserved_share"] == "1 at the reserve of 10 µcr"
    assert told[f"price of {fair.name}, set by"] == f"bid {fair.name}-2"
    answer, told = facts(fair.admin, auction)
    assert told[f"bid {fair.name}-2"].endswith("for 10 µcr, 1 out of the reserved share")


def test_where_all_is_shared_out_that_is_why_the_rest_lost(fair: Fair) -> None:
    fair.market("discriminatory", reserved_share=1)
    auction = fair.auction(units=1)
    fair.bob.make(f"auctions/{auction}/bids", id=f"{fair.name}-1", price_ucr=5)
    fair.ann.make(f"auctions/{auction}/bids", id=f"{fair.name}-2", price_ucr=90)
    fair.admin.make(f"auctions/{auction}/close")
    answer, told = facts(fair.ann, f"bid/{fair.name}-2")
    assert (answer, told["why"]) == ("lost", "all that is sold was shared out fairly")


def test_a_computed_reserve_is_told_before_and_with_the_next_auction(fair: Fair) -> None:
    made = fair.market("second_price", reserve=3, computed_reserve={"share": 0.25, "last": 1})
    assert made["computed_reserve"] == {"share": 0.25, "last": 1}
    auction = fair.auction()
    fair.ann.make(f"auctions/{auction}/bids", price_ucr=90)
    fair.bob.make(f"auctions/{auction}/bids", price_ucr=40)
    fair.admin.make(f"auctions/{auction}/close")
    assert facts(fair.admin, f"market/{fair.name}")[1]["reserve_of_the_next_auction_ucr"] == 10
    following = fair.auction()
    assert facts(fair.ann, following)[1]["reserve_ucr"] == 10
    assert fair.admin.make(f"markets/{fair.name}/change", computed_reserve="none")["computed_reserve"] is None


def commit(fair: Fair, bidder: Client, who: str, auction: str, bid: str, price: int) -> None:
    digest = commitments.digest(auction, bid, fair.agent(who), {fair.name: 1}, price, NONCE)
    bidder.make(f"auctions/{auction}/commitments", id=bid, digest=digest)


def test_a_commitment_is_explained_until_it_is_revealed(fair: Fair) -> None:
    fair.market("first_price", commitment={"bond_ucr": 50, "reveal_window_ms": DAY_MS})
    auction = fair.auction()
    commit(fair, fair.ann, "ann", auction, "anns", 70)
    answer, told = facts(fair.ann, f"{auction}/anns")
    assert (answer, told["bond_ucr"], told["agent"]) == ("committed", 50, fair.agent("ann"))
    assert fair.bob.get(f"/api/v1/explain/{auction}%2Fanns").status_code in (403, 404)

    until = fair.admin.make(f"auctions/{auction}/close")["reveals_until"]
    answer, told = facts(fair.ann, f"bid/{auction}/anns")
    assert (answer, told["reveal_until"]) == ("to be revealed", until)
    fair.ann.make(f"auctions/{auction}/commitments/anns/reveal", unit_price_ucr=70, nonce=NONCE)
    answer, told = facts(fair.ann, f"{auction}/anns")
    assert (answer, told["price_ucr"], told["decided_at"]) == ("open", 70, until)


def test_who_reveals_nothing_is_told_why_its_bond_is_lost(fair: Fair) -> None:
    """Bob commits and never comes back: he and the operator can look up where his 50 went, ann cannot."""
    fair.market("first_price", commitment={"bond_ucr": 50, "reveal_window_ms": 1})
    auction = fair.auction()
    commit(fair, fair.bob, "bob", auction, "bobs", 90)
    until = fair.admin.make(f"auctions/{auction}/close")["reveals_until"]
    give_up = time.monotonic() + PATIENCE_S
    while fair.admin.look(f"auctions/{auction}")["status"] != "settled":
        assert time.monotonic() < give_up

    told = fair.bob.look(f"explain/{auction}%2Fbobs")
    assert (told["answer"], told["facts"]["why"]) == ("bond lost", f"nothing was revealed by {until}")
    kinds = [event["type"].removeprefix("econonexus.") for event in told["events"]]
    assert kinds == ["bid_committed.v1", "bond_forfeited.v1"]
    assert fair.ann.get(f"/api/v1/explain/{auction}%2Fbobs").status_code in (403, 404)
    _, told = facts(fair.admin, auction)
    assert (told["never_revealed"], told["bonds_lost_ucr"]) == (1, 50)
    assert told["commitment bobs"] == f"{fair.agent('bob')} revealed nothing; lost 50 µcr"
    _, told = facts(fair.ann, auction)
    assert (told["bonds_lost_ucr"], "commitment bobs" in told) == (50, False)


def test_the_bond_of_a_cancelled_auction_is_released(fair: Fair) -> None:
    fair.market("first_price", commitment={"bond_ucr": 50})
    auction = fair.auction()
    commit(fair, fair.bob, "bob", auction, "bobs", 90)
    fair.admin.make(f"auctions/{auction}/cancel", reason="a fire")
    answer, told = facts(fair.bob, f"{auction}/bobs")
    assert (answer, told["why"]) == ("bond released", "the auction is cancelled: a fire")


def test_who_is_outbid_is_told_by_whom_and_what_would_lead(fair: Fair) -> None:
    """Ann's proxy answers bob's 300 by an increment of 10; the next bid is another 10 above that."""
    fair.market("english", reserve_ucr=100, increment_ucr=10)
    auction = fair.auction()
    fair.ann.make(f"auctions/{auction}/bids", id="anns", price_ucr=500)
    fair.bob.make(f"auctions/{auction}/bids", id="bobs", price_ucr=300)
    answer, told = facts(fair.bob, f"{auction}/bobs")
    assert (answer, told["standing_price_ucr"], told["next_bid_ucr"]) == ("outbid", 310, 320)
    assert told["why"] == "anns may bid more, or as much and came earlier"
    answer, told = facts(fair.ann, f"{auction}/anns")
    assert (answer, "why" in told) == ("leading", False)


def test_a_market_that_posts_a_price_says_it(fair: Fair) -> None:
    """The same as its quote, of which ann has taken one unit."""
    fair.market("posted_price", pricing={"rule": "fixed", "price_ucr": 2})
    fair.ann.make(f"markets/{fair.name}/requests", units=1)
    answer, told = facts(fair.bob, fair.name)
    quote = fair.bob.look(f"markets/{fair.name}/price")
    assert (answer, told["price_now_ucr"], told["demand"], told["waiting"]) == ("open", 2, 1, 0)
    assert (told["free"], told["period_ends_at"]) == (quote["free"], quote["period_ends_at"])
    assert "auctions_running" not in told


def test_a_market_with_a_book_says_its_best_prices(fair: Fair) -> None:
    fair.market("order_book")
    fair.ann.make("orders", market=fair.name, side="sell", units=1, unit_price_ucr=30)
    fair.bob.make("orders", market=fair.name, side="buy", units=1, unit_price_ucr=20)
    _, told = facts(fair.bob, f"market/{fair.name}")
    assert (told["best_to_sell_ucr"], told["best_to_buy_ucr"]) == (30, 20)
    assert (told["trades"], told["last_price_ucr"]) == (0, None)
    fair.bob.make("orders", market=fair.name, side="buy", units=1, unit_price_ucr=31)
    _, told = facts(fair.bob, f"market/{fair.name}")
    assert (told["best_to_sell_ucr"], told["trades"], told["last_price_ucr"]) == (None, 1, 30)


def test_an_auction_of_bundles_says_the_reserve_of_each_thing(fair: Fair) -> None:
    fair.market("combinatorial", reserve_ucr=7, reserves_ucr={fair.name: 50})
    auction = fair.auction(units=None, supply={fair.name: 1})
    _, told = facts(fair.bob, f"auction/{auction}")
    assert (told["reserve_ucr"], told[f"reserve of {fair.name}, ucr"]) == (7, 50)
