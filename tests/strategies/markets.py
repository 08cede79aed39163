"""Resources, markets, auctions of one item, bids and grants."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from econonexus.domain import commands as c
from econonexus.domain.ids import AccountId, AgentId, AuctionId, BidId, GrantId, MarketId, ResourceId
from econonexus.domain.kinds import Mechanism, Proceeds, Revisions
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.terms import Clock, ComputedReserve, ReservedShare, Terms
from tests.strategies.money import BIGGEST, amounts, maybe, texts, usual_amounts

resources = st.sampled_from(["gpu", "gpu", "gpu", "tok", "tok", "none", "not a name"]).map(ResourceId)
markets = st.sampled_from(
    ["first", "second", "second", "uniform", "lowest", "pay", "vcg", "free", "new", "none", "not a name"]
).map(MarketId)
auctions = st.integers(1, 6).map(lambda number: AuctionId(f"a{number}"))
bids = st.integers(1, 9).map(lambda number: BidId(f"b{number}"))
bidders = st.sampled_from(["pat", "sam", "quin", "kim", "kim", "lee", "lee"]).map(AgentId)
odd_bidders = st.sampled_from(["nobody", "ann", ""]).map(AgentId)
grants = st.builds(lambda auction, number: GrantId(f"{auction}:{number}"), auctions, st.integers(1, 4))
units = st.one_of(*[st.integers(1, 6)] * 5, st.sampled_from([0, -1, BIGGEST, BIGGEST + 1, True, 1.5]))
prices = st.integers(1, 12).map(Amount)
moments = st.one_of(st.integers(-5, 120), st.sampled_from([BIGGEST, BIGGEST + 1, 1.5]))
supplies = st.one_of(
    st.dictionaries(st.just("gpu"), st.integers(1, 6), min_size=1),
    st.dictionaries(resources, units, max_size=2),
)
wanted = st.one_of(
    st.dictionaries(st.just("gpu"), st.integers(1, 4), min_size=1),
    st.dictionaries(resources, units, max_size=2),
)

SEALED = (
    Mechanism.FIRST_PRICE,
    Mechanism.SECOND_PRICE,
    Mechanism.UNIFORM_PRICE,
    Mechanism.DISCRIMINATORY,
    Mechanism.MULTI_UNIT_VICKREY,
)
"""The mechanisms drawn here; one that needs more than bids brings a file of its own."""

ROUNDS = st.integers(5, 60)
"""For how long an auction takes bids."""
shared = [None, None, None, ReservedShare(), ReservedShare(Ppm(500_000)), ReservedShare(Ppm(1_000_000))]
computed = [None, None, None, ComputedReserve(Ppm(1_000_000), 1), ComputedReserve(Ppm(700_000), 2)]
usual_terms = st.builds(
    Terms,
    reserved_share=st.sampled_from(shared),
    computed_reserve=st.sampled_from(computed),
    reputation_weight=st.sampled_from([0, 0, 400_000]).map(Ppm),
    credit=st.sampled_from(["", "", "reputation"]),
    reserve=st.sampled_from([0, 0, 3]),
    bidding_window=ROUNDS,
    uniform=st.sampled_from(["highest_losing", "lowest_winning"]),
    revisions=st.sampled_from(Revisions),
    proceeds=st.sampled_from([Proceeds.BURN, Proceeds.TREASURY]),
)
seller_terms = st.builds(
    Terms,
    bidding_window=ROUNDS,
    proceeds=st.just(Proceeds.SELLER),
    seller=st.sampled_from(["bob", "bob", "crew", "pat", "usd-eve", "mint", "nobody"]).map(AccountId),
)
odd_terms = st.builds(
    Terms,
    reserve=st.sampled_from([0, -1, 1.5, BIGGEST + 1]),
    increment=st.sampled_from([1, 0]),
    bidding_window=st.sampled_from([20, 0, BIGGEST]),
    soft_close=st.sampled_from([0, -1]),
    clock=st.sampled_from([None, None, Clock(Amount(9), Amount(1), 1)]),
    uniform=st.sampled_from(["highest_losing", "middle"]),
    payment=st.sampled_from(["core", "none"]),
    bidding=st.sampled_from(["xor", "and"]),
    proceeds=st.sampled_from(Proceeds),
    stake=st.sampled_from([0, 5, -1]),
    reserved_share=st.sampled_from([None, None, ReservedShare(Ppm(0)), ReservedShare(Ppm(1_000_001))]),
    computed_reserve=st.sampled_from(
        [None, None, ComputedReserve(Ppm(0)), ComputedReserve(last=0), ComputedReserve(last=1_001)]
    ),
    least_reputation=st.sampled_from([0, 50_000, 50_001, 1_000_001, 0.5]).map(Ppm),
    reputation_weight=st.sampled_from([0, 0, 1_000_001, -1, 0.5]).map(Ppm),
    credit=st.sampled_from(["", "", "reputation", "money"]),
)
terms = st.one_of(usual_terms, usual_terms, seller_terms, odd_terms)


def often() -> list[SearchStrategy[c.Command]]:
    """What is drawn often, and may well be refused."""
    return [
        st.builds(
            c.PlaceBid, bids, auctions, st.one_of(bidders, odd_bidders), wanted, amounts, maybe(amounts)
        ),
        st.builds(c.RaiseBid, bids, auctions, bidders, amounts, maybe(amounts)),
        st.builds(c.WithdrawBid, bids, auctions, bidders),
        st.builds(
            c.AnnounceAuction,
            auctions,
            markets,
            supplies,
            maybe(moments),
            maybe(moments),
            maybe(moments),
            maybe(moments),
        ),
        st.builds(c.UseGrant, grants, units, maybe(bidders), maybe(st.integers(1, 3))),
    ]


def seldom() -> list[SearchStrategy[c.Command]]:
    """What is drawn seldom."""
    mechanisms = st.sampled_from([*SEALED, Mechanism.FIRST_COME])
    capacities = st.sampled_from([4, 12, 0, -1, BIGGEST + 1])
    periods = st.sampled_from([50, 0, BIGGEST])
    names_of_units = st.sampled_from(["h", "", " ", "u" * 65])
    return [
        st.builds(c.DeclareResource, resources, names_of_units, capacities, periods),
        st.builds(c.ChangeCapacity, resources, st.one_of(st.integers(0, 14), capacities)),
        st.builds(
            c.CreateMarket, markets, st.lists(resources, max_size=2).map(tuple), mechanisms, terms
        ),
        st.builds(c.ChangeMarket, markets, terms),
        st.builds(c.FreezeMarket, markets, texts),
        st.builds(c.UnfreezeMarket, markets, texts),
        st.builds(c.CloseAuction, auctions),
        st.builds(c.CancelAuction, auctions, texts),
        st.builds(c.AdvanceAuction, auctions),
        st.builds(c.ReleaseGrant, grants, maybe(bidders)),
        st.builds(c.ExpireGrant, grants),
    ]  # fmt: skip


def usual() -> list[SearchStrategy[c.Command]]:
    """What mostly succeeds: auctions of what there is, and bids that can be paid."""
    open_markets = st.sampled_from(["first", "second", "uniform", "lowest", "pay", "vcg"]).map(MarketId)
    some = st.dictionaries(st.just("gpu"), st.integers(1, 5), min_size=1)
    one = st.just({"gpu": 1})
    return [
        st.builds(c.AnnounceAuction, auctions, open_markets, some, st.integers(10, 60)),
        st.builds(
            c.AnnounceAuction,
            auctions,
            open_markets,
            some,
            st.integers(10, 30),
            maybe(st.integers(1, 9)),
            st.integers(30, 60),
            st.integers(61, 90),
        ),
        *[st.builds(c.PlaceBid, bids, auctions, bidders, one, prices)] * 2,
        st.builds(c.PlaceBid, bids, auctions, bidders, some, prices, st.integers(12, 20)),
        st.builds(c.RaiseBid, bids, auctions, bidders, st.integers(5, 20), maybe(st.integers(15, 30))),
        st.builds(c.WithdrawBid, bids, auctions, bidders),
        st.builds(c.CloseAuction, auctions),
        st.builds(c.UseGrant, grants, st.integers(1, 3)),
        st.builds(c.ReleaseGrant, grants),
        st.builds(c.ChangeMarket, open_markets, usual_terms),
        st.builds(c.ChangeCapacity, st.just("gpu"), st.integers(6, 12)),
        st.builds(c.FreezeMarket, open_markets),
        st.builds(c.UnfreezeMarket, open_markets),
        st.builds(c.Mint, bidders, usual_amounts),
    ]


def opening(unit: int = 1) -> list[c.Command]:
    """A market for each mechanism, and two agents of one owner who have money; times in `unit`."""
    window = 25 * unit
    sold_by_bob = Terms(bidding_window=window, proceeds=Proceeds.SELLER, seller=AccountId("bob"))
    to_withdraw = Terms(bidding_window=window, revisions=Revisions.WITHDRAW, proceeds=Proceeds.TREASURY)
    lowest = Terms(
        bidding_window=window,
        uniform="lowest_winning",
        reserve=Amount(2),
        computed_reserve=ComputedReserve(Ppm(900_000), 1),
    )
    half = ReservedShare(Ppm(500_000))
    by_bid = Terms(bidding_window=window, reserve=Amount(3), reserved_share=half)
    sells: dict[str, tuple[Mechanism, Terms]] = {
        "first": (Mechanism.FIRST_PRICE, Terms(bidding_window=window)),
        "second": (Mechanism.SECOND_PRICE, sold_by_bob),
        "uniform": (Mechanism.UNIFORM_PRICE, to_withdraw),
        "lowest": (Mechanism.UNIFORM_PRICE, lowest),
        "pay": (Mechanism.DISCRIMINATORY, by_bid),
        "vcg": (Mechanism.MULTI_UNIT_VICKREY, Terms(bidding_window=window, reserved_share=half)),
        "free": (Mechanism.FIRST_COME, Terms(bidding_window=window)),
    }
    return [
        c.DeclareResource(ResourceId("gpu"), "h", 12, 50 * unit),
        c.DeclareResource(ResourceId("tok"), "token", 1_000, 100 * unit),
        *(
            c.CreateMarket(MarketId(name), (ResourceId("gpu"),), mechanism, its)
            for name, (mechanism, its) in sells.items()
        ),
        c.CreateAgent(AgentId("kim"), owner=AccountId("twins"), credits=Amount(200)),
        c.CreateAgent(AgentId("lee"), owner=AccountId("twins"), credits=Amount(200)),
        c.AnnounceAuction(AuctionId("a1"), MarketId("second"), {"gpu": 1}),
    ]
