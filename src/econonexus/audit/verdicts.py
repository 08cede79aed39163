"""What a contract's end must be, worked out a second time from what was said of it."""

from collections import Counter

from econonexus.audit.fields import Fields, whole

KEPT = ("excellent", "satisfactory")
ORDER = ("byzantine", "poor", "satisfactory", "excellent")
"""The verdicts that can be given, the worst first."""
MILLION = 1_000_000
HOUR = 3_600 * 10**9
USUAL = {
    "identity_stake": 100 * MILLION,
    "judging": 24 * HOUR,
    "challenge_window": HOUR,
    "challenge_bond": 100_000,
    "deciding": 7 * 24 * HOUR,
}
"""What the rules say where a record leaves it out."""


def rule(rules: Fields, name: str) -> int:
    """A number of a contract's rules."""
    return whole(rules.get(name, USUAL[name]))


class Said:
    """What somebody says: a verdict, and perhaps a quality."""

    def __init__(self, agent: str, e: Fields) -> None:
        self.agent, self.verdict = agent, str(e["verdict"])
        self.quality = None if e.get("quality") is None else whole(e["quality"])

    def is_better(self, other: "Said") -> int:
        """1 where the provider would rather have this, -1 where the other, else 0."""
        mine, theirs = ORDER.index(self.verdict), ORDER.index(other.verdict)
        if mine == theirs and self.quality is not None and other.quality is not None:
            mine, theirs = self.quality, other.quality
        return (mine > theirs) - (mine < theirs)


def agreed(votes: list[Said], judges: int, quorum: int, time_is_up: bool) -> tuple[str, list[Said]] | None:
    """The verdict that votes come to, and who gave it: nobody where they do not agree.

    None while more may come.
    """
    counts = Counter(vote.verdict for vote in votes)
    for verdict, count in counts.items():
        if count >= quorum:
            return verdict, [vote for vote in votes if vote.verdict == verdict]
    if len(votes) < judges and not time_is_up:
        return None
    kept = [vote for vote in votes if vote.verdict in KEPT]
    if len(kept) >= quorum:
        return "satisfactory", kept
    if len(votes) - len(kept) >= quorum:
        return "poor", [vote for vote in votes if vote.verdict not in KEPT]
    return "satisfactory", []


def middle(votes: list[Said]) -> int | None:
    """The lower of the middle qualities, of those that were named."""
    named = sorted(vote.quality for vote in votes if vote.quality is not None)
    return named[(len(named) - 1) // 2] if named else None


def without_ban(verdict: str) -> str:
    """What one side's word comes to where nobody has decided."""
    return "poor" if verdict == "byzantine" else verdict
