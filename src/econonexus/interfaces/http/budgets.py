"""Budgets: make and look at limits."""

import secrets
from typing import Annotated, Literal

import msgspec
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import BudgetId, Duration, Instant
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.budgets import Budget
from econonexus.interfaces.http.desk import AtDesk, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Milliseconds,
    Name,
    Page,
    PageSize,
    UcrOrNone,
    creates,
    in_order,
    page,
    reads,
)

MS = 1_000_000


class NewBudget(Body, frozen=True):
    """A limit on what leaves the accounts beneath it, for ever or per window.

    One that bears the name of an agent or a team limits it at once.
    """

    limit_ucr: UcrOrNone
    id: Name | None = None
    parent: Name | None = None
    window_ms: Annotated[
        Milliseconds, Meta(description="How long a window is; 0 for one that never ends.")
    ] = 0
    carry_over_ucr: UcrOrNone = 0
    mode: Literal["hard", "soft", "observe"] = "hard"


class BudgetView(msgspec.Struct, frozen=True):
    """A budget as it stands in its present window."""

    id: str
    parent: str | None
    limit_ucr: int
    window_ms: int
    carry_over_ucr: int
    mode: str
    spent_ucr: int
    held_ucr: int
    available_ucr: int


@creates("/budgets")
async def create_budget(data: JSONBody[NewBudget], desk: AtDesk) -> BudgetView:
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
        return Page([_view(budget, now) for budget in found], after)

    return await desk.read(look)


@reads("/budgets/{id:str}")
async def show_budget(id: FromPath[str], desk: AtDesk) -> BudgetView:
    """One budget."""
    now = desk.now()

    def look(state: State) -> BudgetView:
        budget = state.budgets.by_id.get(BudgetId(id))
        if budget is None:
            raise not_found("unknown_budget", "No such budget.")
        return _view(budget, now)

    return await desk.read(look)


def _view(budget: Budget, now: Instant) -> BudgetView:
    spent, _, _ = budget.figures_at(now)
    return BudgetView(
        budget.id,
        budget.parent,
        budget.limit,
        budget.window // MS,
        budget.carry_over,
        budget.mode.value,
        spent,
        budget.held,
        budget.left(now),
    )


ROUTES = [create_budget, list_budgets, show_budget]
