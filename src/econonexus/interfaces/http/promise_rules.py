"""The rules by which promises are kept: what must be at stake, what offences cost, how records fade."""

from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import UNSET, Meta, UnsetType

from econonexus.domain import commands
from econonexus.domain.ids import Duration
from econonexus.domain.money import PPM_ONE, Ppm
from econonexus.domain.promises import Penalty, PromiseRules
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

Share = Annotated[float, Meta(ge=0, le=1)]
Factor = Annotated[float, Meta(ge=0, le=1_000)]
Lasting = Annotated[int, Meta(ge=1, le=366 * 24 * 3_600_000)]
Count = Annotated[int, Meta(ge=1, le=1_000)]
Names = Annotated[list[Name], Meta(max_length=1_000)]
Days = Annotated[int, Meta(ge=1, le=3_660)]


class PenaltyRule(Body, frozen=True):
    """What an offence costs: `rate` of the base, times `severity`, for each beyond the grace in a window."""

    rate: Annotated[Share, Meta(description="Which part of the base it costs, from 0 to 1.")]
    severity: Annotated[int, Meta(ge=0, le=100, description="How many times that counts.")]
    grace: Annotated[
        int, Meta(ge=0, le=1_000_000, description="How many such offences in a window cost nothing.")
    ]


class Rules(Body, frozen=True, kw_only=True):
    """The rules. In a request, what is not said stays as it is."""

    identity_stake_ucr: Annotated[
        UcrOrNone | UnsetType,
        Meta(description="What an agent must have at stake before any contract, in µcr."),
    ] = UNSET
    bond: Annotated[
        Factor | UnsetType, Meta(description="What a contract's bond is, in times its price.")
    ] = UNSET
    relief: Annotated[
        Share | UnsetType, Meta(description="What part of the bond a perfect record relieves of.")
    ] = UNSET
    unbonding_ms: Annotated[
        Milliseconds | UnsetType, Meta(description="How long what is withdrawn stays at stake.")
    ] = UNSET
    judging_ms: Annotated[
        Lasting | UnsetType, Meta(description="How long after delivery a verdict is waited for.")
    ] = UNSET
    challenge_window_ms: Annotated[
        Lasting | UnsetType, Meta(description="How long a verdict can be challenged, and then answered.")
    ] = UNSET
    challenge_bond: Annotated[
        Factor | UnsetType,
        Meta(description="What each side of a challenge puts up, in times the contract's price."),
    ] = UNSET
    deciding_ms: Annotated[
        Lasting | UnsetType, Meta(description="How long a dispute waits for its decision.")
    ] = UNSET
    window_ms: Annotated[Lasting | UnsetType, Meta(description="How far back offences count.")] = UNSET
    compound: Annotated[
        bool | UnsetType,
        Meta(description="Whether repeated penalties take shares of what is left, instead of adding up."),
    ] = UNSET
    task_failure: Annotated[
        PenaltyRule | UnsetType,
        Meta(description="What work not done as promised costs of the contract's bond."),
    ] = UNSET
    timeout_violation: Annotated[
        PenaltyRule | UnsetType, Meta(description="What it costs of the bond to deliver nothing in time.")
    ] = UNSET
    byzantine_behavior: Annotated[
        PenaltyRule | UnsetType, Meta(description="What bad faith costs; its base is the whole stake.")
    ] = UNSET
    reputation_threshold: Annotated[
        PenaltyRule | UnsetType, Meta(description="What it costs to fall below `threshold`.")
    ] = UNSET
    threshold: Annotated[
        Share | UnsetType, Meta(description="The score below which to fall is an offence of its own.")
    ] = UNSET
    to_insurance: Annotated[
        bool | UnsetType,
        Meta(description="Whether what is lost on a requester's word alone goes to the insurance fund."),
    ] = UNSET
    half_life_days: Annotated[
        Days | UnsetType, Meta(description="After how many days half of a record's weight is gone.")
    ] = UNSET
    plain_value_ucr: Annotated[
        Ucr | UnsetType,
        Meta(description="The price of a contract that counts as one, in µcr; others count in proportion."),
    ] = UNSET
    most_weight: Annotated[
        Count | UnsetType, Meta(description="How many plain contracts one contract counts as at most.")
    ] = UNSET
    trusted: Annotated[
        Names | UnsetType,
        Meta(description="The owners whose word weighs fully; none, and everybody's does."),
    ] = UNSET
    consistency_bonus: Annotated[
        Share | UnsetType, Meta(description="What being proven reliable adds to a bonus's multiplier.")
    ] = UNSET
    cooperation_bonus: Annotated[
        Share | UnsetType, Meta(description="What being known to deliver adds to a bonus's multiplier.")
    ] = UNSET
    loading: Annotated[
        Share | UnsetType, Meta(description="What part of the cover insuring costs beyond the risk.")
    ] = UNSET
    insurable: Annotated[
        Share | UnsetType, Meta(description="In which first part of its time a contract can be insured.")
    ] = UNSET
    surplus_share: Annotated[
        Share | UnsetType, Meta(description="What part of its verified surplus an owner may be lent.")
    ] = UNSET
    lending_ucr: Annotated[
        UcrOrNone | UnsetType, Meta(description="How much of the treasury secures credit lines, in µcr.")
    ] = UNSET
    repaying_ms: Annotated[
        Lasting | UnsetType, Meta(description="How long after it was drawn a debt is called.")
    ] = UNSET


