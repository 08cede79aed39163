"""Stakes: put up, and taken back after a delay; `enforcing` is what takes them."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.pledging import paying
from econonexus.domain.flows.spending import (
    PAYS,
    Decision,
    alerts,
    can_afford,
    earner,
    frozen,
    has_room,
    levels_counted,
    repayment,
    within_budgets,
)
from econonexus.domain.flows.standings import banned
from econonexus.domain.ids import CREDIT, AccountId, AgentId, Instant
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import Account, Pledge
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent

MAX_UNBONDING = 100
"""Withdrawals of one agent that wait."""


def post(state: State, command: commands.PostStake, now: Instant) -> Decision | Refusal:
    """Put credits at stake."""
    refusal = forms.amount("amount", command.amount)
    if refusal:
        return refusal
    agent = known_agent(state, "agent", command.agent)
    if isinstance(agent, Refusal):
        return agent
    name, owner = stake_account(agent.id), AccountId(agent.id)
    account = state.ledger.accounts.get(name)
    if account is not None and account.kind is not AccountKind.STAKE:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "agent", name)
    sink = account or Account(name, owner, AccountKind.STAKE, CREDIT)
    paid = _paid_in(state, agent, sink, command.amount, now)
    if isinstance(paid, Refusal):
        return paid
    pledge, overruns = paid
    opened = () if account else (events.AccountOpened(name, owner, AccountKind.STAKE, CREDIT),)
    posted = events.StakePosted(agent.id, pledge.source, name, command.amount, pledge.budgets)
    return (*overruns, *opened, posted, *alerts(state, pledge.budgets, command.amount, now))


def _paid_in(
    state: State, agent: Agent, sink: Account, amount: int, now: Instant
) -> tuple[Pledge, tuple[events.BudgetOverrun, ...]] | Refusal:
    """From where, and out of which budgets, an agent's stake is paid."""
    source, member = paying(state, agent)
    if source.kind not in PAYS:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "agent", source.id)
    if source.asset != CREDIT:
        return Refusal(RefusalCode.ASSET_MISMATCH, "agent", source.id)
    refusal = has_room(sink, amount) or can_afford(state, source, amount, member)
    levels = levels_counted(state, source, sink, None, member)
    assert not isinstance(levels, Refusal), "no budget was named"
    overruns = refusal or within_budgets(state, levels, amount, now, "amount")
    if isinstance(overruns, Refusal):
        return overruns
    return Pledge(source.id, sink.id, amount, levels), overruns


def unbond(state: State, command: commands.UnbondStake, now: Instant) -> Decision | Refusal:
    """Begin to take credits from stake."""
    refusal = forms.amount("amount", command.amount)
    if refusal:
        return refusal
    agent = known_agent(state, "agent", command.agent)
    if isinstance(agent, Refusal):
        return agent
    stake = state.stakes.by_agent.get(agent.id)
    if stake is None:
        return Refusal(RefusalCode.NOTHING_AT_STAKE, "agent", agent.id)
    account, free = state.ledger.accounts[stake_account(agent.id)], free_stake(state, agent.id)
    if command.amount > free:
        told = told_of_free(state, agent.id)
        return Refusal(RefusalCode.STAKE_IN_USE, "amount", account.id, command.amount, told)
    if len(stake.unbonding) >= MAX_UNBONDING:
        return Refusal(RefusalCode.TOO_MANY_UNBONDING, "agent", account.id, MAX_UNBONDING + 1, MAX_UNBONDING)
    refusal = banned(state, agent) or frozen(state, account)
    if refusal:
        return refusal
    ready_at = Instant(min(now + state.stakes.rules.unbonding, MAX_AMOUNT))
    return (events.StakeUnbonding(agent.id, command.amount, ready_at),)


def release(state: State, command: commands.ReleaseStake, now: Instant) -> Decision | Refusal:
    """Give back what has been unbonded: what is left of it, where some was lost meanwhile."""
    agent = known_agent(state, "agent", command.agent)
    if isinstance(agent, Refusal):
        return agent
    stake = state.stakes.by_agent.get(agent.id)
    if stake is None or stake.due is None or stake.due > now:
        return Refusal(RefusalCode.STAKE_NOT_DUE, "agent", agent.id)
    account, receiver = state.ledger.accounts[stake_account(agent.id)], earner(state, agent)
    amount = min(stake.unbonding[0].amount, account.balance - account.held, room(receiver))
    released = events.StakeReleased(agent.id, account.id, receiver.id, Amount(amount))
    return (released, *repayment(state, receiver, amount))


def stake_account(agent: AgentId) -> AccountId:
    """The account in which an agent's stake lies."""
    return AccountId(f"stake:{agent}")


def free_stake(state: State, agent: AgentId) -> int:
    """What of an agent's stake backs nothing and is not being withdrawn."""
    account, stake = state.ledger.accounts.get(stake_account(agent)), state.stakes.by_agent.get(agent)
    if account is None or stake is None:
        return 0
    return max(0, account.balance - account.held - stake.withdrawn)


def told_of_free(state: State, agent: AgentId) -> int | None:
    """The same as everybody may know it: not while it would tell what a sealed bid is lent."""
    return None if stake_account(agent) in state.auctions.sealed else free_stake(state, agent)


def known_agent(state: State, field: str, name: AgentId) -> Agent | Refusal:
    """The agent of a name."""
    agent = state.agents.by_id.get(name)
    return Refusal(RefusalCode.UNKNOWN_AGENT, field, name) if agent is None else agent


def room(account: Account) -> int:
    """How much a balance may rise."""
    return MAX_AMOUNT - account.balance
