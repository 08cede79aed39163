"""Auctions of bundles that fail: the solver dies, its answer cannot be, it never comes."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Halt, Terms
from tests.playthroughs.story import Story

TITLE = "A combinatorial auction that fails and releases"
CREDIT = 1_000_000
HOUR = 3_600 * SECOND
MINUTE = 60 * SECOND
BOTH = {"gpu": 1, "reviewer": 1}


def tell(story: Story) -> None:
    """Three auctions, three ways to fail, and after each everything is as it was before."""
    story.note("""One GPU and one reviewer, by the hour, in bundles. If all of the last three auctions fail
        the market stops for ten minutes.""")
    halt = Halt(window=HOUR, of=3, failures=900_000, pause=10 * MINUTE)
    story.do(
        "operator",
        c.DeclareResource("gpu", "gpu", 1, HOUR),
        c.DeclareResource("reviewer", "person", 1, HOUR),
        c.CreateMarket(
            "office", ("gpu", "reviewer"), Mechanism.COMBINATORIAL, Terms(bidding_window=MINUTE, halt=halt)
        ),
        *(c.CreateAgent(name, credits=10 * CREDIT) for name in ("ann", "gil")),
    )

    story.note("""The first auction closes with two bids, 5 and 8 credits, both held. The node asks its
        solver, which is killed; it asks another, which is killed too, and says so.""")
    _bids(story, "one")
    story.wait(60)
    story.accounts("ann", "gil")
    story.do("node", c.SubmitOutcome("one", _digest(story, "one"), "the solver ended without an answer"))
    story.note("""Nobody has paid, all that was held is available, and both items can be sold again. What was
        bid stays sealed for ever: the reason tells no number.""")
    story.accounts("ann", "gil")

    story.note("""In the second auction the answer comes, and both bids win the one GPU. The economy does not
        believe it.""")
    _bids(story, "two")
    story.wait(60)
    story.do(
        "node",
        c.SubmitOutcome(
            "two",
            _digest(story, "two"),
            winners=(0, 1),
            welfare=13 * CREDIT,
            bound=13 * CREDIT,
            low=(0, 0),
            high=(0, 0),
        ),
    )
    story.accounts("ann", "gil")

    story.note("""In the third nobody answers. Two minutes after its close, as the market's terms have it,
        the economy gives up. Three of three have failed, which is more than nine in ten, and the market
        stops.""")
    _bids(story, "three")
    story.wait(180)
    story.accounts("ann", "gil")
    story.do("operator", c.AnnounceAuction("four", "office", BOTH))
    story.wait(600)
    story.do("operator", c.AnnounceAuction("four", "office", BOTH))


def _bids(story: Story, auction: str) -> None:
    story.do("operator", c.AnnounceAuction(auction, "office", BOTH))
    story.do("ann", c.PlaceBid("a", auction, "ann", {"gpu": 1}, 5 * CREDIT))
    story.do("gil", c.PlaceBid("g", auction, "gil", BOTH, 8 * CREDIT))


def _digest(story: Story, auction: str) -> int:
    return story.world.economy.state.auctions.by_id[auction].digest
