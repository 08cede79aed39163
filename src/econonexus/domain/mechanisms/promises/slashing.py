"""What is lost for an offence: a share of what was at stake, more for graver ones, and for every repetition.

Source: the rates, severities and graces are the product's own (CON-3). The form is that of penalties that
rise with each repetition, as in Polinsky and Shavell, On offense history and the theory of deterrence,
International Review of Law and Economics 18 (1998). `compound` is what is left of a stake after as many
penalties at the plain rate in a row: it never reaches the whole stake, so that there is something to lose at
each further offence (Stigler, The optimum enforcement of laws, Journal of Political Economy 78, 1970).
Complexity: O(1); `compound` multiplies integers of severity × repeat × 20 bits, of at most 10,000 × 20.
Promises: whole amounts, rounded down; never more than the stake; nothing within the grace.
"""

from typing import Literal

from econonexus.domain.money import PPM_ONE, Amount, Ppm, share_of
from econonexus.domain.promises import Penalty

MOST_TIMES = 10_000
"""A compounded penalty grows no more after so many plain ones in a row, which leave nothing at 1 % each."""
Form = Literal["linear", "compound"]


def repetition(offences: int, grace: int) -> int:
    """By how much the last of so many offences in a window counts: 0 within the grace, then 1, 2, 3, …"""
    return max(0, offences - grace)


def penalty(stake: int, base: int, rule: Penalty, offences: int, form: Form = "linear") -> Amount:
    """What the last of `offences` (>= 1) in a window costs, of `stake`, by the contract's bond `base`.

    `linear` is min(stake, base × rate × severity × repeat), `compound` is
    min(stake, base × (1 − (1 − rate)^(severity × repeat))).
    """
    times = rule.severity * repetition(offences, rule.grace)
    if form == "linear":
        return Amount(min(stake, share_of(base, Ppm(rule.rate * times))))
    times = min(times, MOST_TIMES)
    kept, whole = (PPM_ONE - rule.rate) ** times, PPM_ONE**times
    return Amount(min(stake, base * (whole - kept) // whole))
