"""Clique cuts: of columns that pairwise conflict at most one wins, which the relaxation may not know.

Source: Padberg, On the facial structure of set packing polyhedra, Mathematical Programming 5 (1973).
"""

import numpy as np
from numpy.typing import NDArray

from econonexus.solver.winner_determination.tableau import Flags, Floats

_VIOLATED = 1.02
_MOST_CUTS = 100


def violated_cliques(conflicts: Flags, shares: Floats) -> list[NDArray[np.int32]]:
    """Cliques whose shares add up to more than one, each made as large as it can be, the most violated first.

    Greedy from every fractional column: the next is the one with the largest share that conflicts with all
    before. O(fractional² x columns).
    """
    fractional = np.flatnonzero((shares > 1e-6) & (shares < 1 - 1e-6))
    fractional = fractional[np.argsort(-shares[fractional], kind="stable")]
    among = conflicts[np.ix_(fractional, fractional)]
    found: dict[tuple[int, ...], float] = {}
    for seed in range(len(fractional)):
        places = _grown(among, seed)
        total = float(shares[fractional[places]].sum())
        if total > _VIOLATED:
            found.setdefault(tuple(sorted(places)), total)
    best = sorted(found, key=lambda places: -found[places])[:_MOST_CUTS]
    degrees = conflicts.sum(axis=1)
    return [_lifted(conflicts, fractional[list(places)], degrees) for places in best]


def _grown(among: Flags, seed: int) -> list[int]:
    clique = [seed]
    able = among[seed].copy()
    while able.any():
        place = int(able.argmax())
        clique.append(place)
        able &= among[place]
    return clique


def _lifted(conflicts: Flags, clique: NDArray[np.int64], degrees: NDArray[np.int64]) -> NDArray[np.int32]:
    """The clique and whatever else conflicts with all of it, the busiest columns first."""
    able = conflicts[clique].all(axis=0)
    members = clique.tolist()
    while able.any():
        most = int(np.where(able, degrees, -1).argmax())
        members.append(most)
        able &= conflicts[most]
    return np.array(sorted(members), dtype=np.int32)
