"""The inbox: agents ask for a human, humans answer, in the order of pay and time."""

import secrets
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Annotated, Literal

import msgspec
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.attention import HIGHEST_SCORE, Scores
from econonexus.domain.flows.answering import MAX_ANSWER
from econonexus.domain.flows.inbox import MAX_SUBJECT, MAX_TEXT
from econonexus.domain.ids import AgentId, Instant, QuestionId
from econonexus.domain.kinds import QuestionStatus
from econonexus.domain.mechanisms.ageing import priority
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.inbox import Question
from econonexus.interfaces.http.desk import AtDesk, Desk, in_ms, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Milliseconds,
    Name,
    NewId,
    Page,
    PageSize,
    Recorded,
    Ucr,
    UcrOrNone,
    acts,
    creates,
    in_order,
    reads,
    rfc3339,
)
from econonexus.interfaces.http.paths import QuestionPath
from econonexus.interfaces.http.problems import invalid
from econonexus.interfaces.http.texts import Texts, texts_of

Minutes = Annotated[int, Meta(ge=1, le=2**63 - 1, description="Minutes of a human's time.", examples=[15])]
Used = Annotated[int, Meta(ge=0, le=2**63 - 1, description="The minutes it took; only they are paid.")]
Score = Annotated[int, Meta(ge=0, le=HIGHEST_SCORE)]


class NewRequest(Body, frozen=True):
    """What an agent asks of a human, for how long at most, and what it pays for a minute."""

    minutes: Minutes
    price_ucr: Annotated[Ucr, Meta(description="µcr for a minute: who pays more is answered first.")]
    subject: Annotated[
        str, Meta(min_length=1, max_length=MAX_SUBJECT, description="What it is about, in a line.")
    ]
    question: Annotated[str, Meta(max_length=MAX_TEXT, description="What you ask.")] = ""
    id: NewId = None
    agent: Annotated[Name, Meta(description="Who asks; an agent's key asks for itself.")] | None = None
    expires_in_ms: (
        Annotated[
            Milliseconds, Meta(description="How long it waits; by default as long as the inbox's rules say.")
        ]
        | None
    ) = None


class NewScores(Body, frozen=True):
    """What a human thinks of a request, each from 0 to 10."""

    interesting: Annotated[Score, Meta(description="From 0 to 10.")]
    useful: Annotated[Score, Meta(description="From 0 to 10.")]
    understandable: Annotated[Score, Meta(description="From 0 to 10.")]


class NewAnswer(Body, frozen=True):
    """A human's answer, the minutes it took, and what it thinks of the request."""

    answer: Annotated[
        str, Meta(max_length=MAX_ANSWER, description="What you answer; its agent and humans alone read it.")
    ]
    minutes: Used
    scores: Annotated[
        NewScores | None, Meta(description="What you think of the request; it may be left out.")
    ] = None
    reward_ucr: Annotated[
        UcrOrNone, Meta(description="New credits for the agent, in µcr, of the day's pool.")
    ] = 0


class ScoresView(msgspec.Struct, frozen=True):
    """What a human thought of a request."""

    interesting: Annotated[int, Meta(description="From 0 to 10.")]
    useful: Annotated[int, Meta(description="From 0 to 10.")]
    understandable: Annotated[int, Meta(description="From 0 to 10.")]


class WithNote(Body, frozen=True):
    """Why a request is turned down; only its agent and humans read it."""

    reason: Annotated[str, Meta(max_length=1024, description="Why, in plain words.")] = ""


class Made(msgspec.Struct, frozen=True):
    """A request that waits now, and what is reserved for it."""

    id: Annotated[str, Meta(description="The request's id.")]
    agent: Annotated[str, Meta(description="Who asks.")]
    minutes: Annotated[int, Meta(description="The minutes that it asks for at most.")]
    price_ucr: Annotated[int, Meta(description="What it pays for a minute, in µcr.")]
    hold_ucr: Annotated[int, Meta(description="What is reserved for all of them, in µcr.")]
    expires_at: Annotated[str, Meta(description="Until when it waits for somebody to take it.")]
    sequence: Recorded


