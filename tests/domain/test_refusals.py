"""Every command, and every reason its docstring names for declining it, by a worked case."""

import re
from typing import NamedTuple, get_args

import pytest
from msgspec import structs

from econonexus.domain import commands as c
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
)
from econonexus.domain.money import PPM_ONE, Amount, Price
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Clock, Commitment, Terms
from tests.world import START, World, nested, wallet

BIGGEST = 2**63 - 1
LATER = START + 100


class Case(NamedTuple):
    """In `town`, after the commands of `first`, the command is refused with the code."""

    code: RefusalCode
    command: Command
    first: tuple[Command, ...] = ()


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
    world.do(*OF_MARKETS)
    return world


NOW = START + 1
DIGEST = "5f" * 32
FRESH = "e7" * 32
STOP_PAT, STOP_SAM, STOP_CREW = c.FreezeAgent("pat"), c.FreezeAgent("sam"), c.FreezeTeam("crew")
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

RICH_IVO = c.CreateAgent("ivo", credits=100)
END_SECRET = c.CloseAuction("secret")
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
    Terms(clock=Clock(9, 1, 1), reserve=10),
    Terms(clock=Clock(9, 1, 1), commitment=Commitment(9)),
)
OF_MARKETS = (
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
SOMEBODYS_STAKE = (c.OpenAccount("stake:pat", "bob", AccountKind.STAKE), c.Mint("stake:pat", 10))
KNOWN = auction_of("known", Terms(least_reputation=500_001))
FAST = (*auction_of("fast", Terms(revisions=Revisions.NONE)), c.PlaceBid("b1", "fast", "pat", {"tok": 1}, 5))

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
        # Of pat's 110, 34 are on hold, 3 were paid for a grant, and 71 are burned: 2 are left, and 3 wanted.
        Case(No.INSUFFICIENT_FUNDS, c.ReconcileHold("h", 7), (*PAID, c.Burn("pat", 71))),
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
    c.RevokeKey: [Case(No.UNKNOWN_KEY, c.RevokeKey("k2"))],
    c.SetMode: [
        Case(No.UNKNOWN_FEATURE, c.SetMode("gatway", Mode.STOPPED)),
        Case(No.UNKNOWN_FEATURE, c.SetMode("gateway:", Mode.STOPPED)),
        Case(No.UNKNOWN_FEATURE, c.SetMode("gateway:a b", Mode.STOPPED)),
    ],
}

