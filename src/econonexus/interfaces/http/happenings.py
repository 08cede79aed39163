"""What happened: the journal in pages, as a stream, and one command explained."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Annotated

import msgspec
from litestar.params import HeaderParameter, QueryParameter
from litestar.response import Stream
from msgspec import Meta

from econonexus.domain.flows.spending import above, payer
from econonexus.domain.ids import (
    AccountId,
    CallerId,
    CommandId,
    ContractId,
    HoldId,
    OrderId,
    QuestionId,
    is_name,
)
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from econonexus.interfaces.http import sales_explained
from econonexus.interfaces.http.cloudevents import CloudEvent, cloud_event, concerns, matcher
from econonexus.interfaces.http.desk import AtDesk, Desk, not_allowed, not_found
from econonexus.interfaces.http.explaining_orders import of_order
from econonexus.interfaces.http.forms import PageSize, reads, rfc3339
from econonexus.interfaces.http.paths import ExplainedPath
from econonexus.interfaces.http.problems import invalid
from econonexus.interfaces.http.questions import standing_of
from econonexus.interfaces.http.reputation_explained import of_reputation
from econonexus.interfaces.http.sealing import available, held, left_of
from econonexus.interfaces.http.stakes_explained import lost_by, of_stake
from econonexus.node.records import Record

SCAN = 10_000
"""So many records are looked through for one page."""
CHUNK = 500
KEEP_ALIVE_S = 15.0
_POSITION = re.compile(r"[0-9]{1,19}")

After = Annotated[
    int, QueryParameter(name="after", ge=0, le=2**63 - 1, description="The record after which to begin.")
]
AfterOrNow = Annotated[
    int | None,
    QueryParameter(
        name="after",
        ge=0,
        le=2**63 - 1,
        description="The record after which to begin; by default from now on.",
    ),
]
Subject = Annotated[
    str,
    QueryParameter(
        name="subject",
        max_length=256,
        description="What events are about, such as `account/ann` or `budget/*`; all by default.",
    ),
]
OfCaller = Annotated[
    str | None,
    QueryParameter(name="caller", description="Whose command, such as `agent:ann`; your own by default."),
]
LastEventId = Annotated[
    str | None,
    HeaderParameter(name="Last-Event-ID", description="The last event that was seen, to resume after it."),
]


class EventPage(msgspec.Struct, frozen=True):
    """A part of the journal. Ask for what follows with `after` = `next`."""

    events: Annotated[
        list[CloudEvent], Meta(description="What happened, oldest first, as far as you may see it.")
    ]
    next: Annotated[int, Meta(description="The last record that this page has looked at.")]
    more: Annotated[bool, Meta(description="Whether the journal goes on beyond `next`.")]


class Explanation(msgspec.Struct, frozen=True):
    """What became of a command, or how an account stands, with the numbers that decide."""

    id: Annotated[str, Meta(description="What was asked about.")]
    about: Annotated[str, Meta(description="What it is, such as `command`, `auction` or `account`.")]
    answer: Annotated[str, Meta(description="How it stands, or what became of it, in a word or a sentence.")]
    facts: Annotated[
        dict[str, int | str | bool | None], Meta(description="The numbers and names that decide, by name.")
    ]
    events: Annotated[list[CloudEvent], Meta(description="What happened to it, oldest first.")]


@reads("/events")
async def list_events(
    desk: AtDesk, after: After = 0, subject: Subject = "", limit: PageSize = 100
) -> EventPage:
    """The journal's events in order; an agent sees its own."""
    relay, is_wanted = desk.node.engine.relay, _filter(desk, subject)
    found: list[CloudEvent] = []
    position, last = after, min(relay.position, after + SCAN)
    while position < last and len(found) < limit:
        for record in await relay.after(position, min(CHUNK, last - position)):
            position = record.sequence
            if is_wanted(record):
                found.append(cloud_event(record))
                if len(found) == limit:
                    break
    return EventPage(found, position, position < relay.position)


