"""Every command that is accepted, with the exact events it yields."""

from typing import get_args

import pytest
from msgspec import structs

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.charges import Charge
from econonexus.domain.commands import Command
from econonexus.domain.commitments import digest
from econonexus.domain.kinds import (
    AccountKind,
    BidStyle,
    BudgetMode,
    Mechanism,
    Mode,
    Proceeds,
    Revisions,
    Role,
    Unreported,
)
from econonexus.domain.money import Price
from econonexus.domain.terms import Clock, Commitment, Terms
from tests.world import START, World, nested, wallet

LATER = START + 100
ALERTS = (800_000, 1_000_000)
DIGEST = "5f" * 32
SPOT = Terms(bidding_window=50, revisions=Revisions.WITHDRAW, proceeds=Proceeds.TREASURY)
SOLD_BY_BOB = Terms(proceeds=Proceeds.SELLER, seller="bob")

ACCEPTED: list[tuple[Command, tuple[e.Event, ...]]] = [
    (c.DeclareAsset("eur", 2), (e.AssetDeclared("eur", 2),)),
    (
        c.DeclareExchange("xf", "credit", "usd", Price(1, 2)),
        (e.ExchangeDeclared("xf", "credit", "usd", Price(1, 2)),),
    ),
    (  # 5 usd at 3 credit for 2 usd are 7.5 credit, of which 7 are paid.
        c.Convert("fx", "eve", "bob", 5),
        (e.Converted("fx", "eve", "exchange:fx:usd", 5, "exchange:fx:credit", "bob", 7),),
    ),
    (
        c.OpenAccount("new", "ann", AccountKind.STAKE, budget="team", label="Ann's stake"),
        (e.AccountOpened("new", "ann", AccountKind.STAKE, "credit", "team", "Ann's stake"),),
    ),
    (c.FreezeAccount("ann", "odd bids"), (e.AccountFrozen("ann", "odd bids"),)),
    (c.UnfreezeAccount("ice", "checked"), (e.AccountUnfrozen("ice", "checked"),)),
    (c.Mint("ann", 5, "reward", "well done"), (e.Minted("mint", "ann", 5, "reward", "well done"),)),
    (c.Mint("eve", 5), (e.Minted("mint:usd", "eve", 5),)),
    (c.Burn("bob", 5, "fee"), (e.Burned("bob", "burn", 5, (), "fee"),)),
    (c.Burn("ann", 5), (e.Burned("ann", "burn", 5, ("ann-b", "team")),)),
    (
        c.Transfer("bob", "ann", 5, "pay", "task 7", "thanks"),
        (e.Transferred("bob", "ann", 5, (), "pay", "task 7", "thanks"),),
    ),
    (c.Transfer("ann", "bob", 5), (e.Transferred("ann", "bob", 5, ("ann-b", "team")),)),
    (c.SetCreditLine("ann", 70), (e.CreditLineSet("ann", "debt:ann", "ann", 70),)),
    (c.SetCreditLine("bob", 0), (e.CreditLineSet("bob", "debt:bob", "bob", 0),)),
    (c.DrawCredit("bob", 200), (e.CreditDrawn("debt:bob", "bob", 200),)),
    (c.PlaceHold("h", "bob", 5, LATER), (e.HoldPlaced("h", "bob", "burn", 5, LATER),)),
    (
        c.PlaceHold("h", "ann", 5, LATER, "bob", code="llm", reference="call 1"),
        (e.HoldPlaced("h", "ann", "bob", 5, LATER, ("ann-b", "team"), "llm", "call 1"),),
    ),
    (
        c.PlaceHold("h", "ann", 5, LATER, budget="run"),
        (e.HoldPlaced("h", "ann", "burn", 5, LATER, ("run", "ann-b", "team")),),
    ),
    (  # far-1 is in far, and of another asset.
        c.PlaceHold("h", "bob", 5, LATER, also=(Charge("far-1", 2),), unreported=Unreported.SETTLE),
        (
            e.HoldPlaced(
                "h", "bob", "burn", 5, LATER, also=(Charge("far-1", 2),), unreported=Unreported.SETTLE
            ),
        ),
    ),
    (
        c.TopUpHold("far", 0, also=(Charge("team", 4), Charge("far-1", 3))),
        (e.HoldToppedUp("far", "bob", 0, LATER, also=(Charge("team", 4), Charge("far-1", 3))),),
    ),
    (  # What is not mentioned counts in full.
        c.PostHold("far", 6),
        (e.HoldPosted("far", "bob", "burn", 6, 4, also=(Charge("far-1", 5),)),),
    ),
    (
        c.PostHold("far", 6, also=(Charge("far-1", 0),)),
        (e.HoldPosted("far", "bob", "burn", 6, 4, also=(Charge("far-1", 0),)),),
    ),
    (c.VoidHold("far"), (e.HoldVoided("far", "bob", 10, also=(Charge("far-1", 5),)),)),
    (
        c.SettleUnreported("far"),
        (e.HoldSettledUnreported("far", "bob", "burn", 10, also=(Charge("far-1", 5),)),),
    ),
    (c.SettleUnreported("sams"), (e.HoldSettledUnreported("sams", "crew", "burn", 9, agent="sam"),)),
    (  # It really was 8 of 20, and 4 usd of 7: 12 come back, and 3 usd in far-1 and in far.
        c.ReconcileHold("lost", 8, (Charge("far-1", 4),)),
        (
            e.HoldReconciled(
                "lost",
                "bob",
                "burn",
                8,
                12,
                (),
                "llm",
                "call 1",
                also=(Charge("far-1", 4),),
                restored=(Charge("far-1", 3), Charge("far", 3)),
            ),
        ),
    ),
    (
        c.ReconcileHold("lost", 20),
        (e.HoldReconciled("lost", "bob", "burn", 20, 0, (), "llm", "call 1", also=(Charge("far-1", 7),)),),
    ),
    (
        c.RecordUsage("sam", 4, "llm", "call 2", "insufficient_funds"),
        (e.UsageRecorded("sam", "crew", 4, (), "llm", "call 2", "insufficient_funds"),),
    ),
    (  # Also where there is not so much, and the agent is frozen: it was used.
        c.RecordUsage("ivy", 10**6, budget="run"),
        (e.UsageRecorded("ivy", "ivy", 10**6, ("run", "ann-b", "team")),),
    ),
    (c.TopUpHold("open", 5), (e.HoldToppedUp("open", "bob", 5, LATER),)),
    (c.TopUpHold("open", 5, LATER + 1), (e.HoldToppedUp("open", "bob", 5, LATER + 1),)),
    (c.PostHold("open", 30), (e.HoldPosted("open", "bob", "burn", 30, 70, (), "llm", "call 0"),)),
    (c.PostHold("open", 100), (e.HoldPosted("open", "bob", "burn", 100, 0, (), "llm", "call 0"),)),
    (c.VoidHold("open"), (e.HoldVoided("open", "bob", 100),)),
    (
        c.CreateBudget("b", 9, "team", window=7, carry_over=3, mode=BudgetMode.SOFT),
        (e.BudgetCreated("b", "team", "credit", 9, 7, 3, BudgetMode.SOFT, ALERTS),),
    ),
    (c.ChangeBudget("team", 0), (e.BudgetChanged("team", 0, 0, BudgetMode.HARD, ALERTS),)),
    (c.CloseBudget("run"), (e.BudgetClosed("run"),)),
    (c.AssignBudget("ann", "team"), (e.BudgetAssigned("ann", "team", "ann-b"),)),
    (c.AssignBudget("ann", None), (e.BudgetAssigned("ann", None, "ann-b"),)),
    (c.AssignBudget("sam", "run"), (e.BudgetAssigned("sam", "run"),)),
    (
        c.CreateTeam("ops"),
        (e.TeamCreated("ops"), e.AccountOpened("ops", "ops", AccountKind.WALLET, "credit")),
    ),
    (
        c.CreateTeam("run"),  # There is a budget of its name.
        (e.TeamCreated("run"), e.AccountOpened("run", "run", AccountKind.WALLET, "credit", "run")),
    ),
    (c.FreezeTeam("crew", "runaway"), (e.TeamFrozen("crew", "runaway"),)),
    (c.UnfreezeTeam("idle"), (e.TeamUnfrozen("idle"),)),
    (
        c.CreateAgent("new"),
        (
            e.AgentCreated("new", None, "new"),
            e.AccountOpened("new", "new", AccountKind.WALLET, "credit"),
        ),
    ),
    (
        c.CreateAgent(
            "new", "crew", "boss", ("ocr",), {"zone": "eu"}, 3, 2, ("mock",), 40, True, "run", "k1", DIGEST
        ),
        (
            e.AgentCreated("new", "crew", "boss", ("ocr",), {"zone": "eu"}, 3, 2, ("mock",)),
            e.AccountOpened("new", "new", AccountKind.WALLET, "credit", "run"),
            e.Minted("mint", "new", 40, "initial credits"),
            e.KeyIssued("k1", "new", Role.AGENT, DIGEST),
        ),
    ),
    (
        c.CreateAgent("new", "crew", wallet=False, budget="run"),
        (e.AgentCreated("new", "crew", "crew", budget="run"),),
    ),
    (
        c.ChangeAgent("ivy", weight=3, models=("mock",)),
        (e.AgentChanged("ivy", ("ocr",), {"zone": "eu"}, 3, 2, ("mock",)),),
    ),
    (
        c.ChangeAgent("ivy", priority=0, capabilities=(), metadata={}, budget="run"),
        (e.AgentChanged("ivy"), e.BudgetAssigned("ivy", "run", "team")),
    ),
    (
        c.ChangeAgent("sam", budget="run"),
        (e.AgentChanged("sam"), e.BudgetAssigned("sam", "run")),
    ),
    (c.FreezeAgent("sam", "odd"), (e.AgentFrozen("sam", "odd"),)),
    (c.UnfreezeAgent("ivy"), (e.AgentUnfrozen("ivy"),)),
    (c.IssueKey("k1", "boss", Role.OPERATOR, DIGEST), (e.KeyIssued("k1", "boss", Role.OPERATOR, DIGEST),)),
    (c.RotateKey("old", DIGEST), (e.KeyRotated("old", DIGEST),)),
    (c.RevokeKey("old", "lost"), (e.KeyRevoked("old", "lost"),)),
    (c.SetMode("gateway", Mode.STOPPED, "runaway"), (e.ModeSet("gateway", Mode.STOPPED, "runaway"),)),
    (c.SetMode("gateway:org/m1", Mode.ADVISE), (e.ModeSet("gateway:org/m1", Mode.ADVISE),)),
    # sam has no wallet, so the crew's pays.
    (c.Transfer("sam", "bob", 5), (e.Transferred("crew", "bob", 5, agent="sam"),)),
    (c.PlaceHold("h", "sam", 5, LATER), (e.HoldPlaced("h", "crew", "burn", 5, LATER, agent="sam"),)),
    (c.TopUpHold("sams", 5), (e.HoldToppedUp("sams", "crew", 5, LATER),)),
    (c.VoidHold("sams", "sam"), (e.HoldVoided("sams", "crew", 9),)),
    (c.PostHold("sams", 5, "sam"), (e.HoldPosted("sams", "crew", "burn", 5, 4, agent="sam"),)),
    # A budget of an agent's or a team's name limits it at once,
    (
        c.CreateBudget("crew", 9),
        (
            e.BudgetCreated("crew", None, "credit", 9, 0, 0, BudgetMode.HARD, ALERTS),
            e.BudgetAssigned("crew", "crew"),
        ),
    ),
    (
        c.CreateBudget("sam", 9),
        (
            e.BudgetCreated("sam", None, "credit", 9, 0, 0, BudgetMode.HARD, ALERTS),
            e.BudgetAssigned("sam", "sam"),
        ),
    ),
    (
        c.CreateBudget("ivy", 9, "team"),  # also where it stands beneath what limits it,
        (
            e.BudgetCreated("ivy", "team", "credit", 9, 0, 0, BudgetMode.HARD, ALERTS),
            e.BudgetAssigned("ivy", "ivy", "team"),
        ),
    ),
    (  # but not where it would loosen that.
        c.CreateBudget("ivy", 9),
        (e.BudgetCreated("ivy", None, "credit", 9, 0, 0, BudgetMode.HARD, ALERTS),),
    ),
]


