"""How humans answer questions: they take one, answer or decline it, and may reward whoever asked."""

from econonexus.domain import commands, events
from econonexus.domain.attention import ATTENTION, HIGHEST_SCORE, MINUTE, InboxRules, Scores
from econonexus.domain.flows import forms
from econonexus.domain.flows.inbox import open_question, units
from econonexus.domain.flows.pledging import after_payments
from econonexus.domain.flows.spending import Decision, has_room, repayment
from econonexus.domain.ids import CREDIT, MAX_INSTANT, Instant
from econonexus.domain.kinds import AccountKind, QuestionStatus
from econonexus.domain.ledger import system_account
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.inbox import Question
from econonexus.domain.subjects.monetary import day_of

MAX_ANSWER = 16_384


def take(state: State, command: commands.TakeQuestion, now: Instant) -> Decision | Refusal:
    """Keep a question for one human, or keep it longer."""
    refusal = forms.name("human", command.human)
    if refusal:
        return refusal
    question = open_question(state, command.question)
    if isinstance(question, Refusal):
        return question
    if question.human not in ("", command.human):
        return _taken(question)
    promised_until = _promised_until(state, question, now)
    if isinstance(promised_until, Refusal):
        return promised_until
    until = _kept_until(question, state.inbox.rules, now)
    taken = events.QuestionTaken(
        question.id, question.agent, command.human, question.minutes, until, promised_until
    )
    return (taken,)


def answer(state: State, command: commands.AnswerQuestion, now: Instant) -> Decision | Refusal:
    """Answer a question, have it paid, and reward whoever asked."""
    refusal = _odd(command)
    if refusal:
        return refusal
    question = open_question(state, command.question)
    if isinstance(question, Refusal):
        return question
    if question.status is QuestionStatus.TAKEN and question.human != command.human:
        return _taken(question)
    if question.status is not QuestionStatus.TAKEN:
        return Refusal(RefusalCode.QUESTION_NOT_TAKEN, "question", question.id)
    if command.minutes > question.minutes:
        return Refusal(
            RefusalCode.MINUTES_OVER_QUESTION, "minutes", question.id, command.minutes, question.minutes
        )
    paid = Amount(command.minutes * question.price)
    full = has_room(state.ledger.accounts[question.pledge.destination], paid)
    if full:
        return full
    reward = _reward(state, question, command, now)
    if isinstance(reward, Refusal):
        return reward
    answered = _answered(question, command, paid)
    payments = [(question.pledge, paid)] if paid else []
    return (answered, *after_payments(state, payments, now), *reward)


def decline(state: State, command: commands.DeclineQuestion, _: Instant) -> Decision | Refusal:
    """Turn a question down."""
    refusal = forms.name("human", command.human) or forms.text("reason", command.reason, forms.MAX_NOTE)
    if refusal:
        return refusal
    question = open_question(state, command.question)
    if isinstance(question, Refusal):
        return question
    if question.human not in ("", command.human):
        return _taken(question)
    pledge = question.pledge
    declined = events.QuestionDeclined(
        question.id, question.agent, command.human, pledge.source, Amount(pledge.amount), command.reason
    )
    return (declined,)


def _promised_until(state: State, question: Question, now: Instant) -> Instant | Refusal:
    """Until when a question's minutes are promised, now or already, if there are so many."""
    if question.promised_until is not None:
        return question.promised_until
    resource = state.resources.by_id[ATTENTION]
    until = Instant(min(now + resource.period, MAX_INSTANT))
    free = max(0, resource.free(now, until))
    if question.minutes > free:
        return Refusal(RefusalCode.ATTENTION_EXHAUSTED, "question", resource.id, question.minutes, free)
    return until


def _kept_until(question: Question, rules: InboxRules, now: Instant) -> Instant:
    """Until when a question is one human's: for its minutes and the grace, from now on.

    Who takes it again keeps it no longer than its deadline, or its first time, so that it ends one day.
    """
    time = question.minutes * MINUTE + rules.grace
    if question.until is None or question.taken_at is None:
        return Instant(min(now + time, MAX_INSTANT))
    latest = max(question.expires_at, question.taken_at + time)
    return Instant(max(question.until, min(now + time, latest, MAX_INSTANT)))


def _odd(command: commands.AnswerQuestion) -> Refusal | None:
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


def _taken(question: Question) -> Refusal:
    """Another human has it."""
    return Refusal(RefusalCode.QUESTION_TAKEN, "question", question.id)


def _answered(question: Question, command: commands.AnswerQuestion, paid: Amount) -> events.QuestionAnswered:
    pledge = question.pledge
    return events.QuestionAnswered(
        question.id,
        question.agent,
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
    state: State, question: Question, command: commands.AnswerQuestion, now: Instant
) -> Decision | Refusal:
    """New credits for whoever asked, as far as the day's pool goes; its debt is repaid first."""
    amount = command.reward
    if not amount:
        return ()
    # The account that paid for the question gets it: it holds credits, and is the agent's or its team's.
    receiver = state.ledger.accounts[question.pledge.source]
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
        question.id, question.agent, command.human, mint.id, receiver.id, amount, day, Amount(rewarded), pool
    )
    return (issued, *repayment(state, receiver, amount))
