"""Why a question for a human waits: its place, the numbers that put it there, and what it waits for."""

from econonexus.domain.attention import ATTENTION
from econonexus.domain.ids import Instant, QuestionId, Sequence
from econonexus.domain.kinds import QuestionStatus
from econonexus.domain.mechanisms.ageing import has_waited, priority
from econonexus.domain.state import State
from econonexus.domain.subjects.inbox import Question
from econonexus.domain.subjects.resources import Resource
from econonexus.interfaces.http.desk import Desk
from econonexus.interfaces.http.forms import MS, rfc3339
from econonexus.interfaces.http.inbox import place_of
from econonexus.node.records import Record

Facts = dict[str, int | str | bool | None]
LOOKED_AHEAD = 1_000
"""At so many changes of what is promised it is looked for enough minutes."""


async def standing_of(desk: Desk, name: QuestionId) -> tuple[str, Facts, list[Record]] | None:
    """How a question stands in a word, with its numbers and its records; None if the caller has none such."""
    now = desk.now()

    def look(state: State) -> tuple[str, Facts, tuple[Sequence, ...]] | None:
        question = state.inbox.find(name)
        if question is None or desk.caller.agent not in (None, question.agent):
            return None
        facts = _common(question) | (
            _of_waiting(state, question, now)
            if question.status is QuestionStatus.WAITING
            else _of_taken(question)
            if question.status is QuestionStatus.TAKEN
            else _of_ended(question)
        )
        return question.status.value, facts, (question.place, *question.steps)

    found = await desk.read(look)
    if found is None:
        return None
    answer, facts, steps = found
    relay = desk.node.engine.relay
    return answer, facts, [record for step in steps for record in await relay.after(step - 1, 1)]


def _common(question: Question) -> Facts:
    return {
        "agent": question.agent,
        "minutes": question.minutes,
        "price_ucr": question.price,
        "reserved_ucr": question.pledge.amount,
        "paid_from": question.pledge.source,
        "asked_at": rfc3339(question.asked_at),
    }


def _of_waiting(state: State, question: Question, now: Instant) -> Facts:
    """Its place among those that wait, and why it is not answered yet."""
    rules, resource = state.inbox.rules, state.resources.by_id[ATTENTION]
    before = (place_of(state, question, now) or 1) - 1
    rank = priority(question, rules.ageing, now)
    free = max(0, resource.free(now, _period_from(resource, now)))
    facts: Facts = {
        "place": before + 1,
        "priority_ucr": rank,
        "of_that_for_waiting_ucr": rank - question.price,
        "waited_ms": (now - question.asked_at) // MS,
        "stands_before_all_that_waited_less": has_waited(question, rules.patience, now),
        "minutes_free": free,
        "expires_at": rfc3339(question.expires_at),
    }
    if question.minutes > free:
        since = _enough_at(resource, question.minutes, now)
        facts["enough_minutes_from"] = None if since is None else rfc3339(since)
        return facts | {"waits_for": f"minutes: {free} are free of the {question.minutes} it asks for"}
    turn = "a human: it is its turn" if not before else f"its turn: {before} stand before it"
    return facts | {"waits_for": turn}


def _of_taken(question: Question) -> Facts:
    until = None if question.until is None else rfc3339(question.until)
    return {"human": question.human, "taken_until": until, "waits_for": f"the answer of {question.human}"}


def _of_ended(question: Question) -> Facts:
    facts: Facts = {
        "human": question.human,
        "minutes_used": question.used,
        "paid_ucr": question.paid,
        "released_ucr": question.pledge.amount - question.paid,
        "reward_ucr": question.reward,
    }
    if question.scores is not None:
        scores = question.scores
        facts |= {
            "interesting": scores.interesting,
            "useful": scores.useful,
            "understandable": scores.understandable,
        }
    return facts


def _enough_at(resource: Resource, minutes: int, now: Instant) -> Instant | None:
    """When so many minutes will be free for a period, if nobody takes more; None if not in sight."""
    for moment in resource.soon(LOOKED_AHEAD):
        if moment > now and resource.free(moment, _period_from(resource, moment)) >= minutes:
            return moment
    return None


def _period_from(resource: Resource, start: Instant) -> Instant:
    return Instant(start + resource.period)
