"""The rules of a market as bodies and answers say them: flat, amounts in µcr, durations in milliseconds."""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from econonexus.domain.ids import AccountId, Duration
from econonexus.domain.kinds import Proceeds, Revisions, Sharing, Unproven
from econonexus.domain.money import PPM_ONE, Amount, Ppm
from econonexus.domain.terms import REVEAL_WINDOW, Clock, Commitment, Terms
from econonexus.interfaces.http.forms import (
    MAX,
    MS,
    Body,
    Milliseconds,
    Name,
    Ucr,
    UcrOrNone,
    Units,
    in_order,
)
from econonexus.interfaces.http.price_rules import (
    ComputedReserveRules,
    PricingRules,
    Score,
    computed_reserve_of,
    computed_reserve_rules,
    pricing_of,
    pricing_rules,
    reserved_share_of,
)
from econonexus.interfaces.http.schedule_rules import ScheduleRules, schedule_of, schedule_rules
from econonexus.interfaces.http.trading_rules import (
    BookRules,
    HaltRules,
    book_of,
    book_rules,
    halt_of,
    halt_rules,
)

S = TypeVar("S")
T = TypeVar("T")

Reserves = Annotated[dict[Name, UcrOrNone], Meta(max_length=256, examples=[{"gpu": 100}])]
GroupName = Annotated[str, Meta(max_length=128)]
Ticks = Annotated[int, Meta(ge=1, le=MAX // MS)]


class ClockRules(Body, frozen=True):
    """What a Dutch auction calls: the start, then less by a step with every tick, down to the floor."""

    start_ucr: Annotated[Ucr, Meta(description="The first price of a unit, in µcr.")]
    step_ucr: Annotated[Ucr, Meta(description="By how much it falls with every tick, in µcr.")]
    tick_ms: Annotated[Ticks, Meta(description="How long each price is called.")]
    floor_ucr: Annotated[
        UcrOrNone, Meta(description="The last price, below which it does not fall, in µcr.")
    ] = 0


class CommitmentRules(Body, frozen=True):
    """How bidders commit to bids: what they put up, and how long after the close they may reveal them."""

    bond_ucr: Annotated[
        Ucr,
        Meta(description="What each bidder puts up, in µcr, and loses if it does not reveal its bid."),
    ]
    reveal_window_ms: Annotated[
        Ticks, Meta(description="How long after the close a bid may be revealed.")
    ] = REVEAL_WINDOW // MS


class Rules(Body, frozen=True, kw_only=True):
    """What a market asks of whoever buys in it; what is not said stays as it is, or as it is by default."""

    reserve_ucr: (
        Annotated[UcrOrNone, Meta(description="The least price of a unit, in µcr. Also as `reserve`.")] | None
    ) = None
    reserve: Annotated[UcrOrNone, Meta(description="The same as `reserve_ucr`.")] | None = None
    increment_ucr: (
        Annotated[Ucr, Meta(description="By how much a bid outbids the one before. Also as `increment`.")]
        | None
    ) = None
    increment: Annotated[Ucr, Meta(description="The same as `increment_ucr`.")] | None = None
    stake_ucr: (
        Annotated[UcrOrNone, Meta(description="What a bidder must have at stake, in µcr. Also as `stake`.")]
        | None
    ) = None
    stake: Annotated[UcrOrNone, Meta(description="The same as `stake_ucr`.")] | None = None
    least_reputation: (
        Annotated[Score, Meta(description="The least lower bound of a bidder's owner's record, from 0 to 1.")]
        | None
    ) = None
    reputation_weight: (
        Annotated[
            Score, Meta(description="How much of a bid's score is its owner's record; 0 for the price alone.")
        ]
        | None
    ) = None
    credit: Annotated[
        Literal["reputation", "none"] | None,
        Meta(description="Whether an owner's record lends to its agents for what they bid."),
    ] = None
    signed: Annotated[bool | None, Meta(description="Whether bids must be signed.")] = None
    proceeds: Annotated[
        Literal["burn", "seller", "treasury"] | None,
        Meta(description="Where the money goes: out of circulation, to the `seller`, or to the operator."),
    ] = None
    seller: (
        Annotated[Name, Meta(description="Whose account is paid; then `proceeds` are the seller's.")] | None
    ) = None
    bidding_window_ms: (
        Annotated[Ticks, Meta(description="How long an auction takes bids, where it does not say so itself.")]
        | None
    ) = None
    soft_close_ms: (
        Annotated[
            Milliseconds,
            Meta(
                description="A bid so near the end of an English auction moves it away again; 0 never does."
            ),
        ]
        | None
    ) = None
    revisions: Annotated[
        Literal["raise", "withdraw", "none"] | None,
        Meta(description="Whether a bid that stands may be raised, withdrawn too, or neither."),
    ] = None
    clock: Annotated[ClockRules | None, Meta(description="The prices that a Dutch auction calls.")] = None
    commitment: Annotated[
        CommitmentRules | None, Meta(description="How bids are committed to, and revealed after the close.")
    ] = None
    uniform: Annotated[
        Literal["highest_losing", "lowest_winning"] | None,
        Meta(description="Which bid sets a uniform price: the highest that loses, or the lowest that wins."),
    ] = None
    payment: Annotated[
        Literal["core", "vcg", "pay_as_bid"] | None, Meta(description="What winners of bundles pay.")
    ] = None
    bidding: Annotated[
        Literal["xor", "or"] | None,
        Meta(description="Whether an agent wins at most one of its bundles (`xor`), or any (`or`)."),
    ] = None
    reserves_ucr: (
        Annotated[
            Reserves, Meta(description="Where bundles are sold: the reserve of a unit by item, in µcr.")
        ]
        | None
    ) = None
    time_limit_ms: (
        Annotated[Ticks, Meta(description="How long a solver may take over bundles, payments included.")]
        | None
    ) = None
    clearing_ms: (
        Annotated[
            Ticks, Meta(description="How long the outcome of bundles is waited for before it has failed.")
        ]
        | None
    ) = None
    unproven: Annotated[
        Literal["fail", "pay_as_bid"] | None,
        Meta(description="What becomes of bundles whose best outcome was not proven in time."),
    ] = None
    schedule: Annotated[
        ScheduleRules | Literal["none"] | None,
        Meta(description="The auctions that the market announces by itself; `none` ends it."),
    ] = None
    together: (
        Annotated[GroupName, Meta(description="What its auctions are cleared together by; empty ends it.")]
        | None
    ) = None
    book: Annotated[BookRules | None, Meta(description="How orders are traded, in an order book.")] = None
    halt: Annotated[
        HaltRules | Literal["none"] | None, Meta(description="When the market stops by itself; `none` never.")
    ] = None
    pricing: Annotated[PricingRules | None, Meta(description="How a posted price moves.")] = None
    sharing: Annotated[
        Literal["counter", "karma"] | None,
        Meta(description="What shares by weight go by: units given, or credits that are saved by waiting."),
    ] = None
    most_waiting: Annotated[Units, Meta(description="How many requests may wait at once.")] | None = None
    reserved_share: Annotated[
        bool | Score | None,
        Meta(description="What is shared out max-min fairly first: `true` for a fifth, or a share."),
    ] = None
    computed_reserve: Annotated[
        ComputedReserveRules | Literal["none"] | None,
        Meta(description="How the reserve of each auction follows the prices of the last; `none` ends it."),
    ] = None


class RulesView(msgspec.Struct, frozen=True, kw_only=True):
    """Every rule of a market, or of an auction as it was announced."""

    reserve_ucr: Annotated[int, Meta(description="The least price of a unit, in µcr.")]
    increment_ucr: Annotated[
        int,
        Meta(description="By how much a bid outbids the one before in an English auction, in µcr per unit."),
    ]
    stake_ucr: Annotated[int, Meta(description="What a bidder must have at stake, in µcr.")]
    least_reputation: Annotated[
        float, Meta(description="The least lower bound of a bidder's owner's record, from 0 to 1.")
    ]
    reputation_weight: Annotated[
        float,
        Meta(
            description="How much of a bid's score is its owner's record, from 0 to 1; 0 for the price alone."
        ),
    ]
    credit: Annotated[
        str,
        Meta(description="`reputation` where an owner's record lends to its agents for bids, else `none`."),
    ]
    signed: Annotated[bool, Meta(description="Whether bids must be signed.")]
    proceeds: Annotated[str, Meta(description="Where the money goes: `burn`, `seller` or `treasury`.")]
    seller: Annotated[
        str | None, Meta(description="The account that the proceeds go to; null where they go to no seller.")
    ]
    bidding_window_ms: Annotated[
        int, Meta(description="How long an auction takes bids, where it does not say so itself.")
    ]
    soft_close_ms: Annotated[
        int,
        Meta(description="A bid so near the end of an English auction moves it away again; 0 never does."),
    ]
    revisions: Annotated[
        str,
        Meta(description="What may become of a bid that stands: `raise`, `withdraw` (or raise), or `none`."),
    ]
    clock: Annotated[
        ClockRules | None, Meta(description="The prices that a Dutch auction calls; null in others.")
    ]
    commitment: Annotated[
        CommitmentRules | None,
        Meta(description="How bids are committed to and revealed; null where they are placed at once."),
    ]
    uniform: Annotated[
        str, Meta(description="Which bid sets a uniform price: `highest_losing` or `lowest_winning`.")
    ]
    payment: Annotated[str, Meta(description="What winners of bundles pay: `core`, `vcg` or `pay_as_bid`.")]
    bidding: Annotated[
        str, Meta(description="Whether an agent wins at most one of its bundles (`xor`), or any (`or`).")
    ]
    reserves_ucr: Annotated[
        dict[str, int],
        Meta(description="Where bundles are sold: a unit's reserve by item, in µcr; else `reserve_ucr`."),
    ]
    time_limit_ms: Annotated[
        int, Meta(description="How long a solver may take over bundles, payments included.")
    ]
    clearing_ms: Annotated[
        int, Meta(description="How long the outcome of bundles is waited for before the auction has failed.")
    ]
    unproven: Annotated[
        str,
        Meta(description="Where the best outcome of bundles was not proven in time: `fail` or `pay_as_bid`."),
    ]
    schedule: Annotated[
        ScheduleRules | None,
        Meta(description="The auctions that the market announces by itself; null for none."),
    ]
    together: Annotated[
        str, Meta(description="What its auctions are cleared together by; empty where each is cleared alone.")
    ]
    book: Annotated[
        BookRules | None, Meta(description="How orders are traded in an order book; null for the defaults.")
    ]
    halt: Annotated[HaltRules | None, Meta(description="When the market stops by itself; null never.")]
    pricing: Annotated[
        PricingRules | None, Meta(description="How a posted price moves; null where none is posted.")
    ]
    sharing: Annotated[
        str,
        Meta(description="What shares by weight go by: units given (`counter`), or credits saved (`karma`)."),
    ]
    most_waiting: Annotated[int, Meta(description="How many requests may wait at once.")]
    reserved_share: Annotated[
        float, Meta(description="The share that is given out max-min fairly first, from 0 to 1; 0 for none.")
    ]
    computed_reserve: Annotated[
        ComputedReserveRules | None,
        Meta(description="How each auction's reserve follows the last prices; null where it stays as it is."),
    ]


def terms_of(rules: Rules, known: Terms) -> Terms:
    """The terms that rules ask for, where what they do not say is as in `known`. Raises: Declined."""
    changes: dict[str, object] = {
        "reserve": _either(rules, "reserve"),
        "increment": _either(rules, "increment"),
        "stake": _either(rules, "stake"),
        "least_reputation": _said(rules.least_reputation, lambda score: Ppm(round(score * PPM_ONE))),
        "reputation_weight": _said(rules.reputation_weight, lambda share: Ppm(round(share * PPM_ONE))),
        "credit": _said(rules.credit, lambda credit: "" if credit == "none" else credit),
        "signed": rules.signed,
        "bidding_window": _said(rules.bidding_window_ms, lambda ms: Duration(ms * MS)),
        "soft_close": _said(rules.soft_close_ms, lambda ms: Duration(ms * MS)),
        "revisions": _said(rules.revisions, Revisions),
        "clock": _said(rules.clock, _clock),
        "commitment": _said(rules.commitment, _commitment),
        "uniform": rules.uniform,
        "payment": rules.payment,
        "bidding": rules.bidding,
        "reserves": rules.reserves_ucr,
        "time_limit": _said(rules.time_limit_ms, lambda ms: Duration(ms * MS)),
        "clearing": _said(rules.clearing_ms, lambda ms: Duration(ms * MS)),
        "unproven": _said(rules.unproven, Unproven),
        "together": rules.together,
        "book": _said(rules.book, book_of),
        "pricing": _said(rules.pricing, pricing_of),
        "sharing": _said(rules.sharing, Sharing),
        "most_waiting": rules.most_waiting,
        "proceeds": _proceeds(rules),
        "seller": _said(rules.seller, AccountId),
    }
    said = {field: value for field, value in changes.items() if value is not None}
    if rules.halt is not None:
        said["halt"] = None if rules.halt == "none" else halt_of(rules.halt)
    if rules.schedule is not None:
        said["schedule"] = None if rules.schedule == "none" else schedule_of(rules.schedule)
    if rules.proceeds is not None:
        said["seller"] = rules.seller
    if rules.reserved_share is not None:
        said["reserved_share"] = reserved_share_of(rules.reserved_share)
    if rules.computed_reserve is not None:
        rule = rules.computed_reserve
        said["computed_reserve"] = None if rule == "none" else computed_reserve_of(rule)
    return msgspec.structs.replace(known, **said)


def rules_of(terms: Terms) -> RulesView:
    """Every rule that terms have."""
    clock = terms.clock
    return RulesView(
        reserve_ucr=terms.reserve,
        increment_ucr=terms.increment,
        stake_ucr=terms.stake,
        least_reputation=terms.least_reputation / PPM_ONE,
        reputation_weight=terms.reputation_weight / PPM_ONE,
        credit=terms.credit or "none",
        signed=terms.signed,
        proceeds=terms.proceeds.value,
        seller=terms.seller,
        bidding_window_ms=terms.bidding_window // MS,
        soft_close_ms=terms.soft_close // MS,
        revisions=terms.revisions.value,
        clock=None if clock is None else _clock_rules(clock),
        commitment=_said(terms.commitment, _commitment_rules),
        uniform=terms.uniform,
        payment=terms.payment,
        bidding=terms.bidding,
        reserves_ucr=dict(terms.reserves),
        time_limit_ms=terms.time_limit // MS,
        clearing_ms=terms.clearing // MS,
        unproven=terms.unproven.value,
        schedule=None if terms.schedule is None else schedule_rules(terms.schedule),
        together=terms.together,
        book=_said(terms.book, book_rules),
        halt=_said(terms.halt, halt_rules),
        pricing=None if terms.pricing is None else pricing_rules(terms.pricing),
        sharing=terms.sharing.value,
        most_waiting=terms.most_waiting,
        reserved_share=0.0 if terms.reserved_share is None else terms.reserved_share.share / PPM_ONE,
        computed_reserve=_said(terms.computed_reserve, computed_reserve_rules),
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


def _commitment(rules: CommitmentRules) -> Commitment:
    return Commitment(Amount(rules.bond_ucr), Duration(rules.reveal_window_ms * MS))


def _commitment_rules(commitment: Commitment) -> CommitmentRules:
    return CommitmentRules(commitment.bond, commitment.reveal_window // MS)


def _proceeds(rules: Rules) -> Proceeds | None:
    """Where the money goes: who names a seller and no more means that seller."""
    default = None if rules.seller is None else "seller"
    return _said(rules.proceeds or default, Proceeds)
