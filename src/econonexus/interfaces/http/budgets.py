"""Budgets: make, change and look at limits, and put accounts beneath them."""

import secrets
from typing import Annotated, Literal

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import AccountId, BudgetId, Duration, Instant
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.budgets import Budget
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.desk import AtDesk, Desk, not_found, of
from econonexus.interfaces.http.forms import (
    MS,
    Body,
    Cursor,
    Milliseconds,
    Name,
    NewId,
    Page,
    PageSize,
    Recorded,
    UcrOrNone,
    acts,
    creates,
    in_order,
    page,
    reads,
)
from econonexus.interfaces.http.paths import BudgetPath
from econonexus.interfaces.http.problems import declined
from econonexus.interfaces.http.sealing import held_in, left_of

MODES = (
    "`hard` refuses what goes beyond the limit, `soft` lets it pass, `observe` says what would be refused."
)
SaidMode = Annotated[Literal["hard", "soft", "observe"], Meta(description=MODES)]


class NewBudget(Body, frozen=True):
    """A limit on what leaves the accounts beneath it, for ever or per window.

    One that bears the name of an agent or a team limits it at once.
    """

    limit_ucr: Annotated[
        UcrOrNone, Meta(description="What may leave the accounts beneath it in a window, in µcr.")
    ]
    id: NewId = None
    parent: (
        Annotated[Name, Meta(description="The budget that it stands beneath; none by default.")] | None
    ) = None
    window_ms: Annotated[
        Milliseconds, Meta(description="How long a window is; 0 for one that never ends.")
    ] = 0
    carry_over_ucr: Annotated[
        UcrOrNone,
        Meta(description="How much of what a window leaves over, at most, the next has besides, in µcr."),
    ] = 0
    mode: SaidMode = "hard"


class ChangedBudget(Body, frozen=True):
    """A budget's rule from now on; what is not given stays, and so does what was spent and held."""

    limit_ucr: Annotated[UcrOrNone, Meta(description="The new limit of a window, in µcr.")] | None = None
    carry_over_ucr: (
        Annotated[
            UcrOrNone,
            Meta(description="How much of what a window leaves over, at most, the next has besides, in µcr."),
        ]
        | None
    ) = None
    mode: SaidMode | None = None


class OneAccount(Body, frozen=True):
    """Which account; or an agent that has none of its own."""

    account: Annotated[Name, Meta(description="The account's id, or that of an agent that has none.")]


class Assigned(msgspec.Struct, frozen=True):
    """Beneath which budget an account stands now, and stood before."""

    account: Annotated[str, Meta(description="The account, or the agent that has none.")]
    budget: Annotated[str | None, Meta(description="The budget directly above it now; null for none.")]
    previous: Annotated[str | None, Meta(description="The budget directly above it before; null for none.")]
    sequence: Recorded


class ClosedBudget(msgspec.Struct, frozen=True):
    """A budget that is gone."""

    id: Annotated[str, Meta(description="The budget that is gone.")]
    sequence: Recorded


class BudgetView(msgspec.Struct, frozen=True):
    """A budget as it stands in its present window, without what is on hold for sealed bids."""

    id: Annotated[str, Meta(description="The budget's id.")]
    parent: Annotated[str | None, Meta(description="The budget that it stands beneath; null on top.")]
    limit_ucr: Annotated[int, Meta(description="What may leave the accounts beneath it in a window, in µcr.")]
    window_ms: Annotated[int, Meta(description="How long a window is; 0 for one that never ends.")]
    carry_over_ucr: Annotated[
        int, Meta(description="How much of what a window leaves over, at most, the next has besides, in µcr.")
    ]
    mode: Annotated[str, Meta(description=MODES)]
    spent_ucr: Annotated[int, Meta(description="What has left in this window, in µcr.")]
    held_ucr: Annotated[int, Meta(description="What is reserved, in µcr.")]
    available_ucr: Annotated[
        int, Meta(description="What this budget still lets be spent or reserved in this window, in µcr.")
    ]


@creates("/budgets")
async def create_budget(data: Annotated[NewBudget, examples.BUDGET], desk: AtDesk) -> BudgetView:
    """Make a budget, beneath another or on top."""
    in_order(
        "carry_over_ucr", not data.carry_over_ucr or data.window_ms > 0, "There is no window to carry into."
    )
    command = commands.CreateBudget(
        BudgetId(data.id or f"budget-{secrets.token_hex(8)}"),
        Amount(data.limit_ucr),
        None if data.parent is None else BudgetId(data.parent),
        window=Duration(data.window_ms * MS),
        carry_over=Amount(data.carry_over_ucr),
        mode=BudgetMode(data.mode),
    )
    made = of(events.BudgetCreated, await desk.submit(command))
    return BudgetView(
        made.budget,
        made.parent,
        made.limit,
        made.window // MS,
        made.carry_over,
        made.mode.value,
        0,
        0,
        made.limit,
    )


