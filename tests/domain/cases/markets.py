"""Worked cases of resources, markets, auctions of one item, bids and grants."""

from msgspec import structs

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.kinds import BudgetMode, Mechanism, Proceeds, Revisions
from econonexus.domain.money import PPM_ONE
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Clock, Terms
from tests.domain.cases.case import (
    BAN_CREW,
    LATER,
    NOW,
    STOP_CREW,
    STOP_PAT,
    STOP_SAM,
    SUSPEND_CREW,
    Accepted,
    Case,
)
from tests.world import START

BIGGEST = 2**63 - 1
BY_DEADLINE = {c.AdvanceAuction, c.ExpireGrant}
"""The commands that a test of deadlines works through."""

SPOT = Terms(bidding_window=50, revisions=Revisions.WITHDRAW, proceeds=Proceeds.TREASURY)
SOLD_BY_BOB = Terms(proceeds=Proceeds.SELLER, seller="bob")
TRADING: tuple[Command, ...] = (
    c.DeclareResource("gpu", "gpu", 8, 60),
    c.CreateMarket("spot", ("gpu",), Mechanism.SECOND_PRICE, SPOT),
    c.CreateMarket("shut", ("gpu",), Mechanism.FIRST_PRICE),
    c.FreezeMarket("shut"),
    c.CreateMarket("multi", ("gpu",), Mechanism.MULTI_UNIT_VICKREY),
    c.CreateAgent("pat", "crew", credits=100),
    c.CreateAgent("kim", credits=100),
    c.CreateBudget("loose", 80, mode=BudgetMode.SOFT, alerts=()),
    c.CreateAgent("ivo", credits=100, budget="loose"),
    c.AnnounceAuction("done", "multi", {"gpu": 2}),
    c.PlaceBid("b1", "done", "kim", {"gpu": 2}, 4),
    c.CloseAuction("done"),
    c.AnnounceAuction("run", "spot", {"gpu": 1}),
    c.PlaceBid("b1", "run", "pat", {"gpu": 1}, 20, 30),
    c.PlaceBid("b2", "run", "sam", {"gpu": 1}, 15),
    c.PlaceBid("b3", "run", "kim", {"gpu": 1}, 12),
    c.AnnounceAuction("vcg", "multi", {"gpu": 3}),
)
"""Of 8 gpus kim won 2, which nobody else wanted; 4 are in auctions that run."""

