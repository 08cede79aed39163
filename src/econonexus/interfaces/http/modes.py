"""Modes: how far a feature goes, from looking at nothing to the kill switch."""

from typing import Annotated, Literal

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.kinds import Mode
from econonexus.domain.state import State
from econonexus.interfaces.http.desk import AtDesk, not_found, of
from econonexus.interfaces.http.forms import Body, Reason, acts, reads, rfc3339
from econonexus.interfaces.http.paths import FeaturePath

GATEWAY = "gateway:"
"""How the features begin that are one model each."""


class NewMode(Body, frozen=True):
    """How far a feature goes from now on, and why."""

    mode: Annotated[
        Literal["off", "shadow", "advise", "enforce", "stopped"],
        Meta(description="How far it goes; `stopped` is the kill switch: every new use is refused."),
    ]
    reason: Reason = ""


class ModeView(msgspec.Struct, frozen=True):
    """How far a feature goes."""

    feature: Annotated[str, Meta(description="`gateway`, or `gateway:<model>`.")]
    mode: Annotated[str, Meta(description="`off`, `shadow`, `advise`, `enforce` or `stopped`.")]
    reason: Annotated[str, Meta(description="Why it was set; empty where nobody said.")]
    since: Annotated[str, Meta(description="When it was set.")]


class Modes(msgspec.Struct, frozen=True):
    """The features that were ever set; any other goes as far as the configuration says."""

    items: Annotated[list[ModeView], Meta(description="One for each feature.")]


@reads("/modes")
async def list_modes(desk: AtDesk) -> Modes:
    """How far each feature goes that was ever set."""

    def look(state: State) -> Modes:
        return Modes(
            [
                ModeView(feature, setting.mode.value, setting.reason, rfc3339(setting.since))
                for feature, setting in state.modes.by_feature.items()
            ]
        )

    return await desk.read(look)


@acts("/modes/{feature:str}")
async def set_mode(feature: FeaturePath, data: JSONBody[NewMode], desk: AtDesk) -> ModeView:
    """Say how far `gateway` goes, or one of its models, `gateway:<model>`."""
    model = feature.removeprefix(GATEWAY)
    if model != feature and model not in desk.gateway.offers:
        raise not_found("unknown_feature", f"There is no model {model!r}; GET /v1/models says which.")
    reply = await desk.submit(commands.SetMode(feature, Mode(data.mode), data.reason))
    made = of(events.ModeSet, reply)
    return ModeView(made.feature, made.mode.value, made.reason, rfc3339(reply.time))


ROUTES = [list_modes, set_mode]
