"""A share of an auction's units is given fairly first; a reserve follows the last prices. Worked by hand."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.audit.outcomes import Offer
from econonexus.audit.shares import given_first
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Mechanism
from econonexus.domain.mechanisms import multi_unit_vickrey, reserved_first
from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.computed_reserve import reserve_of
from econonexus.domain.mechanisms.rules import RULES, Parameters
from econonexus.domain.refusals import RefusalCode as Code
from econonexus.domain.terms import Clock, ComputedReserve, ReservedShare, Schedule, Terms
from tests.oracle.prices import Wish, fair_first
from tests.world import World

HALF = ReservedShare(500_000)
UNIFORM, VICKREY, SECOND = Mechanism.UNIFORM_PRICE, Mechanism.MULTI_UNIT_VICKREY, Mechanism.SECOND_PRICE


def sold(mechanism: Mechanism, terms: Terms, units: int, *bids: tuple[str, int, int]) -> e.AuctionCleared:
    """What comes of bids of so many units at so much each, for owners of one letter; agents are numbered."""
    world = World()
    world.do(
        c.DeclareResource("gpu", "h", 20, 50),
        c.CreateMarket("m", ("gpu",), mechanism, terms),
        c.AnnounceAuction("a", "m", {"gpu": units}),
    )
    for place, (owner, wanted, price) in enumerate(bids, 1):
        world.do(c.CreateAgent(f"{owner}{place}", owner=owner, credits=1_000))
        world.do(c.PlaceBid(f"{owner}{place}", "a", f"{owner}{place}", {"gpu": wanted}, price))
    (cleared,) = (each for each in world.do(c.CloseAuction("a")) if isinstance(each, e.AuctionCleared))
    world.check_history()
    return cleared


def told(cleared: e.AuctionCleared) -> dict[str, tuple[int, int]]:
    return {win.bid: (win.items["gpu"], win.payment) for win in cleared.wins}


BIDS = (("x", 6, 9), ("y", 2, 5), ("z", 1, 3))


def test_half_of_eight_units_go_to_three_owners_at_the_reserve_and_the_rest_to_the_highest_bids() -> None:
    # Of the four units x has two, being first, and y and z have one each, at 2. Of the other four x, who
    # still wants four, takes all at 9; y's second unit loses at 5 and is the price.
    cleared = sold(UNIFORM, Terms(reserve=2, reserved_share=HALF), 8, *BIDS)
    assert told(cleared) == {"x1": (6, 2 * 2 + 4 * 5), "y2": (1, 2), "z3": (1, 2)}
    assert cleared.shared == {"x1": 2, "y2": 1, "z3": 1}
    # Without a share y would have had two: 6 x 9 + 2 x 5.
    assert (cleared.prices, cleared.welfare, cleared.bound) == ({"gpu": 5}, 54 + 5 + 3, 64)


@pytest.mark.parametrize(("mechanism", "pays"), [(Mechanism.DISCRIMINATORY, 4 * 9), (VICKREY, 5 + 3 * 2)])
def test_the_rest_costs_what_the_rule_says(mechanism: Mechanism, pays: int) -> None:
    cleared = sold(mechanism, Terms(reserve=2, reserved_share=HALF), 8, *BIDS)
    assert told(cleared) == {"x1": (6, 4 + pays), "y2": (1, 2), "z3": (1, 2)}


def test_what_nobody_claims_of_the_share_is_sold_and_agents_of_one_owner_share_its_part() -> None:
    # The share is four: y wants one, the two agents of x have three between them, all for the better bid.
    cleared = sold(UNIFORM, Terms(reserved_share=HALF), 8, ("x", 1, 4), ("x", 4, 7), ("y", 1, 1))
    assert cleared.shared == {"x2": 3, "y3": 1}
    assert (told(cleared), cleared.unsold) == ({"x2": (4, 0), "x1": (1, 0), "y3": (1, 0)}, {"gpu": 2})
    assert cleared.welfare == cleared.bound == 4 * 7 + 4 + 1


def test_all_may_be_shared_out_and_then_nothing_has_a_price() -> None:
    cleared = sold(
        UNIFORM, Terms(reserve=3, reserved_share=ReservedShare(1_000_000)), 2, ("x", 2, 9), ("y", 2, 4)
    )
    assert (told(cleared), cleared.prices) == ({"x1": (1, 3), "y2": (1, 3)}, {})
    assert (cleared.welfare, cleared.bound) == (13, 18)


def test_a_bid_for_more_than_is_left_still_has_what_is_left() -> None:
    # y's bid is for all five; the one shared unit is x's, who came first, and four are left.
    cleared = sold(VICKREY, Terms(reserved_share=ReservedShare()), 5, ("x", 1, 2), ("y", 5, 6))
    assert (told(cleared), cleared.shared) == ({"y2": (4, 0), "x1": (1, 0)}, {"x1": 1})


def test_a_fifth_of_four_units_is_none() -> None:
    cleared = sold(UNIFORM, Terms(reserved_share=ReservedShare()), 4, ("x", 4, 3), ("y", 1, 2))
    assert (told(cleared), cleared.shared) == ({"x1": (4, 8)}, {})


def test_nobody_gains_by_a_lie_where_the_rest_is_sold_by_vickrey() -> None:
    """Every lie in units and prices of two bids against every truth of a small auction, for each place."""

    def gain(values: tuple[int, int], said: tuple[int, int], rivals: tuple[int, ...], place: int) -> int:
        others = [Bid(f"r{i}", f"r{i}", f"r{i // 2}", "gpu", 1, each) for i, each in enumerate(rivals)]
        mine = [Bid(f"m{i}", "m", "m", "gpu", 1, price) for i, price in enumerate(said) if price]
        auction = Auction([*others[:place], *mine, *others[place:]], {"gpu": 4}, {"gpu": 1})
        outcome = reserved_first.clear(auction, 500_000, multi_unit_vickrey.clear)
        got = [award for award in outcome.allocation if award.owner == "m"]
        best = sorted(values, reverse=True)[: len(got)]
        return sum(best) - sum(award.amount for award in got)

    tried = 0
    for values in ((4, 4), (4, 2), (3, 1), (2, 0)):
        for rivals in product((1, 3, 5), repeat=4):
            for place in (0, 2, 4):
                honest = gain(values, values, rivals, place)
                for lie in ((0, 0), (5, 0), (5, 5), (4, 1), (2, 2), (1, 1), (3, 0)):
                    assert gain(values, lie, rivals, place) <= honest, (values, lie, rivals, place)
                    tried += 1
    assert tried == 4 * 81 * 3 * 7


bids = st.tuples(st.sampled_from("xyz"), st.integers(1, 6), st.integers(1, 9))


@given(
    st.lists(bids, max_size=7),
    st.integers(1, 10),
    st.integers(0, 3),
    st.integers(0, 10),
    st.sampled_from(["highest_losing", "lowest_winning", "discriminatory", "multi_unit_vickrey"]),
)
def test_three_ways_of_working_it_out_agree(
    drawn: list[tuple[str, int, int]], supply: int, reserve: int, tenths: int, rule: str
) -> None:
    """The mechanism, the second bookkeeper's way, and dealing out unit by unit."""
    mechanism = "uniform_price" if rule in ("highest_losing", "lowest_winning") else rule
    share = tenths * 100_000
    wishes = [Wish(f"b{i}", owner, "gpu", *rest, i) for i, (owner, *rest) in enumerate(drawn)]
    offers = [Offer(wish.bid, wish.owner, wish.units, wish.price) for wish in wishes]
    asked = [Bid(wish.bid, wish.owner, wish.owner, "gpu", wish.units, wish.price) for wish in wishes]
    terms = Parameters(uniform=rule)  # type: ignore[arg-type]  # Only the uniform price looks.
    outcome = reserved_first.clear(
        Auction(asked, {"gpu": supply}, {"gpu": reserve}),
        share,
        lambda rest: RULES[mechanism].clear(rest, terms),
    )
    won = [(award.bid, award.items["gpu"], award.amount) for award in outcome.allocation]
    again = given_first(rule, offers, supply, reserve, share)
    assert (again.won, again.price, dict(again.shared)) == (won, outcome.prices.get("gpu"), outcome.shared)
    plain, dealt = fair_first(mechanism, wishes, supply, reserve, rule, share)
    assert [(bid, *its) for bid, its in plain.won.items()] == won
    assert (plain.price, plain.welfare, dealt) == (again.price, outcome.welfare, outcome.shared)
    assert sum(outcome.shared.values()) <= supply * tenths // 10
    most = sorted(
        wish.price
        for wish in wishes
        if wish.units <= supply and wish.price >= reserve
        for _ in range(wish.units)
    )
    assert outcome.bound == sum(most[-supply:])