MARKETS: dict[type, list[Case]] = {
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
        Case(
            No.STAKE_TOO_SMALL, c.PlaceBid("b", "staked", "pat", {"tok": 1}, 5), (*STAKED, *SOMEBODYS_STAKE)
        ),
        Case(No.REPUTATION_TOO_LOW, c.PlaceBid("b", "known", "pat", {"tok": 1}, 5), KNOWN),
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
        Case(No.UNKNOWN_AUCTION, c.RaiseBid("b1", "none", "pat", 21)),
        Case(No.UNKNOWN_BID, c.RaiseBid("b9", "run", "pat", 21)),
        Case(No.UNKNOWN_BID, c.RaiseBid("b1", "run", "sam", 21)),  # It is pat's.
        Case(No.AUCTION_NOT_OPEN, c.RaiseBid("b1", "over", "pat", 21)),
        Case(No.MARKET_HALTED, c.RaiseBid("b1", "run", "pat", 21), (HALT,)),
        Case(No.BID_STANDS, c.RaiseBid("b1", "run", "pat", 20)),
        Case(No.BID_STANDS, c.RaiseBid("b1", "fast", "pat", 6), FAST),
        Case(No.ACCOUNT_FROZEN, c.RaiseBid("b1", "run", "pat", 21), (c.FreezeAccount("pat"),)),
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
"""In `town` with markets: of 8 gpus 2 are pat's (one grant has ended), 4 are in auctions that run."""
CASES |= MARKETS

SECRET = Terms(reserve=3, commitment=Commitment(9, 50))
UNKNOWN_STAY_OUT = Terms(least_reputation=PPM_ONE, commitment=Commitment(9))
UNDER_19 = c.ChangeBudget("run", 19)
PROMISED = c.CommitBid("b", "secret", "pat", digest("secret", "b", "pat", {"gpu": 1}, 20, "x" * 16))
PROMISED_LESS = c.CommitBid("b", "secret", "pat", digest("secret", "b", "pat", {"gpu": 1}, 2, "x" * 16))
PROMISED_TOK = c.CommitBid("b", "secret", "pat", digest("secret", "b", "pat", {"tok": 1}, 20, "x" * 16))
REVEALED = c.RevealBid("b", "secret", "pat", {"gpu": 1}, 20, "x" * 16)
COMMITTED = (
    c.CreateMarket("secret", ("gpu",), SECOND, SECRET),
    c.AnnounceAuction("secret", "secret", {"gpu": 1}),
    c.CommitBid("b1", "secret", "pat", "0" * 64),
)
TO_REVEAL = (*COMMITTED, PROMISED, c.CloseAuction("secret"))
"""pat, who has 100 of which 30 are held, put up two bonds of 9; an auction at a standing price of 20."""
RISING = (
    c.CreateMarket("rising", ("gpu",), Mechanism.ENGLISH, Terms(increment=5)),
    c.AnnounceAuction("rising", "rising", {"gpu": 1}),
    c.PlaceBid("b1", "rising", "pat", {"gpu": 1}, 15),
    c.PlaceBid("b2", "rising", "ivo", {"gpu": 1}, 30),
)
CASES[c.PlaceBid] += [
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1})),
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5, valuation=5, style=BidStyle.TRUTHFUL)),
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, valuation=5)),
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5, style=BidStyle.TRUTHFUL)),
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, None, 4, 5, BidStyle.STRATEGIC)),
    Case(No.COMMITMENT_NEEDED, c.PlaceBid("b", "secret", "pat", {"gpu": 1}, 5), COMMITTED),
    Case(No.BELOW_STANDING, c.PlaceBid("b", "rising", "pat", {"gpu": 1}, 24), (RICH_IVO, *RISING)),
]
CASES[c.RaiseBid] += [
    Case(No.BELOW_STANDING, c.RaiseBid("b1", "rising", "pat", 24), (RICH_IVO, *RISING)),
]
CASES[c.CommitBid] = [
    Case(No.INVALID_COMMITMENT, c.CommitBid("b", "secret", "pat", "20"), COMMITTED),
    Case(
        No.SAME_ACCOUNT,
        c.CommitBid("b", "sold", "sam", "0" * 64),
        (
            c.CreateMarket("sold", ("tok",), SECOND, sold_by("crew")),
            c.AnnounceAuction("sold", "sold", {"tok": 1}),
        ),
    ),
    Case(No.UNKNOWN_AGENT, c.CommitBid("b", "secret", "ann", "0" * 64), COMMITTED),
    Case(No.UNKNOWN_AUCTION, c.CommitBid("b", "none", "pat", "0" * 64)),
    Case(No.BID_EXISTS, c.CommitBid("b1", "secret", "pat", "0" * 64), COMMITTED),
    Case(
        No.WRONG_ACCOUNT_KIND,
        c.CommitBid("b", "secret", "mint", "0" * 64),
        (*COMMITTED, c.CreateAgent("mint", "crew", wallet=False)),
    ),
    Case(
        No.ASSET_MISMATCH,
        c.CommitBid("b", "secret", "sam", "0" * 64),
        (*COMMITTED, c.OpenAccount("sam", "sam", asset="usd"), c.Mint("sam", 9)),
    ),
    Case(No.NO_COMMITMENTS, c.CommitBid("b", "run", "pat", "0" * 64)),
    Case(No.AUCTION_NOT_OPEN, c.CommitBid("b", "secret", "pat", "0" * 64), (*COMMITTED, END_SECRET)),
    Case(
        No.MARKET_HALTED, c.CommitBid("b", "secret", "pat", "0" * 64), (*COMMITTED, c.FreezeMarket("secret"))
    ),
    Case(
        No.STAKE_TOO_SMALL,
        c.CommitBid("b", "wary", "pat", "0" * 64),
        (
            c.CreateMarket("wary", ("gpu",), SECOND, Terms(stake=5, commitment=Commitment(9))),
            c.AnnounceAuction("wary", "wary", {"gpu": 1}),
        ),
    ),
    Case(
        No.REPUTATION_TOO_LOW,
        c.CommitBid("b", "wary", "pat", "0" * 64),
        (
            c.CreateMarket(
                "wary", ("gpu",), SECOND, Terms(least_reputation=PPM_ONE, commitment=Commitment(9))
            ),
            c.AnnounceAuction("wary", "wary", {"gpu": 1}),
        ),
    ),
    Case(No.ACCOUNT_FROZEN, PROMISED, (*COMMITTED, c.FreezeAccount("pat"))),
    Case(No.AGENT_FROZEN, PROMISED, (*COMMITTED, STOP_PAT)),
    Case(No.TEAM_FROZEN, PROMISED, (*COMMITTED, STOP_CREW)),
    Case(No.INSUFFICIENT_FUNDS, PROMISED, (*COMMITTED, c.Burn("pat", 50))),
    Case(No.BUDGET_EXHAUSTED, PROMISED, (*COMMITTED, UNDER_RUN, c.ChangeBudget("run", 8))),
]
CASES[c.RevealBid] = [
    Case(No.INVALID_BID, structs.replace(REVEALED, price=0), TO_REVEAL),
    Case(No.INVALID_BID, structs.replace(REVEALED, items={}), TO_REVEAL),
    Case(No.INVALID_BID, structs.replace(REVEALED, items={"gpu": 2}), TO_REVEAL),
    Case(No.INVALID_BID, structs.replace(REVEALED, nonce="x" * 15), TO_REVEAL),
    Case(No.UNKNOWN_AUCTION, structs.replace(REVEALED, auction="none")),
    Case(No.BID_EXISTS, REVEALED, (*TO_REVEAL, REVEALED)),
    Case(No.UNKNOWN_BID, structs.replace(REVEALED, bid="b9"), TO_REVEAL),
    Case(No.UNKNOWN_BID, structs.replace(REVEALED, agent="sam"), TO_REVEAL),
    Case(No.COMMITMENT_BROKEN, structs.replace(REVEALED, price=21), TO_REVEAL),
    Case(
        No.NOT_SOLD_HERE,
        structs.replace(REVEALED, items={"tok": 1}),
        (*COMMITTED, PROMISED_TOK, END_SECRET),
    ),
    Case(No.BELOW_RESERVE, structs.replace(REVEALED, price=2), (*COMMITTED, PROMISED_LESS, END_SECRET)),
    Case(No.NOT_REVEALING, REVEALED, (*COMMITTED, PROMISED)),
    Case(No.ACCOUNT_FROZEN, REVEALED, (*TO_REVEAL, c.FreezeAccount("pat"))),
    Case(No.AGENT_FROZEN, REVEALED, (*TO_REVEAL, STOP_PAT)),
    Case(No.TEAM_FROZEN, REVEALED, (*TO_REVEAL, STOP_CREW)),
    Case(No.INSUFFICIENT_FUNDS, REVEALED, (*TO_REVEAL, c.Burn("pat", 45))),
    Case(
        No.BUDGET_EXHAUSTED,
        REVEALED,
        (*COMMITTED, UNDER_RUN, PROMISED, END_SECRET, UNDER_19),
    ),
]

FORMS = [
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
    Case(No.INVALID_ID, c.CommitBid("a b", "run", "pat", "0" * 64)),
    Case(No.TEXT_TOO_LONG, c.CancelAuction("run", "x" * 257)),
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


def _every_case() -> list[Case]:
    return [*(case for cases in CASES.values() for case in cases), *FORMS, *PRECEDENCE]


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
