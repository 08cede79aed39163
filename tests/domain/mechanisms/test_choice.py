"""Mechanism choice: MEC-9, row by row."""

import pytest

from econonexus.domain.mechanisms.choice import Goal, choose


@pytest.mark.parametrize(
    ("goals", "mechanism"),
    [
        ([Goal.ONE_RESOURCE], "english"),
        ([Goal.COMPLEMENTARY_BUNDLE], "combinatorial"),
        ([Goal.PRICE_DISCOVERY], "dutch"),
        ([Goal.PRIVACY], "first_price"),
        ([], "second_price"),
    ],
)
def test_each_goal_has_its_mechanism(goals: list[Goal], mechanism: str) -> None:
    assert choose(goals).mechanism == mechanism
    assert choose(goals).reason.endswith(".")


def test_of_several_goals_the_first_in_the_table_decides() -> None:
    assert choose([Goal.PRIVACY, Goal.COMPLEMENTARY_BUNDLE]).mechanism == "combinatorial"
    assert choose(set(Goal)).mechanism == "english"


def test_goals_have_the_names_that_operators_write() -> None:
    assert Goal("price_discovery") is Goal.PRICE_DISCOVERY
