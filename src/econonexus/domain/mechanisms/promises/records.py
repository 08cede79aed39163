"""How a record grows with each contract: by its value, by what it says of each side, and fading meanwhile.

Source: Jøsang and Ismail, The Beta Reputation System (2002), sections 3.1 to 3.4. Evidence is weighed by
    value, so that many small kept promises do not pay for one large broken one.
Complexity: O(1).
Promises: whole millionths; a kept promise lowers no side's share of good evidence, a broken one raises none.
"""

from econonexus.domain.kinds import Verdict
from econonexus.domain.mechanisms.promises import decay
from econonexus.domain.money import PPM_ONE, Ppm, share_of
from econonexus.domain.promises import Component, Record

DELIVERED = (Verdict.EXCELLENT, Verdict.SATISFACTORY, Verdict.POOR)


def weight_of(price: int, plain: int, most: int) -> int:
    """What a contract at this price counts, in millionths of a plain one, and at most as `most` of them."""
    return min(most * PPM_ONE, price * PPM_ONE // plain)


def faded_to(record: Record, day: int, half_life: int) -> Record:
    """What is left of a record on a day; a day before its own changes nothing."""
    days = day - record.day
    if days <= 0:
        return record
    left = decay.left_after(days, half_life)
    return Record(
        _faded(record.reliability, left),
        _faded(record.performance, left),
        _faded(record.honesty, left),
        _faded(record.cooperation, left),
        day,
    )


def after(record: Record, verdict: Verdict, quality: Ppm | None, weight: int) -> Record:
    """A record, as of its day, with a verdict that weighs so much.

    Reliability counts whether what was promised was done, performance how well (the quality where it was
    judged, else all or nothing), cooperation whether it was delivered at all, honesty whether in good faith.
    """
    kept = verdict in (Verdict.EXCELLENT, Verdict.SATISFACTORY)
    well = quality if quality is not None else PPM_ONE if kept else Ppm(0)
    return Record(
        _grown(record.reliability, weight if kept else 0, weight),
        _grown(record.performance, share_of(weight, well), weight),
        _grown(record.honesty, 0 if verdict is Verdict.BYZANTINE else weight, weight),
        _grown(record.cooperation, weight if verdict in DELIVERED else 0, weight),
        record.day,
    )


def _faded(side: Component, left: tuple[int, int]) -> Component:
    share, whole = left
    return Component(side.good * share // whole, side.bad * share // whole)


def _grown(side: Component, good: int, weight: int) -> Component:
    return Component(side.good + good, side.bad + weight - good)
