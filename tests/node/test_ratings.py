"""The history of records: a line for each verdict that changed one."""

from econonexus.domain import events as e
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import Verdict
from econonexus.domain.promises import Component, Record
from econonexus.node.ratings import ratings
from econonexus.node.records import Record as Journaled
from econonexus.ports import Rating

ONE = 1_000_000
RECORD = Record(Component(3 * ONE, 0), Component(0, 0), Component(ONE, ONE), Component(0, 3 * ONE), 9)
CHANGED = e.ReputationChanged(
    "inc", RECORD, 500_000, 12_741, "t:1", Verdict.LATE, 700_000, 350_000, ("rex", "una"), 2 * ONE
)


def test_a_verdict_is_a_line_with_the_four_sides_as_they_stood() -> None:
    journal = [
        Journaled(7, Instant(50), "op", "c7", e.TeamCreated("crew")),
        Journaled(8, Instant(60), "op", "c8", CHANGED),
    ]
    # (1 + 3) / (2 + 3), 1 / 2, 2 / 4 and 1 / 5.
    assert ratings(journal) == [
        Rating(
            "inc", 8, 60, "t:1", "late", 700_000, 350_000, 500_000, 12_741,
            800_000, 500_000, 500_000, 200_000, "rex una",
        )
    ]  # fmt: skip
