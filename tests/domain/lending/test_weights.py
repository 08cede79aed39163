"""What records count beside prices (MKT-11): the term `reputation_weight`, in auctions. By hand."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Mechanism
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.terms import BIDDING_WINDOW, Clock, ReservedShare, Terms
from tests.domain.lending.market import Lending

WEIGHED = Terms(reputation_weight=500_000)


def cleared(world: Lending) -> e.AuctionCleared:
    """How auction `a` comes out when it is closed."""
    (event,) = (each for each in world.do(c.CloseAuction("a")) if isinstance(each, e.AuctionCleared))
    return event


def test_a_market_has_the_defaults_of_its_own_statement() -> None:
    """Thirty seconds, no reserve, no stake, records neither asked for nor counted, nothing lent."""
    terms = Terms()
    assert (terms.bidding_window, BIDDING_WINDOW) == (30_000_000_000, 30_000_000_000)
    assert (terms.reserve, terms.stake, terms.least_reputation) == (0, 0, 0)
    assert (terms.reputation_weight, terms.credit) == (0, "")


def test_a_known_owner_wins_with_the_lower_bid_and_pays_what_would_still_have_won() -> None:
    """Half by the record: a newcomer weighs 0.5 + 0.5 x 0.05 = 0.525, Pia, after one contract of weight five,
    0.5 + 0.5 x 0.05^(1/6) = 0.5 + 0.5 x 0.606962 = 0.803481. 100 x 0.525 = 52.5 of score are reached with
    52.5 / 0.803481 = 65.34, so with 66."""
    world = Lending(terms=WEIGHED)
    world.known("0.6")
    world.open()
    world.bid("ron", 100)
    world.bid("pia", 70)
    event = cleared(world)
    assert event.weights == {"ron": 525_000, "pia": 803_481}
    assert [(win.agent, win.payment) for win in event.wins] == [("pia", 66)]
    assert (event.prices, event.welfare, event.bound) == ({"gpu": 66}, 70, 100)
    world.check_history()


def test_with_one_less_than_that_it_would_have_lost() -> None:
    for price, winner in ((66, "pia"), (65, "ron")):
        world = Lending(terms=WEIGHED)
        world.known("0.6")
        world.open()
        world.bid("ron", 100)
        world.bid("pia", price)
        assert [win.agent for win in cleared(world).wins] == [winner]


def test_the_stake_a_market_asks_for_and_the_record_it_asks_for_keep_others_out() -> None:
    world = Lending(terms=Terms(stake=40, least_reputation=600_000))
    world.known("0.6")
    world.join("pia.2", own=100, stake=39)
    world.join("pia.3", own=100, stake=40)
    world.open()
    assert world.no("pia.2", 5).code is No.STAKE_TOO_SMALL
    refusal = world.no("ron", 5)  # A newcomer's record is worth a twentieth.
    assert (refusal.code, refusal.requested, refusal.available) == (No.REPUTATION_TOO_LOW, 600_000, 50_000)
    world.bid("pia.3", 5)


@pytest.mark.parametrize(
    ("mechanism", "terms"),
    [
        (Mechanism.ENGLISH, WEIGHED),
        (Mechanism.UNIFORM_PRICE, WEIGHED),
        (Mechanism.COMBINATORIAL, WEIGHED),
        (Mechanism.FIRST_COME, WEIGHED),
        (Mechanism.ORDER_BOOK, WEIGHED),
        (Mechanism.DUTCH, Terms(reputation_weight=1, clock=Clock(9, 1, 1))),
        (
            Mechanism.DISCRIMINATORY,
            Terms(reputation_weight=1, reserved_share=ReservedShare()),
        ),
    ],
)
def test_where_prices_cannot_follow_from_scores_none_are_weighed(mechanism: Mechanism, terms: Terms) -> None:
    refusal = Lending().refusal(c.CreateMarket("odd", ("gpu",), mechanism, terms))
    assert (refusal.code, refusal.field) == (No.NOT_WEIGHED, "reputation_weight")


@pytest.mark.parametrize("weight", [-1, 1_000_001, 0.5])
def test_a_weight_is_a_share(weight: int) -> None:
    refusal = Lending().refusal(
        c.CreateMarket("odd", ("gpu",), Mechanism.SECOND_PRICE, Terms(reputation_weight=weight))
    )
    assert (refusal.code, refusal.field) == (No.INVALID_TERMS, "reputation_weight")
