"""What broken promises cost, kept a second time: every penalty is worked out anew, and none may be left out.

A contract that failed is followed by its penalty, that by what the bond makes good, by the ban where it was
bad faith, and in the end by whoever takes over or by nobody: only then is it known what its requester lost.
"""

from econonexus.audit.accounts import Accounts
from econonexus.audit.fields import MAX, Fields, whole
from econonexus.audit.offences import THRESHOLD, Offences
from econonexus.audit.pledges import Pledges
from econonexus.audit.promised import OFFENCE, Promised
from econonexus.audit.records import Records
from econonexus.audit.spenders import Spenders
from econonexus.audit.stakes import Stakes
from econonexus.audit.tasks import Tasks
from econonexus.audit.wrong import Wrong

BETWEEN = {
    "stake_slashed": {"dispute_bond_lost", "reputation_changed"},
    "loss_compensated": set[str](),
    "standing_set": {"dispute_bond_lost", "stake_slashed", "loss_compensated", "reputation_changed"},
    "again": {
        "dispute_bond_lost",
        "stake_slashed",
        "loss_compensated",
        "reputation_changed",
        "standing_set",
        "claim_paid",
        "contract_opened",
        "task_failed",
    },
}
"""What must come to what may come before it."""
SAID = frozenset(
    {
        "contract_opened",
        "delivery_reported",
        "vote_cast",
        "contract_judged",
        "verdict_challenged",
        "verdict_defended",
        "verdict_referred",
        "contract_insured",
    }
)
"""The records in which it is told what happened to a contract that is not over."""


