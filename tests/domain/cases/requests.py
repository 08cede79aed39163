"""Worked cases of requests at a posted price, first come, and those that wait for the end of a period."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.kinds import BudgetMode, Mechanism, PriceRule, Proceeds, Sharing
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Pricing, ReservedShare, Terms
from tests.domain.cases.case import (
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
BY_DEADLINE = {c.AdvanceMarket}
"""The commands that a test of deadlines works through: `test_requests` has them, period by period."""
FIXED = Pricing(PriceRule.FIXED, 3)
POSTED, FIRST, URGENT = Mechanism.POSTED_PRICE, Mechanism.FIRST_COME, Mechanism.PRIORITY
WEIGHTED = Mechanism.WEIGHTED_FAIR
SHOPS: tuple[Command, ...] = (
    c.DeclareResource("tok", "token", 100, 60),
    c.CreateMarket("shop", ("tok",), POSTED, Terms(pricing=FIXED, proceeds=Proceeds.TREASURY)),
    c.CreateMarket("free", ("tok",), FIRST),
    c.CreateMarket("line", ("tok",), URGENT, Terms(reserve=2)),
    c.CreateAgent("kim", credits=500),
    c.CreateBudget("loose", 5, mode=BudgetMode.SOFT, alerts=()),
    c.CreateAgent("ivo", credits=100, budget="loose"),
)
ACCEPTED_IN_SHOPS: list[tuple[Command, tuple[e.Event, ...]]] = [
    (
        c.RequestUnits("r", "shop", "kim", 10, 3),
        (
            e.RequestServed("r", "shop", "kim", 10, 3, "kim", "treasury", 30),
            e.Granted("r:1", "kim", "tok", 10, START, START + 60, 1, "shop", "r", 30),
        ),
    ),
    (
        c.RequestUnits("r", "free", "kim", 100),
        (
            e.RequestServed("r", "free", "kim", 100, 0, "kim", "burn", 0),
            e.Granted("r:1", "kim", "tok", 100, START, START + 60, 1, "free", "r"),
        ),
    ),
    (
        c.RequestUnits("r", "line", "kim", 10, expires_at=LATER),
        (e.RequestQueued("r", "line", "kim", 10, "kim", "burn", 20, (), LATER),),
    ),
    (  # A soft limit is overrun; the price is no secret, so it is told by how much.
        c.RequestUnits("r", "line", "ivo", 3),
        (
            e.BudgetOverrun("loose", BudgetMode.SOFT, 6, 5),
            e.RequestQueued("r", "line", "ivo", 3, "ivo", "burn", 6, ("loose",)),
        ),
    ),
]
WAITS = c.RequestUnits("w", "line", "kim", 10)
ACCEPTED = [
    *(Accepted(command, events, SHOPS) for command, events in ACCEPTED_IN_SHOPS),
    Accepted(
        c.RequestUnits("r", "free", "kim", 41),
        (e.RequestDeclined("r", "free", "kim", 41, 40, 0),),
        (*SHOPS, c.RequestUnits("before", "free", "ivo", 60)),
    ),
    Accepted(
        c.WithdrawRequest("w", "line", "kim"),
        (e.RequestEnded("w", "line", "kim", "withdrawn", "kim", 20),),
        (*SHOPS, WAITS),
    ),
]

# Why not.

OF_REFUSED: tuple[Command, ...] = (
    c.DeclareResource("tok", "token", 100, 1_000),
    c.DeclareResource("few", "h", 15, 1_000),
    c.CreateMarket("shop", ("tok",), POSTED, Terms(pricing=FIXED)),
    c.CreateMarket("fee", ("tok",), POSTED, Terms(pricing=Pricing())),
    c.CreateMarket("line", ("tok",), URGENT, Terms(most_waiting=1)),
    c.CreateMarket("sale", ("tok",), Mechanism.SECOND_PRICE),
    c.CreateMarket("shut", ("tok",), FIRST),
    c.FreezeMarket("shut"),
    c.RequestUnits("met", "shop", "pat", 1),
    c.RequestUnits("waits", "line", "pat", 10),
)
"""pat has paid 3 of its 100 and waits for 10 in the line, which is full."""
ODD_PRICES = (
    Terms(),
    Terms(pricing=Pricing(price=0)),
    Terms(pricing=Pricing(target=0)),
    Terms(pricing=Pricing(target=1_000_001)),
    Terms(pricing=Pricing(PriceRule.THRESHOLDS, 1, 2)),
    Terms(pricing=Pricing(PriceRule.THRESHOLDS, 3, 0, 2)),
    Terms(pricing=Pricing(PriceRule.THRESHOLDS, 3, -1)),
    Terms(pricing=Pricing(PriceRule.THRESHOLDS, 3, high=100_000)),
    Terms(pricing=FIXED, sharing=Sharing.KARMA),
    Terms(pricing=FIXED, reserved_share=ReservedShare()),
    Terms(pricing=FIXED, most_waiting=0),
)
ODD_SHARES = (
    Terms(pricing=FIXED),
    Terms(reserved_share=ReservedShare(0)),
    Terms(reserved_share=ReservedShare(1_000_001)),
)


REST = c.Mint("bob", BIGGEST - 2_000)


def shop(seller: str, price: int = 3) -> tuple[Command, ...]:
    """A market whose proceeds are somebody's."""
    pricing = Pricing(PriceRule.FIXED, price)
    terms = Terms(pricing=pricing, proceeds=Proceeds.SELLER, seller=seller)
    return (c.CreateMarket("its", ("tok",), POSTED, terms),)


def asked(agent: str = "pat", market: str = "shop", units: int = 1) -> Command:
    return c.RequestUnits("r", market, agent, units)


