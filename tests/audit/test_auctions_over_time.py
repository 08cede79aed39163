"""The second bookkeeper notices what English and Dutch auctions and commitments must not come to."""

from collections.abc import Callable

import pytest
from msgspec import structs

from econonexus.audit.books import Books, Discrepancy
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commitments import digest
from econonexus.domain.events import Event
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Clock, Commitment, Terms
from econonexus.node.records import Record, seal
from econonexus.ports import GENESIS_HASH
from tests.domain.auctions.stage import WINDOW, Stage

NONCE = "0123456789abcdef"
Forgery = Callable[[Event], Event]


def english() -> Stage:
    """ann leads at 310 against bob, and a late bid of cat's moved the end away."""
    stage = Stage(Mechanism.ENGLISH, Terms(reserve=100, increment=10))
    stage.bid("ann", 500)
    stage.bid("bob", 300)
    stage.at(WINDOW - SECOND)
    stage.bid("cat", 400)
    stage.at(WINDOW + 30 * SECOND)
    return stage


def dutch() -> Stage:
    """Of three units ann took one at 90; bob waited for 70."""
    stage = Stage(Mechanism.DUTCH, Terms(clock=Clock(100, 10, SECOND)), units=3, window=None)
    stage.bid("bob", 75)
    stage.at(SECOND)
    stage.bid("ann", 95)
    stage.at(11 * SECOND)
    return stage


def hidden() -> Stage:
    """ann revealed her bid, bob did not."""
    stage = Stage(Mechanism.SECOND_PRICE, Terms(commitment=Commitment(50)))
    for agent in ("ann", "bob"):
        told = digest("a", agent, agent, {"gpu": 1}, 300, NONCE)
        stage.do(c.CommitBid(agent, "a", agent, told))
    stage.at(WINDOW)
    stage.do(c.RevealBid("ann", "a", "ann", {"gpu": 1}, 300, NONCE))
    stage.wait(30 * SECOND)
    return stage


def read(stage: Stage, forged: type[Event], forgery: Forgery) -> Books:
    """The bookkeeper's books after all that happened, with the last event of a kind forged."""
    last = max(place for place, (_, _, event) in enumerate(stage.log) if isinstance(event, forged))
    books, link = Books(), GENESIS_HASH
    for place, (sequence, time, event) in enumerate(stage.log):
        told = forgery(event) if place == last else event
        stored = seal(Record(sequence, time, "op", f"c{sequence}", told), link)
        books.read(stored.sequence, stored.body, stored.hash, stored.aside)
        link = stored.hash
    return books


@pytest.mark.parametrize("play", [english, dutch, hidden])
def test_what_really_happened_is_entered(play: Callable[[], Stage]) -> None:
    stage = play()
    books = read(stage, e.AuctionCleared, lambda event: event)
    books.close()
    accounts = stage.economy.state.ledger.accounts
    assert books.balance == {name: account.balance for name, account in accounts.items()}
    assert books.held == {name: account.held for name, account in accounts.items()}


@pytest.mark.parametrize(("play", "kind", "changes", "complaint"), [
    (english, e.StandingMoved, {"price": 411}, "lead auction a at 411"),
    (english, e.StandingMoved, {"price": 99}, "lets the price of auction a come to 99"),
    (english, e.StandingMoved, {"leaders": ("bob",)}, "says that"),
    (english, e.StandingMoved, {"least": 411}, "another next bid"),
    (english, e.StandingMoved, {"outbid": ("ann",)}, "says that bid ann is outbid"),
    (english, e.AuctionExtended, {"increment": 30}, "without doubling"),
    (english, e.AuctionExtended, {"closes_at": 10**18}, "more than its soft close"),
    (dutch, e.ClockTaken, {"price": 80}, "and it bid 75"),
    (dutch, e.ClockTaken, {"price": 65}, "which it had not called"),
    (dutch, e.ClockTaken, {"units": 2, "left": 0}, "take 2 of 2"),
    (hidden, e.BidCommitted, {"bond": 49}, "no such bond"),
    (hidden, e.BondForfeited, {"amount": 49}, "another bond"),
    (hidden, e.BondForfeited, {"agent": "cat"}, "which is not there"),
    (hidden, e.CommitmentKept, {"bid": "bob", "agent": "bob"}, "nobody had committed to"),
])  # fmt: skip
def test_what_cannot_have_happened_is_noticed(
    play: Callable[[], Stage], kind: type[Event], changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(Discrepancy, match=complaint):
        read(play(), kind, lambda event: structs.replace(event, **changes))


def test_a_winner_pays_what_had_come_about() -> None:
    def forgery(event: Event) -> Event:
        (win,) = event.wins
        return structs.replace(event, wins=(structs.replace(win, payment=win.payment - 1),))

    with pytest.raises(Discrepancy, match="otherwise than it had come to"):
        read(english(), e.AuctionCleared, forgery)
