"""A market for work, in the real economy, with honest people and a place for whoever is planted there.

Rita asks for work that is worth `VALUE` to her. Four workers with a record do it, each with a chance of being
free, at a cost that differs from task to task; they ask what it costs them, which is the best they can do.
Vera verifies: bad work escapes her now and then, and now and then she sees it where there is none. What work
costs and is worth is kept beside the ledger; all else is what the economy's own commands did.
"""

import random
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.economy import Economy
from econonexus.domain.events import Event
from econonexus.domain.ids import CREDIT, AccountId, AgentId, Instant, Sequence, TaskId
from econonexus.domain.kinds import ContractStatus, JudgedBy, Verdict
from econonexus.domain.money import MICROS_PER_CREDIT, PPM_ONE, Amount, Ppm
from econonexus.domain.promises import DAY, HOUR, Judging, Penalty, PromiseRules
from econonexus.domain.refusals import Refusal
from econonexus.domain.subjects.contracts import Contract
from tests import invariants

CR = MICROS_PER_CREDIT
VALUE, CEILING = 20 * CR, 20 * CR
COSTS = (6 * CR, 10 * CR)
"""What a piece of honest work costs, at least and at most."""
FREE = 0.4
"""How often a worker is free for a task."""
MISTAKEN = 0.02
"""How often the verifier believes that good work is bad."""
RICH, STAKE = 10_000 * CR, 1_000 * CR
HONEST = ("w1", "w2", "w3", "w4")
VERA = Judging(("vera",))
NO_PENALTY = Penalty(Ppm(0), 1, 0)


class Setting(NamedTuple):
    """By which rules a market goes, and how well people look."""

    rules: PromiseRules
    choose: str = "proven"
    """How requesters compare: by what is `proven`, by the plain `mean` of all ratings, or `blind`ly."""
    collects: bool = False
    """Whether what is lost on a requester's word goes to that requester."""
    appeals: bool = True
    """Whether a verdict can be challenged."""
    on_delivery: bool = False
    """Whether work is paid as soon as it is said to be done, and judged only for the ratings."""
    flat_premium: bool = False
    """Whether insuring costs a tenth of the cover, whoever is insured against."""
    seen: float = 0.8
    """How often the verifier sees that work is bad."""
    attentive: float = 1.0
    """How often who was wronged answers in time."""
    just: float = 0.95
    """How often the operator decides rightly."""


OURS = Setting(PromiseRules(trusted=(AccountId("rita"), AccountId("vera"))))
NO_STAKES = PromiseRules(
    identity_stake=Amount(0),
    bond=Ppm(0),
    challenge_bond=Ppm(0),
    task_failure=NO_PENALTY,
    timeout_violation=NO_PENALTY,
    reputation_threshold=NO_PENALTY,
)
"""What a market without stakes goes by."""