@reads("/events/stream", media_type="text/event-stream")
async def stream_events(
    desk: AtDesk, last_event_id: LastEventId = None, after: AfterOrNow = None, subject: Subject = ""
) -> Stream:
    """The events from now on, or after one you have seen, as Server-Sent Events."""
    if last_event_id is not None and not _POSITION.fullmatch(last_event_id):
        raise invalid("Last-Event-ID", "It is not one that this stream gave.")
    position = int(last_event_id) if last_event_id is not None else after
    if position is None:
        position = desk.node.engine.relay.position
    return Stream(
        _follow(desk, position, _filter(desk, subject)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


@reads("/explain/{id:str}")
async def explain(id: ExplainedPath, desk: AtDesk, caller: OfCaller = None) -> Explanation:
    """Why a command was refused or what it did, by its id or its record; what became of an order, or of a
    question for a human, and what it waits for; how an auction, a bid, a grant, a market or a resource
    stands, and why; what an agent has at stake, as `stake/ann`; what is known of its owner, or of an owner,
    and why, as `reputation/ann`; or a reservation or an account, or an agent that pays from its team's.
    """
    is_question = caller is None and not _POSITION.fullmatch(id)
    question = await _of_question(desk, QuestionId(id.removeprefix("question/"))) if is_question else None
    if question is not None:
        return question
    records = await _records(desk, id, caller)
    if records:
        return _of_command(id, records)
    order = await of_order(desk, OrderId(id.removeprefix("order/")))
    if order is not None:
        return Explanation(id, "order", order.answer, order.facts, list(map(cloud_event, order.records)))
    sale = await sales_explained.standing_of(desk, id)
    if sale is not None:
        about, answer, facts, happened = sale
        return Explanation(id, about, answer, facts, [cloud_event(record) for record in happened])
    stake = await desk.read(lambda state: of_stake(state, desk.caller.agent, id))
    if stake is not None:
        answer, facts = stake
        lost, happened = await lost_by(desk, str(facts["agent"]))
        return Explanation(id, "stake", answer, facts | lost, list(map(cloud_event, happened)))
    reputation = await of_reputation(desk, id)
    if reputation is not None:
        answer, facts, happened = reputation
        return Explanation(id, "reputation", answer, facts, [cloud_event(record) for record in happened])
    hold = await _of_hold(desk, HoldId(id.removeprefix("hold/")))
    return hold or await _of_account(desk, id.removeprefix("account/"))


async def _follow(desk: Desk, position: int, is_wanted: Callable[[Record], bool]) -> AsyncIterator[bytes]:
    """Events as they become durable, until the node or the server stops."""
    tally = desk.telemetry.http
    tally.subscribers += 1
    try:
        yield b": begins\n\n"
        async with contextlib.aclosing(_told(desk, position, is_wanted)) as parts:
            async for part in parts:
                yield part
    finally:
        tally.subscribers -= 1


async def _told(
    desk: Desk, position: int, is_wanted: Callable[[Record], bool]
) -> AsyncGenerator[bytes, None]:
    relay = desk.node.engine.relay
    stopping: asyncio.Event = desk.stopping
    while not stopping.is_set():
        if relay.position <= position and not await _grown(desk, position):
            if relay.closed or stopping.is_set():
                return
            yield b": waiting\n\n"
            continue
        records = await relay.after(position, CHUNK)
        if not records:
            return
        position = records[-1].sequence
        for record in filter(is_wanted, records):
            event = cloud_event(record)
            data = msgspec.json.encode(event)
            yield b"id: %d\nevent: %s\ndata: %s\n\n" % (record.sequence, event.type.encode(), data)


async def _grown(desk: Desk, position: int) -> bool:
    """Wait a while for a record after `position`, or for the server to stop."""
    waits = [
        asyncio.ensure_future(desk.node.engine.relay.reached(position + 1)),
        asyncio.ensure_future(desk.stopping.wait()),
    ]
    try:
        await asyncio.wait(waits, timeout=KEEP_ALIVE_S, return_when=asyncio.FIRST_COMPLETED)
        return waits[0].done() and waits[0].result()
    finally:
        for wait in waits:
            wait.cancel()


def _filter(desk: Desk, pattern: str) -> Callable[[Record], bool]:
    """What a caller asks for, as far as it may see it."""
    fits, agent = matcher(pattern), desk.caller.agent
    if agent is None:
        return fits

    def owned(state: State) -> frozenset[str]:
        return frozenset(
            name for name, account in state.ledger.accounts.items() if str(account.owner) == agent
        )

    def has_part(name: ContractId) -> bool:
        contract = desk.node.engine.peek(lambda state: state.contracts.find(name))
        return contract is not None and agent in contract.parties()

    is_its_own = concerns(agent, desk.node.engine.peek(owned), has_part)
    return lambda record: fits(record) and is_its_own(record)


async def _records(desk: Desk, name: str, caller: str | None) -> list[Record]:
    """The records of a command, by its id or by a record's sequence, as far as the caller may see them."""
    own = desk.caller.id
    if caller is not None and caller != own and desk.caller.agent is not None:
        raise not_allowed("An agent may ask about its own commands.")
    relay = desk.node.engine.relay
    if _POSITION.fullmatch(name) and 0 < int(name) <= relay.position:
        records = await relay.after(int(name) - 1, 1)
        return [record for record in records if _filter(desk, "")(record)]
    if not is_name(name):
        return []
    return await desk.node.engine.answered(CallerId(caller or own), CommandId(name))


def _of_command(name: str, records: list[Record]) -> Explanation:
    happened, event = [cloud_event(record) for record in records], records[0].event
    if not isinstance(event, Refusal):
        return Explanation(name, "command", "accepted", {}, happened)
    facts: dict[str, int | str | bool | None] = {
        "code": event.code.value,
        "sentence": event.sentence(),
        "field": event.field,
        "subject": event.subject,
        "requested": event.requested,
        "available": event.available,
    }
    return Explanation(name, "command", "refused", facts, happened)


async def _of_question(desk: Desk, name: QuestionId) -> Explanation | None:
    """How a question for a human stands, and all that became of it; an agent asks about its own."""
    found = await standing_of(desk, name)
    if found is None:
        return None
    answer, facts, records = found
    return Explanation(name, "question", answer, facts, [cloud_event(record) for record in records])


async def _of_hold(desk: Desk, name: HoldId) -> Explanation | None:
    """How a reservation stands that is open or unreported; an agent asks about its own."""

    def look(state: State) -> Explanation | None:
        paid = state.ledger.unreported.get(name)
        hold = state.ledger.holds.get(name) if paid is None else paid.hold
        if hold is None or desk.caller.agent not in (None, state.ledger.placed_by(hold)):
            return None
        answer = "held" if paid is None else "paid in full, as nobody said what was used"
        facts: dict[str, int | str | bool | None] = {
            "account": hold.source,
            "agent": hold.agent,
            "amount_ucr": hold.amount if paid is None else paid.amount,
            "resource": hold.code,
            "expires_at": rfc3339(hold.expires_at),
            "if_unreported": hold.unreported.value,
            "counts_in": ", ".join(hold.budgets),
        }
        facts |= {f"of limit {charge.budget}": charge.amount for charge in hold.also}
        return Explanation(name, "reservation", answer, facts, [])

    return await desk.read(look)


async def _of_account(desk: Desk, name: str) -> Explanation:
    """How an account stands, or the one that pays for an agent: what it has, and what is left of every
    budget above it."""
    if desk.caller.agent != name:
        desk.must_own(AccountId(name))
    now = desk.now()

    def look(state: State) -> Explanation:
        paying = payer(state, AccountId(name))
        if paying is None:
            raise not_found(
                "not_found",
                "Nothing has this id, neither an account nor a command nor anything sold.",
            )
        account, agent = paying
        agent = agent or state.agents.owned_by(account.owner)
        team = state.agents.team_of(account.owner)
        facts: dict[str, int | str | bool | None] = {
            "account": account.id,
            "balance_ucr": account.balance,
            "held_ucr": held(state, account, desk.caller.agent),
            "available_ucr": available(state, account, desk.caller.agent),
            "account_frozen": account.frozen,
            "agent_frozen": agent is not None and agent.frozen,
            "team_frozen": team is not None and team.frozen,
        }
        for level in above(state, account, agent):
            facts[f"budget {level} left_ucr"] = left_of(state, state.budgets.by_id[level], now)
        if agent is not None:
            facts |= {"priority": agent.priority, "weight": agent.weight, **desk.gateway.turns_of(agent.id)}
        return Explanation(name, "account", "stands", facts, [])

    return await desk.read(look)


ROUTES = [list_events, stream_events, explain]
