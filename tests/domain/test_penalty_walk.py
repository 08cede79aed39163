"""Whatever agents promise, break, insure, judge and withdraw, in whatever order and under whatever rules.

After every step the invariants hold (`World` checks them); what is lost never exceeds what was at stake or
touches what backs other promises; nobody is paid more than it lost, or than the fund has; and in the end the
second bookkeeper, who works every penalty out anew, comes to the same figures.
"""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.events import Event
from econonexus.domain.ids import AccountId, AgentId, ContractId, Duration
from econonexus.domain.kinds import Standing, Verdict
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import DAY, HOUR, Judging, Penalty, PromiseRules
from econonexus.domain.refusals import Refusal
from econonexus.domain.subjects.contracts import Contract
from tests.audit.test_agreement import assert_agreement
from tests.domain.workshop import CR, PEOPLE, Workshop, of_kind

WORKERS = ("pia", "quin", "ron")
PAIRS = Judging(("vera", "ruth", "ron"), 2)

penalties = st.builds(
    Penalty,
    rate=st.sampled_from([0, 100_000, 250_000, 1_000_000]),
    severity=st.sampled_from([1, 2, 5]),
    grace=st.integers(0, 2),
)
rules = st.builds(
    PromiseRules,
    identity_stake=st.sampled_from([0, 50 * CR]),
    unbonding=st.sampled_from([HOUR, 7 * DAY]),
    window=st.sampled_from([HOUR, Duration(30 * DAY)]),
    compound=st.booleans(),
    task_failure=penalties,
    timeout_violation=penalties,
    byzantine_behavior=penalties,
    reputation_threshold=penalties,
    threshold=st.sampled_from([Ppm(300_000), Ppm(490_000)]),
    to_insurance=st.booleans(),
    loading=st.sampled_from([Ppm(0), Ppm(100_000)]),
    insurable=st.sampled_from([Ppm(100_000), Ppm(1_000_000)]),
)
people, workers = st.sampled_from(PEOPLE), st.sampled_from(WORKERS)
amounts = st.integers(1, 60).map(lambda credits_: Amount(credits_ * CR))
which = st.integers(0, 5)
verdicts = st.sampled_from([Verdict.EXCELLENT, Verdict.SATISFACTORY, Verdict.POOR, Verdict.BYZANTINE])
judging = st.sampled_from([Judging(), Judging(("vera",)), PAIRS])
offers = st.dictionaries(workers, st.integers(1, 20).map(lambda credits_: Amount(credits_ * CR)), min_size=1)
requesters = st.sampled_from(["rita", "ruth"])

AWARD = st.tuples(st.just("award"), amounts, offers, judging, requesters)
FAIL = st.tuples(
    st.just("fail"), offers, judging, requesters, st.one_of(st.none(), verdicts), st.integers(0, 3)
)
"""A whole contract: offered for, insured or not, and late or judged."""
STEP = st.one_of(
    FAIL,
    AWARD,
    AWARD,
    FAIL,
    st.tuples(st.just("insure"), which, amounts),
    st.tuples(st.just("deliver"), which),
    st.tuples(st.just("judge"), which, people, verdicts),
    st.tuples(st.just("challenge"), which, people, verdicts),
    st.tuples(st.just("defend"), which, people),
    st.tuples(st.just("decide"), which, verdicts),
    st.tuples(st.just("wait"), st.sampled_from([HOUR, 12 * HOUR, DAY, 40 * DAY])),
    st.tuples(st.just("unbond"), people, amounts),
    st.tuples(st.just("post"), people, amounts),
    st.tuples(st.just("drain"), amounts),
    st.tuples(st.just("lift"), workers),
    st.tuples(st.just("freeze"), people),
    st.tuples(st.just("owe"), st.sampled_from(["rita", "pia"]), amounts),
    st.tuples(st.just("rules"), rules),
)


