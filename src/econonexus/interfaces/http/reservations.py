"""Reservations: reserve an upper bound, use, settle what it really was. For any tool, or another gateway."""

import heapq
import secrets
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.charges import MAX_CHARGES, Charge
from econonexus.domain.ids import AccountId, AgentId, BudgetId, HoldId
from econonexus.domain.kinds import Unreported
from econonexus.domain.ledger import Hold
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.desk import AtDesk, Desk, in_ms, not_allowed, of
from econonexus.interfaces.http.forms import (
    Body,
    Name,
    NewId,
    Page,
    PageSize,
    Recorded,
    Reference,
    Ucr,
    UcrOrNone,
    acts,
    creates,
    in_order,
    reads,
    rfc3339,
)
from econonexus.interfaces.http.paths import ReservationPath
from econonexus.interfaces.http.problems import refused
from econonexus.interfaces.http.runs import foreign

DAY_MS = 24 * 3_600_000


CALLS = "call-"
"""How the ids begin of what the gateway reserves for calls; nobody else may name one so."""


class NewReservation(Body, frozen=True):
    """Money to reserve for something that is about to be used."""

    amount_ucr: Annotated[Ucr, Meta(description="The most that it can cost, in µcr.")]
    id: NewId = None
    account: Annotated[
        Name | None, Meta(description="The account whose money it is; an agent's own by default.")
    ] = None
    resource: Annotated[str, Meta(max_length=64, description="What is used.", examples=["gpu.seconds"])] = ""
    units: Annotated[int, Meta(ge=0, le=2**63 - 1, description="How much of it, at most.")] | None = None
    reference: Reference = ""
    budget: Annotated[
        Name | None, Meta(description="A budget beneath the account's own, such as a run's.")
    ] = None
    expires_in_ms: Annotated[
        int, Meta(ge=1, le=30 * DAY_MS, description="When it ends by itself, from now; a minute by default.")
    ] = 60_000
    if_unreported: Annotated[
        Literal["release", "settle"],
        Meta(description="What becomes of it then: released, or paid in full until it is reconciled."),
    ] = "release"


class Settlement(Body, frozen=True):
    """What was really used; 0 releases the whole reservation."""

    amount_ucr: Annotated[UcrOrNone, Meta(description="What was used, in µcr, and is paid.")]


class FurtherLimit(Body, frozen=True):
    """What of a further budget's limit was used, in the smallest unit of the budget's asset."""

    budget: Annotated[Name, Meta(description="The budget whose limit it is.")]
    amount_ucr: Annotated[
        UcrOrNone, Meta(description="How much was used, in the smallest unit of the budget's asset.")
    ]


class Reconciliation(Body, frozen=True):
    """What was really used, of the money and of further limits; a limit not named was used in full."""

    amount_ucr: Annotated[UcrOrNone, Meta(description="What was used, in µcr; the rest goes back.")]
    also: Annotated[
        list[FurtherLimit], Meta(max_length=MAX_CHARGES, description="What was used of further limits.")
    ] = msgspec.field(default_factory=list)


class ReservationView(msgspec.Struct, frozen=True):
    """A reservation: `held` until it is `settled`, `released` or expires."""

    id: Annotated[str, Meta(description="The reservation's id.")]
    status: Annotated[str, Meta(description="`held`, `settled` or `released`.")]
    account: Annotated[str, Meta(description="The account whose money it is.")]
    amount_ucr: Annotated[int, Meta(description="What is reserved, or was paid.")]
    released_ucr: Annotated[int, Meta(description="What of the reservation is available again, in µcr.")]
    sequence: Recorded
    expires_at: Annotated[str | None, Meta(description="When it ends by itself; null once it has ended.")] = (
        None
    )


class Reconciled(msgspec.Struct, frozen=True):
    """What an unreported reservation really was; `returned_ucr` went back to its account."""

    id: Annotated[str, Meta(description="The reservation's id.")]
    status: Annotated[str, Meta(description="`reconciled`.")]
    account: Annotated[str, Meta(description="The account that paid.")]
    amount_ucr: Annotated[int, Meta(description="What was paid in the end, in µcr.")]
    returned_ucr: Annotated[int, Meta(description="What went back to the account, in µcr.")]
    sequence: Recorded


class ListedReservation(msgspec.Struct, frozen=True):
    """A reservation that is open (`held`), or was paid in full and waits for a report (`unreported`)."""

    id: Annotated[str, Meta(description="The reservation's id.")]
    status: Annotated[
        str,
        Meta(description="`held` while it is open; `unreported` if paid in full and not reported."),
    ]
    account: Annotated[str, Meta(description="The account whose money it is.")]
    agent: Annotated[
        str | None,
        Meta(description="Who reserved it, where its team's wallet pays; null where its own does."),
    ]
    amount_ucr: Annotated[int, Meta(description="What is reserved, or was paid, in µcr.")]
    resource: Annotated[str, Meta(description="What is used; empty where nobody said.")]
    reference: Annotated[str, Meta(description="What it is about; empty where nobody said.")]
    budgets: Annotated[tuple[str, ...], Meta(description="The budgets that it counts in, nearest first.")]
    also: Annotated[
        dict[str, int], Meta(description="What it takes of further limits, by budget, in their own units.")
    ]
    if_unreported: Annotated[
        str, Meta(description="What becomes of it at its end: `release`, or `settle` in full.")
    ]
    expires_at: Annotated[str, Meta(description="When it ends, or ended, by itself.")]
    paid_at: Annotated[str | None, Meta(description="When it was paid in full; null while it is open.")]


