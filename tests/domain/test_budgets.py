"""Budgets: nested limits, windows that refill lazily, carry-over, alerts, modes. All figures by hand."""

from itertools import pairwise

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.refusals import RefusalCode as No
from tests.world import START, World, nested, wallet

LATER = START + 10_000


def windowed(carry_over: int = 0, mode: BudgetMode = BudgetMode.HARD) -> World:
    """ann (10,000) may spend 100 in every window of 10, which begin at `START`."""
    world = World()
    world.do(
        c.CreateBudget("b", 100, window=10, carry_over=carry_over, mode=mode, alerts=()),
        *wallet("ann", 10_000, "b"),
    )
    return world


def four_levels() -> World:
    world = World()
    world.do(
        *nested(("organisation", 100), ("team", 80), ("agent", 50), ("run", 20)),
        *wallet("ann", 1_000, "agent"),
        *wallet("bob", 1_000, "team"),
        *wallet("shop"),
    )
    return world


def test_a_child_never_holds_more_than_every_ancestor_has_left() -> None:
    world = four_levels()
    world.do(c.Burn("bob", 60))  # The team has 20 left, the organisation 40, the agent 50.
    refused = world.refusal(c.PlaceHold("h", "ann", 21, LATER))
    assert (refused.code, refused.subject, refused.available) == (No.BUDGET_EXHAUSTED, "team", 20)
    world.do(c.PlaceHold("h", "ann", 20, LATER))
    assert [world.left(level) for level in ("organisation", "team", "agent")] == [20, 0, 30]


def test_the_nearest_exhausted_level_is_named() -> None:
    world = four_levels()
    assert world.refusal(c.Burn("ann", 101)).subject == "agent"


def test_a_run_is_limited_by_its_own_budget_and_all_above() -> None:
    world = four_levels()
    world.do(c.PlaceHold("h", "ann", 20, LATER, budget="run"))
    assert [world.left(level) for level in ("organisation", "team", "agent", "run")] == [80, 60, 30, 0]
    assert world.code(c.PlaceHold("i", "ann", 1, LATER, budget="run")) is No.BUDGET_EXHAUSTED
    world.do(c.PlaceHold("i", "ann", 1, LATER))


def test_settling_a_run_counts_as_spent_at_every_level() -> None:
    world = four_levels()
    world.do(c.PlaceHold("h", "ann", 20, LATER, budget="run"), c.PostHold("h", 15))
    for level in ("organisation", "team", "agent", "run"):
        assert (world.budget(level).spent, world.budget(level).held) == (15, 0)


def test_a_run_ends_by_closing_its_budget_once_nothing_is_held() -> None:
    world = four_levels()
    world.do(c.PlaceHold("h", "ann", 20, LATER, budget="run"))
    assert world.code(c.CloseBudget("run")) is No.BUDGET_IN_USE
    world.do(c.PostHold("h", 20), c.CloseBudget("run"))
    assert world.left("agent") == 30


def test_money_that_stays_in_the_team_does_not_count_against_it() -> None:
    world = four_levels()
    moved = world.do(c.Transfer("ann", "bob", 30))
    assert moved == (e.Transferred("ann", "bob", 30, ("agent",)),)
    assert [world.left(level) for level in ("organisation", "team", "agent")] == [100, 80, 20]


def test_money_that_stays_in_the_team_may_pass_even_if_the_team_is_exhausted() -> None:
    world = four_levels()
    world.do(c.Burn("bob", 80), c.Transfer("bob", "ann", 500))
    assert world.balance("ann") == 1_500


def test_a_hold_for_somebody_in_the_team_does_not_count_against_the_team() -> None:
    world = four_levels()
    world.do(c.PlaceHold("h", "ann", 20, LATER, "bob", budget="run"), c.PostHold("h", 20))
    assert [world.left(level) for level in ("organisation", "team", "agent", "run")] == [100, 80, 30, 0]


