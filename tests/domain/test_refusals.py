"""Every command, and every reason its docstring names for declining it, by a worked case."""

import re
from typing import get_args

import pytest

from econonexus.domain import commands as c
from econonexus.domain.charges import Charge
from econonexus.domain.commands import Command
from econonexus.domain.kinds import AccountKind, BudgetMode, Mode, Role
from econonexus.domain.money import PPM_ONE, Amount, Price
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases import SUBJECTS
from tests.domain.cases.case import DIGEST, FRESH, LATER, NOW, STOP_CREW, STOP_PAT, STOP_SAM, Case
from tests.world import START, World, nested, wallet

BIGGEST = 2**63 - 1


def town() -> World:
    """ann (1,000) stands beneath ann-b (50) in team (80); bob (500) beneath nothing; ice is frozen;
    eve holds 300 usd; big is an asset of which whale holds all but 10, and minnow those."""
    world = World()
    world.do(
        c.DeclareAsset("usd", 2),
        c.DeclareAsset("big", 0),
        c.DeclareExchange("fx", "usd", "credit", Price(3, 2)),
        *nested(("team", 80), ("ann-b", 50), ("run", 20)),
        c.CreateBudget("usd-b", 10, asset="usd", window=50),
        *wallet("ann", 1_000, "ann-b"),
        *wallet("bob", 500),
        *wallet("ice", 100),
        c.FreezeAccount("ice"),
        c.OpenAccount("eve", "eve", asset="usd"),
        c.Mint("eve", 300),
        c.OpenAccount("whale", "whale", asset="big"),
        c.OpenAccount("minnow", "minnow", asset="big"),
        c.Mint("whale", BIGGEST - 10),
        c.Mint("minnow", 10),
        c.Mint("exchange:fx:credit", 90),
        c.SetCreditLine("bob", 200),
        c.PlaceHold("open", "bob", 100, LATER),
        c.PlaceHold("voided", "bob", 100, LATER),
        c.VoidHold("voided"),
        c.PlaceHold("late", "bob", 100, START + 1),
        c.CreateTeam("crew"),
        c.Mint("crew", 100),
        c.CreateAgent("sam", "crew", wallet=False),
        c.CreateAgent("pat", "crew", credits=Amount(100), key="k1", key_digest=DIGEST),
        c.PlaceHold("pats", "pat", 10, LATER),
        c.PlaceHold("sams", "sam", 10, LATER),
        c.SetCreditLine("pat", 50),
        c.CreateTeam("idle"),
        c.FreezeTeam("idle"),
        c.CreateAgent("ivy"),
        c.FreezeAgent("ivy"),
    )
    world.wait(1)  # "late" expires.
    return world


PATS_USD = (c.OpenAccount("pat:usd", "pat", asset="usd"), c.Mint("pat:usd", 9))
FAR = c.CreateBudget("far", 9, asset="usd")
FAR_1 = c.CreateBudget("far-1", 5, "far", asset="usd")
FURTHER = (FAR, FAR_1, c.PlaceHold("h", "bob", 10, LATER, also=(Charge("far-1", 3),)))
"""bob holds 10, and 3 usd of far-1 in far."""
PAID = (
    c.PlaceHold("h", "bob", 10, LATER, "pat", also=(Charge("usd-b", 3),)),
    c.SettleUnreported("h"),
)
"""bob paid 10 to pat, and 3 usd count in usd-b, which nobody reported."""
EIGHT_DEEP = nested(*((f"level{i}", 1) for i in range(8)))
RICH_BOB = (
    # A debt adds to what circulates, so that a credit account can be filled to the brim.
    c.SetCreditLine("bob", BIGGEST),
    c.DrawCredit("bob", BIGGEST - 1_000),
    *wallet("brim"),
    c.Transfer("bob", "brim", BIGGEST - 1_000),
    c.Mint("brim", 1_000),
)

