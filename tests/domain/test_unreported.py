"""Holds that nobody reported: paid in full, listed, reconciled. All figures by hand."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.charges import Charge
from econonexus.domain.kinds import Unreported
from econonexus.domain.ledger import SETTLED_REMEMBERED
from econonexus.domain.refusals import Refusal
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.state import State
from tests.world import START, World, nested, wallet

LATER = START + 100
BIGGEST = 2**63 - 1


def lost(amount: int = 60, destination: str | None = None, *first: c.Command) -> World:
    """ann (100) may spend 80 in every window of 10, which begin at `START`, and 90 of org for ever;
    her hold was paid in full with nobody's report, and 5 of `calls` (9 in every window of 20)."""
    world = World()
    world.do(
        *nested(("org", 90)),
        c.CreateBudget("b", 80, "org", window=10, alerts=()),
        c.CreateBudget("calls", 9, window=20, alerts=()),
        *wallet("ann", 100, "b"),
        *wallet("bob"),
        *first,
        c.PlaceHold("h", "ann", amount, LATER, destination, also=(Charge("calls", 5),)),
        c.SettleUnreported("h"),
    )
    return world


def figures(world: World) -> list[int]:
    """What ann has, and what is left of b, org and calls."""
    return [world.balance("ann"), world.left("b"), world.left("org"), world.left("calls")]


def test_an_unreported_hold_is_paid_in_full_and_waits() -> None:
    world = lost()
    assert figures(world) == [40, 20, 30, 4]
    assert world.balance("burn") == 60
    waiting = world.economy.state.ledger.unreported["h"]
    assert (waiting.amount, waiting.hold.source, waiting.at) == (60, "ann", START)


def test_reconciling_gives_back_money_and_limits() -> None:
    world = lost()
    world.do(c.ReconcileHold("h", 25, (Charge("calls", 1),)))
    assert figures(world) == [75, 55, 65, 8]
    assert world.balance("burn") == 25
    assert not world.economy.state.ledger.unreported
    world.check_history()


def test_what_was_not_used_at_all_comes_back_whole() -> None:
    world = lost()
    world.do(c.ReconcileHold("h", 0, (Charge("calls", 0),)))
    assert figures(world) == [100, 80, 90, 9]


def test_a_limit_that_is_not_mentioned_stays_as_it_was_paid() -> None:
    world = lost()
    world.do(c.ReconcileHold("h", 0))
    assert figures(world) == [100, 80, 90, 4]


def test_confirming_the_full_amount_changes_nothing_but_the_list() -> None:
    world = lost()
    (reconciled,) = world.do(c.ReconcileHold("h", 60))
    assert isinstance(reconciled, e.HoldReconciled)
    assert (reconciled.returned, reconciled.restored) == (0, ())
    assert figures(world) == [40, 20, 30, 4]
    assert not world.economy.state.ledger.unreported


def test_a_window_that_is_over_is_not_refilled_by_a_reconciliation() -> None:
    """b's window of 10 is over; that of calls, 20, is not, and org has none."""
    world = lost()
    world.wait(10)
    world.do(c.Burn("ann", 7))
    (reconciled,) = world.do(c.ReconcileHold("h", 0, (Charge("calls", 0),)))
    assert isinstance(reconciled, e.HoldReconciled)
    assert reconciled.restored == (Charge("org", 60), Charge("calls", 5))
    assert figures(world) == [93, 73, 83, 9]


def test_the_last_instant_of_a_window_still_belongs_to_it() -> None:
    world = lost()
    world.wait(9)
    world.do(c.ReconcileHold("h", 0))
    assert world.left("b") == 80


def test_a_budget_that_is_gone_is_left_out() -> None:
    world = lost()
    world.do(c.CloseBudget("calls"), c.ReconcileHold("h", 0, (Charge("calls", 0),)))
    assert world.balance("ann") == 100


def test_a_new_budget_of_the_same_name_is_another_budget() -> None:
    """Closed, made again and charged by others, at the very same instant: it owes nothing to what was."""
    world = lost()
    world.do(
        c.CloseBudget("calls"),
        c.CreateBudget("calls", 9, window=20, alerts=()),
        c.PlaceHold("i", "ann", 1, LATER, also=(Charge("calls", 3),)),
        c.PostHold("i", 1),
        c.ReconcileHold("h", 0, (Charge("calls", 0),)),
    )
    assert world.budget("calls").spent == 3


