"""The numbers on the page about records in markets are those that come out."""

import re
from pathlib import Path

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.mechanisms.promises.effects import bidding_power
from econonexus.domain.promises import DAY, PromiseRules
from econonexus.domain.terms import Terms
from tests.domain.lending.market import Lending
from tests.domain.lending.test_limited_liability import PRICE, WORTH, gain

PAGE = (Path(__file__).parents[2] / "docs" / "credit.md").read_text(encoding="utf-8")


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first column bears this name, without its head."""
    _, _, rest = PAGE.partition(f"\n| {first} |")
    assert rest, f"no table begins with {first}"
    rows = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("| ").split("|")] for row in rows]


def test_the_powers_are_those_of_the_rules() -> None:
    rows = table("lower bound")
    assert len(rows) == 5
    bounds = [round(float(row[0].removeprefix("above ")) * 1_000_000) for row in rows[:-1]]
    for (_, power), bound in zip(rows, [*(each + 1 for each in bounds), bounds[-1]], strict=True):
        assert bidding_power(bound) == round(float(power) * 1_000_000)  # type: ignore[arg-type]


def test_the_auction_comes_out_as_its_table_says() -> None:
    world = Lending(terms=Terms(reputation_weight=500_000))
    world.known("0.6")
    world.open()
    rows = {row[0].removesuffix("'s"): row[1:] for row in table("bid")}
    for agent, row in rows.items():
        world.bid(agent, int(row[0]))
    (cleared,) = (each for each in world.do(c.CloseAuction("a")) if isinstance(each, e.AuctionCleared))
    for agent, (price, bound, weight, score, came_to) in rows.items():
        assert cleared.weights[agent] == round(float(weight) * 1_000_000)
        assert cleared.weights[agent] == 500_000 + round(float(bound) * 1_000_000) // 2
        assert float(score) == round(int(price) * float(weight), 1)
        paid = [win.payment for win in cleared.wins if win.agent == agent]
        assert paid == [int(number) for number in re.findall(r"pays (\d+)", came_to)]


def test_the_debt_goes_as_its_table_says() -> None:
    world = Lending()
    world.known("0.8")
    world.join("pia.2", own=100, stake=40)
    world.open()

    def bids() -> None:
        world.bid("pia.2", 130)
        world.bid("ron", 130)
        world.close()

    rows = table("what happens")
    steps = {"before": lambda: None, "bids 130 and wins for 130": bids}
    for step, *figures in rows:
        paid = re.fullmatch(r"is paid (\d+)", step)
        if paid:
            world.do(c.Transfer("ron", "pia.2", int(paid[1])))
        else:
            steps[step]()
        lines = world.economy.state.ledger.accounts.get("line:pia.2")
        debt = 0 if lines is None else -lines.balance
        assert [world.balance("pia.2"), debt, world.held("stake:pia.2")] == list(map(int, figures)), step
    assert len(rows) == 4


def test_a_debt_is_called_when_the_page_says() -> None:
    (days,) = re.findall(r"^(\d+) days after the first of a debt", PAGE, re.MULTILINE)
    assert PromiseRules().repaying == int(days) * DAY
    assert (PromiseRules().lending, PromiseRules().surplus_share) == (0, 0)


@pytest.mark.parametrize(
    ("row", "rules", "stake", "funds"),
    [
        (0, PromiseRules(), 100, 0),
        (1, PromiseRules(lending=100), 0, 100),
        (1, PromiseRules(surplus_share=1_000_000), 0, 0),
    ],
)
def test_who_gains_by_too_high_a_bid(row: int, rules: PromiseRules, stake: int, funds: int) -> None:
    _, *said = table("lent 100 on")[row]
    lucky, unlucky = gain(rules, stake, WORTH, funds), gain(rules, stake, 0, funds)
    figures = [lucky, unlucky, (lucky + unlucky) // 2]
    assert figures == [int(number.replace("−", "-")) for number in said]
    assert lucky == WORTH - PRICE