def test_a_hold_goes_on_counting_where_it_was_placed() -> None:
    world = four_levels()
    world.do(c.PlaceHold("h", "ann", 20, LATER), c.AssignBudget("ann", None), c.PostHold("h", 20))
    assert world.budget("agent").spent == 20


def test_an_unassigned_account_is_limited_by_its_money_alone() -> None:
    world = four_levels()
    before = world.balance("ann")
    world.do(c.AssignBudget("ann", None), c.Burn("ann", 1_000))
    assert world.balance("ann") == before - 1_000
    assert world.budget("agent").spent == 0


def test_a_new_window_begins_exactly_when_the_old_one_ends() -> None:
    world = windowed()
    world.do(c.Burn("ann", 100))
    world.wait(9)
    assert world.left("b") == 0
    world.wait(1)
    assert world.left("b") == 100


def test_without_a_window_a_budget_never_refills() -> None:
    world = World()
    world.do(c.CreateBudget("b", 100), *wallet("ann", 1_000, "b"), c.Burn("ann", 100))
    world.wait(10**15)
    assert world.left("b") == 0


def test_nothing_is_carried_over_unless_it_is_said() -> None:
    world = windowed()
    world.wait(10)
    assert world.left("b") == 100


def test_what_is_left_over_is_carried_up_to_the_cap() -> None:
    # Window 0 leaves 30 of 100, which are carried; window 1 leaves 130 - 5 = 125, of which 40 are.
    world = windowed(carry_over=40)
    world.do(c.Burn("ann", 70))
    world.wait(10)
    assert world.left("b") == 130
    world.do(c.Burn("ann", 5))
    world.wait(10)
    assert world.left("b") == 140


def test_carry_over_adds_up_over_windows_in_which_nobody_looked() -> None:
    # Window 0 leaves 10; window 1 leaves 110, window 2 leaves 210, window 3 leaves 250 (the cap) + 100.
    world = windowed(carry_over=250)
    world.do(c.Burn("ann", 90))
    assert [world.left("b") for _ in range(5) if world.wait(10) == []] == [110, 210, 310, 350, 350]


def test_looking_at_every_window_or_at_none_makes_no_difference() -> None:
    often, seldom = windowed(carry_over=33), windowed(carry_over=33)
    for _ in range(7):
        often.do(c.Burn("ann", 1))  # One look, and one µcr, a window ...
        often.wait(10)
    seldom.wait(70)
    assert often.left("b") == seldom.left("b") == 133  # ... and still 99 are left over in each.


def test_a_hold_counts_on_across_the_end_of_its_window() -> None:
    world = windowed()
    world.do(c.PlaceHold("h", "ann", 60, LATER))
    world.wait(10)
    assert world.left("b") == 40
    world.do(c.PostHold("h", 60))
    assert (world.budget("b").spent, world.left("b")) == (60, 40)


def test_what_a_hold_kept_back_is_carried_over_and_stays_spoken_for() -> None:
    # Window 0 spends 20 and holds 60: 80 are left over, 60 of them still held in window 1.
    world = windowed(carry_over=80)
    world.do(c.Burn("ann", 20), c.PlaceHold("h", "ann", 60, LATER))
    world.wait(10)
    assert world.left("b") == 100 + 80 - 60
    world.do(c.VoidHold("h"))
    assert world.left("b") == 180


def test_a_hold_that_expires_gives_its_share_back() -> None:
    world = windowed()
    world.do(c.PlaceHold("h", "ann", 60, START + 5))
    world.wait(5)
    assert world.left("b") == 100


def test_a_lower_limit_leaves_nothing_until_less_is_spent() -> None:
    world = windowed()
    world.do(c.Burn("ann", 70), c.ChangeBudget("b", 50))
    assert world.left("b") == 0
    world.wait(10)
    assert world.left("b") == 50


