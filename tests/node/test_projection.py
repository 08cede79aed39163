"""What events mean to a reader: statements that end where the ledger stands, and spend by hand."""

from hypothesis import given, settings
from hypothesis import strategies as st

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.charges import Charge
from econonexus.domain.commands import Command
from econonexus.domain.ids import Instant
from econonexus.node.projection import HOUR_NS, Projection, spend
from econonexus.node.records import Record
from econonexus.ports import Spend
from tests.strategies import USUAL, at, opening
from tests.world import World

LATER = 10**18


def records(*happened: e.Event, hour: int = 3) -> list[Record]:
    return [
        Record(number, Instant(hour * HOUR_NS + number), "op", f"c{number}", event)
        for number, event in enumerate(happened, 1)
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(USUAL, st.integers(0, 40)), max_size=40))
def test_statements_end_where_the_ledger_stands(steps: list[tuple[Command, int]]) -> None:
    world = World()
    for command in opening():
        world.submit(command)
    for command, pause in steps:
        world.wait(pause)
        world.submit(at(world.now, command))

    projection, standing = Projection(), {}
    for sequence, now, happened in world.log:
        for line in projection.entries(Record(sequence, now, "op", f"c{sequence}", happened)):
            standing[line.account] = (line.balance_after, line.held_after)
    state = world.economy.state
    # No line tells what is held for a bid whose price is sealed.
    moved = {
        account.id: (account.balance, account.held - state.auctions.sealed.get(account.id, 0))
        for account in state.ledger.accounts.values()
    }
    assert {name: moved[name] for name in standing} == standing
    assert not any(any(figures) for name, figures in moved.items() if name not in standing)


def test_what_was_paid_unreported_counts_in_full_and_what_comes_back_in_its_own_hour() -> None:
    paid = e.HoldSettledUnreported("h", "crew", "burn", 60, 0, ("run", "team"), "llm", agent="sam")
    back = e.HoldReconciled("h", "crew", "burn", 25, 35, ("run", "team"), "llm", agent="sam")
    assert spend(records(paid) + records(back, hour=5)) == [
        Spend(3, "sam", "run", "llm", 60, 1),
        Spend(5, "sam", "run", "llm", -35, 0),
    ]


def test_what_was_never_used_leaves_nothing_in_the_report() -> None:
    paid = e.HoldSettledUnreported("h", "ann", "burn", 60, code="llm")
    back = e.HoldReconciled("h", "ann", "burn", 0, 60, code="llm")
    assert spend(records(paid, back)) == [Spend(3, "ann", "", "llm", 0, 0)]


def test_what_nobody_paid_is_reported_beside_what_was() -> None:
    used = e.UsageRecorded("sam", "crew", 7, ("team",), "llm", refused="budget_exhausted")
    paid = e.HoldPosted("h", "crew", "burn", 20, 0, ("team",), "llm", agent="sam")
    assert spend(records(used, paid, used)) == [Spend(3, "sam", "team", "llm", 20, 1, 14, 2)]


def test_a_statement_tells_of_the_payment_and_of_what_came_back() -> None:
    paid = e.HoldSettledUnreported("h", "ann", "bob", 60, also=(Charge("far", 5),))
    back = e.HoldReconciled("h", "ann", "bob", 25, 35, restored=(Charge("far", 5),))
    projection = Projection()
    projection.set_standing("ann", 100, 60)
    lines = [line for record in records(paid, back) for line in projection.entries(record)]
    assert [(line.account, line.kind, line.amount, line.held, line.balance_after) for line in lines] == [
        ("ann", "hold_settled_unreported", -60, -60, 40),
        ("bob", "hold_settled_unreported", 60, 0, 60),
        ("ann", "hold_reconciled", 35, 0, 75),
        ("bob", "hold_reconciled", -35, 0, 25),
    ]


def test_a_hold_and_its_reconciliation_are_reported_as_what_it_really_was() -> None:
    world = World()
    world.do(
        c.OpenAccount("ann", "ann"),
        c.Mint("ann", 100),
        c.PlaceHold("h", "ann", 60, LATER, code="llm"),
        c.SettleUnreported("h"),
        c.ReconcileHold("h", 25),
    )
    rows = spend(Record(sequence, now, "op", "c", happened) for sequence, now, happened in world.log)
    assert rows == [Spend(0, "ann", "", "llm", 25, 1)]


def test_a_bond_that_is_lost_names_the_bid_that_was_never_revealed() -> None:
    (record,) = records(e.BondForfeited("b1", "noon", "ann", "ann", "burn", 50))
    lost, gained = Projection().entries(record)
    assert (lost.account, lost.amount, lost.about, lost.reference) == ("ann", -50, "b1", "noon")
    assert (gained.account, gained.amount, gained.about) == ("burn", 50, "b1")