class Walk:
    """A workshop in which things happen, refused or not."""

    def __init__(self, under: PromiseRules) -> None:
        self.shop = Workshop(under, stake=120 * CR)

    def take(self, step: tuple) -> None:  # type: ignore[type-arg]  # Of several shapes.
        """One step, and what must hold of it."""
        kind, *said = step
        if kind == "award":
            self._award(*said)
        elif kind == "fail":
            self._fail(*said)
        elif kind == "wait":
            self._watch(self.shop.wait, *said)
        else:
            for command in self._commands(kind, *said):
                self._try(command)

    def _commands(self, kind: str, *said) -> Iterable[Command]:  # type: ignore[no-untyped-def]
        match kind, said:
            case "post", (who, amount):
                yield c.PostStake(AgentId(who), amount)
            case "unbond", (who, amount):
                yield c.UnbondStake(AgentId(who), amount)
            case "drain", (amount,):
                yield c.Transfer(AccountId("insurance"), AccountId("treasury"), amount)
            case "lift", (owner,):
                yield c.SetStanding(AccountId(owner), Standing.ACTIVE)
            case "freeze", (who,):
                yield c.FreezeAccount(AccountId(who))
            case "owe", (who, amount):
                yield c.SetCreditLine(AccountId(who), Amount(10_000 * CR))
                yield c.DrawCredit(AccountId(who), amount)
            case "rules", (new,):
                yield c.SetPromiseRules(new)
            case _, (place, *more) if self._open():
                yield from self._of_contract(kind, self._open()[place % len(self._open())], *more)

    def _of_contract(self, kind: str, contract: Contract, *said) -> Iterable[Command]:  # type: ignore[no-untyped-def]
        match kind, said:
            case "insure", (cover,):
                yield c.InsureContract(contract.id, contract.requester, min(cover, contract.payment))
            case "deliver", _:
                yield c.ReportDelivery(contract.id, contract.provider)
            case "judge", (who, verdict):
                yield c.JudgeContract(contract.id, AgentId(who), verdict)
            case "challenge", (who, verdict):
                yield c.ChallengeVerdict(contract.id, AgentId(who), verdict)
            case "defend", (who,):
                yield c.DefendVerdict(contract.id, AgentId(who))
            case "decide", (verdict,):
                yield c.DecideDispute(contract.id, verdict)

    def _open(self) -> list[Contract]:
        return list(self.shop.economy.state.contracts.by_id.values())

    def _award(self, ceiling: Amount, prices: dict[str, Amount], judges: Judging, requester: str) -> None:
        self.shop.tasks += 1
        task = f"task-{self.shop.tasks}"
        until = self.shop.now + HOUR
        self._try(
            c.PostTask(task, requester, "work", ceiling, until, until + DAY, judges)  # type: ignore[arg-type]
        )
        for agent, price in prices.items():
            self._try(self.shop.offer(task, agent, price))
        self._watch(self.shop.wait, HOUR)

    def _fail(
        self,
        prices: dict[str, Amount],
        judges: Judging,
        requester: str,
        verdict: Verdict | None,
        insured: int,
    ) -> None:
        self._award(Amount(20 * CR), prices, judges, requester)
        name = ContractId(f"task-{self.shop.tasks}:1")
        contract = self.shop.economy.state.contracts.by_id.get(name)
        if contract is None:
            return
        if insured:
            self._try(c.InsureContract(contract.id, contract.requester, Amount(insured * CR)))
        if verdict is not None:
            self._try(c.ReportDelivery(contract.id, contract.provider))
            for judge in judges.judges or (requester,):
                self._try(c.JudgeContract(contract.id, AgentId(judge), verdict))
        self._watch(self.shop.wait, contract.rules.challenge_window if verdict else 2 * DAY)

    def _try(self, command: Command) -> None:
        self._watch(lambda: self.shop.submit(command))

    def _watch(self, act, *arguments) -> None:  # type: ignore[no-untyped-def]
        place = len(self.shop.log)
        stakes = {name: self.shop.stake(name) for name in PEOPLE}
        act(*arguments)
        happened = [event for _, _, event in self.shop.log[place:] if not isinstance(event, Refusal)]
        check_losses(happened, stakes)
        self._check_stakes()

    def _check_stakes(self) -> None:
        state = self.shop.economy.state
        for name, stake in state.stakes.by_agent.items():
            account = state.ledger.accounts[AccountId(f"stake:{name}")]
            assert account.balance >= account.held + stake.withdrawn >= 0
        assert state.ledger.accounts[AccountId("insurance")].balance >= 0
        assert state.contracts.covered == sum(each.cover for each in state.contracts.by_id.values())


def check_losses(happened: list[Event], stakes: dict[str, int]) -> None:
    """Nobody loses more than it had at stake, and nobody gains by another's failure more than it lost."""
    lost: dict[str, int] = {}
    for slash in of_kind(e.StakeSlashed, happened):
        assert 0 <= slash.to_injured <= slash.amount <= slash.reach
        assert slash.to_injured <= slash.loss
        assert slash.independent or slash.loss == 0
        lost[slash.agent] = lost.get(slash.agent, 0) + slash.amount
    for made_good in of_kind(e.LossCompensated, happened):
        assert 0 < made_good.amount <= made_good.loss - made_good.paid
        lost[made_good.agent] = lost.get(made_good.agent, 0) + made_good.amount
    posted = {event.agent: event.amount for event in of_kind(e.StakePosted, happened)}
    for agent, amount in lost.items():
        assert amount <= stakes[agent] + posted.get(AgentId(agent), 0)
    for claim in of_kind(e.ClaimPaid, happened):
        assert 0 <= claim.amount <= max(0, claim.cover - claim.compensated)


@settings(max_examples=120, deadline=None)
@given(rules, st.lists(STEP, min_size=4, max_size=30))
def test_nothing_is_lost_that_was_not_at_stake_and_the_fund_never_owes(
    under: PromiseRules,
    steps: list[tuple],  # type: ignore[type-arg]
) -> None:
    walk = Walk(under)
    for step in steps:
        walk.take(step)
    walk.shop.check_history()
    assert_agreement(walk.shop)