class Arena:
    """One market with its time; everything random comes from one seed."""

    def __init__(self, setting: Setting, seed: str) -> None:
        self.setting = setting
        self.dice = random.Random(seed)
        self.economy = Economy()
        self.now = int(DAY)
        self.sequence = self.tasks = self.contracts = 0
        self.beside: Counter[str] = Counter()
        """What work cost (less) and was worth (more) to each, outside the ledger."""
        self.penalties: Counter[str] = Counter()
        """How often each has lost stake as a penalty."""
        self.ratings: dict[str, list[bool]] = {}
        self.do(c.DeclareAsset(CREDIT), c.SetPromiseRules(setting.rules))
        for name in ("rita", "vera", *HONEST):
            self.join(name)

    def join(self, name: str) -> None:
        """A new name, an owner of its own, with the stake that the rules ask for."""
        agent = AgentId(name)
        self.do(c.CreateAgent(agent, capabilities=("work",), credits=Amount(RICH)))
        self.do(c.PostStake(agent, Amount(STAKE)))

    def practise(self, names: tuple[str, ...] = HONEST, times: int = 15) -> None:
        """Let workers build a record with good work for Rita."""
        for _ in range(times):
            for name in names:
                for contract in self.bought("rita", {name: 10 * CR}):
                    self.finish(contract, Verdict.SATISFACTORY)

    def market(self, slot: dict[str, int], shirkers: tuple[str, ...] = (), scale: int = 1) -> bool:
        """One task of Rita's, for which the free ones offer, and whoever is planted; one after another has it
        until somebody has done it. Whether a shirker was caught.

        `scale` is how many times the usual the task costs and is worth.
        """
        costs = {name: scale * self.cost() for name in HONEST if self.dice.random() < FREE} | slot
        caught = False
        for contract in self.bought("rita", costs, scale=scale):
            shirks = contract.provider in shirkers
            if not shirks:
                self.beside[contract.provider] -= costs[contract.provider]
                self.beside["rita"] += scale * VALUE
            poor = self.dice.random() < (self.setting.seen if shirks else MISTAKEN)
            self.finish(contract, Verdict.POOR if poor else Verdict.SATISFACTORY)
            caught = caught or (shirks and poor)
        return caught

    def bought(
        self,
        requester: str,
        offers: dict[str, int],
        judging: Judging = VERA,
        scale: int = 1,
        again: bool = True,
    ) -> Iterator[Contract]:
        """The contracts of one task, one after the other as they are awarded."""
        self.tasks += 1
        task = TaskId(f"t{self.tasks}")
        ceiling, offers = self._chosen(offers, scale * CEILING)
        weight = scale * VALUE if self.setting.choose == "proven" else 0
        start, due = Instant(self.now + HOUR), Instant(self.now + 3 * HOUR)
        self.do(
            c.PostTask(
                task,
                AgentId(requester),
                "work",
                Amount(ceiling),
                start,
                due,
                judging,
                quality_weight=Amount(weight),
                fallback=again,
            )
        )
        for name, price in offers.items():
            self.tried(c.OfferWork(task, AgentId(name), Amount(max(1, min(price, ceiling)))))
        self.wait(HOUR)
        while (contract := self.contract(task)) is not None:
            yield contract

    def finish(self, contract: Contract, verdict: Verdict, judge: str = "vera") -> None:
        """Let a contract be delivered, judged and settled, with nobody against it."""
        self.deliver(contract, verdict, judge)
        self.wait(contract.rules.challenge_window)

    def deliver(self, contract: Contract, verdict: Verdict, judge: str = "vera") -> None:
        """Let a contract be delivered and judged; the quality is whole or none."""
        self.ratings.setdefault(contract.provider, []).append(quality_of(verdict) > 0)
        if self.setting.on_delivery:
            verdict = Verdict.SATISFACTORY
        self.do(
            c.ReportDelivery(contract.id, contract.provider),
            c.JudgeContract(contract.id, AgentId(judge), verdict, quality_of(verdict)),
        )

    def dispute(
        self, contract: Contract, challenger: str, claim: Verdict, true: Verdict, answered: bool
    ) -> None:
        """A challenge, with the answer of the other side where there is one, and the operator's decision."""
        sides = {contract.provider, contract.requester}
        (other,) = sides - {AgentId(challenger)}
        claimed = c.ChallengeVerdict(contract.id, AgentId(challenger), claim, quality_of(claim))
        if self.tried(claimed) and answered:
            self.do(c.DefendVerdict(contract.id, other))
            rightly = self.dice.random() < self.setting.just
            wrong = Verdict.POOR if true is Verdict.SATISFACTORY else Verdict.SATISFACTORY
            verdict = true if rightly else wrong
            self.do(c.DecideDispute(contract.id, verdict, quality_of(verdict)))
        self.wait(2 * contract.rules.challenge_window)

    def contract(self, task: TaskId) -> Contract | None:
        """The contract of a task that is open."""
        found = self.economy.state.tasks.find(task)
        if found is None or found.contract is None:
            return None
        contract = self.economy.state.contracts.find(found.contract)
        if contract is None or contract.status is not ContractStatus.OPEN:
            return None
        self.contracts += 1
        return contract

    def cost(self) -> int:
        """What the next piece of work costs somebody who does it well."""
        return self.dice.randint(*COSTS)

    def wealth(self, *names: str) -> int:
        """What names have, at stake or not, with what work cost and was worth to them, less what they began
        with, in µcr."""
        accounts = self.economy.state.ledger.accounts
        total = 0
        for name in names:
            for account in (AccountId(name), AccountId(f"stake:{name}")):
                total += accounts[account].balance if account in accounts else 0
            total += self.beside[name] - RICH
        return total

    def do(self, *commands: Command) -> None:
        """Carry commands out, none of which may be refused."""
        for command in commands:
            decision = self._decide(command)
            assert not isinstance(decision, Refusal), f"{command}: {decision.sentence()}"

    def tried(self, command: Command) -> bool:
        """Whether a command is carried out."""
        return not isinstance(self._decide(command), Refusal)

    def wait(self, duration: int) -> None:
        """Let time pass, deadline by deadline."""
        end = self.now + duration
        while (due := self.economy.next_deadline()) is not None and due <= end:
            self.now = max(self.now, due)
            command = self.economy.due(Instant(self.now))
            if command is not None:
                assert not isinstance(self._decide(command), Refusal), command
        self.now = end

    def check(self) -> None:
        """The invariants, which hold whatever an attacker did."""
        invariants.check(self.economy.state)

    def _decide(self, command: Command) -> tuple[Event, ...] | Refusal:
        now = Instant(self.now)
        decision = self.economy.decide(command, now)
        for happened in (decision,) if isinstance(decision, Refusal) else decision:
            self.sequence += 1
            self.economy.apply(happened, Sequence(self.sequence), now)
            self._noted(happened)
        return decision

    def _noted(self, happened: Event | Refusal) -> None:
        """Count penalties, and keep beside the ledger what a naive market would have done otherwise."""
        match happened:
            case e.StakeSlashed() if happened.amount and happened.contract:
                self.penalties[happened.agent] += 1
                contract = self.economy.state.contracts.find(happened.contract)
                assert contract is not None, "it has just ended"
                if self.setting.collects and happened.by == JudgedBy.REQUESTER.value:
                    self.beside[contract.requester] += happened.amount - happened.to_injured
            case e.ContractInsured() if self.setting.flat_premium:
                self.beside[happened.agent] += happened.premium - happened.cover // 10
            case _:
                pass

    def _chosen(self, offers: dict[str, int], ceiling: int) -> tuple[int, dict[str, int]]:
        """What is offered in the economy; where a naive requester chooses by mean ratings, its choice alone.

        That is paid the least that another asks, as by second price; a new name is an average one.
        """
        if self.setting.choose != "mean" or len(offers) < 2:
            return ceiling, offers
        best = min(offers, key=lambda name: offers[name] - VALUE * self._mean(name))
        rival = min(price for name, price in offers.items() if name != best)
        return min(ceiling, max(rival, offers[best])), {best: offers[best]}

    def _mean(self, name: str) -> float:
        given = self.ratings.get(name) or [each for ratings in self.ratings.values() for each in ratings]
        return sum(given) / len(given)


def quality_of(verdict: Verdict) -> Ppm:
    """What work is worth that is judged so, of what it should be: all or nothing."""
    return PPM_ONE if verdict in (Verdict.EXCELLENT, Verdict.SATISFACTORY) else Ppm(0)
