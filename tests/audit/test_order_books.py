"""The second bookkeeper finds what does not add up about orders, trades and halts.

Every forged journal here has an unbroken hash chain. The honest one goes like this: 8 gpus; pat, kim and lee
have 100 each. kim offers 3 gpus for 10, lee 3 for 9 and later 2 more for 10, and pat buys 5 for at most 10:
3 from lee for 27, and 2 from kim, who was there before lee's other offer, for 20.
"""

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Discrepancy
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Book, Halt, Terms
from tests.audit.test_books import chain, read
from tests.audit.test_market_books import NOW, STEP, agent

WATCHED = Terms(halt=Halt(window=100, pause=50, failures=0, of=1), reserve=2)
TOWN = (
    e.AssetDeclared("credit", 6),
    *agent("pat"),
    *agent("kim"),
    *agent("lee"),
    e.ResourceDeclared("gpu", "h", 8, 60),
    e.MarketCreated("spot", ("gpu",), Mechanism.ORDER_BOOK, WATCHED),
)
K1 = e.OrderPlaced("k1", "spot", "kim", "sell", 3, "kim", 10, resting=3)
L1 = e.OrderPlaced("l1", "spot", "lee", "sell", 3, "lee", 9, resting=3)
L2 = e.OrderPlaced("l2", "spot", "lee", "sell", 2, "lee", 10, resting=2)
BOOK = (*TOWN, K1, L1, L2)
P1 = e.OrderPlaced("p1", "spot", "pat", "buy", 5, "pat", 10)
FROM_LEE = e.TradeExecuted("spot@1", "spot", "l1", "p1", "pat", "lee", 3, 9, 27, "pat", "lee")
FROM_KIM = e.TradeExecuted("spot@2", "spot", "k1", "p1", "pat", "kim", 2, 10, 20, "pat", "kim")
GRANT_1 = e.Granted("spot@1", "pat", "gpu", 3, NOW, NOW + 60, 1, "spot", "p1", 27)
GRANT_2 = e.Granted("spot@2", "pat", "gpu", 2, NOW, NOW + 60, 2, "spot", "p1", 20)
DONE = (*BOOK, P1, FROM_LEE, GRANT_1, FROM_KIM, GRANT_2)
BID = e.OrderPlaced("p2", "spot", "pat", "buy", 4, "pat", 5, resting=4, held=20)
TOO_FAR = e.OrderPlaced("t", "spot", "kim", "sell", 1, "kim", 99, resting=1)
"""After trades at 9 and 10, whose window began with 9, 9.9 is the most; 10 was the reference for nobody."""


def sells(agent: str, units: int, price: int, **more: object) -> Event:
    return e.OrderPlaced("x", "spot", agent, "sell", units, agent, price, resting=units, **more)


def test_honest_trades_add_up() -> None:
    books = read(chain(*DONE, step=STEP))
    assert [books.balance[name] for name in ("pat", "kim", "lee")] == [53, 120, 127]
    assert {name: order.units for name, order in books.orders.by_name.items()} == {"k1": 1, "l2": 2}
    assert books.grants.given == 2


def test_an_honest_halt_adds_up() -> None:
    """10 is more than a tenth above 9, so of p1 only what lee sells is traded once 9 is the reference."""
    first = e.OrderPlaced("f", "spot", "pat", "buy", 1, "pat", 9)
    sold = replace(FROM_LEE, incoming="f", units=1, amount=9)
    granted = replace(GRANT_1, units=1, source="f", paid=9)
    stopped = replace(P1, lapsed=3)
    rest = replace(FROM_LEE, trade="spot@2", units=2, amount=18)
    right = replace(GRANT_2, units=2, paid=18)
    halt = e.MarketHalted("spot", "price_move", NOW + 50, 100_000, 10, 9)
    honest = (*BOOK, first, sold, granted, stopped, rest, right, halt)
    assert read(chain(*honest, step=STEP)).markets.by_name["spot"].halted
    for forged, problem in (
        (replace(halt, price=11), "nobody would have moved it to"),
        (replace(halt, reference=8), "against 8, which is not too far"),
        (replace(halt, resumes_at=NOW + 51), "for another time than its terms say"),
        (replace(halt, reason="failures"), "failures"),
        (BID, "must lead to market_halted first"),
    ):
        with pytest.raises(Discrepancy, match=problem):
            read(chain(*honest[:-1], forged, step=STEP))
    with pytest.raises(Discrepancy, match="go on before its pause is over"):
        read(chain(*honest, e.MarketResumed("spot", "pause_over"), step=STEP))
    with pytest.raises(Discrepancy, match="which has no book, or is halted"):
        read(chain(*honest, BID, step=STEP))


