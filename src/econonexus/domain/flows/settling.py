"""How a hold ends: posted, voided, expired, or paid unreported and reconciled later."""

from collections.abc import Iterator

from econonexus.domain import commands, events
from econonexus.domain.charges import Charge
from econonexus.domain.flows import charging, forms
from econonexus.domain.flows.spending import Decision, alerts, has_room, repayment
from econonexus.domain.ids import AgentId, BudgetId, HoldId, Instant
from econonexus.domain.kinds import Unreported
from econonexus.domain.ledger import Hold, UnreportedHold
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import Refusal, RefusalCode, earliest
from econonexus.domain.state import State


def post(state: State, command: commands.PostHold, now: Instant) -> Decision | Refusal:
    """Pay what was used and release the rest."""
    refusal = forms.amount("amount", command.amount)
    if command.also:
        refusal = earliest(refusal, charging.malformed(command.also, least=0))
    if refusal:
        return refusal
    hold = open_hold(state, command.hold, command.agent)
    if isinstance(hold, Refusal):
        return hold
    amount = command.amount
    if amount > hold.amount:
        return Refusal(RefusalCode.AMOUNT_OVER_HOLD, "amount", hold.id, amount, hold.amount)
    also: tuple[Charge, ...] = ()
    if hold.also or command.also:
        used = charging.used(hold, command.also)
        if isinstance(used, Refusal):
            return used
        also = used
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
        also,
    )
    if also:
        return (posted, *_after_payment(state, hold, amount, also, now))
    if not hold.budgets and not destination.owes:
        return (posted,)
    return (posted, *alerts(state, hold.budgets, amount, now), *repayment(state, destination, amount))


def void(state: State, command: commands.VoidHold, now: Instant) -> Decision | Refusal:
    """Release a hold whole."""
    hold = open_hold(state, command.hold, command.agent)
    if isinstance(hold, Refusal):
        return hold
    return (events.HoldVoided(hold.id, hold.source, Amount(hold.amount), hold.budgets, hold.also),)


def expire(state: State, command: commands.ExpireHold, now: Instant) -> Decision | Refusal:
    """End a hold whose deadline has come: release it, or pay it where it may have been used."""
    hold = open_hold(state, command.hold)
    if isinstance(hold, Refusal):
        return hold
    if hold.expires_at > now:
        return Refusal(RefusalCode.HOLD_NOT_DUE, "hold", hold.id, hold.expires_at, now)
    if hold.unreported is Unreported.SETTLE:
        return _paid_in_full(state, hold, now)
    return (events.HoldExpired(hold.id, hold.source, Amount(hold.amount), hold.budgets, hold.also),)


def settle_unreported(state: State, command: commands.SettleUnreported, now: Instant) -> Decision | Refusal:
    """Pay a hold in full, as nobody can say any more what was used."""
    hold = open_hold(state, command.hold)
    return hold if isinstance(hold, Refusal) else _paid_in_full(state, hold, now)


def reconcile(state: State, command: commands.ReconcileHold, now: Instant) -> Decision | Refusal:
    """Say what an unreported hold really was, and give back the rest."""
    refusal = earliest(
        forms.amount("amount", command.amount, least=0), charging.malformed(command.also, least=0)
    )
    if refusal:
        return refusal
    paid = _unreported(state, command.hold)
    if isinstance(paid, Refusal):
        return paid
    if command.amount > paid.amount:
        return Refusal(RefusalCode.AMOUNT_OVER_HOLD, "amount", paid.hold.id, command.amount, paid.amount)
    also = charging.used(paid.hold, command.also)
    if isinstance(also, Refusal):
        return also
    hold, returned = paid.hold, Amount(paid.amount - command.amount)
    refusal = _cannot_return(state, hold, returned)
    if refusal:
        return refusal
    reconciled = events.HoldReconciled(
        hold.id,
        hold.source,
        hold.destination,
        command.amount,
        returned,
        hold.budgets,
        hold.code,
        hold.reference,
        hold.agent,
        also,
        tuple(_restored(state, paid, returned, also, now)),
    )
    return (reconciled,)


