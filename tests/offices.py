"""A node that sells bundles: local, local, global, as in docs/mechanisms/bundles.md."""

from econonexus.domain.commands import (
    AnnounceAuction,
    CloseAuction,
    Command,
    CreateAgent,
    CreateMarket,
    DeclareResource,
    PlaceBid,
)
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import Mechanism
from econonexus.domain.subjects.auctions import Auction
from econonexus.domain.terms import Terms
from econonexus.node.engine import Engine
from econonexus.ports import Journal
from tests.nodes import OPERATOR, accepted, check

TERMS = Terms(clearing=60 * SECOND, time_limit=10 * SECOND)
ITEMS = ("gpu", "reviewer")
BIDS = (
    PlaceBid("b1", "a", "ann", {"gpu": 1}, 500),
    PlaceBid("b2", "a", "bob", {"reviewer": 1}, 600),
    PlaceBid("b3", "a", "gil", {"gpu": 1, "reviewer": 1}, 800),
)


def commands(terms: Terms = TERMS) -> list[Command]:
    """What makes the auction, bids in it and closes it."""
    return [
        *(DeclareResource(item, "units", 3, 1_000 * SECOND) for item in ITEMS),
        CreateMarket("office", ITEMS, Mechanism.COMBINATORIAL, terms),
        *(CreateAgent(name, credits=1_000) for name in ("ann", "bob", "gil")),
        AnnounceAuction("a", "office", dict.fromkeys(ITEMS, 1)),
        *BIDS,
        CloseAuction("a"),
    ]


async def close(engine: Engine, terms: Terms = TERMS) -> None:
    """Have these three bids wait for their outcome."""
    for command in commands(terms):
        accepted(await engine.submit(command, OPERATOR))


async def auction(journal: Journal) -> Auction:
    """The auction as a journal has it, in an economy of which all holds."""
    found = (await check(journal)).auctions.find("a")
    assert found is not None
    return found


def payments(of: Auction) -> dict[str, int]:
    """What each winning bid pays."""
    assert of.result is not None, of.reason
    return {win.bid: win.payment for win in of.result.wins}
