"""What events mean to a reader: lines of statements, and spend by the hour. Pure but for its memory.

This is the views' own bookkeeping, fed by events and kept apart from the economy's state.
"""

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Never, get_args

from econonexus.domain import events
from econonexus.domain.attention import ATTENTION
from econonexus.domain.events import Event
from econonexus.domain.refusals import Refusal
from econonexus.node.legs import PROMISED, Leg, moved
from econonexus.node.records import Record
from econonexus.ports import Entry, Spend

HOUR_NS = 3_600_000_000_000

Use = tuple[str, tuple[str, ...], str, int, int, int, int]
"""Who used it, beneath which budgets, what for, how much was paid and how often, how much was not."""


class Projection:
    """Turns records into statement lines. Needs to know where each account stood before."""

    def __init__(self) -> None:
        self._standing: dict[str, tuple[int, int]] = {}

    def knows(self, account: str) -> bool:
        """Whether an account's standing is known."""
        return account in self._standing

    def set_standing(self, account: str, balance: int, held: int) -> None:
        """Say where an account stands."""
        self._standing[account] = (balance, held)

    def entries(self, record: Record) -> list[Entry]:
        """The lines that a record adds to statements."""
        return self.lines(record, legs(record.event))

    def lines(self, record: Record, touched: tuple[Leg, ...]) -> list[Entry]:
        """The lines that a record adds, where what it does to accounts is known already."""
        lines, kind = [], kind_of(record.event)
        for account, amount, held, counterparty, about, code, reference in touched:
            balance_before, held_before = self._standing.get(account, (0, 0))
            standing = (balance_before + amount, held_before + held)
            self._standing[account] = standing
            lines.append(
                Entry(
                    account,
                    record.sequence,
                    record.time,
                    kind,
                    amount,
                    held,
                    *standing,
                    counterparty,
                    about,
                    code,
                    reference,
                )
            )
        return lines


def kind_of(event: Event | Refusal) -> str:
    """An event's name without its version: `transferred`."""
    return _KINDS[type(event)]


def legs(event: Event | Refusal) -> tuple[Leg, ...]:
    """What an event does to each account it touches; nothing for most kinds of event."""
    project = _LEGS.get(type(event))
    return () if project is None else project(event)  # type: ignore[arg-type]  # The key is its type.


