"""What happens when promises are made, kept and broken: money is reserved, paid, lost and given back."""

from collections.abc import Callable
from typing import Never

from econonexus.domain import events
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.timing import CONTRACT, STAKE, TASK
from econonexus.domain.ids import AccountId, AgentId, BudgetId, ContractId, Instant, TaskId
from econonexus.domain.kinds import AccountKind, TaskStatus, Verdict
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State

Effect = Callable[[Never, Instant], None]


class PromiseEffects:
    """How the events of stakes, tasks and contracts change a state."""

    def __init__(self, state: State, deadlines: Deadlines) -> None:
        self._state = state
        self._deadlines = deadlines

    def routes(self) -> dict[type[events.Event | Refusal], Effect]:
        """What to do for each event."""
        state = self._state
        return {
            events.StakePosted: self._stake_posted,
            events.StakeUnbonding: self._unbonding,
            events.StakeReleased: self._released,
            events.StakeSlashed: self._slashed,
            events.LossCompensated: self._compensated,
            events.StandingSet: self._stood,
            events.TaskPosted: self._posted,
            events.TaskCancelled: lambda e, _: self._over(e.task, TaskStatus.CANCELLED),
            events.WorkOffered: lambda e, _: state.tasks.offer(e),
            events.OfferWithdrawn: lambda e, _: state.tasks.withdraw(e),
            events.TaskFailed: lambda e, _: self._over(e.task, TaskStatus.FAILED, e.reason),
            events.ContractOpened: self._opened,
            events.TaskReopened: self._reopened,
            events.DeliveryReported: self._delivered,
            events.VoteCast: self._voted,
            events.ContractJudged: self._judged,
            events.VerdictChallenged: self._challenged,
            events.VerdictDefended: self._defended,
            events.VerdictReferred: self._referred,
            events.ContractSettled: self._settled,
            events.DisputeBondLost: self._forfeited,
            events.ContractInsured: self._insured,
            events.ClaimPaid: self._claimed,
        }

    def _stake_posted(self, event: events.StakePosted, at: Instant) -> None:
        self._state.stakes.post(event.agent, self._state.agents.by_id[event.agent].owner)
        self._state.ledger.move(event.source, event.destination, event.amount)
        if event.budgets:
            self._state.budgets.spend(event.budgets, event.amount, at)

    def _unbonding(self, event: events.StakeUnbonding, _: Instant) -> None:
        self._state.stakes.unbond(event)
        self._note_stake(event.agent)

    def _released(self, event: events.StakeReleased, _: Instant) -> None:
        self._state.stakes.release(event.agent)
        self._move(event.source, event.destination, event.amount)
        self._note_stake(event.agent)

    def _stood(self, event: events.StandingSet, _: Instant) -> None:
        self._state.stakes.stand(event)
        for agent in self._state.stakes.of_owner.get(event.owner, ()):
            self._note_stake(agent)

    def _slashed(self, event: events.StakeSlashed, at: Instant) -> None:
        self._state.stakes.slash(event, at)
        self._move(event.source, event.injured, event.to_injured)
        self._move(event.source, event.sink, Amount(event.amount - event.to_injured))
        self._tell(event.contract)
        self._lost(event.agent, event.source)

    def _compensated(self, event: events.LossCompensated, _: Instant) -> None:
        self._tell(event.contract)
        self._move(event.source, event.injured, event.amount)
        self._lost(event.agent, event.source)

    def _lost(self, agent: AgentId, account: AccountId) -> None:
        """What is lost can not be given back any more, whatever is at stake later."""
        at_stake = self._state.ledger.accounts[account]
        self._state.stakes.by_agent[agent].trim(at_stake.balance - at_stake.held)
        self._note_stake(agent)

    def _posted(self, event: events.TaskPosted, at: Instant) -> None:
        pledge = Pledge(event.source, event.destination, event.held, event.budgets)
        self._state.tasks.post(event, pledge, at, self._state.sequence)
        self._reserve(pledge)
        self._deadlines.add(TASK, event.task, event.offers_until)

    def _over(self, name: TaskId, status: TaskStatus, reason: str = "") -> None:
        self._reserve(self._state.tasks.end(name, status, self._state.sequence, reason).pledge, -1)

    def _opened(self, event: events.ContractOpened, at: Instant) -> None:
        bond = Pledge(event.stake, event.stake, event.bond)
        self._state.tasks.award(event, self._state.sequence)
        self._state.contracts.open(event, bond, self._state.tasks.by_id[event.task].judging, at)
        self._reserve(bond)
        self._involve(event.provider, 1)
        self._note(event.contract)

    def _reopened(self, event: events.TaskReopened, _: Instant) -> None:
        self._state.tasks.reopen(event, self._state.sequence)
        self._deadlines.add(TASK, event.task, event.offers_until)

    def _delivered(self, event: events.DeliveryReported, _: Instant) -> None:
        self._state.contracts.deliver(event)
        self._note(event.contract)

    def _voted(self, event: events.VoteCast, _: Instant) -> None:
        pledge = Pledge(event.source, event.source, event.bond)
        self._state.contracts.vote(event, pledge)
        self._back(event.agent, pledge)
        self._tell(event.contract)

    def _judged(self, event: events.ContractJudged, _: Instant) -> None:
        self._state.contracts.judge(event)
        self._note(event.contract)

    def _challenged(self, event: events.VerdictChallenged, _: Instant) -> None:
        pledge = Pledge(event.source, event.destination, event.bond, event.budgets)
        self._state.contracts.challenge(event, pledge)
        self._back(event.agent, pledge)
        self._note(event.contract)

    def _defended(self, event: events.VerdictDefended, _: Instant) -> None:
        pledge = Pledge(event.source, event.destination, event.bond, event.budgets)
        self._state.contracts.defend(event, pledge)
        self._back(event.agent, pledge)
        self._note(event.contract)

    def _referred(self, event: events.VerdictReferred, _: Instant) -> None:
        self._state.contracts.refer(event)
        self._note(event.contract)

    def _settled(self, event: events.ContractSettled, at: Instant) -> None:
        contract = self._state.contracts.settle(event)
        self._reserve(contract.bond, -1)
        self._involve(contract.provider, -1)
        for word in contract.words():
            self._back(word.agent, word.pledge, -1)
        self._tell(contract.id)
        paid = Amount(event.payment + event.bonus)
        if event.verdict in (Verdict.EXCELLENT, Verdict.SATISFACTORY):
            self._over(event.task, TaskStatus.DONE)
        self._pay(event.source, event.destination, paid, event.budgets, at)

    def _forfeited(self, event: events.DisputeBondLost, at: Instant) -> None:
        self._tell(event.contract)
        self._pay(event.source, event.destination, event.amount, event.budgets, at)

    def _insured(self, event: events.ContractInsured, at: Instant) -> None:
        self._state.contracts.insure(event)
        self._tell(event.contract)
        self._pay(event.source, event.destination, event.premium, event.budgets, at)

    def _claimed(self, event: events.ClaimPaid, _: Instant) -> None:
        self._tell(event.contract)
        self._move(event.source, event.destination, event.amount)

    def _pay(
        self, source: str, destination: str, amount: Amount, levels: tuple[BudgetId, ...], at: Instant
    ) -> None:
        self._move(source, destination, amount)
        if amount and levels:
            self._state.budgets.spend(levels, amount, at)

    def _move(self, source: str, destination: str, amount: Amount) -> None:
        if amount:
            self._state.ledger.move(source, destination, amount)  # type: ignore[arg-type]  # Account names.

    def _reserve(self, pledge: Pledge, sign: int = 1) -> None:
        self._state.ledger.reserve(pledge, sign)
        if pledge.budgets:
            self._state.budgets.hold(pledge.budgets, sign * pledge.amount)

    def _involve(self, agent: AgentId, by: int) -> None:
        """While a contract is open nothing is given back of what is at stake."""
        self._state.stakes.by_agent[agent].open += by
        self._note_stake(agent)

    def _note_stake(self, agent: AgentId) -> None:
        self._deadlines.add(STAKE, agent, self._state.stakes.by_agent[agent].due)

    def _back(self, agent: AgentId, pledge: Pledge, sign: int = 1) -> None:
        """Reserve what backs a word, or free it; while stake does, nothing of that is given back."""
        self._reserve(pledge, sign)
        if self._state.ledger.accounts[pledge.source].kind is AccountKind.STAKE:
            self._involve(agent, sign)

    def _note(self, name: ContractId) -> None:
        """Remember what happened to a contract, and what falls due in it now."""
        self._tell(name)
        self._deadlines.add(CONTRACT, name, self._state.contracts.by_id[name].due)

    def _tell(self, name: ContractId) -> None:
        self._state.contracts.step(name, self._state.sequence)
