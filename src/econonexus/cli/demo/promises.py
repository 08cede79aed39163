"""The demo's last part: one task that three providers have in turn, and what each of them holds at the end.

As in `hour` it is the economy itself that plays, in virtual time. The same story is told step by step, with
every number worked out by hand, among the project's own tests (`docs/playthroughs.md`).
"""

from collections.abc import Iterator

import msgspec

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.economy import Economy
from econonexus.domain.flows.reputing import score_of
from econonexus.domain.flows.staking import stake_account
from econonexus.domain.ids import CREDIT, SECOND, AccountId, AgentId, ContractId, Instant, TaskId
from econonexus.domain.ids import Sequence as Place
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import MICROS_PER_CREDIT, PPM_ONE, Amount
from econonexus.domain.promises import Judging
from econonexus.domain.refusals import Refusal

KIM, VERA, DEED = AgentId("kim"), AgentId("vera"), TaskId("deed")
SKILL = "translate"
ASKED = {AgentId("lea"): 10, AgentId("boris"): 20, AgentId("emma"): 30}
"""What each provider asks, in credits."""
CEILING, BONUS = 40, 10
REQUESTER_HAS, PROVIDER_HAS, AT_STAKE = 500, 300, 200
MINUTE = 60
OFFERS_S, DUE_S = MINUTE, 60 * MINUTE

Step = tuple[int, c.Command]
"""Something that somebody does so many seconds after the story began."""


class ProviderLine(msgspec.Struct, frozen=True):
    """One provider: what it asked, what it promised the work for, and what it came to."""

    name: str
    asked_ucr: int
    promised_ucr: int
    verdict: str
    paid_ucr: int
    lost_ucr: int
    """Penalties, and what it made good."""
    holds_ucr: int
    """In its wallet and at stake."""
    standing: str
    score: float
    """Of its owner's record, from 0 to 1; half for a newcomer."""


class PromisesOutcome(msgspec.Struct, frozen=True):
    """What came of the task."""

    lines: list[ProviderLine]
    cost_ucr: int
    """What it cost the requester, after all that was made good."""
    first_price_ucr: int
    """For what it was promised first."""
    burned_ucr: int
    records: int


def play_promises() -> PromisesOutcome:
    """The whole story, in milliseconds; the same every time."""
    stage = _Stage()
    for at_s, command in _steps():
        stage.until(at_s)
        stage.do(command)
    stage.until(240 * MINUTE)
    return stage.outcome()


def _steps() -> Iterator[Step]:
    """Who does what: lea nothing, boris what is not his own work, emma what she promised."""
    yield 0, c.DeclareAsset(CREDIT)
    yield 0, c.CreateAgent(KIM, credits=_credits(REQUESTER_HAS))
    yield 0, c.CreateAgent(VERA)
    for name in ASKED:
        yield 0, c.CreateAgent(name, capabilities=(SKILL,), credits=_credits(PROVIDER_HAS))
        yield 0, c.PostStake(name, _credits(AT_STAKE))
    yield (
        0,
        c.PostTask(
            DEED,
            KIM,
            SKILL,
            _credits(CEILING),
            _instant(OFFERS_S),
            _instant(DUE_S),
            Judging((VERA,)),
            _credits(BONUS),
        ),
    )
    for name, price in ASKED.items():
        yield 0, c.OfferWork(DEED, name, _credits(price))
    second, third = ContractId(f"{DEED}:2"), ContractId(f"{DEED}:3")
    yield 70 * MINUTE, c.ReportDelivery(second, AgentId("boris"))
    yield 80 * MINUTE, c.JudgeContract(second, VERA, Verdict.BYZANTINE)
    yield 150 * MINUTE, c.ReportDelivery(third, AgentId("emma"))
    yield 150 * MINUTE, c.JudgeContract(third, VERA, Verdict.EXCELLENT)


class _Stage:
    """An economy, the time, and what happened that the outcome tells of."""

    def __init__(self) -> None:
        self._economy = Economy()
        self._now = Instant(0)
        self._records = 0
        self._promised: dict[AgentId, int] = {}
        self._settled: dict[AgentId, e.ContractSettled] = {}
        self._provider: dict[ContractId, AgentId] = {}
        self._lost = dict.fromkeys(ASKED, 0)

    def until(self, at_s: int) -> None:
        """Let time pass, and what falls due happen at its own time."""
        until = _instant(at_s)
        while (due := self._economy.next_deadline()) is not None and due <= until:
            self._now = max(self._now, due)
            command = self._economy.due(self._now)
            assert command is not None, "it is due"
            self.do(command)
        self._now = until

    def do(self, command: c.Command) -> None:
        """Carry out a command, and note what came of it."""
        decision = self._economy.decide(command, self._now)
        assert not isinstance(decision, Refusal), f"{command}: {decision}"
        for event in decision:
            self._records += 1
            self._economy.apply(event, Place(self._records), self._now)
            self._note(event)

    def outcome(self) -> PromisesOutcome:
        """What everybody holds now, and how it came about."""
        balance = self._balance
        return PromisesOutcome(
            [self._line(name) for name in ASKED],
            _credits(REQUESTER_HAS) - balance(AccountId(KIM)),
            self._promised[AgentId("lea")],
            balance(AccountId("burn")),
            self._records,
        )

    def _note(self, event: e.Event) -> None:
        match event:
            case e.ContractOpened():
                self._promised[event.provider] = event.payment
                self._provider[event.contract] = event.provider
            case e.ContractSettled():
                self._settled[self._provider[event.contract]] = event
            case e.StakeSlashed() | e.LossCompensated():
                self._lost[event.agent] += event.amount

    def _line(self, name: AgentId) -> ProviderLine:
        state, settled = self._economy.state, self._settled[name]
        owner = state.agents.by_id[name].owner
        return ProviderLine(
            name,
            _credits(ASKED[name]),
            self._promised[name],
            settled.verdict.value,
            settled.payment + settled.bonus,
            self._lost[name],
            self._balance(AccountId(name)) + self._balance(stake_account(name)),
            state.stakes.standing_of(owner).value,
            round(score_of(state, owner, self._now) / PPM_ONE, 3),
        )

    def _balance(self, account: AccountId) -> int:
        return self._economy.state.ledger.accounts[account].balance


def _credits(number: int) -> Amount:
    return Amount(number * MICROS_PER_CREDIT)


def _instant(seconds: int) -> Instant:
    return Instant(seconds * SECOND)
