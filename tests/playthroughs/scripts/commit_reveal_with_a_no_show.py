"""A sealed auction whose operator nobody trusts: bids are committed to, revealed, and one is not."""

from econonexus.domain import commands as c
from econonexus.domain.commitments import digest
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism, Proceeds
from econonexus.domain.terms import Commitment, Terms
from tests.playthroughs.story import Story

TITLE = "Commit and reveal, with a no-show"
CREDIT = 1_000_000
HOUR = 3_600 * SECOND
NONCE = "0123456789abcdef"
TERMS = Terms(
    reserve=5 * CREDIT,
    bidding_window=60 * SECOND,
    proceeds=Proceeds.TREASURY,
    commitment=Commitment(bond=3 * CREDIT, reveal_window=30 * SECOND),
)


def commit(agent: str, price: int) -> c.CommitBid:
    """Commit to a price in credits."""
    return c.CommitBid(agent, "noon", agent, digest("noon", agent, agent, {"gpu": 1}, price * CREDIT, NONCE))


def reveal(agent: str, price: int) -> c.RevealBid:
    """Reveal a price in credits."""
    return c.RevealBid(agent, "noon", agent, {"gpu": 1}, price * CREDIT, NONCE)


def tell(story: Story) -> None:
    """A bond for every commitment; who does not reveal loses it, and its bid does not count."""
    story.note("""One GPU for an hour, to the highest bid, for the second price or the reserve of 5
        credits. For a minute the market takes commitments: a digest each, and a bond of 3 credits.
        Then there are 30 seconds to reveal them.""")
    story.do(
        "operator",
        c.DeclareResource("gpu", "gpu", 1, HOUR),
        c.CreateMarket("wary", ("gpu",), Mechanism.SECOND_PRICE, TERMS),
        *(c.CreateAgent(name, credits=50 * CREDIT) for name in ("ann", "bob", "cat")),
        c.AnnounceAuction("noon", "wary", {"gpu": 1}),
    )

    story.note(
        """ann commits to 20, bob to 12, cat to 40. Only bonds can be seen. A plain bid is turned away."""
    )
    story.do("ann", c.PlaceBid("ann", "noon", "ann", {"gpu": 1}, 20 * CREDIT), commit("ann", 20))
    story.do("bob", commit("bob", 12))
    story.do("cat", commit("cat", 40))
    story.accounts("ann", "bob", "cat")
    story.do("ann", reveal("ann", 20))

    story.note("""The minute is over. bob would rather have bid 25, now that he has slept on it; but
        that is not what he committed to. What is revealed is held in full, in the place of the
        bond, and stays sealed.""")
    story.wait(60)
    story.do("bob", reveal("bob", 25), reveal("bob", 12))
    story.do("ann", reveal("ann", 20))
    story.accounts("ann", "bob")

    story.note("""cat had promised 40 to learn what others would do, and does not reveal. When the
        30 seconds are over its bond goes where the market's proceeds go, and its bid does not
        count: ann's 20 is the highest, and she pays bob's 12.""")
    story.wait(30)
    story.accounts("ann", "bob", "cat", "treasury")
