"""The second bookkeeper finds what does not add up about what records lend for bids, and how they weigh them.

The honest journal: Pia's owner has kept three contracts of 50 credits, so that `pia.2`, with 100 of its own
and 10 at stake, may bid 150 in auction `a`. The treasury has 50, of which 20 secure lines; a millionth of
the 150 credits that were verified, 150, may be lent on the record alone. It bids 100 in `b`, and in `a` what
it is lent beside: 45. It wins `a`, owes all of it, is repaid 5 and is called 30 days later, with 3 left in
its wallet. In `w` records count half of the score.
"""

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Books, Discrepancy
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.kinds import Mechanism
from econonexus.domain.promises import DAY, PromiseRules
from econonexus.domain.terms import Terms
from econonexus.node.records import Record, seal
from econonexus.ports import GENESIS_HASH
from tests.domain.lending.market import Lending
from tests.invariants import Logged


def _honest() -> list[Logged]:
    world = Lending(rules=PromiseRules(lending=20, surplus_share=1))
    world.known("0.8")
    world.join("pia.2", own=100, stake=10)
    world.do(c.Mint("treasury", 50))
    world.do(
        c.SetPromiseRules(PromiseRules(lending=20, surplus_share=0)),
        c.CreateMarket("w", ("gpu",), Mechanism.SECOND_PRICE, Terms(reputation_weight=500_000)),
        c.AnnounceAuction("w", "w", {"gpu": 1}, world.now + DAY),
    )
    world.do(c.SetPromiseRules(PromiseRules(lending=20, surplus_share=1)))
    world.open("a")
    world.open("b")
    world.bid("ron", 100, "w")
    world.bid("pia", 80, "w")
    world.bid("pia.2", 100, "b")
    world.bid("pia.2", 20, "a")
    world.do(c.RaiseBid("pia.2", "a", "pia.2", 45))
    world.bid("ron", 45, "a")
    world.bid("ron", 200, "b")
    for auction in ("w", "a", "b"):
        world.close(auction)
    world.do(c.Transfer("ron", "pia.2", 5))
    world.do(c.Transfer("pia.2", "ron", 97))
    world.wait(30 * DAY)
    return world.log


HONEST = _honest()


def read(log: list[Logged]) -> Books:
    """The books after a journal with an unbroken hash chain."""
    books, link = Books(), GENESIS_HASH
    for sequence, (_, time, happened) in enumerate(log, 1):
        stored = seal(Record(sequence, time, "op", f"c{sequence}", happened), link)
        books.read(stored.sequence, stored.body, stored.hash, stored.aside)
        link = stored.hash
    books.close()
    return books


def forged(kind: type[Event], nth: int = 0, **changes: object) -> list[Logged]:
    """The honest journal with another record in the place of one, or with none."""
    places = [place for place, (_, _, each) in enumerate(HONEST) if isinstance(each, kind)]
    sequence, time, honest = HONEST[places[nth]]
    other = [(sequence, time, replace(honest, **changes))] if changes else []
    return [*HONEST[: places[nth]], *other, *HONEST[places[nth] + 1 :]]


def test_the_honest_journal_adds_up() -> None:
    books = read(HONEST)
    assert (books.balance["line:pia.2"], books.balance["pia.2"], books.balance["stake:pia.2"]) == (-7, 0, 0)
    assert (books.balance["treasury"], books.held["treasury"]) == (30, 0)


