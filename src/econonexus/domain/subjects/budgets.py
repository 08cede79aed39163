"""Budgets: nested limits on what leaves the accounts beneath them.

A budget keeps no money. It counts what was *spent* in the current window and what is *held*, and
leaves the rest of its allowance: limit + carried - spent - held. Windows refill lazily: nothing happens
when one ends, and the next look finds the new one. What the old window left over, up to `carry_over`,
is carried into the new one; a hold that runs on across the boundary goes on counting as held, and
what it held back in the old window is part of what is left over. So for a hard budget

    spent + held <= limit + carried        in every window, at every instant,

unless the operator lowers the limit below what is already spent and held; then nothing is left.
"""

import msgspec

from econonexus.domain import events
from econonexus.domain.charges import Charge
from econonexus.domain.ids import AssetId, BudgetId, Duration, Instant, Sequence
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.money import PPM_ONE, Ppm

MAX_DEPTH = 8
MAX_ALERTS = 8


class Budget(msgspec.Struct, gc=False, omit_defaults=True):
    """One level of a budget hierarchy."""

    id: BudgetId
    parent: BudgetId | None
    asset: AssetId
    limit: int
    window: Duration
    carry_over: int
    mode: BudgetMode
    alerts: tuple[Ppm, ...]
    created_at: Instant
    created_in: Sequence
    """The record that made it: another budget of its name may have been there before."""
    depth: int
    window_index: int = 0
    """Which window, counted from the creation, the figures below speak of."""
    spent: int = 0
    carried: int = 0
    alerted: int = 0
    """How many of `alerts` were raised in this window."""
    held: int = 0
    children: int = 0
    accounts: int = 0
    """How many accounts, and agents without one, stand directly beneath it."""
    bids: int = 0
    """How many bids count here, also those that hold nothing now: one that was outbid may be raised."""

    @property
    def in_use(self) -> bool:
        """Whether anything still counts on this level being there."""
        return bool(self.held or self.children or self.accounts or self.bids)

    def window_at(self, now: Instant) -> int:
        """The index of the window that `now` falls into."""
        return (now - self.created_at) // self.window if self.window else 0

    def figures_at(self, now: Instant) -> tuple[int, int, int]:
        """(spent, carried, alerted) as the window of `now` has them, without changing anything."""
        passed = self.window_at(now) - self.window_index
        if passed <= 0:
            return self.spent, self.carried, self.alerted
        left_over = max(0, self.limit + self.carried - self.spent)
        return 0, min(self.carry_over, left_over + (passed - 1) * self.limit), 0

    def left(self, now: Instant, sealed: int = 0) -> int:
        """What may still be reserved or spent; 0 where the budget is overrun.

        `sealed` is a part of what is held that whoever asks may not be told of.
        """
        spent, carried, _ = self.figures_at(now)
        return max(0, self.limit + carried - spent - self.held + sealed)

    def due_alerts(self, amount: int, now: Instant) -> list[tuple[Ppm, int]]:
        """The thresholds that spending `amount` now reaches first in this window, with what is spent then."""
        if not self.alerts:
            return []
        before, _, alerted = self.figures_at(now)
        after = before + amount
        return [(share, after) for share in self.alerts[alerted:] if after * PPM_ONE >= self.limit * share]

    def roll(self, now: Instant) -> None:
        """Turn to the window of `now`."""
        if self.window and self.window_at(now) > self.window_index:
            self.spent, self.carried, self.alerted = self.figures_at(now)
            self.window_index = self.window_at(now)


class Budgets(msgspec.Struct):
    """All budgets. Only events change them."""

    by_id: dict[BudgetId, Budget] = {}

    def chain(self, leaf: BudgetId | None) -> tuple[BudgetId, ...]:
        """A budget and all above it, nearest first; none for none."""
        chain = []
        while leaf is not None:
            chain.append(leaf)
            leaf = self.by_id[leaf].parent
        return tuple(chain)

    def create(self, event: events.BudgetCreated, at: Instant, sequence: Sequence) -> None:
        """Add a level."""
        depth = 1
        if event.parent is not None:
            parent = self.by_id[event.parent]
            parent.children += 1
            depth = parent.depth + 1
        self.by_id[event.budget] = Budget(
            event.budget,
            event.parent,
            event.asset,
            event.limit,
            event.window,
            event.carry_over,
            event.mode,
            event.alerts,
            at,
            sequence,
            depth,
        )

    def change(self, event: events.BudgetChanged, at: Instant) -> None:
        """Replace the rule, after closing the books of the windows that passed under the old one."""
        budget = self.by_id[event.budget]
        budget.roll(at)
        budget.limit = event.limit
        budget.carry_over = event.carry_over
        budget.carried = min(budget.carried, event.carry_over)
        budget.mode = event.mode
        budget.alerts = event.alerts
        reached = [share for share in event.alerts if budget.spent * PPM_ONE >= event.limit * share]
        budget.alerted = len(reached) if budget.spent else 0

    def close(self, event: events.BudgetClosed) -> None:
        """Remove a level."""
        gone = self.by_id.pop(event.budget)
        if gone.parent is not None:
            self.by_id[gone.parent].children -= 1

    def assign(self, budget: BudgetId | None, previous: BudgetId | None = None) -> None:
        """An account came to stand beneath `budget`, where it stood beneath `previous`."""
        if previous is not None:
            self.by_id[previous].accounts -= 1
        if budget is not None:
            self.by_id[budget].accounts += 1

    def hold(self, levels: tuple[BudgetId, ...], amount: int) -> None:
        """Count as held at every level; a negative amount releases."""
        for level in levels:
            self.by_id[level].held += amount

    def bid(self, levels: tuple[BudgetId, ...], amount: int, bids: int) -> None:
        """Count so many bids, and what is held for them, at every level; negative numbers release."""
        for level in levels:
            budget = self.by_id[level]
            budget.held += amount
            budget.bids += bids

    def spend(self, levels: tuple[BudgetId, ...], amount: int, at: Instant) -> None:
        """Count as spent at every level."""
        for level in levels:
            budget = self.by_id[level]
            budget.roll(at)
            budget.spent += amount

    def hold_charges(self, charges: tuple[Charge, ...]) -> None:
        """Count each charge as held in its budget and all above it."""
        for charge in charges:
            self.hold(self.chain(charge.budget), charge.amount)

    def release_charges(self, charges: tuple[Charge, ...]) -> None:
        """Count each charge as held no more."""
        for charge in charges:
            self.hold(self.chain(charge.budget), -charge.amount)

    def spend_charges(self, charges: tuple[Charge, ...], at: Instant) -> None:
        """Count each charge as spent in its budget and all above it."""
        for charge in charges:
            self.spend(self.chain(charge.budget), charge.amount, at)

    def restore(self, charges: tuple[Charge, ...], at: Instant) -> None:
        """Count each charge as not spent after all, in its budget alone."""
        for charge in charges:
            budget = self.by_id[charge.budget]
            budget.roll(at)
            budget.spent -= charge.amount

    def raised(self, event: events.BudgetAlertRaised, at: Instant) -> None:
        """Remember that this window's alert is out."""
        budget = self.by_id[event.budget]
        budget.roll(at)
        budget.alerted += 1
