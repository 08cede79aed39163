"""Who may have a task, and who gets it: the best score of whoever is able, backed and of another owner.

It is decided at the end of the offers, and again whenever a contract fails: whoever had one, and its owner's
other agents, are left out then. Whoever gets it has as long for the work as was promised, counted from the
award: a node that was down at the end of the offers costs nobody its time, let alone its stake.
"""

from collections.abc import Iterator

import msgspec

from econonexus.domain import events
from econonexus.domain.flows import reputing
from econonexus.domain.flows.spending import RECEIVES, payer
from econonexus.domain.flows.staking import free_stake, stake_account, told_of_free
from econonexus.domain.flows.standings import on_probation, suspended
from econonexus.domain.ids import CREDIT, AccountId, AgentId, ContractId, Instant
from econonexus.domain.ledger import Account
from econonexus.domain.mechanisms.promises import awards, effects
from econonexus.domain.mechanisms.promises.awards import Offer
from econonexus.domain.money import MAX_AMOUNT, Amount, Ppm
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.tasks import Task

Opened = dict[AgentId, events.OpenedOffer]
TRIED = "tried"
"""What is said against an offer whose owner has had the contract."""


def award(state: State, task: Task, now: Instant) -> events.ContractOpened | events.TaskFailed:
    """Give a task to the best of those who offered and have not had it, or let it fail."""
    opened = {name: _opened(state, task, name, now) for name in task.offers}
    requester = state.agents.by_id[task.requester]
    if suspended(state, requester):
        return _failed(task, "its requester may take on nothing new", opened)
    if task.tried and not task.fallback:
        return _failed(task, "its contract failed, and it is awarded only once", opened)
    won = awards.award(_able(state, opened), task.ceiling, task.quality_weight)
    if won is None:
        reason = "nobody who offered is left that could take it" if task.offers else "nobody offered"
        return _failed(task, reason, opened)
    return _contract(state, task, won, opened, now)


def barred(state: State, task: Task, agent: Agent, now: Instant) -> Refusal | None:
    """The first reason why an agent cannot have a task."""
    return next(barriers(state, task, agent, now), None)


def barriers(state: State, task: Task, agent: Agent, now: Instant) -> Iterator[Refusal]:
    """Every reason why an agent cannot have a task, in their order of precedence."""
    yield from unfit(state, task, agent)
    yield from unbacked(state, task, agent, now)


def unfit(state: State, task: Task, agent: Agent) -> Iterator[Refusal]:
    """What of an agent itself keeps it from a task: where it is paid, whose it is, what it can do."""
    income = income_of(state, agent.id)
    if income.kind not in RECEIVES:
        yield Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "agent", income.id)
    elif income.asset != CREDIT:
        yield Refusal(RefusalCode.ASSET_MISMATCH, "agent", income.id)
    owner_of = state.agents.by_id
    if agent.owner == owner_of[task.requester].owner:
        yield Refusal(RefusalCode.OWN_TASK, "agent", agent.id)
    for judge in task.judging.judges:
        if agent.owner == owner_of[AgentId(judge)].owner:
            yield Refusal(RefusalCode.JUDGES_TASK, "agent", judge)
            break
    if task.capability not in agent.capabilities:
        yield Refusal(RefusalCode.NOT_CAPABLE, "agent", task.capability)


def unbacked(state: State, task: Task, agent: Agent, now: Instant) -> Iterator[Refusal]:
    """What an agent lacks for a task: the identity stake, free stake for the bond of the dearest contract
    the task could become, a record, or leave to take on anything."""
    posted, least = _posted(state, agent)
    free, bond = free_stake(state, agent.id), bond_of(state, agent, task.ceiling, now)
    if posted < least:
        yield Refusal(RefusalCode.STAKE_TOO_SMALL, "agent", agent.id, least, posted)
    elif free < bond:
        yield Refusal(RefusalCode.STAKE_TOO_SMALL, "agent", agent.id, bond, told_of_free(state, agent.id))
    known = known_of(state, agent, now)
    if known < task.least_reputation:
        yield Refusal(RefusalCode.REPUTATION_TOO_LOW, "agent", agent.owner, task.least_reputation, known)
    refusal = suspended(state, agent) or stopped(state, agent)
    if refusal:
        yield refusal


