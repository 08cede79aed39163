"""What is said to a mechanism: bids for units of one item, and the auction they belong to."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

Side = Literal["buy", "sell"]

NO_QUALITY = Fraction(0)


class Bid(msgspec.Struct, frozen=True, gc=False):
    """An offer to buy (or sell) up to `units` of one item, at most (least) `unit_price` for each.

    `units` and `unit_price` are in [0, 2**63). Several bids of one owner are a schedule.
    `quality`, in [0, 1], counts in procurement alone.
    """

    id: str
    agent: str
    owner: str
    item: str
    units: int
    unit_price: int
    side: Side = "buy"
    quality: Fraction = NO_QUALITY


class Auction(msgspec.Struct, frozen=True):
    """One selling event: the bids in the order of their acceptance, and what the auctioneer sells of its own.

    `supply` maps item to units; it is empty where sellers bid too. `reserve` maps item to the least unit
    price, 0 where it names none.
    """

    bids: Sequence[Bid]
    supply: Mapping[str, int] = {}
    reserve: Mapping[str, int] = {}
