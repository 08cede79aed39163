"""Questions for a human: made, taken back, put back, expired. How they are answered is in `answering`."""

import msgspec

from econonexus.domain import commands, events
from econonexus.domain.attention import ATTENTION, InboxRules
from econonexus.domain.flows import forms
from econonexus.domain.flows.pledging import account_of, cannot_pledge
from econonexus.domain.flows.selling import cannot_pay, unknown_resource
from econonexus.domain.flows.spending import (
    Decision,
    can_afford,
    levels_counted,
    payer,
    within_budgets,
)
from econonexus.domain.flows.standings import suspended
from econonexus.domain.ids import MAX_INSTANT, AccountId, AgentId, Instant, QuestionId
from econonexus.domain.kinds import Proceeds, QuestionStatus
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.inbox import Question

MAX_SUBJECT = 256
MAX_TEXT = 16_384
MAX_OPEN = 100_000
"""Questions that have not ended."""
MAX_OPEN_OF_AGENT = 1_000


def set_rules(state: State, command: commands.SetInboxRules, _: Instant) -> Decision | Refusal:
    """Say how questions are ordered, wait and are paid."""
    return (
        _odd_rules(command.rules)
        or cannot_pay(state, command.rules.seller)
        or (events.InboxRulesSet(command.rules),)
    )


def ask(state: State, command: commands.AskHuman, now: Instant) -> Decision | Refusal:
    """Reserve money for a human's time, and wait."""
    refusal = _odd(command)
    if refusal:
        return refusal
    agent = state.agents.by_id.get(command.agent)
    if agent is None:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "agent", command.agent)
    expires_at = _expiry(state, command, now)
    destination = account_of(state.inbox.rules.proceeds, state.inbox.rules.seller)
    refusal = earliest(
        cannot_pledge(state, agent, destination),
        _cannot_wait(state, command, expires_at, now),
        suspended(state, agent),
    )
    if refusal:
        return refusal
    pledged = _pledge(state, agent, destination, command.minutes * command.price, now)
    if isinstance(pledged, Refusal):
        return pledged
    pledge, overruns = pledged
    made = events.HumanAsked(
        command.question,
        agent.id,
        pledge.source,
        pledge.destination,
        command.minutes,
        command.price,
        Amount(pledge.amount),
        expires_at,
        pledge.budgets,
        command.subject,
        command.text,
    )
    return (*overruns, made)


def withdraw(state: State, command: commands.WithdrawQuestion, _: Instant) -> Decision | Refusal:
    """Take a question back that nobody answers."""
    question = open_question(state, command.question, command.agent)
    if isinstance(question, Refusal):
        return question
    if question.status is QuestionStatus.TAKEN:
        return Refusal(RefusalCode.QUESTION_TAKEN, "question", question.id)
    pledge = question.pledge
    return (events.QuestionWithdrawn(question.id, question.agent, pledge.source, Amount(pledge.amount)),)


def advance(state: State, command: commands.AdvanceQuestion, now: Instant) -> Decision | Refusal:
    """Put a question back that was not answered in time, or let it expire."""
    question = open_question(state, command.question)
    if isinstance(question, Refusal):
        return question
    if question.due > now:
        return Refusal(RefusalCode.QUESTION_NOT_DUE, "question", question.id, question.due, now)
    if question.status is QuestionStatus.TAKEN:
        return (events.QuestionReturned(question.id, question.agent, question.human),)
    pledge = question.pledge
    return (events.QuestionExpired(question.id, question.agent, pledge.source, Amount(pledge.amount)),)


def open_question(state: State, name: QuestionId, asker: AgentId | None = None) -> Question | Refusal:
    """The question of a name that has not ended; another agent's is as good as unknown."""
    question = state.inbox.find(name)
    if question is None or asker not in (None, question.agent):
        return Refusal(RefusalCode.UNKNOWN_QUESTION, "question", name)
    if name in state.inbox.ended:
        return Refusal(RefusalCode.QUESTION_ENDED, "question", name)
    return question


