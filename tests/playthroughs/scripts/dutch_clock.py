"""Four GPU hours on a clock that falls: some take it as it comes, some wait for it."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism, Proceeds
from econonexus.domain.terms import Clock, Terms
from tests.playthroughs.story import Story

TITLE = "A Dutch clock"
CREDIT = 1_000_000
HOUR = 3_600 * SECOND
CLOCK = Clock(start=100 * CREDIT, step=10 * CREDIT, tick=10 * SECOND, floor=25 * CREDIT)


def bid(agent: str, price: int, units: int = 1) -> c.PlaceBid:
    """A price in credits, for each unit."""
    return c.PlaceBid(agent, "fleet", agent, {"gpu": units}, price * CREDIT)


def tell(story: Story) -> None:
    """Each taker pays its own call, a halt stops the clock, and the floor is called last."""
    story.note("""Four GPUs for an hour. The clock calls 100 credits a GPU, then 10 less every ten
        seconds: 90, 80 and so on to 30, and 25 last.""")
    story.do(
        "operator",
        c.DeclareResource("gpu", "gpu", 4, HOUR),
        c.CreateMarket("clock", ("gpu",), Mechanism.DUTCH, Terms(clock=CLOCK, proceeds=Proceeds.TREASURY)),
        *(c.CreateAgent(name, credits=300 * CREDIT) for name in ("ann", "bob", "cat", "dan")),
        c.AnnounceAuction("fleet", "clock", {"gpu": 4}),
    )

    story.note("""ann will pay 65. The first call that is not above that is 60, which comes after 40
        seconds; until then her bid waits, sealed, and 65 are held. 20 are below the floor and could
        never take it.""")
    story.do("ann", bid("ann", 65))
    story.do("dan", bid("dan", 20))
    story.accounts("ann")

    story.note("""After 25 seconds the clock calls 80. bob bids 95 for two: he takes them at the
        call, and pays 160 when the auction is over, so no more stays held.""")
    story.wait(25)
    story.do("bob", bid("bob", 95, 2))
    story.accounts("bob")

    story.note("""Five seconds later, at 70, the market is halted for a minute. The clock stands
        still: it calls 60 for ann ten seconds after it goes on, not before.""")
    story.wait(5)
    story.do("operator", c.FreezeMarket("clock", "odd bids"))
    story.wait(60)
    story.do("cat", bid("cat", 70))
    story.do("operator", c.UnfreezeMarket("clock", "all is well"))
    story.wait(10)

    story.note("""One is left. cat waits for 30, but dan is sooner: at 50 he takes it, and it is
        over. Each pays its own call: bob twice 80, ann 60, dan 50.""")
    story.do("cat", bid("cat", 30))
    story.wait(12)
    story.do("dan", bid("dan", 50))
    story.accounts("ann", "bob", "cat", "dan", "treasury")
