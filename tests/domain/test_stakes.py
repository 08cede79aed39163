"""Stakes: when they are given back, to whom, and what keeps them."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.economy import Economy
from econonexus.domain.kinds import Standing
from econonexus.domain.promises import DAY, PromiseRules
from econonexus.domain.state import State
from tests.audit.test_agreement import assert_agreement
from tests.world import START, World

WEEK = 7 * DAY
QUICK = c.SetPromiseRules(PromiseRules(unbonding=DAY))
BANNED = c.SetStanding("inc", Standing.BANNED)
ACTIVE = c.SetStanding("inc", Standing.ACTIVE)


def staked(amount: int = 60) -> World:
    """ann and bea, both of inc, with 100 each, of which ann has put so much at stake."""
    world = World()
    world.do(
        c.CreateAgent("ann", owner="inc", credits=100),
        c.CreateAgent("bea", owner="inc", credits=100),
        c.PostStake("ann", amount),
    )
    return world


def released(amount: int, agent: str = "ann", to: str | None = None) -> e.StakeReleased:
    return e.StakeReleased(agent, f"stake:{agent}", to or agent, amount)


def test_what_is_withdrawn_is_given_back_after_the_delay() -> None:
    world = staked()
    world.do(c.UnbondStake("ann", 20))
    world.wait(DAY)
    world.do(c.UnbondStake("ann", 40))
    assert world.wait(WEEK - DAY - 1) == []
    assert world.wait(1) == [released(20)]
    assert world.wait(DAY - 1) == []
    assert world.wait(1) == [released(40)]
    assert (world.balance("ann"), world.balance("stake:ann")) == (100, 0)
    assert_agreement(world)


def test_what_is_withdrawn_is_at_stake_until_then_but_backs_nothing_new() -> None:
    world = staked()
    world.do(c.UnbondStake("ann", 60))
    assert (world.balance("ann"), world.balance("stake:ann")) == (40, 60)
    refusal = world.refusal(c.UnbondStake("ann", 1))
    assert (refusal.code.value, refusal.requested, refusal.available) == ("stake_in_use", 1, 0)


def test_rules_that_change_concern_what_is_withdrawn_from_then_on() -> None:
    world = staked()
    world.do(c.UnbondStake("ann", 20), QUICK, c.UnbondStake("ann", 10))
    assert world.wait(DAY) == [released(10)]  # It overtakes what was asked for before.
    assert world.wait(WEEK - DAY) == [released(20)]
    assert_agreement(world)


def test_a_ban_keeps_the_stake_until_it_is_lifted() -> None:
    world = staked()
    world.do(c.PostStake("bea", 10), c.UnbondStake("ann", 20), c.UnbondStake("bea", 5), BANNED)
    assert world.wait(2 * WEEK) == []
    world.do(ACTIVE)
    assert world.wait(0) == [released(20), released(5, "bea")]
    assert_agreement(world)


def test_who_stakes_while_banned_has_it_kept_too() -> None:
    world = staked()
    world.do(BANNED, c.PostStake("bea", 10), c.SetStanding("inc", Standing.SUSPENDED))
    world.do(QUICK, c.UnbondStake("bea", 10), BANNED)
    assert world.wait(DAY) == []
    world.do(c.SetStanding("inc", Standing.PROBATION))
    assert world.wait(0) == [released(10, "bea")]


def test_who_is_suspended_may_withdraw() -> None:
    world = staked()
    world.do(QUICK, c.SetStanding("inc", Standing.SUSPENDED), c.UnbondStake("ann", 60))
    assert world.wait(DAY) == [released(60)]


def test_a_teams_stake_goes_back_to_the_team() -> None:
    world = World()
    world.do(c.CreateTeam("crew"), c.Mint("crew", 50), c.CreateAgent("sam", "crew", wallet=False), QUICK)
    world.do(c.PostStake("sam", 30), c.UnbondStake("sam", 30), c.OpenAccount("sam", "sam", asset="credit"))
    world.do(c.CreateAgent("tim", "crew", wallet=False), c.PostStake("tim", 20), c.UnbondStake("tim", 20))
    assert world.wait(DAY) == [released(30, "sam"), released(20, "tim", "crew")]


def test_a_stake_in_credits_never_goes_into_an_account_of_another_asset() -> None:
    world = World()
    world.do(c.CreateTeam("crew"), c.Mint("crew", 50), c.CreateAgent("sam", "crew", wallet=False), QUICK)
    world.do(c.PostStake("sam", 30), c.UnbondStake("sam", 30), c.DeclareAsset("usd", 2))
    world.do(c.OpenAccount("sam", "sam", asset="usd"))
    assert world.wait(DAY) == [released(30, "sam", "crew")]
    assert_agreement(world)


def test_what_comes_back_repays_a_debt_first() -> None:
    world = staked()
    world.do(QUICK, c.SetCreditLine("ann", 50), c.DrawCredit("ann", 50), c.Burn("ann", 90))
    world.do(c.UnbondStake("ann", 60))
    assert world.wait(DAY) == [released(60), e.DebtRepaid("ann", "debt:ann", 50)]
    assert world.balance("ann") == 10


def test_a_wallet_that_is_full_takes_what_it_can_and_the_rest_stays_at_stake() -> None:
    biggest = 2**63 - 1
    world = staked()
    world.do(QUICK, c.UnbondStake("ann", 60), c.CreateAgent("bank"), c.SetCreditLine("bank", biggest))
    world.do(c.DrawCredit("bank", biggest), c.Transfer("bank", "ann", biggest - 50))
    assert world.balance("ann") == biggest - 10
    assert world.wait(DAY) == [released(10)]
    assert world.balance("stake:ann") == 50
    assert_agreement(world)


def test_a_stake_survives_a_snapshot() -> None:
    world = staked()
    world.do(c.UnbondStake("ann", 20), BANNED)
    world.economy = Economy(State.from_image(world.economy.state.image()))
    assert world.wait(WEEK) == []
    world.do(ACTIVE)
    assert world.wait(0) == [released(20)]
    assert world.economy.state.stakes.standing_of("inc") is Standing.ACTIVE


def test_a_withdrawal_late_in_time_ends_with_it() -> None:
    world = staked()
    world.do(c.SetPromiseRules(PromiseRules(unbonding=2**63 - 1)))
    (asked,) = world.do(c.UnbondStake("ann", 1))
    assert asked == e.StakeUnbonding("ann", 1, 2**63 - 1)
    assert world.now == START
