"""Where a request becomes a command: who asks, under which id, and what it gets back."""

import asyncio
import re
import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.di import NamedDependency

from econonexus.domain.commands import Command
from econonexus.domain.flows.spending import payer
from econonexus.domain.ids import AccountId, AgentId, CommandId, Instant, is_name
from econonexus.domain.state import State
from econonexus.interfaces.http.callers import Caller
from econonexus.interfaces.http.choices import with_choices
from econonexus.interfaces.http.problems import Declined, declined, invalid, refused
from econonexus.interfaces.http.roles import HUMANS
from econonexus.node.node import Node
from econonexus.node.records import digest_of
from econonexus.node.replies import Accepted, Refused
from econonexus.telemetry.tallies import Telemetry

T = TypeVar("T")
E = TypeVar("E")

IDEMPOTENCY_KEY = "Idempotency-Key"
_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Desk:
    """The node as one request sees it."""

    def __init__(self, node: Node, caller: Caller, request: "Request[Any, Any, Any]", body: bytes) -> None:
        self.node = node
        self.caller = caller
        self._request = request
        self._body = body

    @property
    def gateway(self) -> Any:
        """The gateway; typed by who uses it, as the API knows none."""
        return self._request.app.state.gateway

    @property
    def body(self) -> bytes:
        """The request's body, for who reads it in a way of its own."""
        return self._body

    def header(self, name: str) -> str:
        """A header of the request; empty where there is none."""
        return str(self._request.headers.get(name, ""))

    async def gone(self) -> None:
        """Returns once the caller has hung up; only after the body was read."""
        while (await self._request.receive())["type"] != "http.disconnect":
            pass

    @property
    def stopping(self) -> asyncio.Event:
        """Set once the server is told to stop."""
        event: asyncio.Event = self._request.app.state.stopping
        return event

    @property
    def telemetry(self) -> Telemetry:
        """Where it is counted what happens."""
        tallies: Telemetry = self._request.app.state.telemetry
        return tallies

    async def submit(self, command: Command, own_id: str | None = None) -> Accepted:
        """Carry out a command once under the caller's id for it: the header's, or else `own_id`.

        What counts as the same request is what the caller sent: method, path and body. Raises: Declined.
        """
        trace = self._request.headers.get("traceparent", "")
        name = self._command_id(own_id)
        reply = await self.node.submit(
            command,
            self.caller.id,
            name,
            digest="" if name is None else self._digest(),
            trace=trace if _TRACE.fullmatch(trace) else "",
        )
        if isinstance(reply, Refused):
            raise refused(reply.refusal)
        return reply

    async def read(self, look: Callable[[State], T]) -> T:
        """What `look` makes of the state, once all it saw is durable."""
        return await self.node.read(look)

    def now(self) -> Instant:
        """The time to read windows by: the wall clock, but no earlier than the last record."""
        return Instant(max(time.time_ns(), self.node.engine.peek(lambda state: state.time)))

    def must_be(self, agent: str) -> None:
        """Let an agent's key through for the agent itself alone. Raises: Declined."""
        if self.caller.agent not in (None, agent):
            raise not_allowed(f"An agent's key is good for the agent itself, which {agent} is not.")

    def reads_private(self, agent: AgentId) -> bool:
        """Whether the caller may read an agent's personal texts: itself, and whoever may answer it."""
        return self.caller.agent == agent or self.caller.role in HUMANS

    def must_own(self, account: AccountId) -> None:
        """Let an agent's key through for what belongs to it, or pays for it, alone. Raises: Declined."""
        agent = self.caller.agent
        if agent is not None and not self.node.engine.peek(lambda state: owns(state, agent, account)):
            raise not_allowed(f"An agent's key is good for what is its own, which {account} is not.")

    def _command_id(self, own_id: str | None) -> CommandId | None:
        header = self._request.headers.get(IDEMPOTENCY_KEY)
        if header is not None and not is_name(header):
            raise invalid(
                IDEMPOTENCY_KEY, "1 to 128 characters: a letter or digit, then letters, digits or ._:@/+-"
            )
        if header is not None and own_id not in (None, header):
            raise invalid("id", "It differs from the Idempotency-Key, and either is the command's id.")
        name = header or own_id
        return None if name is None else CommandId(name)

    def _digest(self) -> str:
        head = f"{self._request.method} {self._request.url.path}\n".encode()
        # The order of a body's fields says nothing, so it is no part of what was sent.
        try:
            content = msgspec.json.decode(self._body) if self._body.strip() else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _not_json(error) from None
        return digest_of(head + msgspec.json.encode(content, order="sorted"))


AtDesk = NamedDependency[Desk]
"""How a call asks for its desk."""


def owns(state: State, agent: AgentId, account: AccountId) -> bool:
    """Whether an account is an agent's own, or its team's which pays for it where it has none."""
    known = state.ledger.accounts.get(account)
    if known is None:
        return False
    if known.owner == AccountId(agent):
        return True
    paying = payer(state, AccountId(agent))
    return paying is not None and paying[0] is known


def not_allowed(detail: str, field: str = "") -> Declined:
    """The caller's key is not good for this."""
    return declined(403, "not_allowed", detail, field)


def not_found(code: str, detail: str, field: str = "id") -> Declined:
    """What the path names is not there, or another field."""
    return declined(404, code, detail, field)


def of(kind: type[E], reply: Accepted) -> E:
    """The event of a kind among those that a command yielded."""
    return next(event for event in reply.events if isinstance(event, kind))


def in_ms(duration_ms: int) -> Instant:
    """The instant so many milliseconds from now."""
    return Instant(time.time_ns() + duration_ms * 1_000_000)


async def desk_of(request: "Request[Any, Any, Any]") -> Desk:
    """The desk for a request that was let in. Raises: Declined for a body that is not of its type.

    Litestar would take "1" for 1; where money is concerned nothing is guessed, so the body is read here.
    """
    body = await request.body() if request.method == "POST" else b""
    expected = request.route_handler.parsed_data_field
    if expected is not None and (body.strip() or not expected.is_optional):
        try:
            _decoder(expected.annotation).decode(body)
        except msgspec.ValidationError as error:
            raise _not_its_type(str(error), expected.annotation) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _not_json(error) from None
    return Desk(request.app.state.node, request.state.caller, request, body)


@cache
def _decoder(annotation: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(annotation)


def _not_json(error: Exception) -> Declined:
    """A body that nobody can read, or that is nested deeper than anybody means."""
    return invalid("", f"The body is not JSON: {error}")


def _not_its_type(complaint: str, annotation: Any) -> Declined:
    """A complaint of msgspec's, "Expected `int` >= 1 - at `$.amount_ucr`", with the field by itself."""
    what, _, path = complaint.replace(" - at `key` in `$.", " - at `$.").partition(" - at `$.")
    field = path.rstrip("`")
    if "field `" in what:  # A missing or unknown field is named in the message.
        field = ".".join(part for part in (field, what.rpartition("field `")[2].partition("`")[0]) if part)
    return invalid(field, with_choices(what, annotation, field))