def _posted(state: State, agent: Agent) -> tuple[int, int]:
    """What an agent has at stake, and what it must have; who never posted any has no account for a bond, even
    where the rules ask for nothing."""
    least = state.stakes.rules.identity_stake
    if agent.id not in state.stakes.by_agent:
        return 0, max(1, least)
    return state.ledger.accounts[stake_account(agent.id)].balance, least


def stopped(state: State, agent: Agent) -> Refusal | None:
    """Whether an agent is frozen, or its team."""
    if agent.frozen:
        return Refusal(RefusalCode.AGENT_FROZEN, "agent", agent.id)
    if agent.team is not None and state.agents.teams[agent.team].frozen:
        return Refusal(RefusalCode.TEAM_FROZEN, "agent", agent.team)
    return None


def bond_of(state: State, agent: Agent, price: int, now: Instant) -> Amount:
    """What of its stake backs a contract of an agent at this price."""
    rules = state.stakes.rules
    relief = Ppm(0) if on_probation(state, agent) else rules.relief
    return effects.bond(price, known_of(state, agent, now), rules.bond, relief)


def known_of(state: State, agent: Agent, now: Instant) -> Ppm:
    """How far an agent's record lets one trust it, but for one chance in twenty."""
    return reputing.known_of(state, agent.owner, now)


def quality_of(state: State, agent: Agent, now: Instant) -> Ppm:
    """How good an agent's record lets one expect its work to be, but for one chance in twenty."""
    return reputing.quality_of(state, agent.owner, now)


def income_of(state: State, agent: AgentId) -> Account:
    """Where an agent is paid: into its wallet, or its team's."""
    paid = payer(state, AccountId(agent))
    assert paid is not None, "every agent has a wallet, or a team that has"
    return paid[0]


def has_had(state: State, task: Task, agent: Agent) -> bool:
    """Whether an agent of the same owner has had the contract for a task."""
    return any(agent.owner == state.agents.by_id[tried].owner for tried in task.tried)


def _opened(state: State, task: Task, name: AgentId, now: Instant) -> events.OpenedOffer:
    """An offer as it is told once the task is awarded: what it asked for, and what decided about it."""
    agent, price = state.agents.by_id[name], task.offers[name]
    refusal = barred(state, task, agent, now)
    if refusal is not None:
        return events.OpenedOffer(name, price, None, refusal.code.value, refusal.requested, refusal.available)
    if has_had(state, task, agent):
        return events.OpenedOffer(name, price, None, TRIED)
    return events.OpenedOffer(name, price, quality_of(state, agent, now))


def _able(state: State, opened: Opened) -> list[Offer]:
    """The offers that could become a contract now, in the order of their acceptance."""
    return [
        Offer(name, state.agents.by_id[name].owner, offer.price, offer.quality)
        for name, offer in opened.items()
        if offer.quality is not None
    ]


def _failed(task: Task, reason: str, opened: Opened) -> events.TaskFailed:
    return events.TaskFailed(
        task.id,
        task.requester,
        task.pledge.source,
        Amount(task.pledge.amount),
        reason,
        tuple(opened.values()),
    )


def _contract(
    state: State, task: Task, won: awards.Won, opened: Opened, now: Instant
) -> events.ContractOpened:
    provider = state.agents.by_id[AgentId(won.offer.agent)]
    due_at = min(now + task.time_to_work, MAX_AMOUNT)
    return events.ContractOpened(
        ContractId(f"{task.id}:{len(task.tried) + 1}"),
        task.id,
        task.requester,
        provider.id,
        provider.owner,
        won.payment,
        task.bonus,
        bond_of(state, provider, won.payment, now),
        stake_account(provider.id),
        income_of(state, provider.id).id,
        Instant(due_at),
        # Whom the operator trusts is no contract's affair, and may be a long list.
        msgspec.structs.replace(state.stakes.rules, trusted=()),
        tuple(opened.values()),
        None if won.second is None else AgentId(won.second.agent),
    )
