"""The views' file: exact at the ends of the range, made anew where it is of no use."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from econonexus.adapters.memory_journal import MemoryJournal
from econonexus.adapters.sqlite_views import SqliteViews
from econonexus.bootstrap import open_node
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AccountId, AssetId, CallerId
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.node.records import Record
from econonexus.node.relay import Relay
from econonexus.node.replies import Accepted
from econonexus.node.views import Projector
from econonexus.ports import Entry, Quote, Rating, Spend

ANN, BOB, OPERATOR = AccountId("ann"), AccountId("bob"), CallerId("op")
WEI = AssetId("wei")


@pytest.fixture
async def views(tmp_path: Path) -> AsyncIterator[SqliteViews]:
    opened = SqliteViews.open(tmp_path / "views.sqlite")
    yield opened
    await opened.close()


def spent(amount: int, times: int = 1) -> Spend:
    return Spend(1, "ann", "org", "llm", amount, times)


async def test_sums_of_spend_are_exact_beyond_64_bits(views: SqliteViews) -> None:
    await views.add([], [spent(9 * 10**18)], 1)
    await views.add([], [spent(9 * 10**18 + 1)], 2)
    await views.add([], [spent(2**70 + 3, times=200)], 3)

    assert await views.spend() == [spent(18 * 10**18 + 1 + 2**70 + 3, times=202)]


async def test_what_came_back_and_what_nobody_paid_are_summed_beside(views: SqliteViews) -> None:
    key = (1, "ann", "org", "llm")
    await views.add([], [Spend(*key, 10, 1, 2**70, 3)], 1)
    await views.add([], [Spend(*key, -(2**40), 0)], 2)
    assert await views.spend() == [Spend(*key, 10 - 2**40, 1, 2**70, 3)]
    await views.add([], [Spend(*key, 2**40, 0, 5, 1)], 3)
    assert await views.spend() == [Spend(*key, 10, 1, 2**70 + 5, 4)]


async def test_lines_hold_the_extremes(views: SqliteViews) -> None:
    lowest = Entry("mint", 1, 2**63 - 1, "minted", -MAX_AMOUNT, 0, -MAX_AMOUNT, 0, "ann")
    highest = Entry("ann", 1, 2**63 - 1, "minted", MAX_AMOUNT, 0, MAX_AMOUNT, MAX_AMOUNT, "mint")

    await views.add([lowest, highest], [], 1)

    assert await views.statement("mint") == [lowest]
    assert await views.statement("ann") == [highest]


async def test_statements_go_on_where_large_amounts_are_spent(tmp_path: Path) -> None:
    """An asset with 18 decimals: nine of it, there and back and there again, within an hour."""
    nine = Amount(9 * 10**18)
    async with open_node(tmp_path) as node:
        for command in (
            c.DeclareAsset(WEI, 18),
            c.OpenAccount(ANN, ANN, asset=WEI),
            c.OpenAccount(BOB, BOB, asset=WEI),
            c.Mint(ANN, nine),
            c.Transfer(ANN, BOB, nine),
            c.Transfer(BOB, ANN, nine),
            c.Transfer(ANN, BOB, nine),
        ):
            assert isinstance(await node.submit(command, OPERATOR), Accepted)

        assert [line.balance_after for line in await node.statement(ANN)] == [nine, 0, nine, 0]
        assert sum(row.amount for row in await node.spend() if row.account == ANN) == 18 * 10**18


async def test_views_of_an_older_version_are_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "views.sqlite"
    old = SqliteViews.open(file)
    await old.add([], [spent(1)], 1)
    await old.close()
    with apsw.Connection(str(file)) as connection:
        connection.pragma("user_version", 1)
    connection.close()

    new = SqliteViews.open(file)
    assert (await new.position(), await new.spend()) == (0, [])
    await new.close()


async def test_views_ahead_of_the_journal_are_made_anew_though_it_overtakes_them(views: SqliteViews) -> None:
    """The views saw five records of a journal that was replaced by one of three, which goes on at once."""
    await views.add([Entry("ann", 5, 0, "minted", 7, 0, 7, 0, "mint")], [], 5)
    relay = Relay(MemoryJournal(), 0)
    records = [Record(number, 0, "op", f"c{number}", e.Minted("mint", "ann", 1)) for number in range(1, 7)]
    relay.publish(records[:3])
    projector = Projector(relay, views)
    relay.publish(records[3:])  # Before the projector has asked the views how far they are.

    async with asyncio.timeout(30):
        await projector.caught_up(6)
    relay.close()
    await projector.stop()

    assert [line.balance_after for line in await views.statement("ann")] == [1, 2, 3, 4, 5, 6]


def quote(time: int, price: int | None, wanted: int = 0, item: str = "gpu") -> Quote:
    return Quote("spot", time, item, "book", price, price, price, 1, wanted, 2)


async def test_quotes_of_one_place_are_summed_and_their_sums_stop_at_the_greatest_integer(
    views: SqliteViews,
) -> None:
    await views.add([], [], 1, [quote(5, None, MAX_AMOUNT)])
    assert await views.quotes("spot") == [quote(5, None, MAX_AMOUNT)]
    await views.add([], [], 2, [quote(5, 7, 1)])
    await views.add([], [], 3, [quote(5, 9, 1)])
    await views.add([], [], 4, [quote(5, None, 1)])
    assert await views.quotes("spot") == [Quote("spot", 5, "gpu", "book", 9, 7, 9, 4, MAX_AMOUNT, 8)]


async def test_quotes_are_read_in_pages_and_from_the_end(views: SqliteViews) -> None:
    kept = [quote(5, 1, item="cpu"), quote(5, 2), quote(6, 3), quote(7, 4), quote(8, 5)]
    await views.add([], [], 1, [*kept, Quote("other", 6, "gpu", "book", 1, 1, 1, 1, 1, 1)])
    first = await views.quotes("spot", (0, "", ""), limit=2)
    assert first == kept[:2]
    assert await views.quotes("spot", (5, "gpu", "book"), until=8) == kept[2:4]
    assert await views.quotes("spot", limit=2) == kept[3:]
    assert await views.quotes("spot", until=7, limit=1) == [kept[2]]
    await views.clear()
    assert await views.quotes("spot") == []


def rating(owner: str, sequence: int) -> Rating:
    return Rating(owner, sequence, 5, "t:1", "late", 1, 2, 3, 4, 5, 6, 7, 8, "rex una")


async def test_what_was_said_of_an_owner_is_read_in_pages_and_from_the_end(views: SqliteViews) -> None:
    kept = [rating("inc", sequence) for sequence in (3, 5, 9)]
    await views.add([], [], 9, [], [*kept, rating("other", 4)])
    assert await views.ratings("inc") == kept
    assert await views.ratings("inc", 0, 2) == kept[:2]
    assert await views.ratings("inc", 5) == kept[2:]
    assert await views.ratings("inc", limit=2) == kept[1:]
    assert await views.ratings("nobody") == []
    await views.clear()
    assert await views.ratings("inc") == []
