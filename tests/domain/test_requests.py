"""Units at a posted price, first come, by priority, by weight: worked by hand, one period after the other."""

from collections.abc import Iterator

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism, PriceRule, Proceeds, Sharing
from econonexus.domain.mechanisms.fair_share.max_min import RESERVED
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import Pricing, ReservedShare, Terms
from tests.audit.test_agreement import assert_agreement
from tests.world import World

MINUTE = 60 * SECOND
PLAIN = Terms()
FROM_1_000 = Pricing(price=1_000)
"""A base fee that begins at 1,000 µcr."""


_worlds: list[World] = []


@pytest.fixture(autouse=True)
def audited() -> Iterator[None]:
    """Whatever a test did, the second bookkeeper agrees, and a replay gives the same state."""
    yield
    while _worlds:
        world = _worlds.pop()
        assert_agreement(world)
        world.check_history()


def town(mechanism: Mechanism, terms: Terms = PLAIN, capacity: int = 100) -> World:
    """A market `m` of `capacity` tokens a minute; ann, bob and cat have 1,000,000 µcr each."""
    world = World()
    _worlds.append(world)
    world.do(
        *(c.CreateAgent(name, credits=1_000_000) for name in ("ann", "bob", "cat")),
        c.DeclareResource("tokens", "token", capacity, MINUTE),
        c.CreateMarket("m", ("tokens",), mechanism, terms),
    )
    return world


def posted(pricing: Pricing = FROM_1_000, capacity: int = 100, **terms: object) -> World:
    return town(Mechanism.POSTED_PRICE, Terms(pricing=pricing, **terms), capacity)  # type: ignore[arg-type]


def ask(name: str, agent: str, units: int, **more: int) -> c.RequestUnits:
    return c.RequestUnits(name, "m", agent, units, **more)


def prices(happened: list[e.Event]) -> list[int]:
    return [each.price for each in happened if isinstance(each, e.PriceUpdated)]


def served(happened: list[e.Event]) -> list[str]:
    return [each.request for each in happened if isinstance(each, e.RequestServed)]


def ended(happened: list[e.Event]) -> dict[str, str]:
    return {each.request: each.reason for each in happened if isinstance(each, e.RequestEnded)}


# A posted price.


def test_a_request_is_paid_at_the_posted_price_and_granted_for_a_period_at_once() -> None:
    world = posted(Pricing(price=1_000), proceeds=Proceeds.TREASURY)
    sold, grant = world.do(ask("r", "ann", 30))
    assert isinstance(sold, e.RequestServed)
    assert (sold.units, sold.price, sold.paid) == (30, 1_000, 30_000)
    assert isinstance(grant, e.Granted)
    assert (grant.agent, grant.units, grant.paid, grant.source) == ("ann", 30, 30_000, "r")
    assert (grant.starts_at, grant.ends_at) == (world.now, world.now + MINUTE)
    assert world.balance("ann") == 970_000
    assert world.balance("treasury") == 30_000


def test_what_was_refused_for_lack_of_capacity_is_demand_too() -> None:
    world = posted()
    world.do(ask("r1", "ann", 70))
    (declined,) = world.do(ask("r2", "bob", 40))
    assert declined == e.RequestDeclined("r2", "m", "bob", 40, 30, 1_000)
    assert world.balance("bob") == 1_000_000
    updated = world.wait(MINUTE)[-1]
    # 70 + 40 asked for where 50 are the target: 60 too many, and no more than 50 of them count.
    # 50 × 8.490188 is 425, rounded up; 1,000 × e^(50 ÷ 425) = 1,124.8: an eighth, and not a thing more.
    assert updated == e.PriceUpdated("m", 1_124, 1_000, 110, 70, 100, 50)


def test_no_two_requests_wait_under_one_name_in_whatever_markets() -> None:
    world = town(Mechanism.PRIORITY)
    world.do(c.CreateMarket("n", ("tokens",), Mechanism.FIRST_COME), ask("r1", "ann", 70, expires_at=10**18))
    assert world.code(c.RequestUnits("r1", "n", "bob", 1)) is No.REQUEST_EXISTS
    world.do(c.WithdrawRequest("r1", "m", "ann"), c.RequestUnits("r2", "n", "bob", 1))