CASES: dict[type, list[Case]] = {
    c.DeclareAsset: [
        Case(No.ASSET_EXISTS, c.DeclareAsset("credit")),
        Case(No.ACCOUNT_EXISTS, c.DeclareAsset("eur"), tuple(wallet("mint:eur", 5))),
    ],
    c.DeclareExchange: [
        Case(No.INVALID_RATE, c.DeclareExchange("xf", "credit", "usd", Price(0, 1))),
        Case(No.INVALID_RATE, c.DeclareExchange("xf", "credit", "usd", Price(1, 0))),
        Case(No.INVALID_RATE, c.DeclareExchange("xf", "credit", "usd", Price(1.5, 1))),
        Case(No.SAME_ASSET, c.DeclareExchange("xf", "usd", "usd", Price(1))),
        Case(No.UNKNOWN_ASSET, c.DeclareExchange("xf", "usd", "eur", Price(1))),
        Case(No.UNKNOWN_ASSET, c.DeclareExchange("xf", "eur", "usd", Price(1))),
        Case(No.EXCHANGE_EXISTS, c.DeclareExchange("fx", "usd", "big", Price(1))),
        Case(
            No.ACCOUNT_EXISTS,
            c.DeclareExchange("xf", "usd", "credit", Price(1)),
            tuple(wallet("exchange:xf:credit")),
        ),
    ],
    c.Convert: [
        Case(No.SAME_ACCOUNT, c.Convert("fx", "exchange:fx:usd", "bob", 2)),
        Case(No.SAME_ACCOUNT, c.Convert("fx", "eve", "exchange:fx:credit", 2)),
        Case(No.UNKNOWN_EXCHANGE, c.Convert("xf", "eve", "bob", 2)),
        Case(No.UNKNOWN_ACCOUNT, c.Convert("fx", "nobody", "bob", 2)),
        Case(No.UNKNOWN_ACCOUNT, c.Convert("fx", "eve", "nobody", 2)),
        Case(No.WRONG_ACCOUNT_KIND, c.Convert("fx", "mint:usd", "bob", 2)),
        Case(No.WRONG_ACCOUNT_KIND, c.Convert("fx", "eve", "mint", 2)),
        Case(No.ASSET_MISMATCH, c.Convert("fx", "bob", "ann", 2)),
        Case(No.ASSET_MISMATCH, c.Convert("fx", "eve", "minnow", 2)),
        Case(No.BALANCE_TOO_LARGE, c.Convert("fx", "eve", "brim", 2), RICH_BOB),
        Case(No.ACCOUNT_FROZEN, c.Convert("fx", "eve", "bob", 2), (c.FreezeAccount("eve"),)),
        Case(No.ACCOUNT_FROZEN, c.Convert("fx", "eve", "bob", 2), (c.FreezeAccount("exchange:fx:credit"),)),
        Case(No.AGENT_FROZEN, c.Convert("fx", "pat:usd", "bob", 2), (*PATS_USD, STOP_PAT)),
        Case(No.TEAM_FROZEN, c.Convert("fx", "pat:usd", "bob", 2), (*PATS_USD, STOP_CREW)),
        Case(No.INSUFFICIENT_FUNDS, c.Convert("fx", "eve", "bob", 301)),
        Case(No.INSUFFICIENT_FUNDS, c.Convert("fx", "eve", "bob", 62)),  # 93, but only 90 are in stock.
        Case(No.BUDGET_EXHAUSTED, c.Convert("fx", "eve", "bob", 11), (c.AssignBudget("eve", "usd-b"),)),
        # What is received is an amount as well: 1 * 3 // 2 = 1, but 1 * 1 // 2 = 0.
        Case(
            No.AMOUNT_NOT_POSITIVE,
            c.Convert("half", "eve", "bob", 1),
            (c.DeclareExchange("half", "usd", "credit", Price(1, 2)),),
        ),
        Case(
            No.AMOUNT_TOO_LARGE,
            c.Convert("twice", "eve", "bob", 2**62),
            (c.DeclareExchange("twice", "usd", "credit", Price(2)),),
        ),
    ],
    c.OpenAccount: [
        Case(No.UNKNOWN_ASSET, c.OpenAccount("new", "ann", asset="eur")),
        Case(No.ACCOUNT_EXISTS, c.OpenAccount("ann", "ann")),
        Case(No.UNKNOWN_BUDGET, c.OpenAccount("new", "ann", budget="none")),
        Case(No.WRONG_ACCOUNT_KIND, c.OpenAccount("new", "ann", AccountKind.TREASURY)),
        Case(No.WRONG_ACCOUNT_KIND, c.OpenAccount("new", "ann", AccountKind.MINT)),
        Case(No.WRONG_ACCOUNT_KIND, c.OpenAccount("new", "ann", AccountKind.STAKE)),
        Case(No.ASSET_MISMATCH, c.OpenAccount("new", "ann", budget="usd-b")),
    ],
    c.FreezeAccount: [
        Case(No.UNKNOWN_ACCOUNT, c.FreezeAccount("nobody")),
        Case(No.WRONG_ACCOUNT_KIND, c.FreezeAccount("mint")),
        Case(No.WRONG_ACCOUNT_KIND, c.FreezeAccount("debt:bob")),
        Case(No.ACCOUNT_FROZEN, c.FreezeAccount("ice")),
    ],
    c.UnfreezeAccount: [
        Case(No.UNKNOWN_ACCOUNT, c.UnfreezeAccount("nobody")),
        Case(No.ACCOUNT_NOT_FROZEN, c.UnfreezeAccount("ann")),
    ],
    c.Mint: [
        Case(No.UNKNOWN_ACCOUNT, c.Mint("nobody", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.Mint("mint", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.Mint("burn", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.Mint("debt:bob", 1)),
        Case(No.BALANCE_TOO_LARGE, c.Mint("minnow", 1)),
        Case(No.BALANCE_TOO_LARGE, c.Mint("brim", 1), RICH_BOB),
    ],
    c.Burn: [
        Case(No.UNKNOWN_ACCOUNT, c.Burn("nobody", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.Burn("mint", 1)),
        Case(No.BALANCE_TOO_LARGE, c.Burn("whale", BIGGEST), (c.Burn("minnow", 1),)),
        Case(No.ACCOUNT_FROZEN, c.Burn("ice", 1)),
        Case(No.AGENT_FROZEN, c.Burn("pat", 1), (STOP_PAT,)),
        Case(No.TEAM_FROZEN, c.Burn("pat", 1), (STOP_CREW,)),
        Case(No.TEAM_FROZEN, c.Burn("crew", 1), (STOP_CREW,)),
        Case(No.INSUFFICIENT_FUNDS, c.Burn("bob", 401)),
        Case(No.BUDGET_EXHAUSTED, c.Burn("ann", 51)),
    ],
    c.Transfer: [
        Case(No.SAME_ACCOUNT, c.Transfer("ann", "ann", 1)),
        Case(No.UNKNOWN_ACCOUNT, c.Transfer("nobody", "ann", 1)),
        Case(No.UNKNOWN_ACCOUNT, c.Transfer("ann", "nobody", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.Transfer("mint", "ann", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.Transfer("burn", "ann", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.Transfer("ann", "debt:bob", 1)),
        Case(No.ASSET_MISMATCH, c.Transfer("bob", "eve", 1)),
        Case(No.BALANCE_TOO_LARGE, c.Transfer("minnow", "whale", 11)),
        Case(No.ACCOUNT_FROZEN, c.Transfer("ice", "ann", 1)),
        Case(No.AGENT_FROZEN, c.Transfer("pat", "ann", 1), (STOP_PAT,)),
        Case(No.TEAM_FROZEN, c.Transfer("pat", "ann", 1), (STOP_CREW,)),
        Case(No.AGENT_FROZEN, c.Transfer("sam", "ann", 1), (STOP_SAM,)),
        Case(No.TEAM_FROZEN, c.Transfer("sam", "ann", 1), (STOP_CREW,)),
        Case(No.SAME_ACCOUNT, c.Transfer("sam", "crew", 1)),
        Case(No.INSUFFICIENT_FUNDS, c.Transfer("bob", "ann", 401)),
        Case(No.BUDGET_EXHAUSTED, c.Transfer("ann", "bob", 51)),
    ],
    c.SetCreditLine: [
        Case(No.ACCOUNT_EXISTS, c.SetCreditLine("ann", 1), tuple(wallet("debt:ann"))),
        Case(No.UNKNOWN_ACCOUNT, c.SetCreditLine("nobody", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.SetCreditLine("treasury", 1)),
        Case(No.CREDIT_ONLY, c.SetCreditLine("eve", 1)),
        Case(No.CREDIT_LINE_IN_USE, c.SetCreditLine("bob", 49), (c.DrawCredit("bob", 50),)),
    ],
    c.DrawCredit: [
        Case(No.UNKNOWN_ACCOUNT, c.DrawCredit("nobody", 1)),
        Case(No.WRONG_ACCOUNT_KIND, c.DrawCredit("debt:bob", 1)),
        Case(No.CREDIT_ONLY, c.DrawCredit("eve", 1)),
        Case(No.BALANCE_TOO_LARGE, c.DrawCredit("brim", 1), (*RICH_BOB, c.SetCreditLine("brim", 5))),
        Case(No.ACCOUNT_FROZEN, c.DrawCredit("bob", 1), (c.FreezeAccount("bob"),)),
        Case(No.AGENT_FROZEN, c.DrawCredit("pat", 1), (STOP_PAT,)),
        Case(No.TEAM_FROZEN, c.DrawCredit("pat", 1), (STOP_CREW,)),
        Case(No.CREDIT_LINE_EXCEEDED, c.DrawCredit("bob", 201)),
        Case(No.CREDIT_LINE_EXCEEDED, c.DrawCredit("ann", 1)),
    ],
    c.PlaceHold: [
        Case(No.SAME_ACCOUNT, c.PlaceHold("h", "ann", 1, LATER, "ann")),
        Case(No.UNKNOWN_ACCOUNT, c.PlaceHold("h", "nobody", 1, LATER)),
        Case(No.UNKNOWN_ACCOUNT, c.PlaceHold("h", "ann", 1, LATER, "nobody")),
        Case(No.UNKNOWN_BUDGET, c.PlaceHold("h", "ann", 1, LATER, budget="none")),
        Case(No.HOLD_EXISTS, c.PlaceHold("open", "ann", 1, LATER)),
        Case(No.HOLD_EXISTS, c.PlaceHold("voided", "ann", 1, LATER)),
        Case(No.WRONG_ACCOUNT_KIND, c.PlaceHold("h", "mint", 1, LATER)),
        Case(No.WRONG_ACCOUNT_KIND, c.PlaceHold("h", "ann", 1, LATER, "mint")),
        Case(No.ASSET_MISMATCH, c.PlaceHold("h", "ann", 1, LATER, "eve")),
        Case(No.ASSET_MISMATCH, c.PlaceHold("h", "bob", 1, LATER, budget="usd-b")),
        Case(No.BUDGET_NOT_BENEATH, c.PlaceHold("h", "ann", 1, LATER, budget="team")),
        Case(No.DEADLINE_PASSED, c.PlaceHold("h", "bob", 1, NOW)),
        Case(No.ACCOUNT_FROZEN, c.PlaceHold("h", "ice", 1, LATER)),
        Case(No.AGENT_FROZEN, c.PlaceHold("h", "pat", 1, LATER), (STOP_PAT,)),
        Case(No.TEAM_FROZEN, c.PlaceHold("h", "pat", 1, LATER), (STOP_CREW,)),
        Case(No.AGENT_FROZEN, c.PlaceHold("h", "sam", 1, LATER), (STOP_SAM,)),
        Case(No.SAME_ACCOUNT, c.PlaceHold("h", "sam", 1, LATER, "crew")),
        Case(No.INSUFFICIENT_FUNDS, c.PlaceHold("h", "bob", 401, LATER)),
        Case(No.BUDGET_EXHAUSTED, c.PlaceHold("h", "ann", 51, LATER)),
        Case(No.BUDGET_EXHAUSTED, c.PlaceHold("h", "ann", 21, LATER, budget="run")),
        Case(No.INVALID_CHARGE, c.PlaceHold("h", "bob", 1, LATER, also=(Charge("team", 1),) * 2)),
        Case(
            No.INVALID_CHARGE,
            c.PlaceHold("h", "bob", 1, LATER, also=tuple(Charge(f"l{i}", 1) for i in range(9))),
        ),
        Case(No.UNKNOWN_BUDGET, c.PlaceHold("h", "bob", 1, LATER, also=(Charge("none", 1),))),
        # Above the source,
        Case(No.BUDGET_COUNTED_TWICE, c.PlaceHold("h", "ann", 1, LATER, also=(Charge("team", 1),))),
        # beneath what is above the source,
        Case(No.BUDGET_COUNTED_TWICE, c.PlaceHold("h", "ann", 1, LATER, also=(Charge("run", 1),))),
        # or above another that is charged.
        Case(
            No.BUDGET_COUNTED_TWICE,
            c.PlaceHold("h", "bob", 1, LATER, also=(Charge("run", 1), Charge("team", 1))),
        ),
        Case(No.BUDGET_EXHAUSTED, c.PlaceHold("h", "bob", 1, LATER, also=(Charge("usd-b", 11),))),
        Case(
            No.BUDGET_EXHAUSTED,
            c.PlaceHold("h", "bob", 1, LATER, also=(Charge("far-2", 10),)),
            (FAR, c.CreateBudget("far-2", 20, "far", "usd")),
        ),  # Of far, which has 9.
        Case(No.HOLD_EXISTS, c.PlaceHold("h", "bob", 1, LATER), PAID),
    ],
    c.TopUpHold: [
        Case(
            No.INVALID_CHARGE,
            c.TopUpHold("h", 1, also=tuple(Charge(f"l{i}", 1) for i in range(8))),
            (*FURTHER, *(c.CreateBudget(f"l{i}", 1) for i in range(8))),
        ),  # Nine with far-1.
        Case(No.AMOUNT_TOO_LARGE, c.TopUpHold("h", 1, also=(Charge("far-1", BIGGEST - 2),)), FURTHER),
        Case(No.UNKNOWN_BUDGET, c.TopUpHold("h", 1, also=(Charge("none", 1),)), FURTHER),
        Case(No.BUDGET_COUNTED_TWICE, c.TopUpHold("h", 1, also=(Charge("far", 1),)), FURTHER),
        Case(No.BUDGET_EXHAUSTED, c.TopUpHold("h", 1, also=(Charge("far-1", 3),)), FURTHER),
        Case(No.UNKNOWN_HOLD, c.TopUpHold("none", 1)),
        Case(No.DEADLINE_PASSED, c.TopUpHold("open", 1, LATER - 1)),
        Case(No.HOLD_ALREADY_SETTLED, c.TopUpHold("voided", 1)),
        Case(No.HOLD_EXPIRED, c.TopUpHold("late", 1)),
        Case(No.ACCOUNT_FROZEN, c.TopUpHold("open", 1), (c.FreezeAccount("bob"),)),
        Case(No.AGENT_FROZEN, c.TopUpHold("pats", 1), (STOP_PAT,)),
        Case(No.TEAM_FROZEN, c.TopUpHold("pats", 1), (STOP_CREW,)),
        Case(No.AGENT_FROZEN, c.TopUpHold("sams", 1), (STOP_SAM,)),
        Case(No.INSUFFICIENT_FUNDS, c.TopUpHold("open", 401)),
        Case(
            No.INSUFFICIENT_FUNDS, c.TopUpHold("open", BIGGEST)
        ),  # With the 100 held it is no amount any more.
        Case(No.BUDGET_EXHAUSTED, c.TopUpHold("h", 11), (c.PlaceHold("h", "ann", 40, LATER),)),
    ],
    c.PostHold: [
        Case(No.UNKNOWN_HOLD, c.PostHold("none", 1)),
        Case(No.UNKNOWN_HOLD, c.PostHold("pats", 1, "sam")),
        Case(No.UNKNOWN_HOLD, c.PostHold("sams", 1, "pat")),  # Of the wallet that pays for both of them.
        Case(No.HOLD_ALREADY_SETTLED, c.PostHold("voided", 1)),
        Case(No.HOLD_EXPIRED, c.PostHold("late", 1)),
        Case(No.HOLD_ALREADY_SETTLED, c.PostHold("h", 1), PAID),
        Case(No.INVALID_CHARGE, c.PostHold("h", 1, also=(Charge("far-1", 1), Charge("far-1", 2))), FURTHER),
        Case(No.AMOUNT_OVER_HOLD, c.PostHold("open", 101)),
        Case(No.AMOUNT_OVER_HOLD, c.PostHold("h", 1, also=(Charge("far-1", 4),)), FURTHER),
        Case(No.AMOUNT_OVER_HOLD, c.PostHold("h", 1, also=(Charge("far", 1),)), FURTHER),  # Not by its name.
        Case(
            No.BALANCE_TOO_LARGE, c.PostHold("h", 1), (*RICH_BOB, c.PlaceHold("h", "ann", 1, LATER, "brim"))
        ),
    ],
    c.VoidHold: [
        Case(No.UNKNOWN_HOLD, c.VoidHold("none")),
        Case(No.UNKNOWN_HOLD, c.VoidHold("pats", "sam")),
        Case(No.HOLD_ALREADY_SETTLED, c.VoidHold("voided")),
        Case(No.HOLD_EXPIRED, c.VoidHold("late")),
    ],
    c.ExpireHold: [
        Case(No.UNKNOWN_HOLD, c.ExpireHold("none")),
        Case(No.HOLD_ALREADY_SETTLED, c.ExpireHold("voided")),
        Case(No.HOLD_EXPIRED, c.ExpireHold("late")),
        Case(No.HOLD_NOT_DUE, c.ExpireHold("open")),
    ],
    c.SettleUnreported: [
        Case(No.UNKNOWN_HOLD, c.SettleUnreported("none")),
        Case(No.HOLD_ALREADY_SETTLED, c.SettleUnreported("voided")),
        Case(No.HOLD_ALREADY_SETTLED, c.SettleUnreported("h"), PAID),
        Case(No.HOLD_EXPIRED, c.SettleUnreported("late")),
    ],
    c.ReconcileHold: [
        Case(No.INVALID_CHARGE, c.ReconcileHold("h", 1, (Charge("usd-b", 1),) * 2), PAID),
        Case(No.UNKNOWN_HOLD, c.ReconcileHold("none", 0)),
        Case(No.HOLD_STILL_OPEN, c.ReconcileHold("open", 0)),
        Case(No.HOLD_ALREADY_SETTLED, c.ReconcileHold("voided", 0)),
        Case(No.HOLD_ALREADY_SETTLED, c.ReconcileHold("h", 0), (*PAID, c.ReconcileHold("h", 0))),
        Case(No.HOLD_EXPIRED, c.ReconcileHold("late", 0)),
        Case(No.AMOUNT_OVER_HOLD, c.ReconcileHold("h", 11), PAID),
        Case(No.AMOUNT_OVER_HOLD, c.ReconcileHold("h", 10, (Charge("usd-b", 4),)), PAID),
        Case(
            No.BALANCE_TOO_LARGE,
            c.ReconcileHold("h", 0),
            (
                c.SetCreditLine("bob", BIGGEST),
                c.PlaceHold("h", "bob", 10, LATER, "pat"),
                c.SettleUnreported("h"),
                c.DrawCredit("bob", BIGGEST - 490),
            ),
        ),
        # pat had 100, of which 10 are on hold, and has paid out 98 of its 110.
        Case(No.INSUFFICIENT_FUNDS, c.ReconcileHold("h", 7), (*PAID, c.Burn("pat", 98))),
    ],
    c.RecordUsage: [
        Case(No.UNKNOWN_AGENT, c.RecordUsage("ann", 1)),  # An account, and nobody's.
        Case(No.UNKNOWN_BUDGET, c.RecordUsage("pat", 1, budget="none")),
        Case(No.ASSET_MISMATCH, c.RecordUsage("pat", 1, budget="usd-b")),
        Case(No.BUDGET_NOT_BENEATH, c.RecordUsage("pat", 1, budget="team"), (c.AssignBudget("pat", "run"),)),
    ],
    c.CreateBudget: [
        Case(No.INVALID_BUDGET_RULE, c.CreateBudget("b", -1)),
        Case(No.INVALID_BUDGET_RULE, c.CreateBudget("b", BIGGEST + 1)),
        Case(No.INVALID_BUDGET_RULE, c.CreateBudget("b", 1, window=-1)),
        Case(
            No.INVALID_BUDGET_RULE, c.CreateBudget("b", 1, carry_over=1)
        ),  # There is no window to carry into.
        Case(No.INVALID_BUDGET_RULE, c.CreateBudget("b", 1, alerts=(0,))),
        Case(No.INVALID_BUDGET_RULE, c.CreateBudget("b", 1, alerts=(PPM_ONE + 1,))),
        Case(No.INVALID_BUDGET_RULE, c.CreateBudget("b", 1, alerts=(2, 1))),
        Case(No.INVALID_BUDGET_RULE, c.CreateBudget("b", 1, alerts=(1, 1))),
        Case(No.INVALID_BUDGET_RULE, c.CreateBudget("b", 1, alerts=(0.8,))),
        Case(No.INVALID_BUDGET_RULE, c.CreateBudget("b", 1, alerts=tuple(range(1, 10)))),
        Case(No.UNKNOWN_ASSET, c.CreateBudget("b", 1, asset="eur")),
        Case(No.BUDGET_EXISTS, c.CreateBudget("team", 1)),
        Case(No.UNKNOWN_BUDGET, c.CreateBudget("b", 1, "none")),
        Case(No.ASSET_MISMATCH, c.CreateBudget("b", 1, "usd-b")),
        Case(No.BUDGET_TOO_DEEP, c.CreateBudget("b", 1, "level7"), tuple(EIGHT_DEEP)),
    ],
    c.ChangeBudget: [
        Case(No.INVALID_BUDGET_RULE, c.ChangeBudget("team", -1)),
        Case(No.INVALID_BUDGET_RULE, c.ChangeBudget("team", 1, 1)),
        Case(No.INVALID_BUDGET_RULE, c.ChangeBudget("team", 1, alerts=(2, 1))),
        Case(No.UNKNOWN_BUDGET, c.ChangeBudget("none", 1)),
    ],
    c.CloseBudget: [
        Case(No.UNKNOWN_BUDGET, c.CloseBudget("none")),
        Case(No.BUDGET_IN_USE, c.CloseBudget("team")),  # It has a child,
        Case(No.BUDGET_IN_USE, c.CloseBudget("usd-b"), (c.AssignBudget("eve", "usd-b"),)),  # an account,
        Case(
            No.BUDGET_IN_USE, c.CloseBudget("run"), (c.PlaceHold("h", "ann", 1, LATER, None, "run"),)
        ),  # a hold.
    ],
    c.AssignBudget: [
        Case(No.UNKNOWN_ACCOUNT, c.AssignBudget("nobody", "team")),
        Case(No.UNKNOWN_BUDGET, c.AssignBudget("ann", "none")),
        Case(No.WRONG_ACCOUNT_KIND, c.AssignBudget("mint", "team")),
        Case(No.ASSET_MISMATCH, c.AssignBudget("ann", "usd-b")),
        Case(No.ASSET_MISMATCH, c.AssignBudget("sam", "usd-b")),
    ],
}

CASES |= {
    c.CreateTeam: [
        Case(No.TEAM_EXISTS, c.CreateTeam("crew")),
        Case(No.AGENT_EXISTS, c.CreateTeam("sam")),
        Case(No.ACCOUNT_EXISTS, c.CreateTeam("ann")),
        Case(No.UNKNOWN_BUDGET, c.CreateTeam("ops", "none")),
        Case(No.ASSET_MISMATCH, c.CreateTeam("ops", "usd-b")),
    ],
    c.FreezeTeam: [
        Case(No.UNKNOWN_TEAM, c.FreezeTeam("none")),
        Case(No.TEAM_FROZEN, c.FreezeTeam("idle")),
    ],
    c.UnfreezeTeam: [
        Case(No.UNKNOWN_TEAM, c.UnfreezeTeam("none")),
        Case(No.TEAM_NOT_FROZEN, c.UnfreezeTeam("crew")),
    ],
    c.CreateAgent: [
        Case(No.INVALID_AGENT, c.CreateAgent("new", capabilities=("x",) * 65)),
        Case(No.INVALID_AGENT, c.CreateAgent("new", capabilities=("not a name",))),
        Case(No.INVALID_AGENT, c.CreateAgent("new", models=("x",) * 65)),
        Case(No.INVALID_AGENT, c.CreateAgent("new", metadata={str(i): "" for i in range(17)})),
        Case(No.INVALID_AGENT, c.CreateAgent("new", metadata={"": "x"})),
        Case(No.INVALID_AGENT, c.CreateAgent("new", metadata={"x" * 65: "x"})),
        Case(No.INVALID_AGENT, c.CreateAgent("new", metadata={"x": "x" * 257})),
        Case(No.INVALID_AGENT, c.CreateAgent("new", weight=0)),
        Case(No.INVALID_AGENT, c.CreateAgent("new", weight=1_000_001)),
        Case(No.INVALID_AGENT, c.CreateAgent("new", weight=1.5)),
        Case(No.INVALID_AGENT, c.CreateAgent("new", priority=-1_001)),
        Case(No.INVALID_AGENT, c.CreateAgent("new", wallet=False)),  # It has no team to pay for it.
        Case(No.INVALID_AGENT, c.CreateAgent("new", "crew", wallet=False, credits=Amount(1))),
        Case(No.INVALID_KEY, c.CreateAgent("new", key="k2")),
        Case(No.INVALID_KEY, c.CreateAgent("new", key="k2", key_digest=FRESH.upper())),
        Case(No.TEAM_EXISTS, c.CreateAgent("crew")),
        Case(No.UNKNOWN_TEAM, c.CreateAgent("new", "none")),
        Case(No.AGENT_EXISTS, c.CreateAgent("sam", "crew", wallet=False)),
        Case(No.KEY_EXISTS, c.CreateAgent("new", key="k1", key_digest=FRESH)),
        Case(No.KEY_EXISTS, c.CreateAgent("new", key="k2", key_digest=DIGEST)),
        Case(No.ACCOUNT_EXISTS, c.CreateAgent("ann")),
        Case(No.UNKNOWN_BUDGET, c.CreateAgent("new", budget="none")),
        Case(No.ASSET_MISMATCH, c.CreateAgent("new", budget="usd-b")),
        Case(No.BALANCE_TOO_LARGE, c.CreateAgent("new", credits=BIGGEST)),
    ],
    c.ChangeAgent: [
        Case(No.INVALID_AGENT, c.ChangeAgent("sam", weight=0)),
        Case(No.INVALID_AGENT, c.ChangeAgent("sam", priority=1_001)),
        Case(No.INVALID_AGENT, c.ChangeAgent("sam", models=("a b",))),
        Case(No.INVALID_AGENT, c.ChangeAgent("sam", capabilities=("x",) * 65)),
        Case(No.INVALID_AGENT, c.ChangeAgent("sam", metadata={"": "x"})),
        Case(No.UNKNOWN_AGENT, c.ChangeAgent("nobody", weight=2)),
        Case(No.UNKNOWN_BUDGET, c.ChangeAgent("sam", budget="none")),
        Case(No.ASSET_MISMATCH, c.ChangeAgent("pat", budget="usd-b")),
    ],
    c.FreezeAgent: [
        Case(No.UNKNOWN_AGENT, c.FreezeAgent("nobody")),
        Case(No.AGENT_FROZEN, c.FreezeAgent("ivy")),
    ],
    c.UnfreezeAgent: [
        Case(No.UNKNOWN_AGENT, c.UnfreezeAgent("nobody")),
        Case(No.AGENT_NOT_FROZEN, c.UnfreezeAgent("sam")),
    ],
    c.IssueKey: [
        Case(No.INVALID_KEY, c.IssueKey("k2", "boss", Role.ADMIN, "secret")),
        Case(No.UNKNOWN_AGENT, c.IssueKey("k2", "boss", Role.AGENT, FRESH)),
        Case(No.KEY_EXISTS, c.IssueKey("k1", "boss", Role.ADMIN, FRESH)),
        Case(No.KEY_EXISTS, c.IssueKey("k2", "boss", Role.ADMIN, DIGEST)),
    ],
    c.RotateKey: [
        Case(No.INVALID_KEY, c.RotateKey("k1", "secret")),
        Case(No.KEY_EXISTS, c.RotateKey("k1", DIGEST)),
        Case(No.UNKNOWN_KEY, c.RotateKey("k2", FRESH)),
    ],
    c.RegisterSigningKey: [
        Case(No.INVALID_KEY, c.RegisterSigningKey("sam", "5F" * 32)),
        Case(No.UNKNOWN_AGENT, c.RegisterSigningKey("nobody", "5f" * 32)),
    ],
    c.RevokeKey: [Case(No.UNKNOWN_KEY, c.RevokeKey("k2"))],
    c.SetMode: [
        Case(No.UNKNOWN_FEATURE, c.SetMode("gatway", Mode.STOPPED)),
        Case(No.UNKNOWN_FEATURE, c.SetMode("gateway:", Mode.STOPPED)),
        Case(No.UNKNOWN_FEATURE, c.SetMode("gateway:a b", Mode.STOPPED)),
    ],
}

FORMS = [
    Case(No.INVALID_ID, c.CreateTeam("a b")),
    Case(No.INVALID_ID, c.CreateAgent("a b")),
    Case(No.INVALID_ID, c.CreateAgent("new", owner="a b")),
    Case(No.INVALID_ID, c.CreateAgent("new", key="a b", key_digest=FRESH)),
    Case(No.INVALID_ID, c.CreateAgent("new", key_digest=FRESH)),
    Case(No.AMOUNT_NOT_POSITIVE, c.CreateAgent("new", credits=-1)),
    Case(No.TEXT_TOO_LONG, c.FreezeTeam("crew", "x" * 257)),
    Case(No.TEXT_TOO_LONG, c.FreezeAgent("sam", "x" * 257)),
    Case(No.INVALID_ID, c.IssueKey("", "boss", Role.ADMIN, FRESH)),
    Case(No.INVALID_ID, c.IssueKey("k2", "", Role.ADMIN, FRESH)),
    Case(No.TEXT_TOO_LONG, c.RevokeKey("k1", "x" * 257)),
    Case(No.INVALID_ID, c.DeclareAsset("not a name")),
    Case(No.AMOUNT_TOO_LARGE, c.DeclareAsset("eur", 19)),
    Case(No.AMOUNT_NOT_POSITIVE, c.DeclareAsset("eur", -1)),
    Case(No.INVALID_ID, c.DeclareExchange("", "usd", "credit", Price(1))),
    Case(No.INVALID_ID, c.OpenAccount("-x", "ann")),
    Case(No.INVALID_ID, c.OpenAccount("x", "ann\n")),
    Case(No.TEXT_TOO_LONG, c.OpenAccount("x", "ann", label="x" * 257)),
    Case(No.TEXT_TOO_LONG, c.FreezeAccount("ann", "x" * 257)),
    Case(No.TEXT_TOO_LONG, c.UnfreezeAccount("ann", "x" * 257)),
    Case(No.TEXT_TOO_LONG, c.Mint("ann", 1, "x" * 257)),
    Case(No.TEXT_TOO_LONG, c.Mint("ann", 1, note="x" * 1025)),
    Case(No.AMOUNT_NOT_INTEGER, c.Mint("ann", 1.0)),
    Case(No.AMOUNT_NOT_INTEGER, c.Mint("ann", True)),
    Case(No.AMOUNT_NOT_POSITIVE, c.Mint("ann", 0)),
    Case(No.AMOUNT_TOO_LARGE, c.Mint("ann", BIGGEST + 1)),
    Case(No.TEXT_TOO_LONG, c.Burn("ann", 1, "x" * 257)),
    Case(No.AMOUNT_NOT_POSITIVE, c.Burn("ann", -1)),
    Case(No.TEXT_TOO_LONG, c.Transfer("ann", "bob", 1, "x" * 65)),
    Case(No.TEXT_TOO_LONG, c.Transfer("ann", "bob", 1, reference="x" * 257)),
    Case(No.TEXT_TOO_LONG, c.Transfer("ann", "bob", 1, note="x" * 1025)),
    Case(No.AMOUNT_NOT_POSITIVE, c.Transfer("ann", "bob", 0)),
    Case(No.AMOUNT_NOT_INTEGER, c.Convert("fx", "eve", "bob", "1")),
    Case(No.AMOUNT_NOT_POSITIVE, c.SetCreditLine("bob", -1)),
    Case(No.AMOUNT_NOT_POSITIVE, c.DrawCredit("bob", 0)),
    Case(No.INVALID_ID, c.PlaceHold("x" * 129, "bob", 1, LATER)),
    Case(No.TEXT_TOO_LONG, c.PlaceHold("h", "bob", 1, LATER, code="x" * 65)),
    Case(No.TEXT_TOO_LONG, c.PlaceHold("h", "bob", 1, LATER, reference="x" * 257)),
    Case(No.AMOUNT_NOT_INTEGER, c.PlaceHold("h", "bob", 1, 1.5)),
    Case(No.AMOUNT_TOO_LARGE, c.PlaceHold("h", "bob", 1, BIGGEST + 1)),
    Case(No.AMOUNT_NOT_POSITIVE, c.TopUpHold("open", 0)),
    Case(No.AMOUNT_NOT_INTEGER, c.TopUpHold("open", 1, 1.5)),
    Case(No.AMOUNT_NOT_POSITIVE, c.PostHold("open", 0)),
    Case(No.AMOUNT_NOT_POSITIVE, c.PlaceHold("h", "bob", 1, LATER, also=(Charge("usd-b", 0),))),
    Case(No.AMOUNT_NOT_INTEGER, c.PlaceHold("h", "bob", 1, LATER, also=(Charge("usd-b", 1.5),))),
    Case(No.AMOUNT_TOO_LARGE, c.TopUpHold("open", 0, also=(Charge("usd-b", BIGGEST + 1),))),
    Case(No.AMOUNT_NOT_POSITIVE, c.TopUpHold("open", -1, also=(Charge("usd-b", 1),))),
    Case(No.AMOUNT_NOT_POSITIVE, c.PostHold("open", 1, also=(Charge("usd-b", -1),))),
    Case(No.AMOUNT_NOT_POSITIVE, c.ReconcileHold("open", -1)),
    Case(No.AMOUNT_NOT_POSITIVE, c.RecordUsage("pat", 0)),
    Case(No.TEXT_TOO_LONG, c.RecordUsage("pat", 1, "x" * 65)),
    Case(No.TEXT_TOO_LONG, c.RecordUsage("pat", 1, reference="x" * 257)),
    Case(No.TEXT_TOO_LONG, c.RecordUsage("pat", 1, refused="x" * 65)),
    Case(No.TEXT_TOO_LONG, c.SetMode("gateway", Mode.OFF, "x" * 257)),
    Case(No.INVALID_ID, c.CreateBudget("a b", 1)),
]
"""What the form of a command forbids, whatever the state."""

PRECEDENCE = [
    # Both reasons hold; the one that stands earlier in `RefusalCode` is given.
    Case(No.INVALID_ID, c.OpenAccount("not a name", "ann", label="x" * 257)),
    Case(No.TEXT_TOO_LONG, c.Transfer("ann", "bob", 0, "x" * 65)),
    Case(No.AMOUNT_NOT_POSITIVE, c.Transfer("ann", "ann", 0)),
    Case(No.AMOUNT_NOT_POSITIVE, c.PlaceHold("h", "bob", 0, BIGGEST + 1)),
    Case(No.SAME_ACCOUNT, c.Transfer("nobody", "nobody", 1)),
    Case(No.SAME_ACCOUNT, c.PlaceHold("h", "nobody", 1, LATER, "nobody")),
    Case(No.UNKNOWN_ASSET, c.DeclareExchange("fx", "usd", "eur", Price(1))),
    Case(No.INVALID_RATE, c.DeclareExchange("fx", "usd", "usd", Price(0))),
    Case(No.UNKNOWN_EXCHANGE, c.Convert("xf", "nobody", "bob", 2)),
    Case(No.UNKNOWN_ASSET, c.OpenAccount("ann", "ann", asset="eur")),
    Case(No.ACCOUNT_EXISTS, c.OpenAccount("ann", "ann", budget="none")),
    Case(No.UNKNOWN_ACCOUNT, c.PlaceHold("open", "ann", 1, LATER, "nobody", "none")),
    Case(No.UNKNOWN_BUDGET, c.PlaceHold("open", "ann", 1, LATER, budget="none")),
    Case(No.HOLD_EXISTS, c.PlaceHold("open", "mint", 1, NOW)),
    Case(No.AMOUNT_NOT_INTEGER, c.PlaceHold("h", "bob", 0, LATER, also=(Charge("team", 1.5),) * 2)),
    Case(No.INVALID_CHARGE, c.PlaceHold("h", "bob", 1, LATER, "bob", also=(Charge("team", 1),) * 2)),
    Case(No.UNKNOWN_BUDGET, c.TopUpHold("none", 1, also=(Charge("none", 1),))),
    Case(No.BUDGET_NOT_BENEATH, c.PlaceHold("h", "ann", 1, NOW, None, "team", also=(Charge("run", 1),))),
    Case(No.BUDGET_COUNTED_TWICE, c.PlaceHold("h", "ann", 1, NOW, also=(Charge("run", 1),))),
    # Of the money's own budgets and the further ones, the money's are named.
    Case(No.BUDGET_EXHAUSTED, c.PlaceHold("h", "ann", 51, LATER, also=(Charge("usd-b", 11),))),
    Case(No.WRONG_ACCOUNT_KIND, c.Transfer("mint", "eve", 1)),
    Case(No.ASSET_MISMATCH, c.Transfer("ice", "eve", 1)),
    Case(No.ASSET_MISMATCH, c.PlaceHold("h", "ann", 1, LATER, budget="usd-b")),
    Case(No.BUDGET_NOT_BENEATH, c.PlaceHold("h", "ann", 1, NOW, budget="team")),
    Case(No.DEADLINE_PASSED, c.PlaceHold("h", "ice", 101, NOW)),
    Case(No.DEADLINE_PASSED, c.TopUpHold("open", BIGGEST, LATER - 1)),
    Case(
        No.AMOUNT_OVER_HOLD, c.PostHold("h", BIGGEST), (*RICH_BOB, c.PlaceHold("h", "ann", 1, LATER, "brim"))
    ),
    Case(No.BALANCE_TOO_LARGE, c.DrawCredit("bob", BIGGEST), (c.FreezeAccount("bob"),)),
    Case(No.ACCOUNT_FROZEN, c.Transfer("ice", "ann", 101)),
    Case(No.ACCOUNT_FROZEN, c.Convert("fx", "eve", "bob", 301), (c.FreezeAccount("exchange:fx:credit"),)),
    Case(No.INSUFFICIENT_FUNDS, c.Transfer("ann", "bob", 1_001)),
    Case(No.INSUFFICIENT_FUNDS, c.Convert("fx", "eve", "bob", 62), (c.AssignBudget("eve", "usd-b"),)),
]


for subject in SUBJECTS:
    for command, of_subject in subject.REFUSED.items():
        CASES.setdefault(command, []).extend(of_subject)


def _every_case() -> list[Case]:
    others = [case for subject in SUBJECTS for case in (*subject.FORMS, *subject.PRECEDENCE)]
    return [*(case for cases in CASES.values() for case in cases), *FORMS, *PRECEDENCE, *others]


@pytest.mark.parametrize(
    "case", _every_case(), ids=lambda case: f"{type(case.command).__name__}-{case.code.value}"
)
def test_a_command_is_refused_for_the_reason_that_stands_earliest(case: Case) -> None:
    world = town()
    world.do(*case.first)
    assert world.code(case.command) is case.code


@pytest.mark.parametrize("command", get_args(Command), ids=lambda command: command.__name__)
def test_every_reason_that_a_docstring_names_has_a_case(command: type) -> None:
    tested = {case.code for case in CASES.get(command, [])}
    assert set(_named_in_docstring(command)) | _FORM == tested | _FORM


@pytest.mark.parametrize("command", get_args(Command), ids=lambda command: command.__name__)
def test_a_docstring_names_the_reasons_in_order_of_precedence(command: type) -> None:
    named = _named_in_docstring(command)
    assert named == sorted(named, key=list(RefusalCode).index)


def test_of_several_refusals_the_earliest_counts() -> None:
    late, early = Refusal(No.BUDGET_EXHAUSTED), Refusal(No.SAME_ACCOUNT)
    assert earliest(None, late, None, early) == early
    assert earliest(None, None) is None


def test_a_refusal_says_which_level_and_by_how_much() -> None:
    refusal = town().refusal(c.Transfer("ann", "bob", 51))
    assert (refusal.subject, refusal.requested, refusal.available) == ("ann-b", 51, 50)
    assert refusal.sentence() == (
        "budget_exhausted: A budget has less left than this needs. "
        "(field amount, ann-b, requested 51, available 50)"
    )


def test_a_soft_limit_is_no_reason_to_refuse() -> None:
    world = town()
    world.do(*(c.ChangeBudget(name, 10, mode=BudgetMode.SOFT) for name in ("ann-b", "team")))
    before = world.balance("bob")
    world.do(c.Transfer("ann", "bob", 51))
    assert world.balance("bob") == before + 51


def test_only_the_nodes_own_passing_reasons_are_transient() -> None:
    assert {code for code in RefusalCode if code.transient} == {No.OVERLOADED, No.UNREADY}
    assert {code for code in RefusalCode if not code.journaled} == {No.OVERLOADED, No.UNREADY, No.ID_REUSED}


_FORM = {No.INVALID_ID, No.TEXT_TOO_LONG, No.AMOUNT_NOT_INTEGER, No.AMOUNT_NOT_POSITIVE, No.AMOUNT_TOO_LARGE}


def _named_in_docstring(command: type) -> list[RefusalCode]:
    _, _, refused = (command.__doc__ or "").partition("Refused:")
    return [RefusalCode(code) for code in re.findall(r"`(\w+)`", refused)]
