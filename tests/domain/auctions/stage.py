"""A stage for auctions that run over time: one resource, one market, bidders with money."""

from collections.abc import Sequence

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import AuctionStatus, Mechanism
from econonexus.domain.refusals import Refusal
from econonexus.domain.subjects.auctions import Auction
from econonexus.domain.terms import Terms
from tests.world import World

WINDOW = 300 * SECOND
"""How long an auction takes bids here: long enough that the soft close is a small part of it."""


STAGED: list[World] = []
"""All that a test has put on stage; when it is over, both bookkeepers must agree on each of them."""


class Stage(World):
    """Auction `a` of units of `gpu` in market `m`; bids are named after their agents."""

    def __init__(
        self,
        mechanism: Mechanism,
        terms: Terms,
        *,
        units: int = 1,
        agents: Sequence[str] = ("ann", "bob", "cat"),
        credits_ucr: int = 10_000,
        window: int | None = WINDOW,
    ) -> None:
        super().__init__()
        self.do(c.DeclareResource("gpu", "hour", 100, 3600 * SECOND))
        for name in agents:
            # `ann.2` is another agent of ann's.
            self.do(c.CreateAgent(name, owner=name.split(".")[0], credits=credits_ucr))
        self.do(c.CreateMarket("m", ("gpu",), mechanism, terms))
        closes_at = None if window is None else self.now + window
        self.do(c.AnnounceAuction("a", "m", {"gpu": units}, closes_at))
        self.began = self.now
        STAGED.append(self)

    @property
    def auction(self) -> Auction:
        found = self.economy.state.auctions.find("a")
        assert found is not None
        return found

    @property
    def status(self) -> AuctionStatus:
        return self.auction.status

    def bid(self, agent: str, price: int, units: int = 1, cap: int | None = None) -> tuple[Event, ...]:
        """Place a bid that must be taken."""
        return self.do(self.placing(agent, price, units, cap))

    def placing(self, agent: str, price: int, units: int = 1, cap: int | None = None) -> c.PlaceBid:
        return c.PlaceBid(agent, "a", agent, {"gpu": units}, price, cap)

    def no(self, agent: str, price: int, units: int = 1) -> Refusal:
        """Place a bid that must be refused."""
        return self.refusal(self.placing(agent, price, units))

    def at(self, since: int) -> list[Event]:
        """Let time pass until so long after the auction opened."""
        return self.wait(self.began + since - self.now)

    def held(self, agent: str) -> int:
        return self.account(agent).held

    def cleared(self) -> e.AuctionCleared:
        """How the auction came out."""
        (event,) = (event for _, _, event in self.log if isinstance(event, e.AuctionCleared))
        return event

    def paid(self) -> dict[str, tuple[int, int]]:
        """What each winner got and paid: bid → units, payment."""
        return {win.bid: (win.items["gpu"], win.payment) for win in self.cleared().wins}


def named(events: Sequence[Event]) -> list[str]:
    """The kinds of what happened, in order."""
    return [type(event).__name__ for event in events]