def test_a_request_that_was_declined_may_come_again_under_its_name() -> None:
    world = posted()
    world.do(ask("r1", "ann", 70), ask("r2", "bob", 40))
    world.wait(MINUTE)
    assert served(list(world.do(ask("r2", "bob", 40)))) == ["r2"]
    assert world.code(ask("r2", "bob", 1)) is No.REQUEST_EXISTS


def test_the_base_fee_rises_by_an_eighth_at_most_and_falls_back_to_where_it_began() -> None:
    world = posted(Pricing(price=1_000))
    rising = []
    for period in range(3):
        world.do(ask(f"all-{period}", "ann", 100), ask(f"more-{period}", "bob", 100))
        rising += prices(world.wait(MINUTE))
    # 1,000 × e^(n × 50 ÷ 425): 1,124.8, 1,265.3, 1,423.2.
    assert rising == [1_124, 1_265, 1_423]
    assert prices(world.wait(10 * MINUTE)) == [1_265, 1_124, 1_000]  # And then it says nothing any more.
    assert world.economy.next_deadline() is None


def test_demand_at_the_target_keeps_the_price() -> None:
    world = posted(Pricing(price=1_000))
    world.do(ask("r", "ann", 50))
    assert prices(world.wait(MINUTE)) == [1_000]


def test_a_base_fee_needs_sixteen_units_a_period() -> None:
    world = town(Mechanism.FIRST_COME, capacity=15)
    base_fee = Terms(pricing=Pricing())
    refusal = world.refusal(c.CreateMarket("p", ("tokens",), Mechanism.POSTED_PRICE, base_fee))
    assert (refusal.code, refusal.requested, refusal.available) == (No.TOO_FEW_UNITS, 15, 16)
    assert "use an auction" in refusal.sentence()
    world.do(c.ChangeCapacity("tokens", 16))
    world.do(c.CreateMarket("p", ("tokens",), Mechanism.POSTED_PRICE, base_fee))
    assert world.code(c.ChangeCapacity("tokens", 15)) is No.TOO_FEW_UNITS


def test_thresholds_move_the_price_over_four_fifths_and_under_one_fifth() -> None:
    asked, expected = (81, 80, 20, 19), [1_100, 1_100, 1_100, 990]
    world = posted(Pricing(PriceRule.THRESHOLDS, price=1_000, floor=900))
    moved = []
    for period, units in enumerate(asked):
        world.do(ask(f"r{period}", "ann", units))
        moved += prices(world.wait(MINUTE))
    assert moved == expected
    assert prices(world.wait(5 * MINUTE)) == [900]  # 990 − 99 is below the floor.


def test_a_fixed_price_stays_and_its_demand_is_told() -> None:
    world = posted(Pricing(PriceRule.FIXED, price=7))
    world.do(ask("r1", "ann", 100), ask("r2", "bob", 100))
    assert world.wait(3 * MINUTE)[-1] == e.PriceUpdated("m", 7, 7, 200, 100, 100)


def test_nobody_buys_above_its_limit() -> None:
    world = posted()
    refusal = world.refusal(ask("r", "ann", 1, limit=999))
    assert (refusal.code, refusal.requested, refusal.available) == (No.PRICE_OVER_LIMIT, 999, 1_000)
    assert served(list(world.do(ask("r", "ann", 1, limit=1_000)))) == ["r"]


def test_who_cannot_pay_is_no_demand() -> None:
    world = posted(Pricing(PriceRule.FIXED, price=1_000_000))
    assert world.code(ask("r", "ann", 2)) is No.INSUFFICIENT_FUNDS
    assert not world.wait(5 * MINUTE)


def test_an_idle_market_goes_on_by_the_grid_of_its_periods() -> None:
    world = posted()
    began = world.now
    world.wait(90 * SECOND)
    world.do(ask("r", "ann", 1))
    assert world.economy.next_deadline() == began + 2 * MINUTE


def test_periods_that_are_over_while_nobody_looked_each_lower_the_price() -> None:
    world = posted(Pricing(price=1_000))
    for period in range(2):
        world.do(ask(f"a{period}", "ann", 100), ask(f"b{period}", "bob", 100))
        world.wait(MINUTE)
    world.now += 10 * MINUTE
    assert prices(world.wait(0)) == [1_124, 1_000]


