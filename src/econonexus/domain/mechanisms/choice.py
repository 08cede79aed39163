"""Which mechanism to use for a stated goal.

Source: the reasons are textbook: Krishna, Auction Theory, 2nd ed. (2010), chapters 2 and 6; Cramton,
    Shoham and Steinberg (eds.), Combinatorial Auctions (2006), chapter 1.
"""

from collections.abc import Collection
from enum import StrEnum

import msgspec


class Goal(StrEnum):
    """What an operator may want, in order of precedence: the first that is stated decides."""

    ONE_RESOURCE = "one_resource"
    COMPLEMENTARY_BUNDLE = "complementary_bundle"
    PRICE_DISCOVERY = "price_discovery"
    PRIVACY = "privacy"


class Choice(msgspec.Struct, frozen=True):
    """A mechanism by its name in `econonexus clear`, and why."""

    mechanism: str
    reason: str


_CHOICES = {
    Goal.ONE_RESOURCE: Choice(
        "english", "One resource: bidders see the price rise and learn from it, and proxies bid for them."
    ),
    Goal.COMPLEMENTARY_BUNDLE: Choice(
        "combinatorial", "Things worth more together: nobody wins half of what it needs."
    ),
    Goal.PRICE_DISCOVERY: Choice(
        "dutch", "The price is unknown: a falling clock finds it in one pass, and the first taker ends it."
    ),
    Goal.PRIVACY: Choice(
        "first_price", "Bids stay sealed, and what the winner pays says nothing about the others' bids."
    ),
}
_OTHERWISE = Choice(
    "second_price", "Nothing special is asked for: to bid what it is worth is best, whatever others do."
)


def choose(goals: Collection[Goal]) -> Choice:
    """The mechanism for the first of the goals, in the order of `Goal`; for none, the Vickrey auction."""
    return next((_CHOICES[goal] for goal in Goal if goal in goals), _OTHERWISE)
