"""A small economy in which agents work for each other, to break promises in and see what that leads to."""

from collections.abc import Iterable
from typing import TypeVar

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.ids import AccountId, AgentId, ContractId, Instant, TaskId
from econonexus.domain.kinds import Standing, Verdict
from econonexus.domain.money import MAX_AMOUNT, MICROS_PER_CREDIT, Amount
from econonexus.domain.promises import DAY, HOUR, Judging, PromiseRules
from econonexus.domain.subjects.contracts import Contract
from tests.world import World

E = TypeVar("E", bound=Event)
CR = MICROS_PER_CREDIT
OFFERS, WORK = HOUR, 2 * DAY
"""How long offers are taken for a task, and then there is for the work, in ns."""
VERA = Judging(("vera",))
"""A verifier that belongs to neither side."""
PEOPLE = ("rita", "ruth", "pia", "quin", "ron", "vera")
"""Each its own owner: two ask for work, three do it, one judges."""


class Workshop(World):
    """Rita and Ruth ask for work; Pia, Quin and Ron do it; Vera judges."""

    def __init__(self, rules: PromiseRules | None = None, stake: int = 1_000 * CR) -> None:
        super().__init__()
        if rules is not None:
            self.do(c.SetPromiseRules(rules))
        for name in PEOPLE:
            money = Amount(10_000 * CR)
            self.do(c.CreateAgent(AgentId(name), capabilities=("work",), credits=money))
            self.do(c.PostStake(AgentId(name), Amount(stake)))
        self.tasks = 0

    def worker(self, name: str, owner: str, stake: int = 1_000 * CR) -> None:
        """One more agent of an owner, with a wallet and a stake of its own."""
        agent = AgentId(name)
        self.do(
            c.CreateAgent(agent, owner=AccountId(owner), capabilities=("work",), credits=Amount(10_000 * CR))
        )
        self.do(c.PostStake(agent, Amount(stake)))

    def ask(
        self,
        name: str,
        ceiling: int,
        judging: Judging = VERA,
        requester: str = "rita",
        due_at: int | None = None,
    ) -> None:
        """Post a task."""
        until = Instant(self.now + OFFERS)
        due = Instant(until + WORK if due_at is None else due_at)
        self.do(c.PostTask(TaskId(name), AgentId(requester), "work", Amount(ceiling), until, due, judging))

    def offer(self, task: str, agent: str, price: int) -> c.OfferWork:
        """An offer to do a task."""
        return c.OfferWork(TaskId(task), AgentId(agent), Amount(price))

    def award(
        self,
        ceiling: int,
        offers: dict[str, int],
        judging: Judging = VERA,
        requester: str = "rita",
        due_at: int | None = None,
    ) -> Contract:
        """The contract for a new task: the least price wins and is paid the next one, or else the ceiling."""
        self.tasks += 1
        task = f"task-{self.tasks}"
        self.ask(task, ceiling, judging, requester, due_at)
        self.do(*(self.offer(task, agent, price) for agent, price in offers.items()))
        self.wait(OFFERS)
        return self.contract(f"{task}:1")

    def contract(self, name: str) -> Contract:
        """A contract, also one that is over."""
        found = self.economy.state.contracts.find(ContractId(name))
        assert found is not None, f"there is no contract {name}"
        return found

    def deliver(self, contract: Contract) -> None:
        """Say that the work is done."""
        self.do(c.ReportDelivery(contract.id, contract.provider))

    def judged(self, contract: Contract, verdict: Verdict, judge: str = "vera") -> list[Event]:
        """What follows from a verdict on what is delivered, once nobody can challenge it any more."""
        self.deliver(contract)
        self.do(c.JudgeContract(contract.id, AgentId(judge), verdict))
        return self.wait(contract.rules.challenge_window)

    def late(self, contract: Contract) -> list[Event]:
        """What follows from a deadline that passes."""
        return self.wait(contract.due_at - self.now)

    def offend(
        self, verdict: Verdict, provider: str = "pia", ceiling: int = 10 * CR, times: int = 1
    ) -> list[e.StakeSlashed]:
        """Have a provider fail so many times, with nothing lost to its requester; the last penalties."""
        penalties: list[e.StakeSlashed] = []
        for _ in range(times):
            contract = self.award(ceiling, {provider: ceiling})
            late = verdict is Verdict.LATE
            penalties = slashes(self.late(contract) if late else self.judged(contract, verdict))
        return penalties

    def fill(self, name: str, room: int) -> int:
        """Fill a wallet but for `room`: with all that can be issued, and by owing the rest; what it owes."""
        wallet = AccountId(name)
        accounts = self.economy.state.ledger.accounts
        issued = sum(account.balance for known, account in accounts.items() if known != "mint")
        self.do(c.Mint(wallet, Amount(MAX_AMOUNT - issued)))
        missing = MAX_AMOUNT - room - self.balance(name)
        self.do(c.SetCreditLine(wallet, Amount(missing)), c.DrawCredit(wallet, Amount(missing)))
        return missing

    def stake(self, agent: str) -> int:
        """What an agent has at stake."""
        return self.balance(f"stake:{agent}")

    def standing(self, owner: str) -> Standing:
        """What an owner's agents may do."""
        return self.economy.state.stakes.standing_of(AccountId(owner))


def of_kind(kind: type[E], happened: Iterable[Event]) -> list[E]:
    """The events of one kind among those that happened."""
    return [event for event in happened if isinstance(event, kind)]


def slashes(happened: list[Event]) -> list[e.StakeSlashed]:
    """The penalties among events."""
    return of_kind(e.StakeSlashed, happened)