def test_money_goes_back_to_the_teams_wallet_that_paid() -> None:
    world = World()
    world.do(
        c.CreateTeam("crew"),
        c.Mint("crew", 50),
        c.CreateAgent("sam", "crew", wallet=False),
        c.PlaceHold("h", "sam", 20, LATER),
        c.SettleUnreported("h"),
    )
    (reconciled,) = world.do(c.ReconcileHold("h", 5))
    assert isinstance(reconciled, e.HoldReconciled)
    assert (reconciled.agent, world.balance("crew")) == ("sam", 45)


def test_frozen_accounts_neither_stop_the_payment_nor_the_return() -> None:
    world = World()
    world.do(
        *wallet("ann", 100),
        *wallet("bob"),
        c.PlaceHold("h", "ann", 60, LATER, "bob"),
        c.FreezeAccount("ann"),
        c.FreezeAccount("bob"),
        c.SettleUnreported("h"),
        c.ReconcileHold("h", 10),
    )
    assert (world.balance("ann"), world.balance("bob")) == (90, 10)


def test_what_the_destination_has_spent_or_promised_cannot_come_back() -> None:
    world = lost(60, "bob")
    world.do(c.Burn("bob", 20), c.PlaceHold("own", "bob", 30, LATER))
    refused = world.refusal(c.ReconcileHold("h", 49))
    assert refused == Refusal(No.INSUFFICIENT_FUNDS, "amount", "bob", 11, 10)
    world.do(c.ReconcileHold("h", 50))
    assert world.balance("bob") == 30


def test_what_comes_back_repays_no_debt() -> None:
    """It was ann's own money all along, not income."""
    world = lost(60, None, c.SetCreditLine("ann", 50), c.DrawCredit("ann", 30))
    world.do(c.ReconcileHold("h", 0))
    assert (world.balance("ann"), world.balance("debt:ann")) == (130, -30)


def test_income_from_an_unreported_hold_repays_the_receivers_debt() -> None:
    world = lost(60, "bob", c.SetCreditLine("bob", 50), c.DrawCredit("bob", 30), c.Burn("bob", 30))
    assert (world.balance("bob"), world.balance("debt:bob")) == (30, 0)
    assert world.code(c.ReconcileHold("h", 0)) is No.INSUFFICIENT_FUNDS
    world.do(c.ReconcileHold("h", 30))


def test_a_destination_without_room_takes_what_it_can() -> None:
    """A deadline cannot be refused: brim can take 4 of 60, the rest is released."""
    world = World()
    world.do(
        *wallet("ann", 100),
        *wallet("brim"),
        *wallet("bob"),
        c.SetCreditLine("bob", BIGGEST),  # A debt adds to what circulates.
        c.DrawCredit("bob", BIGGEST - 4),
        c.Transfer("bob", "brim", BIGGEST - 4),
        c.PlaceHold("h", "ann", 60, START + 5, "brim", unreported=Unreported.SETTLE),
        c.PlaceHold("i", "ann", 40, START + 6, "brim", unreported=Unreported.SETTLE),
    )
    assert world.wait(6) == [
        e.HoldSettledUnreported("h", "ann", "brim", 4, 56),
        e.HoldSettledUnreported("i", "ann", "brim", 0, 40),
    ]
    assert world.available("ann") == 96


def test_an_unreported_hold_is_remembered_however_many_settle_after_it() -> None:
    world = World()
    world.do(
        *wallet("ann", 100),
        c.PlaceHold("h", "ann", 60, LATER),
        c.SettleUnreported("h"),
    )
    ledger = world.economy.state.ledger
    ledger.settled = {f"old-{number}": False for number in range(2 * SETTLED_REMEMBERED)}
    world.do(c.PlaceHold("i", "ann", 1, LATER), c.VoidHold("i"))
    assert "h" in world.economy.state.ledger.unreported
    assert world.code(c.PlaceHold("h", "ann", 1, LATER)) is No.HOLD_EXISTS
    world.do(c.ReconcileHold("h", 0))
    assert world.code(c.ReconcileHold("h", 0)) is No.HOLD_ALREADY_SETTLED


def test_a_snapshot_keeps_what_waits_to_be_reconciled() -> None:
    world = lost()
    state = State.from_image(world.economy.state.image())
    assert state.digest() == world.economy.state.digest()
    assert state.ledger.unreported["h"].chains == (("calls",),)
