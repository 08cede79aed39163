"""No attack pays under our rules, and under naive ones each does; docs/attacks.md says what was measured."""

from statistics import mean

import pytest

from tests.attacks.measured import CASES, DEPENDS, PAGE, SEEDS, Case, Found, gained, kept, key, written

OURS = [case for case in CASES if not case.naive]
NAIVE = [case for case in CASES if case.naive]
CLOSE = 0.05
"""In credits for each task: what the page shows is an average, and need not be written anew for less."""
FRESH = range(1_000, 1_150)
"""Seeds that nothing was chosen by."""


@pytest.mark.parametrize("case", [*CASES, *DEPENDS], ids=key)
def test_what_is_kept_is_what_the_economy_gives(case: Case) -> None:
    found = kept()[key(case)]

    assert gained(case, 0) == pytest.approx((found.attack[0], found.honest[0]), abs=CLOSE)


def test_the_page_shows_what_is_kept() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert written(page, kept()) == page, "run python -m tests.attacks"
    assert {len(each.attack) for each in kept().values()} == {SEEDS}


@pytest.mark.parametrize("case", OURS, ids=key)
def test_an_attack_brings_less_than_honesty(case: Case) -> None:
    apart, half = kept()[key(case)].difference()

    assert apart + half < 0


@pytest.mark.parametrize("case", NAIVE, ids=key)
def test_under_naive_rules_it_brings_more(case: Case) -> None:
    apart, half = kept()[key(case)].difference()

    assert apart - half > 0


def test_what_the_page_says_of_what_it_rests_on() -> None:
    found = kept()

    # Also with nobody trusted beforehand there is nothing to be had from the fund.
    assert mean(found["two names, and insurance, nobody trusted beforehand"].attack) < 0
    assert mean(found["two names, and insurance"].attack) < 0
    # Where one provider in twenty does not look, a lie pays if it is defended, and not if it is given up.
    assert not _may_pay(found["a lie, given up, one in twenty asleep"])
    assert _surely_pays(found["a lie, defended, one in twenty asleep"])
    assert _surely_pays(found["a lie, defended, one in ten decisions wrong"])
    # A first offence can pay, though less than honest work.
    assert mean(found["whitewashing"].attack) > 0


@pytest.mark.soak
@pytest.mark.parametrize("case", OURS, ids=key)
def test_no_attack_pays_in_markets_never_seen_before(case: Case) -> None:
    pairs = [gained(case, seed) for seed in FRESH]
    apart, half = Found([attack for attack, _ in pairs], [honest for _, honest in pairs]).difference()

    assert apart + half < 0


def _may_pay(found: Found) -> bool:
    apart, half = found.difference()
    return apart + half > 0


def _surely_pays(found: Found) -> bool:
    apart, half = found.difference()
    return apart - half > 0
