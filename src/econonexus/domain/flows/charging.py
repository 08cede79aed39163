"""The further limits of a hold: whether they may be charged, what that overruns, what of them was used."""

from collections.abc import Iterator

from econonexus.domain import events
from econonexus.domain.charges import MAX_CHARGES, Charge, added, charged
from econonexus.domain.flows import forms
from econonexus.domain.flows.spending import Decision, alerts, within_budgets
from econonexus.domain.ids import BudgetId, Instant
from econonexus.domain.ledger import Hold
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State

FIELD = "also"


def malformed(charges: tuple[Charge, ...], least: int = 1) -> Refusal | None:
    """Whether charges are not few, whole and at least so much each, or name a budget twice."""
    named = {charge.budget for charge in charges}
    crowded = len(charges) > MAX_CHARGES or len(named) < len(charges)
    return earliest(
        *(forms.amount(FIELD, charge.amount, least) for charge in charges),
        Refusal(RefusalCode.INVALID_CHARGE, FIELD) if crowded else None,
    )


def too_much(held: tuple[Charge, ...], more: tuple[Charge, ...]) -> Refusal | None:
    """Whether a hold would have more further limits, or more in one of them, than it may."""
    together = added(held, more)
    crowded = len(together) > MAX_CHARGES
    return earliest(
        *(forms.amount(FIELD, charge.amount) for charge in together),
        Refusal(RefusalCode.INVALID_CHARGE, FIELD) if crowded else None,
    )


def unknown(state: State, charges: tuple[Charge, ...]) -> Refusal | None:
    """Whether a budget named is not there."""
    for charge in charges:
        if charge.budget not in state.budgets.by_id:
            return Refusal(RefusalCode.UNKNOWN_BUDGET, FIELD, charge.budget)
    return None


def counted_twice(
    state: State, levels: tuple[BudgetId, ...], held: tuple[Charge, ...], more: tuple[Charge, ...]
) -> Refusal | None:
    """Whether new charges would count where the hold counts already, by its own levels or by a charge."""
    counted = set(levels)
    for charge in held:
        counted.update(state.budgets.chain(charge.budget))
    there = {charge.budget for charge in held}
    for charge in more:
        if charge.budget in there:
            continue
        chain = state.budgets.chain(charge.budget)
        twice = next((level for level in chain if level in counted), None)
        if twice is not None:
            return Refusal(RefusalCode.BUDGET_COUNTED_TWICE, FIELD, twice)
        counted.update(chain)
    return None


def within(
    state: State, charges: tuple[Charge, ...], now: Instant
) -> Refusal | tuple[events.BudgetOverrun, ...]:
    """Whether every limit charged has that much left, and which are overrun that only watch."""
    overruns: tuple[events.BudgetOverrun, ...] = ()
    for charge in charges:
        more = within_budgets(state, state.budgets.chain(charge.budget), charge.amount, now, FIELD)
        if isinstance(more, Refusal):
            return more
        overruns += more
    return overruns


def used(hold: Hold, said: tuple[Charge, ...]) -> tuple[Charge, ...] | Refusal:
    """What was used of each of a hold's further limits: as said, and where nothing is said all of it."""
    for charge in said:
        held = charged(hold.also, charge.budget)
        if charge.amount > held:
            return Refusal(RefusalCode.AMOUNT_OVER_HOLD, FIELD, charge.budget, charge.amount, held)
    really = {charge.budget: charge.amount for charge in said}
    return tuple(Charge(each.budget, really.get(each.budget, each.amount)) for each in hold.also)


def raised(state: State, charges: tuple[Charge, ...], now: Instant) -> Decision:
    """The alerts that using this much of further limits raises."""
    return tuple(_raised(state, charges, now))


def _raised(state: State, charges: tuple[Charge, ...], now: Instant) -> Iterator[events.Event]:
    for charge in charges:
        if charge.amount:
            yield from alerts(state, state.budgets.chain(charge.budget), Amount(charge.amount), now)
