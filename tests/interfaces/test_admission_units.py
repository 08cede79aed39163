"""Units of several tokens, in virtual time: what a call leaves of one is there for its agent's next."""

import asyncio

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Mechanism, PriceRule
from econonexus.domain.money import Amount
from econonexus.domain.terms import Pricing, Terms
from tests.interfaces.door import Door
from tests.virtual_time import in_virtual_time

SIX = Terms(pricing=Pricing(PriceRule.FIXED, Amount(6)))
UNIT = 100
"""Tokens."""


async def shop() -> Door:
    return await Door.open(Mechanism.POSTED_PRICE, 50, SIX, unit_tokens=UNIT)


async def call(door: Door, tokens: int, used: int | None) -> list[int]:
    """Make a call; how many units of each grant it could use."""
    use = await door.admit("ann", tokens)
    units = [part.units for part in use.parts]
    await use.end(used)
    return units


async def metered(door: Door) -> list[int]:
    return [each.units for each in await door.happened(e.GrantUsed)]  # type: ignore[union-attr]


@in_virtual_time
async def test_small_calls_share_a_unit_that_was_bought() -> None:
    door = await shop()
    assert await call(door, tokens=40, used=30) == [1]
    assert await call(door, tokens=40, used=30) == []  # 70 are left of it, then 40.
    assert await call(door, tokens=40, used=30) == []
    assert await call(door, tokens=40, used=30) == [1]  # 10 are left, and 20 of the next unit used.
    assert await call(door, tokens=80, used=80) == []
    assert await metered(door) == [1, 1]
    assert door.balance("ann") == (10_000 - 12, 0)
    await door.close()


@in_virtual_time
async def test_what_is_left_of_a_unit_makes_the_next_purchase_smaller() -> None:
    door = await shop()
    assert await call(door, tokens=150, used=120) == [2]  # 80 are left.
    assert await call(door, tokens=280, used=80) == [2]  # Of which nothing was used.
    assert await metered(door) == [2]
    await door.close()


@in_virtual_time
async def test_what_is_left_of_a_unit_ends_with_its_grant() -> None:
    door = await shop()
    assert await call(door, tokens=40, used=30) == [1]
    await asyncio.sleep(9.9)
    assert await call(door, tokens=40, used=30) == []
    await asyncio.sleep(0.2)
    assert await call(door, tokens=40, used=30) == [1]
    await door.close()


@in_virtual_time
async def test_what_is_left_of_a_unit_serves_one_call_at_a_time() -> None:
    door = await shop()
    await call(door, tokens=100, used=20)
    first, second = await door.admit("ann", 60), await door.admit("ann", 60)
    assert [first.units, second.units] == [0, 1]  # 80 are left for the first, 20 for the second.
    await first.end(0)
    await second.end(0)
    assert await call(door, tokens=80, used=80) == []
    await door.close()


@in_virtual_time
async def test_nothing_is_left_of_a_call_of_which_nobody_knows_what_it_used() -> None:
    door = await shop()
    assert await call(door, tokens=40, used=None) == [1]
    assert await call(door, tokens=40, used=30) == [1]
    await door.close()


@in_virtual_time
async def test_nothing_is_left_of_a_call_that_used_more_than_it_had() -> None:
    door = await shop()
    assert await call(door, tokens=40, used=130) == [1]
    assert await call(door, tokens=40, used=30) == [1]
    await door.close()


@in_virtual_time
async def test_others_have_nothing_of_it() -> None:
    door = await shop()
    await call(door, tokens=40, used=30)
    assert (await door.admit("bob", 40)).units == 1
    await door.close()


@in_virtual_time
async def test_a_grant_of_the_agents_own_lasts_for_as_many_tokens_as_it_is_of() -> None:
    door = await shop()
    await door.does(c.RequestUnits("mine", "m", "ann", 2))
    for _ in range(5):
        await call(door, tokens=40, used=40)
    assert await metered(door) == [1, 1]
    assert door.balance("ann") == (10_000 - 12, 0)
    await door.close()
