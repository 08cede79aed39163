"""Statements of whoever works, pays and is penalised: they end where the ledger stands."""

import pytest

from econonexus.node.projection import Projection, spend
from econonexus.node.records import Record
from econonexus.ports import Entry
from tests.domain.test_task_walk import STEPS_A_WALK, Walk
from tests.playthroughs.scripts import three_providers
from tests.playthroughs.story import Story
from tests.world import World

CREDIT = 1_000_000


def records(world: World) -> list[Record]:
    return [Record(number, now, "op", f"c{number}", happened) for number, now, happened in world.log]


def lines(world: World) -> list[Entry]:
    projection = Projection()
    return [line for record in records(world) for line in projection.entries(record)]


def told() -> World:
    """The story of three providers."""
    story = Story(three_providers.TITLE)
    three_providers.tell(story)
    return story.world


@pytest.mark.parametrize("seed", range(10))
def test_statements_end_where_the_ledger_stands(seed: int) -> None:
    walk = Walk(seed)
    walk.take(STEPS_A_WALK)

    ends = {line.account: line.balance_after for line in lines(walk.world)}
    accounts = walk.world.economy.state.ledger.accounts.values()
    assert {account.id: account.balance for account in accounts if account.balance} == {
        name: balance for name, balance in ends.items() if balance
    }


def test_the_lines_of_three_providers_by_hand() -> None:
    found = lines(told())

    def of(account: str) -> list[tuple[str, int, str, str]]:
        mine = (line for line in found if line.account == account)
        return [(line.kind, line.amount // CREDIT, line.counterparty, line.reference) for line in mine]

    assert of("kim") == [
        ("minted", 500, "mint", ""),
        ("loss_compensated", 10, "stake:lea", "deed:1"),
        ("stake_slashed", 10, "stake:boris", "deed:2"),
        ("contract_settled", -41, "emma", "deed:3"),
    ]
    assert of("stake:boris") == [
        ("stake_posted", 200, "boris", ""),
        ("stake_slashed", -10, "kim", "deed:2"),
        ("stake_slashed", -190, "burn", "deed:2"),
    ]


def test_what_work_cost_is_money_that_changed_hands() -> None:
    found = {(use.account, use.code): (use.amount, use.kind) for use in spend(records(told()))}
    assert found == {
        ("lea", "stake"): (200 * CREDIT, "transferred"),
        ("boris", "stake"): (200 * CREDIT, "transferred"),
        ("emma", "stake"): (200 * CREDIT, "transferred"),
        ("kim", "contract"): (41 * CREDIT, "transferred"),
    }
