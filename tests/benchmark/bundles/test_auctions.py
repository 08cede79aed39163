"""Whole auctions: the sizes asked for, and the same for ever."""

import json
import os
import subprocess
import sys

import pytest

from econonexus.benchmark.bundles.auctions import FAMILIES, auction_file, draw_auction
from econonexus.benchmark.bundles.scene import Unsuitable

DIGESTS = {
    "paths": "52a3500b2b5f4aea",
    "regions": "c40e5261e112740b",
    "matching": "8eda588ed6fe7898",
    "scheduling": "a7677b781f4080f0",
    "arbitrary": "827ec9e1edc5211e",
    "L2": "274b91a72a6c9883",
    "L4": "4ec70622696fc916",
}
"""What was drawn once is drawn for ever: these are pinned, not worked out."""

PROGRAM = """
import hashlib, json, sys
from econonexus.benchmark.bundles.auctions import FAMILIES, auction_file, draw_auction
for family in FAMILIES:
    text = json.dumps(auction_file(draw_auction(family, 120, 60, 7), "vcg"))
    print(family, hashlib.sha256(text.encode()).hexdigest()[:16])
"""


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_same_arguments_give_the_same_bytes_in_any_process(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert dict(line.split() for line in done.stdout.splitlines()) == DIGESTS


@pytest.mark.parametrize("family", FAMILIES)
def test_another_seed_gives_another_auction(family: str) -> None:
    assert draw_auction(family, 50, 48, 1) != draw_auction(family, 50, 48, 2)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("bids", "items"), [(1, 44), (250, 100), (400, 256)])
def test_there_are_as_many_bids_and_items_as_asked_for(family: str, bids: int, items: int) -> None:
    auction = draw_auction(family, bids, items, 3)
    assert (len(auction.bids), len(auction.items), len(set(auction.items))) == (bids, items, items)
    for kept in auction.bids:
        assert kept.offer.price > 0
        assert list(kept.offer.items) == sorted(set(kept.offer.items))
        assert 0 <= kept.offer.items[0] <= kept.offer.items[-1] < items


@pytest.mark.parametrize("family", FAMILIES)
def test_no_bid_is_pointless(family: str) -> None:
    """By the definition: of one bidder's bids, and against bids that are their bidder's only ones."""
    kept = draw_auction(family, 250, 100, 5).bids
    for bid in kept:
        for other in kept:
            if other is not bid and (other.bidder == bid.bidder or other.alone):
                part = set(other.offer.items) <= set(bid.offer.items)
                assert not (part and other.offer.price >= bid.offer.price)


@pytest.mark.parametrize(
    ("bids", "items", "field"), [(0, 10, "bids"), (10, 0, "items"), (10**9, 10, "bids"), (10, 10**9, "items")]
)
def test_sizes_that_nobody_could_wait_for_are_refused(bids: int, items: int, field: str) -> None:
    with pytest.raises(Unsuitable, match=f"{field}: .* is not between 1 and"):
        draw_auction("L4", bids, items, 1)


def test_a_file_has_what_clear_asks_for() -> None:
    auction = draw_auction("scheduling", 30, 12, 1)
    file = auction_file(auction, "core")
    assert json.loads(json.dumps(file)) == file
    assert {key: file[key] for key in ("mechanism", "payment", "bidding")} == {
        "mechanism": "combinatorial",
        "payment": "core",
        "bidding": "xor",
    }
    assert file["supply"] == {f"slot-{slot}": 1 for slot in range(1, 13)}
    bids = file["bids"]
    assert isinstance(bids, list)
    for bid, kept in zip(bids, auction.bids, strict=True):
        assert bid["items"] == {f"slot-{item + 1}": 1 for item in kept.offer.items}
        assert (bid["agent"], bid["price"]) == (f"a{kept.bidder + 1}", kept.offer.price)
    assert len({bid["id"] for bid in bids}) == 30
