"""The second bookkeeper finds what does not add up about resources, markets, auctions, bids and grants.

Every forged journal here has an unbroken hash chain, as in `test_books`. The honest one goes like this: 8
gpus; pat, kim and lee have 100 each, and kim and lee are one owner's. In auction `a` (Vickrey, one gpu) pat
bids 20, kim 15 and lee 12; pat wins and pays 15, into the treasury, for a grant of 60 ns.
"""

import msgspec
import pytest
from msgspec.structs import replace

from econonexus.audit.books import Discrepancy
from econonexus.audit.verify import verify
from econonexus.domain import events as e
from econonexus.domain.events import Event, OpenedBid, Win
from econonexus.domain.kinds import AccountKind, BudgetMode, Mechanism, Proceeds, Revisions
from econonexus.domain.terms import Terms
from econonexus.ports import StoredRecord
from tests.audit.test_books import _stream, chain, read

NOW, STEP = 1_000, 0
"""Everything happens in one instant, unless a test says otherwise."""
SPOT = Terms(proceeds=Proceeds.TREASURY, revisions=Revisions.WITHDRAW, reserve=3, bidding_window=50)
VICKREY, UNIFORM = Mechanism.SECOND_PRICE, Mechanism.UNIFORM_PRICE


def agent(name: str, owner: str | None = None) -> tuple[Event, ...]:
    account = e.AccountOpened(name, name, AccountKind.WALLET, "credit")
    return (e.AgentCreated(name, None, owner or name), account, e.Minted("mint", name, 100))


TOWN = (
    e.AssetDeclared("credit", 6),
    *agent("pat"),
    *agent("kim", "twins"),
    *agent("lee", "twins"),
    e.ResourceDeclared("gpu", "h", 8, 60),
    e.MarketCreated("spot", ("gpu",), VICKREY, SPOT),
    e.MarketCreated("bulk", ("gpu",), UNIFORM),
)
A = e.AuctionAnnounced("a", "spot", VICKREY, {"gpu": 1}, NOW, NOW + 50, SPOT)
BULK = e.AuctionAnnounced("u", "bulk", UNIFORM, {"gpu": 4}, NOW, NOW + 50, Terms())


def bid(
    name: str, who: str, price: int, held: int | None = None, units: int = 1, auction: str = "a"
) -> Event:
    to = "treasury" if auction == "a" else "burn"
    held = price * units if held is None else held
    return e.BidPlaced(name, auction, who, who, to, {"gpu": units}, price, held)


B1, B2, B3 = bid("b1", "pat", 20, 30), bid("b2", "kim", 15), bid("b3", "lee", 12)
OPEN = (*TOWN, A, B1, B2, B3)
"""The auction with its bids."""
CLEARED = e.AuctionCleared(
    "a",
    "spot",
    (OpenedBid("b1", 20, 30), OpenedBid("b2", 15, 15), OpenedBid("b3", 12, 12)),
    (Win("b1", "pat", {"gpu": 1}, 15, "pat"),),
    {"gpu": 15},
    {},
    20,
    20,
    "treasury",
    {"gpu": 3},
)
WON = e.Granted("a:1", "pat", "gpu", 1, NOW, NOW + 60, 1, "spot", "a", 15)
USED = e.GrantUsed("a:1", "pat", 1, 0)
RELEASED = e.GrantReleased("a:1", "pat", 1)
HALTED = e.MarketHalted("spot")


def won(**changes: object) -> Event:
    """The auction cleared with another win than the honest one."""
    return replace(CLEARED, wins=(replace(CLEARED.wins[0], **changes),))


def opened(*bids: tuple[str, int, int]) -> Event:
    return replace(CLEARED, bids=tuple(OpenedBid(*each) for each in bids))


def test_an_honest_auction_adds_up() -> None:
    books = read(chain(*OPEN, CLEARED, WON, USED, RELEASED_USED, step=STEP))

    assert (books.balance["pat"], books.balance["treasury"], books.held["pat"]) == (85, 15, 0)
    assert (books.auctions.ended["cleared"], books.grants.given) == (1, 1)
    assert not books.resources.promises["gpu"].keys() - {"grant a:1 1"}


RELEASED_USED = replace(RELEASED, returned=0)


