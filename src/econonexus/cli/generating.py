"""`econonexus generate`: bundle auctions to try, after published descriptions, by seed."""

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from econonexus.cli.exits import DONE, bad_input
from econonexus.cli.new_files import output

Family = Literal["paths", "regions", "matching", "scheduling", "arbitrary", "L2", "L4"]
Payment = Literal["vcg", "core", "pay_as_bid"]


def generate(
    family: Family,
    /,
    *,
    bids: int,
    items: int,
    seed: int = 1,
    payment: Payment = "vcg",
    out: Annotated[Path | None, Parameter(alias="-o")] = None,
) -> int:
    """Write a bundle auction for `clear`, drawn as the Combinatorial Auction Test Suite describes it.

    The same arguments give the same file, byte for byte, on every machine.

    Parameters
    ----------
    family
        What is sold: roads between cities (paths), plots of land (regions), airport slots (matching), time on
        a machine (scheduling), things that belong together by chance (arbitrary), any bundles (L2, L4).
    bids
        How many bids, none of which another makes pointless.
    items
        How many items, one of each.
    seed
        Any whole number.
    payment
        What winners shall pay.
    out
        The file to write, which must not exist yet; standard output by default.
    """
    # Only here is numpy needed, which takes longer to load than most auctions to draw.
    from econonexus.benchmark.bundles.auctions import auction_file, draw_auction
    from econonexus.benchmark.bundles.scene import Unsuitable

    try:
        auction = auction_file(draw_auction(family, bids, items, seed), payment)
    except Unsuitable as reason:
        raise bad_input(f"--{reason}") from None
    with output(out) as file:
        json.dump(auction, file)
        file.write("\n")
    return DONE
