"""A GPU hour under the hammer: proxies answer, money comes back, and the last second gains nothing."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism, Proceeds
from econonexus.domain.terms import Terms
from tests.playthroughs.story import Story

TITLE = "An English auction with sniping"
CREDIT = 1_000_000
HOUR = 3_600 * SECOND
TERMS = Terms(reserve=10 * CREDIT, increment=CREDIT, bidding_window=120 * SECOND, proceeds=Proceeds.TREASURY)


def bid(agent: str, limit: int) -> c.PlaceBid:
    """A limit in credits."""
    return c.PlaceBid(agent, "noon", agent, {"gpu": 1}, limit * CREDIT)


def raised(agent: str, limit: int) -> c.RaiseBid:
    """A higher limit in credits."""
    return c.RaiseBid(agent, "noon", agent, limit * CREDIT)


def tell(story: Story) -> None:
    """Limits stay hidden, the price does not, and every extension doubles the increment."""
    story.note("""One GPU is sold by the hour in an auction of two minutes. It opens at 10 credits
        and rises by 1. A price that a bid says is its limit: a proxy bids for it, and nobody else
        reads it.""")
    story.do(
        "operator",
        c.DeclareResource("gpu", "gpu", 1, HOUR),
        c.CreateMarket("gpu-hours", ("gpu",), Mechanism.ENGLISH, TERMS),
        *(c.CreateAgent(name, credits=100 * CREDIT) for name in ("ann", "bob", "eve")),
        c.AnnounceAuction("noon", "gpu-hours", {"gpu": 1}),
    )

    story.note("""ann leads at the reserve. bob goes to 30, which ann's proxy answers with 31; bob's
        money is free again at once. 31.5 would be half an increment: it is refused, and the next
        least bid is told.""")
    story.wait(20)
    story.do("ann", bid("ann", 50))
    story.wait(20)
    story.do("bob", bid("bob", 30))
    story.accounts("ann", "bob")
    story.do("eve", c.PlaceBid("eve", "noon", "eve", {"gpu": 1}, 31_500_000))

    story.note("""ann thinks again and raises her limit to 60. Nobody else has bid, so the price
        stays.""")
    story.wait(20)
    story.do("ann", raised("ann", 60))

    story.note("""One second before the end eve bids 62, which is more than ann's 60: she leads at
        61. But 30 seconds remain from then on, and the next bid must be 2 higher, not 1.""")
    story.wait(59)
    story.do("eve", bid("eve", 62))

    story.note("""ann has the time to answer: 62 is below the next least bid of 63, so she offers
        70. eve's proxy gives up at 62, and ann pays 2 more than that. The end moves away again, and
        the increment doubles to 4.""")
    story.wait(25)
    story.do(
        "ann", c.RaiseBid("ann", "noon", "ann", 62 * CREDIT), c.RaiseBid("ann", "noon", "ann", 70 * CREDIT)
    )

    story.note("""eve tries the last second once more. 67 will not do: it takes 68, and ann's proxy
        goes to her limit of 70 and no further. It would take 78 now, and nobody says so.""")
    story.wait(29)
    story.do(
        "eve", c.RaiseBid("eve", "noon", "eve", 67 * CREDIT), c.RaiseBid("eve", "noon", "eve", 68 * CREDIT)
    )
    story.accounts("ann", "eve")
    story.wait(30)
    story.accounts("ann", "bob", "eve", "treasury")
