"""The rules of a market as bodies and answers say them: flat, amounts in µcr, durations in milliseconds."""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from econonexus.domain.ids import AccountId, Duration
from econonexus.domain.kinds import Proceeds, Revisions, Sharing
from econonexus.domain.money import PPM_ONE, Amount, Ppm
from econonexus.domain.terms import Clock, Terms
from econonexus.interfaces.http.forms import MAX, MS, Body, Milliseconds, Name, Ucr, UcrOrNone, in_order
from econonexus.interfaces.http.price_rules import (
    PricingRules,
    Score,
    pricing_of,
    pricing_rules,
    reserved_share_of,
)

S = TypeVar("S")
T = TypeVar("T")

Ticks = Annotated[int, Meta(ge=1, le=MAX // MS)]


class ClockRules(Body, frozen=True):
    """What a Dutch auction calls: the start, then less by a step with every tick, down to the floor."""

    start_ucr: Ucr
    step_ucr: Ucr
    tick_ms: Ticks
    floor_ucr: UcrOrNone = 0


class Rules(Body, frozen=True, kw_only=True):
    """What a market asks of whoever buys in it; what is not said stays as it is, or as it is by default."""

    reserve_ucr: Annotated[
        UcrOrNone | None, Meta(description="Per unit; nobody pays less. Also as `reserve`.")
    ] = None
    reserve: Annotated[UcrOrNone | None, Meta(description="The same as `reserve_ucr`.")] = None
    increment_ucr: Annotated[
        Ucr | None, Meta(description="By how much a bid outbids the one before. Also as `increment`.")
    ] = None
    increment: Annotated[Ucr | None, Meta(description="The same as `increment_ucr`.")] = None
    stake_ucr: Annotated[
        UcrOrNone | None, Meta(description="What a bidder must have at stake. Also as `stake`.")
    ] = None
    stake: Annotated[UcrOrNone | None, Meta(description="The same as `stake_ucr`.")] = None
    least_reputation: Score | None = None
    proceeds: Literal["burn", "seller", "treasury"] | None = None
    seller: Annotated[
        Name | None, Meta(description="Whose account is paid; then `proceeds` are the seller's.")
    ] = None
    bidding_window_ms: Annotated[
        Ticks | None, Meta(description="How long an auction takes bids, where it does not say so itself.")
    ] = None
    soft_close_ms: Milliseconds | None = None
    revisions: Literal["raise", "withdraw", "none"] | None = None
    clock: ClockRules | None = None
    uniform: Literal["highest_losing", "lowest_winning"] | None = None
    payment: Literal["core", "vcg", "pay_as_bid"] | None = None
    bidding: Literal["xor", "or"] | None = None
    pricing: Annotated[PricingRules | None, Meta(description="How a posted price moves.")] = None
    sharing: Literal["counter", "karma"] | None = None
    most_waiting: Annotated[
        int | None, Meta(ge=1, le=MAX, description="So many requests may wait at once.")
    ] = None
    reserved_share: Annotated[
        bool | Score | None,
        Meta(description="What is shared out max-min fairly first: `true` for a fifth, or a share."),
    ] = None


class RulesView(msgspec.Struct, frozen=True, kw_only=True):
    """Every rule of a market, or of an auction as it was announced."""

    reserve_ucr: int
    increment_ucr: int
    stake_ucr: int
    least_reputation: float
    proceeds: str
    seller: str | None
    bidding_window_ms: int
    soft_close_ms: int
    revisions: str
    clock: ClockRules | None
    uniform: str
    payment: str
    bidding: str
    pricing: PricingRules | None
    sharing: str
    most_waiting: int
    reserved_share: float


def terms_of(rules: Rules, known: Terms) -> Terms:
    """The terms that rules ask for, where what they do not say is as in `known`. Raises: Declined."""
    changes: dict[str, object] = {
        "reserve": _either(rules, "reserve"),
        "increment": _either(rules, "increment"),
        "stake": _either(rules, "stake"),
        "least_reputation": _said(rules.least_reputation, lambda score: Ppm(round(score * PPM_ONE))),
        "bidding_window": _said(rules.bidding_window_ms, lambda ms: Duration(ms * MS)),
        "soft_close": _said(rules.soft_close_ms, lambda ms: Duration(ms * MS)),
        "revisions": _said(rules.revisions, Revisions),
        "clock": _said(rules.clock, _clock),
        "uniform": rules.uniform,
        "payment": rules.payment,
        "bidding": rules.bidding,
        "pricing": _said(rules.pricing, pricing_of),
        "sharing": _said(rules.sharing, Sharing),
        "most_waiting": rules.most_waiting,
        "proceeds": _proceeds(rules),
        "seller": _said(rules.seller, AccountId),
    }
    said = {field: value for field, value in changes.items() if value is not None}
    if rules.proceeds is not None:
        said["seller"] = rules.seller
    if rules.reserved_share is not None:
        said["reserved_share"] = reserved_share_of(rules.reserved_share)
    return msgspec.structs.replace(known, **said)


def rules_of(terms: Terms) -> RulesView:
    """Every rule that terms have."""
    clock = terms.clock
    return RulesView(
        reserve_ucr=terms.reserve,
        increment_ucr=terms.increment,
        stake_ucr=terms.stake,
        least_reputation=terms.least_reputation / PPM_ONE,
        proceeds=terms.proceeds.value,
        seller=terms.seller,
        bidding_window_ms=terms.bidding_window // MS,
        soft_close_ms=terms.soft_close // MS,
        revisions=terms.revisions.value,
        clock=None if clock is None else _clock_rules(clock),
        uniform=terms.uniform,
        payment=terms.payment,
        bidding=terms.bidding,
        pricing=None if terms.pricing is None else pricing_rules(terms.pricing),
        sharing=terms.sharing.value,
        most_waiting=terms.most_waiting,
        reserved_share=0.0 if terms.reserved_share is None else terms.reserved_share.share / PPM_ONE,
    )


def _said(value: T | None, turned: Callable[[T], S]) -> S | None:
    return None if value is None else turned(value)


def _either(rules: Rules, field: str) -> object:
    """An amount that may be named with its unit or without it, but not as two different ones."""
    long, short = getattr(rules, f"{field}_ucr"), getattr(rules, field)
    in_order(field, None in (long, short) or long == short, f"It differs from {field}_ucr; say one of them.")
    return short if long is None else long


def _clock(clock: ClockRules) -> Clock:
    tick = Duration(clock.tick_ms * MS)
    return Clock(Amount(clock.start_ucr), Amount(clock.step_ucr), tick, Amount(clock.floor_ucr))


def _clock_rules(clock: Clock) -> ClockRules:
    return ClockRules(clock.start, clock.step, clock.tick // MS, clock.floor)


def _proceeds(rules: Rules) -> Proceeds | None:
    """Where the money goes: who names a seller and no more means that seller."""
    default = None if rules.seller is None else "seller"
    return _said(rules.proceeds or default, Proceeds)
