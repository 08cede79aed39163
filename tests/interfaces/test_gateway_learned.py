"""The bound that is learned from answers, worked by hand; and what tokens cost."""

from econonexus.dialect.counting import Usage
from econonexus.domain.charges import Charge
from econonexus.domain.ids import CREDIT, BudgetId
from econonexus.interfaces.gateway.learned import Learned
from econonexus.interfaces.gateway.prices import Bound, Cost, Prices, Tariff

CEILING = 4_096


def after(*tokens: int) -> int:
    learned = Learned()
    for each in tokens:
        learned.note("ann", "gpt", each)
    return learned.bound("ann", "gpt", CEILING)


def test_until_there_were_five_answers_the_ceiling_holds() -> None:
    assert after(10, 10, 10, 10) == CEILING
    assert after(100, 100, 100, 100, 100) == 200


def test_a_bound_is_never_tiny_and_never_above_the_ceiling() -> None:
    assert after(1, 1, 1, 1, 1) == 64
    assert after(9_000, 1, 1, 1, 1) == CEILING


def test_an_answer_that_met_its_bound_doubles_the_next() -> None:
    assert after(100, 100, 100, 100, 100, 200) == 400


def test_a_longest_answer_is_forgotten_by_a_sixteenth_at_a_time() -> None:
    """1,600 and then four short ones: 1,500, then less 93, less 87, less 82."""
    assert after(1_600, 1, 1, 1, 1) == 2 * (1_500 - 93 - 87 - 82)


def test_each_agent_and_model_is_learned_by_itself() -> None:
    learned = Learned()
    for _ in range(5):
        learned.note("ann", "gpt", 100)
    assert learned.bound("bob", "gpt", CEILING) == learned.bound("ann", "other", CEILING) == CEILING


def test_a_call_is_rounded_up_once() -> None:
    tariff = Tariff(input_ucr=150_000, output_ucr=600_000, cached_ucr=75_000)
    assert tariff.cost(Usage(1, 0)) == 1  # 0.15
    assert tariff.cost(Usage(10, 10, 4)) == 8  # 0.9 + 0.3 + 6 = 7.2
    assert tariff.cost(Usage(0, 0)) == 0


def test_a_bound_takes_the_dearer_of_read_and_cached() -> None:
    assert Tariff(1_000_000, 0, 3_000_000).bound(Bound(10, 0)) == 30
    assert Tariff(3_000_000, 0, 1_000_000).bound(Bound(10, 0)) == 30


def test_costs_are_compared_part_by_part() -> None:
    far = BudgetId("far")
    small, large = Cost(5, (Charge(far, 9),)), Cost(8, (Charge(far, 2),))
    assert large.beyond(small) == Cost(3, ())
    assert small.beyond(large) == Cost(0, (Charge(far, 7),))
    assert small.or_more(large) == Cost(8, (Charge(far, 9),))
    assert small.within(large) == Cost(5, (Charge(far, 2),))


def test_limits_are_reckoned_in_their_own_prices() -> None:
    prices = Prices(CREDIT, Tariff(1_000_000, 0, 0), ((BudgetId("far"), Tariff(2_000_000, 0, 0)),))
    assert prices.cost(Usage(3, 0)) == Cost(3, (Charge(BudgetId("far"), 6),))
