"""Whether a command is well formed, as plainly as it can be said. Each returns the reasons against it."""

from collections.abc import Iterable

from econonexus.domain.charges import Charge
from econonexus.domain.refusals import RefusalCode as No

BIGGEST = 2**63 - 1
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def names(*names: str) -> set[No]:
    good = all(
        1 <= len(name) <= 128 and name[0] in LETTERS and not set(name) - set(LETTERS + "._:@/+-")
        for name in names
    )
    return set() if good else {No.INVALID_ID}


def charges(charges: Iterable[Charge], least: int = 1) -> set[No]:
    listed = list(charges)
    crowded = len(listed) > 8 or len({charge.budget for charge in listed}) < len(listed)
    amounts = [whole(charge.amount, least) for charge in listed]
    return set().union(*amounts, {No.INVALID_CHARGE} if crowded else set())


def digest(text: str) -> set[No]:
    good = len(text) == 64 and not set(text) - set("0123456789abcdef")
    return set() if good else {No.INVALID_KEY}


def short(text: str, limit: int) -> set[No]:
    return {No.TEXT_TOO_LONG} if len(text) > limit else set()


def same(source: str, destination: str | None) -> set[No]:
    return {No.SAME_ACCOUNT} if source == destination else set()


def whole(value: int, least: int = 1, most: int = BIGGEST) -> set[No]:
    if type(value) is not int:
        return {No.AMOUNT_NOT_INTEGER}
    if value < least:
        return {No.AMOUNT_NOT_POSITIVE}
    return {No.AMOUNT_TOO_LARGE} if value > most else set()


def instant(value: int) -> set[No]:
    if type(value) is not int:
        return {No.AMOUNT_NOT_INTEGER}
    return set() if 0 <= value <= BIGGEST else {No.AMOUNT_TOO_LARGE}
