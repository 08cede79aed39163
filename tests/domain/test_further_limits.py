"""Holds that count in further limits as well, each in its own unit. All figures by hand."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.charges import Charge
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.refusals import Refusal
from econonexus.domain.refusals import RefusalCode as No
from tests.world import START, World, nested, wallet

LATER = START + 10_000
FAR = Charge("far-1", 7)


def provided() -> World:
    """ann (1,000 credit) may spend 500 beneath team; far providers may be paid 20 usd in every window of
    10, of which far-1 may have 12, beginning at `START`."""
    world = World()
    world.do(
        c.DeclareAsset("usd", 6),
        c.CreateBudget("far", 20, asset="usd", window=10, alerts=()),
        c.CreateBudget("far-1", 12, "far", "usd", window=10, alerts=()),
        c.CreateBudget("far-2", 12, "far", "usd", window=10, alerts=()),
        *nested(("team", 500)),
        *wallet("ann", 1_000, "team"),
    )
    return world


def left(world: World) -> list[int]:
    return [world.left(level) for level in ("team", "far-1", "far-2", "far")]


def test_a_charge_counts_in_its_budget_and_in_all_above_it_and_the_money_in_its_own() -> None:
    world = provided()
    world.do(c.PlaceHold("h", "ann", 100, LATER, also=(FAR,)))
    assert left(world) == [400, 5, 12, 13]
    assert world.available("ann") == 900  # The 7 usd are nobody's money, only a limit.


def test_what_was_really_used_of_each_limit_is_said_apart() -> None:
    world = provided()
    world.do(
        c.PlaceHold("h", "ann", 100, LATER, also=(FAR,)),
        c.PostHold("h", 30, also=(Charge("far-1", 2),)),
    )
    assert left(world) == [470, 10, 12, 18]
    assert (world.budget("far").spent, world.budget("far").held) == (2, 0)


def test_a_limit_that_is_not_mentioned_counts_in_full() -> None:
    world = provided()
    world.do(c.PlaceHold("h", "ann", 100, LATER, also=(FAR,)), c.PostHold("h", 30))
    assert left(world) == [470, 5, 12, 13]


def test_void_and_expiry_release_every_limit() -> None:
    world = provided()
    world.do(c.PlaceHold("h", "ann", 100, START + 5, also=(FAR,)))
    world.do(c.PlaceHold("i", "ann", 100, LATER, also=(Charge("far-1", 5),)), c.VoidHold("i"))
    assert left(world) == [400, 5, 12, 13]
    world.wait(5)
    assert left(world) == [500, 12, 12, 20]


def test_a_top_up_adds_to_a_limit_or_names_a_new_one() -> None:
    world = provided()
    world.do(
        c.PlaceHold("h", "ann", 100, LATER, also=(FAR,)),
        c.CreateBudget("calls", 3),
        c.TopUpHold("h", 0, also=(Charge("calls", 1), Charge("far-1", 2))),
    )
    assert left(world) == [400, 3, 12, 11]
    assert world.left("calls") == 2
    world.do(c.PostHold("h", 100, also=(Charge("calls", 0),)))
    assert left(world) == [400, 3, 12, 11]
    assert world.left("calls") == 3


def test_the_refusal_names_the_limit_that_has_too_little_left() -> None:
    world = provided()
    world.do(c.PlaceHold("h", "ann", 1, LATER, also=(Charge("far-1", 12),)))
    refused = world.refusal(c.PlaceHold("i", "ann", 1, LATER, also=(Charge("far-2", 9),)))
    assert refused == Refusal(No.BUDGET_EXHAUSTED, "also", "far", 9, 8)


def test_a_limit_refills_with_its_window_while_a_hold_runs_on() -> None:
    world = provided()
    world.do(c.PlaceHold("h", "ann", 1, LATER, also=(FAR,)))
    world.wait(10)
    assert world.left("far-1") == 5  # Still held,
    world.do(c.PostHold("h", 1))
    assert world.left("far-1") == 5  # then spent in this window,
    world.wait(10)
    assert world.left("far-1") == 12  # and in the next one forgotten.


def test_a_budget_cannot_be_closed_while_a_hold_counts_there() -> None:
    world = provided()
    world.do(c.PlaceHold("h", "ann", 1, LATER, also=(FAR,)))
    assert world.code(c.CloseBudget("far-1")) is No.BUDGET_IN_USE
    world.do(c.PostHold("h", 1), c.CloseBudget("far-1"))
    assert world.budget("far").spent == 7


def test_a_limit_that_only_watches_reports_that_it_is_overrun() -> None:
    world = provided()
    world.do(c.ChangeBudget("far", 5, mode=BudgetMode.SOFT, alerts=()))
    happened = world.do(c.PlaceHold("h", "ann", 1, LATER, also=(FAR,)))
    assert happened[0] == e.BudgetOverrun("far", BudgetMode.SOFT, 7, 5)


def test_spending_of_a_limit_raises_its_alerts() -> None:
    world = provided()
    world.do(
        c.CreateBudget("calls", 4, alerts=(500_000,)),
        c.PlaceHold("h", "ann", 1, LATER, also=(Charge("calls", 3),)),
    )
    posted, *told = world.do(c.PostHold("h", 1, also=(Charge("calls", 2),)))
    assert isinstance(posted, e.HoldPosted)
    assert told == [e.BudgetAlertRaised("calls", 500_000, 2, 4)]


def test_an_agent_without_a_wallet_holds_from_its_teams_and_counts_in_further_limits() -> None:
    world = provided()
    world.do(
        c.CreateTeam("crew", "team"),
        c.Mint("crew", 50),
        c.CreateAgent("sam", "crew", wallet=False),
        c.PlaceHold("h", "sam", 10, LATER, also=(FAR,)),
    )
    assert (world.available("crew"), left(world)) == (40, [490, 5, 12, 13])
    assert world.code(c.PlaceHold("i", "sam", 1, LATER, also=(Charge("team", 1),))) is No.BUDGET_COUNTED_TWICE


def test_a_budget_above_both_ends_counts_what_is_charged_to_it_by_name() -> None:
    """The money does not leave the team, so the hold does not count there; the charge does."""
    world = provided()
    world.do(*wallet("bob", 0, "team"), c.PlaceHold("h", "ann", 100, LATER, "bob", also=(Charge("team", 3),)))
    assert world.left("team") == 497


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["place", "place", "post", "void", "top up", "settle", "reconcile"]),
        st.integers(0, 5),
        st.integers(1, 9),
        st.lists(
            st.builds(Charge, st.sampled_from(["far-1", "far-2"]), st.integers(0, 9)),
            max_size=1,
        ),
        st.integers(0, 7),
    ),
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_no_limit_is_ever_exceeded_by_what_the_events_say(steps: list[tuple]) -> None:
    """Counted from the events alone: in no window is more paid and held than the limit, at any level."""
    world = provided()
    for what, number, amount, also, pause in steps:
        hold = f"h{number}"
        world.wait(pause)
        world.submit(
            {
                "place": c.PlaceHold(hold, "ann", amount, world.now + 15, also=tuple(also)),
                "post": c.PostHold(hold, amount, also=tuple(also)),
                "top up": c.TopUpHold(hold, amount, also=tuple(also)),
                "void": c.VoidHold(hold),
                "settle": c.SettleUnreported(hold),
                "reconcile": c.ReconcileHold(hold, amount - 1, tuple(also)),
            }[what]
        )
    limits = {"far": 20, "far-1": 12, "far-2": 12}
    beneath = {"far": ("far-1", "far-2"), "far-1": ("far-1",), "far-2": ("far-2",)}
    for level, limit in limits.items():
        _check_windows(world, beneath[level], limit)


def _check_windows(world: World, named: tuple[str, ...], limit: int) -> None:
    held: dict[str, Counter[str]] = {}
    paid: dict[str, tuple[int, int]] = {}
    spent: Counter[int] = Counter()
    for _, now, event in world.log:
        window = (now - START) // 10
        also = Counter({charge.budget: charge.amount for charge in getattr(event, "also", ())})
        used = sum(also[name] for name in named)
        match event:
            case e.HoldPlaced() | e.HoldToppedUp():
                held.setdefault(event.hold, Counter()).update(also)
            case e.HoldPosted() | e.HoldSettledUnreported():
                del held[event.hold]
                spent[window] += used
                paid[event.hold] = (window, used)
            case e.HoldVoided() | e.HoldExpired():
                del held[event.hold]
            case e.HoldReconciled():
                then, before = paid[event.hold]
                spent[then] -= before - used
        assert spent[window] + sum(row[name] for row in held.values() for name in named) <= limit
