"""Contracts as far as it matters what their failure costs: what backs them, their rules, who spoke."""

from econonexus.audit.fields import Fields, whole
from econonexus.audit.pledges import Pledge

DAY = 86_400_000_000_000
CREDIT = 1_000_000
USUAL = {
    "task_failure": {"rate": 100_000, "severity": 1, "grace": 3},
    "timeout_violation": {"rate": 250_000, "severity": 2, "grace": 1},
    "byzantine_behavior": {"rate": 1_000_000, "severity": 5, "grace": 0},
    "reputation_threshold": {"rate": 500_000, "severity": 2, "grace": 0},
}
"""What offences cost, unless the rules say otherwise."""
OFFENCE = {"poor": "task_failure", "late": "timeout_violation", "byzantine": "byzantine_behavior"}
"""Verdict to what it is."""


class Promised:
    """A contract, from its award to the end of the decision that settles it."""

    def __init__(self, e: Fields, price: Pledge, ceiling: int, now: int) -> None:
        rules = e["rules"]
        self.rules: Fields = rules if isinstance(rules, dict) else {}
        self.contract, self.task = str(e["contract"]), str(e["task"])
        self.requester, self.provider, self.owner = str(e["requester"]), str(e["provider"]), str(e["owner"])
        self.stake = str(e["stake"])
        self.injured, self.drawing = price.source, price.agent
        """What holds the task's price, and which agent draws on it, if that is its team's."""
        self.payment, self.bond, self.ceiling = whole(e["payment"]), whole(e["bond"]), ceiling
        self.opened_at, self.due_at = now, whole(e["due_at"])
        self.delivered = False
        self.said_independently = False
        self.verdict = self.by = ""
        self.told: list[int] = []
        self.independent = False
        """Whether whoever spoke in the end was neither side."""
        self.score = 0
        self.cover = 0
        self.loss = 0
        self.slashed = 0
        self.made_good = 0
        """What the requester was given of the stake."""

    def rule(self, name: str, usual: int) -> int:
        """A number of the rules this contract runs under."""
        return whole(self.rules.get(name, usual))

    def penalty(self, offence: str) -> dict[str, int]:
        """What an offence costs under them."""
        said = self.rules.get(offence, USUAL[offence])
        return {key: whole(number) for key, number in said.items()} if isinstance(said, dict) else {}

    @property
    def window(self) -> int:
        """How far back offences count."""
        return self.rule("window", 30 * DAY)

    @property
    def sink(self) -> str:
        """Where what nobody gets goes."""
        return "insurance" if self.rules.get("to_insurance", False) is True else "burn"

    def settle(self, verdict: str, by: str, score: int) -> None:
        """It is over: who spoke, whether that was somebody of neither side, and its owner's score before."""
        self.verdict, self.by, self.score = verdict, by, score
        of_judges = by in ("verifier", "attestors") and self.said_independently
        self.independent = by in ("system", "operator") or of_judges
