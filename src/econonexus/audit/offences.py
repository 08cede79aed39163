"""Offences, kept a second time: how often each was committed, and what the last of them costs."""

from econonexus.audit.accounts import Accounts
from econonexus.audit.fields import MAX, Fields
from econonexus.audit.promised import Promised

MILLION = 1_000_000
MOST_TIMES = 10_000
"""A compounded penalty grows no more after so many plain ones in a row."""
THRESHOLD = "reputation_threshold"


class Offences:
    """Of every owner, by kind."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._past: dict[tuple[str, str], list[int]] = {}

    def add(self, owner: str, offence: str, now: int) -> None:
        """One more."""
        self._past.setdefault((owner, offence), []).append(now)

    def count(self, promised: Promised, offence: str, now: int) -> int:
        """Offences of one kind within the window, one more now included."""
        past = self._past.get((promised.owner, offence), [])
        return 1 + sum(at > now - promised.window for at in past)

    def penalty(self, promised: Promised, offence: str, loss: int, now: int) -> Fields:
        """The penalty that is due, worked out from the records before it."""
        rule, reach = promised.penalty(offence), self.left(promised.stake)
        base = reach if offence == "byzantine_behavior" else promised.bond
        offences = self.count(promised, offence, now)
        times = rule["severity"] * max(0, offences - rule["grace"])
        compound = promised.rules.get("compound", False) is True
        lost = min(reach, share_of(base, rule["rate"], times, compound))
        given = min(lost, loss, MAX - self._accounts.balance[promised.injured])
        lost = given + min(lost - given, MAX - self._accounts.balance[promised.sink])
        return {
            "agent": promised.provider,
            "owner": promised.owner,
            "offence": offence,
            "source": promised.stake,
            "base": base,
            "reach": reach,
            "rule": rule,
            "window": promised.window,
            "offences": offences,
            "by": "record" if offence == THRESHOLD else promised.by,
            "independent": promised.independent,
            "injured": promised.injured,
            "to_injured": given,
            "amount": lost,
            "sink": promised.sink,
            "compound": compound,
            "evidence": promised.told,
        }

    def left(self, account: str) -> int:
        """What of an account backs nothing."""
        return max(0, self._accounts.balance[account] - self._accounts.held[account])


def share_of(base: int, rate: int, times: int, compound: bool) -> int:
    """So many times `rate` of a base; or, compounded, of what each time has left."""
    if not compound:
        return base * rate * times // MILLION
    left, of = 1, 1
    for _ in range(min(times, MOST_TIMES)):
        left, of = left * (MILLION - rate), of * MILLION
        if not left:
            break
    return base * (of - left) // of
