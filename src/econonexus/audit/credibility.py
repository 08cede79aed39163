"""Whose word counts how much, worked out again: trust that walks from the trusted along what they praise."""

ALL = 1_000_000
TRUST = 10**12
BEGINS_AGAIN = 150_000
STEPS = 50
SHARES = 2**20
MOST = 2**42


def credibilities(praise: dict[str, dict[str, int]], trusted: list[str]) -> dict[str, int]:
    """Owner to how much its word counts, in millionths, where it is more than nothing."""
    parts = {rater: _parts(rater, given) for rater, given in praise.items()}
    begins = TRUST // len(trusted)
    held = dict.fromkeys(trusted, begins)
    for _ in range(STEPS):
        after, lost = dict.fromkeys(trusted, begins * BEGINS_AGAIN // ALL), 0
        for owner, has in held.items():
            walks = has * (ALL - BEGINS_AGAIN) // ALL
            if not parts.get(owner):
                lost += walks
                continue
            for praised, part in parts[owner].items():
                after[praised] = after.get(praised, 0) + walks * part // SHARES
        for owner in trusted:
            after[owner] += lost // len(trusted)
        held = after
    found = {owner: min(ALL, min(has, begins) * len(trusted) // BEGINS_AGAIN) for owner, has in held.items()}
    found.update(dict.fromkeys(trusted, ALL))
    return {owner: counts for owner, counts in found.items() if counts}


def _parts(rater: str, given: dict[str, int]) -> dict[str, int]:
    """Which part of 2^20 of its praise each gets."""
    counts = {owner: min(amount, MOST) for owner, amount in given.items() if amount > 0 and owner != rater}
    total = sum(counts.values())
    return {owner: amount * SHARES // total for owner, amount in counts.items()}