@pytest.mark.parametrize(
    ("mechanism", "terms", "field"),
    [
        (SECOND, Terms(reserved_share=HALF), "reserved_share"),
        (Mechanism.ENGLISH, Terms(reserved_share=HALF), "reserved_share"),
        (Mechanism.DUTCH, Terms(clock=Clock(9, 1, 1), reserved_share=HALF), "reserved_share"),
        (Mechanism.COMBINATORIAL, Terms(reserved_share=HALF), "reserved_share"),
        (Mechanism.ORDER_BOOK, Terms(reserved_share=HALF), "reserved_share"),
        (UNIFORM, Terms(reserved_share=HALF, together="fair"), "reserved_share"),
        (UNIFORM, Terms(reserved_share=ReservedShare(0)), "reserved_share.share"),
        (VICKREY, Terms(computed_reserve=ComputedReserve()), "computed_reserve"),
        (
            Mechanism.DUTCH,
            Terms(clock=Clock(9, 1, 1), computed_reserve=ComputedReserve()),
            "computed_reserve",
        ),
        (Mechanism.PRIORITY, Terms(computed_reserve=ComputedReserve()), "computed_reserve"),
        (SECOND, Terms(computed_reserve=ComputedReserve(0)), "computed_reserve.share"),
        (SECOND, Terms(computed_reserve=ComputedReserve(last=1_001)), "computed_reserve.last"),
    ],
)
def test_where_there_is_no_sense_in_it_it_is_refused(mechanism: Mechanism, terms: Terms, field: str) -> None:
    world = World()
    world.do(c.DeclareResource("gpu", "h", 20, 50))
    refusal = world.refusal(c.CreateMarket("m", ("gpu",), mechanism, terms))
    assert (refusal.code, refusal.field) == (Code.INVALID_TERMS, field)