def test_a_halt_stops_the_price_too() -> None:
    world = posted(Pricing(price=1_000))
    world.do(ask("r1", "ann", 100), ask("r2", "bob", 100), c.FreezeMarket("m"))
    assert not prices(world.wait(10 * MINUTE))
    assert world.code(ask("r3", "cat", 1)) is No.MARKET_HALTED
    world.do(c.UnfreezeMarket("m"))
    assert prices(world.wait(MINUTE)) == [1_124]


def test_other_terms_count_from_the_next_period_on() -> None:
    world = posted(Pricing(PriceRule.FIXED, price=10))
    world.do(c.ChangeMarket("m", Terms(pricing=Pricing(PriceRule.FIXED, price=12))))
    assert prices(world.wait(MINUTE)) == [12]


# First come.


def test_first_come_gives_while_there_is_any_and_for_nothing() -> None:
    world = town(Mechanism.FIRST_COME)
    assert served(list(world.do(ask("r1", "ann", 60)))) == ["r1"]
    assert world.do(ask("r2", "bob", 50)) == (e.RequestDeclined("r2", "m", "bob", 50, 40, 0),)
    assert served(list(world.do(ask("r3", "cat", 40)))) == ["r3"]
    assert world.balance("ann") == 1_000_000
    assert world.wait(MINUTE)[-1] == e.PeriodShared("m", 150, 100, 100, 100)


def test_who_is_frozen_gets_nothing_even_for_nothing() -> None:
    world = town(Mechanism.FIRST_COME)
    world.do(c.FreezeAgent("ann"))
    assert world.code(ask("r", "ann", 1)) is No.AGENT_FROZEN


def test_a_reserve_is_what_every_unit_costs_where_no_price_is_posted() -> None:
    world = town(Mechanism.FIRST_COME, Terms(reserve=5))
    world.do(ask("r", "ann", 10))
    assert world.balance("ann") == 999_950


# By priority.


def test_the_higher_priority_is_met_first_and_nobody_passes_who_does_not_fit() -> None:
    world = town(Mechanism.PRIORITY)
    world.do(c.CreateAgent("vip", priority=5))
    world.do(ask("r1", "ann", 30), ask("r2", "bob", 60), ask("r3", "vip", 50), ask("r4", "cat", 10))
    happened = world.wait(MINUTE)
    # vip 50, ann 30; bob's 60 do not fit into the 20 left, and cat stands behind bob.
    assert served(happened) == ["r3", "r1"]
    assert ended(happened) == {"r2": "no_capacity", "r4": "no_capacity"}
    assert happened[-1] == e.PeriodShared("m", 150, 100, 80, 100)


def test_what_is_given_is_given_until_the_next_period_ends() -> None:
    world = town(Mechanism.PRIORITY)
    began = world.now
    world.do(ask("r1", "ann", 100))
    (grant,) = (each for each in world.wait(MINUTE + 5) if isinstance(each, e.Granted))
    assert (grant.starts_at, grant.ends_at) == (began + MINUTE + 5, began + 2 * MINUTE)
    world.do(ask("r2", "bob", 100))
    assert served(world.wait(MINUTE)) == ["r2"]


def test_a_request_waits_on_until_its_own_end() -> None:
    world = town(Mechanism.PRIORITY)
    world.do(ask("r1", "ann", 100), ask("r2", "bob", 100, expires_at=world.now + 3 * MINUTE))
    world.do(c.CreateAgent("vip", priority=5))
    assert served(world.wait(MINUTE)) == ["r1"]
    world.do(ask("r3", "vip", 100))
    assert served(world.wait(MINUTE)) == ["r3"]
    assert served(world.wait(MINUTE)) == []  # Its end has come with that of the period.


def test_a_request_that_waits_can_be_withdrawn_and_costs_nothing_then() -> None:
    world = town(Mechanism.PRIORITY, Terms(reserve=10))
    world.do(ask("r1", "ann", 20))
    assert world.available("ann") == 999_800
    assert world.code(c.WithdrawRequest("r1", "m", "bob")) is No.UNKNOWN_REQUEST
    world.do(c.WithdrawRequest("r1", "m", "ann"))
    assert world.available("ann") == 1_000_000
    assert served(world.wait(MINUTE)) == []


