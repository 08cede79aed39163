"""Journal records as CloudEvents 1.0: what readers of the event API get to see.

Personal texts, sealed numbers and the digests of keys stay behind; everything else of an event is in `data`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from econonexus.domain import events
from econonexus.domain.ids import AgentId, ContractId
from econonexus.domain.refusals import Refusal
from econonexus.interfaces.http.forms import rfc3339
from econonexus.node.records import Record
from econonexus.node.withholding import BESIDE

SOURCE = "/econonexus"
WITHHELD = frozenset({"digest"})

_SUBJECTS = (
    ("question", "question"),
    ("contract", "contract"),
    ("task", "task"),
    ("trade", "trade"),
    ("order", "order"),
    ("bid", "bid"),
    ("auction", "auction"),
    ("grant", "grant"),
    ("market", "market"),
    ("resource", "resource"),
    ("hold", "hold"),
    ("key", "key"),
    ("agent", "agent"),
    ("team", "team"),
    ("account", "account"),
    ("budget", "budget"),
    ("exchange", "exchange"),
    ("source", "account"),
    ("asset", "asset"),
    ("owner", "owner"),
    ("feature", "feature"),
)
"""The field that an event is about, the first it has, and what that is."""

PUBLIC = (
    events.ResourceDeclared,
    events.CapacityChanged,
    events.MarketCreated,
    events.MarketChanged,
    events.MarketHalted,
    events.MarketResumed,
    events.AuctionAnnounced,
    events.AuctionOpened,
    events.AuctionExtended,
    events.StandingMoved,
    events.ClockTaken,
    events.RevealStarted,
    events.AuctionClosed,
    events.AuctionCleared,
    events.AuctionFailed,
    events.AuctionCancelled,
    events.PromiseRulesSet,
    events.StandingSet,
    events.TaskPosted,
    events.TaskCancelled,
    events.TaskFailed,
    events.TaskReopened,
    events.ContractOpened,
)
"""What happens in the open: every agent sees it."""

_WHOLE: Mapping[type, str] = {
    events.InboxRulesSet: "inbox/rules",
    events.PromiseRulesSet: "promises/rules",
    events.CredibilitiesSet: "reputation",
    events.PolicySet: "policy/rules",
    events.PolicyApplied: "policy/allowances",
    events.AllowancesIssued: "policy/allowances",
}
"""The events that are about no one thing, and what they are about."""

_MINE = (
    "source",
    "destination",
    "account",
    "agent",
    "holder",
    "buyer",
    "seller",
    "requester",
    "provider",
    "injured",
)
"""The fields that make an event an agent's own affair."""


class CloudEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened, or one command refused. `id` is its place in the journal."""

    id: Annotated[str, Meta(description="Its place in the journal, in digits.")]
    source: Annotated[str, Meta(description="Where it happened: always `/econonexus`.")]
    specversion: Annotated[str, Meta(description="Of CloudEvents: `1.0`.")]
    type: Annotated[str, Meta(description="What happened, such as `econonexus.hold_placed.v1`.")]
    subject: Annotated[str, Meta(description="What it is about, such as `account/ann`.")]
    time: Annotated[str, Meta(description="When it happened.")]
    datacontenttype: Annotated[str, Meta(description="Of `data`: `application/json`.")]
    data: Annotated[
        dict[str, object],
        Meta(description="What the event says, by field; the reference of events has them all."),
    ]
    caller: Annotated[
        str,
        Meta(description="Who asked for it, such as `agent:ann`; `node` for what the node does by itself."),
    ]
    command: Annotated[str, Meta(description="The id of the command that led to it.")]
    traceparent: Annotated[
        str,
        Meta(description="The trace it is part of, as W3C's Trace Context writes it; left out without one."),
    ] = ""


def cloud_event(record: Record) -> CloudEvent:
    """A record as others may read it."""
    name, _, version = str(type(record.event).__struct_config__.tag).partition("/")
    data: dict[str, object] = msgspec.to_builtins(record.event)
    hidden = WITHHELD.union(BESIDE.get(type(record.event), ()), ("type",))
    return CloudEvent(
        id=str(record.sequence),
        source=SOURCE,
        specversion="1.0",
        type=f"econonexus.{name}.v{version}",
        subject=subject_of(record),
        time=rfc3339(record.time),
        datacontenttype="application/json",
        data={field: value for field, value in data.items() if field not in hidden},
        caller=record.caller,
        command=record.command,
        traceparent=record.trace,
    )


def subject_of(record: Record) -> str:
    """What a record is about, such as `account/ann`; a refusal is about its command."""
    event = record.event
    if isinstance(event, Refusal):
        return f"command/{record.command}"
    if type(event) in _WHOLE:
        return _WHOLE[type(event)]
    if isinstance(event, _OF_STAKES):
        return f"stake/{event.agent}"
    if isinstance(event, events.ReputationChanged):
        return f"reputation/{event.owner}"
    for field, kind in _SUBJECTS:
        named = getattr(event, field, None) is not None
        if named and not (field == "agent" and not isinstance(event, _OF_AGENTS)):
            return f"{kind}/{getattr(event, field)}"
    raise AssertionError(f"{type(event)} is about nothing")


_OF_STAKES = (events.StakePosted, events.StakeUnbonding, events.StakeReleased, events.StakeSlashed)
_OF_AGENTS = (
    events.AgentCreated,
    events.AgentChanged,
    events.SigningKeyRegistered,
    events.AgentFrozen,
    events.AgentUnfrozen,
    events.UsageRecorded,
)


def matcher(pattern: str) -> Callable[[Record], bool]:
    """Whether a record's subject fits a pattern, in which `*` stands for any text: `account/*`."""
    if pattern in ("", "*"):
        return lambda _: True
    fits = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL).fullmatch
    return lambda record: fits(subject_of(record)) is not None


def concerns(
    agent: AgentId, owned: frozenset[str], has_part: Callable[[ContractId], bool]
) -> Callable[[Record], bool]:
    """Whether a record is an agent's own affair, or public: its accounts, its key, its commands, markets.

    So is whatever happens to a contract that it has a part in, but for the votes of others.
    """
    mine = owned | {agent}

    def is_its_own(record: Record) -> bool:
        event = record.event
        if record.caller == f"agent:{agent}" or isinstance(event, PUBLIC):
            return True
        if any(getattr(event, field, None) in mine for field in _MINE):
            return True
        contract = getattr(event, "contract", None)
        return contract is not None and not isinstance(event, events.VoteCast) and has_part(contract)

    return is_its_own
