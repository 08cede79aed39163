"""Commitments to bids: how the digest is made that tells nothing of a bid and fits no other."""

import hashlib
from collections.abc import Mapping

import msgspec

from econonexus.domain.ids import is_digest, is_name

LEAST_NONCE = 16
"""Characters; with fewer, prices could be tried one by one."""


def canonical(auction: str, bid: str, agent: str, items: Mapping[str, int], price: int, nonce: str) -> bytes:
    """What is hashed: `["econonexus-bid/1",auction,bid,agent,{item:units,...},price,nonce]`, as JSON.

    Items stand in the order of their names, nothing stands between the tokens, and all of it is ASCII.
    The price is that of `PlaceBid`: per unit, or for all of a bundle.
    """
    ordered = {item: items[item] for item in sorted(items)}
    return msgspec.json.encode(("econonexus-bid/1", auction, bid, agent, ordered, price, nonce))


def digest(auction: str, bid: str, agent: str, items: Mapping[str, int], price: int, nonce: str) -> str:
    """SHA-256 of `canonical`, as 64 hexadecimal digits in lower case.

    Auction, bid and agent are part of it, so that nobody can commit to what another has committed to.
    """
    return hashlib.sha256(canonical(auction, bid, agent, items, price, nonce)).hexdigest()


def is_commitment(text: str) -> bool:
    """Whether `text` may be a digest."""
    return is_digest(text)


def is_nonce(text: str) -> bool:
    """Whether `text` is long enough to hide a price: 16 to 128 of the characters that ids have."""
    return len(text) >= LEAST_NONCE and is_name(text)
