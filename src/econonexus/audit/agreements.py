"""One contract, kept a second time: what was said of it, and how it must end."""

from econonexus.audit.awards import opened, paid_for, score
from econonexus.audit.fields import Fields, whole
from econonexus.audit.tasks import Task
from econonexus.audit.verdicts import KEPT, MILLION, Said, rule, without_ban


class Contract:
    """A contract that is not over."""

    def __init__(self, e: Fields, task: Task, behind: dict[str, str]) -> None:
        self.name, self.task = str(e["contract"]), str(e["task"])
        self.requester, self.provider, self.owner = str(e["requester"]), str(e["provider"]), str(e["owner"])
        self.payment, self.bonus, self.bond = whole(e["payment"]), whole(e["bonus"]), whole(e["bond"])
        self.rules: Fields = e["rules"] if isinstance(e["rules"], dict) else {}
        self.destination = str(e["destination"])
        """Where its provider is paid; that stays, whatever accounts are opened later."""
        self.judges, self.quorum = task.judges or [self.requester], task.quorum
        self.status, self.due = "open", whole(e["due_at"])
        self.weight, self.ceiling = whole(task.said.get("quality_weight", 0)), whole(task.said["ceiling"])
        self.second: int | None = None
        """The score that the payment counts from, in millionths."""
        for offer in opened(e.get("offers"), behind):
            if offer.agent == e.get("second") and offer.quality is not None:
                self.second = score(offer.price, offer.quality, self.weight)
        self.votes: list[Said] = []
        self.verdict: Said | None = None
        self.by, self.independent = "", False
        self.claim: Said | None = None
        self.defended = False

    @property
    def word(self) -> int:
        """What a vote, a claim or a defence takes."""
        return max(1, self.payment * rule(self.rules, "challenge_bond") // MILLION)

    def due_for(self, quality: int | None, independent: bool) -> int:
        """What the provider is paid for work that was kept; one side's word takes nothing from it."""
        if not self.weight or self.second is None or quality is None:
            return self.payment
        realised = paid_for(self.second, quality, self.weight, self.ceiling)
        return realised if independent else max(self.payment, realised)

    def for_a_word(self, by: str) -> int:
        """What a requester pays on top that alone called the work bad and did not answer the challenge."""
        said = self.verdict
        alone = self.by == "requester" and said is not None and said.verdict not in KEPT
        return self.word if alone and by == "unanswered" else 0

    def other(self, agent: str) -> str:
        """The other side."""
        return self.requester if agent == self.provider else self.provider

    def words(self) -> list[tuple[str, str]]:
        """Who has put something up, and under which name that is reserved."""
        said = [(vote.agent, f"vote {self.name} {vote.agent}") for vote in self.votes]
        if self.claim is not None:
            said.append((self.claim.agent, f"claim {self.name}"))
            if self.defended:
                said.append((self.other(self.claim.agent), f"defence {self.name}"))
        return said

    def ruling(self) -> tuple[str, str, int | None]:
        """What time makes of a contract: the verdict, whose word it is, and the quality."""
        if self.status == "open":
            return "late", "system", None
        if self.verdict is None:
            silent = self.judges == [self.requester]
            return ("satisfactory", "silence", None) if silent else ("", "", None)
        said, by = self.verdict, self.by
        if self.claim is not None and not self.defended:
            said, by = self.claim, "unanswered"
        alone = by == "unanswered" or not self.independent
        if alone and said.verdict == "byzantine" and self.status != "disputed":
            return "", "", None  # It must be referred.
        return without_ban(said.verdict) if alone else said.verdict, by, said.quality

    def is_paid_in_full(self, said: Said) -> bool:
        """Whether what is said takes nothing from the pay."""
        return not self.weight or said.quality in (None, MILLION)

    def wrong(self, decision: Said) -> tuple[str | None, set[str]]:
        """The side that a decision is for, if it is for one, and which bonds are lost by it, by name."""
        lost = {f"vote {self.name} {vote.agent}" for vote in self.votes if vote.verdict != decision.verdict}
        claim, verdict = self.claim, self.verdict
        if claim is None or verdict is None:
            return None, lost
        gain = claim.is_better(verdict)
        past_claim, past_verdict = decision.is_better(claim) * gain, decision.is_better(verdict) * gain
        if past_verdict == 1 and past_claim != -1:
            return claim.agent, lost | {f"defence {self.name}"}
        if past_claim == -1 and past_verdict != 1:
            return self.other(claim.agent), lost | {f"claim {self.name}"}
        return None, lost
