"""How far each feature goes: from looking at nothing to refusing everything.

A feature is `gateway`, or a part of one, `gateway:<model>`. One that was never set goes as far as the
configuration says, which the economy does not know.
"""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import Instant, is_name
from econonexus.domain.kinds import Mode

FEATURES = ("gateway",)
"""What can be set, each by itself or for one part of it."""


class Setting(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What was last said of a feature, when and why."""

    mode: Mode
    since: Instant
    reason: str = ""


class Modes(msgspec.Struct):
    """All features that were ever set. Only events change them."""

    by_feature: dict[str, Setting] = {}

    def of(self, feature: str) -> Mode | None:
        """How far a feature goes: what was said of it, or else of what it is part of; None if nothing was.

        Where the whole is stopped, every part of it is.
        """
        whole = self.by_feature.get(feature.partition(":")[0])
        if whole is not None and whole.mode is Mode.STOPPED:
            return Mode.STOPPED
        setting = self.by_feature.get(feature) or whole
        return None if setting is None else setting.mode

    def set(self, event: events.ModeSet, at: Instant) -> None:
        """Remember how far a feature goes."""
        self.by_feature[event.feature] = Setting(event.mode, at, event.reason)


def is_feature(text: str) -> bool:
    """Whether there can be a feature of this name."""
    whole, colon, part = text.partition(":")
    return whole in FEATURES and (not colon or is_name(part))