GPU = e.AuctionAnnounced("next", "spot", Mechanism.SECOND_PRICE, {"gpu": 2}, START, START + 50, SPOT)
ACCEPTED_IN_MARKETS = [
    (c.DeclareResource("tok", "token", 1_000, 60), (e.ResourceDeclared("tok", "token", 1_000, 60),)),
    (c.ChangeCapacity("gpu", 9), (e.CapacityChanged("gpu", 9),)),
    (
        c.CreateMarket("bulk", ("gpu",), Mechanism.UNIFORM_PRICE, SOLD_BY_BOB),
        (e.MarketCreated("bulk", ("gpu",), Mechanism.UNIFORM_PRICE, SOLD_BY_BOB),),
    ),
    (c.ChangeMarket("spot", SOLD_BY_BOB), (e.MarketChanged("spot", SOLD_BY_BOB),)),
    (c.FreezeMarket("spot", "odd prices"), (e.MarketHalted("spot", "odd prices"),)),
    (c.UnfreezeMarket("shut", "all is well"), (e.MarketResumed("shut", "all is well"),)),
    # For as long as the market says, or when it is told itself.
    (c.AnnounceAuction("next", "spot", {"gpu": 2}), (GPU,)),
    (
        c.AnnounceAuction("next", "spot", {"gpu": 2}, START + 9, START + 5, START + 9, START + 20),
        (
            structs.replace(
                GPU, opens_at=START + 5, closes_at=START + 9, starts_at=START + 9, ends_at=START + 20
            ),
        ),
    ),
    (c.CancelAuction("run", "not needed"), (e.AuctionCancelled("run", "not needed"),)),
    (
        c.PlaceBid("b4", "run", "pat", {"gpu": 1}, 30),
        (e.BidPlaced("b4", "run", "pat", "pat", "treasury", {"gpu": 1}, 30, 30),),
    ),
    (  # sam has no wallet, so the crew's pays; two units are wanted in all, and their cap is held.
        c.PlaceBid("b1", "vcg", "sam", {"gpu": 2}, 3, 14),
        (e.BidPlaced("b1", "vcg", "sam", "crew", "burn", {"gpu": 2}, 3, 14),),
    ),
    (  # A soft limit is overrun, and nobody is told: that would tell that the bid is more than 80.
        c.PlaceBid("b4", "run", "ivo", {"gpu": 1}, 81),
        (e.BidPlaced("b4", "run", "ivo", "ivo", "treasury", {"gpu": 1}, 81, 81, ("loose",)),),
    ),
    (c.RaiseBid("b1", "run", "pat", 21), (e.BidRaised("b1", "run", "pat", "pat", 21, 30),)),
    (c.RaiseBid("b1", "run", "pat", 21, 40), (e.BidRaised("b1", "run", "pat", "pat", 21, 40),)),
    (c.WithdrawBid("b1", "run", "pat"), (e.BidWithdrawn("b1", "run", "pat"),)),
    (  # pat and sam bid for the crew, so that kim's 12 is what the best of theirs beats.
        c.CloseAuction("run"),
        (
            e.AuctionCleared(
                "run",
                "spot",
                (e.OpenedBid("b1", 20, 30), e.OpenedBid("b2", 15, 15), e.OpenedBid("b3", 12, 12)),
                (e.Win("b1", "pat", {"gpu": 1}, 12, "pat"),),
                {"gpu": 12},
                {},
                20,
                20,
                "treasury",
                {"gpu": 3},
            ),
            e.Granted("run:1", "pat", "gpu", 1, START, START + 60, 2, "spot", "run", 12),
        ),
    ),
    (c.UseGrant("done:1", 1, "kim", 1), (e.GrantUsed("done:1", "kim", 1, 1),)),
    (c.ReleaseGrant("done:1"), (e.GrantReleased("done:1", "kim", 2),)),
]
ACCEPTED = [Accepted(command, events, TRADING) for command, events in ACCEPTED_IN_MARKETS]

# Why not.

SECOND, DUTCH, BUNDLES = Mechanism.SECOND_PRICE, Mechanism.DUTCH, Mechanism.COMBINATORIAL
CLOCK = Clock(9, 1, 1)
ODD_TERMS = (
    Terms(reserve=-1),
    Terms(increment=0),
    Terms(increment=1.5),
    Terms(bidding_window=0),
    Terms(soft_close=-1),
    Terms(stake=BIGGEST + 1),
    Terms(least_reputation=-1),
    Terms(least_reputation=PPM_ONE + 1),
    Terms(least_reputation=0.5),
    Terms(uniform="middle"),
    Terms(payment="none"),
    Terms(bidding="and"),
    Terms(proceeds=Proceeds.SELLER),
    Terms(seller="bob"),
)
ODD_CLOCKS = (
    Terms(),
    Terms(clock=Clock(0, 1, 1)),
    Terms(clock=Clock(9, 0, 1)),
    Terms(clock=Clock(9, 1, 0)),
    Terms(clock=Clock(9, 1, 1, -1)),
    Terms(clock=Clock(9, 1, 1, 10)),
)
OF_REFUSED = (
    c.DeclareResource("gpu", "gpu", 8, 1_000),
    c.DeclareResource("tok", "token", 10, 1_000),
    c.CreateMarket("spot", ("gpu",), SECOND, Terms(reserve=3)),
    c.CreateMarket("multi", ("gpu",), Mechanism.MULTI_UNIT_VICKREY, Terms(revisions=Revisions.WITHDRAW)),
    c.CreateMarket("toks", ("tok",), Mechanism.UNIFORM_PRICE),
    c.CreateMarket("queue", ("gpu",), Mechanism.FIRST_COME),
    c.CreateMarket("shut", ("gpu",), SECOND),
    c.FreezeMarket("shut"),
    c.AnnounceAuction("won", "multi", {"gpu": 2}),
    c.PlaceBid("b1", "won", "pat", {"gpu": 2}, 5),
    c.CloseAuction("won"),
    c.AnnounceAuction("over", "spot", {"gpu": 1}),
    c.PlaceBid("b1", "over", "pat", {"gpu": 1}, 5),
    c.CloseAuction("over"),
    c.ReleaseGrant("over:1"),
    c.AnnounceAuction("run", "spot", {"gpu": 1}),
    c.PlaceBid("b1", "run", "pat", {"gpu": 1}, 20),
    c.AnnounceAuction("many", "multi", {"gpu": 2}),
    c.PlaceBid("b2", "many", "pat", {"gpu": 2}, 2),
    c.AnnounceAuction("to-come", "spot", {"gpu": 1}, opens_at=LATER),
)
"""What a town has of markets: pat won 2 gpus for the reserve, 0, and gave back another that cost 3."""
HALT = c.FreezeMarket("spot")
WINDOW = c.AnnounceAuction("window", "toks", {"tok": 7}, NOW + 20, None, NOW + 50, NOW + 70)
WINDOW_BID = c.PlaceBid("b", "window", "pat", {"tok": 1}, 5)
UNDER_RUN = c.AssignBudget("pat", "run")
"""pat's 20 and 4 are held already, and count in no budget."""
PATS_BID = c.PlaceBid("b", "run", "pat", {"gpu": 1}, 20)
SAMS_BID = c.PlaceBid("b", "run", "sam", {"gpu": 1}, 20)


