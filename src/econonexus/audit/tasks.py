"""Tasks, kept a second time: what is asked for and reserved, who offered, who should have got them."""

from econonexus.audit.asides import sealed
from econonexus.audit.awards import Opened, awarded, opened
from econonexus.audit.eligible import Against, Eligible
from econonexus.audit.fields import MAX, Fields, names, whole
from econonexus.audit.pledges import Pledge, Pledges
from econonexus.audit.spenders import Spenders
from econonexus.audit.wrong import Wrong

MOST_OFFERS = 1_000
ELSEWHERE = ("wrong_account_kind", "asset_mismatch")
"""What is said of the account that an agent would be paid into."""
BY_REQUESTER = "its requester may take on nothing new"


class Task:
    """A task that is not over."""

    def __init__(self, e: Fields) -> None:
        self.said = e
        self.requester = str(e["requester"])
        self.ends, self.due = whole(e["offers_until"]), whole(e["due_at"])
        self.lasts = self.due - self.ends
        judging = e["judging"]
        self.judges = names(judging.get("judges")) if isinstance(judging, dict) else []
        self.quorum = whole(judging.get("quorum", 1)) if isinstance(judging, dict) else 0
        self.offers: dict[str, int | None] = {}
        """Agent to its price, None where that is withheld; in the order of their acceptance."""
        self.tried: list[str] = []
        self.contract: str | None = None
        """The one that is being worked on."""


