"""Monetary policy: what becomes of burnt credits, how much circulates, what humans may give away."""

from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from econonexus.domain import commands
from econonexus.domain.events import PolicyApplied
from econonexus.domain.ids import CREDIT, Duration, Instant
from econonexus.domain.kinds import AccountKind
from econonexus.domain.ledger import system_account
from econonexus.domain.money import PPM_ONE, Amount, Ppm
from econonexus.domain.policy import LEAST_PERIOD, Policy
from econonexus.domain.state import State
from econonexus.domain.subjects.monetary import day_of
from econonexus.interfaces.http.desk import AtDesk
from econonexus.interfaces.http.forms import MS, Body, UcrOrNone, acts, in_order, reads, rfc3339

LEAST_PERIOD_MS = LEAST_PERIOD // MS
MAX_PERIOD_MS = 366 * 24 * 3_600_000

Period = Annotated[int, Meta(ge=LEAST_PERIOD_MS, le=MAX_PERIOD_MS)]
Part = Annotated[float, Meta(ge=0, le=1)]


class NewPolicy(Body, frozen=True, kw_only=True):
    """The policy from now on; what is not said stays, and null takes a target or a cap away."""

    period_ms: Annotated[Period, Meta(description="How often allowances are issued.")] | None = None
    recycle: Annotated[Part, Meta(description="The share of what is burned that is issued again.")] | None = (
        None
    )
    target_ucr: (
        Annotated[UcrOrNone, Meta(description="What is to circulate for every agent, in µcr.")]
        | UnsetType
        | None
    ) = UNSET
    carry_over_ucr: (
        Annotated[
            UcrOrNone, Meta(description="The balance beyond which no allowance takes an agent, in µcr.")
        ]
        | UnsetType
        | None
    ) = UNSET
    daily_rewards_ucr: (
        Annotated[UcrOrNone, Meta(description="What humans may reward in a day, UTC, in µcr.")] | None
    ) = None


class AppliedView(msgspec.Struct, frozen=True):
    """The last time that allowances were issued, and the numbers that decided."""

    supply_ucr: Annotated[int, Meta(description="What circulated before, in µcr.")]
    agents: Annotated[int, Meta(description="How many agents there were.")]
    burned_ucr: Annotated[int, Meta(description="What had been burned in the period, in µcr.")]
    target_ucr: Annotated[
        int | None, Meta(description="What was to circulate in all, in µcr; null without a target.")
    ]
    recycled_ucr: Annotated[int, Meta(description="What of the burned was issued again, in µcr.")]
    issued_ucr: Annotated[int, Meta(description="What was issued beyond that, in µcr.")]
    waiting_ucr: Annotated[
        int, Meta(description="What was left to be issued again once somebody has room for it, in µcr.")
    ]
    shares: Annotated[int, Meta(description="How many accounts got something.")]


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """The policy, how far its period has come, and what came of the last one."""

    period_ms: Annotated[int, Meta(description="How often allowances are issued.")]
    recycle: Annotated[
        float, Meta(description="The share of what is burned that is issued again, from 0 to 1.")
    ]
    target_ucr: Annotated[
        int | None, Meta(description="What is to circulate for every agent, in µcr; null without a target.")
    ]
    carry_over_ucr: Annotated[
        int | None,
        Meta(description="No allowance takes an agent beyond this balance, in µcr; null without a cap."),
    ]
    daily_rewards_ucr: Annotated[int, Meta(description="What humans may reward in a day, UTC, in µcr.")]
    rewards_left_ucr: Annotated[int, Meta(description="What of that is left today, in µcr.")]
    supply_ucr: Annotated[int, Meta(description="What was ever issued less what was burned, in µcr.")]
    burned_ucr: Annotated[
        int, Meta(description="What was burned in this period and may be issued again, in µcr.")
    ]
    waiting_ucr: Annotated[
        int, Meta(description="What is to be issued again once somebody has room for it, in µcr.")
    ]
    next_at: Annotated[str | None, Meta(description="When allowances are issued next; null where none are.")]
    last: Annotated[
        AppliedView | None, Meta(description="The last time that allowances were issued; null before.")
    ]


@reads("/policy")
async def show_policy(desk: AtDesk) -> PolicyView:
    """The rules by which money is issued, and what they come to."""
    now = desk.now()
    return await desk.read(lambda state: _view(state, now))


@acts("/policy")
async def set_policy(data: JSONBody[NewPolicy], desk: AtDesk) -> PolicyView:
    """Say by which rules money is issued from now on."""
    in_order("", data != NewPolicy(), "Say what is to change.")
    known = desk.node.engine.peek(lambda state: state.monetary.policy)
    await desk.submit(commands.SetPolicy(_policy(data, known)))
    now = desk.now()
    return await desk.read(lambda state: _view(state, now))


def _policy(data: NewPolicy, known: Policy) -> Policy:
    """The policy in force, but for what is said."""
    return Policy(
        known.period if data.period_ms is None else Duration(data.period_ms * MS),
        known.recycle if data.recycle is None else Ppm(round(data.recycle * PPM_ONE)),
        _or_known(data.target_ucr, known.target),
        _or_known(data.carry_over_ucr, known.carry_over),
        known.daily_rewards if data.daily_rewards_ucr is None else Amount(data.daily_rewards_ucr),
    )


def _or_known(said: int | UnsetType | None, known: Amount | None) -> Amount | None:
    if said is UNSET:
        return known
    return None if said is None else Amount(said)


def _view(state: State, now: Instant) -> PolicyView:
    monetary, policy = state.monetary, state.monetary.policy
    burnt = state.ledger.accounts[system_account(AccountKind.BURN, CREDIT)].balance
    rewarded = monetary.rewarded_on(day_of(now))
    return PolicyView(
        period_ms=policy.period // MS,
        recycle=policy.recycle / PPM_ONE,
        target_ucr=policy.target,
        carry_over_ucr=policy.carry_over,
        daily_rewards_ucr=policy.daily_rewards,
        rewards_left_ucr=max(0, policy.daily_rewards - rewarded),
        supply_ucr=state.ledger.supply(CREDIT),
        burned_ucr=max(0, burnt - monetary.counted) if policy.issues else 0,
        waiting_ucr=monetary.waiting,
        next_at=None if monetary.next_at is None else rfc3339(monetary.next_at),
        last=None if monetary.last is None else _applied(monetary.last),
    )


def _applied(event: PolicyApplied) -> AppliedView:
    return AppliedView(
        event.supply,
        event.agents,
        event.burned,
        event.target,
        event.recycled,
        event.issued,
        event.waiting,
        event.shares,
    )


ROUTES = [show_policy, set_policy]