def sold_by(seller: str) -> Terms:
    """Terms by which an account gets the proceeds."""
    return Terms(proceeds=Proceeds.SELLER, seller=seller)


def auction_of(name: str, terms: Terms) -> tuple[Command, ...]:
    """An auction of one tok on terms of its own."""
    market = c.CreateMarket(name, ("tok",), SECOND, terms)
    return (market, c.AnnounceAuction(name, name, {"tok": 1}))


SOLD = auction_of("sold", sold_by("crew"))
STAKED = auction_of("staked", Terms(stake=10))
SAMS_STAKE = (c.PostStake("sam", 10), c.PostStake("pat", 9))
KNOWN = auction_of("known", Terms(least_reputation=500_001))
FAST = (*auction_of("fast", Terms(revisions=Revisions.NONE)), c.PlaceBid("b1", "fast", "pat", {"tok": 1}, 5))

CASES: dict[type, list[Case]] = {
    c.DeclareResource: [
        Case(No.INVALID_RESOURCE, c.DeclareResource("new", " ", 1, 1)),
        Case(No.INVALID_RESOURCE, c.DeclareResource("new", "h", 0, 1)),
        Case(No.INVALID_RESOURCE, c.DeclareResource("new", "h", BIGGEST + 1, 1)),
        Case(No.INVALID_RESOURCE, c.DeclareResource("new", "h", 1, 0)),
        Case(No.INVALID_RESOURCE, c.DeclareResource("new", "h", 1.5, 1)),
        Case(No.RESOURCE_EXISTS, c.DeclareResource("gpu", "h", 1, 1)),
    ],
    c.ChangeCapacity: [
        Case(No.INVALID_RESOURCE, c.ChangeCapacity("gpu", 0)),
        Case(No.UNKNOWN_RESOURCE, c.ChangeCapacity("none", 1)),
        Case(No.CAPACITY_PROMISED, c.ChangeCapacity("gpu", 5)),  # 2 are granted, 4 are in auctions.
        # 7 are wanted for a while that is to come.
        Case(No.CAPACITY_PROMISED, c.ChangeCapacity("tok", 6), (WINDOW,)),
    ],
    c.CreateMarket: [
        *(Case(No.INVALID_TERMS, c.CreateMarket("m", ("gpu",), SECOND, terms)) for terms in ODD_TERMS),
        *(Case(No.INVALID_TERMS, c.CreateMarket("m", ("gpu",), DUTCH, terms)) for terms in ODD_CLOCKS),
        Case(No.INVALID_TERMS, c.CreateMarket("m", ("gpu",), SECOND, Terms(clock=CLOCK))),
        Case(No.INVALID_TERMS, c.CreateMarket("m", (), SECOND)),
        Case(No.INVALID_TERMS, c.CreateMarket("m", ("gpu", "tok"), SECOND)),
        Case(No.INVALID_TERMS, c.CreateMarket("m", ("gpu", "gpu"), BUNDLES)),
        Case(No.INVALID_TERMS, c.CreateMarket("m", tuple(f"r{i}" for i in range(257)), BUNDLES)),
        Case(No.UNKNOWN_ACCOUNT, c.CreateMarket("m", ("gpu",), SECOND, sold_by("nobody"))),
        Case(No.UNKNOWN_RESOURCE, c.CreateMarket("m", ("none",), SECOND)),
        Case(No.MARKET_EXISTS, c.CreateMarket("spot", ("gpu",), SECOND)),
        Case(No.WRONG_ACCOUNT_KIND, c.CreateMarket("m", ("gpu",), SECOND, sold_by("mint"))),
        Case(No.ASSET_MISMATCH, c.CreateMarket("m", ("gpu",), SECOND, sold_by("eve"))),
    ],
    c.ChangeMarket: [
        *(Case(No.INVALID_TERMS, c.ChangeMarket("spot", terms)) for terms in ODD_TERMS),
        Case(No.INVALID_TERMS, c.ChangeMarket("spot", Terms(clock=CLOCK))),
        Case(No.UNKNOWN_ACCOUNT, c.ChangeMarket("spot", sold_by("nobody"))),
        Case(No.UNKNOWN_MARKET, c.ChangeMarket("none", Terms())),
        Case(No.WRONG_ACCOUNT_KIND, c.ChangeMarket("spot", sold_by("debt:bob"))),
        Case(No.ASSET_MISMATCH, c.ChangeMarket("spot", sold_by("eve"))),
    ],
    c.FreezeMarket: [
        Case(No.UNKNOWN_MARKET, c.FreezeMarket("none")),
        Case(No.MARKET_HALTED, c.FreezeMarket("shut")),
    ],
    c.UnfreezeMarket: [
        Case(No.UNKNOWN_MARKET, c.UnfreezeMarket("none")),
        Case(No.MARKET_NOT_HALTED, c.UnfreezeMarket("spot")),
    ],
    c.UseGrant: [
        Case(No.INVALID_UNITS, c.UseGrant("won:1", 0)),
        Case(No.INVALID_UNITS, c.UseGrant("won:1", True)),
        Case(No.UNKNOWN_GRANT, c.UseGrant("won:9", 1)),
        Case(No.UNKNOWN_GRANT, c.UseGrant("won:1", 1, "sam")),  # It is pat's.
        Case(No.STALE_FENCE, c.UseGrant("won:1", 1, fence=2)),
        Case(No.GRANT_ENDED, c.UseGrant("over:1", 1)),
        Case(No.GRANT_NOT_BEGUN, c.UseGrant("window:1", 1), (WINDOW, WINDOW_BID, c.CloseAuction("window"))),
        Case(No.UNITS_OVER_GRANT, c.UseGrant("won:1", 2), (c.UseGrant("won:1", 1),)),
    ],
    c.ReleaseGrant: [
        Case(No.UNKNOWN_GRANT, c.ReleaseGrant("won:9")),
        Case(No.UNKNOWN_GRANT, c.ReleaseGrant("won:1", "sam")),
        Case(No.GRANT_ENDED, c.ReleaseGrant("over:1")),
    ],
    c.ExpireGrant: [
        Case(No.UNKNOWN_GRANT, c.ExpireGrant("won:9")),
        Case(No.GRANT_ENDED, c.ExpireGrant("over:1")),
        Case(No.GRANT_NOT_DUE, c.ExpireGrant("won:1")),
    ],
    c.AnnounceAuction: [
        Case(No.INVALID_AUCTION, c.AnnounceAuction("a", "spot", {})),
        Case(No.INVALID_AUCTION, c.AnnounceAuction("a", "spot", {"gpu": 0})),
        Case(No.INVALID_AUCTION, c.AnnounceAuction("a", "spot", {"gpu": True})),
        Case(No.INVALID_AUCTION, c.AnnounceAuction("a", "spot", {"gpu": 1}, starts_at=LATER)),
        Case(No.INVALID_AUCTION, c.AnnounceAuction("a", "spot", {"gpu": 1}, ends_at=LATER)),
        Case(No.UNKNOWN_MARKET, c.AnnounceAuction("a", "none", {"gpu": 1})),
        Case(No.AUCTION_EXISTS, c.AnnounceAuction("run", "spot", {"gpu": 1})),
        Case(No.AUCTION_EXISTS, c.AnnounceAuction("over", "spot", {"gpu": 1})),
        Case(No.NOT_AN_AUCTION, c.AnnounceAuction("a", "queue", {"gpu": 1})),
        Case(No.NOT_SOLD_HERE, c.AnnounceAuction("a", "spot", {"tok": 1})),
        Case(No.DEADLINE_PASSED, c.AnnounceAuction("a", "spot", {"gpu": 1}, NOW)),
        Case(No.DEADLINE_PASSED, c.AnnounceAuction("a", "spot", {"gpu": 1}, LATER, LATER)),
        Case(
            No.DEADLINE_PASSED, c.AnnounceAuction("a", "spot", {"gpu": 1}, LATER, None, LATER - 1, LATER + 9)
        ),
        Case(No.DEADLINE_PASSED, c.AnnounceAuction("a", "spot", {"gpu": 1}, LATER, None, LATER, LATER)),
        Case(No.OVER_CAPACITY, c.AnnounceAuction("a", "spot", {"gpu": 3})),  # 2 of 8 are free.
        # Of 10 tok 7 are sold for a time; just before and just after it there are more.
        Case(No.OVER_CAPACITY, c.AnnounceAuction("a", "toks", {"tok": 4}, NOW + 20), (WINDOW,)),
        Case(
            No.OVER_CAPACITY,
            c.AnnounceAuction("a", "toks", {"tok": 4}, NOW + 20, None, NOW + 30, NOW + 51),
            (WINDOW,),
        ),
        Case(
            No.OVER_CAPACITY,
            c.AnnounceAuction("a", "toks", {"tok": 4}, NOW + 20, None, NOW + 69, NOW + 90),
            (WINDOW,),
        ),
        Case(No.MARKET_HALTED, c.AnnounceAuction("a", "shut", {"gpu": 1})),
    ],
    c.PlaceBid: [
        Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 0)),
        Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 1.5)),
        Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5, 4)),
        Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5, BIGGEST + 1)),
        Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {}, 5)),
        Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 0}, 5)),
        Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 2}, 5)),  # One to each in such a market.
        Case(No.INVALID_BID, c.PlaceBid("b", "many", "pat", {"gpu": 1, "tok": 1}, 5)),
        Case(No.INVALID_BID, c.PlaceBid("b", "many", "pat", {"gpu": 2}, BIGGEST)),
        Case(No.INVALID_BID, c.PlaceBid("b", "many", "pat", {"gpu": 2}, 5, 9)),  # The cap is for both.
        Case(No.SAME_ACCOUNT, c.PlaceBid("b", "sold", "sam", {"tok": 1}, 5), SOLD),
        Case(No.UNKNOWN_AGENT, c.PlaceBid("b", "run", "ann", {"gpu": 1}, 5)),
        Case(No.UNKNOWN_AUCTION, c.PlaceBid("b", "none", "pat", {"gpu": 1}, 5)),
        Case(No.BID_EXISTS, c.PlaceBid("b1", "run", "sam", {"gpu": 1}, 5)),
        Case(
            No.WRONG_ACCOUNT_KIND,
            c.PlaceBid("b", "run", "mint", {"gpu": 1}, 5),
            (c.CreateAgent("mint", "crew", wallet=False),),
        ),
        Case(
            No.ASSET_MISMATCH,
            c.PlaceBid("b", "run", "sam", {"gpu": 1}, 5),
            (c.OpenAccount("sam", "sam", asset="usd"), c.Mint("sam", 9)),
        ),
        Case(No.NOT_SOLD_HERE, c.PlaceBid("b", "run", "pat", {"tok": 1}, 5)),
        Case(No.BELOW_RESERVE, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 2)),
        Case(No.AUCTION_NOT_OPEN, c.PlaceBid("b", "over", "pat", {"gpu": 1}, 5)),
        Case(No.AUCTION_NOT_OPEN, c.PlaceBid("b", "to-come", "pat", {"gpu": 1}, 5)),
        Case(No.MARKET_HALTED, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5), (HALT,)),
        Case(No.STAKE_TOO_SMALL, c.PlaceBid("b", "staked", "pat", {"tok": 1}, 5), STAKED),
        Case(No.STAKE_TOO_SMALL, c.PlaceBid("b", "staked", "pat", {"tok": 1}, 5), (*STAKED, *SAMS_STAKE)),
        Case(No.REPUTATION_TOO_LOW, c.PlaceBid("b", "known", "pat", {"tok": 1}, 5), KNOWN),
        Case(No.OWNER_SUSPENDED, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5), (SUSPEND_CREW,)),
        Case(No.OWNER_SUSPENDED, c.PlaceBid("b", "run", "sam", {"gpu": 1}, 5), (BAN_CREW,)),
        Case(No.ACCOUNT_FROZEN, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5), (c.FreezeAccount("pat"),)),
        Case(No.AGENT_FROZEN, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, c.PlaceBid("b", "run", "sam", {"gpu": 1}, 5), (STOP_SAM,)),
        Case(No.TEAM_FROZEN, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5), (STOP_CREW,)),
        Case(No.INSUFFICIENT_FUNDS, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 71)),
        Case(No.INSUFFICIENT_FUNDS, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5, 71)),  # Its cap is held.
        Case(No.BUDGET_EXHAUSTED, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 21), (UNDER_RUN,)),
    ],
    c.RaiseBid: [
        Case(No.INVALID_BID, c.RaiseBid("b1", "run", "pat", 0)),
        Case(No.INVALID_BID, c.RaiseBid("b1", "run", "pat", 9, 8)),
        Case(No.INVALID_BID, c.RaiseBid("b2", "many", "pat", BIGGEST)),
        Case(No.INVALID_BID, c.RaiseBid("b2", "many", "pat", 5, 9)),
        Case(No.UNKNOWN_AUCTION, c.RaiseBid("b1", "none", "pat", 21)),
        Case(No.UNKNOWN_BID, c.RaiseBid("b9", "run", "pat", 21)),
        Case(No.UNKNOWN_BID, c.RaiseBid("b1", "run", "sam", 21)),  # It is pat's.
        Case(No.AUCTION_NOT_OPEN, c.RaiseBid("b1", "over", "pat", 21)),
        Case(No.MARKET_HALTED, c.RaiseBid("b1", "run", "pat", 21), (HALT,)),
        Case(No.BID_STANDS, c.RaiseBid("b1", "run", "pat", 20)),
        Case(No.BID_STANDS, c.RaiseBid("b1", "fast", "pat", 6), FAST),
        Case(No.ACCOUNT_FROZEN, c.RaiseBid("b1", "run", "pat", 21), (c.FreezeAccount("pat"),)),
        Case(No.OWNER_SUSPENDED, c.RaiseBid("b1", "run", "pat", 21), (SUSPEND_CREW,)),
        Case(No.AGENT_FROZEN, c.RaiseBid("b1", "run", "pat", 21), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, c.RaiseBid("b", "run", "sam", 21), (SAMS_BID, STOP_SAM)),
        Case(No.TEAM_FROZEN, c.RaiseBid("b1", "run", "pat", 21), (STOP_CREW,)),
        Case(No.INSUFFICIENT_FUNDS, c.RaiseBid("b1", "run", "pat", 91)),
        Case(No.BUDGET_EXHAUSTED, c.RaiseBid("b", "run", "pat", 21), (UNDER_RUN, PATS_BID)),
    ],
    c.WithdrawBid: [
        Case(No.UNKNOWN_AUCTION, c.WithdrawBid("b1", "none", "pat")),
        Case(No.UNKNOWN_BID, c.WithdrawBid("b9", "run", "pat")),
        Case(No.UNKNOWN_BID, c.WithdrawBid("b1", "run", "sam")),
        Case(No.AUCTION_NOT_OPEN, c.WithdrawBid("b1", "over", "pat")),
        Case(No.BID_STANDS, c.WithdrawBid("b1", "run", "pat")),
    ],
    c.CloseAuction: [
        Case(No.UNKNOWN_AUCTION, c.CloseAuction("none")),
        Case(No.AUCTION_NOT_OPEN, c.CloseAuction("over")),
        Case(No.AUCTION_NOT_OPEN, c.CloseAuction("to-come")),
        Case(No.MARKET_HALTED, c.CloseAuction("run"), (HALT,)),
    ],
    c.CancelAuction: [
        Case(No.UNKNOWN_AUCTION, c.CancelAuction("none")),
        Case(No.AUCTION_NOT_OPEN, c.CancelAuction("over")),
    ],
    c.AdvanceAuction: [
        Case(No.UNKNOWN_AUCTION, c.AdvanceAuction("none")),
        Case(No.AUCTION_NOT_OPEN, c.AdvanceAuction("over")),
        Case(No.AUCTION_NOT_DUE, c.AdvanceAuction("run")),
        Case(No.AUCTION_NOT_DUE, c.AdvanceAuction("to-come")),
    ],
}


