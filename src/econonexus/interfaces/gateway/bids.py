"""What a call bids where a market decides: as its header says, else as its agent declares, else the least."""

from typing import NamedTuple

from econonexus.domain.ids import CallerId
from econonexus.domain.kinds import BidStyle
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.subjects.agents import Agent
from econonexus.interfaces.http.problems import invalid

BID = "X-EconoNexus-Bid-Ucr"
VALUATION = "valuation_ucr"
"""The agent's metadatum that says what a call is worth to it, where the call does not say so itself."""
STYLE = "bid_style"
"""And the one that says how to bid for it, by the names of the bid styles."""
_DIGITS = 20
"""Python itself reads no number of thousands of digits."""


class Wanted(NamedTuple):
    """A call that wants to be admitted."""

    name: str
    """A name that no other call has."""
    agent: Agent
    caller: CallerId
    model: str
    tokens: int
    """What it may come to at most."""
    bid_ucr: int | None
    """The most that it is worth to its caller, who may have said so."""
    longest_s: float
    """How long it can wait."""


def amount_of(text: str) -> int | None:
    """An amount as it is written, 0 to 2**63 - 1; None where it is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        return None
    return int(text) if int(text) <= MAX_AMOUNT else None


def worth(wanted: Wanted) -> int | None:
    """What being admitted is worth to a call, for all of it; None where nobody says. Raises: Declined."""
    told = wanted.agent.metadata.get(VALUATION)
    if wanted.bid_ucr is not None or told is None:
        return wanted.bid_ucr
    declared = amount_of(told)
    if declared is None:
        odd = f"The agent's {VALUATION} is no number of µcr, 0 to 2**63 - 1: send {BID}, or have it mended."
        raise invalid(f"metadata.{VALUATION}", odd)
    return declared


def unit_limit(wanted: Wanted, units: int) -> Amount | None:
    """The most that a call may pay for each unit, so that all of them cost no more than it is worth; None
    where it takes any price. Raises: Declined."""
    most = worth(wanted)
    return None if most is None else Amount(most // units)


def style(wanted: Wanted) -> BidStyle | None:
    """How an agent wants bids made for it that says only what a call is worth, truthfully by default; None
    where the call says itself what it bids. Raises: Declined."""
    if wanted.bid_ucr is not None or VALUATION not in wanted.agent.metadata:
        return None
    told = wanted.agent.metadata.get(STYLE, BidStyle.TRUTHFUL.value)
    styles = [each.value for each in BidStyle]
    if told not in styles:
        odd = f"The agent's {STYLE} must be one of {', '.join(styles)}: send {BID}, or have it mended."
        raise invalid(f"metadata.{STYLE}", odd)
    return BidStyle(told)