def units(field: str, value: int, least: int = 1) -> Refusal | None:
    """Whether minutes are a whole number."""
    if value.__class__ is int and least <= value <= MAX_AMOUNT:
        return None
    return Refusal(RefusalCode.INVALID_UNITS, field)


def _odd(command: commands.AskHuman) -> Refusal | None:
    """What is out of range, whatever the state."""
    refusal = (
        forms.name("question", command.question)
        or forms.text("subject", command.subject, MAX_SUBJECT)
        or forms.text("text", command.text, MAX_TEXT)
        or forms.amount("price", command.price)
    )
    if refusal:
        return refusal
    if command.expires_at is not None:
        refusal = forms.instant("expires_at", command.expires_at)
        if refusal:
            return refusal
    minutes = units("minutes", command.minutes)
    if minutes is None and command.minutes * command.price > MAX_AMOUNT:
        most = command.minutes * command.price
        return Refusal(RefusalCode.AMOUNT_TOO_LARGE, "price", requested=most, available=MAX_AMOUNT)
    return minutes


def _expiry(state: State, command: commands.AskHuman, now: Instant) -> Instant:
    """Until when a question waits."""
    if command.expires_at is not None:
        return command.expires_at
    return Instant(min(now + state.inbox.rules.lasts, MAX_INSTANT))


def _cannot_wait(
    state: State, command: commands.AskHuman, expires_at: Instant, now: Instant
) -> Refusal | None:
    """Why a question cannot be in the inbox, whatever it pays with."""
    resource, inbox = state.resources.by_id.get(ATTENTION), state.inbox
    if resource is None:
        return unknown_resource("minutes", ATTENTION)
    if inbox.find(command.question) is not None:
        return Refusal(RefusalCode.QUESTION_EXISTS, "question", command.question)
    if command.minutes > resource.capacity:
        return Refusal(RefusalCode.OVER_CAPACITY, "minutes", resource.id, command.minutes, resource.capacity)
    reserve = inbox.rules.reserve
    if command.price < reserve:
        return Refusal(RefusalCode.BELOW_RESERVE, "price", resource.id, command.price, reserve)
    if expires_at <= now:
        return Refusal(RefusalCode.DEADLINE_PASSED, "expires_at", "", expires_at, now)
    of_agent = inbox.of_agent.get(command.agent, 0)
    if of_agent >= MAX_OPEN_OF_AGENT:
        return Refusal(RefusalCode.INBOX_FULL, "agent", command.agent, of_agent + 1, MAX_OPEN_OF_AGENT)
    if len(inbox.by_id) >= MAX_OPEN:
        return Refusal(RefusalCode.INBOX_FULL, "question", "", len(inbox.by_id) + 1, MAX_OPEN)
    return None


def _pledge(
    state: State, agent: Agent, destination: AccountId, amount: int, now: Instant
) -> tuple[Pledge, tuple[events.BudgetOverrun, ...]] | Refusal:
    """What to reserve for a question. Nothing about it is sealed, so a refusal tells by how much."""
    paying = payer(state, AccountId(agent.id))
    assert paying is not None, "every agent has a wallet, or a team that has"
    source, member = paying
    levels = levels_counted(state, source, state.ledger.accounts[destination], None, member)
    assert not isinstance(levels, Refusal), "no budget was named"
    refusal = can_afford(state, source, amount, member)
    overruns = refusal or within_budgets(state, levels, amount, now)
    if isinstance(overruns, Refusal):
        return msgspec.structs.replace(overruns, field="price")
    return Pledge(source.id, destination, amount, levels), overruns


def _odd_rules(rules: InboxRules) -> Refusal | None:
    """What of the rules is out of range."""
    for field, least in (("reserve", 1), ("ageing", 0), ("patience", 1), ("grace", 0), ("lasts", 1)):
        value = getattr(rules, field)
        if value.__class__ is not int or not least <= value <= MAX_AMOUNT:
            return Refusal(RefusalCode.INVALID_INBOX_RULES, field)
    if (rules.seller is not None) != (rules.proceeds is Proceeds.SELLER):
        return Refusal(RefusalCode.INVALID_INBOX_RULES, "seller")
    return None
