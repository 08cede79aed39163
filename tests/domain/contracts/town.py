"""Where contracts happen: rex asks, ann and bob offer, others judge.

ann would do the task `t` for 10 credits and bob for 12, so ann has the contract `t:1` at 12 with a bond of
18, one and a half times that, and each word about it takes a bond of 1.2, a tenth. Times are in hours.
"""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.events import Event
from econonexus.domain.kinds import ContractStatus, Verdict
from econonexus.domain.promises import HOUR, Judging, PromiseRules
from econonexus.domain.subjects.contracts import Contract
from tests.world import World

CREDIT = 1_000_000
PAYMENT, BOND, WORD = 12 * CREDIT, 18 * CREDIT, 1_200_000
CONTRACT = "t:1"
JUDGES = ("una", "vic", "wyn")
REQUESTER, THREE = Judging(), Judging(JUDGES, 2)
USUAL = PromiseRules()
EXCELLENT, SATISFACTORY = Verdict.EXCELLENT, Verdict.SATISFACTORY
POOR, BYZANTINE = Verdict.POOR, Verdict.BYZANTINE


def agents() -> list[Command]:
    """Everybody with 1,000 credits, of which who works or judges puts 200 at stake."""
    workers = ("ann", "bob", *JUDGES, "xan")
    return [
        *(c.CreateAgent(name, capabilities=("write",), credits=1_000 * CREDIT) for name in ("rex", *workers)),
        *(c.PostStake(name, 200 * CREDIT) for name in workers),
    ]


def awarded(world: World, judging: Judging = REQUESTER, **more: object) -> None:
    """Post the task, due in ten hours, and let ann win it after one."""
    posted = c.PostTask(
        "t", "rex", "write", 20 * CREDIT, world.now + HOUR, world.now + 11 * HOUR, judging, **more
    )
    world.do(posted, c.OfferWork("t", "ann", 10 * CREDIT), c.OfferWork("t", "bob", 12 * CREDIT))
    world.wait(HOUR)
    assert contract(world).provider == "ann"


def town(judging: Judging = REQUESTER, rules: PromiseRules = USUAL, **more: object) -> World:
    """A world in which ann has the contract and ten hours for it."""
    world = World()
    if rules is not USUAL:
        world.do(c.SetPromiseRules(rules))
    world.do(*agents())
    awarded(world, judging, **more)
    return world


def delivered(judging: Judging = REQUESTER, rules: PromiseRules = USUAL, **more: object) -> World:
    """The same with the work done at once."""
    world = town(judging, rules, **more)
    world.do(c.ReportDelivery(CONTRACT, "ann", "the work"))
    return world


def says(agent: str, verdict: Verdict, quality: int | None = None) -> c.JudgeContract:
    return c.JudgeContract(CONTRACT, agent, verdict, quality, "seen")


def claims(agent: str, verdict: Verdict, quality: int | None = None) -> c.ChallengeVerdict:
    return c.ChallengeVerdict(CONTRACT, agent, verdict, quality, "not so")


def decides(verdict: Verdict, quality: int | None = None) -> c.DecideDispute:
    return c.DecideDispute(CONTRACT, verdict, quality, "looked")


STANDS = c.DefendVerdict(CONTRACT, "rex", "but so")


def contract(world: World, name: str = CONTRACT) -> Contract:
    found = world.economy.state.contracts.find(name)
    assert found is not None
    return found


def status(world: World) -> ContractStatus:
    return contract(world).status


def settled(happened: tuple[Event, ...] | list[Event]) -> e.ContractSettled:
    """The one settlement among what happened."""
    (found,) = (event for event in happened if isinstance(event, e.ContractSettled))
    return found


def kinds(happened: tuple[Event, ...] | list[Event]) -> list[str]:
    return [type(event).__name__ for event in happened]
