"""Agents and teams: who pays, what limits them, and how far a freeze reaches."""

from econonexus.domain import commands as c
from econonexus.domain.refusals import RefusalCode as No
from tests.world import START, World, nested

LATER = START + 100


def crew() -> World:
    """pat has 100 of its own, sam pays from the crew's 100."""
    world = World()
    world.do(
        c.CreateTeam("crew"),
        c.Mint("crew", 100),
        c.CreateAgent("pat", "crew", credits=100),
        c.CreateAgent("sam", "crew", wallet=False),
    )
    return world


def test_an_agent_pays_from_its_wallet_or_else_from_its_teams() -> None:
    world = crew()
    world.do(c.Transfer("pat", "treasury", 30), c.Transfer("sam", "treasury", 20))
    assert (world.balance("pat"), world.balance("crew")) == (70, 80)


def test_an_agent_that_gets_a_wallet_later_pays_from_it() -> None:
    world = crew()
    world.do(c.OpenAccount("sam", "sam"), c.Mint("sam", 5))
    assert world.code(c.Transfer("sam", "treasury", 6)) is No.INSUFFICIENT_FUNDS


def test_what_stands_above_a_team_limits_all_its_agents_together() -> None:
    world = crew()
    world.do(c.CreateBudget("crew", 50), c.Transfer("pat", "treasury", 30), c.Transfer("sam", "treasury", 15))
    refusal = world.refusal(c.Transfer("pat", "treasury", 6))
    assert (refusal.code, refusal.subject, refusal.available) == (No.BUDGET_EXHAUSTED, "crew", 5)


def test_an_agents_own_budget_limits_it_besides_its_teams() -> None:
    world = crew()
    world.do(c.CreateBudget("crew", 50), c.CreateBudget("sam", 10), c.Transfer("sam", "treasury", 10))
    assert world.refusal(c.Transfer("sam", "treasury", 1)).subject == "sam"
    assert (world.left("sam"), world.left("crew")) == (0, 40)


def test_a_budget_made_before_its_agent_limits_it_too() -> None:
    world = crew()
    world.do(*nested(("crew", 50), ("quin", 10)), c.CreateAgent("quin", "crew", credits=100))
    assert world.refusal(c.Transfer("quin", "treasury", 11)).subject == "quin"


def test_money_between_agents_of_a_team_leaves_no_budget_of_the_team() -> None:
    world = crew()
    world.do(c.CreateBudget("crew", 5), c.Transfer("pat", "crew", 90))
    assert world.left("crew") == 5


def test_a_run_counts_against_its_budget_and_all_above_the_agent() -> None:
    world = crew()
    world.do(*nested(("crew", 50), ("sam", 20), ("run", 10)), c.PlaceHold("h", "sam", 8, LATER, budget="run"))
    assert [world.left(name) for name in ("run", "sam", "crew")] == [2, 12, 42]


def test_a_frozen_agents_holds_settle_and_income_comes() -> None:
    world = crew()
    world.do(c.PlaceHold("h", "pat", 40, LATER), c.FreezeAgent("pat"))
    world.do(c.PostHold("h", 40), c.Transfer("sam", "pat", 10))
    assert world.balance("pat") == 70


def test_a_freeze_reaches_every_account_that_the_agent_owns() -> None:
    world = crew()
    world.do(c.OpenAccount("pats-escrow", "pat"), c.Mint("pats-escrow", 5), c.FreezeTeam("crew"))
    assert world.code(c.Transfer("pats-escrow", "treasury", 1)) is No.TEAM_FROZEN
    world.do(c.UnfreezeTeam("crew"), c.Transfer("pats-escrow", "treasury", 1))


def test_a_frozen_agent_does_not_stop_those_that_share_its_teams_wallet() -> None:
    world = crew()
    world.do(c.CreateAgent("tom", "crew", wallet=False), c.FreezeAgent("sam"))
    world.do(c.Transfer("tom", "treasury", 1))
    assert world.code(c.Transfer("sam", "treasury", 1)) is No.AGENT_FROZEN


def test_a_rotated_key_is_known_by_its_new_secret_alone() -> None:
    world = crew()
    old, new = "0" * 64, "1" * 64
    keys = world.economy.state.keys
    world.do(c.CreateAgent("ivy", key="k", key_digest=old))
    world.do(c.RotateKey("k", new))
    assert keys.known_by(old) is None
    assert keys.known_by(new).holder == "ivy"
    world.do(c.RevokeKey("k"))
    assert keys.known_by(new) is None


def test_an_agent_takes_no_name_that_an_account_has_even_where_it_has_none_itself() -> None:
    world = crew()
    assert world.code(c.CreateAgent("treasury", "crew", wallet=False)) is No.ACCOUNT_EXISTS