def spend(records: Iterable[Record]) -> list[Spend]:
    """What left accounts for good in these records, summed by hour, spender, nearest budget, code and kind.

    What was paid unreported counts in full, until its reconciliation gives back in its own hour.
    """
    sums: dict[tuple[int, str, str, str, str], list[int]] = {}
    for record in records:
        project = _USES.get(type(record.event))
        if project is None:
            continue
        kind = _NO_USE.get(type(record.event), "used")
        for spender, budgets, code, *figures in project(record.event):  # type: ignore[arg-type]  # The key is its type.
            about = (record.time // HOUR_NS, spender, budgets[0] if budgets else "", code, kind)
            known = sums.get(about)
            sums[about] = figures if known is None else [*map(operator.add, known, figures)]
    return [_spend(about, figures) for about, figures in sums.items()]


def _spend(about: tuple[int, str, str, str, str], figures: list[int]) -> Spend:
    hour, spender, budget, code, kind = about
    paid, times, unpaid, unpaid_times = figures
    return Spend(hour, spender, budget, code, paid, times, unpaid, unpaid_times, kind)


def _won(e: events.AuctionCleared) -> tuple[Use, ...]:
    return tuple((win.agent, win.budgets, f"market:{e.market}", win.payment, 1, 0, 0) for win in e.wins)


def _if_paid(event: events.ContractSettled | events.DisputeBondLost, code: str, paid: int) -> tuple[Use, ...]:
    """What was paid for work, or lost for a word that was wrong, by the account that it left."""
    return ((event.source, event.budgets, code, paid, 1, 0, 0),) if paid else ()


def _converted(e: events.Converted) -> tuple[Leg, ...]:
    given = moved(e.source, e.stock_in, e.given, reference=e.exchange)
    return given + moved(e.stock_out, e.destination, e.received, reference=e.exchange)


def _posted(e: events.HoldPosted | events.HoldSettledUnreported) -> tuple[Leg, ...]:
    reserved = e.amount + e.released
    return (
        (e.source, -e.amount, -reserved, e.destination, e.hold, e.code, e.reference),
        (e.destination, e.amount, 0, e.source, e.hold, e.code, e.reference),
    )


def _reconciled(e: events.HoldReconciled) -> tuple[Leg, ...]:
    if not e.returned:
        return ()
    return (
        (e.source, e.returned, 0, e.destination, e.hold, e.code, e.reference),
        (e.destination, -e.returned, 0, e.source, e.hold, e.code, e.reference),
    )


def _held(event: events.HoldPlaced | events.HoldToppedUp) -> tuple[Leg, ...]:
    if isinstance(event, events.HoldPlaced):
        return ((event.source, 0, event.amount, event.destination, event.hold, event.code, event.reference),)
    return ((event.source, 0, event.amount, "", event.hold, "", ""),)


def _queued(e: events.RequestQueued) -> tuple[Leg, ...]:
    if not e.held:
        return ()
    return ((e.source, 0, e.held, e.destination, e.request, e.market, ""),)


def _served(e: events.RequestServed) -> tuple[Leg, ...]:
    if not e.paid:
        return ()
    return (
        (e.source, -e.paid, -e.held, e.destination, e.request, e.market, ""),
        (e.destination, e.paid, 0, e.source, e.request, e.market, ""),
    )


def _ended(e: events.RequestEnded) -> tuple[Leg, ...]:
    return ((e.source, 0, -e.released, "", e.request, e.market, ""),) if e.released else ()


def _ordered(e: events.OrderPlaced) -> tuple[Leg, ...]:
    return ((e.account, 0, e.held, "", e.order, e.market, ""),) if e.held else ()


def _reordered(e: events.OrderReplaced) -> tuple[Leg, ...]:
    return ((e.account, 0, e.held - e.before, "", e.order, e.market, ""),) if e.held != e.before else ()


def _cancelled(e: events.OrderCancelled) -> tuple[Leg, ...]:
    return ((e.account, 0, -e.released, "", e.order, e.market, ""),) if e.released else ()


def _traded(e: events.TradeExecuted) -> tuple[Leg, ...]:
    freed, bought, sold = (e.amount, e.resting, e.incoming) if e.was_held else (0, e.incoming, e.resting)
    return (
        (e.source, -e.amount, -freed, e.destination, bought, e.market, e.trade),
        (e.destination, e.amount, 0, e.source, sold, e.market, e.trade),
    )


def _cleared(e: events.AuctionCleared) -> tuple[Leg, ...]:
    """What winners paid. What bids had on hold was never told, so nothing is released here."""
    return tuple(
        leg
        for win in e.wins
        if win.payment
        for leg in (
            (win.source, -win.payment, 0, e.destination, win.bid, e.market, e.auction),
            (e.destination, win.payment, 0, win.source, win.bid, e.market, e.auction),
        )
    )


def _forfeited(e: events.BondForfeited) -> tuple[Leg, ...]:
    return (
        (e.source, -e.amount, 0, e.destination, e.bid, "forfeited", e.auction),
        (e.destination, e.amount, 0, e.source, e.bid, "forfeited", e.auction),
    )


def _asked(e: events.HumanAsked) -> tuple[Leg, ...]:
    return ((e.source, 0, e.held, e.destination, e.question, ATTENTION, ""),)


def _answered(e: events.QuestionAnswered) -> tuple[Leg, ...]:
    reserved = e.paid + e.released
    gave = (e.source, -e.paid, -reserved, e.destination, e.question, ATTENTION, "")
    return (gave, (e.destination, e.paid, 0, e.source, e.question, ATTENTION, "")) if e.paid else (gave,)


def _unanswered(
    e: events.QuestionDeclined | events.QuestionWithdrawn | events.QuestionExpired,
) -> tuple[Leg, ...]:
    return ((e.source, 0, -e.released, "", e.question, ATTENTION, ""),)


def _allowances(e: events.AllowancesIssued) -> tuple[Leg, ...]:
    """One line for the mint, and one for whoever got something."""
    issued = sum(share.amount for share in e.shares)
    got = ((share.account, share.amount, 0, e.source, "", "allowance", "") for share in e.shares)
    return ((e.source, -issued, 0, "", "", "allowance", ""), *got)


def _released(e: events.HoldVoided | events.HoldExpired) -> tuple[Leg, ...]:
    return ((e.source, 0, -e.released, "", e.hold, "", ""),)


_KINDS: Mapping[type, str] = {
    kind: str(kind.__struct_config__.tag).partition("/")[0] for kind in (*get_args(Event), Refusal)
}

_LEGS: Mapping[type, Callable[[Never], tuple[Leg, ...]]] = {
    events.Minted: lambda e: moved(e.source, e.destination, e.amount, e.reason),
    events.Burned: lambda e: moved(e.source, e.destination, e.amount, e.reason),
    events.Transferred: lambda e: moved(e.source, e.destination, e.amount, e.code, e.reference),
    events.CreditDrawn: lambda e: moved(e.source, e.destination, e.amount),
    events.DebtRepaid: lambda e: moved(e.source, e.destination, e.amount),
    events.Converted: _converted,
    events.HoldPlaced: _held,
    events.HoldToppedUp: _held,
    events.HoldPosted: _posted,
    events.HoldVoided: _released,
    events.HoldExpired: _released,
    events.HoldSettledUnreported: _posted,
    events.HoldReconciled: _reconciled,
    events.RequestQueued: _queued,
    events.RequestServed: _served,
    events.RequestEnded: _ended,
    events.OrderPlaced: _ordered,
    events.OrderReplaced: _reordered,
    events.OrderCancelled: _cancelled,
    events.TradeExecuted: _traded,
    events.AuctionCleared: _cleared,
    events.BondForfeited: _forfeited,
    events.HumanAsked: _asked,
    events.QuestionAnswered: _answered,
    events.QuestionDeclined: _unanswered,
    events.QuestionWithdrawn: _unanswered,
    events.QuestionExpired: _unanswered,
    events.HumanRewardIssued: lambda e: moved(e.source, e.destination, e.amount, "human_reward", e.question),
    events.AllowancesIssued: _allowances,
    **PROMISED,
}


def _paid(
    e: events.Transferred | events.HoldPosted | events.HoldSettledUnreported,
) -> tuple[Use, ...]:
    return ((e.agent or e.source, e.budgets, e.code, e.amount, 1, 0, 0),)


def _returned(e: events.HoldReconciled) -> tuple[Use, ...]:
    never = -1 if e.amount == 0 else 0  # What turns out not to have been used was not used once.
    return ((e.agent or e.source, e.budgets, e.code, -e.returned, never, 0, 0),)


_NO_USE: Mapping[type, str] = {
    events.Transferred: "transferred",
    events.Burned: "burned",
    events.Converted: "exchanged",
    events.StakePosted: "transferred",
    events.ContractSettled: "transferred",
    events.DisputeBondLost: "transferred",
    events.ContractInsured: "transferred",
}
"""What leaves an account without a use being paid for."""
_USES: Mapping[type, Callable[[Never], tuple[Use, ...]]] = {
    events.Transferred: _paid,
    events.HoldPosted: _paid,
    events.HoldSettledUnreported: _paid,
    events.HoldReconciled: _returned,
    events.Burned: lambda e: ((e.source, e.budgets, e.reason, e.amount, 1, 0, 0),),
    events.Converted: lambda e: ((e.source, e.budgets, f"exchange:{e.exchange}", e.given, 1, 0, 0),),
    events.RequestServed: lambda e: ((e.agent, e.budgets, f"market:{e.market}", e.paid, 1, 0, 0),),
    events.TradeExecuted: lambda e: ((e.buyer, e.budgets, f"market:{e.market}", e.amount, 1, 0, 0),),
    events.QuestionAnswered: lambda e: ((e.agent, e.budgets, ATTENTION, e.paid, 1, 0, 0),),
    events.UsageRecorded: lambda e: ((e.agent, e.budgets, e.code, 0, 0, e.amount, 1),),
    events.StakePosted: lambda e: ((e.agent, e.budgets, "stake", e.amount, 1, 0, 0),),
    events.AuctionCleared: _won,
    events.ContractSettled: lambda e: _if_paid(e, "contract", e.payment + e.bonus),
    events.DisputeBondLost: lambda e: _if_paid(e, "dispute", e.amount),
    events.ContractInsured: lambda e: ((e.agent, e.budgets, "premium", e.premium, 1, 0, 0),),
}

TELLING = frozenset({*_LEGS, *_USES})
"""The events that change what an account has, or say that something was used."""
