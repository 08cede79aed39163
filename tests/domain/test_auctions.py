"""Auctions in their time: what happens by itself, and what a world comes to that is not as it was."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from tests.domain.cases.markets import TRADING
from tests.domain.test_commands import town
from tests.world import START


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
