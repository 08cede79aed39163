"""How the inbox goes about its work: how questions are ordered, who is paid, what humans have to give."""

from typing import Annotated, Literal

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands
from econonexus.domain.attention import ATTENTION, InboxRules
from econonexus.domain.ids import AccountId, Duration, Instant
from econonexus.domain.kinds import Proceeds
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.monetary import day_of
from econonexus.interfaces.http.desk import AtDesk
from econonexus.interfaces.http.forms import (
    MS,
    Body,
    Milliseconds,
    Name,
    Ucr,
    UcrOrNone,
    acts,
    in_order,
    reads,
)


class NewInboxRules(Body, frozen=True, kw_only=True):
    """The inbox's rules from now on; what is not said stays."""

    reserve_ucr: Annotated[Ucr, Meta(description="The least pay for a minute, in µcr.")] | None = None
    ageing_ucr: (
        Annotated[
            UcrOrNone, Meta(description="What an hour of waiting counts like, in µcr of pay for a minute.")
        ]
        | None
    ) = None
    patience_ms: (
        Annotated[Milliseconds, Meta(description="Who has waited so long stands before all who have not.")]
        | None
    ) = None
    grace_ms: (
        Annotated[Milliseconds, Meta(description="How long a taken question stays beyond its minutes.")]
        | None
    ) = None
    lasts_ms: (
        Annotated[Milliseconds, Meta(description="How long a question waits that does not say so itself.")]
        | None
    ) = None
    proceeds: Annotated[
        Literal["burn", "seller", "treasury"] | None,
        Meta(description="Where the pay goes: out of circulation, to the `seller`, or to the operator."),
    ] = None
    seller: (
        Annotated[Name, Meta(description="Whose account is paid, where the `proceeds` are the seller's.")]
        | None
    ) = None


class AttentionView(msgspec.Struct, frozen=True, kw_only=True):
    """The inbox's rules, what humans have to give, and how many wait for it."""

    reserve_ucr: Annotated[int, Meta(description="The least pay for a minute, in µcr.")]
    ageing_ucr: Annotated[
        int, Meta(description="What an hour of waiting counts like, in µcr of pay for a minute.")
    ]
    patience_ms: Annotated[int, Meta(description="Who has waited so long stands before all who have not.")]
    grace_ms: Annotated[int, Meta(description="How long a taken question stays beyond its minutes.")]
    lasts_ms: Annotated[int, Meta(description="How long a question waits that does not say so itself.")]
    proceeds: Annotated[str, Meta(description="Where the pay goes: `burn`, `seller` or `treasury`.")]
    seller: Annotated[
        str | None, Meta(description="Whose account is paid; null where the pay goes to no seller.")
    ]
    waiting: Annotated[int, Meta(description="How many questions wait to be taken.")]
    taken: Annotated[int, Meta(description="How many are taken, and not answered yet.")]
    minutes_per_period: Annotated[
        int,
        Meta(
            description="The minutes that humans have in a period; 0 until `attention.minutes` is declared."
        ),
    ]
    period_ms: Annotated[
        int, Meta(description="How long a period is; 0 until `attention.minutes` is declared.")
    ]
    minutes_free: Annotated[int, Meta(description="Minutes that a question taken now may ask for.")]
    daily_rewards_ucr: Annotated[int, Meta(description="What humans may give in a day, UTC, in µcr.")]
    rewards_left_ucr: Annotated[int, Meta(description="What humans may still give today, UTC, in µcr.")]


@reads("/attention")
async def show_attention(desk: AtDesk) -> AttentionView:
    """The rules by which questions wait and are paid, and what humans have to give now."""
    now = desk.now()
    return await desk.read(lambda state: _view(state, now))


@acts("/attention")
async def set_attention(data: JSONBody[NewInboxRules], desk: AtDesk) -> AttentionView:
    """Say how questions wait and are paid from now on."""
    in_order("patience_ms", data.patience_ms != 0, "It is at least 1.")
    in_order("lasts_ms", data.lasts_ms != 0, "It is at least 1.")
    known = desk.node.engine.peek(lambda state: state.inbox.rules)
    await desk.submit(commands.SetInboxRules(_rules(data, known)))
    now = desk.now()
    return await desk.read(lambda state: _view(state, now))


def _rules(data: NewInboxRules, known: InboxRules) -> InboxRules:
    """The rules that are in force, but for what is said. Naming a seller makes the proceeds its own."""
    proceeds = known.proceeds if data.proceeds is None else Proceeds(data.proceeds)
    seller = known.seller if data.seller is None else AccountId(data.seller)
    if data.seller is not None and data.proceeds is None:
        proceeds = Proceeds.SELLER
    if data.seller is None and proceeds is not Proceeds.SELLER:
        seller = None
    return InboxRules(
        reserve=known.reserve if data.reserve_ucr is None else Amount(data.reserve_ucr),
        ageing=known.ageing if data.ageing_ucr is None else Amount(data.ageing_ucr),
        patience=_duration(data.patience_ms, known.patience),
        grace=_duration(data.grace_ms, known.grace),
        lasts=_duration(data.lasts_ms, known.lasts),
        proceeds=proceeds,
        seller=seller,
    )


def _duration(said_ms: int | None, known: Duration) -> Duration:
    return known if said_ms is None else Duration(said_ms * MS)


def _view(state: State, now: Instant) -> AttentionView:
    inbox, rules, monetary = state.inbox, state.inbox.rules, state.monetary
    resource = state.resources.by_id.get(ATTENTION)
    rewarded, pool = monetary.rewarded_on(day_of(now)), monetary.policy.daily_rewards
    free = 0 if resource is None else resource.free(now, Instant(now + resource.period))
    return AttentionView(
        reserve_ucr=rules.reserve,
        ageing_ucr=rules.ageing,
        patience_ms=rules.patience // MS,
        grace_ms=rules.grace // MS,
        lasts_ms=rules.lasts // MS,
        proceeds=rules.proceeds.value,
        seller=rules.seller,
        waiting=len(inbox.waiting),
        taken=len(inbox.by_id) - len(inbox.waiting),
        minutes_per_period=0 if resource is None else resource.capacity,
        period_ms=0 if resource is None else resource.period // MS,
        minutes_free=max(0, free),
        daily_rewards_ucr=pool,
        rewards_left_ucr=max(0, pool - rewarded),
    )


ROUTES = [show_attention, set_attention]