def test_after_a_long_sleep_the_period_is_the_one_of_now() -> None:
    world = town(Mechanism.PRIORITY)
    began = world.now
    world.do(ask("r1", "ann", 1))
    world.now += 10 * MINUTE + 7
    (grant,) = (each for each in world.wait(0) if isinstance(each, e.Granted))
    assert (grant.starts_at, grant.ends_at) == (began + 10 * MINUTE + 7, began + 11 * MINUTE)


# By weight.


def test_weighted_fair_gives_twice_the_weight_twice_the_units() -> None:
    world = town(Mechanism.WEIGHTED_FAIR)
    world.do(c.CreateAgent("heavy", weight=2))
    for number in range(10):
        world.do(ask(f"h{number}", "heavy", 10), ask(f"a{number}", "ann", 10))
    names = served(world.wait(MINUTE))
    # Counters: h0 5, a0 10, h1 10, a1 (tie: ann's first is older than h2 … h2 came after a1? ann's a1 came
    # after h1 and before h2) 20, h2 15, h3 20, a2 30, …: after ten requests 7 : 3 or 6 : 4.
    assert names == ["h0", "a0", "h1", "a1", "h2", "h3", "a2", "h4", "h5", "a3"]


def test_what_was_given_is_remembered_in_the_next_period() -> None:
    world = town(Mechanism.WEIGHTED_FAIR)
    world.do(ask("r1", "ann", 100), ask("r2", "bob", 100))
    assert served(world.wait(MINUTE)) == ["r1"]
    world.do(ask("r3", "ann", 100), ask("r4", "bob", 100))
    assert served(world.wait(MINUTE)) == ["r4"]


def test_being_idle_saves_nothing_up() -> None:
    world = town(Mechanism.WEIGHTED_FAIR)
    for period in range(5):  # ann alone, for five periods.
        world.do(ask(f"a{period}", "ann", 100))
        world.wait(MINUTE)
    for number in range(4):
        world.do(ask(f"b{number}", "bob", 50), ask(f"c{number}", "ann", 50))
    assert served(world.wait(MINUTE)) == ["b0", "c0"]


def test_karma_lends_to_whoever_lent() -> None:
    # Fair shares of 50, half of them guaranteed. ann asks for nothing in the first period and lends.
    world = town(Mechanism.WEIGHTED_FAIR, Terms(sharing=Sharing.KARMA))
    world.do(ask("a0", "ann", 1), ask("b0", "bob", 1))
    world.wait(MINUTE)
    for number in range(100):
        world.do(ask(f"b1-{number}", "bob", 1))
    assert len(served(world.wait(MINUTE))) == 100
    for number in range(100):
        world.do(ask(f"b2-{number}", "bob", 1), ask(f"a2-{number}", "ann", 1))
    happened = served(world.wait(MINUTE))
    assert sum(name.startswith("a2") for name in happened) == 75
    assert sum(name.startswith("b2") for name in happened) == 25


# The reserved share.


def test_the_reserved_share_is_a_fifth_where_it_is_switched_on_and_nothing_where_not() -> None:
    assert Terms().reserved_share is None
    assert ReservedShare().share == RESERVED == 200_000


def test_a_fifth_is_shared_out_before_priorities_count() -> None:
    world = town(Mechanism.PRIORITY, Terms(reserved_share=ReservedShare()))
    world.do(c.CreateAgent("vip", priority=5))
    for number in range(10):
        world.do(ask(f"v{number}", "vip", 10), ask(f"a{number}", "ann", 5), ask(f"b{number}", "bob", 2))
    happened = world.wait(MINUTE)
    fair = [each.request for each in happened if isinstance(each, e.RequestServed) and each.fair]
    # 20 units max-min fairly among three who want more than 7 each: 7, 7, 6. vip's tens do not fit into 7.
    assert fair == ["a0", "b0", "b1", "b2"]
    assert served(happened) == [*fair, *(f"v{number}" for number in range(8))]


@pytest.mark.parametrize("mechanism", [Mechanism.FIRST_COME, Mechanism.SECOND_PRICE])
def test_a_share_is_reserved_only_where_all_requests_are_known_at_once(mechanism: Mechanism) -> None:
    world = town(Mechanism.FIRST_COME)
    terms = Terms(reserved_share=ReservedShare())
    refusal = world.refusal(c.CreateMarket("q", ("tokens",), mechanism, terms))
    assert (refusal.code, refusal.field) == (No.INVALID_TERMS, "reserved_share")
