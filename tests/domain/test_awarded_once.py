"""A task that is to be awarded only once costs nothing to award again, however high its ceiling."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AgentId, Instant, TaskId
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import Amount
from tests.domain.workshop import CR, OFFERS, VERA, WORK, Workshop, of_kind


@pytest.mark.parametrize(("fallback", "compensated"), [(True, [15 * CR]), (False, [])])
def test_a_loss_is_what_awarding_again_costs(fallback: bool, compensated: list[int]) -> None:
    # Pia is paid Quin's 10, and Quin is gone when she fails: the ceiling of 90 is 80 more than that, of which
    # her bond of one and a half times 10 pays 15.
    shop = Workshop()
    until = Instant(shop.now + OFFERS)
    shop.do(
        c.PostTask(
            TaskId("t"), AgentId("rita"), "work", Amount(90 * CR), until, Instant(until + WORK), VERA,
            fallback=fallback,
        ),
        shop.offer("t", "pia", 9 * CR),
        shop.offer("t", "quin", 10 * CR),
    )  # fmt: skip
    shop.wait(OFFERS)
    shop.do(c.FreezeAgent(AgentId("quin")))

    happened = shop.judged(shop.contract("t:1"), Verdict.POOR)

    assert [each.amount for each in of_kind(e.LossCompensated, happened)] == compensated
    (slashed,) = of_kind(e.StakeSlashed, happened)
    assert slashed.loss == (80 * CR if fallback else 0)
