"""How markets admit calls, in virtual time: who is served, at what price, what becomes of who gives up."""

import asyncio
from typing import cast

import pytest

from econonexus.config import GatewaySettings, ModelSettings, Settings
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Mechanism
from econonexus.interfaces.gateway.market import Markets
from econonexus.interfaces.gateway.uses import Use
from econonexus.interfaces.http.problems import Declined
from econonexus.node.node import Node
from tests.interfaces.door import Door, code
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_in_a_round_the_dearest_calls_win_and_pay_what_the_first_loser_bid() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 200)
    outcomes = await asyncio.gather(
        door.admit("ann", 100, bid=900, longest_s=1),
        door.admit("bob", 100, bid=600, longest_s=1),
        door.admit("cat", 100, bid=300, longest_s=1),
        return_exceptions=True,
    )
    assert [use.units for use in outcomes[:2] if isinstance(use, Use)] == [100, 100]
    assert code(outcomes[2]) == (429, "no_capacity")
    (cleared,) = await door.happened(e.AuctionCleared)
    assert isinstance(cleared, e.AuctionCleared)
    assert cleared.prices == {"tokens": 3}  # cat's 300 µcr for 100 tokens.
    assert [door.balance(name) for name in ("ann", "bob", "cat")] == [(9_700, 0), (9_700, 0), (10_000, 0)]
    await door.close()


@in_virtual_time
async def test_where_a_call_is_a_unit_the_second_price_is_paid() -> None:
    door = await Door.open(Mechanism.SECOND_PRICE, 1, unit_tokens=0)
    outcomes = await asyncio.gather(
        door.admit("ann", 5_000, bid=900, longest_s=1),
        door.admit("bob", 7_000, bid=600, longest_s=1),
        return_exceptions=True,
    )
    assert isinstance(outcomes[0], Use)
    assert code(outcomes[1]) == (429, "no_capacity")
    assert door.balance("ann") == (9_400, 0)
    await door.close()


@in_virtual_time
async def test_who_loses_a_round_bids_in_the_next() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    winner, patient = asyncio.create_task(door.admit("ann", 100, bid=900)), door.admit("bob", 100, bid=600)
    waiting = asyncio.create_task(patient)
    use = await winner
    await use.end(0)  # The call came to nothing, and its tokens go back.
    assert (await waiting).units == 100
    assert len(await door.happened(e.AuctionCleared)) == 2
    await door.close()


@in_virtual_time
async def test_a_part_that_was_won_is_filled_up_in_the_next_round() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 150)
    first = asyncio.create_task(door.admit("ann", 100, bid=900))
    second = asyncio.create_task(door.admit("bob", 100, bid=600))
    use = await first
    await use.end(40)
    filled = await second
    assert [part.units for part in filled.parts] == [50, 50]
    await filled.end(70)
    used = [(each.agent, each.units) for each in await door.happened(e.GrantUsed)]  # type: ignore[union-attr]
    assert used == [("ann", 40), ("bob", 50), ("bob", 20)]
    await door.close()


@in_virtual_time
async def test_no_bid_is_outstanding_when_a_call_gives_up() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    no = await asyncio.gather(door.admit("ann", 100, bid=900, longest_s=0.1), return_exceptions=True)
    assert code(no[0]) == (429, "no_capacity")
    assert not await door.happened(e.BidPlaced)  # The round would close after its deadline.
    await door.close()


@in_virtual_time
async def test_who_hangs_up_while_its_bid_stands_gives_back_what_it_wins() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    call = asyncio.create_task(door.admit("ann", 100, bid=900))
    await asyncio.sleep(0.1)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await asyncio.sleep(1)
    (released,) = await door.happened(e.GrantReleased)
    assert isinstance(released, e.GrantReleased)
    assert released.returned == 100
    await door.close()


@in_virtual_time
async def test_an_agents_declared_valuation_is_its_bid() -> None:
    door = await Door.open(Mechanism.FIRST_PRICE, 1, unit_tokens=0)
    await door.does(c.CreateAgent("dan", credits=10_000, metadata={"valuation_ucr": "70"}))
    await door.admit("dan", 10)
    assert door.balance("dan") == (9_930, 0)
    await door.close()