class Tasks:
    """All tasks that are not over."""

    def __init__(self, pledges: Pledges, spenders: Spenders, eligible: Eligible) -> None:
        self._pledges = pledges
        self._spenders = spenders
        self._eligible = eligible
        self.open: dict[str, Task] = {}

    def enter(self, kind: str, e: Fields, now: int) -> bool:
        """Enter what happens to a task; False where it is none of that."""
        match kind:
            case "task_posted":
                self._post(e, now)
            case "work_offered":
                self._offer(e, now)
            case "offer_withdrawn":
                self._withdraw(e)
            case "task_cancelled":
                self._cancel(e)
            case "task_reopened":
                self._reopen(e, now)
            case "task_failed":
                self._fail(e, now)
            case _:
                return False
        return True

    def award(self, e: Fields, now: int) -> None:
        """A contract is opened for a task: by whom and for how much, its offers must say."""
        known = str(e["task"])
        task = self._to_be_awarded(known, now)
        offers = self._checked(known, task, e)
        due = awarded(offers, task.said)
        said = (str(e["provider"]), whole(e["payment"]), e.get("second"))
        if due is None or said != due or self._only_once(task):
            raise Wrong(f"awards task {known} to {said[0]} for {said[1]}, and its offers say {due}")
        if e["contract"] != f"{known}:{len(task.tried) + 1}" or e["requester"] != task.requester:
            raise Wrong(f"opens contract {e['contract']} for task {known}, or for another requester")
        until = min(now + task.lasts, MAX)
        if whole(e["due_at"]) != until or whole(e["bonus"]) != whole(task.said["bonus"]):
            raise Wrong(f"opens a contract for task {known} until another time, or for another bonus")
        if e["owner"] != self._spenders.behind[due.provider]:
            raise Wrong(f"says that {due.provider} is owned by {e['owner']}")
        task.tried.append(due.provider)
        task.contract = str(e["contract"])

    def end_contract(self, e: Fields, now: int) -> None:
        """A contract is over; if it was kept, its task is, and is paid from what was reserved for it."""
        known = str(e["task"])
        task = self._found(known)
        if task.contract != e["contract"]:
            raise Wrong(f"settles contract {e['contract']} of task {known}, which has {task.contract}")
        paid, bonus = whole(e["payment"]), whole(e["bonus"])
        task.contract = None
        if e["verdict"] not in ("excellent", "satisfactory"):
            if paid or bonus:
                raise Wrong(f"pays for contract {e['contract']}, which was not kept")
            return
        if paid > whole(task.said["ceiling"]) or bonus > whole(task.said["bonus"]):
            raise Wrong(f"pays {paid} and {bonus} for task {known}, more than was reserved for it")
        pledge = self._end(known, e)._replace(
            destination=str(e["destination"]), levels=names(e.get("budgets"))
        )
        self._pledges.pay("contract_settled", pledge, paid + bonus, now)

    def _post(self, e: Fields, now: int) -> None:
        known, task = str(e["task"]), Task(e)
        if known in self.open:
            raise Wrong(f"posts task {known} while it is open")
        if not now < task.ends < task.due:
            raise Wrong(f"posts task {known} with times that are out of order")
        if e["destination"] != "escrow" or whole(e["held"]) != whole(e["ceiling"]) + whole(e["bonus"]):
            raise Wrong(f"reserves {e['held']} for task {known}, which is not its ceiling and its bonus")
        for judge in task.judges:
            self._spenders.check_agent(judge)
        most = max(1, len(task.judges))
        if len(set(task.judges)) < len(task.judges) or not most < 2 * task.quorum <= 2 * most:
            raise Wrong(f"lets task {known} be judged by {task.quorum} of {len(task.judges)}, or one twice")
        self._pledges.place(_pledge(known), task.requester, e, "escrow", whole(e["held"]), now)
        self.open[known] = task

    def _offer(self, e: Fields, now: int) -> None:
        known, agent, price = str(e["task"]), str(e["agent"]), sealed(e["price"])
        task = self._found(known)
        self._spenders.check_agent(agent)
        if task.tried or now >= task.ends:
            raise Wrong(f"offers to do task {known} when it takes no offers")
        if price is not None and not 1 <= price <= whole(task.said["ceiling"]):
            raise Wrong(f"offers to do task {known} for more than its ceiling, or for nothing")
        self._check_fit(known, task, agent)
        task.offers.pop(agent, None)
        task.offers[agent] = price
        if len(task.offers) > MOST_OFFERS:
            raise Wrong(f"takes more than {MOST_OFFERS} offers for task {known}")

    def _check_fit(self, known: str, task: Task, agent: str) -> None:
        """An agent may do a task that it, or its owner, neither asks for nor judges, and that it can do."""
        behind, owner = self._spenders.behind, self._spenders.behind[agent]
        if owner in {behind[each] for each in (task.requester, *task.judges)}:
            raise Wrong(f"lets {agent} do task {known}, which its owner asks for or judges")
        if task.said["capability"] not in self._spenders.can.get(agent, ()):
            raise Wrong(f"lets {agent} do task {known}, which it cannot")
        if self._is_stopped(agent):
            raise Wrong(f"lets {agent} do task {known}, and it is frozen")

    def _withdraw(self, e: Fields) -> None:
        known, agent = str(e["task"]), str(e["agent"])
        task = self._found(known)
        if agent not in task.offers or agent in task.tried:
            raise Wrong(f"takes back what {agent} did not offer for task {known}, or has had")
        del task.offers[agent]

    def _cancel(self, e: Fields) -> None:
        known = str(e["task"])
        if self._found(known).tried:
            raise Wrong(f"cancels task {known}, which was awarded")
        self._end(known, e, "released")

    def _reopen(self, e: Fields, now: int) -> None:
        known = str(e["task"])
        task = self._found(known)
        last = f"{known}:{len(task.tried)}"
        if task.contract is not None or not task.tried or e["contract"] != last or e["offers_until"] != now:
            raise Wrong(f"reopens task {known}, whose contract {last} is not over, or for another instant")

    def _fail(self, e: Fields, now: int) -> None:
        known = str(e["task"])
        task = self._to_be_awarded(known, now)
        offers = self._checked(known, task, e)
        due = awarded(offers, task.said)
        if due is not None and e["reason"] != BY_REQUESTER and not self._only_once(task):
            raise Wrong(f"lets task {known} fail, which {due.provider} would do")
        self._end(known, e, "released")

    def _only_once(self, task: Task) -> bool:
        """Whether a contract for a task failed that is not awarded again."""
        return bool(task.tried) and task.said.get("fallback", True) is False

    def _to_be_awarded(self, known: str, now: int) -> Task:
        task = self._found(known)
        if task.contract is not None or (not task.tried and now < task.ends):
            raise Wrong(f"awards task {known} before its time for offers is over, or twice at once")
        return task

    def _checked(self, known: str, task: Task, e: Fields) -> list[Opened]:
        """The offers that are opened: those that were made, in order, and whether each could be taken."""
        offers = opened(e.get("offers"), self._spenders.behind)
        if [offer.agent for offer in offers] != list(task.offers):
            raise Wrong(f"opens other offers for task {known} than were made, or in another order")
        had = {self._spenders.behind[agent] for agent in task.tried}
        for offer in offers:
            if task.offers[offer.agent] not in (offer.price, None):
                raise Wrong(f"opens the offer of {offer.agent} for task {known} at another price")
            self._check_barred(known, task, offer, offer.owner in had)
        return offers

    def _check_barred(self, known: str, task: Task, offer: Opened, had: bool) -> None:
        """What is said against an offer holds, and nothing stood against it before that.

        Of whoever has had the task it is not asked: this very decision may have changed how that one stands.
        """
        if (offer.barred == "tried" and not had) or (had and not offer.barred):
            raise Wrong(f"says wrongly whether {offer.owner} has had task {known}")
        if had or offer.barred in ELSEWHERE:
            return
        found = self._eligible.against(offer.agent, task.said)
        said = Against(offer.barred, offer.least, offer.had) if offer.barred else None
        if said and found and said.barred == "stake_too_small" and said.had is None:
            # How much would tell what a sealed bid is lent.
            found = found._replace(had=None)
        if said != found:
            raise Wrong(f"says of {offer.agent}, who offers to do task {known}, {said}, and it is {found}")

    def _is_stopped(self, agent: str) -> bool:
        return bool(self._spenders.stopped & {agent, self._spenders.team.get(agent)})

    def _end(self, known: str, e: Fields, released: str = "") -> Pledge:
        """A task is over, and what was reserved for it is free."""
        pledge = self._pledges.free(_pledge(known))
        if e["source"] != pledge.source or (released and e[released] != pledge.amount):
            raise Wrong(f"ends task {known} with other money than was reserved for it")
        del self.open[known]
        return pledge

    def _found(self, known: str) -> Task:
        task = self.open.get(known)
        if task is None:
            raise Wrong(f"speaks of task {known}, which is not open")
        return task


def _pledge(task: str) -> str:
    """The name under which money is reserved for a task."""
    return f"task {task}"