class Taken(msgspec.Struct, frozen=True):
    """A request that is one human's until `until`, so that nobody else answers it."""

    id: Annotated[str, Meta(description="The request's id.")]
    agent: Annotated[str, Meta(description="Who asks.")]
    human: Annotated[str, Meta(description="Who has taken it.")]
    minutes: Annotated[int, Meta(description="The minutes that it asks for at most.")]
    until: Annotated[str, Meta(description="Until when nobody else answers it.")]
    subject: Annotated[str | None, Meta(description="What it is about; null if that was erased.")]
    question: Annotated[str | None, Meta(description="What is asked; null if that was erased.")]
    sequence: Recorded


class Answered(msgspec.Struct, frozen=True):
    """What was paid for an answer, what came back, and what was given."""

    id: Annotated[str, Meta(description="The request's id.")]
    agent: Annotated[str, Meta(description="Who asked.")]
    human: Annotated[str, Meta(description="Who answered.")]
    minutes: Annotated[int, Meta(description="The minutes that it took, which are paid.")]
    paid_ucr: Annotated[int, Meta(description="What they cost, in µcr.")]
    released_ucr: Annotated[int, Meta(description="What was reserved and not needed, in µcr.")]
    reward_ucr: Annotated[int, Meta(description="New credits for the agent, in µcr.")]
    sequence: Recorded


class Closed(msgspec.Struct, frozen=True):
    """A request that nobody answers any more; what was reserved for it came back."""

    id: Annotated[str, Meta(description="The request's id.")]
    agent: Annotated[str, Meta(description="Who asked.")]
    status: Annotated[str, Meta(description="`declined` or `withdrawn`.")]
    released_ucr: Annotated[int, Meta(description="What was reserved for it and is available again, in µcr.")]
    sequence: Recorded


class RequestView(msgspec.Struct, frozen=True, kw_only=True):
    """A request. Texts are there for its agent and for humans, unless they were erased."""

    id: Annotated[str, Meta(description="The request's id.")]
    agent: Annotated[str, Meta(description="Who asks.")]
    status: Annotated[
        str, Meta(description="`waiting`, `taken`, `answered`, `declined`, `withdrawn` or `expired`.")
    ]
    place: Annotated[
        int | None,
        Meta(description="Its place among those that wait: 1 is answered next; null where it does not wait."),
    ]
    minutes: Annotated[int, Meta(description="The minutes that it asks for at most.")]
    price_ucr: Annotated[int, Meta(description="What it pays for a minute, in µcr.")]
    priority_ucr: Annotated[
        int | None,
        Meta(description="The price and what its wait is worth, in µcr a minute; null if it does not wait."),
    ]
    asked_at: Annotated[str, Meta(description="When it was asked.")]
    expires_at: Annotated[str, Meta(description="Until when it waits for somebody to take it.")]
    human: Annotated[str, Meta(description="Who has taken it, or took it last; empty for nobody.")]
    taken_until: Annotated[
        str | None, Meta(description="Until when nobody else answers it; null where nobody has taken it.")
    ]
    minutes_used: Annotated[int, Meta(description="The minutes that it took; 0 before it is answered.")]
    paid_ucr: Annotated[int, Meta(description="What they cost, in µcr.")]
    reward_ucr: Annotated[int, Meta(description="What its agent was given besides, in µcr.")]
    scores: Annotated[
        ScoresView | None, Meta(description="What its human thought of it; null where nobody said.")
    ]
    subject: Annotated[
        str | None, Meta(description="What it is about; null if you may not read it, or it was erased.")
    ]
    question: Annotated[
        str | None, Meta(description="What is asked; null if you may not read it, or it was erased.")
    ]
    answer: Annotated[
        str | None,
        Meta(description="What was answered; null before, if you may not read it, or if it was erased."),
    ]


