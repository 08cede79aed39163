"""What a reputation is good for: multipliers, tiers, bidding power, the bond it relieves of, premiums.

All scores and factors are in parts per million. Numbers are the product's own (REP-2 to REP-5, CON-7).
Effects that lend money or lower a bond are read from the lower bound of the record, so that a new name buys
nothing.
"""

from typing import Literal

from econonexus.domain.money import PPM_ONE, Amount, Ppm, share_of

Tier = Literal["platinum", "gold", "silver", "bronze"]

TIERS: tuple[tuple[Ppm, Tier], ...] = (
    (Ppm(950_000), "platinum"),
    (Ppm(850_000), "gold"),
    (Ppm(650_000), "silver"),
)
POWERS: tuple[tuple[Ppm, Ppm], ...] = (
    (Ppm(950_000), Ppm(3_000_000)),
    (Ppm(900_000), Ppm(2_000_000)),
    (Ppm(800_000), Ppm(1_500_000)),
    (Ppm(600_000), Ppm(1_000_000)),
)
"""Above which score how many times its own funds an agent may bid, in markets that lend on reputation."""
NONE = Ppm(0)
STEADY = Ppm(900_000)
"""Above this, consistency and cooperation add to the multiplier of bonuses."""
LEAST_POWER = Ppm(800_000)
LEAST_MULTIPLIER = Ppm(100_000)
PREMIUM_RESOURCES = Ppm(800_000)
"""Above this, what is reserved for the best is open."""


def tier(score: Ppm) -> Tier:
    """How a score is called."""
    return next((name for least, name in TIERS if score >= least), "bronze")


def reward_multiplier(score: Ppm, bonuses: Ppm = NONE) -> Ppm:
    """What a funded bonus is multiplied by: the score, 0.2 more above 0.9, 0.3 less below 0.5, and `bonuses`;
    at least 0.1."""
    extra = 200_000 if score > 900_000 else -300_000 if score < 500_000 else 0
    return Ppm(max(LEAST_MULTIPLIER, score + extra + bonuses))


def bidding_power(score: Ppm) -> Ppm:
    """How many times its own funds an agent may bid."""
    return next((power for above, power in POWERS if score > above), LEAST_POWER)


def bid_weight(lower_bound: Ppm, counts: Ppm) -> int:
    """What a bid's price is multiplied by for its score, in millionths: `counts` of it by the record.

    Between 1 - `counts` for no record and one for a perfect record; at least one millionth.
    """
    return max(1, PPM_ONE - counts + share_of(counts, lower_bound))


def bond(price: int, lower_bound: Ppm, share: Ppm, relief: Ppm) -> Amount:
    """What a contract's bond is: `share` of its price, less up to `relief` of that for a proven record.

    The relief grows in proportion to how far the bound of the record is above one half, and is all of it at
    one; rounded up, so that relief never takes more than its share.
    """
    whole = -(-price * share // PPM_ONE)
    proven = max(0, 2 * lower_bound - PPM_ONE)
    return Amount(whole - share_of(share_of(whole, relief), Ppm(proven)))


def premium(cover: int, lower_bound: Ppm, loading: Ppm) -> Amount:
    """What insuring `cover` costs: its share by the chance of failure that a record leaves open, which is one
    less the lower bound of its reliability, and by `loading`; rounded up, and never more than the cover.

    So whoever fails on purpose gains nothing by it while nothing is known of it: the premium is the cover.
    The chance is read from the record because nobody would tell its own (Rothschild and Stiglitz, Equilibrium
    in competitive insurance markets, Quarterly Journal of Economics 90, 1976); a premium above what is
    expected to be paid is what keeps a fund going (Arrow, Uncertainty and the welfare economics of medical
    care, American Economic Review 53, 1963).
    """
    rate = min(PPM_ONE, PPM_ONE - lower_bound + loading)
    return Amount(-(-cover * rate // PPM_ONE))
