"""A market for work, in the real economy, with honest people and a place for whoever is planted there.

Rita asks for work that is worth `VALUE` to her. Four workers with a record do it, each with a chance of being
free, at a cost that differs from task to task; they ask what it costs them, which is the best they can do.
Vera verifies: bad work escapes her now and then, and now and then she sees it where there is none. What work
costs and is worth is kept beside the ledger; all else is what the economy's own commands did.
"""

import random
from collections import Counter
from typing import NamedTuple

from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.economy import Economy
from econonexus.domain.events import Event
from econonexus.domain.ids import CREDIT, AccountId, AgentId, ContractId, Instant, Sequence, TaskId
from econonexus.domain.kinds import ContractStatus, Verdict
from econonexus.domain.money import MICROS_PER_CREDIT, PPM_ONE, Amount
from econonexus.domain.promises import DAY, HOUR, Judging, Penalty, PromiseRules
from econonexus.domain.refusals import Refusal
from econonexus.domain.subjects.contracts import Contract
from tests import invariants

CR = MICROS_PER_CREDIT
VALUE, CEILING = 20 * CR, 20 * CR
COSTS = (6 * CR, 10 * CR)
"""What a piece of honest work costs, at least and at most."""
FREE = 0.7
"""How often a worker is free for a task."""
SEEN, MISTAKEN = 0.8, 0.02
"""How often the verifier sees that work is bad, and how often it believes so of good work."""
ATTENTIVE, JUST = 1.0, 0.95
"""How often a side that was wronged answers in time, and how often the operator decides rightly."""
RICH, STAKE = 10_000 * CR, 1_000 * CR
HONEST = ("w1", "w2", "w3", "w4")
VERA = Judging(("vera",))
NO_PENALTY = Penalty(0, 1, 0)  # type: ignore[arg-type]  # A rate.


class Setting(NamedTuple):
    """By which rules a market goes, beside those of the economy."""

    rules: PromiseRules
    choose: str = "proven"
    """How requesters compare: by what is `proven`, by the plain `mean` of all ratings, or `blind`ly."""
    collects: bool = False
    """Whether what is lost on a requester's word goes to that requester."""
    appeals: bool = True
    """Whether a verdict can be challenged."""


OURS = Setting(PromiseRules(trusted=(AccountId("rita"), AccountId("vera"))))
NO_STAKES = PromiseRules(
    identity_stake=Amount(0),
    bond=0,  # type: ignore[arg-type]
    task_failure=NO_PENALTY,
    timeout_violation=NO_PENALTY,
    reputation_threshold=NO_PENALTY,
)


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
                self.buy({name: 10 * CR})

    def market(self, slot: dict[str, int], shirkers: tuple[str, ...] = (), scale: int = 1) -> list[Contract]:
        """One task of Rita's, for which the free ones offer, and whoever is planted; done to its end.

        `scale` is how many times the usual the task costs and is worth.
        """
        offers = {name: scale * self.cost() for name in HONEST if self.dice.random() < FREE}
        return self.buy(offers | slot, shirkers, scale=scale)

    def buy(
        self,
        offers: dict[str, int],
        shirkers: tuple[str, ...] = (),
        requester: str = "rita",
        judging: Judging = VERA,
        scale: int = 1,
    ) -> list[Contract]:
        """One task, awarded until somebody does it or nobody is left."""
        self.tasks += 1
        task = TaskId(f"t{self.tasks}")
        ceiling, offers = self._chosen(offers, scale * CEILING)
        weight = scale * VALUE if self.setting.choose == "proven" else 0
        start, due = Instant(self.now + HOUR), Instant(self.now + 3 * HOUR)
        self.do(
            c.PostTask(
                task, AgentId(requester), "work", Amount(ceiling), start, due, judging,
                quality_weight=Amount(weight),
            )
        )  # fmt: skip
        for name, price in offers.items():
            self.tried(c.OfferWork(task, AgentId(name), Amount(max(1, min(price, ceiling)))))
        self.wait(HOUR)
        done: list[Contract] = []
        while (contract := self.contract(task)) is not None:
            done.append(contract)
            self.work(contract, contract.provider not in shirkers, offers, scale)
        self.wait(3 * HOUR)
        return done

    def work(self, contract: Contract, honestly: bool, offers: dict[str, int], scale: int = 1) -> None:
        """Let a contract be done, or only said to be done, and judged."""
        if honestly:
            self.beside[contract.provider] -= offers.get(contract.provider, scale * COSTS[0])
        self.do(c.ReportDelivery(contract.id, contract.provider))
        poor = self.dice.random() < (MISTAKEN if honestly else SEEN)
        self.judge(contract, Verdict.POOR if poor else Verdict.SATISFACTORY)
        self.wait(int(HOUR))
        kept = contract.verdict in (Verdict.EXCELLENT, Verdict.SATISFACTORY)
        self.beside[contract.requester] += scale * VALUE if honestly else 0
        self.ratings.setdefault(contract.provider, []).append(kept)

    def judge(self, contract: Contract, verdict: Verdict, judge: str = "vera") -> None:
        """One verdict; its quality is whole or none."""
        quality = PPM_ONE if verdict in (Verdict.EXCELLENT, Verdict.SATISFACTORY) else 0
        self.do(c.JudgeContract(contract.id, AgentId(judge), verdict, quality))  # type: ignore[arg-type]

    def dispute(self, contract: Contract, challenger: str, claim: Verdict, answers: bool, true: Verdict) -> None:
        """A challenge, with its answer where there is one, and the operator's decision."""
        challenged = self.tried(c.ChallengeVerdict(contract.id, AgentId(challenger), claim))
        other = contract.requester if challenger == contract.provider else contract.provider
        if challenged and answers and self.tried(c.DefendVerdict(contract.id, other)):
            rightly = self.dice.random() < JUST
            wrong = Verdict.POOR if true is Verdict.SATISFACTORY else Verdict.SATISFACTORY
            self.do(c.DecideDispute(contract.id, true if rightly else wrong))

    def contract(self, task: TaskId) -> Contract | None:
        """The contract of a task that is open."""
        found = self.economy.state.tasks.find(task)
        if found is None or found.contract is None:
            return None
        contract = self.economy.state.contracts.find(ContractId(found.contract))
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
        return decision

    def _chosen(self, offers: dict[str, int], ceiling: int) -> tuple[int, dict[str, int]]:
        """What is offered in the economy; where a naive requester chooses by mean ratings, its choice alone.

        It is paid what its score would have borne, as in the second-score rule; a new name is at par.
        """
        if self.setting.choose != "mean" or len(offers) < 2:
            return ceiling, offers
        worth = {name: VALUE * self._mean(name) for name in offers}
        first, second = sorted(offers, key=lambda name: offers[name] - worth[name])[:2]
        paid = min(ceiling, int(offers[second] - worth[second] + worth[first]))
        return max(1, paid), {first: offers[first]}

    def _mean(self, name: str) -> float:
        given = self.ratings.get(name, ())
        return sum(given) / len(given) if given else 0.5
