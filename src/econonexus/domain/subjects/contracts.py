"""Contracts: who does what for whom until when, what backs it, and how it was judged."""

import itertools
from collections.abc import Iterator

import msgspec

from econonexus.domain import events
from econonexus.domain.contract_life import Step, advanced
from econonexus.domain.ids import AccountId, AgentId, ContractId, Instant, Sequence, TaskId
from econonexus.domain.kinds import ContractStatus, Verdict
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import PromiseRules

ENDED_REMEMBERED = 10_000
"""So many contracts that have ended are remembered at least, and at most twice as many."""


class Vote(msgspec.Struct, frozen=True, gc=False):
    """What one judge says."""

    verdict: Verdict
    quality: Ppm | None = None


class Bond(msgspec.Struct, frozen=True, gc=False):
    """What one side of a challenge has put up."""

    agent: AgentId
    pledge: Pledge


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
    second: events.OpenedOffer | None = None
    """The offer by whose score it is paid; none where nobody else was left."""
    status: ContractStatus = ContractStatus.OPEN
    due: Instant | None = None
    """When something falls due in it next."""
    votes: dict[AgentId, Vote] = {}
    verdict: Verdict | None = None
    by: str = ""
    """Who judged."""
    independent: bool = False
    """Whether the judge was neither side."""
    quality: Ppm | None = None
    challenge: Bond | None = None
    defence: Bond | None = None
    cover: Amount = Amount(0)
    """For how much its requester is insured."""
    opened_at: Instant = Instant(0)
    steps: list[Sequence] = []
    """The records that tell of it, until it is settled."""


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
            yield contract.bond
            for side in (contract.challenge, contract.defence):
                if side is not None:
                    yield side.pledge

    def open(self, event: events.ContractOpened, bond: Pledge, at: Instant) -> None:
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
            next((each for each in event.offers if each.agent == event.second), None),
            due=event.due_at,
            opened_at=at,
        )
        self.of_owner.setdefault(event.owner, {})[event.contract] = None

    def deliver(self, event: events.DeliveryReported) -> None:
        """Let a contract wait for its verdict."""
        self._step(event.contract, Step.DELIVER).due = event.judge_by

    def vote(self, event: events.VoteCast) -> None:
        """Count one judge's word."""
        self.by_id[event.contract].votes[event.agent] = Vote(event.verdict, event.quality)

    def judge(self, event: events.ContractJudged) -> None:
        """Note the verdict."""
        contract = self._step(event.contract, Step.JUDGE)
        contract.verdict, contract.by, contract.quality = event.verdict, event.by, event.quality
        contract.independent, contract.due = event.independent, event.challenge_until

    def challenge(self, event: events.VerdictChallenged, pledge: Pledge) -> None:
        """Note what one side put up against the verdict."""
        contract = self._step(event.contract, Step.CHALLENGE)
        contract.challenge, contract.due = Bond(event.agent, pledge), event.answer_until

    def defend(self, event: events.VerdictDefended, pledge: Pledge) -> None:
        """Note what the other side put up; it waits for a decision, however long."""
        contract = self._step(event.contract, Step.DEFEND)
        contract.defence, contract.due = Bond(event.agent, pledge), None

    def insure(self, event: events.ContractInsured) -> None:
        """Note for how much the fund answers."""
        self.by_id[event.contract].cover = event.cover
        self.covered += event.cover

    def settle(self, event: events.ContractSettled) -> Contract:
        """Let a contract be over."""
        contract = self._step(event.contract, Step.SETTLE)
        contract.verdict, contract.by, contract.quality = event.verdict, event.by, event.quality
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
