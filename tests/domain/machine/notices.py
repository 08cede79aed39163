"""What people are told of an event beside the movement of money they asked for, as the oracle tells it."""

from collections.abc import Callable, Mapping
from typing import Any

from econonexus.domain import events

Notice = tuple[object, ...]


def told(decision: tuple[events.Event, ...]) -> list[Notice]:
    """What people are told of, in the order of the events."""
    notices = (NOTICES[type(event)](event) for event in decision if type(event) in NOTICES)
    return [notice for notice in notices if notice is not None]


def _wins(event: events.AuctionCleared) -> list[Notice]:
    return [(win.bid, win.agent, win.items, win.payment) for win in event.wins]


def _halted(event: events.MarketHalted) -> Notice | None:
    """Only of a market that goes on by itself: the others an operator has halted, and asked for that."""
    if event.resumes_at is None:
        return None
    return ("halted", event.market, event.reason, event.resumes_at)


NOTICES: Mapping[type, Callable[[Any], Notice | None]] = {
    events.BudgetOverrun: lambda e: ("overrun", e.budget, e.requested, e.available),
    events.BudgetAlertRaised: lambda e: ("alert", e.budget, e.threshold),
    events.AuctionAnnounced: lambda e: ("announced", e.auction, e.opens_at, e.closes_at, e.terms.reserve),
    events.AuctionExtended: lambda e: ("extended", e.auction, e.closes_at),
    events.StandingMoved: lambda e: (
        "standing",
        e.auction,
        e.price,
        list(e.leaders),
        e.least,
        list(e.outbid),
    ),
    events.ClockTaken: lambda e: ("taken", e.auction, e.bid, e.units, e.price, e.left),
    events.RevealStarted: lambda e: ("revealing", e.auction, e.reveals_until),
    events.BondForfeited: lambda e: ("forfeited", e.auction, e.bid, e.amount),
    events.AuctionFailed: lambda e: ("failed", e.auction),
    events.AuctionCleared: lambda e: (
        "cleared",
        e.auction,
        _wins(e),
        e.prices,
        e.unsold,
        e.welfare,
        e.shared,
    ),
    events.Granted: lambda e: (
        "granted",
        *(e.grant, e.agent, e.resource, e.units, e.starts_at, e.ends_at, e.fence, e.market, e.paid),
    ),
    events.RequestServed: lambda e: ("met", e.request, e.paid),
    events.RequestDeclined: lambda e: ("declined", e.request, e.free),
    events.RequestEnded: lambda e: ("ended", e.request, e.reason),
    events.PriceUpdated: lambda e: ("price", e.market, e.price, e.demand, e.sold, e.excess),
    events.PeriodShared: lambda e: ("shared", e.market, e.demand, e.given),
    events.StakeUnbonding: lambda e: ("withdrawn", e.agent, e.amount, e.ready_at),
    events.StakeReleased: lambda e: ("given back", e.agent, e.destination, e.amount),
    events.GrantUsed: lambda e: ("left", e.grant, e.left),
    events.GrantReleased: lambda e: ("returned", e.grant, e.returned),
    events.GrantExpired: lambda e: ("unused", e.grant, e.unused),
    events.OrderPlaced: lambda e: ("ordered", e.order, e.resting, e.lapsed),
    events.OrderReplaced: lambda e: ("reordered", e.order, e.resting, e.lapsed, e.requeued),
    events.OrderCancelled: lambda e: ("out", e.order, e.units, e.reason),
    events.TradeExecuted: lambda e: ("traded", e.trade, e.resting, e.incoming, e.units, e.unit_price),
    events.MarketHalted: lambda e: _halted(e),
    events.QuestionTaken: lambda e: ("kept", e.question, e.human, e.until),
    events.QuestionAnswered: lambda e: ("answered", e.question, e.paid, e.released),
    events.HumanRewardIssued: lambda e: ("rewarded", e.question, e.amount, e.pool - e.rewarded),
    events.QuestionReturned: lambda e: ("back", e.question),
    events.QuestionDeclined: lambda e: ("declined", e.question, e.released),
    events.QuestionWithdrawn: lambda e: ("withdrawn", e.question, e.released),
    events.QuestionExpired: lambda e: ("expired", e.question, e.released),
    events.PolicySet: lambda e: ("policy", e.next_at),
    events.PolicyApplied: lambda e: (
        *("issued", e.supply, e.agents, e.recycled, e.recycled + e.issued, e.waiting, e.shares),
    ),
    events.AllowancesIssued: lambda e: ("shares", [(share.account, share.amount) for share in e.shares]),
}
