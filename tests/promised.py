"""What must hold of stakes and contracts: at any instant (`check`), and of all that happened (`Promised`).

At any instant what backs promises lies in the stake account that it should, and nothing that is to be
given back is spoken for. Of all that happened: stakes are what was posted, less what a few kinds of events
took; nobody is paid more than was promised, and no penalty takes what it must not.
"""

from collections import Counter

from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.kinds import AccountKind, ContractStatus, Standing, TaskStatus
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State


def check(state: State) -> None:
    """What holds of stakes, tasks and contracts at any instant."""
    _stakes_lie_where_they_should(state)
    _what_backs_promises_is_at_stake(state)
    _bans_keep_stakes(state)
    _tasks_and_contracts_belong_together(state)


def _stakes_lie_where_they_should(state: State) -> None:
    accounts = state.ledger.accounts.values()
    known = {f"stake:{agent}" for agent in state.stakes.by_agent}
    assert {account.id for account in accounts if account.kind is AccountKind.STAKE} == known
    for agent, stake in state.stakes.by_agent.items():
        account = state.ledger.accounts[f"stake:{agent}"]  # type: ignore[index]  # A plain name.
        assert (account.owner, account.asset, account.budget) == (agent, "credit", None)
        assert all(each.amount > 0 for each in stake.unbonding)
        assert [each.ready_at for each in stake.unbonding] == sorted(
            each.ready_at for each in stake.unbonding
        )
        assert stake.withdrawn <= account.balance - account.held


def _what_backs_promises_is_at_stake(state: State) -> None:
    """Every bond is reserved in its agent's own stake, and whoever has one there gets nothing back."""
    backing: Counter[str] = Counter()
    for contract in state.contracts.by_id.values():
        assert contract.bond.source == f"stake:{contract.provider}"
        backing[contract.provider] += 1
        for word in contract.words():
            assert word.pledge.amount >= 1
            backing[word.agent] += word.pledge.source == f"stake:{word.agent}"
        assert all(word.pledge.source == f"stake:{word.agent}" for word in contract.votes.values())
    assert {agent: stake.open for agent, stake in state.stakes.by_agent.items() if stake.open} == +backing


def _bans_keep_stakes(state: State) -> None:
    of_owner: dict[str, list[str]] = {}
    for agent, stake in state.stakes.by_agent.items():
        owner = state.agents.by_id[agent].owner
        of_owner.setdefault(owner, []).append(agent)
        assert stake.banned == (state.stakes.standing_of(owner) is Standing.BANNED)
    assert state.stakes.of_owner == of_owner
    assert Standing.ACTIVE not in state.stakes.standings.values()


def _tasks_and_contracts_belong_together(state: State) -> None:
    tasks, contracts = state.tasks.by_id, state.contracts.by_id
    awarded = {task.contract for task in tasks.values() if task.status is TaskStatus.AWARDED}
    assert awarded == set(contracts)
    assert {task.status for task in tasks.values()} <= {TaskStatus.POSTED, TaskStatus.AWARDED}
    assert all(task.pledge.amount == task.ceiling + task.bonus for task in tasks.values())
    of_owner: dict[str, set[str]] = {}
    for name, contract in contracts.items():
        of_owner.setdefault(contract.owner, set()).add(name)
        assert contract.status is not ContractStatus.SETTLED
        assert contract.due is not None
        assert contract.payment <= tasks[contract.task].ceiling
    assert {owner: set(names) for owner, names in state.contracts.of_owner.items()} == of_owner
    assert state.contracts.covered == sum(contract.cover for contract in contracts.values())


class Promised:
    """What was put at stake and promised so far, from the events alone."""

    def __init__(self) -> None:
        self.staked: Counter[str] = Counter()
        """Stake account to what should be in it."""
        self._withdrawn: Counter[str] = Counter()
        """Agent to what it asked back and did not get yet, as far as it was not lost."""
        self._tasks: dict[str, e.TaskPosted] = {}
        self._contracts: dict[str, e.ContractOpened] = {}

    def check(self, state: State) -> None:
        """The ledger's stakes are the ones that follow from what happened."""
        stakes = {f"stake:{agent}" for agent in state.stakes.by_agent}
        assert stakes == set(self.staked)
        for name in stakes:
            assert state.ledger.accounts[name].balance == self.staked[name]  # type: ignore[index]
        assert not self._contracts.keys() ^ state.contracts.by_id.keys()

    def enter(self, happened: Event | Refusal) -> None:
        """One thing more has happened."""
        self._stake(happened)
        self._promise(happened)

    def _stake(self, happened: Event | Refusal) -> None:
        """What goes in and out of stakes: these events, and no others."""
        match happened:
            case e.StakePosted():
                self.staked[happened.destination] += happened.amount
            case e.StakeUnbonding():
                self._withdrawn[happened.agent] += happened.amount
            case e.StakeReleased():
                self.staked[happened.source] -= happened.amount
                self._withdrawn[happened.agent] -= happened.amount
                assert self._withdrawn[happened.agent] >= 0, "more was given back than was asked for"
                backs = [name for name, each in self._contracts.items() if each.provider == happened.agent]
                assert not backs, f"{backs} were backed by what was given back"
            case e.StakeSlashed():
                self.staked[happened.source] -= happened.amount
                assert 0 <= happened.to_injured <= min(happened.amount, happened.loss)
                assert happened.amount <= happened.reach
                assert happened.independent or not happened.to_injured
            case e.LossCompensated():
                self.staked[happened.source] -= happened.amount
                assert happened.paid + happened.amount <= happened.loss
            case e.DisputeBondLost() if happened.source.startswith("stake:"):
                self.staked[happened.source] -= happened.amount
            case e.DebtCalled() if happened.from_stake:
                self.staked[happened.stake] -= happened.from_stake

    def _promise(self, happened: Event | Refusal) -> None:
        """Nobody is paid more than was promised, or held for it."""
        match happened:
            case e.TaskPosted():
                assert happened.held == happened.ceiling + happened.bonus
                self._tasks[happened.task] = happened
            case e.ContractOpened():
                assert happened.payment <= self._tasks[happened.task].ceiling
                offered = {offer.agent: offer.price for offer in happened.offers}
                assert happened.payment >= offered[happened.provider], "it is paid less than it asked"
                self._contracts[happened.contract] = happened
            case e.ContractSettled():
                contract = self._contracts.pop(happened.contract)
                assert happened.payment <= self._tasks[happened.task].ceiling
                assert happened.bonus <= contract.bonus
                if happened.verdict.value in ("poor", "late", "byzantine", "ended"):
                    assert (happened.payment, happened.bonus) == (0, 0)
                elif happened.quality is None and happened.by.value != "unanswered":
                    # 0 where a full balance takes nothing; more where the requester alone had called it bad.
                    word = max(1, contract.payment * contract.rules.challenge_bond // 1_000_000)
                    dearer = min(self._tasks[happened.task].ceiling, contract.payment + word)
                    assert happened.payment in (0, contract.payment) or (
                        happened.by.value == "unanswered" and happened.payment == dearer
                    )
