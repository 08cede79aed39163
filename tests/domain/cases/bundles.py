"""Worked cases of what a solver found for an auction of bundles; `test_bundling` has the many that fail."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.kinds import Mechanism
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases.case import Accepted, Case

BY_DEADLINE: set[type[Command]] = set()
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
    c.SubmitOutcome: [
        Case(No.UNKNOWN_AUCTION, c.SubmitOutcome("none", 0), CLOSED),
        Case(No.AUCTION_NOT_CLEARING, c.SubmitOutcome("both", 0), CLOSED[:-1]),
        Case(No.AUCTION_NOT_CLEARING, c.SubmitOutcome("both", 0), (*CLOSED, c.SubmitOutcome("both", 0, "x"))),
    ],
}
FORMS: list[Case] = []
PRECEDENCE: list[Case] = []
