"""How humans answer requests: they take one, answer or decline it, and may reward whoever asked."""

from econonexus.domain import commands, events
from econonexus.domain.attention import ATTENTION, HIGHEST_SCORE, MINUTE, Scores
from econonexus.domain.flows import forms
from econonexus.domain.flows.asking import open_request, units
from econonexus.domain.flows.pledging import after_payments
from econonexus.domain.flows.spending import Decision, has_room, repayment
from econonexus.domain.ids import CREDIT, MAX_INSTANT, Instant
from econonexus.domain.kinds import AccountKind, RequestStatus
from econonexus.domain.ledger import system_account
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.inbox import Request
from econonexus.domain.subjects.monetary import day_of

MAX_ANSWER = 16_384


def take(state: State, command: commands.TakeRequest, now: Instant) -> Decision | Refusal:
    """Keep a request for one human, or keep it longer."""
    refusal = forms.name("human", command.human)
    if refusal:
        return refusal
    request = open_request(state, command.request)
    if isinstance(request, Refusal):
        return request
    promised_until = request.promised_until
    if promised_until is None:
        resource = state.resources.by_id[ATTENTION]
        promised_until = Instant(min(now + resource.period, MAX_INSTANT))
        free = max(0, resource.free(now, promised_until))
        if request.minutes > free:
            return Refusal(RefusalCode.ATTENTION_EXHAUSTED, "request", resource.id, request.minutes, free)
    elif request.human != command.human:
        return _taken(request)
    elif request.expires_at <= now:
        return Refusal(RefusalCode.DEADLINE_PASSED, "request", request.id, now, request.expires_at)
    until = min(now + request.minutes * MINUTE + state.inbox.rules.grace, MAX_INSTANT)
    taken = events.RequestTaken(
        request.id, request.agent, command.human, request.minutes, Instant(until), promised_until
    )
    return (taken,)


def answer(state: State, command: commands.AnswerRequest, now: Instant) -> Decision | Refusal:
    """Answer a request, have it paid, and reward whoever asked."""
    refusal = _odd(command)
    if refusal:
        return refusal
    request = open_request(state, command.request)
    if isinstance(request, Refusal):
        return request
    if request.status is RequestStatus.TAKEN and request.human != command.human:
        return _taken(request)
    if request.status is not RequestStatus.TAKEN:
        return Refusal(RefusalCode.REQUEST_NOT_TAKEN, "request", request.id)
    if command.minutes > request.minutes:
        return Refusal(
            RefusalCode.MINUTES_OVER_REQUEST, "minutes", request.id, command.minutes, request.minutes
        )
    paid = Amount(command.minutes * request.price)
    full = has_room(state.ledger.accounts[request.pledge.destination], paid)
    if full:
        return full
    reward = _reward(state, request, command, now)
    if isinstance(reward, Refusal):
        return reward
    answered = _answered(request, command, paid)
    payments = [(request.pledge, paid)] if paid else []
    return (answered, *after_payments(state, payments, now), *reward)


def decline(state: State, command: commands.DeclineRequest, _: Instant) -> Decision | Refusal:
    """Turn a request down."""
    refusal = forms.name("human", command.human) or forms.text("reason", command.reason, forms.MAX_NOTE)
    if refusal:
        return refusal
    request = open_request(state, command.request)
    if isinstance(request, Refusal):
        return request
    if request.human not in ("", command.human):
        return _taken(request)
    pledge = request.pledge
    declined = events.RequestDeclined(
        request.id, request.agent, command.human, pledge.source, Amount(pledge.amount), command.reason
    )
    return (declined,)


def _odd(command: commands.AnswerRequest) -> Refusal | None:
    """What of an answer is out of range, whatever the state."""
    refusal = (
        forms.name("human", command.human)
        or forms.text("answer", command.answer, MAX_ANSWER)
        or forms.amount("reward", command.reward, least=0)
        or _odd_scores(command.scores)
    )
    return refusal or units("minutes", command.minutes, least=0)


def _odd_scores(scores: Scores | None) -> Refusal | None:
    for field in () if scores is None else Scores.__struct_fields__:
        score = getattr(scores, field)
        if score.__class__ is not int or not 0 <= score <= HIGHEST_SCORE:
            return Refusal(RefusalCode.INVALID_SCORES, f"scores.{field}")
    return None


def _taken(request: Request) -> Refusal:
    """Another human has it."""
    return Refusal(RefusalCode.REQUEST_TAKEN, "request", request.id)


def _answered(request: Request, command: commands.AnswerRequest, paid: Amount) -> events.RequestAnswered:
    pledge = request.pledge
    return events.RequestAnswered(
        request.id,
        request.agent,
        command.human,
        pledge.source,
        pledge.destination,
        command.minutes,
        paid,
        Amount(pledge.amount - paid),
        pledge.budgets,
        command.scores,
        command.answer,
    )


def _reward(
    state: State, request: Request, command: commands.AnswerRequest, now: Instant
) -> Decision | Refusal:
    """New credits for whoever asked, as far as the day's pool goes; its debt is repaid first."""
    amount = command.reward
    if not amount:
        return ()
    # The account that paid for the request gets it: it holds credits, and is the agent's or its team's.
    receiver = state.ledger.accounts[request.pledge.source]
    mint = state.ledger.accounts[system_account(AccountKind.MINT, CREDIT)]
    if amount > mint.available:
        return Refusal(RefusalCode.BALANCE_TOO_LARGE, "reward", mint.id, amount, mint.available)
    full = has_room(receiver, amount)
    if full:
        return full
    day, pool = day_of(now), state.monetary.policy.daily_rewards
    rewarded = state.monetary.rewarded_on(day) + amount
    if rewarded > pool:
        left = max(0, pool - rewarded + amount)
        return Refusal(RefusalCode.REWARDS_EXHAUSTED, "reward", mint.id, amount, left)
    issued = events.HumanRewardIssued(
        request.id, request.agent, command.human, mint.id, receiver.id, amount, day, Amount(rewarded), pool
    )
    return (issued, *repayment(state, receiver, amount))