@pytest.mark.parametrize(
    ("before", "forged", "problem"),
    [
        # Resources and capacity.
        (TOWN, e.ResourceDeclared("gpu", "h", 9, 60), "declares resource gpu a second time"),
        (TOWN, e.ResourceDeclared("new", "h", 0, 60), "an amount of 0"),
        ((*TOWN, BULK), e.CapacityChanged("gpu", 3), "promises 4 units of gpu .* there are 3"),
        (TOWN, replace(BULK, supply={"gpu": 9}), "promises 9 units of gpu .* there are 8"),
        ((*TOWN, BULK), replace(BULK, auction="v", supply={"gpu": 5}), "promises 9 units of gpu"),
        # Two windows that have one instant in common, and 9 units in it.
        (
            (*TOWN, replace(BULK, starts_at=NOW + 50, ends_at=NOW + 80)),
            replace(BULK, auction="v", supply={"gpu": 5}, starts_at=NOW + 79, ends_at=NOW + 99),
            f"promises 9 units of gpu for the instant {NOW + 79}",
        ),
        # Markets.
        (TOWN, e.MarketCreated("spot", ("gpu",), VICKREY), "creates market spot a second time"),
        (TOWN, e.MarketCreated("new", ("tpu",), VICKREY), "resources that were not declared"),
        (TOWN, e.MarketCreated("new", ("gpu",), VICKREY, Terms(seller="pat")), "names a seller"),
        (
            TOWN,
            e.MarketChanged("spot", Terms(proceeds=Proceeds.SELLER, seller="nobody")),
            "lets nobody sell in market spot",
        ),
        # The steps of an auction's life.
        (TOWN, replace(A, terms=Terms()), "otherwise than market spot sells now"),
        (TOWN, replace(A, mechanism=Mechanism.FIRST_PRICE), "otherwise than market spot sells now"),
        ((*TOWN, HALTED), A, "otherwise than market spot sells now"),
        (TOWN, replace(A, supply={"tpu": 1}), "what market spot does not"),
        (TOWN, replace(A, closes_at=NOW), "times that are out of order"),
        (TOWN, replace(A, starts_at=NOW + 49, ends_at=NOW + 60), "times that are out of order"),
        ((*TOWN, A), A, "announces auction a while it runs"),
        ((*TOWN, A), e.AuctionOpened("a"), "as announced, and it is open"),
        ((*TOWN, replace(A, opens_at=NOW + 1)), e.AuctionOpened("a"), "before its time"),
        ((*TOWN, A), e.AuctionExtended("a", NOW + 49, "halted"), "earlier than it was to"),
        ((*TOWN, replace(A, opens_at=NOW + 1)), B1, "as open, and it is announced"),
        (TOWN, B1, "speaks of auction a as open, and it is not there"),
        ((*TOWN, A, e.AuctionCancelled("a")), e.AuctionCancelled("a"), "and it is not there"),
        ((*OPEN, CLEARED, WON), CLEARED, "and it is not there"),
        (OPEN, e.AuctionClosed("a", "digest", NOW + 99), "to wait for an outcome that it needs not"),
        ((*OPEN, HALTED), CLEARED, "while its market is halted"),
        # Bids.
        ((*TOWN, A, B1), B1, "places bid b1 in auction a a second time"),
        ((*TOWN, A, HALTED), B1, "takes no bids now"),
        ((*TOWN, A), replace(B1, items={"tpu": 1}), "for what it does not sell"),
        ((*TOWN, A), bid("b1", "pat", 2), "below the reserve of 3"),
        ((*TOWN, A), bid("b1", "pat", 20, 19), "bids 20 and holds 19"),
        ((*TOWN, BULK), bid("b1", "pat", 20, 40, 3, "u"), "bids 60 and holds 40"),
        ((*TOWN, A), replace(B1, destination="burn"), "proceeds go to treasury"),
        ((*TOWN, A), replace(B1, agent="nobody"), "speaks of agent nobody"),
        ((*TOWN, A), replace(B1, source="kim"), "says that kim pays for pat"),
        ((*TOWN, A), bid("b1", "pat", 101), "below its floor"),
        ((*TOWN, A, B1), bid("b4", "pat", 71), "below its floor"),  # 30 are reserved.
        ((*TOWN, A, e.AgentFrozen("pat")), B1, "takes money from pat, which is frozen"),
        ((*TOWN, A), replace(B1, budgets=("b",)), "counts in the budgets b, but leaves none"),
        ((*OPEN,), e.Transferred("pat", "kim", 71), "below its floor"),  # It is reserved for the bid.
        ((*OPEN,), e.BidRaised("b1", "a", "pat", "pat", 20, 40), "raises bid b1 from 20 to 20"),
        ((*OPEN,), e.BidRaised("b1", "a", "pat", "pat", 21, 29), "reserves less"),
        ((*OPEN,), e.BidRaised("b1", "a", "pat", "pat", 41, 40), "bids 41 and holds 40"),
        ((*OPEN,), e.BidRaised("b1", "a", "kim", "kim", 21, 30), "speaks of bid b1 of kim"),
        ((*OPEN,), e.BidRaised("b1", "a", "pat", "kim", 21, 30), "from another account"),
        ((*OPEN,), e.BidRaised("b1", "a", "pat", "pat", 101, 101), "below its floor"),
        ((*OPEN,), e.BidWithdrawn("b1", "a", "kim"), "speaks of bid b1 of kim"),
        (
            (*TOWN, BULK, bid("b1", "pat", 2, auction="u")),
            e.BidWithdrawn("b1", "u", "pat"),
            "where bids stand",
        ),
        # What was sealed is what is opened.
        (OPEN, opened(("b1", 20, 30), ("b2", 15, 15)), "opens other bids in auction a"),
        (OPEN, opened(("b2", 15, 15), ("b1", 20, 30), ("b3", 12, 12)), "or in another order"),
        (OPEN, opened(("b1", 21, 30), ("b2", 15, 15), ("b3", 12, 12)), "opens bid b1 with other numbers"),
        (OPEN, opened(("b1", 20, 20), ("b2", 15, 15), ("b3", 12, 12)), "opens bid b1 with other numbers"),
        # Who wins, and pays what.
        (OPEN, won(payment=21), "lets bid b1 pay 21, and it bid 20"),
        (OPEN, won(payment=2), "below the reserve"),
        (OPEN, won(payment=14), "come out otherwise than second_price does"),
        (OPEN, won(payment=12), "come out otherwise than second_price does"),
        (OPEN, won(agent="kim"), "lets bid b1 of kim win"),
        (OPEN, won(items={"gpu": 2}), "it is for fewer"),
        (OPEN, won(source="kim"), "paid from elsewhere"),
        (OPEN, won(budgets=("b",)), "paid from elsewhere"),
        (
            OPEN,
            replace(CLEARED, wins=(Win("b2", "kim", {"gpu": 1}, 15, "kim"),), welfare=15, bound=15),
            "come out otherwise",
        ),
        (OPEN, replace(CLEARED, wins=(), unsold={"gpu": 1}, welfare=0, bound=0, prices={}), "come out"),
        (OPEN, replace(CLEARED, wins=CLEARED.wins * 2), "or to one bid twice"),
        (OPEN, replace(CLEARED, unsold={"gpu": 1}), "is unsold in auction a, and it is not"),
        (OPEN, replace(CLEARED, prices={"gpu": 14}), "come out otherwise"),
        (OPEN, replace(CLEARED, welfare=21, bound=21), "is worth 21 of 21, not 20"),
        (OPEN, replace(CLEARED, bound=21), "could be worth more"),
        (OPEN, replace(CLEARED, bound=19), "is worth 20 of 19"),
        # Grants.
        (TOWN, WON, "gives grant a:1, which follows from nothing"),
        ((*OPEN, CLEARED), e.AccountFrozen("pat"), "before pat was granted what it won in a"),
        ((*OPEN, CLEARED), replace(WON, units=2), "gives grant a:1 otherwise than a came out"),
        ((*OPEN, CLEARED), replace(WON, agent="kim"), "gives grant a:1 otherwise"),
        ((*OPEN, CLEARED), replace(WON, paid=14), "gives grant a:1 otherwise"),
        ((*OPEN, CLEARED), replace(WON, ends_at=NOW + 61), "gives grant a:1 otherwise"),
        ((*OPEN, CLEARED), replace(WON, fence=2), "the token 2, and 1 is next"),
        ((*OPEN, CLEARED, WON), replace(USED, units=2), "uses 2 of the 1 units"),
        ((*OPEN, CLEARED, WON, USED), USED, "uses 2 of the 1 units"),
        ((*OPEN, CLEARED, WON), replace(USED, left=1), "says 1 are left"),
        ((*OPEN, CLEARED, WON), replace(USED, agent="kim"), "of kim, which does not run"),
        ((*OPEN, CLEARED, WON), replace(RELEASED, returned=0), "returns 0 units"),
        ((*OPEN, CLEARED, WON), e.GrantExpired("a:1", "pat", 1), "before its end"),
        ((*OPEN, CLEARED, WON, RELEASED), RELEASED, "which does not run"),
    ],
)  # fmt: skip
def test_a_forged_event_is_found_where_it_stands(
    before: tuple[Event, ...], forged: Event, problem: str
) -> None:
    journal = chain(*before, forged, step=STEP)

    with pytest.raises(Discrepancy, match=problem) as found:
        read(journal)

    assert found.value.sequence == len(before) + 1


