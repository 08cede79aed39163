"""Whose praise counts: trust flows from those who are trusted beforehand, along who praised whom.

Each rater's praise is shared out over those it praised, so that who praises many gives each less; trust is
what a walker has who follows praise and, with probability `restart`, begins again at a pre-trusted peer. A
ring that only praises itself is never reached from outside, so it gains nothing.

Source: Kamvar, Schlosser and Garcia-Molina, The EigenTrust Algorithm for Reputation Management in P2P
    Networks, WWW 2003, algorithm 2.
Complexity: O(rounds × praises), and nothing of whoever neither praised nor was praised.
Promises: whole numbers that add up to no more than was shared out; the same input gives the same trust in any
    order of the praises, on any machine.
"""

from collections.abc import Collection, Mapping
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from econonexus.domain.money import PPM_ONE, Ppm

RESTART = Ppm(150_000)
"""So often the walker begins again; the paper tries 0.1 to 0.2."""
ROUNDS = 50
"""After so many the rest is below (1 − restart)^50 = 0.03 %."""
MOST = 1 << 42
"""More than so much praise from one to another counts as so much."""
_SCALE = 1_000_000_000_000
"""All the trust there is; times a share of 2^20 it fits into 64 bits."""
_SHARE_BITS = 20

Peer = TypeVar("Peer", bound=str)
Whole = npt.NDArray[np.int64]


def trust(
    praises: Mapping[Peer, Mapping[Peer, int]],
    pre_trusted: Collection[Peer],
    restart: Ppm = RESTART,
    rounds: int = ROUNDS,
) -> dict[Peer, Ppm]:
    """The share of all trust that each peer has: `praises` maps rater to the praised and how much.

    Praise of oneself and less than none do not count. Who praised nobody lends its trust to the pre-trusted.

    Raises: ValueError where nobody is trusted beforehand.
    """
    places, held = _walked(praises, pre_trusted, restart, rounds)
    return dict(zip(places, map(Ppm, (held // (_SCALE // PPM_ONE)).tolist()), strict=True))


def credibilities(
    praises: Mapping[Peer, Mapping[Peer, int]], pre_trusted: Collection[Peer]
) -> dict[Peer, Ppm]:
    """How much each peer's word counts, if it counts at all: fully where it has as much trust as a
    pre-trusted peer has by being one.

    Raises: ValueError where nobody is trusted beforehand.
    """
    places, held = _walked(praises, pre_trusted, RESTART, ROUNDS)
    # t × peers / restart, where t is of the scale and restart in millionths.
    parts = np.minimum(held, _SCALE // len(pre_trusted)) * len(pre_trusted) // RESTART
    counts = dict(zip(places, parts.tolist(), strict=True)) | dict.fromkeys(pre_trusted, PPM_ONE)
    return {peer: Ppm(min(PPM_ONE, share)) for peer, share in counts.items() if share}


def _walked(
    praises: Mapping[Peer, Mapping[Peer, int]], pre_trusted: Collection[Peer], restart: Ppm, rounds: int
) -> tuple[Mapping[Peer, int], Whole]:
    """Where each peer stands in the vector, and the trust that it has in the end."""
    if not pre_trusted:
        raise ValueError("somebody must be trusted beforehand")
    peers = chain(pre_trusted, praises, chain.from_iterable(praises.values()))
    places = {peer: place for place, peer in enumerate(dict.fromkeys(peers))}
    giver, taker, share = _shares(praises, places)
    begins = np.flatnonzero(np.diff(taker, prepend=-1))  # Of each who is praised, its first praise.
    trusted = np.array([places[peer] for peer in pre_trusted], dtype=np.int64)
    start = _SCALE // len(pre_trusted)
    gives = np.zeros(len(places), dtype=bool)
    gives[giver] = True
    held: Whole = np.zeros(len(places), dtype=np.int64)
    held[trusted] = start
    for _ in range(rounds):
        moving = held * (PPM_ONE - restart) // PPM_ONE
        held = np.zeros_like(held)
        if begins.size:
            held[taker[begins]] = np.add.reduceat(moving[giver] * share >> _SHARE_BITS, begins)
        lost = int(moving[~gives].sum())
        held[trusted] += start * restart // PPM_ONE + lost // len(pre_trusted)
    return places, held


def _shares(
    praises: Mapping[Peer, Mapping[Peer, int]], places: Mapping[Peer, int]
) -> tuple[Whole, Whole, Whole]:
    """Who praised whom, and which part of 2^20 of all that the one gave; by who is praised."""
    size = sum(map(len, praises.values()))
    takers = map(places.__getitem__, chain.from_iterable(praises.values()))
    amounts = chain.from_iterable(given.values() for given in praises.values())
    raters = np.fromiter(map(places.__getitem__, praises), dtype=np.int64, count=len(praises))
    giver = np.repeat(raters, np.fromiter(map(len, praises.values()), dtype=np.int64, count=len(praises)))
    taker = np.fromiter(takers, dtype=np.int64, count=size)
    amount = np.minimum(np.fromiter(amounts, dtype=np.int64, count=size), MOST)
    counts = (amount > 0) & (giver != taker)
    order = np.argsort(taker[counts], kind="stable")
    giver, taker, amount = giver[counts][order], taker[counts][order], amount[counts][order]
    total = np.zeros(len(places), dtype=np.int64)
    np.add.at(total, giver, amount)
    return giver, taker, (amount << _SHARE_BITS) // total[giver]
