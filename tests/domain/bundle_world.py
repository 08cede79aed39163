"""A world that sells bundles: local, local, global, as in docs/mechanisms/bundles.md."""

from econonexus.domain import commands as c
from econonexus.domain.kinds import Mechanism
from econonexus.domain.subjects.auctions import Auction
from econonexus.domain.terms import Terms
from tests.world import START, World

CLOSES = START + 50
PERIOD = 1_000
TERMS = Terms(clearing=40, time_limit=10)


def offices(terms: Terms = TERMS, resources: tuple[str, ...] = ("gpu", "reviewer")) -> World:
    """An open auction of one unit each, in which ann, bob and gil have 1,000 each to bid with."""
    world = World()
    world.do(
        *(c.DeclareResource(name, "units", 2, PERIOD) for name in resources),
        c.CreateMarket("office", resources, Mechanism.COMBINATORIAL, terms),
        *(c.CreateAgent(name, credits=1_000) for name in ("ann", "bob", "gil")),
        c.AnnounceAuction("a", "office", dict.fromkeys(resources, 1), CLOSES),
    )
    return world


def bid(name: str, agent: str, items: dict[str, int], price: int, auction: str = "a") -> c.PlaceBid:
    return c.PlaceBid(name, auction, agent, items, price)


LOCALS = (bid("b1", "ann", {"gpu": 1}, 500), bid("b2", "bob", {"reviewer": 1}, 600))
GLOBAL = bid("b3", "gil", {"gpu": 1, "reviewer": 1}, 800)


def clearing(terms: Terms = TERMS) -> World:
    """The auction with these three bids, closed."""
    world = offices(terms)
    world.do(*LOCALS, GLOBAL, c.CloseAuction("a"))
    return world


def auction(world: World, name: str = "a") -> Auction:
    found = world.economy.state.auctions.find(name)
    assert found is not None
    return found


def outcome(world: World, **said: object) -> c.SubmitOutcome:
    """By core payments: the two pay 800 between them, each 150 above VCG's 200 and 300."""
    core = {"winners": (0, 1), "welfare": 1_100, "bound": 1_100, "low": (350, 450), "high": (350, 450)}
    return c.SubmitOutcome("a", **{"digest": auction(world).digest, **core, **said})  # type: ignore[arg-type]
