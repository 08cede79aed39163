"""Tasks: posted, offered for, taken back. Who gets one is in `awarding`."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.awarding import award, unbacked, unfit
from econonexus.domain.flows.pledging import paying, reserve
from econonexus.domain.flows.spending import Decision, may_pay
from econonexus.domain.flows.staking import known_agent
from econonexus.domain.flows.standings import suspended
from econonexus.domain.ids import CREDIT, AgentId, Instant, TaskId
from econonexus.domain.kinds import AccountKind, TaskStatus
from econonexus.domain.ledger import Pledge, system_account
from econonexus.domain.money import PPM_ONE, Amount
from econonexus.domain.promises import Judging
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.tasks import Task

MAX_ID = 112
"""Contracts are named after their task, and need the rest of a name."""
MAX_TEXT = 16_384
MAX_CAPABILITY = 128
MAX_JUDGES = 64
MAX_MULTIPLIER = 10 * PPM_ONE
MAX_OFFERS = 1_000
"""All are opened in one record when the task is awarded."""


def post(state: State, command: commands.PostTask, now: Instant) -> Decision | Refusal:
    """Ask for a task, and hold what it may cost."""
    refusal = _odd(command)
    if refusal:
        return refusal
    requester = known_agent(state, "requester", command.requester)
    if isinstance(requester, Refusal):
        return requester
    escrow = state.ledger.accounts[system_account(AccountKind.ESCROW, CREDIT)]
    refusal = earliest(
        may_pay(paying(state, requester)[0], escrow),
        _cannot_be(state, command, now),
        suspended(state, requester),
    )
    if refusal:
        return refusal
    pledged = reserve(state, requester, escrow, command.ceiling + command.bonus, now, "ceiling")
    if isinstance(pledged, Refusal):
        return pledged
    pledge, overruns = pledged
    return (*overruns, _posted(command, pledge))


def _posted(command: commands.PostTask, pledge: Pledge) -> events.TaskPosted:
    return events.TaskPosted(
        command.task,
        command.requester,
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
        command.fallback,
        pledge.budgets,
        command.description,
        command.bonus_multiplier,
    )


def cancel(state: State, command: commands.CancelTask, _: Instant) -> Decision | Refusal:
    """Take a task back."""
    task = known_task(state, command.task)
    if isinstance(task, Refusal):
        return task
    if command.agent not in (None, task.requester):
        return Refusal(RefusalCode.UNKNOWN_TASK, "task", command.task)
    refusal = _not_open(task)
    if refusal:
        return refusal
    pledge = task.pledge
    return (events.TaskCancelled(task.id, task.requester, pledge.source, Amount(pledge.amount)),)


def offer(state: State, command: commands.OfferWork, now: Instant) -> Decision | Refusal:
    """Offer to do a task."""
    refusal = forms.amount("price", command.price)
    if refusal:
        return refusal
    agent = known_agent(state, "agent", command.agent)
    if isinstance(agent, Refusal):
        return agent
    task = known_task(state, command.task)
    if isinstance(task, Refusal):
        return task
    refusal = (
        next(unfit(state, task, agent), None)
        or _over_ceiling(task, command.price)
        or _not_open(task)
        or _too_many(task, agent)
        or next(unbacked(state, task, agent, now), None)
    )
    return refusal or (events.WorkOffered(task.id, agent.id, command.price),)


def withdraw_offer(state: State, command: commands.WithdrawOffer, _: Instant) -> Decision | Refusal:
    """Take an offer back: also from a task that is awarded, so that nobody has to wait to be next."""
    task = known_task(state, command.task)
    if isinstance(task, Refusal):
        return task
    if command.agent not in task.offers or command.agent in task.tried:
        return Refusal(RefusalCode.UNKNOWN_OFFER, "agent", command.agent)
    if task.id not in state.tasks.by_id:
        return Refusal(RefusalCode.TASK_NOT_OPEN, "task", task.id)
    return (events.OfferWithdrawn(task.id, command.agent),)


def advance(state: State, command: commands.AdvanceTask, now: Instant) -> Decision | Refusal:
    """Award a task whose time for offers is over."""
    task = state.tasks.by_id.get(command.task)
    if task is None:
        return Refusal(RefusalCode.UNKNOWN_TASK, "task", command.task)
    if task.due is None or task.due > now:
        return Refusal(RefusalCode.TASK_NOT_DUE, "task", task.id)
    return (award(state, task, now),)


def known_task(state: State, name: TaskId) -> Task | Refusal:
    """The task of a name."""
    task = state.tasks.find(name)
    return Refusal(RefusalCode.UNKNOWN_TASK, "task", name) if task is None else task


def _not_open(task: Task) -> Refusal | None:
    return None if task.status is TaskStatus.POSTED else Refusal(RefusalCode.TASK_NOT_OPEN, "task", task.id)


def _over_ceiling(task: Task, price: int) -> Refusal | None:
    """Whether a price is too high. The ceiling is public; what was offered is not, and is not told."""
    return Refusal(RefusalCode.OVER_CEILING, "price", task.id) if price > task.ceiling else None


def _too_many(task: Task, agent: Agent) -> Refusal | None:
    full = len(task.offers) >= MAX_OFFERS and agent.id not in task.offers
    return Refusal(RefusalCode.TOO_MANY_OFFERS, "task", task.id) if full else None


def _odd(command: commands.PostTask) -> Refusal | None:
    """What is out of range, whatever the state."""
    return (
        forms.name("task", command.task)
        or forms.text("task", command.task, MAX_ID)
        or forms.text("description", command.description, MAX_TEXT)
        or forms.amount("ceiling", command.ceiling)
        or forms.amount("bonus", command.bonus, 0)
        or forms.amount("bonus", command.ceiling + command.bonus)
        or forms.amount("quality_weight", command.quality_weight, 0)
        or forms.instant("offers_until", command.offers_until)
        or forms.instant("due_at", command.due_at)
        or _odd_demands(command)
        or _odd_judging(command.judging)
    )


def _odd_demands(command: commands.PostTask) -> Refusal | None:
    if not 1 <= len(command.capability) <= MAX_CAPABILITY:
        return Refusal(RefusalCode.INVALID_TASK, "capability")
    least = command.least_reputation
    if least.__class__ is not int or not 0 <= least <= PPM_ONE:
        return Refusal(RefusalCode.INVALID_TASK, "least_reputation")
    times = command.bonus_multiplier
    if times.__class__ is not int or not 0 <= times <= MAX_MULTIPLIER:
        return Refusal(RefusalCode.INVALID_TASK, "bonus_multiplier")
    return None


def _odd_judging(judging: Judging) -> Refusal | None:
    judges = len(judging.judges)
    if judges > MAX_JUDGES or len(set(judging.judges)) < judges:
        return Refusal(RefusalCode.INVALID_TASK, "judging.judges")
    # Less than a majority could say two things at once.
    least, most = judges // 2 + 1, max(1, judges)
    if judging.quorum.__class__ is not int or not least <= judging.quorum <= most:
        return Refusal(RefusalCode.INVALID_TASK, "judging.quorum")
    return None


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