def test_a_changed_rule_does_not_rewrite_the_windows_before() -> None:
    # Window 0 leaves 100 under the old rule; the new cap takes 20 of them.
    world = windowed(carry_over=500)
    world.wait(10)
    world.do(c.ChangeBudget("b", 10, carry_over=20))
    assert world.left("b") == 30


def test_a_hard_budget_refuses() -> None:
    assert windowed().code(c.Burn("ann", 101)) is No.BUDGET_EXHAUSTED


@pytest.mark.parametrize("mode", [BudgetMode.SOFT, BudgetMode.OBSERVE])
def test_a_soft_or_observing_budget_lets_pass_and_says_so(mode: BudgetMode) -> None:
    world = windowed(mode=mode)
    world.do(c.Burn("ann", 70))
    assert world.do(c.Burn("ann", 40)) == (
        e.BudgetOverrun("b", mode, 40, 30),
        e.Burned("ann", "burn", 40, ("b",)),
    )
    assert world.budget("b").spent == 110
    assert world.left("b") == 0


def test_a_soft_level_does_not_soften_the_hard_one_above() -> None:
    world = World()
    world.do(
        c.CreateBudget("hard", 50), c.CreateBudget("soft", 10, "hard", mode=BudgetMode.SOFT),
        *wallet("ann", 100, "soft"),
    )  # fmt: skip
    assert world.refusal(c.Burn("ann", 51)).subject == "hard"


def alerts_of(happened: tuple[e.Event, ...]) -> list[tuple[int, int]]:
    return [(a.threshold, a.spent) for a in happened if isinstance(a, e.BudgetAlertRaised)]


def alerting() -> World:
    world = World()
    world.do(c.CreateBudget("b", 100, window=10), *wallet("ann", 1_000, "b"))
    return world


def test_alerts_come_at_eighty_and_a_hundred_percent_once_each() -> None:
    world = alerting()
    raised = [alerts_of(world.do(c.Burn("ann", amount))) for amount in (79, 1, 10, 10)]
    assert raised == [[], [(800_000, 80)], [], [(1_000_000, 100)]]


def test_one_step_may_raise_both_alerts() -> None:
    assert alerts_of(alerting().do(c.Burn("ann", 100))) == [(800_000, 100), (1_000_000, 100)]


def test_alerts_come_again_in_the_next_window() -> None:
    world = alerting()
    world.do(c.Burn("ann", 80))
    world.wait(10)
    assert alerts_of(world.do(c.Burn("ann", 80))) == [(800_000, 80)]


def test_reserving_raises_no_alert_and_settling_does() -> None:
    world = alerting()
    assert alerts_of(world.do(c.PlaceHold("h", "ann", 90, LATER))) == []
    assert alerts_of(world.do(c.PostHold("h", 85))) == [(800_000, 85)]


def test_a_raised_limit_makes_room_for_its_alerts_again() -> None:
    world = alerting()
    world.do(c.Burn("ann", 80), c.ChangeBudget("b", 200))
    assert alerts_of(world.do(c.Burn("ann", 80))) == [(800_000, 160)]


def test_a_budget_in_another_asset_counts_that_asset_alone() -> None:
    world = World()
    world.do(
        c.DeclareAsset("usd", 2),
        c.CreateBudget("b", 5, asset="usd"),
        c.OpenAccount("eve", "ann", asset="usd", budget="b"),
        c.Mint("eve", 10),
        *wallet("ann", 10),
        c.Burn("ann", 10),
    )
    assert world.left("b") == 5
    assert world.code(c.Burn("eve", 6)) is No.BUDGET_EXHAUSTED


def test_eight_levels_are_the_deepest() -> None:
    world = World()
    levels = [f"level{depth}" for depth in range(8)]
    world.do(*nested(*((level, 1) for level in levels)))
    assert all(world.budget(child).parent == parent for parent, child in pairwise(levels))
    assert world.code(c.CreateBudget("ninth", 1, "level7")) is No.BUDGET_TOO_DEEP
