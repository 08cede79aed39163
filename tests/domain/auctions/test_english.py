"""English auctions as they run. All figures by hand; a second by a second."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import AuctionStatus, Mechanism, Revisions
from econonexus.domain.money import MAX_AMOUNT
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import SOFT_CLOSE, Terms
from tests.domain.auctions.stage import WINDOW, Stage, named


def english(
    reserve: int = 100,
    increment: int = 10,
    *,
    units: int = 1,
    agents: tuple[str, ...] = ("ann", "bob", "cat"),
    soft_close: int = SOFT_CLOSE,
    revisions: Revisions = Revisions.RAISE,
    credits_ucr: int = 10_000,
    window: int = WINDOW,
) -> Stage:
    terms = Terms(reserve=reserve, increment=increment, soft_close=soft_close, revisions=revisions)
    return Stage(Mechanism.ENGLISH, terms, units=units, agents=agents, credits_ucr=credits_ucr, window=window)


def test_the_first_bid_leads_at_the_reserve() -> None:
    stage = english()
    placed, moved = stage.bid("ann", 500)
    assert isinstance(placed, e.BidPlaced)
    assert moved == e.StandingMoved("a", price=100, leaders=("ann",), least=110)


def test_a_proxy_answers_with_an_increment_more() -> None:
    stage = english()
    stage.bid("ann", 500)
    # Bob goes to 300, and ann's proxy one increment further: 310.
    assert stage.bid("bob", 300)[1:] == (
        e.StandingMoved("a", price=310, leaders=("ann",), least=320, outbid=("bob",)),
    )


def test_a_proxy_goes_no_further_than_its_limit() -> None:
    stage = english()
    stage.bid("ann", 500)
    # 495 + 10 would be more than ann's limit: it pays that.
    assert stage.bid("bob", 495)[1].price == 500


def test_who_offers_more_than_the_leader_takes_the_lead() -> None:
    stage = english()
    stage.bid("ann", 500)
    assert stage.bid("bob", 800)[1:] == (
        e.StandingMoved("a", price=510, leaders=("bob",), least=520, outbid=("ann",)),
    )


def test_at_equal_limits_the_earlier_leads() -> None:
    stage = english()
    stage.bid("ann", 500)
    assert stage.bid("bob", 500)[1].leaders == ("ann",)


def test_a_bid_must_offer_the_next_least_which_is_told() -> None:
    stage = english()
    stage.bid("ann", 500)
    stage.bid("bob", 300)
    refused = stage.no("cat", 319)
    assert (refused.code, refused.available, refused.requested) == (No.BELOW_STANDING, 320, None)
    stage.bid("cat", 320)


def test_the_first_bid_must_offer_the_reserve() -> None:
    assert english().no("ann", 99).code is No.BELOW_RESERVE


def test_without_a_reserve_the_least_bid_is_one() -> None:
    stage = english(reserve=0)
    assert stage.bid("ann", 1)[1] == e.StandingMoved("a", price=0, leaders=("ann",), least=10)
    stage.at(WINDOW)
    assert stage.paid() == {"ann": (1, 0)}


def test_the_limit_is_held_and_freed_as_soon_as_it_is_outbid() -> None:
    stage = english()
    stage.bid("ann", 500)
    assert stage.held("ann") == 500
    stage.bid("bob", 800)
    assert (stage.held("ann"), stage.held("bob")) == (0, 800)


def test_a_cap_is_what_is_held_while_the_bid_leads() -> None:
    stage = english()
    stage.bid("ann", 500, cap=900)
    assert stage.held("ann") == 900


def test_nobody_bids_what_it_does_not_have_even_if_it_would_be_outbid_at_once() -> None:
    stage = english(credits_ucr=400)
    stage.bid("ann", 400)
    assert stage.no("bob", 401).code is No.INSUFFICIENT_FUNDS


def test_who_was_outbid_may_raise_and_is_held_again() -> None:
    stage = english()
    stage.bid("ann", 500)
    stage.bid("bob", 800)  # Stands at 510, the next is 520.
    raise_to = c.RaiseBid("ann", "a", "ann", 519)
    assert stage.refusal(raise_to).code is No.BELOW_STANDING
    raised, moved = stage.do(c.RaiseBid("ann", "a", "ann", 900))
    assert isinstance(raised, e.BidRaised)
    assert moved == e.StandingMoved("a", price=810, leaders=("ann",), least=820, outbid=("bob",))
    assert (stage.held("ann"), stage.held("bob")) == (900, 0)


def test_who_was_outbid_raises_to_a_place_behind_its_equals() -> None:
    stage = english()
    stage.bid("ann", 500)
    stage.bid("bob", 800)
    assert stage.do(c.RaiseBid("ann", "a", "ann", 800))[1].leaders == ("bob",)
    stage.at(WINDOW)
    assert stage.paid() == {"bob": (1, 800)}


def test_a_raise_of_the_leader_costs_nothing() -> None:
    stage = english()
    stage.bid("ann", 500)
    stage.bid("bob", 300)
    assert named(stage.do(c.RaiseBid("ann", "a", "ann", 501))) == ["BidRaised"]
    assert (stage.auction.standing, stage.held("ann")) == (310, 501)


def test_a_raise_of_the_leader_costs_nothing_where_its_limit_was_the_price() -> None:
    # 495 + 10 is 505, but ann's limit was 500 when bob bid; what it can pay later is its own affair.
    stage = english()
    stage.bid("ann", 500)
    stage.bid("bob", 495)
    stage.do(c.RaiseBid("ann", "a", "ann", 900))
    stage.at(WINDOW)
    assert stage.paid() == {"ann": (1, 500)}


def test_the_leaders_bid_may_only_rise() -> None:
    stage = english()
    stage.bid("ann", 500)
    assert stage.code(c.RaiseBid("ann", "a", "ann", 500)) is No.BID_STANDS


def test_where_bids_stand_nobody_raises() -> None:
    stage = english(revisions=Revisions.NONE)
    stage.bid("ann", 500)
    assert stage.code(c.RaiseBid("ann", "a", "ann", 600)) is No.BID_STANDS


def test_bids_of_one_owner_do_not_price_each_other() -> None:
    stage = english(agents=("ann", "ann.2", "bob"))
    stage.bid("ann", 500)
    assert stage.bid("ann.2", 800)[1:] == (
        e.StandingMoved("a", price=100, leaders=("ann.2",), least=110, outbid=("ann",)),
    )
    # The next other owner is bob with 400, though ann's own 500 lies in between.
    assert stage.bid("bob", 400)[1].price == 410
    stage.at(WINDOW)
    assert stage.paid() == {"ann.2": (1, 410)}


def test_a_lower_bid_of_the_leaders_owner_changes_nothing_and_holds_nothing() -> None:
    stage = english(agents=("ann", "ann.2"), soft_close=WINDOW)
    stage.bid("ann", 800)
    happened = stage.bid("ann.2", 300)
    assert happened[1:] == (e.StandingMoved("a", price=100, leaders=("ann",), least=110, outbid=("ann.2",)),)
    assert stage.held("ann.2") == 0


def test_the_winner_pays_what_stands_at_the_close() -> None:
    stage = english()
    stage.bid("ann", 500)
    stage.bid("bob", 300)
    assert stage.balance("ann") == 10_000
    stage.at(WINDOW)
    assert stage.status is AuctionStatus.SETTLED
    assert stage.paid() == {"ann": (1, 310)}
    assert (stage.balance("ann"), stage.held("ann"), stage.balance("bob")) == (9_690, 0, 10_000)


def test_nobody_bids_and_nothing_is_sold() -> None:
    stage = english()
    stage.at(WINDOW)
    assert (stage.cleared().wins, stage.cleared().unsold) == ((), {"gpu": 1})


# The soft close: 30 s by default.


def test_by_default_the_soft_close_is_thirty_seconds() -> None:
    assert Terms().soft_close == 30_000_000_000


def test_a_bid_near_the_end_moves_the_end_away_and_doubles_the_increment() -> None:
    stage = english()
    stage.bid("ann", 5_000)
    stage.at(WINDOW - 10 * SECOND)
    # 20 s more, so that 30 s remain. The bid itself is priced by the increment under which it was made.
    assert stage.bid("bob", 200)[1:] == (
        e.StandingMoved("a", price=210, leaders=("ann",), least=230, outbid=("bob",)),
        e.AuctionExtended("a", stage.began + WINDOW + 20 * SECOND, "soft_close", increment=20),
    )
    assert stage.no("cat", 229).available == 230
    assert stage.bid("cat", 230)[1].price == 250


@pytest.mark.parametrize(("remaining", "extended"), [(30 * SECOND, False), (30 * SECOND - 1, True)])
def test_the_last_thirty_seconds_are_less_than_thirty_seconds(remaining: int, extended: bool) -> None:
    stage = english()
    stage.at(WINDOW - remaining)
    happened = stage.bid("ann", 500)
    assert ("AuctionExtended" in named(happened)) is extended
    assert stage.auction.closes_at == stage.began + WINDOW + (30 * SECOND - remaining)


def test_every_extension_doubles_the_increment() -> None:
    stage = english(increment=1, agents=tuple("abcdef"))
    stage.at(WINDOW - 1 * SECOND)
    for agent, price in zip("abcdef", (1_000, 2_000, 3_000, 4_000, 5_000, 6_000), strict=True):
        stage.bid(agent, price)
        stage.wait(29 * SECOND)
    assert stage.auction.increment == 2**6
    # Each leader was outbid by the increment of its moment: the last by 2**5.
    assert stage.auction.standing == 5_000 + 32


def test_it_ends_even_if_somebody_always_bids_at_the_last_moment() -> None:
    """After 63 doublings no amount outbids the standing price."""
    stage = english(increment=1, agents=("ann", "bob"), credits_ucr=MAX_AMOUNT // 4)
    stage.bid("ann", 100)
    stage.bid("bob", 101)
    extensions = 0
    while True:
        stage.wait(stage.auction.closes_at - stage.now - 1)
        agent = "ann" if stage.auction.leaders == ["bob"] else "bob"
        least = stage.auction.standing + stage.auction.increment
        done = stage.submit(c.RaiseBid(agent, "a", agent, max(least, stage.auction.bids[agent].price)))
        if not isinstance(done, tuple):
            break
        extensions += "AuctionExtended" in named(done)
    assert done.code is No.INSUFFICIENT_FUNDS
    assert extensions <= 63
    stage.wait(1)
    assert stage.status is AuctionStatus.SETTLED


def test_a_raise_of_the_leader_does_not_move_the_end() -> None:
    stage = english()
    stage.bid("ann", 500)
    stage.at(WINDOW - 1)
    assert named(stage.do(c.RaiseBid("ann", "a", "ann", 600))) == ["BidRaised"]


def test_without_a_soft_close_the_end_stays() -> None:
    stage = english(soft_close=0)
    stage.at(WINDOW - 1)
    assert named(stage.bid("ann", 500)) == ["BidPlaced", "StandingMoved"]


def test_the_end_never_moves_into_the_time_that_is_sold() -> None:
    stage = english()
    starts_at = stage.now + WINDOW + 5 * SECOND
    stage.do(
        c.AnnounceAuction(
            "b", "m", {"gpu": 1}, stage.now + WINDOW, None, starts_at, starts_at + 3600 * SECOND
        )
    )
    stage.at(WINDOW - SECOND)
    happened = stage.do(c.PlaceBid("x", "b", "ann", {"gpu": 1}, 500))
    assert happened[2] == e.AuctionExtended("b", starts_at, "soft_close", 20)
    stage.wait(3 * SECOND)
    assert named(stage.do(c.PlaceBid("y", "b", "bob", {"gpu": 1}, 900))) == ["BidPlaced", "StandingMoved"]


# Several units: each bid is for one, and the best as many lead.


def test_with_several_units_as_many_lead() -> None:
    stage = english(units=2)
    stage.bid("ann", 500)
    assert stage.bid("bob", 300)[1] == e.StandingMoved("a", price=100, leaders=("ann", "bob"), least=110)
    # Cat's 250 is the best that loses: the leaders pay 260 each.
    assert stage.bid("cat", 250)[1:] == (
        e.StandingMoved("a", price=260, leaders=("ann", "bob"), least=270, outbid=("cat",)),
    )
    stage.at(WINDOW)
    assert stage.paid() == {"ann": (1, 260), "bob": (1, 260)}


def test_with_several_units_no_leader_pays_more_than_its_limit() -> None:
    stage = english(units=2)
    stage.bid("ann", 500)
    stage.bid("bob", 300)
    stage.bid("cat", 295)
    assert stage.auction.standing == 305
    stage.at(WINDOW)
    assert stage.paid() == {"ann": (1, 305), "bob": (1, 300)}


# Withdrawals.


def test_what_leads_stands_and_so_does_what_it_had_to_outbid() -> None:
    stage = english(revisions=Revisions.WITHDRAW)
    stage.bid("cat", 200)
    stage.bid("ann", 500)
    stage.bid("bob", 300)
    assert stage.code(c.WithdrawBid("ann", "a", "ann")) is No.BID_STANDS
    assert stage.code(c.WithdrawBid("bob", "a", "bob")) is No.BID_STANDS
    stage.do(c.WithdrawBid("cat", "a", "cat"))
    stage.at(WINDOW)
    assert stage.paid() == {"ann": (1, 310)}


def test_an_operator_closes_it_at_the_standing_price() -> None:
    stage = english()
    stage.bid("ann", 500)
    stage.bid("bob", 300)
    stage.do(c.CloseAuction("a"))
    assert stage.paid() == {"ann": (1, 310)}


def test_cancelled_it_frees_what_was_held() -> None:
    stage = english()
    stage.bid("ann", 500)
    stage.do(c.CancelAuction("a"))
    assert stage.held("ann") == 0
    stage.check_history()


def test_the_budget_of_a_bid_that_was_outbid_stays_until_the_auction_is_over() -> None:
    stage = english()
    stage.do(c.CreateBudget("b", 2_000, alerts=()), c.AssignBudget("ann", "b"))
    stage.bid("ann", 500)
    stage.bid("bob", 1_000)
    stage.do(c.AssignBudget("ann", None))
    assert (stage.held("ann"), stage.budget("b").held) == (0, 0)
    assert stage.code(c.CloseBudget("b")) is No.BUDGET_IN_USE
    stage.do(c.RaiseBid("ann", "a", "ann", 1_500))
    assert stage.budget("b").held == 1_500
    stage.at(WINDOW)
    assert stage.paid() == {"ann": (1, 1_010)}
    assert (stage.budget("b").held, stage.budget("b").spent) == (0, 1_010)
    stage.do(c.CloseBudget("b"))
    stage.check_history()


def test_a_soft_close_without_end_ends_with_time() -> None:
    stage = english(soft_close=2**63 - 1)
    stage.bid("ann", 500)
    assert stage.auction.closes_at == 2**63 - 1


def test_no_more_is_asked_than_an_amount_may_be() -> None:
    stage = english(increment=MAX_AMOUNT)
    *_, moved = stage.bid("ann", 500)
    assert isinstance(moved, e.StandingMoved)
    assert moved.least == MAX_AMOUNT
