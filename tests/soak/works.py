"""What the crowd promises: tasks are posted and offered for, done or not, judged, challenged and insured."""

import random
from collections.abc import Callable

from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.ids import AccountId, AgentId, Duration, Instant, TaskId
from econonexus.domain.kinds import AccountKind, ContractStatus, Standing, TaskStatus, Verdict
from econonexus.domain.ledger import system_account
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import Judging, PromiseRules
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract
from tests.soak.looking import found

WORKERS = [AgentId(f"worker-{number}") for number in range(8)]
JUDGES = ("judge-0", "judge-1", "judge-2")
FUNDS, STAKE, IDENTITY = Amount(3_000), Amount(400), Amount(100)
JUDGINGS = [Judging(), Judging(JUDGES[:1]), Judging(JUDGES, 2)]
VERDICTS = [Verdict.EXCELLENT, *[Verdict.SATISFACTORY] * 5, *[Verdict.POOR] * 3]


def rules(unit: int) -> PromiseRules:
    """Promises that are due within a few hundred commands, at prices that the crowd can pay."""
    return PromiseRules(
        identity_stake=IDENTITY,
        unbonding=Duration(60 * unit),
        judging=Duration(20 * unit),
        challenge_window=Duration(8 * unit),
        deciding=Duration(30 * unit),
        window=Duration(200 * unit),
        plain_value=Amount(10),
        insurable=Ppm(900_000),
    )


def settling_in(unit: int) -> list[Command]:
    """What the workers begin with."""
    names = [*WORKERS, *map(AgentId, JUDGES)]
    return [
        c.SetPromiseRules(rules(unit)),
        c.Mint(system_account(AccountKind.INSURANCE, "credit"), FUNDS),
        *(c.CreateAgent(name, owner=AccountId(name), capabilities=("dig",), credits=FUNDS) for name in names),
        *(c.PostStake(name, STAKE) for name in names),
    ]


class Works:
    """What its members would do, one command at a time. `new` makes names that nobody had."""

    def __init__(self, rng: random.Random, unit: int, new: Callable[[str], str]) -> None:
        self.rng = rng
        self.unit = unit
        self.new = new
        self.acts = [
            *[self._post] * 4,
            *[self._offer] * 8,
            *[self._deliver] * 4,
            *[self._judge] * 6,
            self._challenge,
            self._defend,
            self._decide,
            self._insure,
            self._stake,
            self._unbond,
            self._forgive,
            self._cancel,
        ]

    def act(self, state: State, now: int) -> Command | None:
        """What somebody does now, if what it thinks of fits."""
        return self.rng.choice(self.acts)(state, now)

    def _post(self, _: State, now: int) -> Command:
        rng, offers_until = self.rng, now + self.rng.randint(2, 8) * self.unit
        return c.PostTask(
            TaskId(self.new("task")),
            rng.choice(WORKERS),
            "dig",
            Amount(rng.randint(20, 60)),
            Instant(offers_until),
            Instant(offers_until + rng.randint(5, 25) * self.unit),
            rng.choice(JUDGINGS),
            Amount(rng.randint(0, 5)),
            Amount(rng.choice([0, 0, 20])),
        )

    def _offer(self, state: State, _: int) -> Command | None:
        task = found(self.rng, state.tasks.by_id.values(), lambda it: it.status is TaskStatus.POSTED)
        if task is None:
            return None
        return c.OfferWork(task.id, self.rng.choice(WORKERS), Amount(self.rng.randint(10, task.ceiling)))

    def _cancel(self, state: State, _: int) -> Command | None:
        task = found(self.rng, state.tasks.by_id.values(), lambda it: not it.offers)
        return None if task is None else c.CancelTask(task.id, task.requester)

    def _in(self, state: State, *statuses: ContractStatus) -> Contract | None:
        return found(self.rng, state.contracts.by_id.values(), lambda it: it.status in statuses)

    def _deliver(self, state: State, _: int) -> Command | None:
        contract = self._in(state, ContractStatus.OPEN)
        return None if contract is None else c.ReportDelivery(contract.id, contract.provider, "dug")

    def _judge(self, state: State, _: int) -> Command | None:
        contract = self._in(state, ContractStatus.DELIVERED)
        if contract is None:
            return None
        judge = self.rng.choice(contract.judging.judges or (contract.requester,))
        verdict = Verdict.BYZANTINE if self.rng.random() < 0.02 else self.rng.choice(VERDICTS)
        quality = self.rng.choice([None, None, Ppm(400_000), Ppm(900_000)])
        return c.JudgeContract(contract.id, AgentId(judge), verdict, quality)

    def _challenge(self, state: State, _: int) -> Command | None:
        contract = self._in(state, ContractStatus.JUDGED)
        if contract is None:
            return None
        side, claim = self.rng.choice(
            [(contract.provider, Verdict.SATISFACTORY), (contract.requester, Verdict.POOR)]
        )
        return c.ChallengeVerdict(contract.id, side, claim)

    def _defend(self, state: State, _: int) -> Command | None:
        contract = self._in(state, ContractStatus.CHALLENGED)
        if contract is None:
            return None
        return c.DefendVerdict(contract.id, self.rng.choice([contract.provider, contract.requester]))

    def _decide(self, state: State, _: int) -> Command | None:
        contract = self._in(state, ContractStatus.DISPUTED)
        return None if contract is None else c.DecideDispute(contract.id, self.rng.choice(VERDICTS))

    def _insure(self, state: State, _: int) -> Command | None:
        contract = self._in(state, ContractStatus.OPEN)
        if contract is None:
            return None
        return c.InsureContract(
            contract.id, contract.requester, Amount(self.rng.randint(1, contract.payment))
        )

    def _stake(self, state: State, _: int) -> Command:
        """What was lost is put up again; who has nothing left is given something."""
        name = self.rng.choice([*WORKERS, *map(AgentId, JUDGES)])
        wallet = state.ledger.accounts[AccountId(name)]
        if wallet.available < STAKE:
            return c.Mint(wallet.id, FUNDS)
        return c.PostStake(name, Amount(self.rng.randint(1, STAKE)))

    def _unbond(self, _: State, __: int) -> Command:
        return c.UnbondStake(self.rng.choice(WORKERS), Amount(self.rng.randint(1, IDENTITY)))

    def _forgive(self, state: State, _: int) -> Command | None:
        owner = next(iter(state.stakes.standings), None)
        return None if owner is None else c.SetStanding(owner, Standing.ACTIVE, "once more")
