"""Money reserved first and settled later: place, top up, post, void, expire."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.spending import (
    Decision,
    above,
    alerts,
    can_afford,
    has_room,
    may_pay,
    payer,
    repayment,
    unknown_account,
    within_budgets,
)
from econonexus.domain.ids import AgentId, BudgetId, HoldId, Instant
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import Account, Hold, system_account
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent


def place(state: State, command: commands.PlaceHold, now: Instant) -> Decision | Refusal:
    """Reserve money for one destination until a deadline."""
    refusal = (
        forms.name("hold", command.hold)
        or forms.text("code", command.code, forms.MAX_CODE)
        or forms.text("reference", command.reference, forms.MAX_REFERENCE)
        or earliest(forms.amount("amount", command.amount), forms.instant("expires_at", command.expires_at))
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
    if command.hold in ledger.holds or command.hold in ledger.settled:
        return Refusal(RefusalCode.HOLD_EXISTS, "hold", command.hold)
    refusal = may_pay(source, destination)
    if refusal:
        return refusal
    levels = _levels(state, source, destination, command.budget, agent)
    if isinstance(levels, Refusal):
        return levels
    if command.expires_at <= now:
        return _deadline_passed(command.expires_at, now)
    overruns = _reserve(state, source, levels, amount, now, agent)
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
    )
    return (*overruns, placed)


def top_up(state: State, command: commands.TopUpHold, now: Instant) -> Decision | Refusal:
    """Reserve more under a running hold, and perhaps for longer."""
    later = command.expires_at
    refusal = earliest(
        forms.amount("amount", command.amount),
        None if later is None else forms.instant("expires_at", later),
    )
    if refusal:
        return refusal
    hold = _open_hold(state, command.hold)
    if isinstance(hold, Refusal):
        return hold
    expires_at = hold.expires_at if later is None else later
    if expires_at < hold.expires_at:
        return _deadline_passed(expires_at, hold.expires_at)
    source = state.ledger.accounts[hold.source]
    agent = None if hold.agent is None else state.agents.by_id[hold.agent]
    overruns = _reserve(state, source, hold.budgets, command.amount, now, agent)
    if isinstance(overruns, Refusal):
        return overruns
    more = events.HoldToppedUp(hold.id, hold.source, command.amount, expires_at, hold.budgets)
    return (*overruns, more)


def post(state: State, command: commands.PostHold, now: Instant) -> Decision | Refusal:
    """Pay what was used and release the rest."""
    refusal = forms.amount("amount", command.amount)
    if refusal:
        return refusal
    hold = _open_hold(state, command.hold, command.agent)
    if isinstance(hold, Refusal):
        return hold
    amount = command.amount
    if amount > hold.amount:
        return Refusal(RefusalCode.AMOUNT_OVER_HOLD, "amount", hold.id, amount, hold.amount)
    destination = state.ledger.accounts[hold.destination]
    refusal = has_room(destination, amount)
    if refusal:
        return refusal
    posted = events.HoldPosted(
        hold.id,
        hold.source,
        hold.destination,
        amount,
        Amount(hold.amount - amount),
        hold.budgets,
        hold.code,
        hold.reference,
        hold.agent,
    )
    if not hold.budgets and destination.debt is None:
        return (posted,)
    return (posted, *alerts(state, hold.budgets, amount, now), *repayment(state, destination, amount))


def void(state: State, command: commands.VoidHold, now: Instant) -> Decision | Refusal:
    """Release a hold whole."""
    hold = _open_hold(state, command.hold, command.agent)
    if isinstance(hold, Refusal):
        return hold
    return (events.HoldVoided(hold.id, hold.source, Amount(hold.amount), hold.budgets),)


def expire(state: State, command: commands.ExpireHold, now: Instant) -> Decision | Refusal:
    """Release a hold whose deadline has come."""
    hold = _open_hold(state, command.hold)
    if isinstance(hold, Refusal):
        return hold
    if hold.expires_at > now:
        return Refusal(RefusalCode.HOLD_NOT_DUE, "hold", hold.id, hold.expires_at, now)
    return (events.HoldExpired(hold.id, hold.source, Amount(hold.amount), hold.budgets),)


def _open_hold(state: State, name: HoldId, asker: AgentId | None = None) -> Hold | Refusal:
    """The hold of a name while it is open; where an agent asks, only if it placed it."""
    hold = state.ledger.holds.get(name)
    if hold is not None:
        placed_by = hold.agent or state.ledger.accounts[hold.source].owner
        if asker is None or str(placed_by) == asker:
            return hold
        return Refusal(RefusalCode.UNKNOWN_HOLD, "hold", name)
    expired = state.ledger.settled.get(name)
    if expired is None:
        return Refusal(RefusalCode.UNKNOWN_HOLD, "hold", name)
    code = RefusalCode.HOLD_EXPIRED if expired else RefusalCode.HOLD_ALREADY_SETTLED
    return Refusal(code, "hold", name)


def _levels(
    state: State,
    source: Account,
    destination: Account,
    named: BudgetId | None,
    agent: Agent | None,
) -> tuple[BudgetId, ...] | Refusal:
    """The budgets a hold counts against: those above the account, or from the named one upward as well.

    Those that also stand above the destination are left out, as the money does not leave them.
    """
    levels = above(state, source, agent)
    if named is not None and named not in levels[:1]:
        if state.budgets.by_id[named].asset != source.asset:
            return Refusal(RefusalCode.ASSET_MISMATCH, "budget", named)
        run = state.budgets.chain(named)
        if levels and levels[0] not in run:
            return Refusal(RefusalCode.BUDGET_NOT_BENEATH, "budget", named)
        levels = (*run, *(level for level in levels if level not in run))
    kept = above(state, destination) if levels else ()
    return tuple(level for level in levels if level not in kept) if kept else levels


def _reserve(
    state: State,
    source: Account,
    levels: tuple[BudgetId, ...],
    amount: int,
    now: Instant,
    agent: Agent | None,
) -> Refusal | tuple[events.BudgetOverrun, ...]:
    """Whether an amount may be reserved, in the account and at every level."""
    refusal = can_afford(state, source, amount, agent)
    if refusal:
        return refusal
    return within_budgets(state, levels, amount, now) if levels else ()


def _deadline_passed(asked: int, least: int) -> Refusal:
    return Refusal(RefusalCode.DEADLINE_PASSED, "expires_at", requested=asked, available=least)
