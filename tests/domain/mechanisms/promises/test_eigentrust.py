"""Whose praise counts: worked cases, an independent computation, and a ring that praises itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.mechanisms.promises.eigentrust import credibilities, trust
from econonexus.domain.money import PPM_ONE, Ppm

names = st.sampled_from("abcdefgh")
praises = st.dictionaries(names, st.dictionaries(names, st.integers(0, 100), max_size=5), max_size=8)


def test_two_who_praise_each_other_are_shared_out_by_hand() -> None:
    # t_a = r + (1 - r) t_b and t_b = (1 - r) t_a: t_a = 1 / (2 - r), with r = 1/2 two thirds.
    assert trust({"a": {"b": 1}, "b": {"a": 1}}, ["a"], Ppm(500_000)) == pytest.approx(
        {"a": 666_666, "b": 333_333}, abs=2
    )


def test_a_ring_of_mutual_praise_gains_nothing() -> None:
    ring = {"x": {"y": 100}, "y": {"z": 100}, "z": {"x": 100}}
    assert trust({"a": {"b": 1}, **ring}, ["a"]) | {"x": 0, "y": 0, "z": 0} == trust(
        {"a": {"b": 1}, **ring}, ["a"]
    )


def test_praising_more_peers_gives_each_of_them_less() -> None:
    few = trust({"a": {"b": 1}}, ["a"])["b"]
    many = trust({"a": {"b": 1, "c": 1}}, ["a"])["b"]
    assert few == pytest.approx(2 * many, rel=0.2)
    assert many < few


def test_praise_of_oneself_does_not_count() -> None:
    assert trust({"a": {"a": 50, "b": 1}}, ["a"]) == trust({"a": {"b": 1}}, ["a"])


def test_blame_is_no_praise() -> None:
    assert trust({"a": {"b": -1, "c": 1}}, ["a"])["b"] == 0


def test_somebody_must_be_trusted() -> None:
    with pytest.raises(ValueError, match="beforehand"):
        trust({}, [])


@given(praises)
def test_it_is_the_stationary_walk_that_linear_algebra_finds(
    given_praises: dict[str, dict[str, int]],
) -> None:
    found = trust(given_praises, ["a", "b"])
    peers = sorted(found)
    start = np.array([0.5 if peer in "ab" else 0.0 for peer in peers])
    walk = np.zeros((len(peers), len(peers)))
    for i, rater in enumerate(peers):
        shares = {p: n for p, n in given_praises.get(rater, {}).items() if p != rater and n}
        total = sum(shares.values())
        for j, peer in enumerate(peers):
            walk[i, j] = shares.get(peer, 0) / total if total else start[j]
    expected = np.linalg.solve(np.eye(len(peers)) - 0.85 * walk.T, 0.15 * start)
    assert [found[peer] / PPM_ONE for peer in peers] == pytest.approx(list(expected), abs=1e-3)
    assert sum(found.values()) <= PPM_ONE


def test_whoever_is_trusted_beforehand_counts_fully_and_those_it_praises_in_part() -> None:
    # One anchor praises two alike, who praise nobody: t_a = 1 / (1.85), each 0.425 t_a = 0.2297; the anchor
    # has 0.15 by being one, so that each counts fully.
    assert credibilities({"a": {"b": 1, "c": 1}}, ["a"]) == {"a": PPM_ONE, "b": PPM_ONE, "c": PPM_ONE}


def test_the_more_one_is_shared_with_the_less_one_counts() -> None:
    # Twenty are praised alike: t_a = 1 / 1.85 = 0.540541, each 0.85 / 20 of that, 0.0229730; of 0.15 that is
    # 0.153153; after fifty rounds 0.85^50 of it, 0.03 %, is still on its way.
    found = credibilities({"a": {f"p{n}": 1 for n in range(20)}}, ["a"])
    assert found["p0"] == pytest.approx(153_153, rel=4e-4)
    assert found["a"] == PPM_ONE


@given(praises, st.integers(1, 10**15))
def test_a_ring_that_nobody_else_praises_counts_for_nothing(
    outside: dict[str, dict[str, int]], amount: int
) -> None:
    ring = {"x": {"y": amount}, "y": {"z": amount, "a": amount}, "z": {"x": amount}}
    found = credibilities({**outside, **ring}, ["a", "b"])
    assert not {"x", "y", "z"} & found.keys()


@given(praises, st.permutations("abcdefgh"))
def test_the_order_of_the_praises_does_not_matter(
    given_praises: dict[str, dict[str, int]], order: list[str]
) -> None:
    mixed = {rater: given_praises[rater] for rater in order if rater in given_praises}
    assert credibilities(mixed, ["a", "b"]) == credibilities(given_praises, ["b", "a"])