@reads("/budgets")
async def list_budgets(desk: AtDesk, cursor: Cursor = None, limit: PageSize = 100) -> Page[BudgetView]:
    """All budgets, in the order in which they were made."""
    now = desk.now()

    def look(state: State) -> Page[BudgetView]:
        found, after = page(state.budgets.by_id, cursor, limit)
        return Page([_view(state, budget, now) for budget in found], after)

    return await desk.read(look)


@reads("/budgets/{id:str}")
async def show_budget(id: BudgetPath, desk: AtDesk) -> BudgetView:
    """One budget."""
    now = desk.now()
    return await desk.read(lambda state: _view(state, _find(state, id), now))


@acts("/budgets/{id:str}/change")
async def change_budget(id: BudgetPath, data: JSONBody[ChangedBudget], desk: AtDesk) -> BudgetView:
    """Give a budget another limit, carry-over or mode."""
    given = (data.limit_ucr, data.carry_over_ucr, data.mode)
    in_order("", any(value is not None for value in given), "Say what is to change.")
    known = desk.node.engine.peek(lambda state: _find(state, id))
    carry_over = known.carry_over if data.carry_over_ucr is None else data.carry_over_ucr
    in_order("carry_over_ucr", not carry_over or known.window > 0, "There is no window to carry into.")
    command = commands.ChangeBudget(
        known.id,
        Amount(known.limit if data.limit_ucr is None else data.limit_ucr),
        Amount(carry_over),
        known.mode if data.mode is None else BudgetMode(data.mode),
        known.alerts,
    )
    await desk.submit(command)
    now = desk.now()
    return await desk.read(lambda state: _view(state, _find(state, id), now))


@acts("/budgets/{id:str}/close")
async def close_budget(id: BudgetPath, desk: AtDesk) -> ClosedBudget:
    """Remove a budget that nothing uses, as at the end of a run."""
    reply = await desk.submit(commands.CloseBudget(BudgetId(id)))
    return ClosedBudget(of(events.BudgetClosed, reply).budget, reply.sequence)


@acts("/budgets/{id:str}/assign")
async def assign_budget(id: BudgetPath, data: JSONBody[OneAccount], desk: AtDesk) -> Assigned:
    """Put an account beneath a budget, from wherever it stood; or an agent that has no account."""
    return await _assign(desk, data.account, BudgetId(id))


@acts("/budgets/{id:str}/unassign")
async def unassign_budget(id: BudgetPath, data: JSONBody[OneAccount], desk: AtDesk) -> Assigned:
    """Take an account from beneath a budget, so that none stands directly above it."""
    present = desk.node.engine.peek(lambda state: _directly_above(state, AccountId(data.account)))
    if present not in (None, id):  # None where this was asked before.
        raise declined(409, "budget_not_beneath", f"It stands beneath {present}.", "account")
    return await _assign(desk, data.account, None)


async def _assign(desk: Desk, account: str, budget: BudgetId | None) -> Assigned:
    reply = await desk.submit(commands.AssignBudget(AccountId(account), budget))
    done = of(events.BudgetAssigned, reply)
    return Assigned(done.account, done.budget, done.previous, reply.sequence)


def _directly_above(state: State, name: AccountId) -> BudgetId | None:
    """The budget directly above an account, or above an agent that has none."""
    stands = state.ledger.accounts.get(name) or state.agents.owned_by(name)
    return None if stands is None else stands.budget


def _find(state: State, name: str) -> Budget:
    budget = state.budgets.by_id.get(BudgetId(name))
    if budget is None:
        raise not_found("unknown_budget", "No such budget.")
    return budget


def _view(state: State, budget: Budget, now: Instant) -> BudgetView:
    spent, _, _ = budget.figures_at(now)
    return BudgetView(
        budget.id,
        budget.parent,
        budget.limit,
        budget.window // MS,
        budget.carry_over,
        budget.mode.value,
        spent,
        held_in(state, budget),
        left_of(state, budget, now),
    )


ROUTES = [
    create_budget,
    list_budgets,
    show_budget,
    change_budget,
    close_budget,
    assign_budget,
    unassign_budget,
]
