"""Whatever the economy does, the second bookkeeper finds nothing wrong and arrives at the same figures."""

from hypothesis import given, settings
from hypothesis import strategies as st

from econonexus.audit.books import Books
from econonexus.audit.verify import compare
from econonexus.domain.commands import Command
from econonexus.domain.subjects.reputations import components
from econonexus.node.records import Record, seal
from econonexus.ports import GENESIS_HASH
from tests.strategies import COMMANDS, USUAL, at, opening
from tests.world import World

STEPS = st.lists(st.tuples(st.one_of(USUAL, USUAL, COMMANDS), st.integers(0, 60)), max_size=40)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_books_and_economy_agree(steps: list[tuple[Command, int]]) -> None:
    world = World()
    for command in opening():
        world.submit(command)
    for command, pause in steps:
        world.wait(pause)
        world.submit(at(world.now, command))

    assert_agreement(world)


def assert_agreement(world: World) -> None:
    """The second bookkeeper, given what happened, arrives at the economy's own figures."""
    books, link = Books(), GENESIS_HASH
    for sequence, time, happened in world.log:
        stored = seal(Record(sequence, time, "op", f"c{sequence}", happened), link)
        books.read(stored.sequence, stored.body, stored.hash, stored.aside)
        link = stored.hash
    books.close()

    ledger, budgets = world.economy.state.ledger, world.economy.state.budgets
    compare({account.id: (account.balance, account.held) for account in ledger.accounts.values()}, books)
    assert books.holds.by_name.keys() == ledger.holds.keys()
    assert books.holds.unreported.keys() == ledger.unreported.keys()
    assert {name: budget.held for name, budget in books.budgets.by_name.items()} == {
        name: budget.held for name, budget in budgets.by_id.items()
    }
    orders = world.economy.state.orders
    assert {name: (order.units, order.held) for name, order in books.orders.by_name.items()} == {
        name: (order.units, order.held) for name, order in orders.by_id.items()
    }
    assert books.orders.trades == {name: tape.trades for name, tape in orders.tapes.items()}
    for name, budget in books.budgets.by_name.items():
        budget.roll(world.now)
        spent, carried, _ = budgets.by_id[name].figures_at(world.now)
        assert (budget.spent, budget.carried) == (spent, carried)
    reputations = world.economy.state.reputations
    assert books.records.credibility == reputations.credibility
    assert {owner: (day, *sides.values()) for owner, (day, sides) in books.records.by_owner.items()} == {
        owner: (record.day, *((side.good, side.bad) for side in components(record)))
        for owner, record in reputations.by_owner.items()
    }
