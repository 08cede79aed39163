"""Typed names and instants.

A name is text of 1 to 128 characters that starts with a letter or a digit and goes on with letters,
digits and `. _ : @ / + -`; so it fits into a URL path, a file and a log line without quoting.
"""

import re
from typing import NewType

AccountId = NewType("AccountId", str)
AgentId = NewType("AgentId", str)
AssetId = NewType("AssetId", str)
AuctionId = NewType("AuctionId", str)
BidId = NewType("BidId", str)
BudgetId = NewType("BudgetId", str)
CallerId = NewType("CallerId", str)
CommandId = NewType("CommandId", str)
ContractId = NewType("ContractId", str)
ExchangeId = NewType("ExchangeId", str)
GrantId = NewType("GrantId", str)
HoldId = NewType("HoldId", str)
KeyId = NewType("KeyId", str)
MarketId = NewType("MarketId", str)
OrderId = NewType("OrderId", str)
QuestionId = NewType("QuestionId", str)
RequestId = NewType("RequestId", str)
ResourceId = NewType("ResourceId", str)
TaskId = NewType("TaskId", str)
TeamId = NewType("TeamId", str)

KeyDigest = NewType("KeyDigest", str)
"""SHA-256 of a key's secret, as 64 hexadecimal digits in lower case."""

Instant = NewType("Instant", int)
"""Nanoseconds since 1970-01-01T00:00:00 UTC."""

Duration = NewType("Duration", int)
"""Nanoseconds."""

Sequence = NewType("Sequence", int)
"""The place of a record in the journal: 1, 2, 3, … without a gap; 0 is before the first."""

SECOND = Duration(1_000_000_000)
MAX_INSTANT = Instant(2**63 - 1)

CREDIT = AssetId("credit")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,127}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_name(text: str) -> bool:
    """Whether `text` may serve as an id."""
    return _NAME.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether `text` is the digest of a key."""
    return _DIGEST.fullmatch(text) is not None
