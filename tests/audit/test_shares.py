"""The second bookkeeper works out reserved shares and computed reserves again.

Of eight units at a reserve of 2, half is shared: x bids 9 for six, y 5 for two, z 3 for one, in that order.
x has two of the share, y and z one each, for 2 a unit; the other four are x's, at the 5 that y lost with.
"""

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Discrepancy
from econonexus.domain import events as e
from econonexus.domain.events import Event, OpenedBid, Win
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import ComputedReserve, ReservedShare, Terms
from tests.audit.test_books import chain, read
from tests.audit.test_market_books import agent, bid

NOW, STEP = 1_000, 0
UNIFORM, SECOND = Mechanism.UNIFORM_PRICE, Mechanism.SECOND_PRICE
TERMS = Terms(reserve=2, reserved_share=ReservedShare(500_000))
A = e.AuctionAnnounced("u", "m", UNIFORM, {"gpu": 8}, NOW, NOW + 50, TERMS)
TOWN = (
    e.AssetDeclared("credit", 6),
    *(each for name in "xyz" for each in agent(name)),
    e.ResourceDeclared("gpu", "h", 8, 60),
    e.MarketCreated("m", ("gpu",), UNIFORM, TERMS),
    A,
    *(
        bid(f"b{name}", name, price, None, units, "u")
        for name, units, price in (("x", 6, 9), ("y", 2, 5), ("z", 1, 3))
    ),
)
CLEARED = e.AuctionCleared(
    "u",
    "m",
    (OpenedBid("bx", 9, 54), OpenedBid("by", 5, 10), OpenedBid("bz", 3, 3)),
    (
        Win("bx", "x", {"gpu": 6}, 24, "x"),
        Win("by", "y", {"gpu": 1}, 2, "y"),
        Win("bz", "z", {"gpu": 1}, 2, "z"),
    ),
    {"gpu": 5},
    {},
    62,
    64,
    "burn",
    {"gpu": 9},
    shared={"bx": 2, "by": 1, "bz": 1},
)
GRANTED = tuple(
    e.Granted(f"u:{number}", name, "gpu", units, NOW, NOW + 60, number, "m", "u", paid)
    for number, (name, units, paid) in enumerate((("x", 6, 24), ("y", 1, 2), ("z", 1, 2)), 1)
)
COMPUTED = Terms(reserve=2, computed_reserve=ComputedReserve(500_000, 1))
SPOT = e.AuctionAnnounced("s", "spot", SECOND, {"gpu": 1}, NOW, NOW + 50, COMPUTED)
SOLD = (
    *TOWN[: TOWN.index(A) - 1],
    e.MarketCreated("spot", ("gpu",), SECOND, COMPUTED),
    SPOT,
    bid("bx", "x", 30, None, 1, "s"),
    bid("by", "y", 20, None, 1, "s"),
    e.AuctionCleared(
        "s",
        "spot",
        (OpenedBid("bx", 30, 30), OpenedBid("by", 20, 20)),
        (Win("bx", "x", {"gpu": 1}, 20, "x"),),
        {"gpu": 20},
        {},
        30,
        30,
        "burn",
        {"gpu": 2},
    ),
    e.Granted("s:1", "x", "gpu", 1, NOW, NOW + 60, 1, "spot", "s", 20),
)
"""An auction that came to 20, so that the next has a reserve of 10."""
NEXT = replace(SPOT, auction="t", terms=replace(COMPUTED, reserve=10))


def test_an_honest_share_and_an_honest_reserve_add_up() -> None:
    books = read(chain(*TOWN, CLEARED, *GRANTED, step=STEP))
    assert {name: books.balance[name] for name in "xyz"} == {"x": 76, "y": 98, "z": 98}
    assert "t" in read(chain(*SOLD, NEXT, step=STEP)).auctions.by_name


WINS = CLEARED.wins


@pytest.mark.parametrize(
    ("before", "forged", "problem"),
    [
        # As the plain rule would have it: six for x and two for y, at the reserve, since z alone lost.
        (
            TOWN,
            replace(
                CLEARED,
                wins=(Win("bx", "x", {"gpu": 6}, 18, "x"), Win("by", "y", {"gpu": 2}, 6, "y")),
                prices={"gpu": 3},
                welfare=64,
                shared={},
            ),
            "otherwise than highest_losing does",
        ),
        (TOWN, replace(CLEARED, shared={"bx": 3, "by": 1}), "other units .* out of its reserved share"),
        (TOWN, replace(CLEARED, bound=62), "could be worth more or less than its highest bids, 64"),
        (TOWN, replace(CLEARED, wins=(replace(WINS[0], payment=30), *WINS[1:])), "otherwise than"),
        (SOLD, replace(NEXT, terms=COMPUTED), "otherwise than market spot sells now"),
        (SOLD, replace(NEXT, terms=replace(COMPUTED, reserve=9)), "otherwise than market spot sells now"),
    ],
)
def test_other_numbers_are_found(before: tuple[Event, ...], forged: Event, problem: str) -> None:
    with pytest.raises(Discrepancy, match=problem):
        read(chain(*before, forged, step=STEP))
