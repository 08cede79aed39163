"""Tasks: posted, offered for, awarded by second score to whoever is able, willing and backed."""

from fractions import Fraction

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.pledging import reserve
from econonexus.domain.flows.spending import Decision
from econonexus.domain.flows.staking import free_stake, known_agent, stake_account
from econonexus.domain.flows.standings import on_probation, suspended
from econonexus.domain.ids import CREDIT, AgentId, ContractId, Instant
from econonexus.domain.kinds import AccountKind, TaskStatus
from econonexus.domain.ledger import system_account
from econonexus.domain.mechanisms import procurement
from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.promises import effects
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE, Amount, Ppm
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.reputations import lower_bound
from econonexus.domain.subjects.tasks import Task

MAX_ID = 112
"""Contracts are named after their task, and need the rest of a name."""
MAX_TEXT = 16_384
MAX_CAPABILITY = 128
MAX_JUDGES = 64
MAX_OFFERS = 10_000


def post(state: State, command: commands.PostTask, now: Instant) -> Decision | Refusal:
    """Ask for a task, and hold what it may cost."""
    refusal = _odd(command)
    if refusal:
        return refusal
    requester = known_agent(state, "requester", command.requester)
    if isinstance(requester, Refusal):
        return requester
    refusal = _cannot_be(state, command, now) or suspended(state, requester)
    if refusal:
        return refusal
    escrow = state.ledger.accounts[system_account(AccountKind.ESCROW, CREDIT)]
    pledged = reserve(state, requester, escrow, command.ceiling + command.bonus, now, "ceiling")
    if isinstance(pledged, Refusal):
        return pledged
    pledge, overruns = pledged
    posted = events.TaskPosted(
        command.task,
        requester.id,
        pledge.source,
        pledge.destination,
        command.capability,
        command.ceiling,
        command.bonus,
        Amount(pledge.amount),
        command.offers_until,
        command.due_at,
        command.judging,
        command.quality_weight,
        command.least_reputation,
        pledge.budgets,
        command.text,
    )
    return (*overruns, posted)


def cancel(state: State, command: commands.CancelTask, _: Instant) -> Decision | Refusal:
    """Take a task back."""
    task = open_task(state, command.task)
    if isinstance(task, Refusal):
        return task
    if command.agent not in (None, task.requester):
        return Refusal(RefusalCode.UNKNOWN_TASK, "task", command.task)
    pledge = task.pledge
    return (events.TaskCancelled(task.id, task.requester, pledge.source, Amount(pledge.amount)),)


def offer(state: State, command: commands.OfferWork, _: Instant) -> Decision | Refusal:
    """Offer to do a task."""
    if command.price.__class__ is not int or not 1 <= command.price <= MAX_AMOUNT:
        return Refusal(RefusalCode.INVALID_TASK, "price")
    agent = known_agent(state, "agent", command.agent)
    if isinstance(agent, Refusal):
        return agent
    task = open_task(state, command.task)
    if isinstance(task, Refusal):
        return task
    if len(task.offers) >= MAX_OFFERS and agent.id not in task.offers:
        return Refusal(RefusalCode.TASK_NOT_OPEN, "task", task.id)
    if command.price > task.ceiling:  # The ceiling is public; what was offered is not.
        return Refusal(RefusalCode.OVER_CEILING, "price", task.id)
    return not_eligible(state, task, agent) or (events.WorkOffered(task.id, agent.id, command.price),)


def advance(state: State, command: commands.AdvanceTask, now: Instant) -> Decision | Refusal:
    """Award a task whose time for offers is over."""
    task = state.tasks.by_id.get(command.task)
    if task is None:
        return Refusal(RefusalCode.UNKNOWN_TASK, "task", command.task)
    if task.due is None or task.due > now:
        return Refusal(RefusalCode.TASK_NOT_DUE, "task", task.id)
    return (award(state, task, now),)


