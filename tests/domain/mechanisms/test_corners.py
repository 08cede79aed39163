"""The edges of every rule: nobody, nothing, ties, the greatest numbers."""

import pytest
from msgspec.structs import replace

from econonexus.domain.mechanisms.bids import Auction, Bid, Side
from econonexus.domain.mechanisms.outcome import Interval, Outcome, Spread
from econonexus.domain.mechanisms.reasons import why_lost
from econonexus.domain.mechanisms.rules import RULES, Parameters, Rule

MOST = 2**63 - 1
GIVEN = Parameters(start=MOST)

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
two_sided = pytest.mark.parametrize("name", ["k_double_auction", "mcafee", "trade_reduction", "walrasian"])


def bid(name: str, price: int, units: int = 1, side: Side = "buy", owner: str = "") -> Bid:
    return Bid(name, name, owner or name, "gpu", units, price, side)


def clear(name: str, *bids: Bid, supply: int = 1, reserve: int = 0) -> Outcome:
    given = {} if RULES[name].family == "two_sided" else {"gpu": supply}
    return RULES[name].clear(Auction(bids, given, {"gpu": reserve}), GIVEN)


def got(outcome: Outcome) -> dict[str, tuple[int, int]]:
    return {award.bid: (award.items["gpu"], award.amount) for award in outcome.allocation}


@every_rule
def test_nobody_bids(rule: Rule) -> None:
    for supply in ({}, {"gpu": 1}, {"gpu": 0}):
        outcome = rule.clear(Auction([], supply), GIVEN)
        assert outcome.status == ("no_trade" if rule.family == "two_sided" else "no_sale")
        assert (outcome.allocation, outcome.welfare, outcome.revenue, outcome.gap) == ((), 0, 0, 0.0)


@every_rule
def test_nothing_is_wanted(rule: Rule) -> None:
    side: Side = "sell" if rule.family == "procurement" else "buy"
    auction = Auction([bid("b1", 5, units=0, side=side)], {} if rule.family == "two_sided" else {"gpu": 1})
    assert rule.clear(auction, GIVEN).allocation == ()


@every_rule
def test_all_equal_goes_to_the_first(rule: Rule) -> None:
    side: Side = "sell" if rule.family == "procurement" else "buy"
    bids = [bid(f"b{place}", 5, side=side) for place in range(3)]
    if rule.family == "two_sided":
        outcome = rule.clear(Auction([*bids, bid("s", 5, units=2, side="sell")]), GIVEN)
        assert [award.bid for award in outcome.allocation if award.side == "buy"] in (["b0", "b1"], ["b0"])
    else:
        outcome = rule.clear(Auction(bids, {"gpu": 2}), GIVEN)
        assert [award.bid for award in outcome.allocation] == ["b0", "b1"]
    assert set(outcome.prices.values()) <= {5, Interval(5, 5)}


@every_rule
def test_the_greatest_numbers(rule: Rule) -> None:
    side: Side = "sell" if rule.family == "procurement" else "buy"
    units = MOST if rule.family in ("multi_unit", "two_sided") else 1
    bids = [bid("b0", MOST, units, side), bid("b1", MOST - 1, units, side)]
    if rule.family == "two_sided":
        auction = Auction([*bids, bid("s0", 0, MOST, "sell"), bid("s1", 1, MOST, "sell")])
    else:
        auction = Auction(bids, {"gpu": units})
    outcome = rule.clear(auction, GIVEN)
    assert rule.certify(auction, outcome, GIVEN).sound
    assert outcome.status == "cleared"


@pytest.mark.parametrize(("uniform", "price"), [("highest_losing", 5), ("lowest_winning", 5)])
def test_the_margin_is_filled_in_part_and_sets_the_price(uniform: str, price: int) -> None:
    outcome = RULES["uniform_price"].clear(
        Auction([bid("a", 9, 2), bid("b", 5, 3), bid("c", 5, 3)], {"gpu": 4}),
        Parameters(uniform="lowest_winning" if uniform == "lowest_winning" else "highest_losing"),
    )
    assert got(outcome) == {"a": (2, 2 * price), "b": (2, 2 * price)}


def test_no_loser_means_the_reserve() -> None:
    assert clear("uniform_price", bid("a", 9, 2), bid("b", 5), supply=3, reserve=4).prices == {"gpu": 4}
    assert clear("uniform_price", bid("a", 9, 2), bid("b", 3), supply=3, reserve=4).prices == {"gpu": 4}


@pytest.mark.parametrize(
    "name", ["first_price", "second_price", "english", "uniform_price", "multi_unit_vickrey"]
)
def test_a_bid_for_more_than_the_supply_neither_wins_nor_sets_a_price(name: str) -> None:
    alone = clear(name, bid("b", 5), supply=1)
    assert clear(name, bid("a", 9, 2), bid("b", 5), supply=1).allocation == alone.allocation


def test_units_nobody_else_wants_cost_the_reserve() -> None:
    """Ann takes two of three: one displaces bob's losing 4, the other would have stayed with the seller."""
    outcome = clear("multi_unit_vickrey", bid("ann", 9, 2), bid("bob", 4, 2), supply=3, reserve=3)
    assert got(outcome) == {"ann": (2, 3 + 4), "bob": (1, 3)}


