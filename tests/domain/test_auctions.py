"""Auctions in their time: what happens by itself, and what a world comes to that is not as it was."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism, Proceeds
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Terms
from tests.domain.cases.markets import TRADING
from tests.domain.test_commands import town
from tests.world import START, World, wallet


def test_an_auction_opens_and_closes_by_itself_and_its_grant_ends_by_itself() -> None:
    world = town()
    world.do(*TRADING)
    world.do(c.AnnounceAuction("later", "multi", {"gpu": 2}, START + 5, START + 3))
    assert world.wait(3) == [e.AuctionOpened("later")]
    world.do(c.PlaceBid("b", "later", "kim", {"gpu": 2}, 5))
    cleared, granted = world.wait(2)
    assert isinstance(cleared, e.AuctionCleared)
    assert cleared.wins == (e.Win("b", "kim", {"gpu": 2}, 0, "kim"),)  # Nobody else wanted them.
    assert granted == e.Granted("later:1", "kim", "gpu", 2, START + 5, START + 65, 2, "multi", "later")
    world.do(c.UseGrant("later:1", 1))
    world.wait(45)  # "run" closes at 50, by the terms of its market.
    assert world.wait(14)[-1] == e.GrantExpired("done:1", "kim", 2)  # It was won at the start.
    assert world.wait(1)[-1] == e.GrantExpired("later:1", "kim", 1)


BIGGEST = 2**63 - 1


def test_while_its_market_is_halted_an_auction_waits_a_second_at_least_and_then_another_window() -> None:
    world = fair(Terms(bidding_window=50))
    world.do(c.AnnounceAuction("a", "m", {"gpu": 1}), c.FreezeMarket("m"))
    assert world.wait(50) == [e.AuctionExtended("a", START + 50 + SECOND, "halted")]
    assert world.wait(SECOND) == [e.AuctionExtended("a", START + 50 + 2 * SECOND, "halted")]
    world.do(c.UnfreezeMarket("m"), c.PlaceBid("b", "a", "pat", {"gpu": 1}, 5))
    assert isinstance(world.wait(SECOND)[0], e.AuctionCleared)


def test_what_was_over_before_it_could_be_cleared_fails_and_all_is_released() -> None:
    world = fair(Terms(bidding_window=50))
    world.do(c.AnnounceAuction("a", "m", {"gpu": 1}, None, None, START + 60, START + 90))
    world.do(c.PlaceBid("b", "a", "pat", {"gpu": 1}, 5), c.FreezeMarket("m"))
    assert world.wait(50) == [e.AuctionExtended("a", START + 50 + SECOND, "halted")]
    # By then nobody could use it any more.
    assert world.wait(SECOND) == [e.AuctionFailed("a", "what it sells was over before it could be cleared")]
    assert (world.balance("pat"), world.available("pat")) == (100, 100)
    world.do(c.UnfreezeMarket("m"), c.AnnounceAuction("next", "m", {"gpu": 1}))  # Its unit is free again.


def test_proceeds_that_the_seller_has_no_room_for_fail_the_auction() -> None:
    world = fair(Terms(bidding_window=50, proceeds=Proceeds.SELLER, seller="rich"))
    world.do(c.AnnounceAuction("a", "m", {"gpu": 1}), c.PlaceBid("b", "a", "pat", {"gpu": 1}, 5))
    world.do(c.SetCreditLine("rich", 10**3))
    # Nearly all that there may be of credits is the seller's, and 999 of debt make room for more of them.
    world.do(c.Mint("rich", BIGGEST - 200), c.DrawCredit("rich", 199))
    assert world.balance("rich") == BIGGEST - 1
    (failed,) = world.do(c.CloseAuction("a"))
    assert failed == e.AuctionFailed("a", "the proceeds are more than an account can hold")
    assert world.available("pat") == 100


def test_bids_worth_more_than_any_amount_fail_the_auction() -> None:
    """Debts put more credits about than were minted: two bids of 2**62 each are more than one amount."""
    world = fair(Terms(bidding_window=50), Mechanism.DISCRIMINATORY)
    for agent in ("pat", "kim"):
        world.do(c.SetCreditLine(agent, BIGGEST), c.DrawCredit(agent, BIGGEST - 100))
    world.do(c.AnnounceAuction("a", "m", {"gpu": 2}))
    for agent in ("pat", "kim"):
        world.do(c.PlaceBid(agent, "a", agent, {"gpu": 1}, 2**62))
    assert world.do(c.CloseAuction("a")) == (
        e.AuctionFailed("a", "the proceeds are more than an account can hold"),
    )


def test_a_right_that_would_run_past_all_time_ends_with_it() -> None:
    world = fair(Terms(bidding_window=50), period=BIGGEST)
    world.do(c.AnnounceAuction("a", "m", {"gpu": 1}), c.PlaceBid("b", "a", "pat", {"gpu": 1}, 5))
    _, granted = world.do(c.CloseAuction("a"))
    assert isinstance(granted, e.Granted)
    assert granted.ends_at == BIGGEST


def test_who_drew_on_its_teams_wallet_goes_on_doing_so_in_that_bid() -> None:
    """sam bid from the crew's wallet; that it opens one of its own changes nothing about this bid."""
    world = fair(Terms(bidding_window=50))
    world.do(c.CreateTeam("crew"), c.Mint("crew", 100), c.CreateAgent("sam", "crew", wallet=False))
    world.do(c.AnnounceAuction("a", "m", {"gpu": 1}), c.PlaceBid("b", "a", "sam", {"gpu": 1}, 5))
    world.do(c.OpenAccount("sam", "sam"), c.Mint("sam", 100), c.RaiseBid("b", "a", "sam", 7))
    assert (world.available("crew"), world.available("sam")) == (93, 100)
    world.do(c.FreezeAgent("sam"))
    assert world.code(c.RaiseBid("b", "a", "sam", 8)) is No.AGENT_FROZEN


def test_a_grant_never_takes_the_name_of_one_that_runs() -> None:
    """An auction may be forgotten, and its name come again, while what was won in it still runs."""
    world = fair(Terms(bidding_window=50), period=BIGGEST)
    sold = (c.AnnounceAuction("a", "m", {"gpu": 1}), c.PlaceBid("b", "a", "pat", {"gpu": 1}, 5))
    world.do(*sold, c.CloseAuction("a"))
    world.economy.state.auctions.ended.clear()
    world.do(*sold)
    _, granted = world.do(c.CloseAuction("a"))
    assert isinstance(granted, e.Granted)
    assert (granted.grant, granted.fence) == ("a:2", 2)


def fair(terms: Terms, mechanism: Mechanism = Mechanism.FIRST_PRICE, period: int = 1_000) -> World:
    """A market `m` of two gpus; pat and kim have 100, and rich has an account."""
    world = World()
    world.do(
        *wallet("rich"),
        c.CreateAgent("pat", credits=100),
        c.CreateAgent("kim", credits=100),
        c.DeclareResource("gpu", "h", 2, period),
        c.CreateMarket("m", ("gpu",), mechanism, terms),
    )
    return world
