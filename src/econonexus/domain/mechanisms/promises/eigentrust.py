"""Whose praise counts: trust flows from those who are trusted beforehand, along who praised whom.

Each rater's praise is shared out over those it praised, so that who praises many gives each less; trust is
what a walker has who follows praise and, with probability `restart`, begins again at a pre-trusted peer. A
ring that only praises itself is never reached from outside, so it gains nothing.

Source: Kamvar, Schlosser and Garcia-Molina, The EigenTrust Algorithm for Reputation Management in P2P
    Networks, WWW 2003, algorithm 2.
Complexity: O(rounds × praises).
Promises: whole parts per million that add up to one million at most; the same input gives the same trust in
    any order of the praises.
"""

from collections.abc import Mapping, Sequence

from econonexus.domain.money import PPM_ONE, Ppm

RESTART = Ppm(150_000)
"""So often the walker begins again; the paper tries 0.1 to 0.2."""
ROUNDS = 50
"""After so many the rest is below (1 − restart)^50 = 0.03 %."""
_SCALE = 1_000_000


def trust(
    praises: Mapping[str, Mapping[str, int]],
    pre_trusted: Sequence[str],
    restart: Ppm = RESTART,
    rounds: int = ROUNDS,
) -> dict[str, Ppm]:
    """The share of all trust that each peer has: `praises` maps rater to the praised and how much (>= 0).

    Praise of oneself does not count. Who praised nobody lends its trust to the pre-trusted.

    Raises: ValueError where nobody is trusted beforehand, or a praise is negative.
    """
    if not pre_trusted:
        raise ValueError("somebody must be trusted beforehand")
    shares = {rater: _shares(rater, given) for rater, given in sorted(praises.items())}
    peers = sorted({*pre_trusted, *shares, *(peer for given in shares.values() for peer in given)})
    whole = PPM_ONE * _SCALE
    start = {peer: whole // len(set(pre_trusted)) if peer in pre_trusted else 0 for peer in peers}
    present = dict(start)
    for _ in range(rounds):
        present = _walked(present, shares, start, restart)
    return {peer: Ppm(present[peer] // _SCALE) for peer in peers}


def _walked(
    present: Mapping[str, int],
    shares: Mapping[str, Mapping[str, int]],
    start: Mapping[str, int],
    restart: Ppm,
) -> dict[str, int]:
    """One step of the walk."""
    after = {peer: begun * restart // PPM_ONE for peer, begun in start.items()}
    lost = 0
    for peer, held in present.items():
        moving = held * (PPM_ONE - restart) // PPM_ONE
        given = shares.get(peer)
        if not given:
            lost += moving
            continue
        total = sum(given.values())
        for praised, amount in given.items():
            after[praised] += moving * amount // total
    whole = sum(start.values())
    for peer, begun in start.items():
        after[peer] += lost * begun // whole
    return after


def _shares(rater: str, given: Mapping[str, int]) -> dict[str, int]:
    if min(given.values(), default=0) < 0:
        raise ValueError(f"{rater} gave less than no praise")
    return {praised: amount for praised, amount in sorted(given.items()) if amount and praised != rater}