def test_a_clock_that_starts_below_the_reserve_sells_nothing_of_that_item() -> None:
    bids = [bid("a", 12), Bid("b", "b", "b", "cpu", 1, 8)]
    auction = Auction(bids, {"gpu": 1, "cpu": 1}, {"gpu": 10})
    given = Parameters(start=9, step=1)
    outcome = RULES["dutch"].clear(auction, given)
    assert [(award.bid, award.amount) for award in outcome.allocation] == [("b", 8)]
    # A clock that starts higher would have sold what is worth 12.
    assert (outcome.welfare, outcome.bound) == (8, 20)
    assert RULES["dutch"].certify(auction, outcome, given).sound
    assert why_lost(auction, outcome) == {"a": "never_called"}
    alone = Auction(bids[:1], {"gpu": 1}, {"gpu": 10})
    assert RULES["dutch"].clear(alone, given).status == "no_sale"


@pytest.mark.parametrize(("name", "price"), [("trade_reduction", 8), ("mcafee", 8)])
def test_an_owner_that_wants_two_may_be_priced_by_itself(name: str, price: int) -> None:
    """Why truthfulness is promised to who wants one unit, and not to who trades one."""
    outcome = clear(
        name,
        bid("a10", 10, owner="a"),
        bid("a8", 8, owner="a"),
        bid("s1", 1, side="sell"),
        bid("s2", 2, side="sell"),
    )
    assert got(outcome) == {"a10": (1, price), "s1": (1, 2)}


def test_bids_of_one_owner_do_not_set_each_others_price() -> None:
    house = bid("a", 9, owner="house"), bid("b", 8, owner="house"), bid("c", 3)
    assert got(clear("second_price", *house)) == {"a": (1, 3)}
    assert got(clear("english", *house)) == {"a": (1, 4)}
    assert got(clear("multi_unit_vickrey", *house)) == {"a": (1, 3)}
    assert got(clear("second_price", *house[:2], reserve=2)) == {"a": (1, 2)}


@two_sided
@pytest.mark.parametrize(
    "bids",
    [
        (bid("b", 4), bid("s", 5, side="sell")),
        (bid("b", 4), bid("c", 9)),
        (bid("s", 4, side="sell"), bid("t", 9, side="sell")),
        (bid("b", 9, units=0), bid("s", 5, side="sell")),
    ],
)
def test_no_overlap_is_no_trade(name: str, bids: tuple[Bid, ...]) -> None:
    outcome = clear(name, *bids)
    assert (outcome.status, outcome.allocation, outcome.welfare, outcome.surplus) == ("no_trade", (), 0, 0)


def test_walrasian_prices_without_a_trade() -> None:
    apart = clear("walrasian", bid("b", 4), bid("s", 7, side="sell"))
    assert (apart.prices, apart.traded) == ({"gpu": Interval(4, 7)}, {"gpu": 0})
    assert clear("walrasian", bid("b", 4)).prices == {"gpu": Interval(4, None)}
    assert clear("walrasian", bid("s", 7, side="sell")).prices == {"gpu": Interval(None, 7)}


def test_equal_bid_and_ask_trade() -> None:
    outcome = clear("k_double_auction", bid("b", 5), bid("s", 5, side="sell"))
    assert got(outcome) == {"b": (1, 5), "s": (1, 5)}
    assert clear("mcafee", bid("b", 5), bid("s", 5, side="sell")).status == "no_trade"


def test_one_huge_order_trades_with_many() -> None:
    sells = [bid(f"s{place}", place, side="sell") for place in range(5)]
    outcome = clear("k_double_auction", bid("b", 3, units=MOST), *sells)
    assert got(outcome)["b"] == (4, 12)
    reduced = clear("trade_reduction", bid("b", 3, units=MOST), *sells)
    assert reduced.prices == {"gpu": 3}
    assert got(reduced)["b"] == (3, 9)


def test_half_a_price_rounds_down_and_pays_everybody() -> None:
    """The interval is [4, 9]; its middle is 6.5."""
    outcome = clear("k_double_auction", bid("b", 9), bid("s", 4, side="sell"))
    assert got(outcome) == {"b": (1, 6), "s": (1, 6)}
    assert clear("trade_reduction", bid("b", 9, 2), bid("s", 4, 2, "sell")).prices == {"gpu": Spread(9, 4)}


@pytest.mark.parametrize(
    ("name", "bids", "reasons"),
    [
        ("second_price", (bid("a", 9), bid("b", 5), bid("c", 1)), {"b": "outbid", "c": "below_reserve"}),
        ("second_price", (bid("a", 9, 0), bid("b", 5, 2)), {"a": "wants_nothing", "b": "more_than_supply"}),
        ("procurement", (bid("a", 9, side="sell"), bid("b", 99, side="sell")), {"b": "above_ceiling"}),
        ("procurement", (bid("a", 9, side="sell"), bid("b", 10, side="sell")), {"b": "outbid"}),
        ("mcafee", (bid("a", 9), bid("s", 5, side="sell")), {"a": "given_up", "s": "given_up"}),
        (
            "walrasian",
            (bid("a", 9), bid("b", 6), bid("c", 1), bid("s", 5, side="sell"), bid("t", 10, side="sell")),
            {"b": "outbid", "c": "no_counterpart", "t": "no_counterpart"},
        ),
        ("walrasian", (bid("a", 9, 0),), {"a": "wants_nothing"}),
    ],
)
def test_why_the_others_lost(name: str, bids: tuple[Bid, ...], reasons: dict[str, str]) -> None:
    rule = RULES[name]
    auction = Auction(bids)
    if rule.family != "two_sided":
        auction = replace(auction, supply={"gpu": 1}, reserve={"gpu": 2})
    outcome = rule.clear(auction, Parameters(ceiling=50))
    assert why_lost(auction, outcome, ceiling=50) == reasons