class Penalties:
    """All contracts, and what their owners have done."""

    def __init__(
        self,
        accounts: Accounts,
        stakes: Stakes,
        tasks: Tasks,
        pledges: Pledges,
        spenders: Spenders,
        records: Records,
    ) -> None:
        self._accounts, self._stakes, self._tasks = accounts, stakes, tasks
        self._pledges, self._spenders, self._records = pledges, spenders, records
        self.open: dict[str, Promised] = {}
        self.settled: list[Promised] = []
        """What the last decision about a verdict has settled: that contract, and those that a ban ended."""
        self._ended: list[Promised] = []
        """Those whose provider is about to be banned."""
        self._due: dict[str, Promised] = {}
        """What must come next, and because of what."""
        self._offence = ""
        """What the penalty that is due is for."""
        self._offences = Offences(accounts)

    def check_followed(self, kind: str) -> None:
        """What a settlement leads to must come before anything else does."""
        for due, promised in self._due.items():
            if kind != due and kind not in BETWEEN[due]:
                what = "what becomes of its task" if due == "again" else f"an event `{due}`"
                raise Wrong(f"comes where contract {promised.contract} must be followed by {what}")
        if self._ended and kind not in ("contract_settled", "task_reopened"):
            raise Wrong(f"follows the end of contract {self._ended[-1].contract} by a ban that does not come")

    def enter(self, kind: str, e: Fields, now: int) -> bool:
        """Enter what is lost and made good; False where it is none of that."""
        match kind:
            case "stake_slashed":
                self._slash(e, now)
            case "loss_compensated":
                self._compensate(e)
            case "surplus_verified":
                pass  # Whoever keeps records checks the numbers; a fall is noted below.
            case _:
                return False
        return True

    def note(self, kind: str, e: Fields, now: int, sequence: int) -> None:
        """See what other parts of the books have entered, as far as it matters here."""
        match kind:
            case "contract_opened":
                self._check_loss(str(e["task"]), whole(e["payment"]))
                self._open(e, now)
            case "task_failed":
                self._check_loss(str(e["task"]), None)
            case "delivery_reported":
                self.open[str(e["contract"])].delivered = True
            case "contract_judged":
                self.open[str(e["contract"])].said_independently = e["independent"] is True
            case "contract_settled":
                self._settle(e, now)
            case "reputation_changed":
                self._rate(e)
            case "standing_set":
                self._stand(e)
        if kind in SAID:
            self.open[str(e["contract"])].told.append(sequence)

    def _open(self, e: Fields, now: int) -> None:
        task = str(e["task"])
        pledge, said = self._pledges.open[f"task {task}"], self._tasks.open[task].said
        # What is awarded only once costs nothing to award again.
        dearest = whole(said["ceiling"]) if said.get("fallback", True) is True else whole(e["payment"])
        self.open[str(e["contract"])] = Promised(e, pledge, dearest, now)

    def _settle(self, e: Fields, now: int) -> None:
        promised = self.open.pop(str(e["contract"]))
        promised.settle(str(e["verdict"]), str(e["by"]), self._records.score(promised.owner))
        if promised.verdict == "ended":
            if promised.delivered:
                raise Wrong(f"ends contract {promised.contract}, whose work is delivered")
            self._ended.append(promised)
            return
        bad_faith = self._is_bad_faith(promised, now)
        self._check_ended(promised, bad_faith)
        self.settled, self._ended = [promised, *self._ended], []
        if promised.verdict in OFFENCE:
            self._offence = OFFENCE[promised.verdict]
            self._due = {"stake_slashed": promised, "again": promised}
        if bad_faith and self._spenders.owners.get(promised.owner) != "banned":
            self._due["standing_set"] = promised

    def _check_ended(self, promised: Promised, bad_faith: bool) -> None:
        """Contracts end without a verdict for bad faith of their own owner alone, and then all of them."""
        for other in self._ended:
            if not bad_faith or other.owner != promised.owner:
                raise Wrong(f"settles a contract of {promised.owner}, and {other.contract} ended for a ban")
            other.independent = promised.independent
        left = self.open.values() if bad_faith else ()
        for other in left:
            if other.owner == promised.owner and not other.delivered:
                raise Wrong(f"bans {promised.owner} and leaves contract {other.contract} open")

    def _is_bad_faith(self, promised: Promised, now: int) -> bool:
        """Whether it was, and is not forgiven."""
        if promised.verdict != "byzantine":
            return False
        offence = OFFENCE[promised.verdict]
        return self._offences.count(promised, offence, now) > promised.penalty(offence)["grace"]

    def _slash(self, e: Fields, now: int) -> None:
        promised = self._due.pop("stake_slashed", None)
        if promised is None or e["contract"] != promised.contract:
            raise Wrong(f"slashes a stake for contract {e['contract']}, which gave no reason for it")
        loss, fallen = whole(e["loss"]), self._offence == THRESHOLD
        if loss and (fallen or not promised.independent):
            word = "by a score that fell" if fallen else "on the word of one side"
            raise Wrong(f"says that somebody lost {word}")
        should = self._offences.penalty(promised, self._offence, loss, now)
        for field, due in should.items():
            if e.get(field, False) != due:
                raise Wrong(
                    f"says {e.get(field)} of the {field} of a penalty for contract {promised.contract}, "
                    f"and it is {due}"
                )
        self._offences.add(promised.owner, self._offence, now)
        lost, given = whole(e["amount"]), whole(e["to_injured"])
        self._take("stake_slashed", promised, promised.injured, given)
        self._take("stake_slashed", promised, promised.sink, lost - given)
        if not fallen:
            promised.loss, promised.slashed, promised.made_good = loss, lost, given
            if self._open_loss(promised):
                self._due["loss_compensated"] = promised

    def _compensate(self, e: Fields) -> None:
        promised = self._due.pop("loss_compensated", None)
        if promised is None or e["contract"] != promised.contract:
            raise Wrong(f"compensates a loss by contract {e['contract']}, where none is open")
        due = {
            "agent": promised.provider,
            "source": promised.stake,
            "injured": promised.injured,
            "loss": promised.loss,
            "paid": promised.made_good,
            "amount": self._open_loss(promised),
        }
        if {field: e[field] for field in due} != due:
            raise Wrong(f"compensates another loss by contract {promised.contract} than {due}")
        self._take("loss_compensated", promised, promised.injured, whole(e["amount"]))
        promised.made_good += whole(e["amount"])

    def _open_loss(self, promised: Promised) -> int:
        """What the bond has to make good beyond the penalty."""
        return min(
            promised.loss - promised.made_good,
            max(0, promised.bond - promised.slashed),
            self._offences.left(promised.stake),
            MAX - self._accounts.balance[promised.injured],
        )

    def _check_loss(self, task: str, payment: int | None) -> None:
        """A loss is what somebody else costs more, or what would have been paid at most."""
        promised = self._due.get("again")
        if promised is None:
            return
        if promised.task != task:
            raise Wrong(f"goes on with task {task} before task {promised.task}, whose contract failed")
        del self._due["again"]
        dearer = promised.ceiling if payment is None else payment
        loss = max(0, dearer - promised.payment) if promised.independent else 0
        if promised.loss != loss:
            raise Wrong(f"shows that {loss} were lost by contract {promised.contract}, not {promised.loss}")

    def _rate(self, e: Fields) -> None:
        """Where a score falls below the threshold that is an offence, if what led to it cost nothing."""
        promised = self.settled[0] if self.settled else None
        if promised is None or promised.contract != e["contract"] or promised.slashed:
            return
        if promised.score >= promised.rule("threshold", 300_000) > whole(e["score"]):
            self._due["stake_slashed"], self._offence = promised, THRESHOLD

    def _stand(self, e: Fields) -> None:
        promised = self._due.pop("standing_set", None)
        if promised is not None and (e["owner"], e["standing"]) != (promised.owner, "banned"):
            raise Wrong(f"does not ban {promised.owner} for contract {promised.contract}")

    def _take(self, kind: str, promised: Promised, receiver: str, amount: int) -> None:
        """What is lost of a stake goes somewhere, and what was to be given back of it does not come."""
        if amount:
            self._accounts.move(kind, promised.stake, receiver, amount)
        waiting = self._stakes.unbonding.get(promised.provider, [])
        over = sum(each for _, each in waiting) - self._offences.left(promised.stake)
        while over > 0:
            ready, last = waiting.pop()
            if last > over:
                waiting.append((ready, last - over))
            over -= last