def test_a_bid_counts_in_the_budgets_that_it_would_leave_and_takes_them_over_no_limit() -> None:
    limited = (
        *TOWN,
        e.BudgetCreated("b", None, "credit", 25, 0, 0, BudgetMode.HARD, ()),
        e.BudgetAssigned("pat", "b"),
        A,
    )
    held_25 = replace(B1, held=25, budgets=("b",))
    paid = (B2, B3, opened(("b1", 20, 25), ("b2", 15, 15), ("b3", 12, 12)))
    cleared = replace(paid[2], wins=(replace(CLEARED.wins[0], budgets=("b",)),))

    books = read(chain(*limited, held_25, B2, B3, cleared, WON, step=STEP))
    assert (books.budgets.by_name["b"].held, books.budgets.by_name["b"].spent) == (0, 15)
    with pytest.raises(Discrepancy, match="takes budget b over its limit: 0 spent and 26 held of 25"):
        read(chain(*limited, replace(B1, held=26, budgets=("b",)), step=STEP))


def test_what_was_used_of_a_released_grant_counts_until_its_time_is_over() -> None:
    """Of 8 gpus 4 are granted; 3 of them are used and the rest given back: 5 are free, and 6 are not."""
    cleared = e.AuctionCleared(
        "u", "bulk", (OpenedBid("b1", 2, 8),), (Win("b1", "pat", {"gpu": 4}, 0, "pat"),),
        {"gpu": 0}, {}, 8, 8, "burn", {"gpu": 4},
    )  # fmt: skip
    granted = e.Granted("u:1", "pat", "gpu", 4, NOW, NOW + 60, 1, "bulk", "u")
    used, released = e.GrantUsed("u:1", "pat", 3, 1), e.GrantReleased("u:1", "pat", 1)
    journal = (*TOWN, BULK, bid("b1", "pat", 2, units=4, auction="u"), cleared, granted, used, released)
    next_one = replace(BULK, auction="v")

    read(chain(*journal, replace(next_one, supply={"gpu": 5}), step=STEP))
    with pytest.raises(Discrepancy, match="promises 9 units"):
        read(chain(*journal, replace(next_one, supply={"gpu": 6}), step=STEP))


