"""Money reserved first and settled later: place and top up; how holds end is in `settling`."""

from econonexus.domain import commands, events
from econonexus.domain.charges import Charge
from econonexus.domain.flows import charging, forms
from econonexus.domain.flows.settling import open_hold
from econonexus.domain.flows.spending import (
    Decision,
    can_afford,
    levels_counted,
    may_pay,
    payer,
    unknown_account,
    within_budgets,
)
from econonexus.domain.ids import BudgetId, Instant
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import Account, Hold, system_account
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent


def place(state: State, command: commands.PlaceHold, now: Instant) -> Decision | Refusal:
    """Reserve money for one destination until a deadline."""
    refusal = (
        forms.name("hold", command.hold)
        or forms.text("code", command.code, forms.MAX_CODE)
        or forms.text("reference", command.reference, forms.MAX_REFERENCE)
        or earliest(
            forms.amount("amount", command.amount),
            forms.instant("expires_at", command.expires_at),
            charging.malformed(command.also) if command.also else None,
        )
    )
    if refusal:
        return refusal
    if command.destination == command.source:
        return Refusal(RefusalCode.SAME_ACCOUNT, "destination", command.destination)
    ledger, amount = state.ledger, command.amount
    paying = payer(state, command.source)
    if paying is None:
        return unknown_account("source", command.source)
    source, agent = paying
    sink = command.destination or system_account(AccountKind.BURN, source.asset)
    destination = ledger.accounts.get(sink)
    if destination is None:
        return unknown_account("destination", sink)
    if source is destination:
        return Refusal(RefusalCode.SAME_ACCOUNT, "destination", sink)
    if command.budget is not None and command.budget not in state.budgets.by_id:
        return Refusal(RefusalCode.UNKNOWN_BUDGET, "budget", command.budget)
    also = command.also
    if also and (refusal := charging.unknown(state, also)):
        return refusal
    if command.hold in ledger.holds or command.hold in ledger.settled or command.hold in ledger.unreported:
        return Refusal(RefusalCode.HOLD_EXISTS, "hold", command.hold)
    refusal = may_pay(source, destination)
    if refusal:
        return refusal
    levels = levels_counted(state, source, destination, command.budget, agent)
    if isinstance(levels, Refusal):
        return levels
    if also and (refusal := charging.counted_twice(state, levels, (), also)):
        return refusal
    if command.expires_at <= now:
        return _deadline_passed(command.expires_at, now)
    overruns = _reserve(state, source, levels, amount, also, now, agent)
    if isinstance(overruns, Refusal):
        return overruns
    placed = events.HoldPlaced(
        command.hold,
        source.id,
        destination.id,
        amount,
        command.expires_at,
        levels,
        command.code,
        command.reference,
        None if agent is None else agent.id,
        also,
        command.unreported,
    )
    return (*overruns, placed)


def top_up(state: State, command: commands.TopUpHold, now: Instant) -> Decision | Refusal:
    """Reserve more under a running hold, and perhaps for longer."""
    later, also = command.expires_at, command.also
    refusal = earliest(
        forms.amount("amount", command.amount, least=0 if also else 1),
        None if later is None else forms.instant("expires_at", later),
        charging.malformed(also) if also else None,
    )
    if refusal:
        return refusal
    hold = open_hold(state, command.hold)
    if isinstance(hold, Refusal):
        return charging.unknown(state, also) or hold
    refusal = _cannot_add(state, hold, also) if also else None
    if refusal:
        return refusal
    expires_at = hold.expires_at if later is None else later
    if expires_at < hold.expires_at:
        return _deadline_passed(expires_at, hold.expires_at)
    source = state.ledger.accounts[hold.source]
    agent = None if hold.agent is None else state.agents.by_id[hold.agent]
    overruns = _reserve(state, source, hold.budgets, command.amount, also, now, agent)
    if isinstance(overruns, Refusal):
        return overruns
    more = events.HoldToppedUp(hold.id, hold.source, command.amount, expires_at, hold.budgets, also)
    return (*overruns, more)


def _cannot_add(state: State, hold: Hold, also: tuple[Charge, ...]) -> Refusal | None:
    """Whether a running hold cannot count in these further limits as well."""
    return (
        charging.too_much(hold.also, also)
        or charging.unknown(state, also)
        or charging.counted_twice(state, hold.budgets, hold.also, also)
    )


def _reserve(
    state: State,
    source: Account,
    levels: tuple[BudgetId, ...],
    amount: int,
    also: tuple[Charge, ...],
    now: Instant,
    agent: Agent | None,
) -> Refusal | tuple[events.BudgetOverrun, ...]:
    """Whether an amount may be reserved: in the account, at every level, and in further limits."""
    refusal = can_afford(state, source, amount, agent)
    if refusal:
        return refusal
    overruns = within_budgets(state, levels, amount, now) if levels else ()
    if not also or isinstance(overruns, Refusal):
        return overruns
    further = charging.within(state, also, now)
    return further if isinstance(further, Refusal) else overruns + further


def _deadline_passed(asked: int, least: int) -> Refusal:
    return Refusal(RefusalCode.DEADLINE_PASSED, "expires_at", requested=asked, available=least)
