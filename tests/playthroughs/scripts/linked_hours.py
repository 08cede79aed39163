"""Two markets that announce their hours by themselves, and bids in both of which all are won or none."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Schedule, Terms
from tests.playthroughs.story import Story

TITLE = "Hours to come, in two markets at once"
CREDIT = 1_000_000
HOUR = 3_600 * SECOND
MINUTE = 60 * SECOND


def tell(story: Story) -> None:
    """Windows ahead, linked bids, a link that is dropped, a halt that is made up for."""
    story.note("""A GPU and a reviewer are sold by two markets. Each announces an auction with every hour, for
        one of the next two hours that is not sold yet; bidding takes five minutes, and the reserve is 1
        credit. The markets are cleared together.""")
    terms = {
        item: Terms(
            bidding_window=5 * MINUTE,
            schedule=Schedule(HOUR, {item: 1}, ahead=2, lead=10 * MINUTE),
            together="work",
            reserve=CREDIT,
        )
        for item in ("gpu", "reviewer")
    }
    story.do(
        "operator",
        c.DeclareResource("gpu", "gpu", 1, HOUR),
        c.DeclareResource("reviewer", "person", 1, HOUR),
        *(c.CreateAgent(name, credits=20 * CREDIT) for name in ("ann", "bob", "cy")),
        c.CreateMarket("gpu-hours", ("gpu",), Mechanism.SECOND_PRICE, terms["gpu"]),
        c.CreateMarket("reviews", ("reviewer",), Mechanism.SECOND_PRICE, terms["reviewer"]),
    )

    story.note("""Ann has no use for the GPU without the reviewer: she bids 9 and 6 for the first hour of
        both, linked. Bob bids 7 for the reviewer alone, and cy 4 for the GPU alone.""")
    story.wait(60)
    story.do(
        "ann",
        c.PlaceBid("a1", "gpu-hours:1", "ann", {"gpu": 1}, 9 * CREDIT, link="first"),
        c.PlaceBid("a2", "reviews:1", "ann", {"reviewer": 1}, 6 * CREDIT, link="first"),
    )
    story.do("bob", c.PlaceBid("b1", "reviews:1", "bob", {"reviewer": 1}, 7 * CREDIT))
    story.do("cy", c.PlaceBid("c1", "gpu-hours:1", "cy", {"gpu": 1}, 4 * CREDIT))

    story.note("""For the second hour she bids 4 and 1, linked, and nobody else bids.""")
    story.do(
        "ann",
        c.PlaceBid("a1", "gpu-hours:2", "ann", {"gpu": 1}, 4 * CREDIT, link="second"),
        c.PlaceBid("a2", "reviews:2", "ann", {"reviewer": 1}, 1 * CREDIT, link="second"),
    )

    story.note("""Five minutes are over, and all four auctions are cleared at once. In the first hour ann
        would win the GPU, 9 to 4, and loses the reviewer, 6 to 7. So her link is dropped, both bids: cy has
        the GPU and bob the reviewer, and since a dropped bid sets no price, each pays the reserve of 1. In
        the second hour nobody is against her, and she pays 1 for each.""")
    story.wait(240)
    story.accounts("ann", "bob", "cy")

    story.note("""The reviews are halted for a while. With the next hour the GPU's market announces the one
        window that is missing; the other says why it does not.""")
    story.do("operator", c.FreezeMarket("reviews", "the reviewer is ill"))
    story.wait(55 * 60)
    story.note("""An hour later both announce: the reviews two windows, for they have one to make up for.""")
    story.do("operator", c.UnfreezeMarket("reviews", "well again"))
    story.wait(60 * 60)