UNDER_RUN = c.AssignBudget("pat", "run")
CASES: dict[type, list[Case]] = {
    c.RequestUnits: [
        Case(No.INVALID_REQUEST, asked(units=0)),
        Case(No.INVALID_REQUEST, asked(units=True)),
        Case(No.INVALID_REQUEST, c.RequestUnits("r", "shop", "pat", 1, -1)),
        Case(No.SAME_ACCOUNT, asked(market="its"), shop("pat")),
        Case(No.UNKNOWN_AGENT, asked("nobody")),
        Case(No.UNKNOWN_MARKET, asked(market="none")),
        Case(No.REQUEST_EXISTS, c.RequestUnits("met", "shop", "pat", 1)),
        Case(No.REQUEST_EXISTS, c.RequestUnits("waits", "line", "pat", 1)),
        Case(No.WRONG_ACCOUNT_KIND, asked("mint"), (c.CreateAgent("mint", "crew", wallet=False),)),
        Case(No.ASSET_MISMATCH, asked("sam"), (c.OpenAccount("sam", "sam", asset="usd"),)),
        Case(No.TAKES_NO_REQUESTS, asked(market="sale")),
        Case(No.OVER_CAPACITY, asked(units=101)),
        Case(No.DEADLINE_PASSED, c.RequestUnits("r", "line", "pat", 1, expires_at=NOW)),
        Case(No.MARKET_HALTED, asked(market="shut")),
        Case(No.TOO_MANY_WAITING, asked(market="line")),
        Case(No.PRICE_OVER_LIMIT, c.RequestUnits("r", "shop", "pat", 1, 2)),
        Case(No.STAKE_TOO_SMALL, asked(), (c.ChangeMarket("shop", Terms(pricing=FIXED, stake=1)),)),
        Case(
            No.REPUTATION_TOO_LOW,
            asked(),
            (c.ChangeMarket("shop", Terms(pricing=FIXED, least_reputation=500_001)),),
        ),
        # bob has all that could be issued but 2,000 at most, and pat owes what it pays with.
        Case(
            No.BALANCE_TOO_LARGE,
            asked(market="its", units=100),
            (*shop("bob", 30), c.SetCreditLine("pat", 3_000), c.DrawCredit("pat", 3_000), REST),
        ),
        Case(No.OWNER_SUSPENDED, asked(), (SUSPEND_CREW,)),
        Case(No.ACCOUNT_FROZEN, asked(), (c.FreezeAccount("pat"),)),
        Case(No.AGENT_FROZEN, asked(), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, asked("sam"), (STOP_SAM,)),
        Case(No.TEAM_FROZEN, asked("sam"), (STOP_CREW,)),
        Case(No.INSUFFICIENT_FUNDS, asked(units=34)),
        Case(No.BUDGET_EXHAUSTED, asked(units=7), (UNDER_RUN,)),
    ],
    c.WithdrawRequest: [
        Case(No.UNKNOWN_MARKET, c.WithdrawRequest("waits", "none", "pat")),
        Case(No.UNKNOWN_REQUEST, c.WithdrawRequest("waits", "line", "sam")),
        Case(No.UNKNOWN_REQUEST, c.WithdrawRequest("met", "shop", "pat")),
        Case(No.UNKNOWN_REQUEST, c.WithdrawRequest("met", "sale", "pat")),
    ],
    c.AdvanceMarket: [
        Case(No.UNKNOWN_MARKET, c.AdvanceMarket("none")),
        Case(No.TAKES_NO_REQUESTS, c.AdvanceMarket("sale")),
        Case(No.MARKET_HALTED, c.AdvanceMarket("shut")),
        Case(No.MARKET_NOT_DUE, c.AdvanceMarket("line")),
        Case(No.MARKET_NOT_DUE, c.AdvanceMarket("fee")),  # Nothing is to be said of it.
    ],
    c.CreateMarket: [
        *(Case(No.INVALID_TERMS, c.CreateMarket("m", ("tok",), POSTED, terms)) for terms in ODD_PRICES),
        *(Case(No.INVALID_TERMS, c.CreateMarket("m", ("tok",), WEIGHTED, terms)) for terms in ODD_SHARES),
        Case(No.TOO_FEW_UNITS, c.CreateMarket("m", ("few",), POSTED, Terms(pricing=Pricing()))),
    ],
    c.ChangeMarket: [
        Case(No.INVALID_TERMS, c.ChangeMarket("shop", Terms())),
        Case(
            No.TOO_FEW_UNITS,
            c.ChangeMarket("hours", Terms(pricing=Pricing())),
            (c.CreateMarket("hours", ("few",), POSTED, Terms(pricing=FIXED)),),
        ),
    ],
    c.ChangeCapacity: [Case(No.TOO_FEW_UNITS, c.ChangeCapacity("tok", 15))],
}
REFUSED = {
    command: [case._replace(first=(*OF_REFUSED, *case.first)) for case in cases]
    for command, cases in CASES.items()
}
FORMS = [
    Case(No.INVALID_ID, c.RequestUnits("not a name", "shop", "pat", 1)),
    Case(No.INVALID_ID, c.RequestUnits("r" * 113, "shop", "pat", 1)),
    Case(No.AMOUNT_NOT_INTEGER, c.RequestUnits("r", "shop", "pat", 1, None, 1.5)),
]
PRECEDENCE = [
    Case(No.TOO_MANY_WAITING, c.RequestUnits("r", "line", "pat", 100, 0), OF_REFUSED),
    Case(No.OVER_CAPACITY, c.RequestUnits("r", "shut", "pat", 101), OF_REFUSED),
    Case(No.PRICE_OVER_LIMIT, c.RequestUnits("r", "shop", "pat", 99, 1), OF_REFUSED),
]
