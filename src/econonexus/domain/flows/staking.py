"""Stakes: put up, taken back after a delay, and by which rules they are lost; `enforcing` takes them."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.pledging import reserve
from econonexus.domain.flows.spending import Decision, payer
from econonexus.domain.ids import CREDIT, AccountId, AgentId, Instant, TeamId
from econonexus.domain.kinds import AccountKind, Standing
from econonexus.domain.ledger import Account
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE, Amount
from econonexus.domain.promises import Penalty, PromiseRules
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent

MAX_SEVERITY = 100
MAX_TRUSTED = 1_000
MAX_HALF_LIFE_DAYS = 3_660
MAX_WEIGHT = 1_000
BONUSES = ("consistency_bonus", "cooperation_bonus")
MAX_UNBONDING = 100
"""Withdrawals of one agent that wait."""


def set_rules(state: State, command: commands.SetPromiseRules, _: Instant) -> Decision | Refusal:
    """Say by which rules promises are kept."""
    return _odd_rules(command.rules) or (events.PromiseRulesSet(command.rules),)


def post(state: State, command: commands.PostStake, now: Instant) -> Decision | Refusal:
    """Put credits at stake."""
    refusal = forms.amount("amount", command.amount)
    if refusal:
        return refusal
    agent = known_agent(state, "agent", command.agent)
    if isinstance(agent, Refusal):
        return agent
    name = stake_account(agent.id)
    account = state.ledger.accounts.get(name)
    opened: Decision = ()
    if account is None:
        opened = (events.AccountOpened(name, AccountId(agent.id), AccountKind.STAKE, CREDIT),)
    elif account.kind is not AccountKind.STAKE or account.owner != AccountId(agent.id):
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "agent", name)
    sink = account or Account(name, AccountId(agent.id), AccountKind.STAKE, CREDIT)
    paid = reserve(state, agent, sink, command.amount, now)
    if isinstance(paid, Refusal):
        return paid
    pledge, overruns = paid
    posted = events.StakePosted(agent.id, pledge.source, name, command.amount, pledge.budgets)
    return (*overruns, *opened, posted)


def unbond(state: State, command: commands.UnbondStake, now: Instant) -> Decision | Refusal:
    """Begin to take credits from stake."""
    refusal = forms.amount("amount", command.amount)
    if refusal:
        return refusal
    agent = known_agent(state, "agent", command.agent)
    if isinstance(agent, Refusal):
        return agent
    stake, account = state.stakes.by_agent.get(agent.id), state.ledger.accounts.get(stake_account(agent.id))
    if stake is None or account is None:
        return Refusal(RefusalCode.UNKNOWN_ACCOUNT, "agent", stake_account(agent.id))
    free = free_stake(state, agent.id)
    if command.amount > free or len(stake.unbonding) >= MAX_UNBONDING:
        return Refusal(RefusalCode.STAKE_IN_USE, "amount", account.id, command.amount, free)
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
    paying = payer(state, AccountId(agent.id))
    assert paying is not None, "every agent has a wallet, or a team that has"
    account = state.ledger.accounts[stake_account(agent.id)]
    amount = min(stake.unbonding[0].amount, account.balance - account.held, room(paying[0]))
    return (events.StakeReleased(agent.id, account.id, paying[0].id, Amount(max(0, amount))),)


def set_standing(state: State, command: commands.SetStanding, _: Instant) -> Decision | Refusal:
    """Say what an owner's agents may do."""
    refusal = forms.name("owner", command.owner) or forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    owned = TeamId(command.owner) in state.agents.teams or any(
        agent.owner == command.owner for agent in state.agents.by_id.values()
    )
    if not owned:
        return Refusal(RefusalCode.UNKNOWN_ACCOUNT, "owner", command.owner)
    return (events.StandingSet(command.owner, command.standing, command.reason),)


def stake_account(agent: AgentId) -> AccountId:
    """The account in which an agent's stake lies."""
    return AccountId(f"stake:{agent}")


def free_stake(state: State, agent: AgentId) -> int:
    """What of an agent's stake backs nothing and is not being withdrawn."""
    account, stake = state.ledger.accounts.get(stake_account(agent)), state.stakes.by_agent.get(agent)
    if account is None or stake is None:
        return 0
    return max(0, account.balance - account.held - stake.withdrawn)


def known_agent(state: State, field: str, name: AgentId) -> Agent | Refusal:
    """The agent of a name."""
    agent = state.agents.by_id.get(name)
    return Refusal(RefusalCode.UNKNOWN_AGENT, field, name) if agent is None else agent


def suspended(state: State, agent: Agent) -> Refusal | None:
    """Whether an agent's owner may take on nothing new."""
    if state.stakes.standing_of(agent.owner) in (Standing.SUSPENDED, Standing.BANNED):
        return Refusal(RefusalCode.OWNER_SUSPENDED, "agent", agent.owner)
    return None


def room(account: Account) -> int:
    """How much a balance may rise."""
    return MAX_AMOUNT - account.balance


def _odd_rules(rules: PromiseRules) -> Refusal | None:
    """What of the rules is out of range."""
    least = {
        "judging": 1,
        "challenge_window": 1,
        "deciding": 1,
        "window": 1,
        "half_life_days": 1,
        "plain_value": 1,
        "most_weight": 1,
        "repaying": 1,
    }
    for field in rules.__struct_fields__:
        value = getattr(rules, field)
        if isinstance(value, Penalty):
            fine = 0 <= value.rate <= PPM_ONE and 0 <= value.severity <= MAX_SEVERITY and value.grace >= 0
        elif field == "trusted":
            fine = len(set(value)) == len(value) <= MAX_TRUSTED and not any(
                forms.name(field, owner) for owner in value
            )
        elif value.__class__ is int:
            fine = least.get(field, 0) <= value <= MAX_AMOUNT
        else:
            fine = value.__class__ is bool
        if not fine:
            return Refusal(RefusalCode.INVALID_PROMISE_RULES, field)
    parts = ("relief", "threshold", "loading", "insurable", "surplus_share", *BONUSES)
    most = {**dict.fromkeys(parts, PPM_ONE), "half_life_days": MAX_HALF_LIFE_DAYS, "most_weight": MAX_WEIGHT}
    for field, bound in most.items():
        if getattr(rules, field) > bound:
            return Refusal(RefusalCode.INVALID_PROMISE_RULES, field)
    return None
