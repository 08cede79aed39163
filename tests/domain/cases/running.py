"""Worked cases of auctions that run over time: English, Dutch, styles of bidding, commit and reveal."""

from msgspec import structs

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.commitments import digest
from econonexus.domain.kinds import BidStyle, Mechanism, Proceeds, Revisions
from econonexus.domain.money import PPM_ONE
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Clock, Commitment, Terms
from tests.domain.cases.case import STOP_CREW, STOP_PAT, SUSPEND_CREW, Accepted, Case
from tests.domain.cases.markets import OF_REFUSED, UNDER_RUN
from tests.world import START

BY_DEADLINE: set[type[Command]] = set()
NONCE = "a-nonce-of-16-ch"
HIDDEN = Terms(commitment=Commitment(9, 50))
TOLD = digest("told", "b1", "kim", {"cpu": 1}, 20, NONCE)
RUNNING: tuple[Command, ...] = (
    c.CreateAgent("pat", credits=100),
    c.CreateAgent("kim", credits=100),
    c.DeclareResource("cpu", "hour", 9, 60),
    c.CreateMarket("up", ("cpu",), Mechanism.ENGLISH, Terms(increment=2, soft_close=0)),
    c.CreateMarket("down", ("cpu",), Mechanism.DUTCH, Terms(clock=Clock(30, 5, 10))),
    c.CreateMarket("hidden", ("cpu",), Mechanism.FIRST_PRICE, HIDDEN),
    c.CreateMarket("sealed", ("cpu",), Mechanism.FIRST_PRICE),
    c.AnnounceAuction("rising", "up", {"cpu": 1}),
    c.PlaceBid("b1", "rising", "kim", {"cpu": 1}, 30),
    c.AnnounceAuction("falling", "down", {"cpu": 1}),
    *(c.AnnounceAuction(name, "hidden", {"cpu": 1}) for name in ("secret", "told", "half-told")),
    c.CommitBid("b1", "told", "kim", TOLD),
    c.CommitBid("b1", "half-told", "kim", TOLD),
    c.CloseAuction("told"),
    c.AnnounceAuction("first", "sealed", {"cpu": 1}),
)
"""Each hour of a machine is in an auction of its own; kim leads one at 0."""

ACCEPTED_OVER_TIME: list[tuple[Command, tuple[e.Event, ...]]] = [
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

ACCEPTED = [Accepted(command, events, RUNNING) for command, events in ACCEPTED_OVER_TIME]

SECOND = Mechanism.SECOND_PRICE
RICH_IVO = c.CreateAgent("ivo", credits=100)
END_SECRET = c.CloseAuction("secret")
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
SIGNED_TERMS = Terms(signed=True, revisions=Revisions.WITHDRAW)
SIGNED = (
    c.CreateMarket(
        "signed", ("gpu",), Mechanism.FIRST_PRICE, Terms(signed=True, revisions=Revisions.WITHDRAW)
    ),
    c.AnnounceAuction("signed", "signed", {"gpu": 1}),
    c.PlaceBid("b1", "signed", "pat", {"gpu": 1}, 5, signature="5f" * 64),
)
CASES: dict[type, list[Case]] = {}
CASES[c.PlaceBid] = [
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1})),
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5, valuation=5, style=BidStyle.TRUTHFUL)),
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, valuation=5)),
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, 5, style=BidStyle.TRUTHFUL)),
    Case(No.INVALID_BID, c.PlaceBid("b", "run", "pat", {"gpu": 1}, None, 4, 5, BidStyle.STRATEGIC)),
    Case(No.COMMITMENT_NEEDED, c.PlaceBid("b", "secret", "pat", {"gpu": 1}, 5), COMMITTED),
    Case(No.SIGNATURE_NEEDED, c.PlaceBid("b", "signed", "pat", {"gpu": 1}, 5), SIGNED),
    Case(  # What was signed once is worth nothing again, also after it was taken back.
        No.BID_EXISTS,
        c.PlaceBid("b1", "signed", "pat", {"gpu": 1}, 5, signature="5f" * 64),
        (*SIGNED, c.WithdrawBid("b1", "signed", "pat")),
    ),
    Case(No.BELOW_STANDING, c.PlaceBid("b", "rising", "pat", {"gpu": 1}, 24), (RICH_IVO, *RISING)),
]
CASES[c.RaiseBid] = [
    Case(No.SIGNATURE_NEEDED, c.RaiseBid("b1", "signed", "pat", 6), SIGNED),
    Case(No.BELOW_STANDING, c.RaiseBid("b1", "rising", "pat", 24), (RICH_IVO, *RISING)),
]
CASES[c.CommitBid] = [
    Case(No.INVALID_COMMITMENT, c.CommitBid("b", "secret", "pat", "20"), COMMITTED),
    Case(
        No.SAME_ACCOUNT,
        c.CommitBid("b", "sold", "sam", "0" * 64),
        (
            c.CreateMarket("sold", ("tok",), SECOND, Terms(proceeds=Proceeds.SELLER, seller="crew")),
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
    Case(No.OWNER_SUSPENDED, PROMISED, (*COMMITTED, SUSPEND_CREW)),
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


for field, terms in (
    ("reserve", Terms(clock=Clock(9, 1, 1), reserve=10)),
    ("commitment", Terms(clock=Clock(9, 1, 1), commitment=Commitment(9))),
):
    CASES.setdefault(c.CreateMarket, []).append(
        Case(No.INVALID_TERMS, c.CreateMarket(field, ("gpu",), Mechanism.DUTCH, terms))
    )
REFUSED = {
    command: [case._replace(first=(*OF_REFUSED, *case.first)) for case in cases]
    for command, cases in CASES.items()
}

FORMS = [
    Case(No.INVALID_ID, c.CommitBid("a b", "run", "pat", "0" * 64)),
]
PRECEDENCE: list[Case] = []