def test_a_reserve_is_a_share_of_the_lower_median_of_the_last_prices() -> None:
    assert reserve_of([], 1, 500_000, 3) == 3
    assert reserve_of([100, 40], 3, 500_000, 3) == 3
    assert reserve_of([900, 100, 40, 60], 3, 500_000, 3) == 30  # The median of 100, 40 and 60 is 60.
    assert reserve_of([10, 30, 21, 50], 4, 500_000, 0) == 10  # The lower of 21 and 30, and half of that.
    assert reserve_of([4, 4], 2, 500_000, 3) == 3


def market(rule: ComputedReserve, **said: object) -> World:
    world = World()
    terms = Terms(reserve=2, computed_reserve=rule, **said)  # type: ignore[arg-type]
    world.do(
        c.DeclareResource("gpu", "h", 90, 5_000),
        c.CreateMarket("m", ("gpu",), SECOND, terms),
        c.CreateAgent("x", credits=1_000),
        c.CreateAgent("y", credits=1_000),
    )
    return world


def held(world: World, name: str, *prices: int) -> int:
    """The reserve at which an auction was announced, at which then x and y bid these prices."""
    (announced,) = world.do(c.AnnounceAuction(name, "m", {"gpu": 1}))
    for agent, price in zip("xy", prices, strict=False):
        world.do(c.PlaceBid(agent, name, agent, {"gpu": 1}, price))
    world.do(c.CloseAuction(name))
    return announced.terms.reserve


def test_the_reserve_follows_the_prices_and_falls_again_where_nothing_is_sold() -> None:
    world = market(ComputedReserve(500_000, 2))
    assert held(world, "a", 30, 20) == 2  # It comes to 20,
    assert held(world, "b", 50, 40) == 2  # and this to 40; there were not two yet when it was announced.
    assert held(world, "c", 60) == 10  # Half of the lower; nobody else bids, so that it is the price.
    assert world.code(c.AnnounceAuction("c", "m", {"gpu": 1})) is Code.AUCTION_EXISTS
    assert held(world, "d") == 5  # Of 40 and 10; nothing is sold, which counts as the 2 that are given.
    assert held(world, "e", 9, 9) == 2  # Half of 2 is less than what is given.
    world.do(c.AnnounceAuction("f", "m", {"gpu": 1}))
    assert world.refusal(c.PlaceBid("x", "f", "x", {"gpu": 1}, 1)).code is Code.BELOW_RESERVE
    world.check_history()


def test_another_rule_counts_anew_and_other_terms_do_not() -> None:
    world = market(ComputedReserve(500_000, 1))
    held(world, "a", 30, 20)
    world.do(c.ChangeMarket("m", Terms(reserve=3, computed_reserve=ComputedReserve(500_000, 1))))
    assert held(world, "b") == 10
    held(world, "c", 30, 20)
    world.do(c.ChangeMarket("m", Terms(reserve=3, computed_reserve=ComputedReserve(400_000, 1))))
    assert held(world, "d") == 3


def test_scheduled_auctions_compute_it_as_well() -> None:
    world = market(ComputedReserve(500_000, 1), bidding_window=5, schedule=Schedule(10, {"gpu": 1}))
    happened = world.wait(1)
    world.do(c.PlaceBid("x", "m:1", "x", {"gpu": 1}, 30), c.PlaceBid("y", "m:1", "y", {"gpu": 1}, 20))
    happened = world.wait(12)
    said = [each.terms.reserve for each in happened if isinstance(each, e.AuctionAnnounced)]
    assert said == [10]