After = Annotated[
    str | None,
    QueryParameter(name="cursor", max_length=128, description="The last id seen; by default from the first."),
]
Which = Annotated[
    Literal["held", "unreported"] | None,
    QueryParameter(name="status", description="Reservations alone that stand so; both kinds by default."),
]


@creates("/reservations")
async def reserve(data: Annotated[NewReservation, examples.RESERVATION], desk: AtDesk) -> ReservationView:
    """Reserve money in the account and in every budget above it, or be told at once that it is not there."""
    account = data.account or desk.caller.agent
    in_order("account", account is not None, "Say whose money it is; your key is no agent's.")
    in_order("id", not (data.id or "").startswith(CALLS), "Names of this kind are the gateway's.")
    desk.must_be(str(account))
    _must_not_be_anothers(desk, data)
    units = "" if data.units is None else f"{data.units} units"
    command = commands.PlaceHold(
        HoldId(data.id or f"hold-{secrets.token_hex(8)}"),
        AccountId(str(account)),
        Amount(data.amount_ucr),
        in_ms(data.expires_in_ms),
        budget=None if data.budget is None else BudgetId(data.budget),
        code=data.resource,
        reference=data.reference or units,
        unreported=Unreported(data.if_unreported),
    )
    reply = await desk.submit(command)
    held = of(events.HoldPlaced, reply)
    return ReservationView(
        held.hold, "held", held.source, held.amount, 0, reply.sequence, rfc3339(held.expires_at)
    )


@acts("/reservations/{id:str}/settle")
async def settle(
    id: ReservationPath, data: Annotated[Settlement, examples.SETTLEMENT], desk: AtDesk
) -> ReservationView:
    """Pay what was used and release the rest."""
    _must_not_be_a_call(desk, id)
    if data.amount_ucr == 0:
        return await _void(desk, HoldId(id))
    reply = await desk.submit(commands.PostHold(HoldId(id), Amount(data.amount_ucr), desk.caller.agent))
    paid = of(events.HoldPosted, reply)
    return ReservationView(paid.hold, "settled", paid.source, paid.amount, paid.released, reply.sequence)


@acts("/reservations/{id:str}/release")
async def release(id: ReservationPath, desk: AtDesk) -> ReservationView:
    """Release the whole reservation."""
    _must_not_be_a_call(desk, id)
    return await _void(desk, HoldId(id))


@acts("/reservations/{id:str}/reconcile")
async def reconcile(id: ReservationPath, data: JSONBody[Reconciliation], desk: AtDesk) -> Reconciled:
    """Say what a reservation that was paid unreported really was, and give back the rest."""
    also = tuple(Charge(BudgetId(limit.budget), Amount(limit.amount_ucr)) for limit in data.also)
    reply = await desk.submit(commands.ReconcileHold(HoldId(id), Amount(data.amount_ucr), also))
    known = of(events.HoldReconciled, reply)
    return Reconciled(known.hold, "reconciled", known.source, known.amount, known.returned, reply.sequence)


@reads("/reservations")
async def list_reservations(
    desk: AtDesk, cursor: After = None, limit: PageSize = 100, status: Which = None
) -> Page[ListedReservation]:
    """The reservations that are open or unreported, by their ids; an agent sees its own."""

    def look(state: State) -> Page[ListedReservation]:
        names = (name for name in _names(state, status, desk.caller.agent) if cursor is None or name > cursor)
        first = heapq.nsmallest(limit + 1, names)
        items = [_listed(state, name) for name in first[:limit]]
        return Page(items, first[limit - 1] if len(first) > limit else None)

    return await desk.read(look)


def _names(state: State, status: str | None, agent: AgentId | None) -> Iterator[HoldId]:
    """The reservations of a status, or of both; of an agent's those it placed."""
    ledger = state.ledger
    holds: list[Hold] = []
    if status != "unreported":
        holds += ledger.holds.values()
    if status != "held":
        holds += (paid.hold for paid in ledger.unreported.values())
    for hold in holds:
        if agent is None or agent == ledger.placed_by(hold):
            yield hold.id


def _listed(state: State, name: HoldId) -> ListedReservation:
    paid = state.ledger.unreported.get(name)
    hold = state.ledger.holds[name] if paid is None else paid.hold
    return ListedReservation(
        hold.id,
        "held" if paid is None else "unreported",
        hold.source,
        hold.agent,
        hold.amount if paid is None else paid.amount,
        hold.code,
        hold.reference,
        hold.budgets,
        {charge.budget: charge.amount for charge in hold.also},
        hold.unreported.value,
        rfc3339(hold.expires_at),
        None if paid is None else rfc3339(paid.at),
    )


def _must_not_be_a_call(desk: Desk, name: str) -> None:
    """Keep an agent from settling a call of its own for less than it uses. Raises: Declined."""
    if desk.caller.agent is not None and name.startswith(CALLS):
        raise not_allowed("The gateway settles its calls itself.")


def _must_not_be_anothers(desk: Desk, wanted: NewReservation) -> None:
    """Keep an agent from reserving in a budget that is another's. Raises: Declined."""
    agent, name = desk.caller.agent, wanted.budget
    if agent is None or name is None:
        return
    refusal = desk.node.engine.peek(lambda state: foreign(state, AccountId(agent), BudgetId(name), "budget"))
    if refusal is not None:
        raise refused(refusal)


async def _void(desk: Desk, hold: HoldId) -> ReservationView:
    reply = await desk.submit(commands.VoidHold(hold, desk.caller.agent))
    gone = of(events.HoldVoided, reply)
    return ReservationView(gone.hold, "released", gone.source, 0, gone.released, reply.sequence)


ROUTES = [reserve, list_reservations, settle, release, reconcile]
