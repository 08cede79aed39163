"""How commands, events and refusals read in a transcript."""

import enum
from collections.abc import Mapping

import msgspec

from econonexus.domain.commands import Command, SubmitOutcome
from econonexus.domain.events import AuctionAnnounced, ContractOpened, Event, ReputationChanged, StakeSlashed
from econonexus.domain.ids import SECOND
from econonexus.domain.refusals import Refusal
from econonexus.node.withholding import SEALED

MONEY = frozenset(
    [
        "amount", "available", "base", "before", "bond", "bonus", "bound", "cap", "ceiling", "credits",
        "floor", "gain", "held", "high", "increment", "least", "limit", "loss", "low", "most", "paid",
        "payment", "previous", "price", "quality_weight", "reference", "released", "requested", "reserve",
        "spent", "stake", "start", "step", "to_injured", "total", "unit_price", "welfare",
    ]
)  # fmt: skip
"""The fields that are micro-credits, by name."""
DURATIONS = frozenset(
    {
        "period",
        "window",
        "bidding_window",
        "soft_close",
        "tick",
        "pause",
        "every",
        "lead",
        "time_limit",
        "clearing",
        "reveal_window",
    }
)
"""The fields that are nanoseconds."""
SHARES = frozenset(
    {
        "alerts", "allowed", "failures", "least_reputation", "lower_bound", "move", "quality", "score",
        "share", "threshold",
    }
)  # fmt: skip
"""The fields that are parts per million."""
UNSAID = frozenset({"budgets", "destination", "source", "digest", "wanted", "restored", "was_held"})
"""What an event says for bookkeepers, and no reader needs."""
_UNSAID_OF: Mapping[type, frozenset[str]] = {
    SubmitOutcome: frozenset({"digest"}),
    AuctionAnnounced: frozenset({"terms"}),
    ContractOpened: frozenset({"rules", "stake", "owner"}),
    ReputationChanged: frozenset({"record", "weight", "credibility", "raters", "said"}),
    StakeSlashed: frozenset({"rule", "window", "evidence", "reach"}),
}
"""What a command or an event says that no reader needs."""
USUAL = frozenset({"asset credit", "mode hard", "kind wallet", "carry over 0", "window 0 s", "priority 0"})
"""What goes without saying."""
COUNTED = ("units", "over_capacity", "capacity", "too_many")
"""Refusals whose numbers are units."""


def said(command: Command, who: str, start: int) -> list[str]:
    """What a command asks: its name, then its parts. Who asks it, asks for itself."""
    parts = _parts(command, start, _UNSAID_OF.get(type(command), frozenset()))
    return [_spaced(type(command).__name__), *(part for part in parts if part != f"agent {who}")]


def happened(event: Event, start: int, known: frozenset[str] = frozenset()) -> list[str]:
    """What an event says beside what is `known`, as everybody may read it: what is sealed is sealed."""
    name = str(event.__struct_config__.tag).partition("/")[0]
    unsaid = UNSAID | _UNSAID_OF.get(type(event), frozenset())
    parts = _parts(event, start, unsaid, frozenset(SEALED.get(type(event), ())))
    return [_spaced(name), *(part for part in parts if part not in known | USUAL)]


def line(parts: list[str]) -> str:
    """A name and its parts in one line."""
    return f"{parts[0]}: {', '.join(parts[1:])}" if parts[1:] else parts[0]


def refused(refusal: Refusal) -> str:
    """A refusal with the numbers that decided."""
    code = refusal.code.value
    count = str if any(word in code for word in COUNTED) else in_credits
    facts = [refusal.subject] if refusal.subject else []
    if refusal.requested is not None and refusal.available is not None:
        facts.append(f"asked {count(refusal.requested)}, left {count(refusal.available)}")
    elif refusal.available is not None:
        facts.append(count(refusal.available))
    return f"refused: {code}" + (f" ({': '.join(facts)})" if facts else "")


def in_credits(amount: int) -> str:
    """Micro-credits as credits: `1.5 cr`."""
    whole, part = divmod(abs(amount), 1_000_000)
    decimals = f".{part:06}".rstrip("0") if part else ""
    return f"{'-' if amount < 0 else ''}{whole:,}{decimals} cr"


def moment(ns: int) -> str:
    """A time span in the largest unit that says it whole: `90 s`, `1.5 s`, `2 min`."""
    if ns and ns % (60 * SECOND) == 0:
        minutes = ns // (60 * SECOND)
        return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
    return f"{ns / SECOND:g} s"


def _parts(
    struct: msgspec.Struct,
    start: int,
    unsaid: frozenset[str] = frozenset(),
    sealed: frozenset[str] = frozenset(),
) -> list[str]:
    parts = []
    for field in msgspec.structs.fields(struct):
        value = getattr(struct, field.name)
        if field.name in unsaid or value == field.default or value in ("", None, (), {}):
            continue
        text = "sealed" if field.name in sealed else _value(field.name, value, start)
        parts.append(f"{field.name.replace('_', ' ')} {text}")
    return parts


def _value(field: str, value: object, start: int) -> str:
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, msgspec.Struct):
        return f"({', '.join(_parts(value, start, UNSAID))})"
    if isinstance(value, Mapping):
        return " + ".join(_item(field, name, number) for name, number in value.items())
    if isinstance(value, tuple | list):
        return "; ".join(_value(field, each, start) for each in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _number(field, value, start)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _item(field: str, name: str, number: int) -> str:
    return f"{in_credits(number)} a {name}" if field in ("prices", "reserves") else f"{number:,} {name}"


def _number(field: str, value: int, start: int) -> str:
    if field in MONEY:
        return in_credits(value)
    if field in SHARES:
        return f"{value / 10_000:g} %"
    if field in DURATIONS:
        return moment(value)
    if field.endswith(("_at", "_until")) or field in ("clear_by", "judge_by", "decide_by"):
        return moment(value - start)
    return f"{value:,}"


def _spaced(name: str) -> str:
    """`PlaceBid` and `bid_placed` as words."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).replace("_", " ").strip()