def award(state: State, task: Task, now: Instant) -> events.ContractOpened | events.TaskFailed:
    """Give a task to the best of those who offered and have not had it, or let it fail.

    Whoever comes after somebody who failed has as long for the work as that one had.
    """
    able = _able(state, task)
    scores = {bid.agent: -(-_score(task, bid) // 1) for bid in able}
    offers = tuple(
        events.OpenedOffer(agent, price, scores.get(agent)) for agent, price in task.offers.items()
    )
    outcome = procurement.clear(Auction(able, {task.capability: 1}), task.ceiling, _weight(task))
    if not outcome.allocation:
        reason = "nobody who offered is left that could take it" if task.offers else "nobody offered"
        pledge = task.pledge
        return events.TaskFailed(
            task.id, task.requester, pledge.source, Amount(pledge.amount), reason, offers
        )
    (won,) = outcome.allocation
    provider = state.agents.by_id[AgentId(won.agent)]
    second = _second_score(task, able, provider)
    due_at = task.due_at if not task.tried else min(now + task.time_to_work, MAX_AMOUNT)
    return events.ContractOpened(
        ContractId(f"{task.id}:{len(task.tried) + 1}"),
        task.id,
        task.requester,
        provider.id,
        provider.owner,
        Amount(won.amount),
        task.bonus,
        bond_of(state, provider, won.amount),
        stake_account(provider.id),
        Instant(due_at),
        state.stakes.rules,
        offers,
        second,
    )


def open_task(state: State, name: str) -> Task | Refusal:
    """The task of a name that takes offers."""
    task = state.tasks.find(name)  # type: ignore[arg-type]  # A name, whoever's.
    if task is None:
        return Refusal(RefusalCode.UNKNOWN_TASK, "task", name)
    return task if task.status is TaskStatus.POSTED else Refusal(RefusalCode.TASK_NOT_OPEN, "task", name)


def not_eligible(state: State, task: Task, agent: Agent) -> Refusal | None:
    """Why an agent cannot have a task: who it is, what it can, what it has at stake, what is known of it."""
    requester = state.agents.by_id[task.requester]
    if agent.owner == requester.owner:
        return Refusal(RefusalCode.OWN_TASK, "agent", agent.id)
    if task.capability not in agent.capabilities:
        return Refusal(RefusalCode.NOT_CAPABLE, "agent", task.capability)
    refusal = suspended(state, agent)
    if refusal:
        return refusal
    known = lower_bound(state.reputations.of(agent.owner))
    if known < task.least_reputation:
        return Refusal(RefusalCode.REPUTATION_TOO_LOW, "agent", agent.owner, task.least_reputation, known)
    return _too_little_at_stake(state, task, agent)


def bond_of(state: State, agent: Agent, price: int) -> Amount:
    """What of its stake backs a contract of an agent at this price."""
    rules, known = state.stakes.rules, lower_bound(state.reputations.of(agent.owner))
    relief = Ppm(0) if on_probation(state, agent) else rules.relief
    return effects.bond(price, known, rules.bond, relief)


def _too_little_at_stake(state: State, task: Task, agent: Agent) -> Refusal | None:
    """The identity stake once, and free stake for the bond of the dearest contract this task could become."""
    account = state.ledger.accounts.get(stake_account(agent.id))
    posted = 0 if account is None else account.balance
    least = state.stakes.rules.identity_stake
    if posted < least:
        return Refusal(RefusalCode.STAKE_TOO_SMALL, "agent", agent.id, least, posted)
    free, bond = free_stake(state, agent.id), bond_of(state, agent, task.ceiling)
    return Refusal(RefusalCode.STAKE_TOO_SMALL, "agent", agent.id, bond, free) if free < bond else None


def _able(state: State, task: Task) -> list[Bid]:
    """The offers that could become a contract now, as the rule knows them."""
    bids = []
    for name, price in task.offers.items():
        agent = state.agents.by_id[name]
        if name in task.tried or agent.frozen or not_eligible(state, task, agent) is not None:
            continue
        quality = Fraction(lower_bound(state.reputations.of(agent.owner)), PPM_ONE)
        bids.append(Bid(name, name, agent.owner, task.capability, 1, price, "sell", quality))
    return bids


def _weight(task: Task) -> Fraction:
    return Fraction(task.quality_weight)


def _score(task: Task, bid: Bid) -> Fraction:
    return procurement.score_of(bid, _weight(task))


def _second_score(task: Task, able: list[Bid], provider: Agent) -> int | None:
    """The best score of another owner, rounded up, where the payment is to count the quality realised."""
    if not task.quality_weight:
        return None
    others = [_score(task, bid) for bid in able if bid.owner != provider.owner]
    return -int(-min(others) // 1) if others else task.ceiling


def _odd(command: commands.PostTask) -> Refusal | None:
    """What is out of range, whatever the state."""
    refusal = (
        forms.name("task", command.task)
        or forms.text("task", command.task, MAX_ID)
        or forms.text("text", command.text, MAX_TEXT)
    )
    if refusal:
        return refusal
    if not 1 <= len(command.capability) <= MAX_CAPABILITY:
        return Refusal(RefusalCode.INVALID_TASK, "capability")
    for field, least in (("ceiling", 1), ("bonus", 0), ("quality_weight", 0)):
        value = getattr(command, field)
        if value.__class__ is not int or not least <= value <= MAX_AMOUNT:
            return Refusal(RefusalCode.INVALID_TASK, field)
    if command.ceiling + command.bonus > MAX_AMOUNT:
        return Refusal(RefusalCode.INVALID_TASK, "bonus")
    if not 0 <= command.least_reputation <= PPM_ONE:
        return Refusal(RefusalCode.INVALID_TASK, "least_reputation")
    judging = command.judging
    if len(judging.judges) > MAX_JUDGES or len(set(judging.judges)) < len(judging.judges):
        return Refusal(RefusalCode.INVALID_TASK, "judging.judges")
    # Less than a majority could say two things at once.
    least, most = len(judging.judges) // 2 + 1, max(1, len(judging.judges))
    if not least <= judging.quorum <= most:
        return Refusal(RefusalCode.INVALID_TASK, "judging.quorum", "", judging.quorum, least)
    return forms.instant("offers_until", command.offers_until) or forms.instant("due_at", command.due_at)


def _cannot_be(state: State, command: commands.PostTask, now: Instant) -> Refusal | None:
    """What stands against a task: its name, its judges, its times."""
    if state.tasks.find(command.task) is not None:
        return Refusal(RefusalCode.TASK_EXISTS, "task", command.task)
    for judge in command.judging.judges:
        if AgentId(judge) not in state.agents.by_id:
            return Refusal(RefusalCode.UNKNOWN_JUDGE, "judging.judges", judge)
    if command.offers_until <= now:
        return Refusal(RefusalCode.DEADLINE_PASSED, "offers_until", "", command.offers_until, now)
    if command.due_at <= command.offers_until:
        return Refusal(RefusalCode.DEADLINE_PASSED, "due_at", "", command.due_at, command.offers_until)
    return None
