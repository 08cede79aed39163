"""What calls bid where a market decides, in virtual time, and what they are told that bid in vain."""

import asyncio

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import MarketId
from econonexus.domain.kinds import Mechanism, PriceRule
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.terms import Pricing, Terms
from econonexus.interfaces.gateway import refusing
from econonexus.interfaces.gateway.bids import BID
from econonexus.interfaces.http.problems import Declined
from tests.interfaces.door import Door, code
from tests.nodes import OPERATOR
from tests.virtual_time import in_virtual_time

SIX = Terms(pricing=Pricing(PriceRule.FIXED, Amount(6)))
"""A unit costs 6 µcr."""


def later_s(no: Declined) -> int:
    return int(no.headers["Retry-After"])


async def who_declares(door: Door, **metadata: str) -> str:
    await door.does(c.CreateAgent("dan", credits=10_000, metadata=metadata))
    return "dan"


@in_virtual_time
async def test_a_declared_valuation_is_the_most_that_is_paid_at_a_posted_price() -> None:
    door = await Door.open(Mechanism.POSTED_PRICE, 100, SIX)
    dan = await who_declares(door, valuation_ucr="59")
    no = await door.no(dan, 10)  # 5 µcr for each of ten.
    assert code(no) == (429, "price_over_limit")
    assert (no.problem.field, later_s(no)) == (BID, 10)
    assert "6 µcr" in no.problem.detail
    await door.admit(dan, 9)  # 6 µcr for each of nine.
    assert door.balance(dan) == (10_000 - 54, 0)
    await door.close()


@in_virtual_time
async def test_what_the_call_says_goes_before_what_its_agent_declares() -> None:
    door = await Door.open(Mechanism.POSTED_PRICE, 100, SIX)
    dan = await who_declares(door, valuation_ucr="1")
    await door.admit(dan, 10, bid=60)
    assert door.balance(dan) == (10_000 - 60, 0)
    await door.close()


@pytest.mark.parametrize("bid", [0, 9])
def test_nobody_pays_more_than_it_bid_where_that_is_less_than_a_microcredit_for_each_unit(bid: int) -> None:
    @in_virtual_time
    async def run() -> None:
        door = await Door.open(Mechanism.DISCRIMINATORY, 100)
        await (await door.admit("bob", 50, bid=50)).end(50)
        no = await door.no("ann", 10, bid=bid)
        assert code(no) == (429, "price_over_limit")
        assert (no.problem.field, later_s(no)) == (BID, 1)
        assert len(await door.happened(e.BidPlaced)) == 1  # Only bob's.
        assert door.balance("ann") == (10_000, 0)
        await door.close()

    run()


@in_virtual_time
async def test_who_offers_less_than_the_reserve_is_told_what_it_is() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100, Terms(reserve=Amount(4)))
    no = await door.no("ann", 10, bid=39)
    assert code(no) == (429, "price_over_limit")
    assert "4 µcr at least for each of the 10 units" in no.problem.detail
    await door.close()


@in_virtual_time
async def test_who_says_nothing_bids_the_reserve() -> None:
    door = await Door.open(Mechanism.DISCRIMINATORY, 100, Terms(reserve=Amount(4)))
    await door.admit("ann", 10)
    assert door.balance("ann") == (10_000 - 40, 0)
    await door.close()


@pytest.mark.parametrize("told", ["-5", "1.5", "viel", "", "９", "9" * 20])
def test_a_declared_valuation_that_is_no_amount_is_not_guessed_at(told: str) -> None:
    @in_virtual_time
    async def run() -> None:
        door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
        no = await door.no(await who_declares(door, valuation_ucr=told), 10)
        assert (*code(no), no.problem.field) == (400, "invalid_input", "metadata.valuation_ucr")
        await door.admit("dan", 10, bid=50)  # Its call may say better.
        await door.close()

    run()


@in_virtual_time
async def test_a_style_that_there_is_not_is_not_guessed_at() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    no = await door.no(await who_declares(door, valuation_ucr="70", bid_style="bold"), 10)
    assert (*code(no), no.problem.field) == (400, "invalid_input", "metadata.bid_style")
    assert "truthful" in no.problem.detail
    await door.close()


@pytest.mark.parametrize("mechanism", [Mechanism.UNIFORM_PRICE, Mechanism.FIRST_COME, Mechanism.PRIORITY])
def test_a_call_larger_than_all_there_is_is_told_so_at_once(mechanism: Mechanism) -> None:
    @in_virtual_time
    async def run() -> None:
        door = await Door.open(mechanism, 100)
        began = asyncio.get_running_loop().time()
        no = await door.no("ann", 101, bid=101)
        assert code(no) == (400, "over_capacity")
        assert "101 units of tokens, of which there are 100" in no.problem.detail
        assert "Retry-After" not in no.headers  # It is no use.
        assert asyncio.get_running_loop().time() == began
        await door.close()

    run()


@in_virtual_time
async def test_where_one_unit_is_sold_to_a_bid_tokens_cannot_be() -> None:
    door = await Door.open(Mechanism.SECOND_PRICE, 100, unit_tokens=1)
    no = await door.no("ann", 10, bid=50)
    assert code(no) == (503, "unfit_market")
    assert "market_unit_tokens" in no.problem.detail
    await door.close()


@pytest.mark.parametrize("mechanism", [Mechanism.UNIFORM_PRICE, Mechanism.FIRST_COME, Mechanism.PRIORITY])
def test_a_halted_market_admits_nobody_for_now(mechanism: Mechanism) -> None:
    @in_virtual_time
    async def run() -> None:
        door = await Door.open(mechanism, 100)
        await door.does(c.FreezeMarket("m", "odd prices"))
        no = await door.no("ann", 10)
        assert code(no) == (429, "market_halted")
        assert later_s(no) >= 1
        await door.close()

    run()


def test_a_deadline_that_has_passed_meanwhile_may_be_later_next_time() -> None:
    no = refusing.told(MarketId("m"), Refusal(RefusalCode.DEADLINE_PASSED, "expires_at", "", 1, 2))
    assert (*code(no), no.problem.field) == (429, "deadline_exceeded", "")
    assert later_s(refusing.later(no, 0)) == 1


@in_virtual_time
async def test_who_cannot_pay_is_told_of_no_field_that_it_never_sent() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    no = await door.no("ann", 10, bid=2**63 - 1)
    assert (*code(no), no.problem.field) == (402, "insufficient_funds", "")
    await door.close()


@in_virtual_time
async def test_where_nothing_is_free_it_is_worth_asking_again_when_something_is() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    await (await door.admit("ann", 100, bid=900)).end(100)
    no = await door.no("bob", 100, bid=900, longest_s=1)
    assert code(no) == (429, "no_capacity")
    assert later_s(no) == 9  # The grant began a quarter of a second ago and more, and lasts ten.
    await door.close()


@in_virtual_time
async def test_who_comes_as_a_round_has_closed_bids_in_the_next() -> None:
    door = await Door.open(Mechanism.UNIFORM_PRICE, 100)
    first = asyncio.create_task(door.admit("ann", 10, bid=50))
    await asyncio.sleep(0.1)
    (auction,) = door.engine.peek(lambda state: list(state.auctions.by_id))
    closing = asyncio.create_task(door.engine.submit(c.CloseAuction(auction), OPERATOR))
    for _ in range(100):
        if not door.engine.peek(lambda state: auction in state.auctions.by_id):
            break
        await asyncio.sleep(0)
    second = await door.admit("bob", 10, bid=50)  # What it closed with is not durable yet, nor told.
    assert ((await first).units, second.units) == (10, 10)
    await closing
    await door.close()
