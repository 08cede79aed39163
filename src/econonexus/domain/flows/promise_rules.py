"""The rules by which promises are kept: what is within their range."""

from collections.abc import Mapping

import msgspec

from econonexus.domain import commands, events
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import Instant, is_name
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE
from econonexus.domain.promises import Penalty, PromiseRules
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State

MAX_SEVERITY = 100
LEAST: Mapping[str, int] = {
    "judging": 1,
    "challenge_window": 1,
    "deciding": 1,
    "window": 1,
    "half_life_days": 1,
    "plain_value": 1,
    "most_weight": 1,
    "repaying": 1,
}
"""Below this a rule makes no sense; where nothing is said, below 0."""
MAX_TRUSTED = 1_000
SHARES = (
    "relief",
    "threshold",
    "loading",
    "insurable",
    "surplus_share",
    "consistency_bonus",
    "cooperation_bonus",
)
MOST: Mapping[str, int] = {
    **dict.fromkeys(SHARES, PPM_ONE),
    "half_life_days": 3_660,
    "most_weight": 1_000,
}


def set_rules(_: State, command: commands.SetPromiseRules, __: Instant) -> Decision | Refusal:
    """Say by which rules promises are kept."""
    for field in msgspec.structs.fields(PromiseRules):
        if not _fits(field.name, getattr(command.rules, field.name), field.default.__class__):
            return Refusal(RefusalCode.INVALID_PROMISE_RULES, field.name)
    return (events.PromiseRulesSet(command.rules),)


def _fits(field: str, value: object, kind: type) -> bool:
    """Whether a rule is of its kind and within its range."""
    if value.__class__ is not kind:
        return False
    if isinstance(value, Penalty):
        return 0 <= value.rate <= PPM_ONE and 0 <= value.severity <= MAX_SEVERITY and value.grace >= 0
    if isinstance(value, bool):
        return True
    if isinstance(value, tuple):
        return len(set(value)) == len(value) <= MAX_TRUSTED and all(is_name(owner) for owner in value)
    return isinstance(value, int) and LEAST.get(field, 0) <= value <= MOST.get(field, MAX_AMOUNT)