@pytest.mark.parametrize(
    ("kind", "nth", "changes", "problem"),
    [
        # What is lent.
        (e.LinePledged, 0, {}, "says what is lent for bid pia.2 in b where nothing is, or does not"),
        (e.LinePledged, 0, {"account": "line:ron"}, "keeps what pia.2 owes in line:ron"),
        (e.LinePledged, 0, {"power": 3_000_000}, "3000000 millionths of what it has, and it may bid 1500000"),
        (e.LinePledged, 1, {"by_stake": 11}, "lends pia.2 11 on its stake, which secures 10"),
        (e.LinePledged, 2, {"by_pool": 21, "by_record": 14}, "lends pia.2 11 on its pool, which secures 10"),
        (
            e.LinePledged,
            2,
            {"by_record": 151},
            "lends pia.2 151 on its record, which secures 150",
        ),
        (e.LinePledged, 2, {"by_stake": 0}, "lends pia.2 less for a bid than before"),
        (e.LinePledged, 2, {"by_record": 16}, "lends 46 of the 45 that it reserves for bid pia.2 in a"),
        (e.BidPlaced, 3, {"held": 21}, "leaves pia.2 with a balance of 100, 101 of it on hold"),
        (e.BidRaised, 0, {"price": 46, "held": 46}, "leaves pia.2 with a balance of 100, 101 of it on hold"),
        # What is drawn.
        (e.LineDrawn, 0, {}, "pays 45 for bid pia.2 in a, with 0 of its own and of what was drawn"),
        (e.LineDrawn, 0, {"amount": 44, "by_record": 14}, "pays 45 for bid pia.2 in a, with 44 of its own"),
        (e.LineDrawn, 0, {"by_stake": 9, "by_record": 16}, r"draws \(9, 20, 16\) for bid pia.2 in a"),
        (e.LineDrawn, 0, {"amount": 46}, "for which pia.2 is lent nothing"),
        (e.LineDrawn, 0, {"bid": "ron"}, "for which pia.2 is lent nothing"),
        (e.LineDrawn, 0, {"due_at": 5}, "calls what pia.2 owes at 5, and the rules say"),
        # What is called.
        (e.DebtCalled, 0, {"from_wallet": 2, "left": 8}, r"calls \(40, 2, 10, 20, 8\) of what pia.2 owes"),
        (e.DebtCalled, 0, {"from_stake": 0, "left": 17}, "of what pia.2 owes, where"),
        (e.DebtCalled, 0, {"from_pool": 27, "left": 0}, "of what pia.2 owes, where"),
        (e.DebtCalled, 0, {"wallet": "ron"}, "calls what ron owes before it is due"),
        (e.DebtCalled, 0, {"stake": "stake:ron"}, "of what pia.2 owes, where"),
        (e.DebtCalled, 0, {"owner": "ron"}, "of what pia.2 owes, where"),
        # What was verified.
        (e.SurplusVerified, 1, {"amount": 51}, "verifies that contract task-2:1 paid 51, and it did not"),
        (e.SurplusVerified, 1, {"contract": "task-1:1"}, "verifies that contract task-1:1 paid"),
        (
            e.SurplusVerified,
            1,
            {"total": 5},
            "says that 5 of what pia earned is verified, and it is 100000000",
        ),
        (e.SurplusVerified, 1, {"day": 3}, "of what pia earned is verified"),
        # How records weigh.
        (e.AuctionCleared, 0, {"weights": {}}, "weighs the bids of auction w by {}, and not by"),
        (e.AuctionCleared, 1, {"weights": {"ron": 1}}, "weighs the bids of auction a by {'ron': 1}"),
    ],
)
def test_what_does_not_add_up_is_found(
    kind: type[Event], nth: int, changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(Discrepancy, match=problem):
        read(forged(kind, nth, **changes))


def test_a_debt_is_not_called_early() -> None:
    (called,) = (each for _, _, each in HONEST if isinstance(each, e.DebtCalled))
    place = max(place for place, (_, _, each) in enumerate(HONEST) if isinstance(each, e.Transferred))
    with pytest.raises(Discrepancy, match="before it is due"):
        read([*HONEST[: place + 1], (0, HONEST[place][1], called)])


def test_nobody_bids_and_owes_more_than_its_power_lets_it() -> None:
    """Half of 100 may be lent beside, and is already bid in `b`; 51 may not."""
    changes: dict[type[Event], dict[str, object]] = {
        e.LinePledged: {"by_record": 21},
        e.BidRaised: {"price": 51, "held": 51},
    }
    place = next(place for place, (_, _, each) in enumerate(HONEST) if isinstance(each, e.BidRaised))
    more = [
        (sequence, time, replace(each, **changes[type(each)]))
        for sequence, time, each in HONEST[place - 1 : place + 1]
    ]
    with pytest.raises(Discrepancy, match=r"owe 151, with 100 of its own and a power of 1500000"):
        read([*HONEST[: place - 1], *more])


def test_a_weighed_auction_goes_to_the_best_score_for_what_would_still_have_won() -> None:
    """ron's 100 x 0.525 = 52.5 lose against 80 x 0.9; by the bids alone ron would have won for 80."""
    (place,) = (
        place
        for place, (_, _, each) in enumerate(HONEST)
        if isinstance(each, e.AuctionCleared) and each.auction == "w"
    )
    sequence, time, cleared = HONEST[place]
    assert isinstance(cleared, e.AuctionCleared)
    plain = e.Win("ron", "ron", {"gpu": 1}, 80, "ron")
    dearer = replace(cleared.wins[0], payment=cleared.wins[0].payment + 1)
    for win, price in ((plain, 80), (dearer, dearer.payment)):
        welfare = 100 if win is plain else 80
        other = replace(cleared, wins=(win,), prices={"gpu": price}, welfare=welfare)
        with pytest.raises(Discrepancy, match="otherwise than second_price does"):
            read([*HONEST[:place], (sequence, time, other)])


def _ordered() -> list[Logged]:
    """Ron sells 8 for 13 to pia.2, who has 100 and owes 4, and then 2 more, for which 26 more are lent."""
    world = Lending(Mechanism.ORDER_BOOK)
    world.known("0.8")
    world.join("pia.2", own=100, stake=40)
    world.do(
        c.PlaceOrder("s1", "m", "ron", "sell", 8, 13),
        c.PlaceOrder("o", "m", "pia.2", "buy", 10, 13),
        c.PlaceOrder("s2", "m", "ron", "sell", 2, 13),
    )
    return world.log


ORDERED = _ordered()


@pytest.mark.parametrize(
    ("kind", "nth", "changes", "problem"),
    [
        (e.LinePledged, 0, {}, "says what is lent for order o where nothing is, or does not"),
        (e.LinePledged, 0, {"by_stake": 41}, "lends pia.2 41 on its stake, which secures 40"),
        (e.LinePledged, 0, {"by_stake": 27}, "lends 27 of the 26 that it reserves for order o"),
        (e.LinePledged, 0, {"power": 3_000_000}, "and it may bid 1500000"),
        (e.LineDrawn, 0, {}, "leaves pia.2 with a balance of -4"),
        (e.LineDrawn, 0, {"amount": 5, "by_stake": 5}, "draws 5 for order o, which pays 104 and has 100"),
        (e.LineDrawn, 0, {"by_stake": 3, "by_record": 1}, "lends pia.2 1 on its record, which secures 0"),
        (
            e.LineDrawn,
            0,
            {"was_held": True},
            "below its floor of 0",
        ),
        (e.LineDrawn, 1, {}, "pays 26 for order o, with 0 of its own and of what was drawn"),
        (e.LineDrawn, 1, {"amount": 25, "by_stake": 25}, "pays 26 for order o, with 25 of its own"),
    ],
)
def test_what_does_not_add_up_of_orders_is_found(
    kind: type[Event], nth: int, changes: dict[str, object], problem: str
) -> None:
    places = [place for place, (_, _, each) in enumerate(ORDERED) if isinstance(each, kind)]
    sequence, time, honest = ORDERED[places[nth]]
    other = [(sequence, time, replace(honest, **changes))] if changes else []
    with pytest.raises(Discrepancy, match=problem):
        read([*ORDERED[: places[nth]], *other, *ORDERED[places[nth] + 1 :]])


def test_where_what_was_lent_is_withheld_the_books_still_add_up() -> None:
    """An export without what lies beside the records."""
    for log in (HONEST, ORDERED):
        books, link = Books(), GENESIS_HASH
        for sequence, (_, time, happened) in enumerate(log, 1):
            stored = seal(Record(sequence, time, "op", f"c{sequence}", happened), link)
            books.read(stored.sequence, stored.body, stored.hash, None)
            link = stored.hash
        assert books.accounts.balance["pia.2"] == read(log).accounts.balance["pia.2"]
