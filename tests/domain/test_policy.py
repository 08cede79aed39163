"""Money issued by rule: burnt credits come back, supply is held to a target, nobody loses anything."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import SECOND
from econonexus.domain.policy import DAY, Policy, Share
from econonexus.domain.refusals import Refusal
from econonexus.domain.refusals import RefusalCode as No
from tests.world import START, World

CREDIT = 1_000_000
ALL = 1_000_000
"""All of it, in parts per million."""


def village(*credits_: int, weights: tuple[int, ...] = ()) -> World:
    """Agents a0, a1, … with so many µcr."""
    world = World()
    for number, amount in enumerate(credits_):
        weight = weights[number] if weights else 1
        world.do(c.CreateAgent(f"a{number}", credits=amount, weight=weight))
    return world


def supply(world: World) -> int:
    return world.economy.state.ledger.supply("credit")


def balances(world: World) -> list[int]:
    return [world.balance(name) for name in world.economy.state.agents.by_id]


# Defaults.


def test_unless_told_nothing_is_issued_and_what_is_burned_stays_burned() -> None:
    world = village(100)
    world.do(c.Burn("a0", 40))
    assert world.wait(30 * DAY) == []
    assert supply(world) == 60


def test_a_policy_that_says_nothing_has_a_pool_of_a_hundred_credits_and_a_period_of_a_day() -> None:
    world = village(100)
    world.do(c.SetPolicy(Policy()))
    assert world.economy.state.monetary.policy.daily_rewards == 100 * CREDIT
    assert world.economy.state.monetary.next_at is None
    (set_,) = world.do(c.SetPolicy(Policy(recycle=ALL)))
    assert set_ == e.PolicySet(Policy(recycle=ALL), START + DAY, 0)


# Recycling.


def test_what_was_burned_in_a_period_is_shared_by_weight_at_its_end() -> None:
    """100 by 1, 2 and 4: the largest remainder is that of 28 4/7."""
    world = village(500, 500, 500, weights=(1, 2, 4))
    world.do(c.SetPolicy(Policy(recycle=ALL)), c.Burn("a0", 60), c.Burn("a1", 40))
    assert world.wait(DAY - 1) == []
    assert world.wait(1) == [
        e.PolicyApplied(1_400, 3, 100, None, 100, 0, 0, 3, START + 2 * DAY, 100),
        e.AllowancesIssued("mint", (Share("a0", 14), Share("a1", 29), Share("a2", 57))),
    ]
    assert supply(world) == 1_500
    world.check_history()


def test_a_share_of_what_was_burned_is_recycled_rounded_down() -> None:
    world = village(500)
    world.do(c.SetPolicy(Policy(recycle=500_000)), c.Burn("a0", 101))
    world.wait(DAY)
    assert balances(world) == [399 + 50]


def test_what_was_burned_before_there_was_a_policy_stays_burned() -> None:
    world = village(500)
    world.do(c.Burn("a0", 100), c.SetPolicy(Policy(recycle=ALL)), c.Burn("a0", 7))
    world.wait(DAY)
    assert balances(world) == [400]


def test_a_period_in_which_nothing_was_burned_issues_nothing() -> None:
    world = village(500)
    world.do(c.SetPolicy(Policy(recycle=ALL)), c.Burn("a0", 100))
    world.wait(DAY)
    assert world.wait(DAY) == [e.PolicyApplied(500, 1, 0, None, 0, 0, 0, 0, START + 3 * DAY, 100)]


def test_periods_that_passed_at_once_are_one() -> None:
    world = village(500)
    world.do(c.SetPolicy(Policy(recycle=ALL)), c.Burn("a0", 100))
    applied, _ = world.wait(10 * DAY + 5)
    assert applied.next_at == START + 11 * DAY


def test_burnt_money_that_came_back_is_not_issued_again() -> None:
    """50 are paid unreported into the burn account, and recycled; 30 of them come back, so that the next 30
    burned are not."""
    world = village(500)
    world.do(
        c.SetPolicy(Policy(recycle=ALL)),
        c.PlaceHold("h", "a0", 50, START + 10),
        c.SettleUnreported("h"),
    )
    world.wait(DAY)
    assert supply(world) == 500
    world.do(c.ReconcileHold("h", 20))
    world.wait(DAY)
    assert supply(world) == 530
    world.do(c.Burn("a0", 45))
    applied, _ = world.wait(DAY)
    assert (applied.burned, applied.recycled, supply(world)) == (15, 15, 500)


# The target.


def test_what_is_missing_to_the_target_is_issued() -> None:
    world = village(100, 100)
    world.do(c.SetPolicy(Policy(target=150)))
    applied, issued = world.wait(DAY)
    assert (applied.supply, applied.target, applied.issued) == (200, 300, 100)
    assert issued.shares == (Share("a0", 50), Share("a1", 50))


def test_above_the_target_nothing_is_recycled_and_nothing_taken() -> None:
    world = village(200, 200)
    world.do(c.SetPolicy(Policy(recycle=ALL, target=150)), c.Burn("a0", 60))
    world.wait(DAY)
    assert balances(world) == [140, 200]
    world.do(c.Burn("a0", 50))
    # 290 circulate of 300: 10 of the 50 come back.
    (applied, *_) = world.wait(DAY)
    assert (applied.burned, applied.recycled, applied.waiting, supply(world)) == (50, 10, 0, 300)


def test_supply_stays_at_the_target_where_it_would_drain_without() -> None:
    """Ten agents of 100 each burn a tenth of what they have every day; after 60 days hardly anything is left,
    unless it is issued again."""
    drained, kept = village(*[100_000] * 10), village(*[100_000] * 10)
    kept.do(c.SetPolicy(Policy(target=100_000)))
    for _ in range(60):
        for world in (drained, kept):
            for name in list(world.economy.state.agents.by_id):
                world.do(c.Burn(name, max(1, world.balance(name) // 10)))
        assert supply(kept) >= 9 * 100_000
        drained.wait(DAY)
        kept.wait(DAY)
        assert supply(kept) == 10 * 100_000
    # 0.9 ** 60 is 0.0018.
    assert supply(drained) < 10 * 100_000 * 0.002
    kept.check_history()


# The cap.


def test_an_agent_gets_no_more_than_takes_it_to_the_cap_and_the_others_get_the_rest() -> None:
    """90 among three: a0 has 95 of 100, so it gets 5; of the 85 left, 43 and 42."""
    world = village(95, 10, 10, 400)
    world.do(c.SetPolicy(Policy(recycle=ALL, carry_over=100)), c.Burn("a3", 90))
    world.wait(DAY)
    assert balances(world) == [100, 53, 52, 310]


def test_what_nobody_has_room_for_waits() -> None:
    world = village(95, 400)
    world.do(c.SetPolicy(Policy(recycle=ALL, carry_over=100)), c.Burn("a1", 90))
    applied, issued = world.wait(DAY)
    assert (applied.recycled, applied.waiting) == (5, 85)
    assert issued.shares == (Share("a0", 5),)
    world.do(c.Burn("a0", 30))
    applied, issued = world.wait(DAY)
    assert (applied.burned, applied.recycled, applied.waiting) == (30, 30, 85)


def test_a_teams_wallet_has_room_for_each_agent_that_draws_on_it() -> None:
    world = village(400)
    world.do(
        c.CreateTeam("crew"),
        c.CreateAgent("sam", "crew", wallet=False, weight=3),
        c.CreateAgent("tom", "crew", wallet=False, weight=2),
        c.SetPolicy(Policy(recycle=ALL, carry_over=20)),
        c.Burn("a0", 60),
    )
    world.wait(DAY)
    assert (world.balance("crew"), world.balance("a0")) == (40, 340)


def test_who_is_frozen_or_has_no_wallet_in_credits_gets_nothing_and_counts_for_nothing() -> None:
    world = village(100, 100)
    world.do(
        c.CreateTeam("crew"),
        c.CreateAgent("sam", "crew"),
        c.FreezeTeam("crew"),
        c.DeclareAsset("usd", 2),
        c.CreateTeam("band"),
        c.CreateAgent("eve", "band", wallet=False),
        c.OpenAccount("eve", "eve", asset="usd"),
        c.FreezeAgent("a1"),
        c.SetPolicy(Policy(target=130)),
    )
    (applied,) = world.wait(DAY)
    # Of 200 that circulate, more than 130 for the one agent there is.
    assert (applied.agents, applied.target, applied.issued) == (1, 130, 0)
    world.do(c.SetPolicy(Policy(target=210)))
    applied, issued = world.wait(DAY)
    assert issued.shares == (Share("a0", 10),)


def test_income_by_rule_repays_debt_first() -> None:
    world = village(100)
    world.do(c.SetCreditLine("a0", 50), c.DrawCredit("a0", 30), c.SetPolicy(Policy(target=110)))
    assert world.wait(DAY)[-1] == e.DebtRepaid("a0", "debt:a0", 10)


# Setting.


def test_a_policy_that_is_set_again_goes_on_in_its_period() -> None:
    world = village(500)
    world.do(c.SetPolicy(Policy(recycle=ALL)), c.Burn("a0", 100))
    world.wait(DAY // 2)
    (set_,) = world.do(c.SetPolicy(Policy(recycle=500_000)))
    assert (set_.next_at, set_.counted) == (START + DAY, 0)
    world.wait(DAY // 2)
    assert supply(world) == 450
    (set_,) = world.do(c.SetPolicy(Policy(recycle=ALL, period=SECOND)))
    assert set_.next_at == world.now + SECOND


def test_a_policy_that_issues_nothing_any_more_has_no_period() -> None:
    world = village(500)
    world.do(c.SetPolicy(Policy(recycle=ALL)), c.Burn("a0", 100), c.SetPolicy(Policy()))
    assert world.wait(10 * DAY) == []
    # Set again, it begins anew: the 100 stay burned.
    world.do(c.SetPolicy(Policy(recycle=ALL)))
    applied, *_ = world.wait(DAY)
    assert applied.burned == 0


@pytest.mark.parametrize("events", [0, 1, 2])
def test_shares_are_told_in_events_of_five_hundred(events: int) -> None:
    world = village(*[1] * (500 * events + 1))
    world.do(c.SetPolicy(Policy(target=2)))
    _, *issued = world.wait(DAY)
    assert [len(event.shares) for event in issued] == [500] * events + [1]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("burn"), st.integers(0, 4), st.integers(1, 60)),
        st.tuples(st.just("wait"), st.integers(0, 3 * DAY), st.just(0)),
        st.tuples(st.just("pay"), st.integers(0, 4), st.integers(1, 60)),
    ),
    max_size=25,
)
policies = st.builds(
    Policy,
    recycle=st.sampled_from([0, 250_000, ALL]),
    target=st.one_of(st.none(), st.integers(0, 150)),
    carry_over=st.one_of(st.none(), st.integers(0, 150)),
)


@settings(max_examples=80)
@given(policies, steps)
def test_money_is_conserved_and_nobody_gets_beyond_its_cap(
    policy: Policy, steps: list[tuple[str, int, int]]
) -> None:
    world = village(100, 80, 60, 40, 20, weights=(1, 1, 2, 3, 5))
    world.do(c.SetPolicy(policy))
    burned = 0
    for what, which, amount in steps:
        if what == "wait":
            burned_before, supply_before = burned, supply(world)
            for event in world.wait(which):
                if isinstance(event, e.PolicyApplied):
                    assert event.recycled + event.issued == supply(world) - supply_before
                    assert event.recycled + event.waiting <= burned_before
                    assert event.target is None or supply(world) <= max(supply_before, event.target)
                elif isinstance(event, e.AllowancesIssued) and policy.carry_over is not None:
                    assert all(world.balance(each.account) <= policy.carry_over for each in event.shares)
        elif what == "burn":
            burned += amount * (not isinstance(world.submit(c.Burn(f"a{which}", amount)), Refusal))
        else:
            world.submit(c.Transfer(f"a{which}", f"a{(which + 1) % 5}", amount))
    world.check_history()


def test_what_is_not_due_is_not_applied() -> None:
    world = village(1)
    assert world.code(c.ApplyPolicy()) is No.POLICY_NOT_DUE
    world.do(c.SetPolicy(Policy(target=2)))
    assert world.code(c.ApplyPolicy()) is No.POLICY_NOT_DUE