@reads("/promise-rules")
async def show_rules(desk: AtDesk) -> Rules:
    """The rules by which stakes are put up and lost, from now on; a contract keeps those it began with."""
    return await desk.read(lambda state: view(state.stakes.rules))


@acts("/promise-rules")
async def set_rules(data: JSONBody[Rules], desk: AtDesk) -> Rules:
    """Say by which rules promises are kept from now on; what is not said stays."""
    in_order("", data != Rules(), "Say what is to change.")
    known = desk.node.engine.peek(lambda state: state.stakes.rules)
    await desk.submit(commands.SetPromiseRules(_changed(known, data)))
    return await desk.read(lambda state: view(state.stakes.rules))


def view(rules: PromiseRules) -> Rules:
    """Rules as the API tells them."""
    told = {name: _told(name, getattr(rules, _plain(name))) for name in Rules.__struct_fields__}
    return msgspec.structs.replace(Rules(), **told)


def _changed(known: PromiseRules, said: Rules) -> PromiseRules:
    """The rules in force, but for what is said."""
    given = {name: getattr(said, name) for name in Rules.__struct_fields__}
    changes = {_plain(name): _meant(name, value) for name, value in given.items() if value is not UNSET}
    return msgspec.structs.replace(known, **changes)


def _told(name: str, value: object) -> object:
    if isinstance(value, Penalty):
        return PenaltyRule(value.rate / PPM_ONE, value.severity, value.grace)
    if isinstance(value, tuple):
        return list(value)
    if name.endswith("_ms"):
        return msgspec.convert(value, int) // MS
    return msgspec.convert(value, int) / PPM_ONE if name in _FRACTIONS else value


def _meant(name: str, value: object) -> object:
    if isinstance(value, PenaltyRule):
        return Penalty(_ppm(value.rate), value.severity, value.grace)
    if isinstance(value, list):
        return tuple(value)
    if name.endswith("_ms"):
        return Duration(msgspec.convert(value, int) * MS)
    return _ppm(msgspec.convert(value, float)) if name in _FRACTIONS else value


def _ppm(share: float) -> Ppm:
    return Ppm(round(share * PPM_ONE))


def _plain(name: str) -> str:
    """What the economy calls a rule: its name without the unit."""
    return name.removesuffix("_ucr").removesuffix("_ms")


_FRACTIONS = frozenset(
    {
        "bond",
        "relief",
        "challenge_bond",
        "threshold",
        "loading",
        "insurable",
        "surplus_share",
        "consistency_bonus",
        "cooperation_bonus",
    }
)
"""The rules that the economy has in parts per million."""

ROUTES = [show_rules, set_rules]