def test_a_sealed_number_that_was_changed_beside_its_record_is_found() -> None:
    journal = chain(*OPEN, step=STEP)
    record = journal[len(TOWN) + 1]
    assert record.aside is not None
    values = msgspec.json.decode(record.aside)
    values[1]["price"] = 21
    forged = msgspec.structs.replace(record, aside=msgspec.json.encode(values))

    with pytest.raises(Discrepancy, match="the private field price does not match its digest"):
        read([*journal[: len(TOWN) + 1], forged])


def test_no_price_stands_in_a_record_before_the_auction_is_cleared() -> None:
    record = chain(*TOWN, A, bid("b1", "pat", 76543, 87654), step=STEP)[-1]

    assert b"76543" not in record.body
    assert b"87654" not in record.body
    assert record.aside is not None
    assert b"76543" in record.aside


async def test_withheld_sealed_numbers_are_taken_as_they_are_opened() -> None:
    """An export without what lies beside the records can be verified: its bids are open when it matters."""
    journal = [_without(record) for record in chain(*OPEN, CLEARED, WON, step=STEP)]

    findings, books = await verify(_stream(journal[:-2]), [], lambda _: True)
    assert (findings.withheld, findings.auctions["open"]) == (3, 1)
    findings, books = await verify(_stream(journal), [], lambda _: True)
    assert (findings.withheld, findings.auctions["cleared"], findings.grants) == (0, 1, 1)
    assert (books.balance["pat"], books.held["pat"]) == (85, 0)


def test_withheld_sealed_numbers_do_not_let_a_winner_pay_too_much() -> None:
    journal = [_without(record) for record in chain(*OPEN, won(payment=21), step=STEP)]

    with pytest.raises(Discrepancy, match="lets bid b1 pay 21, and it bid 20"):
        read(journal)


def test_what_is_owed_at_the_end_was_never_granted() -> None:
    with pytest.raises(Discrepancy, match="before pat was granted what it won"):
        read(chain(*OPEN, CLEARED, step=STEP))


def _without(record: StoredRecord) -> StoredRecord:
    return msgspec.structs.replace(record, aside=None)
