"""English and Dutch auctions, styles of bidding, and commitments to bids."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from econonexus.domain import commands as c
from econonexus.domain.commitments import digest
from econonexus.domain.ids import AgentId, AuctionId, BidId, MarketId, ResourceId
from econonexus.domain.kinds import BidStyle, Mechanism, Revisions
from econonexus.domain.money import Amount
from econonexus.domain.terms import Clock, Commitment, Terms
from tests.strategies.markets import bidders, bids
from tests.strategies.money import maybe

auctions = st.sampled_from(["up", "up", "down", "down", "hid", "hid", "sty"]).map(AuctionId)
over_time = st.sampled_from(["rising", "falling", "hidden", "styled"]).map(MarketId)
limits = st.integers(1, 40).map(Amount)
one = st.just({"gpu": 1})
few = st.integers(1, 3).map(lambda units: {"gpu": units})
NONCE = "0123456789abcdef"


def _committed(bid: BidId, agent: AgentId, price: int, honest: bool) -> c.CommitBid:
    told = digest("hid", bid, agent, {"gpu": 1}, price, NONCE)
    return c.CommitBid(bid, AuctionId("hid"), agent, told if honest else "0" * 64)


def often() -> list[SearchStrategy[c.Command]]:
    """What is drawn often, and may well be refused."""
    styles = maybe(st.sampled_from(BidStyle))
    return [
        st.builds(
            c.PlaceBid, bids, auctions, bidders, few, maybe(limits), maybe(limits), maybe(limits), styles
        ),
        st.builds(_committed, bids, bidders, st.integers(1, 4), st.booleans()),
        st.builds(
            c.RevealBid, bids, auctions, bidders, few, st.integers(1, 4), st.sampled_from([NONCE, "short"])
        ),
    ]


def seldom() -> list[SearchStrategy[c.Command]]:
    """What is drawn seldom."""
    return [st.builds(c.AnnounceAuction, auctions, over_time, few)]


def usual() -> list[SearchStrategy[c.Command]]:
    """What mostly succeeds."""
    styles = st.sampled_from(BidStyle)
    announced = [
        c.AnnounceAuction(AuctionId(name), MarketId(market), {"gpu": 2})
        for name, market in (("up", "rising"), ("down", "falling"), ("hid", "hidden"), ("sty", "styled"))
    ]
    return [
        *[st.builds(c.PlaceBid, bids, auctions, bidders, one, limits)] * 2,
        st.builds(c.PlaceBid, bids, st.just(AuctionId("down")), bidders, few, limits),
        st.builds(c.PlaceBid, bids, auctions, bidders, one, valuation=limits, style=styles),
        st.builds(c.RaiseBid, bids, auctions, bidders, st.integers(10, 60)),
        st.builds(c.WithdrawBid, bids, auctions, bidders),
        st.builds(_committed, bids, bidders, st.integers(1, 4), st.just(True)),
        st.builds(
            c.RevealBid, bids, st.just(AuctionId("hid")), bidders, one, st.integers(1, 4), st.just(NONCE)
        ),
        st.sampled_from(announced),
        st.builds(c.FreezeMarket, over_time),
        st.builds(c.UnfreezeMarket, over_time),
        st.builds(c.CloseAuction, auctions),
    ]


def opening(unit: int = 1) -> list[c.Command]:
    """A market for each way; times in `unit`."""
    clock = Clock(Amount(30), Amount(4), 3 * unit, Amount(5))
    window, withdraw = 25 * unit, Revisions.WITHDRAW
    rising = Terms(increment=Amount(2), bidding_window=window, soft_close=6 * unit, revisions=withdraw)
    hidden = Terms(bidding_window=window, commitment=Commitment(Amount(3), 9 * unit))
    sells: dict[str, tuple[Mechanism, Terms]] = {
        "rising": (Mechanism.ENGLISH, rising),
        "falling": (Mechanism.DUTCH, Terms(bidding_window=window, clock=clock, revisions=withdraw)),
        "hidden": (Mechanism.SECOND_PRICE, hidden),
        "styled": (Mechanism.FIRST_PRICE, Terms(bidding_window=window, reserve=Amount(2))),
    }
    return [
        c.CreateMarket(MarketId(name), (ResourceId("gpu"),), mechanism, its)
        for name, (mechanism, its) in sells.items()
    ]