def _with_markets(case: Case) -> Case:
    return case._replace(first=(*OF_REFUSED, *case.first))


REFUSED = {command: [_with_markets(case) for case in cases] for command, cases in CASES.items()}

FORMS = [
    _with_markets(case)
    for case in (
        Case(No.INVALID_ID, c.DeclareResource("a b", "h", 1, 1)),
        Case(No.TEXT_TOO_LONG, c.DeclareResource("new", "x" * 65, 1, 1)),
        Case(No.INVALID_ID, c.CreateMarket("a b", ("gpu",), SECOND)),
        Case(No.TEXT_TOO_LONG, c.FreezeMarket("spot", "x" * 257)),
        Case(No.TEXT_TOO_LONG, c.UnfreezeMarket("spot", "x" * 257)),
        Case(No.INVALID_ID, c.AnnounceAuction("a b", "spot", {"gpu": 1})),
        Case(No.INVALID_ID, c.AnnounceAuction("x" * 113, "spot", {"gpu": 1})),
        Case(No.AMOUNT_NOT_INTEGER, c.AnnounceAuction("a", "spot", {"gpu": 1}, BIGGEST + 1, 1.5)),
        Case(No.AMOUNT_TOO_LARGE, c.AnnounceAuction("a", "spot", {"gpu": 1}, BIGGEST + 1)),
        Case(No.INVALID_ID, c.PlaceBid("a b", "run", "pat", {"gpu": 1}, 5)),
        Case(No.TEXT_TOO_LONG, c.CancelAuction("run", "x" * 257)),
    )
]
PRECEDENCE = [
    _with_markets(case)
    for case in (
        Case(No.INVALID_TERMS, c.ChangeMarket("none", Terms(increment=0))),
        Case(No.UNKNOWN_ACCOUNT, c.ChangeMarket("none", sold_by("nobody"))),
        Case(No.UNKNOWN_RESOURCE, c.CreateMarket("spot", ("none",), SECOND, sold_by("mint"))),
        Case(No.MARKET_EXISTS, c.CreateMarket("spot", ("gpu",), SECOND, sold_by("mint"))),
        Case(No.AMOUNT_TOO_LARGE, c.AnnounceAuction("a", "none", {}, BIGGEST + 1)),
        Case(No.NOT_SOLD_HERE, c.AnnounceAuction("a", "shut", {"tok": 99}, NOW)),
        Case(No.DEADLINE_PASSED, c.AnnounceAuction("a", "shut", {"gpu": 99}, NOW)),
        Case(No.OVER_CAPACITY, c.AnnounceAuction("a", "shut", {"gpu": 99})),
        Case(No.INVALID_BID, c.PlaceBid("b", "run", "nobody", {"gpu": 2}, 5)),
        Case(No.UNKNOWN_AGENT, c.PlaceBid("b", "none", "nobody", {"gpu": 2}, 5)),
        Case(No.BID_EXISTS, c.PlaceBid("b1", "run", "pat", {"tok": 1}, 2)),
        Case(No.NOT_SOLD_HERE, c.PlaceBid("b", "over", "pat", {"tok": 1}, 2)),
        Case(No.BELOW_RESERVE, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 2), (HALT,)),
        Case(No.AUCTION_NOT_OPEN, c.PlaceBid("b", "over", "pat", {"gpu": 1}, 5), (HALT,)),
        Case(No.MARKET_HALTED, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 999), (HALT, STOP_PAT)),
        Case(No.STALE_FENCE, c.UseGrant("over:1", 1, fence=9)),
    )
]