GPU = e.AuctionAnnounced("next", "spot", Mechanism.SECOND_PRICE, {"gpu": 2}, START, START + 50, SPOT)
MARKETS: list[tuple[Command, tuple[e.Event, ...]]] = [
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
        c.PlaceBid("b1", "vcg", "sam", {"gpu": 2}, 3, 7),
        (e.BidPlaced("b1", "vcg", "sam", "crew", "burn", {"gpu": 2}, 3, 14),),
    ),
    (  # A soft limit is overrun, and nobody is told by how much.
        c.PlaceBid("b4", "run", "ivo", {"gpu": 1}, 81),
        (
            e.BudgetOverrun("loose", BudgetMode.SOFT, 0, 0),
            e.BidPlaced("b4", "run", "ivo", "ivo", "treasury", {"gpu": 1}, 81, 81, ("loose",)),
        ),
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
ACCEPTED += MARKETS

NONCE = "a-nonce-of-16-ch"
OVER_TIME: list[tuple[Command, tuple[e.Event, ...]]] = [
    # An English auction: kim's proxy answers pat, and pat's money is free again.
    (
        c.PlaceBid("b2", "rising", "pat", {"cpu": 1}, 20),
        (
            e.BidPlaced("b2", "rising", "pat", "pat", "burn", {"cpu": 1}, 20, 20),
            e.StandingMoved("rising", 22, ("b1",), 24, ("b2",)),
        ),
    ),
    # A Dutch clock calls 30: who waits for less waits, and who bids more takes it at once.
    (
        c.PlaceBid("b1", "falling", "kim", {"cpu": 1}, 29),
        (e.BidPlaced("b1", "falling", "kim", "kim", "burn", {"cpu": 1}, 29, 29),),
    ),
    (
        c.PlaceBid("b1", "falling", "kim", {"cpu": 1}, 35, 40),
        (
            e.BidPlaced("b1", "falling", "kim", "kim", "burn", {"cpu": 1}, 35, 40),
            e.ClockTaken("falling", "b1", "kim", 1, 30, 0),
            e.AuctionCleared(
                "falling",
                "down",
                (e.OpenedBid("b1", 35, 30),),
                (e.Win("b1", "kim", {"cpu": 1}, 30, "kim"),),
                {"cpu": 30},
                {},
                35,
                35,
                "burn",
                {"cpu": 1},
            ),
            e.Granted("falling:1", "kim", "cpu", 1, START, START + 60, 1, "down", "falling", 30),
        ),
    ),
    (
        c.CommitBid("b1", "secret", "kim", "0" * 64),
        (e.BidCommitted("b1", "secret", "kim", "kim", "burn", "0" * 64, 9),),
    ),
    (
        c.RevealBid("b1", "told", "kim", {"cpu": 1}, 20, NONCE),
        (
            e.CommitmentKept("b1", "told", "kim"),
            e.BidPlaced("b1", "told", "kim", "kim", "burn", {"cpu": 1}, 20, 20),
        ),
    ),
    (c.CloseAuction("half-told"), (e.RevealStarted("half-told", START + 50),)),
    (  # Half of what it is worth, as nobody else is there: (2 - 1) / 2 of 41.
        c.PlaceBid("b1", "first", "kim", {"cpu": 1}, valuation=41, style=BidStyle.STRATEGIC),
        (
            e.BidPlaced(
                "b1",
                "first",
                "kim",
                "kim",
                "burn",
                {"cpu": 1},
                20,
                20,
                reckoning="strategic: worth 41, with 2 bidders reckoned with and a reserve of 0",
            ),
        ),
    ),
]
ACCEPTED += OVER_TIME


def quiet_town() -> World:
    """ann (1,000) stands beneath ann-b in team, bob (500) has a credit line of 200, eve 300 usd."""
    world = World()
    world.do(
        c.DeclareAsset("usd", 2),
        c.DeclareExchange("fx", "usd", "credit", Price(3, 2)),
        *nested(("team", 80), ("ann-b", 50), ("run", 20)),
        *wallet("ann", 1_000, "ann-b"),
        *wallet("bob", 500),
        *wallet("ice"),
        c.FreezeAccount("ice"),
        c.OpenAccount("eve", "eve", asset="usd"),
        c.Mint("eve", 300),
        c.Mint("exchange:fx:credit", 90),
        c.SetCreditLine("bob", 200),
        c.PlaceHold("open", "bob", 100, LATER, code="llm", reference="call 0"),
        c.CreateTeam("crew"),
        c.Mint("crew", 50),
        c.CreateAgent("sam", "crew", wallet=False),
        c.PlaceHold("sams", "sam", 9, LATER),
        c.CreateTeam("idle"),
        c.FreezeTeam("idle"),
        c.CreateAgent(
            "ivy",
            capabilities=("ocr",),
            metadata={"zone": "eu"},
            priority=2,
            budget="team",
            key="old",
            key_digest="0" * 64,
        ),
        c.FreezeAgent("ivy"),
        c.CreateBudget("far", 90, asset="usd", alerts=()),
        c.CreateBudget("far-1", 80, "far", "usd", alerts=()),
        c.PlaceHold("far", "bob", 10, LATER, also=(Charge("far-1", 5),)),
        c.PlaceHold("lost", "bob", 20, LATER, code="llm", reference="call 1", also=(Charge("far-1", 7),)),
        c.SettleUnreported("lost"),
    )
    return world


def town() -> World:
    """The same with markets: of 8 gpus kim won 2, which nobody else wanted; 4 are in auctions that run."""
    world = quiet_town()
    world.do(
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
        *over_time(),
    )
    return world


def over_time() -> list[Command]:
    """Each hour of another machine is in an auction of its own; kim leads one at 0."""
    secret = Terms(commitment=Commitment(9, 50))
    told = digest("told", "b1", "kim", {"cpu": 1}, 20, NONCE)
    return [
        c.DeclareResource("cpu", "hour", 9, 60),
        c.CreateMarket("up", ("cpu",), Mechanism.ENGLISH, Terms(increment=2, soft_close=0)),
        c.CreateMarket("down", ("cpu",), Mechanism.DUTCH, Terms(clock=Clock(30, 5, 10))),
        c.CreateMarket("hidden", ("cpu",), Mechanism.FIRST_PRICE, secret),
        c.CreateMarket("sealed", ("cpu",), Mechanism.FIRST_PRICE),
        c.AnnounceAuction("rising", "up", {"cpu": 1}),
        c.PlaceBid("b1", "rising", "kim", {"cpu": 1}, 30),
        c.AnnounceAuction("falling", "down", {"cpu": 1}),
        *(c.AnnounceAuction(name, "hidden", {"cpu": 1}) for name in ("secret", "told", "half-told")),
        c.CommitBid("b1", "told", "kim", told),
        c.CommitBid("b1", "half-told", "kim", told),
        c.CloseAuction("told"),
        c.AnnounceAuction("first", "sealed", {"cpu": 1}),
    ]


@pytest.mark.parametrize(("command", "expected"), ACCEPTED, ids=lambda value: type(value).__name__)
def test_an_accepted_command_yields_exactly_these_events(
    command: Command, expected: tuple[e.Event, ...]
) -> None:
    world = town()
    assert world.do(command) == expected
    world.check_history()


def test_a_hold_expires_by_itself_at_its_deadline() -> None:
    world = quiet_town()
    assert world.wait(99) == []
    assert world.wait(1) == [
        e.HoldExpired("far", "bob", 10, also=(Charge("far-1", 5),)),
        e.HoldExpired("open", "bob", 100),
        e.HoldExpired("sams", "crew", 9),
    ]
    assert world.available("bob") == 480  # Less the 20 that nobody has reported.


def test_a_hold_that_may_have_been_used_is_paid_at_its_deadline() -> None:
    world = quiet_town()
    world.do(c.PlaceHold("may", "bob", 30, LATER - 1, also=(Charge("far", 2),), unreported=Unreported.SETTLE))
    assert world.wait(99) == [e.HoldSettledUnreported("may", "bob", "burn", 30, also=(Charge("far", 2),))]
    assert (world.balance("bob"), world.left("far")) == (450, 90 - 7 - 5 - 2)


def test_an_auction_opens_and_closes_by_itself_and_its_grant_ends_by_itself() -> None:
    world = town()
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


def test_every_command_has_a_worked_case() -> None:
    by_deadline = {c.ExpireHold, c.AdvanceAuction, c.ExpireGrant}
    assert {type(command) for command, _ in ACCEPTED} | by_deadline == set(get_args(Command))
