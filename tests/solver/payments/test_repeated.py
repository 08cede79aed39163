"""Many questions to one relaxation against each question alone."""

import random
from math import inf

import msgspec
import pytest

from econonexus.benchmark.bundles.auctions import draw_auction
from econonexus.solver.packing import pack
from econonexus.solver.payments.repeated import Repeated
from econonexus.solver.problem import Problem
from econonexus.solver.program import program_of


def drawn(family: str, seed: int) -> Problem:
    """Sixty bids for 25 items or 44, a bidder's bids excluding each other."""
    auction = draw_auction(family, 60, 44 if family == "matching" else 25, seed)
    places = {bidder: place for place, bidder in enumerate(dict.fromkeys(bid.bidder for bid in auction.bids))}
    agents = tuple(places[bid.bidder] for bid in auction.bids)
    return Problem(
        prices=tuple(bid.offer.price for bid in auction.bids),
        bundles=tuple(tuple((item, 1) for item in bid.offer.items) for bid in auction.bids),
        supply=(1,) * len(auction.items),
        agents=agents,
        owners=agents,
        exclusive=True,
        budgets=(None,) * len(places),
        floors=(0,) * len(agents),
    )


def repriced(problem: Problem, dice: random.Random, scale: int) -> Problem:
    prices = tuple(
        price * scale * dice.choice((0, 1, 1, 2)) // 2 + dice.randrange(3) for price in problem.prices
    )
    return msgspec.structs.replace(problem, prices=prices)


@pytest.mark.parametrize("family", ["paths", "regions", "arbitrary", "matching", "scheduling", "L4"])
def test_what_the_best_is_worth_whatever_was_asked_before(family: str) -> None:
    """Prices change from question to question, also to sizes that no machine word holds, and back."""
    problem = drawn(family, 3)
    dice = random.Random(family)
    asked = Repeated(program_of(problem))
    for scale in (1, 1, 2**70, 1, 10**15, 1):
        question = repriced(problem, dice, scale)
        best = pack(question, inf)
        found = asked.best(question.prices, (), inf)
        assert (found.worth, found.bound) == (best.welfare, best.welfare)
        assert found.worth == sum(question.prices[column] for column in found.columns)


@pytest.mark.parametrize("family", ["paths", "regions", "arbitrary"])
def test_asked_for_less_it_says_what_it_knows(family: str) -> None:
    problem = drawn(family, 4)
    asked = Repeated(program_of(problem))
    best = pack(problem, inf)
    for enough in (0, best.welfare // 2, best.welfare - 1, best.welfare):
        found = asked.best(problem.prices, (), inf, enough, most_nodes=0)
        assert found.worth <= best.welfare <= found.bound
        assert found.worth == sum(problem.prices[column] for column in found.columns)


def test_a_known_choice_is_where_it_starts() -> None:
    problem = drawn("regions", 5)
    best = pack(problem, inf)
    found = Repeated(program_of(problem)).best(problem.prices, best.winners, -inf)
    assert (found.columns, found.worth) == (best.winners, best.welfare)
    assert found.bound == sum(problem.prices)
