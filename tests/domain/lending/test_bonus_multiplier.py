"""What a record earns of a bonus, by the multiplier of its task (MKT-11): never more than was funded."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import Verdict
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.lending.market import Lending
from tests.domain.workshop import OFFERS, VERA, WORK


def asks(world: Lending, multiplier: object = 1_000_000) -> c.PostTask:
    """A task of at most 50 with a bonus of 100."""
    until = world.now + OFFERS
    return c.PostTask("t", "rita", "work", 50, until, until + WORK, VERA, 100, bonus_multiplier=multiplier)


def paid(multiplier: int) -> tuple[int, int]:
    """What a newcomer is paid for excellent work: the price, and of the bonus."""
    world = Lending()
    (posted,) = world.do(asks(world, multiplier))
    assert isinstance(posted, e.TaskPosted)
    assert posted.held == 150  # Whatever the multiplier, the bonus is all that is funded.
    world.do(c.OfferWork("t", "pia", 50))
    world.wait(OFFERS)
    happened = world.judged(world.contract("t:1"), Verdict.EXCELLENT)
    (settled,) = (event for event in happened if isinstance(event, e.ContractSettled))
    return settled.payment, settled.bonus


@pytest.mark.parametrize(
    ("multiplier", "bonus"),
    [(1_000_000, 10), (0, 0), (500_000, 5), (3_000_000, 30), (10_000_000, 100)],
)
def test_a_newcomers_tenth_of_the_bonus_is_multiplied_and_the_price_is_not(
    multiplier: int, bonus: int
) -> None:
    """0.05 less 0.3 for a bound below one half would be less than nothing; the least is a tenth (REP-2)."""
    assert paid(multiplier) == (50, bonus)


def test_it_is_once_by_default() -> None:
    assert asks(Lending()).bonus_multiplier == 1_000_000


@pytest.mark.parametrize("multiplier", [-1, 10_000_001, 0.5])
def test_it_is_from_nothing_to_ten_times(multiplier: object) -> None:
    world = Lending()
    refusal = world.refusal(asks(world, multiplier))
    assert (refusal.code, refusal.field) == (No.INVALID_TASK, "bonus_multiplier")
