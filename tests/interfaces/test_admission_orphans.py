"""What a server that was killed left of calls that a market was to admit, in virtual time."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism
from econonexus.domain.money import Amount
from econonexus.domain.terms import Terms
from tests.interfaces.door import Door
from tests.virtual_time import in_virtual_time

DEAD = "call-00000000deadca11"
"""A name that a server before gave to what it made for a call."""


@in_virtual_time
async def test_a_request_of_a_call_that_is_gone_is_withdrawn_and_nothing_paid() -> None:
    door = await Door.open(Mechanism.PRIORITY, 100, Terms(reserve=Amount(2)))
    await door.does(c.RequestUnits(DEAD, "m", "ann", 30, expires_at=60 * SECOND + door.now()))
    await door.does(c.RequestUnits("anns-own", "m", "ann", 30, expires_at=60 * SECOND + door.now()))
    assert door.balance("ann") == (10_000, 120)
    await door.markets.start()
    assert door.balance("ann") == (10_000, 60)
    (ended,) = await door.happened(e.RequestEnded)
    assert isinstance(ended, e.RequestEnded)
    assert (ended.request, ended.reason) == (DEAD, "withdrawn")
    await door.close()


@in_virtual_time
async def test_a_round_of_calls_that_are_gone_is_cancelled() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    await door.does(c.AnnounceAuction(DEAD, "m", {"tokens": 50}, door.now() + 10 * SECOND))
    await door.does(c.AnnounceAuction("open-to-all", "m", {"tokens": 50}, door.now() + 10 * SECOND))
    await door.does(c.PlaceBid("bid", DEAD, "ann", {"tokens": 50}, Amount(3)))
    assert door.balance("ann") == (10_000, 150)
    await door.markets.start()
    assert door.balance("ann") == (10_000, 0)
    (cancelled,) = await door.happened(e.AuctionCancelled)
    assert isinstance(cancelled, e.AuctionCancelled)
    assert cancelled.auction == DEAD
    await door.close()


@in_virtual_time
async def test_the_grant_of_a_call_that_was_under_way_is_metered_in_full() -> None:
    door = await Door.open(Mechanism.FIRST_COME, 100)
    await door.does(c.RequestUnits(DEAD, "m", "ann", 30))
    await door.does(c.PlaceHold(DEAD, "ann", 20, door.now() + 10 * SECOND))
    await door.markets.start()
    (used,) = await door.happened(e.GrantUsed)
    assert isinstance(used, e.GrantUsed)
    assert (used.grant, used.units, used.left) == (f"{DEAD}:1", 30, 0)
    await door.close()


@in_virtual_time
async def test_what_a_call_had_got_that_was_never_made_serves_its_agents_next() -> None:
    door = await Door.open(Mechanism.FIRST_COME, 100)
    await door.does(c.RequestUnits(DEAD, "m", "ann", 30))
    await door.markets.start()
    use = await door.admit("ann", 30)
    assert [(part.grant, part.units, part.ours) for part in use.parts] == [(f"{DEAD}:1", 30, False)]
    await use.end(10)
    assert (await door.admit("ann", 20)).parts[0].grant == f"{DEAD}:1"
    await door.close()


@in_virtual_time
async def test_what_a_call_has_got_just_now_serves_no_other() -> None:
    door = await Door.open(Mechanism.FIRST_COME, 100)
    await door.does(c.RequestUnits(DEAD, "m", "ann", 30))
    (part,) = (await door.admit("ann", 30)).parts
    assert part.grant != f"{DEAD}:1"
    await door.close()
