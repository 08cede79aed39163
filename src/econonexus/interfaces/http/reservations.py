"""Reservations: reserve an upper bound, use, settle what it really was. For any tool, or another gateway."""

import secrets
from typing import Annotated

import msgspec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import AccountId, BudgetId, HoldId
from econonexus.domain.money import Amount
from econonexus.interfaces.http.desk import AtDesk, Desk, in_ms, of
from econonexus.interfaces.http.forms import (
    Body,
    Name,
    Reference,
    Ucr,
    UcrOrNone,
    acts,
    creates,
    in_order,
    rfc3339,
)

DAY_MS = 24 * 3_600_000


CALLS = "call-"
"""How the ids begin of what the gateway reserves for calls; nobody else may name one so."""


class NewReservation(Body, frozen=True):
    """Money to reserve for something that is about to be used."""

    amount_ucr: Ucr
    id: Name | None = None
    account: Annotated[Name | None, Meta(description="Whose money; an agent's own by default.")] = None
    resource: Annotated[str, Meta(max_length=64, description="What is used.", examples=["gpu.seconds"])] = ""
    units: Annotated[int, Meta(ge=0, le=2**63 - 1, description="How much of it, at most.")] | None = None
    reference: Reference = ""
    budget: Annotated[
        Name | None, Meta(description="A budget beneath the account's own, such as a run's.")
    ] = None
    expires_in_ms: Annotated[
        int, Meta(ge=1, le=30 * DAY_MS, description="When it is released by itself.")
    ] = 60_000


class Settlement(Body, frozen=True):
    """What was really used; 0 releases the whole reservation."""

    amount_ucr: UcrOrNone


class ReservationView(msgspec.Struct, frozen=True):
    """A reservation: `held` until it is `settled`, `released` or expires."""

    id: str
    status: str
    account: str
    amount_ucr: Annotated[int, Meta(description="What is reserved, or was paid.")]
    released_ucr: int
    sequence: int
    expires_at: str | None = None


@creates("/reservations")
async def reserve(data: JSONBody[NewReservation], desk: AtDesk) -> ReservationView:
    """Reserve money in the account and in every budget above it, or be told at once that it is not there."""
    account = data.account or desk.caller.agent
    in_order("account", account is not None, "Say whose money it is; your key is no agent's.")
    in_order("id", not (data.id or "").startswith(CALLS), "Names of this kind are the gateway's.")
    desk.must_be(str(account))
    units = "" if data.units is None else f"{data.units} units"
    command = commands.PlaceHold(
        HoldId(data.id or f"hold-{secrets.token_hex(8)}"),
        AccountId(str(account)),
        Amount(data.amount_ucr),
        in_ms(data.expires_in_ms),
        budget=None if data.budget is None else BudgetId(data.budget),
        code=data.resource,
        reference=data.reference or units,
    )
    reply = await desk.submit(command)
    held = of(events.HoldPlaced, reply)
    return ReservationView(
        held.hold, "held", held.source, held.amount, 0, reply.sequence, rfc3339(held.expires_at)
    )


@acts("/reservations/{id:str}/settle")
async def settle(id: FromPath[str], data: JSONBody[Settlement], desk: AtDesk) -> ReservationView:
    """Pay what was used and release the rest."""
    if data.amount_ucr == 0:
        return await _void(desk, HoldId(id))
    reply = await desk.submit(commands.PostHold(HoldId(id), Amount(data.amount_ucr), desk.caller.agent))
    paid = of(events.HoldPosted, reply)
    return ReservationView(paid.hold, "settled", paid.source, paid.amount, paid.released, reply.sequence)


@acts("/reservations/{id:str}/release")
async def release(id: FromPath[str], desk: AtDesk) -> ReservationView:
    """Release the whole reservation."""
    return await _void(desk, HoldId(id))


async def _void(desk: Desk, hold: HoldId) -> ReservationView:
    reply = await desk.submit(commands.VoidHold(hold, desk.caller.agent))
    gone = of(events.HoldVoided, reply)
    return ReservationView(gone.hold, "released", gone.source, 0, gone.released, reply.sequence)


ROUTES = [reserve, settle, release]
