"""Orders in books of every kind, and markets that stop by themselves."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from econonexus.domain import commands as c
from econonexus.domain.ids import AccountId, AgentId, GrantId, Instant, MarketId, OrderId, ResourceId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.terms import Book, Halt, Terms
from tests.strategies.markets import odd_bidders, units
from tests.strategies.money import BIGGEST, amounts, maybe, texts

BOOKS = ("spot", "resale", "named", "timed", "brake")
books = st.sampled_from(BOOKS).map(MarketId)
any_market = st.one_of(books, books, st.sampled_from(["first", "none"]).map(MarketId))
orders = st.integers(1, 25).map(lambda number: OrderId(f"o{number}"))
traders = st.sampled_from(["pat", "sam", "kim", "lee", "quin"]).map(AgentId)
grants = st.one_of(
    st.builds(lambda market, number: GrantId(f"{market}@{number}"), books, st.integers(1, 4)),
    st.builds(lambda number: GrantId(f"a{number}:1"), st.integers(1, 4)),
)
sides = st.sampled_from(["buy", "sell"])
lives = st.sampled_from(["gtc", "gtc", "gtc", "ioc", "fok"])
few = st.integers(1, 4)
prices = st.integers(1, 12).map(Amount)

BRAKE = Halt(move=Ppm(300_000), window=20, failures=Ppm(0), of=1, pause=15)
"""A price that moves by more than three tenths within 20 stops the market for 15, and so does a failure."""


def terms(unit: int) -> dict[str, Terms]:
    """The terms of each book, its times in `unit`."""
    return {
        "spot": Terms(),
        "resale": Terms(book=Book(sellers="holders", self_trade="cancel_incoming")),
        "named": Terms(reserve=Amount(2), book=Book(sellers=("kim", "sam"), max_orders=4)),
        "timed": Terms(book=Book(starts_at=Instant(1_000 + 60 * unit), ends_at=Instant(1_000 + 150 * unit))),
        "brake": Terms(
            halt=Halt(BRAKE.move, 20 * unit, BRAKE.failures, BRAKE.of, 15 * unit), credit="reputation"
        ),
    }


halts = st.builds(
    Halt,
    st.sampled_from([100_000, 0, 1.5]),
    st.sampled_from([20, 0]),
    st.sampled_from([0, 500_000, -1]),
    st.sampled_from([1, 2, 0, 1_001]),
    st.sampled_from([15, 0]),
)
odd_books = st.builds(
    Book,
    st.sampled_from(["anyone", "nobody", (), ("not a name",), ("kim",)]),
    st.sampled_from([None, None, 5, BIGGEST + 1]),
    st.sampled_from([None, None, 5, 90]),
    st.sampled_from(["cancel_resting", "cancel_both"]),
    st.sampled_from([100_000, 0, 1_000_001]),
)
lending = st.sampled_from(["", "", "reputation"])
any_terms = st.builds(Terms, book=maybe(odd_books), halt=maybe(halts), credit=lending)


def often() -> list[SearchStrategy[c.Command]]:
    """What is drawn often, and may well be refused."""
    return [
        st.builds(
            c.PlaceOrder,
            orders,
            any_market,
            st.one_of(traders, odd_bidders),
            sides,
            units,
            maybe(amounts),
            lives,
            maybe(amounts),
            maybe(grants),
        ),
        st.builds(c.ReplaceOrder, orders, units, amounts, maybe(traders)),
        st.builds(c.CancelOrder, orders, maybe(traders), texts),
    ]


def seldom() -> list[SearchStrategy[c.Command]]:
    """What is drawn seldom."""
    return [
        st.builds(c.CloseBook, any_market),
        st.builds(c.ResumeMarket, any_market),
        st.builds(
            c.CreateMarket,
            st.sampled_from(["new", "m" * 113]).map(MarketId),
            st.just((ResourceId("gpu"),)),
            st.sampled_from([Mechanism.ORDER_BOOK, Mechanism.FIRST_PRICE]),
            any_terms,
        ),
        st.builds(c.ChangeMarket, any_market, any_terms),
    ]


def usual() -> list[SearchStrategy[c.Command]]:
    """What mostly succeeds."""
    limit = st.builds(c.PlaceOrder, orders, books, traders, sides, few, prices, lives)
    market_order = st.builds(
        c.PlaceOrder, orders, books, traders, st.just("buy"), few, st.none(), lives, st.integers(1, 40)
    )
    return [
        *[limit] * 4,
        market_order,
        st.builds(c.PlaceOrder, orders, books, traders, st.just("sell"), few, st.none(), lives),
        st.builds(c.ReplaceOrder, orders, few, prices),
        st.builds(c.CancelOrder, orders),
        st.builds(c.UnfreezeMarket, books),
    ]


def opening(unit: int = 1) -> list[c.Command]:
    """A book of each kind, and a third owner with money."""
    return [
        *(
            c.CreateMarket(MarketId(name), (ResourceId("gpu"),), Mechanism.ORDER_BOOK, its)
            for name, its in terms(unit).items()
        ),
        c.CreateAgent(AgentId("quin"), owner=AccountId("quin"), credits=Amount(200)),
    ]