Which = Literal["open", "waiting", "taken", "answered", "declined", "withdrawn", "expired", "all"]
WithStatus = Annotated[
    Which,
    QueryParameter(
        name="status", description="Requests alone that stand so; `open` are those that wait or are taken."
    ),
]
Placed = tuple[Question, int | None]
"""A request, and its place among those that wait."""


@reads("/inbox")
async def list_inbox(
    desk: AtDesk, status: WithStatus = "open", cursor: Cursor = None, limit: PageSize = 100
) -> Page[RequestView]:
    """Requests for a human: those somebody answers now, then those that wait, in the order in which they are
    to be answered, then those that ended last. An agent sees its own."""
    now, agent = desk.now(), desk.caller.agent

    def look(state: State) -> tuple[list[tuple[RequestView, Question]], str | None]:
        found = (each for each in listed(state, status, now) if agent in (None, each[0].agent))
        taken, after = _page(found, cursor, limit)
        return [(_view(state, *each, now), each[0]) for each in taken], after

    found, after = await desk.read(look)
    return Page([await _with_texts(desk, view, request) for view, request in found], after)


@reads("/inbox/{id:str}")
async def show_request(id: QuestionPath, desk: AtDesk) -> RequestView:
    """One request, with its answer once there is one; an agent looks at its own."""
    now = desk.now()

    def look(state: State) -> tuple[RequestView, Question]:
        request = state.inbox.find(QuestionId(id))
        if request is None or desk.caller.agent not in (None, request.agent):
            raise not_found("unknown_question", "No such question of yours, or ended too long ago.")
        return _view(state, request, place_of(state, request, now), now), request

    view, request = await desk.read(look)
    return await _with_texts(desk, view, request)


@creates("/inbox")
async def ask_human(data: JSONBody[NewRequest], desk: AtDesk) -> Made:
    """Ask for a human's time; what it may cost is reserved until it is answered."""
    agent = desk.caller.agent or data.agent
    in_order("agent", agent is not None, "Say which agent asks.")
    desk.must_be(data.agent or str(agent))
    command = commands.AskHuman(
        QuestionId(data.id or f"request-{secrets.token_hex(8)}"),
        AgentId(str(agent)),
        data.minutes,
        Amount(data.price_ucr),
        data.subject,
        data.question,
        None if data.expires_in_ms is None else in_ms(data.expires_in_ms),
    )
    reply = await desk.submit(command, data.id)
    made = of(events.HumanAsked, reply)
    return Made(
        made.question,
        made.agent,
        made.minutes,
        made.price,
        made.held,
        rfc3339(made.expires_at),
        reply.sequence,
    )


@acts("/inbox/{id:str}/take")
async def take_request(id: QuestionPath, desk: AtDesk) -> Taken:
    """Keep a request for yourself, so that nobody else answers it; or keep it longer."""
    reply = await desk.submit(commands.TakeQuestion(QuestionId(id), desk.caller.id))
    made = of(events.QuestionTaken, reply)
    request = desk.node.engine.peek(lambda state: state.inbox.find(QuestionId(id)))
    texts = Texts() if request is None else await texts_of(desk.node, request.place)
    return Taken(
        made.question,
        made.agent,
        made.human,
        made.minutes,
        rfc3339(made.until),
        texts.subject,
        texts.question,
        reply.sequence,
    )


@acts("/inbox/{id:str}/answer")
async def answer_request(id: QuestionPath, data: JSONBody[NewAnswer], desk: AtDesk) -> Answered:
    """Answer a request that you have taken: the minutes it took are paid, and you may reward its agent."""
    scores = data.scores
    command = commands.AnswerQuestion(
        QuestionId(id),
        desk.caller.id,
        data.minutes,
        data.answer,
        None if scores is None else Scores(scores.interesting, scores.useful, scores.understandable),
        Amount(data.reward_ucr),
    )
    reply = await desk.submit(command)
    made = of(events.QuestionAnswered, reply)
    rewards = (each.amount for each in reply.events if isinstance(each, events.HumanRewardIssued))
    return Answered(
        made.question,
        made.agent,
        made.human,
        made.minutes,
        made.paid,
        made.released,
        next(rewards, 0),
        reply.sequence,
    )


