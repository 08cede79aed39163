"""Contracts: who does what for whom until when, what backs it, and how it was judged."""

import itertools
from collections.abc import Iterator

import msgspec

from econonexus.domain import events
from econonexus.domain.contract_life import Step, advanced
from econonexus.domain.ids import AccountId, AgentId, ContractId, Instant, Sequence, TaskId
from econonexus.domain.kinds import ContractStatus, JudgedBy, Verdict
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import Judging, PromiseRules

ENDED_REMEMBERED = 10_000
"""So many contracts that have ended are remembered at least, and at most twice as many."""


class Word(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What somebody says of a contract, and what it has put up for that."""

    agent: AgentId
    pledge: Pledge
    verdict: Verdict
    quality: Ppm | None = None


class Contract(msgspec.Struct, gc=False, omit_defaults=True):
    """One promise of work."""

    id: ContractId
    task: TaskId
    requester: AgentId
    provider: AgentId
    owner: AccountId
    payment: Amount
    bonus: Amount
    bond: Pledge
    """What of the provider's stake backs it."""
    destination: AccountId
    """Where its payment goes."""
    due_at: Instant
    rules: PromiseRules
    judging: Judging
    second: events.OpenedOffer | None = None
    """The offer by whose score it is paid; none where nobody else was left."""
    status: ContractStatus = ContractStatus.OPEN
    due: Instant | None = None
    """When something falls due in it next."""
    votes: dict[AgentId, Word] = {}
    """In the order in which they were cast."""
    verdict: Verdict | None = None
    by: JudgedBy = JudgedBy.SILENCE
    """Whose word the verdict is, once there is one."""
    independent: bool = False
    """Whether none of those who gave it belongs to either side."""
    quality: Ppm | None = None
    challenge: Word | None = None
    """What one side claims instead."""
    defence: Word | None = None
    """That the other side stands by the verdict."""
    cover: Amount = Amount(0)
    """For how much its requester is insured."""
    paid: Amount = Amount(0)
    """What its provider got in the end, and"""
    bonus_paid: Amount = Amount(0)
    """what of that was the bonus."""
    opened_at: Instant = Instant(0)
    steps: list[Sequence] = []
    """The records that tell its story."""

    def words(self) -> Iterator[Word]:
        """Whatever was said of it with a bond."""
        yield from self.votes.values()
        for side in (self.challenge, self.defence):
            if side is not None:
                yield side

    def pledges(self) -> Iterator[Pledge]:
        """What backs it, and whatever was said of it."""
        yield self.bond
        for word in self.words():
            yield word.pledge

    def parties(self) -> tuple[str, ...]:
        """Whose affair it is."""
        return (self.requester, self.provider, *self.judging.judges)


class Contracts(msgspec.Struct):
    """All contracts that are not over, and those that ended last. Only events change them."""

    by_id: dict[ContractId, Contract] = {}
    ended: dict[ContractId, Contract] = {}
    of_owner: dict[AccountId, dict[ContractId, None]] = {}
    """The contracts of an owner's agents that are not over."""
    covered: int = 0
    """For how much requesters are insured, all together."""

    def find(self, name: ContractId) -> Contract | None:
        """A contract that is not over, or that is remembered."""
        return self.by_id.get(name) or self.ended.get(name)

    def pledges(self) -> Iterator[Pledge]:
        """What backs all contracts and challenges."""
        for contract in self.by_id.values():
            yield from contract.pledges()

    def open(self, event: events.ContractOpened, bond: Pledge, judging: Judging, at: Instant) -> None:
        """Add a contract."""
        self.by_id[event.contract] = Contract(
            event.contract,
            event.task,
            event.requester,
            event.provider,
            event.owner,
            event.payment,
            event.bonus,
            bond,
            event.destination,
            event.due_at,
            event.rules,
            judging,
            next((each for each in event.offers if each.agent == event.second), None),
            due=event.due_at,
            opened_at=at,
        )
        self.of_owner.setdefault(event.owner, {})[event.contract] = None

    def step(self, name: ContractId, sequence: Sequence) -> None:
        """Remember where it is told what became of a contract."""
        contract = self.find(name)
        if contract is not None:
            contract.steps.append(sequence)

    def deliver(self, event: events.DeliveryReported) -> None:
        """Let a contract wait for its verdict."""
        self._step(event.contract, Step.DELIVER).due = event.judge_by

    def vote(self, event: events.VoteCast, pledge: Pledge) -> None:
        """Count one judge's word."""
        votes = self.by_id[event.contract].votes
        votes[event.agent] = Word(event.agent, pledge, event.verdict, event.quality)

    def judge(self, event: events.ContractJudged) -> None:
        """Note the verdict."""
        contract = self._step(event.contract, Step.JUDGE)
        contract.verdict, contract.by, contract.quality = event.verdict, event.by, event.quality
        contract.independent, contract.due = event.independent, event.challenge_until

    def challenge(self, event: events.VerdictChallenged, pledge: Pledge) -> None:
        """Note what one side claims, and put up for that."""
        contract = self._step(event.contract, Step.CHALLENGE)
        contract.challenge = Word(event.agent, pledge, event.verdict, event.quality)
        contract.due = event.answer_until

    def defend(self, event: events.VerdictDefended, pledge: Pledge) -> None:
        """Note what the other side put up; it waits for a decision."""
        contract = self._step(event.contract, Step.DEFEND)
        assert contract.verdict is not None, "there is a verdict to defend"
        contract.defence = Word(event.agent, pledge, contract.verdict, contract.quality)
        contract.due = event.decide_by

    def refer(self, event: events.VerdictReferred) -> None:
        """Let a contract wait for a decision."""
        self._step(event.contract, Step.REFER).due = event.decide_by

    def insure(self, event: events.ContractInsured) -> None:
        """Note for how much the fund answers."""
        self.by_id[event.contract].cover = event.cover
        self.covered += event.cover

    def settle(self, event: events.ContractSettled) -> Contract:
        """Let a contract be over."""
        contract = self._step(event.contract, Step.SETTLE)
        contract.verdict, contract.by, contract.quality = event.verdict, event.by, event.quality
        contract.paid, contract.bonus_paid = event.payment, event.bonus
        contract.due = None
        self.covered -= contract.cover
        del self.by_id[event.contract]
        mine = self.of_owner[contract.owner]
        del mine[event.contract]
        if not mine:
            del self.of_owner[contract.owner]
        self.ended[event.contract] = contract
        if len(self.ended) > 2 * ENDED_REMEMBERED:
            self.ended = dict(itertools.islice(self.ended.items(), ENDED_REMEMBERED, None))
        return contract

    def _step(self, name: ContractId, step: Step) -> Contract:
        contract = self.by_id[name]
        contract.status = advanced(contract.status, step)
        return contract
