"""Every command that is accepted, with the exact events it yields."""

from typing import get_args

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.charges import Charge
from econonexus.domain.commands import Command
from econonexus.domain.kinds import (
    AccountKind,
    BudgetMode,
    Mode,
    Role,
    Unreported,
)
from econonexus.domain.money import Price
from tests.domain.cases import SUBJECTS
from tests.domain.cases.case import Accepted
from tests.world import START, World, nested, wallet

LATER = START + 100
ALERTS = (800_000, 1_000_000)
DIGEST = "5f" * 32


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
        c.OpenAccount("new", "ann", AccountKind.ESCROW, budget="team", label="Ann's deposits"),
        (e.AccountOpened("new", "ann", AccountKind.ESCROW, "credit", "team", "Ann's deposits"),),
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
    (c.RegisterSigningKey("sam", DIGEST), (e.SigningKeyRegistered("sam", DIGEST),)),
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


def town() -> World:
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


EVERY = [
    *(Accepted(*each) for each in ACCEPTED),
    *(case for subject in SUBJECTS for case in subject.ACCEPTED),
]


@pytest.mark.parametrize("case", EVERY, ids=lambda case: type(case.command).__name__)
def test_an_accepted_command_yields_exactly_these_events(case: Accepted) -> None:
    world = town()
    world.do(*case.first)
    assert world.do(case.command) == case.events
    world.check_history()


def test_a_hold_expires_by_itself_at_its_deadline() -> None:
    world = town()
    assert world.wait(99) == []
    assert world.wait(1) == [
        e.HoldExpired("far", "bob", 10, also=(Charge("far-1", 5),)),
        e.HoldExpired("open", "bob", 100),
        e.HoldExpired("sams", "crew", 9),
    ]
    assert world.available("bob") == 480  # Less the 20 that nobody has reported.


def test_a_hold_that_may_have_been_used_is_paid_at_its_deadline() -> None:
    world = town()
    world.do(c.PlaceHold("may", "bob", 30, LATER - 1, also=(Charge("far", 2),), unreported=Unreported.SETTLE))
    assert world.wait(99) == [e.HoldSettledUnreported("may", "bob", "burn", 30, also=(Charge("far", 2),))]
    assert (world.balance("bob"), world.left("far")) == (450, 90 - 7 - 5 - 2)


def test_every_command_has_a_worked_case() -> None:
    by_deadline = {c.ExpireHold}.union(*(subject.BY_DEADLINE for subject in SUBJECTS))
    assert {type(case.command) for case in EVERY} | by_deadline == set(get_args(Command))