@pytest.mark.parametrize(
    ("before", "forged", "problem"),
    [
        # Who may order what.
        (TOWN, replace(K1, market="none"), "cannot be entered"),
        ((*TOWN, e.AgentFrozen("kim")), K1, "kim, which is frozen"),
        (TOWN, replace(K1, account="lee"), "says that lee pays for kim"),
        ((*TOWN, K1), replace(K1, agent="lee", account="lee"), "places order k1 a second time"),
        (TOWN, replace(K1, units=9, resting=9), "promises 9 units of gpu .* there are 8"),
        (TOWN, replace(K1, unit_price=1), "offer less than the reserve"),
        (TOWN, replace(K1, grant="spot@9"), "cannot be entered"),
        (DONE, sells("kim", 1, 20, grant="spot@1"), "which is not kim's"),
        (DONE, sells("pat", 4, 20, grant="spot@1"), "offers 4 units of grant spot@1"),
        (
            (*DONE, sells("pat", 2, 20, grant="spot@1")),
            e.GrantUsed("spot@1", "pat", 2, 1),
            "uses 2 of the 1 units of grant spot@1",
        ),
        (
            (*DONE, sells("pat", 2, 20, grant="spot@1")),
            e.GrantReleased("spot@1", "pat", 3),
            "while units of it are for sale",
        ),
        # What is held.
        (TOWN, replace(BID, held=19), "and 19 is held, where it is 4, 0 and 20"),
        (TOWN, replace(BID, units=30, resting=30, held=150), "below its floor"),
        (TOWN, replace(BID, budgets=("b",)), "in other budgets than those above pat"),
        (TOWN, replace(BID, unit_price=None, resting=0, held=0, lapsed=4), "no price of order p2 and no cap"),
        # What it trades: the best price first, and at one price whoever came first.
        (BOOK, replace(P1, resting=5, held=50), "says that of order p1 5 rest"),
        ((*BOOK, P1), BID, "must lead to trade_executed first"),
        ((*BOOK, P1), replace(FROM_KIM, trade="spot@1"), "says resting k1 of a trade where l1 is due"),
        (
            (*BOOK, P1, FROM_LEE, GRANT_1),
            replace(FROM_KIM, resting="l2", seller="lee", destination="lee"),
            "says resting l2 of a trade where k1 is due",
        ),
        ((*BOOK, P1), replace(FROM_LEE, unit_price=10, amount=30), "says unit_price 10 of a trade where 9"),
        ((*BOOK, P1), replace(FROM_LEE, units=2, amount=18), "says units 2 of a trade where 3 is due"),
        ((*BOOK, P1), replace(FROM_LEE, destination="kim"), "says destination kim of a trade"),
        ((*BOOK, P1), replace(FROM_LEE, was_held=True), "says was_held True of a trade"),
        ((*BOOK, P1), replace(FROM_LEE, trade="spot@7"), "says trade spot@7 of a trade where spot@1 is due"),
        ((*BOOK, P1, FROM_LEE), FROM_KIM, "before pat was granted what it won"),
        ((*BOOK, P1, FROM_LEE), replace(GRANT_1, units=4), "gives grant spot@1 otherwise"),
        (BOOK, FROM_LEE, "trades where no order would"),
        # Nobody trades with itself: the older order gives way.
        ((*TOWN, K1), e.OrderPlaced("o", "spot", "kim", "buy", 1, "kim", 10, lapsed=1), "1, 0 and 10"),
        (
            (*TOWN, K1, e.OrderPlaced("o", "spot", "kim", "buy", 1, "kim", 10, resting=1, held=10)),
            BID,
            "must lead to order_cancelled first",
        ),
        # How orders end and change.
        ((*TOWN, BID), e.OrderCancelled("p2", "spot", "pat", "pat", 3, "cancelled", 20), "miscounts"),
        ((*TOWN, BID), e.OrderCancelled("p2", "spot", "pat", "pat", 4, "cancelled", 19), "miscounts"),
        ((*TOWN, BID), e.OrderCancelled("p2", "spot", "kim", "kim", 4, "cancelled", 20), "does not rest so"),
        ((*TOWN, BID), e.OrderCancelled("p2", "spot", "pat", "pat", 4, "bored", 20), "for bored"),
        (
            (*TOWN, BID),
            e.OrderCancelled("p2", "spot", "pat", "pat", 4, "market_over", 20),
            "no time left to deliver",
        ),
        (
            (*TOWN, BID),
            e.OrderReplaced("p2", "spot", "pat", "pat", 5, 5, 5, 0, 25, False, 20),
            "keep a place that it loses",
        ),
        (
            (*TOWN, BID),
            e.OrderReplaced("p2", "spot", "pat", "pat", 3, 5, 3, 0, 15, False, 21),
            "says that 21 was held",
        ),
        # Markets.
        (
            (*TOWN, BID),
            e.MarketHalted("spot", "price_move", NOW + 50, 100_000, 9, 5),
            "nobody would have moved",
        ),
        (TOWN, e.MarketHalted("spot", "bad mood", NOW + 50, 100_000), "halt by itself for bad mood"),
        (TOWN, e.MarketHalted("spot", "failures", NOW + 50, 0, failed=1, of=1), "not too many"),
        (
            (*TOWN, BID),
            e.MarketChanged("spot", Terms(book=Book(starts_at=5, ends_at=NOW + 9))),
            "while orders rest there",
        ),
        (
            (*TOWN[:-1], e.MarketCreated("spot", ("gpu",), Mechanism.ORDER_BOOK, Terms(book=Book(("lee",))))),
            K1,
            "which names others",
        ),
        (
            (
                *TOWN[:-1],
                e.MarketCreated("spot", ("gpu",), Mechanism.ORDER_BOOK, Terms(book=Book("holders"))),
            ),
            K1,
            "what it was not granted",
        ),
    ],
)
def test_a_lie_is_found(before: tuple[Event, ...], forged: Event, problem: str) -> None:
    with pytest.raises(Discrepancy, match=problem) as found:
        read(chain(*before, forged, step=STEP))
    assert found.value.sequence == len(before) + 1
