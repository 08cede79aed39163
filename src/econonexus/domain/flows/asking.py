"""Requests for a human: made, taken back, put back, expired. How they are answered is in `answering`."""

from econonexus.domain import commands, events
from econonexus.domain.attention import ATTENTION, InboxRules
from econonexus.domain.flows import forms
from econonexus.domain.flows.pledging import account_of
from econonexus.domain.flows.selling import cannot_pay, unknown_resource
from econonexus.domain.flows.spending import (
    Decision,
    can_afford,
    levels_counted,
    may_pay,
    payer,
    within_budgets,
)
from econonexus.domain.ids import AccountId, AgentId, Instant, RequestId
from econonexus.domain.kinds import Proceeds, RequestStatus
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.inbox import Request

MAX_SUBJECT = 256
MAX_QUESTION = 16_384
MAX_OPEN = 100_000
"""Requests that have not ended."""
MAX_OPEN_OF_AGENT = 1_000


def set_rules(state: State, command: commands.SetInboxRules, _: Instant) -> Decision | Refusal:
    """Say how requests are ordered, wait and are paid."""
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
    asked = _cannot_wait(state, command, now)
    if isinstance(asked, Refusal):
        return asked
    pledged = _pledge(state, agent, command.minutes * command.price, now)
    if isinstance(pledged, Refusal):
        return pledged
    pledge, overruns = pledged
    made = events.HumanAsked(
        command.request,
        agent.id,
        pledge.source,
        pledge.destination,
        command.minutes,
        command.price,
        Amount(pledge.amount),
        asked,
        pledge.budgets,
        command.subject,
        command.question,
    )
    return (*overruns, made)


def withdraw(state: State, command: commands.WithdrawRequest, _: Instant) -> Decision | Refusal:
    """Take a request back that nobody answers."""
    request = open_request(state, command.request, command.agent)
    if isinstance(request, Refusal):
        return request
    if request.status is RequestStatus.TAKEN:
        return Refusal(RefusalCode.REQUEST_TAKEN, "request", request.id)
    pledge = request.pledge
    return (events.RequestWithdrawn(request.id, request.agent, pledge.source, Amount(pledge.amount)),)


def advance(state: State, command: commands.AdvanceRequest, now: Instant) -> Decision | Refusal:
    """Put a request back that was not answered in time, or let it expire."""
    request = open_request(state, command.request)
    if isinstance(request, Refusal):
        return request
    if request.due > now:
        return Refusal(RefusalCode.REQUEST_NOT_DUE, "request", request.id, request.due, now)
    if request.status is RequestStatus.TAKEN:
        return (events.RequestReturned(request.id, request.agent, request.human),)
    pledge = request.pledge
    return (events.RequestExpired(request.id, request.agent, pledge.source, Amount(pledge.amount)),)


def open_request(state: State, name: RequestId, asker: AgentId | None = None) -> Request | Refusal:
    """The request of a name that has not ended; another agent's is as good as unknown."""
    request = state.inbox.find(name)
    if request is None or asker not in (None, request.agent):
        return Refusal(RefusalCode.UNKNOWN_REQUEST, "request", name)
    if name in state.inbox.ended:
        return Refusal(RefusalCode.REQUEST_ENDED, "request", name)
    return request


def units(field: str, value: int, least: int = 1) -> Refusal | None:
    """Whether minutes are a whole number."""
    if value.__class__ is int and least <= value <= MAX_AMOUNT:
        return None
    return Refusal(RefusalCode.INVALID_UNITS, field)


def _odd(command: commands.AskHuman) -> Refusal | None:
    """What is out of range, whatever the state."""
    refusal = (
        forms.name("request", command.request)
        or forms.text("subject", command.subject, MAX_SUBJECT)
        or forms.text("question", command.question, MAX_QUESTION)
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


def _cannot_wait(state: State, command: commands.AskHuman, now: Instant) -> Instant | Refusal:
    """Until when a request waits, or why it cannot be in the inbox."""
    resource, inbox = state.resources.by_id.get(ATTENTION), state.inbox
    if resource is None:
        return unknown_resource("minutes", ATTENTION)
    if inbox.find(command.request) is not None:
        return Refusal(RefusalCode.REQUEST_EXISTS, "request", command.request)
    if command.minutes > resource.capacity:
        return Refusal(RefusalCode.OVER_CAPACITY, "minutes", resource.id, command.minutes, resource.capacity)
    if command.price < inbox.rules.reserve:
        reserve = inbox.rules.reserve
        return Refusal(RefusalCode.BELOW_RESERVE, "price", resource.id, command.price, reserve)
    expires_at = now + inbox.rules.lasts if command.expires_at is None else command.expires_at
    if expires_at <= now:
        return Refusal(RefusalCode.DEADLINE_PASSED, "expires_at", "", expires_at, now)
    for open_, most in (
        (inbox.of_agent.get(command.agent, 0), MAX_OPEN_OF_AGENT),
        (len(inbox.by_id), MAX_OPEN),
    ):
        if open_ >= most:
            return Refusal(RefusalCode.INBOX_FULL, "request", command.agent, open_ + 1, most)
    return Instant(min(expires_at, MAX_AMOUNT))


def _pledge(
    state: State, agent: Agent, amount: int, now: Instant
) -> tuple[Pledge, tuple[events.BudgetOverrun, ...]] | Refusal:
    """What to reserve for a request. Nothing about it is sealed, so a refusal tells by how much."""
    paying = payer(state, AccountId(agent.id))
    assert paying is not None, "every agent has a wallet, or a team that has"
    source, member = paying
    rules = state.inbox.rules
    destination = state.ledger.accounts[account_of(rules.proceeds, rules.seller)]
    levels = levels_counted(state, source, destination, None, member)
    assert not isinstance(levels, Refusal), "no budget was named"
    refusal = may_pay(source, destination) or can_afford(state, source, amount, member)
    overruns = refusal or within_budgets(state, levels, amount, now)
    if isinstance(overruns, Refusal):
        return overruns
    return Pledge(source.id, destination.id, amount, levels), overruns


def _odd_rules(rules: InboxRules) -> Refusal | None:
    """What of the rules is out of range."""
    for field, least in (("reserve", 1), ("ageing", 0), ("patience", 1), ("grace", 0), ("lasts", 1)):
        value = getattr(rules, field)
        if value.__class__ is not int or not least <= value <= MAX_AMOUNT:
            return Refusal(RefusalCode.INVALID_INBOX_RULES, field)
    if (rules.seller is not None) != (rules.proceeds is Proceeds.SELLER):
        return Refusal(RefusalCode.INVALID_INBOX_RULES, "seller")
    return None
