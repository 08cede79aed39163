"""Whatever is asked for, offered, taken back and broken, in whatever order: the books agree, and it ends.

After every step the invariants hold (`World` checks them); in the end the second bookkeeper, who works every
award out anew, comes to the same figures, and once everything is over nothing is held for anybody.
"""

import random

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AccountId, AgentId, TaskId
from econonexus.domain.kinds import Standing, Verdict
from econonexus.domain.promises import Judging, PromiseRules
from econonexus.domain.subjects.contracts import Contract
from tests.audit.test_agreement import assert_agreement
from tests.domain.cases.tasks import provider
from tests.world import World

RULES = PromiseRules(identity_stake=100, judging=20, challenge_window=10, plain_value=50, unbonding=30)
PROVIDERS = ("ana", "abe", "bea", "cy")
FAR = 10_000
"""ns after which every deadline has passed, but that of a dispute."""

STEPS_A_WALK = 120
JUDGINGS = [Judging(), Judging(("vera",)), Judging(("vera", "vito"), 2)]
VERDICTS = [Verdict.EXCELLENT, Verdict.SATISFACTORY, Verdict.SATISFACTORY, Verdict.POOR, Verdict.BYZANTINE]
QUALITIES = [None, 0, 400_000, 1_000_000]
STANDINGS = [Standing.ACTIVE, Standing.ACTIVE, Standing.PROBATION, Standing.SUSPENDED]


class Walk:
    """Steps that chance takes in a world; what asks for the impossible is refused, and changes nothing."""

    def __init__(self, seed: int) -> None:
        self.world = _town()
        self._dice = random.Random(seed)
        self._asked = 0

    def take(self, steps: int) -> None:
        """Some steps, mostly of tasks and contracts."""
        usual = [
            self._ask,
            self._ask,
            self._offer,
            self._deliver,
            self._judge,
            self._judge,
            self._wait,
            self._wait,
        ]
        seldom = [self._withdraw, self._cancel, self._change, self._change]
        for _ in range(steps):
            self._dice.choice([*usual, *usual, *seldom])()

    def end(self) -> None:
        """Let everything come to its end by itself."""
        while self.world.economy.state.tasks.by_id:
            self.world.wait(FAR + RULES.deciding)

    def _ask(self) -> None:
        dice, now = self._dice, self.world.now
        self._asked += 1
        ends = now + dice.randint(2, 30)
        ask = c.PostTask(
            TaskId(f"t{self._asked}"),
            AgentId(dice.choice(["kim", "kim", "ana"])),
            "ocr",
            dice.randint(20, 120),
            ends,
            ends + dice.randint(1, 60),
            dice.choice(JUDGINGS),
            dice.choice([0, 20]),
            dice.choice([0, 40, 10**6]),
            dice.choice([0, 0, 50_000, 60_000]),
            dice.random() < 0.8,
        )
        self.world.submit(ask)
        for agent in dice.sample(PROVIDERS, dice.randint(1, 4)):
            self.world.submit(c.OfferWork(ask.task, AgentId(agent), dice.randint(1, ask.ceiling)))
        if dice.random() < 0.2:
            self._change()
        if dice.random() < 0.5:  # It is awarded at once, and often delivered.
            self.world.wait(ends - now)
            self._deliver()

    def _offer(self) -> None:
        self.world.submit(c.OfferWork(self._task(), self._provider(), self._dice.randint(1, 120)))

    def _withdraw(self) -> None:
        self.world.submit(c.WithdrawOffer(self._task(), self._provider()))

    def _cancel(self) -> None:
        self.world.submit(c.CancelTask(self._task()))

    def _deliver(self) -> None:
        for each in self._contract():
            self.world.submit(c.ReportDelivery(each.id, each.provider))

    def _judge(self) -> None:
        verdict, quality = self._dice.choice(VERDICTS), self._dice.choice(QUALITIES)
        for each in self._contract():
            for judge in each.judging.judges or (each.requester,):
                self.world.submit(c.JudgeContract(each.id, AgentId(judge), verdict, quality))

    def _wait(self) -> None:
        self.world.wait(self._dice.choice([1, 5, 20, 60]))

    def _change(self) -> None:
        """Something else changes about a provider, or who may do what."""
        dice, agent = self._dice, self._provider()
        self.world.submit(
            dice.choice(
                [
                    c.FreezeAgent(agent),
                    c.UnfreezeAgent(agent),
                    c.UnfreezeAgent(agent),
                    c.ChangeAgent(agent, capabilities=dice.choice([(), ("ocr",), ("ocr",)])),
                    c.UnbondStake(agent, dice.randint(1, 300)),
                    c.PostStake(agent, dice.randint(1, 200)),
                    c.SetStanding(AccountId(dice.choice(["ana", "bea", "kim"])), dice.choice(STANDINGS)),
                ]
            )
        )

    def _provider(self) -> AgentId:
        return AgentId(self._dice.choice(PROVIDERS))

    def _task(self) -> TaskId:
        return self._dice.choice([*self.world.economy.state.tasks.by_id, TaskId("t1")])

    def _contract(self) -> list[Contract]:
        every = list(self.world.economy.state.contracts.by_id.values())
        return [self._dice.choice(every)] if every else []


def _town() -> World:
    world = World()
    world.do(
        c.SetPromiseRules(RULES),
        c.CreateAgent("kim", credits=1_000),
        c.CreateAgent("vera"),
        c.CreateAgent("vito", owner="vera"),
        *provider("ana"),
        *provider("abe", owner="ana"),
        *provider("bea", 250),
        *provider("cy", 150),
    )
    return world


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_the_books_agree_and_nothing_stays_held(seed: int) -> None:
    walk = Walk(seed)
    walk.take(STEPS_A_WALK)
    walk.end()

    world = walk.world
    assert not world.economy.state.contracts.by_id
    assert all(account.held == 0 for account in world.economy.state.ledger.accounts.values())
    assert_agreement(world)
    world.check_history()
    _check_awards(world)


def test_the_walks_come_by_everything_there_is() -> None:
    """Every verdict that is given, and tasks that go on to a second and a third contract."""
    seen: set[object] = set()
    for seed in range(30):
        walk = Walk(seed)
        walk.take(STEPS_A_WALK)
        walk.end()
        for _, _, happened in walk.world.log:
            match happened:
                case e.ContractSettled():
                    seen.add(happened.verdict)
                case e.TaskFailed():
                    seen.add(happened.reason)
                case e.ContractOpened():
                    seen.add(happened.contract.rpartition(":")[2])
                    seen.update(offer.barred for offer in happened.offers)
    given = set(Verdict) - {Verdict.ENDED}  # What else a banned owner had is in `test_tasks`.
    assert seen >= {*given, "1", "2", "3", "nobody offered", "stake_too_small", "agent_frozen", "tried"}


def _check_awards(world: World) -> None:
    """Whoever has had a task never gets it again, nor does any other agent of its owner."""
    agents, had = world.economy.state.agents.by_id, set()
    for _, _, happened in world.log:
        if isinstance(happened, e.ContractOpened):
            award = (happened.task, agents[happened.provider].owner)
            assert award not in had
            had.add(award)
            assert happened.payment >= next(
                each.price for each in happened.offers if each.agent == happened.provider
            )
