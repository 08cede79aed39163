"""The table of an auction's life: what can be done in each status, and that every status is in it."""

import pytest

from econonexus.domain.kinds import AuctionStatus as Status
from econonexus.domain.life_cycle import ENDS, TRANSITIONS, Step, advanced

# Written a second time, from what docs/auctions.md says in words.
MAY = {
    Status.ANNOUNCED: {Step.OPEN: Status.OPEN, Step.CANCEL: Status.CANCELLED},
    Status.OPEN: {Step.CLOSE: Status.CLOSED, Step.FAIL: Status.FAILED, Step.CANCEL: Status.CANCELLED},
    Status.CLOSED: {Step.SOLVE: Status.CLEARING, Step.FAIL: Status.FAILED},
    Status.CLEARING: {Step.CLEAR: Status.CLEARED, Step.FAIL: Status.FAILED},
    Status.CLEARED: {Step.SETTLE: Status.SETTLED},
    Status.SETTLED: {},
    Status.FAILED: {},
    Status.CANCELLED: {},
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("step", list(Step))
def test_every_step_from_every_status_leads_on_or_cannot_be_taken(status: Status, step: Step) -> None:
    expected = MAY[status].get(step)
    if expected is not None:
        assert advanced(status, step) is expected
        return
    with pytest.raises(KeyError):
        advanced(status, step)


def test_the_ends_are_those_that_nothing_leads_on_from() -> None:
    assert {Status.SETTLED, Status.FAILED, Status.CANCELLED} == ENDS


def test_every_status_can_be_reached_and_from_each_an_end_can() -> None:
    reached = {Status.ANNOUNCED}
    for _ in Status:
        reached |= {target for (source, _), target in TRANSITIONS.items() if source in reached}
    assert reached == set(Status)
    ending = set(ENDS)
    for _ in Status:
        ending |= {source for (source, _), target in TRANSITIONS.items() if target in ending}
    assert ending == set(Status)


def test_every_step_is_used() -> None:
    assert {step for _, step in TRANSITIONS} == set(Step)
