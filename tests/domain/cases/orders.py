"""Worked cases of order books and of markets that halt by themselves."""

from msgspec import structs

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.kinds import BudgetMode, Mechanism
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Book, Halt, Terms
from tests.domain.cases.case import (
    BAN_CREW,
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
BY_DEADLINE = {c.CloseBook, c.ResumeMarket}
"""The commands that `tests/domain/test_order_books.py` works through."""

BOOK = Mechanism.ORDER_BOOK
TRADING: tuple[Command, ...] = (
    c.DeclareResource("gpu", "gpu", 10, 60),
    c.CreateMarket("book", ("gpu",), BOOK),
    c.CreateAgent("pat", "crew", credits=100),
    c.CreateAgent("kim", credits=100),
    c.CreateBudget("loose", 30, mode=BudgetMode.SOFT, alerts=()),
    c.CreateAgent("ivo", credits=100, budget="loose"),
    c.PlaceOrder("s1", "book", "kim", "sell", 4, 5),
    c.PlaceOrder("b1", "book", "pat", "buy", 3, 4),
)
"""kim offers 4 gpus for 5 each, and pat would take 3 for 4."""

GRANT = e.Granted("book@1", "ivo", "gpu", 2, START, START + 60, 1, "book", "o", 10)
TRADE = e.TradeExecuted("book@1", "book", "s1", "o", "ivo", "kim", 2, 5, 10, "ivo", "kim", ("loose",))
ACCEPTED_IN_BOOKS = [
    (
        c.PlaceOrder("o", "book", "ivo", "buy", 2, 7),
        (e.OrderPlaced("o", "book", "ivo", "buy", 2, "ivo", 7, budgets=("loose",)), TRADE, GRANT),
    ),
    (  # 7 x 5 are more than loose has left; it only watches.
        c.PlaceOrder("o", "book", "ivo", "buy", 7, 5),
        (
            e.BudgetOverrun("loose", BudgetMode.SOFT, 35, 30),
            e.OrderPlaced("o", "book", "ivo", "buy", 7, "ivo", 5, "gtc", 3, 0, 15, ("loose",)),
            structs.replace(TRADE, units=4, amount=20),
            structs.replace(GRANT, units=4, paid=20),
        ),
    ),
    (  # sam is of pat's owner, the crew, so pat's order gives way.
        c.PlaceOrder("o", "book", "sam", "sell", 1, 3),
        (
            e.OrderPlaced("o", "book", "sam", "sell", 1, "crew", 3, resting=1),
            e.OrderCancelled("b1", "book", "pat", "pat", 3, "self_trade", 12),
        ),
    ),
    (
        c.ReplaceOrder("b1", 5, 4, "pat"),
        (e.OrderReplaced("b1", "book", "pat", "pat", 5, 4, 5, 0, 20, True, 12),),
    ),
    (
        c.CancelOrder("s1", reason="a typing error"),
        (e.OrderCancelled("s1", "book", "kim", "kim", 4, "operator", 0, "a typing error"),),
    ),
]
ACCEPTED = [Accepted(command, events, TRADING) for command, events in ACCEPTED_IN_BOOKS]

HALTING = Terms(halt=Halt(window=100, pause=50))
WINDOW = Terms(book=Book(starts_at=NOW + 5, ends_at=NOW + 9))
PAYS_IN_USD = (c.CreateAgent("pay", "crew", wallet=False), c.OpenAccount("pay", "pay", asset="usd"))
OF_REFUSED: tuple[Command, ...] = (
    c.DeclareResource("gpu", "gpu", 10, 1_000),
    c.DeclareResource("tok", "token", 10, 1_000),
    c.CreateMarket("book", ("gpu",), BOOK, Terms(reserve=3)),
    c.CreateMarket("toks", ("tok",), BOOK),
    c.CreateMarket("resale", ("gpu",), BOOK, Terms(book=Book(sellers="holders"))),
    c.CreateMarket("auctions", ("gpu",), Mechanism.FIRST_PRICE),
    c.CreateAgent("kim", credits=100),
    c.PlaceOrder("s1", "book", "kim", "sell", 4, 10),
    c.PlaceOrder("b1", "book", "pat", "buy", 2, 10),  # 20 of pat's 90 are kim's, who has 2 more to sell.
    c.PlaceOrder("s2", "toks", "kim", "sell", 1, 20),
    c.PlaceOrder("b2", "toks", "sam", "buy", 2, 10),
    c.PlaceOrder("b3", "book", "pat", "buy", 2, 4),
    c.PlaceOrder("b4", "toks", "pat", "buy", 1, 20),
    c.ReleaseGrant("toks@1"),
)
"""pat holds 2 gpus as book@1; kim offers 2 more for 10, and pat would take 2 for 4."""
HALT = c.FreezeMarket("book")
UNDER_RUN = c.AssignBudget("pat", "run")


def buy(units: int, price: int | None, agent: str = "pat", market: str = "book", **more: object) -> Command:
    return c.PlaceOrder("o", market, agent, "buy", units, price, **more)


def sell(units: int, price: int | None, agent: str = "pat", market: str = "book", **more: object) -> Command:
    return c.PlaceOrder("o", market, agent, "sell", units, price, **more)


RICH_KIM = (
    # A debt adds to what circulates. kim had 100, and 40 more from her trades.
    c.SetCreditLine("bob", BIGGEST),
    c.DrawCredit("bob", BIGGEST - 1_000),
    c.Transfer("bob", "kim", BIGGEST - 1_000),
    c.Mint("kim", 1_000 - 140 - 9),
)
"""There is room for 9 more in kim's wallet."""


CASES: dict[type[Command], list[Case]] = {
    c.PlaceOrder: [
        Case(No.INVALID_ORDER, c.PlaceOrder("o", "book", "pat", "lend", 1, 5)),
        Case(No.INVALID_ORDER, buy(0, 5)),
        Case(No.INVALID_ORDER, buy(1.5, 5)),
        Case(No.INVALID_ORDER, buy(1, 0)),
        Case(No.INVALID_ORDER, buy(2, BIGGEST)),
        Case(No.INVALID_ORDER, buy(1, 5, time_in_force="day")),
        Case(No.INVALID_ORDER, buy(1, None)),
        Case(No.INVALID_ORDER, buy(1, 5, cap=5)),
        Case(No.INVALID_ORDER, buy(1, None, cap=0)),
        Case(No.INVALID_ORDER, sell(1, None, cap=5)),
        Case(No.INVALID_ORDER, buy(1, 5, grant="book@1")),
        Case(No.UNKNOWN_AGENT, buy(1, 5, "nobody")),
        Case(No.UNKNOWN_MARKET, buy(1, 5, market="none")),
        Case(No.ORDER_EXISTS, c.PlaceOrder("s1", "book", "pat", "buy", 1, 5)),
        Case(No.ORDER_EXISTS, c.PlaceOrder("b1", "book", "pat", "buy", 1, 5)),
        Case(No.UNKNOWN_GRANT, sell(1, 5, grant="book@9")),
        Case(No.UNKNOWN_GRANT, sell(1, 5, "kim", grant="book@1")),
        Case(No.WRONG_ACCOUNT_KIND, buy(1, 5, "mint"), (c.CreateAgent("mint", "crew", wallet=False),)),
        Case(No.ASSET_MISMATCH, buy(1, 5, "pay"), PAYS_IN_USD),
        Case(No.NOT_A_BOOK, buy(1, 5, market="auctions")),
        Case(No.NOT_SOLD_HERE, sell(1, 5, market="toks", grant="book@1")),
        Case(
            No.NOT_SOLD_HERE,
            sell(1, 5, market="timed", grant="book@1"),
            (c.CreateMarket("timed", ("gpu",), BOOK, WINDOW),),
        ),
        Case(No.NOT_A_SELLER, sell(1, 5, market="resale")),
        Case(
            No.NOT_A_SELLER,
            sell(1, 5, market="named", grant="book@1"),
            (c.CreateMarket("named", ("gpu",), BOOK, Terms(book=Book(sellers=("kim",)))),),
        ),
        Case(No.OVER_CAPACITY, sell(7, 5)),
        Case(No.BELOW_RESERVE, buy(1, 2)),
        Case(No.BELOW_RESERVE, sell(1, 2)),
        Case(
            No.DEADLINE_PASSED,
            buy(1, 5, market="past"),
            (c.CreateMarket("past", ("gpu",), BOOK, Terms(book=Book(starts_at=1, ends_at=NOW))),),
        ),
        Case(No.MARKET_HALTED, buy(1, 5), (HALT,)),
        Case(
            No.BOOK_FULL,
            buy(1, 5, market="small"),
            (
                c.CreateMarket("small", ("gpu",), BOOK, Terms(book=Book(max_orders=1))),
                c.PlaceOrder("first", "small", "pat", "buy", 1, 5),
            ),
        ),
        Case(No.GRANT_ENDED, sell(1, 5, market="toks", grant="toks@1")),
        Case(No.UNITS_OVER_GRANT, sell(3, 5, grant="book@1")),
        Case(No.UNITS_OVER_GRANT, sell(2, 5, grant="book@1"), (c.UseGrant("book@1", 1),)),
        Case(
            No.STAKE_TOO_SMALL,
            buy(1, 5, market="staked"),
            (c.CreateMarket("staked", ("gpu",), BOOK, Terms(stake=10)),),
        ),
        Case(
            No.REPUTATION_TOO_LOW,
            buy(1, 5, market="known"),
            (c.CreateMarket("known", ("gpu",), BOOK, Terms(least_reputation=500_001)),),
        ),
        Case(No.BALANCE_TOO_LARGE, buy(1, 10), RICH_KIM),
        Case(No.OWNER_SUSPENDED, buy(1, 5), (SUSPEND_CREW,)),
        Case(No.OWNER_SUSPENDED, sell(1, 5), (BAN_CREW,)),
        Case(No.ACCOUNT_FROZEN, buy(1, 5), (c.FreezeAccount("pat"),)),
        Case(No.ACCOUNT_FROZEN, sell(1, 5), (c.FreezeAccount("pat"),)),
        Case(No.AGENT_FROZEN, buy(1, 5), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, sell(1, 5, "sam"), (STOP_SAM,)),
        Case(No.TEAM_FROZEN, buy(1, 5), (STOP_CREW,)),
        Case(No.INSUFFICIENT_FUNDS, buy(9, 10)),
        Case(No.INSUFFICIENT_FUNDS, buy(1, None, cap=90)),
        Case(No.BUDGET_EXHAUSTED, buy(3, 7), (UNDER_RUN,)),  # run has 20 left.
    ],
    c.ReplaceOrder: [
        Case(No.INVALID_ORDER, c.ReplaceOrder("b3", 0, 5)),
        Case(No.INVALID_ORDER, c.ReplaceOrder("b3", 1, 1.5)),
        Case(No.INVALID_ORDER, c.ReplaceOrder("b3", 2, BIGGEST)),
        Case(No.UNKNOWN_ORDER, c.ReplaceOrder("o", 1, 5)),
        Case(No.UNKNOWN_ORDER, c.ReplaceOrder("b3", 1, 5, "kim")),
        Case(No.UNKNOWN_ORDER, c.ReplaceOrder("b1", 1, 5, "kim")),
        Case(No.OVER_CAPACITY, c.ReplaceOrder("s1", 9, 10)),
        Case(No.BELOW_RESERVE, c.ReplaceOrder("b3", 1, 2)),
        Case(No.MARKET_HALTED, c.ReplaceOrder("b3", 1, 4), (HALT,)),
        Case(No.ORDER_CLOSED, c.ReplaceOrder("b1", 1, 5)),
        Case(
            No.UNITS_OVER_GRANT,
            c.ReplaceOrder("o", 3, 12),
            (sell(1, 11, market="resale", grant="book@1"),),
        ),
        Case(No.BALANCE_TOO_LARGE, c.ReplaceOrder("b3", 1, 10), RICH_KIM),
        Case(No.OWNER_SUSPENDED, c.ReplaceOrder("b3", 1, 4), (SUSPEND_CREW,)),
        Case(No.ACCOUNT_FROZEN, c.ReplaceOrder("b3", 1, 4), (c.FreezeAccount("pat"),)),
        Case(No.AGENT_FROZEN, c.ReplaceOrder("b3", 1, 4), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, c.ReplaceOrder("s1", 1, 10), (c.FreezeAgent("kim"),)),
        Case(No.TEAM_FROZEN, c.ReplaceOrder("b3", 1, 4), (STOP_CREW,)),
        Case(No.INSUFFICIENT_FUNDS, c.ReplaceOrder("b3", 9, 9)),
        Case(
            No.BUDGET_EXHAUSTED,
            c.ReplaceOrder("o", 3, 7),
            (UNDER_RUN, buy(4, 5)),  # All that run has; 21 are one more.
        ),
    ],
    c.CancelOrder: [
        Case(No.UNKNOWN_ORDER, c.CancelOrder("o")),
        Case(No.UNKNOWN_ORDER, c.CancelOrder("b3", "kim")),
        Case(No.ORDER_CLOSED, c.CancelOrder("b1", "pat")),
    ],
    c.CloseBook: [
        Case(No.UNKNOWN_MARKET, c.CloseBook("none")),
        Case(No.MARKET_NOT_DUE, c.CloseBook("book")),
        Case(
            No.MARKET_NOT_DUE,
            c.CloseBook("timed"),
            (c.CreateMarket("timed", ("gpu",), BOOK, WINDOW), sell(1, 5, market="timed")),
        ),
    ],
    c.ResumeMarket: [
        Case(No.UNKNOWN_MARKET, c.ResumeMarket("none")),
        Case(No.MARKET_NOT_DUE, c.ResumeMarket("book")),
        Case(No.MARKET_NOT_DUE, c.ResumeMarket("book"), (HALT,)),
        Case(
            No.MARKET_NOT_DUE,
            c.ResumeMarket("watched"),
            (
                c.CreateMarket("watched", ("gpu",), BOOK, HALTING),
                c.PlaceOrder("w1", "watched", "kim", "sell", 1, 10),
                c.PlaceOrder("w2", "watched", "kim", "sell", 1, 20),
                c.PlaceOrder("w3", "watched", "pat", "buy", 2, 20),
            ),
        ),
    ],
    c.ChangeMarket: [Case(No.ORDERS_REST, c.ChangeMarket("book", WINDOW))],
    c.CreateMarket: [
        Case(No.INVALID_TERMS, c.CreateMarket("new", ("gpu",), Mechanism.FIRST_PRICE, Terms(book=Book()))),
        *(
            Case(No.INVALID_TERMS, c.CreateMarket("new", ("gpu",), BOOK, terms))
            for terms in (
                Terms(book=Book(sellers="nobody")),
                Terms(book=Book(sellers=())),
                Terms(book=Book(sellers=("not a name",))),
                Terms(book=Book(self_trade="both")),
                Terms(book=Book(max_orders=0)),
                Terms(book=Book(starts_at=5)),
                Terms(book=Book(starts_at=5, ends_at=5)),
                Terms(book=Book(starts_at=5, ends_at=BIGGEST + 1)),
                Terms(halt=Halt(move=0)),
                Terms(halt=Halt(window=0)),
                Terms(halt=Halt(pause=0)),
                Terms(halt=Halt(failures=1_000_001)),
                Terms(halt=Halt(of=1_001)),
            )
        ),
    ],
}


def _with_books(case: Case) -> Case:
    return case._replace(first=(*OF_REFUSED, *case.first))


REFUSED = {command: [_with_books(case) for case in cases] for command, cases in CASES.items()}
FORMS = [
    _with_books(case)
    for case in (
        Case(No.INVALID_ID, c.PlaceOrder("a b", "book", "pat", "buy", 1, 5)),
        Case(No.TEXT_TOO_LONG, c.CancelOrder("b3", reason="x" * 257)),
        Case(No.INVALID_ID, c.CreateMarket("x" * 113, ("gpu",), BOOK)),
    )
]
PRECEDENCE = [
    _with_books(case)
    for case in (
        Case(No.INVALID_ORDER, buy(0, 5, "nobody", "none")),
        Case(No.UNKNOWN_AGENT, c.PlaceOrder("s1", "none", "nobody", "buy", 1, 5)),
        Case(No.UNKNOWN_MARKET, c.PlaceOrder("s1", "none", "pat", "buy", 1, 5)),
        Case(No.ORDER_EXISTS, c.PlaceOrder("s1", "auctions", "pat", "sell", 1, 5, grant="none")),
        Case(No.UNKNOWN_GRANT, sell(1, 5, market="auctions", grant="none")),
        Case(No.NOT_A_BOOK, sell(99, 2, market="auctions")),
        Case(No.NOT_A_SELLER, sell(99, 2, market="resale")),
        Case(No.OVER_CAPACITY, sell(99, 2), (HALT,)),
        Case(No.BELOW_RESERVE, buy(99, 2), (HALT,)),
        Case(No.MARKET_HALTED, sell(9, 5, grant="book@1"), (HALT, STOP_PAT)),
        Case(No.UNITS_OVER_GRANT, sell(9, 5, grant="book@1"), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, buy(99, 5), (STOP_PAT, STOP_CREW)),
        Case(No.OVER_CAPACITY, c.ReplaceOrder("s1", 99, 2), (HALT,)),
        Case(No.BELOW_RESERVE, c.ReplaceOrder("b3", 99, 2), (HALT,)),
        Case(No.MARKET_HALTED, c.ReplaceOrder("b3", 99, 4), (HALT, STOP_PAT)),
    )
]