@acts("/inbox/{id:str}/decline")
async def decline_request(id: QuestionPath, desk: AtDesk, data: JSONBody[WithNote | None] = None) -> Closed:
    """Turn a request down, whether you have taken it or it waits; it costs its agent nothing."""
    reason = "" if data is None else data.reason
    reply = await desk.submit(commands.DeclineQuestion(QuestionId(id), desk.caller.id, reason))
    made = of(events.QuestionDeclined, reply)
    return Closed(made.question, made.agent, QuestionStatus.DECLINED.value, made.released, reply.sequence)


@acts("/inbox/{id:str}/withdraw")
async def withdraw_request(id: QuestionPath, desk: AtDesk) -> Closed:
    """Take a request back that nobody answers now; it costs nothing."""
    reply = await desk.submit(commands.WithdrawQuestion(QuestionId(id), desk.caller.agent))
    made = of(events.QuestionWithdrawn, reply)
    return Closed(made.question, made.agent, QuestionStatus.WITHDRAWN.value, made.released, reply.sequence)


def listed(state: State, which: Which, now: Instant) -> Iterator[Placed]:
    """The requests of a kind: those that are taken, those that wait in their order, the last that ended."""
    inbox = state.inbox
    every: Iterable[Placed] = chain(
        ((each, None) for each in inbox.by_id.values() if each.status is QuestionStatus.TAKEN),
        ((each, place) for place, each in enumerate(inbox.in_turn(now), 1)),
        ((each, None) for each in reversed(inbox.ended.values())),
    )
    if which == "open":
        return (each for each in every if each[0].id in inbox.by_id)
    return (each for each in every if which in ("all", each[0].status.value))


def place_of(state: State, request: Question, now: Instant) -> int | None:
    """The place of a request among those that wait; None if it does not. Linear in those before it."""
    if request.status is not QuestionStatus.WAITING:
        return None
    return next(place for place, each in enumerate(state.inbox.in_turn(now), 1) if each is request)


def _page(found: Iterator[Placed], cursor: str | None, limit: int) -> tuple[list[Placed], str | None]:
    """The requests that follow a cursor, and the next cursor."""
    if cursor is not None and not any(each.id == cursor for each, _ in found):
        raise invalid("cursor", "It is not one that a page before gave, or has moved since; begin again.")
    taken = list(islice(found, limit))
    more = next(found, None) is not None
    return taken, taken[-1][0].id if more else None


def _scores(given: Scores | None) -> ScoresView | None:
    return None if given is None else ScoresView(given.interesting, given.useful, given.understandable)


def _view(state: State, request: Question, place: int | None, now: Instant) -> RequestView:
    waits = request.status is QuestionStatus.WAITING
    return RequestView(
        id=request.id,
        agent=request.agent,
        status=request.status.value,
        place=place,
        minutes=request.minutes,
        price_ucr=request.price,
        priority_ucr=priority(request, state.inbox.rules.ageing, now) if waits else None,
        asked_at=rfc3339(request.asked_at),
        expires_at=rfc3339(request.expires_at),
        human=request.human,
        taken_until=None if request.until is None else rfc3339(request.until),
        minutes_used=request.used,
        paid_ucr=request.paid,
        reward_ucr=request.reward,
        scores=_scores(request.scores),
        subject=None,
        question=None,
        answer=None,
    )


async def _with_texts(desk: Desk, view: RequestView, request: Question) -> RequestView:
    """A request with its texts, where its caller may read them."""
    if not desk.reads_private(request.agent):
        return view
    asked = await texts_of(desk.node, request.place)
    ended = await texts_of(desk.node, request.ended_in) if request.ended_in else Texts()
    return msgspec.structs.replace(view, subject=asked.subject, question=asked.question, answer=ended.answer)


ROUTES = [
    list_inbox,
    show_request,
    ask_human,
    take_request,
    answer_request,
    decline_request,
    withdraw_request,
]
