"""Worked cases of outcomes of bundles and of schedules; see also `test_bundling` and `test_scheduling`."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.kinds import Mechanism
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases.case import Accepted, Case

BY_DEADLINE: set[type[Command]] = {c.RunSchedule}
CLOSED: tuple[Command, ...] = (
    c.DeclareResource("room", "hours", 1, 60),
    c.DeclareResource("desk", "hours", 1, 60),
    c.CreateMarket("office", ("room", "desk"), Mechanism.COMBINATORIAL),
    c.CreateAgent("kit", credits=100),
    c.AnnounceAuction("both", "office", {"room": 1, "desk": 1}),
    c.PlaceBid("b1", "both", "kit", {"room": 1, "desk": 1}, 40),
    c.CloseAuction("both"),
)
ACCEPTED = [
    Accepted(
        c.SubmitOutcome("both", 0, "no solver is installed"),
        (e.AuctionFailed("both", "no solver is installed"),),
        CLOSED,
    ),
]
REFUSED = {
    c.RunSchedule: [
        Case(No.UNKNOWN_MARKET, c.RunSchedule("none"), CLOSED),
        Case(No.SCHEDULE_NOT_DUE, c.RunSchedule("office"), CLOSED),
    ],
    c.SubmitOutcome: [
        Case(No.UNKNOWN_AUCTION, c.SubmitOutcome("none", 0), CLOSED),
        Case(No.AUCTION_NOT_CLEARING, c.SubmitOutcome("both", 0), CLOSED[:-1]),
        Case(No.AUCTION_NOT_CLEARING, c.SubmitOutcome("both", 0), (*CLOSED, c.SubmitOutcome("both", 0, "x"))),
    ],
}
FORMS: list[Case] = []
PRECEDENCE: list[Case] = []
