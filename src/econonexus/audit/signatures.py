"""Signatures of bids, verified once more: where a market asks for them, every bid bears its agent's."""

import json
from collections.abc import Callable

from econonexus.audit.asides import sealed
from econonexus.audit.auctions import Auctions
from econonexus.audit.clearings import BUNDLES, Auction, units_of
from econonexus.audit.fields import Fields
from econonexus.audit.wrong import Wrong

Verify = Callable[[str, bytes, str], bool]
"""Whether a public key's owner signed a text; all in hexadecimal but the text."""


class Signatures:
    """The public keys of agents, and by what their signatures are verified, if that is at hand."""

    def __init__(self, auctions: Auctions, verify: Verify | None) -> None:
        self._auctions = auctions
        self._verify = verify
        self._keys: dict[str, str] = {}

    def register(self, agent: str, key: str) -> None:
        """An agent is known by another public key."""
        self._keys[agent] = key

    def check_placed(self, e: Fields) -> None:
        """A bid is signed for what it says."""
        auction = self._auctions.by_name[str(e["auction"])]
        items, price, held = units_of(e["items"]), sealed(e["price"]), sealed(e["held"])
        if price is not None and held is not None:
            self._check(auction, e, [*_head("bid", e), items, _in_all(auction, items, price), held])

    def check_raised(self, e: Fields) -> None:
        """So is what it is raised to."""
        auction = self._auctions.by_name[str(e["auction"])]
        items, price = auction.bids[str(e["bid"])].items, sealed(e["price"])
        if price is not None:
            self._check(auction, e, [*_head("raise", e), _in_all(auction, items, price)])

    def _check(self, auction: Auction, e: Fields, said: list[object]) -> None:
        signature = e.get("signature", "")
        if not auction.terms.get("signed") or isinstance(signature, dict):
            return
        text = json.dumps(said, separators=(",", ":"), sort_keys=True).encode()
        key = self._keys.get(str(e["agent"]), "")
        if not signature or (self._verify is not None and not self._verify(key, text, str(signature))):
            raise Wrong(f"takes bid {e['bid']} in auction {e['auction']} without its agent's signature")


def _head(what: str, e: Fields) -> list[object]:
    return [f"econonexus/{what}/1", e["auction"], e["bid"], e["agent"]]


def _in_all(auction: Auction, items: dict[str, int], price: int) -> int:
    return price if auction.mechanism == BUNDLES else price * sum(items.values())
