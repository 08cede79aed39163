"""Outcomes of auctions of bundles, checked: they may win together, and pay no more than they bid.

Who should win is a proof of the solver's and not worked out again; what can be seen from the bids is.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

from econonexus.audit.clearings import Auction, Won
from econonexus.audit.fields import Fields, names, whole
from econonexus.audit.wrong import Wrong

PROVEN = ("core", "vcg")
"""The rules by which only a proven best outcome is paid."""


def check_digest(known: str, auction: Auction, digest: int | None, behind: Mapping[str, str]) -> None:
    """The digest is that of the bids, where they are open to the auditor."""
    if digest is None or any(bid.price is None for bid in auction.bids.values()):
        return
    said = [
        known,
        str(auction.terms.get("payment", "core")),
        str(auction.terms.get("bidding", "xor")),
        auction.supply,
        {item: auction.least(item) for item in auction.supply},
        [[name, bid.agent, behind[bid.agent], bid.items, bid.price] for name, bid in auction.bids.items()],
    ]
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
    if digest != int(hashlib.sha256(text).hexdigest()[:16], 16) // 2:
        raise Wrong(f"closes auction {known} with the digest of other bids")


def check_bundles(known: str, auction: Auction, wins: Sequence[Won], e: Fields) -> None:
    """Bundles are won whole, by one bid an agent where it says so, and paid by the rule that is named."""
    for won in wins:
        if won.items != auction.bids[won.bid].items:
            raise Wrong(f"lets bid {won.bid} win a part of its bundle")
    agents = {won.agent for won in wins}
    if auction.terms.get("bidding", "xor") == "xor" and len(agents) < len(wins):
        raise Wrong(f"lets one agent win several bids in auction {known}, which are for either")
    prices = {name: bid.price or 0 for name, bid in auction.bids.items()}
    if whole(e["bound"]) > sum(prices.values()):
        raise Wrong(f"says that auction {known} could be worth more than all its bids")
    if not auction.bids:
        return
    rule = _rule(known, auction, e)
    if rule in PROVEN and e["bound"] != e["welfare"]:
        raise Wrong(f"lets auction {known} be paid by {rule} without a proof that it is the best outcome")
    if rule == "pay_as_bid" and any(won.payment != prices[won.bid] for won in wins):
        raise Wrong(f"lets auction {known} be paid otherwise than as was bid")
    if e.get("blocked") is not None:
        _check_coalition(known, auction, wins, rule, e["blocked"])


def _rule(known: str, auction: Auction, e: Fields) -> str:
    """The rule by which was paid: that of the terms, or what was bid where they allow it unproven."""
    stated, rule = str(auction.terms.get("payment", "core")), str(e.get("payment"))
    unproven = auction.terms.get("unproven", "fail") == "pay_as_bid" and rule == "pay_as_bid"
    if rule != stated and not unproven:
        raise Wrong(f"lets auction {known} be paid by {rule}, and its terms say {stated}")
    return rule


def _check_coalition(known: str, auction: Auction, wins: Sequence[Won], rule: str, blocked: object) -> None:
    """The bids named could win together, and gain by it what is said; by core payments, nothing."""
    if not isinstance(blocked, dict):
        raise Wrong(f"names a coalition in auction {known} that is none")
    bids, gain = names(blocked["bids"]), whole(blocked["gain"])
    if set(bids) - auction.bids.keys() or len(set(bids)) < len(bids):
        raise Wrong(f"names bids in auction {known} that are not there")
    for item, units in auction.supply.items():
        if sum(auction.bids[bid].items.get(item, 0) for bid in bids) > units:
            raise Wrong(f"names a coalition in auction {known} that could not win its bids")
    if gain > whole(blocked["most"]) or (rule == "core" and gain):
        raise Wrong(f"lets a coalition gain {gain} in auction {known}")
    worth = sum(auction.bids[bid].price or 0 for bid in bids)
    if bids and gain > max(0, worth - sum(won.payment for won in wins)):
        raise Wrong(f"lets a coalition gain {gain} in auction {known} that is worth {worth}")