def open_hold(state: State, name: HoldId, asker: AgentId | None = None) -> Hold | Refusal:
    """The hold of a name while it is open; where an agent asks, only if it placed it."""
    hold = state.ledger.holds.get(name)
    if hold is not None:
        if asker is None or state.ledger.placed_by(hold) == asker:
            return hold
        return Refusal(RefusalCode.UNKNOWN_HOLD, "hold", name)
    if name in state.ledger.unreported:
        return Refusal(RefusalCode.HOLD_ALREADY_SETTLED, "hold", name)
    return _not_open(state, name)


def _unreported(state: State, name: HoldId) -> UnreportedHold | Refusal:
    """The hold of a name that was paid without a report and not reconciled yet."""
    paid = state.ledger.unreported.get(name)
    if paid is not None:
        return paid
    if name in state.ledger.holds:
        return Refusal(RefusalCode.HOLD_STILL_OPEN, "hold", name)
    return _not_open(state, name)


def _not_open(state: State, name: HoldId) -> Refusal:
    expired = state.ledger.settled.get(name)
    if expired is None:
        return Refusal(RefusalCode.UNKNOWN_HOLD, "hold", name)
    return Refusal(RefusalCode.HOLD_EXPIRED if expired else RefusalCode.HOLD_ALREADY_SETTLED, "hold", name)


def _paid_in_full(state: State, hold: Hold, now: Instant) -> Decision:
    """Pay all of a hold. A deadline cannot be declined, so what finds no room is released."""
    room = MAX_AMOUNT - state.ledger.accounts[hold.destination].balance
    amount = Amount(min(hold.amount, room))
    settled = events.HoldSettledUnreported(
        hold.id,
        hold.source,
        hold.destination,
        amount,
        Amount(hold.amount - amount),
        hold.budgets,
        hold.code,
        hold.reference,
        hold.agent,
        hold.also,
    )
    return (settled, *_after_payment(state, hold, amount, hold.also, now))


def _after_payment(
    state: State, hold: Hold, amount: Amount, also: tuple[Charge, ...], now: Instant
) -> Decision:
    """What follows from paying a hold: alerts, and debts that the income repays."""
    destination = state.ledger.accounts[hold.destination]
    return (
        *(alerts(state, hold.budgets, amount, now) if amount else ()),
        *charging.raised(state, also, now),
        *repayment(state, destination, amount),
    )


def _cannot_return(state: State, hold: Hold, returned: Amount) -> Refusal | None:
    """Whether the difference cannot go back to where it came from."""
    source, destination = state.ledger.accounts[hold.source], state.ledger.accounts[hold.destination]
    full = has_room(source, returned)
    if full:
        return full
    if returned > destination.available:
        return Refusal(
            RefusalCode.INSUFFICIENT_FUNDS, "amount", destination.id, returned, destination.available
        )
    return None


def _restored(
    state: State, paid: UnreportedHold, returned: Amount, also: tuple[Charge, ...], now: Instant
) -> Iterator[Charge]:
    """How much less is spent, in each budget that still counts the settlement in its present window."""
    hold = paid.hold
    falls = [(hold.budgets, returned)] + [
        (chain, Amount(held.amount - really.amount))
        for chain, held, really in zip(paid.chains, hold.also, also, strict=True)
    ]
    for levels, amount in falls:
        if amount:
            yield from (Charge(level, amount) for level in levels if _counts_still(state, paid, level, now))


def _counts_still(state: State, paid: UnreportedHold, level: BudgetId, now: Instant) -> bool:
    budget = state.budgets.by_id.get(level)
    if budget is None or budget.created_in > paid.sequence:
        return False
    return budget.window_at(paid.at) == budget.window_at(now)