@in_virtual_time
async def test_an_agents_style_says_how_to_bid_for_it() -> None:
    door = await Door.open(Mechanism.FIRST_PRICE, 1, unit_tokens=0)
    careful = {"valuation_ucr": "70", "bid_style": "conservative"}
    await door.does(c.CreateAgent("dan", credits=10_000, metadata=careful))
    await door.admit("dan", 10)
    assert door.balance("dan") == (9_965, 0)  # Reckoning with one rival it bids half.
    await door.close()


@in_virtual_time
async def test_a_bid_nobody_can_pay_is_refused_at_once() -> None:
    door = await Door.open(Mechanism.FIRST_PRICE, 1, unit_tokens=0)
    no = await asyncio.gather(door.admit("ann", 10, bid=10_001), return_exceptions=True)
    assert code(no[0]) == (402, "insufficient_funds")
    await door.close()


@in_virtual_time
async def test_in_a_queue_the_higher_priority_is_served_in_the_first_period() -> None:
    door = await Door.open(Mechanism.PRIORITY, 100)
    await door.does(c.CreateAgent("vip", priority=9))
    first, urgent = await asyncio.gather(door.admit("ann", 100), door.admit("vip", 100))
    assert (urgent.waited_ms, first.waited_ms) == (10_000, 20_000)
    await door.close()


@in_virtual_time
async def test_who_hangs_up_in_a_queue_leaves_it() -> None:
    door = await Door.open(Mechanism.WEIGHTED_FAIR, 100)
    call = asyncio.create_task(door.admit("ann", 100))
    await asyncio.sleep(1)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    (ended,) = await door.happened(e.RequestEnded)
    assert isinstance(ended, e.RequestEnded)
    assert ended.reason == "withdrawn"
    await door.close()


@in_virtual_time
async def test_a_call_larger_than_a_period_is_never_admitted() -> None:
    door = await Door.open(Mechanism.PRIORITY, 100)
    no = await asyncio.gather(door.admit("ann", 101), return_exceptions=True)
    assert code(no[0]) == (400, "over_capacity")
    await door.close()


@in_virtual_time
async def test_two_calls_do_not_use_the_same_units_of_a_grant() -> None:
    door = await Door.open(Mechanism.FIRST_COME, 100)
    await door.does(c.RequestUnits("mine", "m", "ann", 60))
    first = await door.admit("ann", 50)
    second = await door.admit("ann", 50)
    assert [(part.units, part.ours) for part in first.parts] == [(50, False)]
    assert [(part.units, part.ours) for part in second.parts] == [(10, False), (40, True)]
    await first.end(50)
    await second.end(45)
    used = [(each.grant, each.units) for each in await door.happened(e.GrantUsed)]  # type: ignore[union-attr]
    assert used == [("mine:1", 50), ("mine:1", 10), ("call-0000000000000002:1", 35)]
    await door.close()


@in_virtual_time
async def test_what_a_call_used_beyond_its_grant_is_metered_as_far_as_there_is_any() -> None:
    door = await Door.open(Mechanism.FIRST_COME, 100)
    use = await door.admit("ann", 50)
    await use.end(70)
    (used,) = await door.happened(e.GrantUsed)
    assert isinstance(used, e.GrantUsed)
    assert (used.units, used.left) == (50, 0)
    await door.close()


@in_virtual_time
async def test_what_nobody_knows_is_metered_in_full() -> None:
    door = await Door.open(Mechanism.FIRST_COME, 100)
    use = await door.admit("ann", 50)
    await use.end(None)
    (used,) = await door.happened(e.GrantUsed)
    assert isinstance(used, e.GrantUsed)
    assert used.units == 50
    await door.close()


@in_virtual_time
async def test_a_market_by_which_nothing_can_be_admitted_says_so() -> None:
    door = await Door.open(Mechanism.ORDER_BOOK, 100)
    with pytest.raises(Declined) as caught:
        await door.admit("ann", 50)
    assert code(caught.value) == (503, "unfit_market")
    await door.close()


def test_a_model_may_have_its_own_market_or_none() -> None:
    priced = ModelSettings("mock", market="dear")
    settings = Settings(
        gateway=GatewaySettings(market="m"),
        models={"dear": priced, "free": ModelSettings("mock", market=""), "as-usual": ModelSettings("mock")},
    )

    async def admits() -> list[bool]:
        markets = Markets(cast(Node, None), settings)
        return [markets.admits(name) for name in ("dear", "free", "as-usual", "mock")]

    assert asyncio.run(admits()) == [True, False, True, True]
