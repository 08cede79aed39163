"""Worked cases of what records lend for bids, and of how they count in markets."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.kinds import Mechanism
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Commitment, Terms
from tests.domain.cases.case import STOP_PAT, Accepted, Case
from tests.domain.cases.markets import OF_REFUSED

BY_DEADLINE = {c.CallDebt}
"""The commands that a test of deadlines works through."""
LENDS = Terms(credit="reputation")
TRADING: tuple[Command, ...] = (
    c.DeclareResource("lens", "hour", 9, 60),
    c.CreateMarket("lent", ("lens",), Mechanism.SECOND_PRICE, LENDS),
    c.CreateAgent("kim", credits=100),
    c.AnnounceAuction("lent", "lent", {"lens": 1}),
    c.PlaceBid("b1", "lent", "kim", {"lens": 1}, 30),
)
ACCEPTED_HERE: list[tuple[Command, tuple[e.Event, ...]]] = [
    (  # Nobody knows kim, so it may bid 80 of its 100, of which nothing is lent; that is said all the same.
        c.PlaceBid("b2", "lent", "kim", {"lens": 1}, 50),
        (
            e.LinePledged("kim", "kim", "line:kim", 800_000, 0, 0, 0, "lent", "b2"),
            e.BidPlaced("b2", "lent", "kim", "kim", "burn", {"lens": 1}, 50, 50),
        ),
    ),
    (
        c.RaiseBid("b1", "lent", "kim", 80),
        (
            e.LinePledged("kim", "kim", "line:kim", 800_000, 0, 0, 0, "lent", "b1"),
            e.BidRaised("b1", "lent", "kim", "kim", 80, 80),
        ),
    ),
    (  # Half of the score is by the record, of which a newcomer has a twentieth: 0.5 + 0.5 x 0.05.
        c.CreateMarket("known", ("lens",), Mechanism.SECOND_PRICE, Terms(reputation_weight=500_000)),
        (e.MarketCreated("known", ("lens",), Mechanism.SECOND_PRICE, Terms(reputation_weight=500_000)),),
    ),
]
ACCEPTED = [Accepted(command, events, TRADING) for command, events in ACCEPTED_HERE]

SECOND, ENGLISH = Mechanism.SECOND_PRICE, Mechanism.ENGLISH
LENT = (
    c.CreateMarket("lent", ("tok",), SECOND, LENDS),
    c.AnnounceAuction("lent", "lent", {"tok": 1}),
    c.PlaceBid("b1", "lent", "pat", {"tok": 1}, 30),
)
"""pat has 100, of which 30 are held elsewhere when it bids; it may bid 56 of its 70, as nobody knows it."""
WEIGHED = Terms(reputation_weight=1)
BOOK = (c.CreateMarket("traded", ("tok",), Mechanism.ORDER_BOOK, LENDS),)
ORDERED = (*BOOK, c.PlaceOrder("o", "traded", "pat", "buy", 1, 50))
"""Before its bid in `lent` pat has 76 that are free, of which it may offer 60."""
CASES: dict[type, list[Case]] = {
    c.CallDebt: [
        Case(No.UNKNOWN_ACCOUNT, c.CallDebt("pat")),
        Case(No.DEBT_NOT_DUE, c.CallDebt("pat"), LENT),
    ],
    c.PlaceBid: [
        Case(
            No.WRONG_ACCOUNT_KIND,
            c.PlaceBid("b", "lent", "ivo", {"tok": 1}, 5),
            (*LENT, c.CreateAgent("ivo", credits=100), c.OpenAccount("line:ivo", "bob")),
        ),
        Case(No.OVER_BIDDING_POWER, c.PlaceBid("b", "lent", "pat", {"tok": 1}, 27), LENT),
        Case(No.AGENT_FROZEN, c.PlaceBid("b", "lent", "pat", {"tok": 1}, 27), (*LENT, STOP_PAT)),
        Case(No.INSUFFICIENT_FUNDS, c.PlaceBid("b", "lent", "pat", {"tok": 1}, 41), LENT),
    ],
    c.RaiseBid: [
        Case(No.OVER_BIDDING_POWER, c.RaiseBid("b1", "lent", "pat", 57), LENT),
        Case(No.INSUFFICIENT_FUNDS, c.RaiseBid("b1", "lent", "pat", 71), LENT),
    ],
    c.PlaceOrder: [
        Case(
            No.WRONG_ACCOUNT_KIND,
            c.PlaceOrder("o", "traded", "ivo", "buy", 1, 5),
            (*BOOK, c.CreateAgent("ivo", credits=100), c.OpenAccount("line:ivo", "bob")),
        ),
        Case(No.INSUFFICIENT_FUNDS, c.PlaceOrder("o", "traded", "pat", "buy", 1, 77), BOOK),
        Case(No.OVER_BIDDING_POWER, c.PlaceOrder("o", "traded", "pat", "buy", 1, 61), BOOK),
    ],
    c.ReplaceOrder: [
        Case(No.INSUFFICIENT_FUNDS, c.ReplaceOrder("o", 1, 77), ORDERED),
        Case(No.OVER_BIDDING_POWER, c.ReplaceOrder("o", 1, 61), ORDERED),
    ],
    c.CreateMarket: [
        Case(No.INVALID_TERMS, c.CreateMarket("m", ("gpu",), SECOND, Terms(reputation_weight=-1))),
        Case(No.INVALID_TERMS, c.CreateMarket("m", ("gpu",), SECOND, Terms(credit="money"))),
        Case(No.NOT_WEIGHED, c.CreateMarket("m", ("gpu",), ENGLISH, WEIGHED)),
        Case(No.NOTHING_LENT, c.CreateMarket("m", ("gpu",), Mechanism.FIRST_COME, LENDS)),
        Case(
            No.NOTHING_LENT,
            c.CreateMarket("m", ("gpu",), SECOND, Terms(credit="reputation", commitment=Commitment(9))),
        ),
    ],
    c.ChangeMarket: [
        Case(No.NOT_WEIGHED, c.ChangeMarket("toks", WEIGHED)),
        Case(No.NOTHING_LENT, c.ChangeMarket("queue", LENDS)),
        Case(No.ORDERS_REST, c.ChangeMarket("traded", Terms()), ORDERED),
    ],
}
REFUSED = {
    command: [case._replace(first=(*OF_REFUSED, *case.first)) for case in cases]
    for command, cases in CASES.items()
}
FORMS: list[Case] = []
PRECEDENCE = [
    case._replace(first=(*OF_REFUSED, *case.first))
    for case in (
        Case(
            No.INVALID_TERMS,
            c.CreateMarket("m", ("gpu",), ENGLISH, Terms(reputation_weight=1, credit="money")),
        ),
        Case(No.NOT_WEIGHED, c.CreateMarket("spot", ("none",), ENGLISH, WEIGHED)),
        Case(
            No.REPUTATION_TOO_LOW,
            c.PlaceBid("b", "lent", "pat", {"tok": 1}, 99),
            (
                c.CreateMarket("lent", ("tok",), SECOND, Terms(credit="reputation", least_reputation=60_000)),
                c.AnnounceAuction("lent", "lent", {"tok": 1}),
            ),
        ),
    )
]
