"""Bundles sold by core payments: two who want one thing each, and one who wants both."""

from econonexus.domain import commands as c
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Terms
from tests.playthroughs.story import Story

TITLE = "Bundles by core payments: local, local, global"
CREDIT = 1_000_000
HOUR = 3_600 * SECOND
MINUTE = 60 * SECOND


def tell(story: Story) -> None:
    """Sealed bundles, an outcome that the economy judges, payments that nobody can block."""
    story.note("""A GPU and a reviewer are sold by the hour, together: who bids for both gets both or nothing.
        The reserve of the reviewer is 1 credit, that of the GPU 0.5. Whoever wins pays a core payment.""")
    story.do(
        "operator",
        c.DeclareResource("gpu", "gpu", 1, HOUR),
        c.DeclareResource("reviewer", "person", 1, HOUR),
        c.CreateMarket(
            "office",
            ("gpu", "reviewer"),
            Mechanism.COMBINATORIAL,
            Terms(reserve=CREDIT, reserves={"gpu": CREDIT // 2}, bidding_window=MINUTE),
        ),
        *(c.CreateAgent(name, credits=10 * CREDIT) for name in ("ann", "bob", "gil")),
        c.AnnounceAuction("noon", "office", {"gpu": 1, "reviewer": 1}),
    )

    story.note("""Ann needs the GPU, Bob the reviewer, and Gil both: 5, 6 and 8 credits. Gil's first bid is
        below the two reserves, 1.5 in all.""")
    story.wait(10)
    story.do("ann", c.PlaceBid("a", "noon", "ann", {"gpu": 1}, 5 * CREDIT))
    story.do("bob", c.PlaceBid("b", "noon", "bob", {"reviewer": 1}, 6 * CREDIT))
    story.do(
        "gil",
        c.PlaceBid("g", "noon", "gil", {"gpu": 1, "reviewer": 1}, 1_400_000),
        c.PlaceBid("g", "noon", "gil", {"gpu": 1, "reviewer": 1}, 8 * CREDIT),
    )

    story.note("""The minute is over. Who wins is computed by a solver, and until it answers the bids stay
        sealed and the money held.""")
    story.wait(50)
    story.accounts("ann", "bob", "gil")

    story.note("""Ann and Bob are worth 11 together, Gil 8, and nothing else can be; so they win, and that is
        proven (the bound is 11 too). By VCG Ann would pay what the others lose by her being there, 8 - 6 = 2,
        and Bob 8 - 5 = 3: the seller would get 5, where Gil offers 8. In the core they pay 8 between them,
        each half of the 3 that are missing: 3.5 and 4.5. Then no coalition gains anything. The economy
        checks that winners fit together, pay no more than they bid and no less than the reserves, and that
        the coalition gains nothing; then the bids are open.""")
    story.wait(2)
    story.do(
        "node",
        c.SubmitOutcome(
            "noon",
            story.world.economy.state.auctions.by_id["noon"].digest,
            winners=(0, 1),
            welfare=11 * CREDIT,
            bound=11 * CREDIT,
            low=(3_500_000, 4_500_000),
            high=(3_500_000, 4_500_000),
            blocked=c.Blocked((), 0, 0),
        ),
    )
    story.accounts("ann", "bob", "gil")
