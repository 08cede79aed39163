"""What is known of owners, kept a second time: records that grow and fade, and whose word counts how much.

The bounds are checked with another library than the economy's own arithmetic, by what it says of them: the
distribution reaches one twentieth between a bound and the next millionth.
"""

from collections import deque
from collections.abc import Iterable
from decimal import Decimal, localcontext
from functools import cache, lru_cache

from econonexus.audit.credibility import credibilities
from econonexus.audit.fields import Fields, names, whole
from econonexus.audit.spenders import Spenders
from econonexus.audit.wrong import Wrong

DAY = 86_400 * 10**9
ALL = 1_000_000
ROOTS = 10**9
SIDES = ("reliability", "performance", "honesty", "cooperation")
KEPT = ("excellent", "satisfactory")
DELIVERED = (*KEPT, "poor")
AT_ONCE = 5_000
MOST = 10**12
"""More evidence than so much counts as so much."""
AT_LAST = ("contract_settled", "nothing")
"""By then the end of a contract must have said something of its provider."""

Sides = dict[str, tuple[int, int]]
"""The good and the bad of each side, in millionths of a plain contract."""


class Contract:
    """One that is not over: for how much it is, who judges it, and who said what."""

    def __init__(self, e: Fields, judges: list[str]) -> None:
        self.requester, self.provider, self.owner = str(e["requester"]), str(e["provider"]), str(e["owner"])
        rules = e["rules"]
        self.rules: Fields = rules if isinstance(rules, dict) else {}
        self.payment, self.judges = whole(e["payment"]), judges
        self.votes: dict[str, str] = {}
        self.challenger = ""

    def weight(self) -> int:
        """In millionths of a plain contract."""
        plain, most = whole(self.rules.get("plain_value", 10 * ALL)), whole(self.rules.get("most_weight", 5))
        return min(most * ALL, self.payment * ALL // plain)


class Records:
    """All records, who praised whom, and what must be said of whom next."""

    def __init__(self, spenders: Spenders) -> None:
        self._spenders = spenders
        self._rules: Fields = {}
        """As the record has them: what is left out is usual."""
        self._judges: dict[str, list[str]] = {}
        self._contracts: dict[str, Contract] = {}
        self.by_owner: dict[str, tuple[int, Sides]] = {}
        """Owner to the day of its record, and the record."""
        self._praise: dict[str, dict[str, int]] = {}
        self.credibility: dict[str, int] = {}
        self._due: int | None = None
        self._now = 0
        self._owed: Fields | None = None
        """The end of a contract of whose provider nothing has been said yet."""
        self._told: deque[dict[str, int]] = deque()
        """Credibilities that must be said next."""

    def check_said(self, kind: str, now: int) -> None:
        """What the end of a contract says of its provider is said before another ends."""
        self._now = now
        if self._owed is not None and kind in AT_LAST:
            raise Wrong(f"follows before the end of contract {self._owed['contract']} changed a record")
        if self._told and kind != "credibilities_set":
            raise Wrong("follows before all was said of whose word counts")

    def known(self, owner: str) -> int:
        """How far an owner's record lets one trust it now, but for one chance in twenty; in millionths."""
        return _floor(_weakest(self._today(owner).values()))

    def proven(self, owner: str, side: str) -> int:
        """The same of one side of the record."""
        return _floor(_quantile(*self._today(owner)[side]))

    def score(self, owner: str) -> int:
        """An owner's score as it is now, in millionths: the mean of all sides."""
        return sum(_mean(*side) for side in self._today(owner).values()) // len(SIDES)

    def hear(self, kind: str, e: Fields, now: int) -> None:
        """Take note of what others enter."""
        match kind:
            case "promise_rules_set":
                self._expect_weighing(e["rules"], now)
            case "task_posted":
                judging = e["judging"]
                self._judges[str(e["task"])] = (
                    names(judging.get("judges")) if isinstance(judging, dict) else []
                )
            case "contract_opened":
                self._check_read(e, e["offers"])
                self._check_bond(e)
                judges = self._judges[str(e["task"])]
                self._contracts[str(e["contract"])] = Contract(e, judges)
            case "task_failed":
                self._check_read(e, e.get("offers"))
            case "contract_insured":
                owner = self._contracts[str(e["contract"])].owner
                # Where nobody is trusted, nothing is proven.
                proven = self.proven(owner, "reliability") if self._trusted() else 0
                if e["lower_bound"] != proven:
                    raise Wrong(f"insures against {owner} as if it kept {e['lower_bound']} of its promises")
            case "vote_cast":
                self._contracts[str(e["contract"])].votes[str(e["agent"])] = str(e["verdict"])
            case "verdict_challenged":
                self._contracts[str(e["contract"])].challenger = str(e["agent"])
            case "contract_settled" if e["verdict"] != "ended":
                self._owed = e
            case "contract_settled":
                self._contracts.pop(str(e["contract"]), None)
            case _:
                pass

    def enter(self, kind: str, e: Fields, now: int) -> bool:
        """Enter what is said of owners; False where it is none of that."""
        match kind:
            case "reputation_changed":
                self._change(e, now)
            case "credibilities_set":
                self._weigh(e, now)
            case _:
                return False
        return True

    def _trusted(self) -> list[str]:
        return names(self._rules.get("trusted"))

    def _expect_weighing(self, rules: object, now: int) -> None:
        before, self._rules = self._trusted(), rules if isinstance(rules, dict) else {}
        if self._trusted() != before:
            self._due = now if self._due is None else min(now, self._due)

    def _change(self, e: Fields, now: int) -> None:
        ended, self._owed = self._owed, None
        if ended is None or ended["contract"] != e["contract"]:
            raise Wrong(f"changes the record of {e['owner']} for {e['contract']}, which has not ended now")
        contract = self._contracts.pop(str(e["contract"]))
        verdict, owner = str(ended["verdict"]), contract.owner
        raters = self._raters(contract, ended)
        counts = min((self._counts(rater, owner) for rater in raters), default=ALL)
        whole_weight = contract.weight()
        weight = whole_weight * counts // ALL
        quality = ended.get("quality")
        day, sides = self._after(owner, verdict, None if quality is None else whole(quality), weight, now)
        found = {
            "owner": owner,
            "verdict": verdict,
            "weight": weight,
            "credibility": counts,
            "raters": [rater for rater in raters if rater != owner],
            "said": whole_weight,
            "score": sum(_mean(*side) for side in sides.values()) // len(SIDES),
        }
        for field, value in found.items():
            if e[field] != value:
                raise Wrong(f"says {field} {e[field]} of the record of {owner}, and it is {value}")
        if _record(e["record"]) != (day, sides):
            raise Wrong(f"changes the record of {owner} to {e['record']}, and it is {sides} on day {day}")
        _check_bound(owner, sides, whole(e["lower_bound"]))
        self.by_owner[owner] = day, sides
        self._heard(raters, owner, whole_weight if verdict in KEPT else -whole_weight, now)

    def _after(
        self, owner: str, verdict: str, quality: int | None, weight: int, now: int
    ) -> tuple[int, Sides]:
        """The record with a verdict more."""
        day = max(self.by_owner.get(owner, (0, {}))[0], now // DAY)
        kept = verdict in KEPT
        good = {
            "reliability": weight * kept,
            "performance": weight * (ALL * kept if quality is None else quality) // ALL,
            "honesty": weight * (verdict != "byzantine"),
            "cooperation": weight * (verdict in DELIVERED),
        }
        return day, {
            side: (was + good[side], wrong + weight - good[side])
            for side, (was, wrong) in self._today(owner).items()
        }

    def _today(self, owner: str) -> Sides:
        """A record as it has faded until now."""
        day, sides = self.by_owner.get(owner, (0, dict.fromkeys(SIDES, (0, 0))))
        days, half_life = max(0, self._now // DAY - day), whole(self._rules.get("half_life_days", 30))
        return {
            side: (_faded(good, days, half_life), _faded(bad, days, half_life))
            for side, (good, bad) in sides.items()
        }

    def _check_read(self, e: Fields, offers: object) -> None:
        """Offers are compared by what is proven of how well those work who made them."""
        for offer in offers if isinstance(offers, list) else []:
            owner, said = self._spenders.behind[str(offer["agent"])], offer.get("quality")
            if said is not None and said != self.proven(owner, "performance"):
                raise Wrong(f"compares the work of {owner} for task {e['task']} as of quality {said}")

    def _check_bond(self, e: Fields) -> None:
        bond = self.bond_of(str(e["owner"]), whole(e["payment"]))
        if whole(e["bond"]) != bond:
            raise Wrong(f"backs contract {e['contract']} with {e['bond']}, and its bond is {bond}")

    def bond_of(self, owner: str, price: int) -> int:
        """One and a half times the price, less what a proven record relieves of; nothing on probation."""
        share = whole(self._rules.get("bond", 1_500_000))
        relief = whole(self._rules.get("relief", 500_000))
        if self._spenders.owners.get(owner, "active") != "active":
            relief = 0
        bond = -(-price * share // ALL)
        return bond - bond * relief // ALL * max(0, 2 * self.known(owner) - ALL) // ALL

    def _raters(self, contract: Contract, ended: Fields) -> list[str]:
        """The owners whose word a verdict is, each once."""
        match ended["by"]:
            case "requester" | "silence":
                agents = [contract.requester]
            case "verifier":
                agents = contract.judges
            case "attestors":
                agents = [agent for agent, said in contract.votes.items() if said == ended["verdict"]]
            case "unanswered" if contract.challenger == contract.provider:
                agents = [contract.requester]
            case _:
                agents = []
        return list(dict.fromkeys(self._spenders.behind[agent] for agent in agents))

    def _counts(self, rater: str, owner: str) -> int:
        if rater == owner:
            return 0
        return self.credibility.get(rater, 0) if self._trusted() else ALL

    def _heard(self, raters: list[str], owner: str, said: int, now: int) -> None:
        others = [rater for rater in raters if rater != owner]
        for rater in others:
            given = self._praise.setdefault(rater, {})
            given[owner] = given.get(owner, 0) + said
        if others and self._trusted():
            tomorrow = (now // DAY + 1) * DAY
            self._due = tomorrow if self._due is None else min(tomorrow, self._due)

    def _weigh(self, e: Fields, now: int) -> None:
        if not self._told:
            if self._due is None or self._due > now:
                raise Wrong("weighs whose word counts when nothing was said that asks for it")
            self._due = None
            trusted = self._trusted()
            found = credibilities(self._praise, trusted) if trusted else {}
            told = {
                owner: found.get(owner, 0)
                for owner in sorted({*found, *self.credibility})
                if found.get(owner, 0) != self.credibility.get(owner, 0)
            }
            listed = list(told.items())
            self._told.extend(
                dict(listed[start : start + AT_ONCE]) for start in range(0, max(1, len(listed)), AT_ONCE)
            )
            self.credibility = found
        due = self._told.popleft()
        if e["credibility"] != due:
            raise Wrong(f"lets the word of owners count {e['credibility']}, and it counts {due}")


def _faded(weight: int, days: int, half_life: int) -> int:
    halvings, rest = divmod(days, half_life)
    return 0 if halvings >= 64 else weight * _daily(half_life) ** rest // (ROOTS**rest << halvings)


@cache
def _daily(half_life: int) -> int:
    """2^(−1/half_life) in billionths, to the nearest."""
    with localcontext(prec=50):
        return int((Decimal(2) ** (Decimal(-1) / half_life) * ROOTS).to_integral_value())


def _mean(good: int, bad: int) -> int:
    return (ALL + good) * ALL // (2 * ALL + good + bad)


def _record(said: object) -> tuple[int, Sides]:
    fields: Fields = said if isinstance(said, dict) else {}
    return whole(fields.get("day", 0)), {side: _side(fields.get(side)) for side in SIDES}


def _side(said: object) -> tuple[int, int]:
    parts: Fields = said if isinstance(said, dict) else {}
    return whole(parts.get("good", 0)), whole(parts.get("bad", 0))


def _check_bound(owner: str, sides: Sides, said: int) -> None:
    """The weakest side's, and each is where the distribution reaches one twentieth, to a millionth."""
    expected = _weakest(sides.values()) * ALL
    if not expected - 1.01 <= said <= expected + 0.01:
        raise Wrong(f"says that the record of {owner} is {said} at least, and it is {expected:.2f}")


def _weakest(sides: Iterable[tuple[int, int]]) -> float:
    return min(_quantile(*side) for side in sides)


@lru_cache(65_536)
def _quantile(good: int, bad: int) -> float:
    """Where the distribution of a success rate reaches one twentieth."""
    from scipy.special import betaincinv  # Takes long to import, and most journals have no contracts.

    counted = min(1.0, MOST / max(1, good + bad))
    return float(betaincinv(1 + good * counted / ALL, 1 + bad * counted / ALL, 0.05))


def _floor(share: float) -> int:
    """In millionths; what is as near as 2^-40 to the next counts as that."""
    return int((share + 2**-40) * ALL)
