"""Questions for humans, kept a second time: what each reserves, who answers it, what is promised for it."""

from typing import NamedTuple

from econonexus.audit.fields import MAX, Fields, positive, whole
from econonexus.audit.pledges import Pledge, Pledges
from econonexus.audit.policies import Policies
from econonexus.audit.resources import Resources
from econonexus.audit.spenders import Spenders
from econonexus.audit.wrong import Wrong

MINUTE = 60 * 10**9
HOUR = 60 * MINUTE
MINUTES = "attention.minutes"


class Question(NamedTuple):
    """A question that has not ended."""

    agent: str
    minutes: int
    price: int
    expires: int
    human: str = ""
    until: int = 0
    taken: int = 0
    promise: str = ""
    """The name of what is promised for it, while somebody answers it."""


class Rewarding(NamedTuple):
    """An answer that a reward may follow, in the very next record that issues one."""

    question: str
    agent: str
    human: str
    account: str


class Inbox:
    """All questions that have not ended."""

    def __init__(
        self, pledges: Pledges, resources: Resources, policies: Policies, spenders: Spenders
    ) -> None:
        self._pledges = pledges
        self._spenders = spenders
        self._resources = resources
        self._policies = policies
        self.open: dict[str, Question] = {}
        self._reserve, self._grace, self._paid_to = 1, 15 * MINUTE, "burn"
        self._takes = 0
        self._answer: Rewarding | None = None

    def enter(self, kind: str, e: Fields, now: int) -> None:
        """One event of the inbox."""
        match kind:
            case "inbox_rules_set":
                self._set_rules(e["rules"])
            case "human_asked":
                self._ask(e, now)
            case "question_taken":
                self._take(e, now)
            case "question_returned":
                self._put_back(e, now)
            case "question_answered":
                self._answered(e, now)
            case "question_declined" | "question_withdrawn" | "question_expired":
                self._end(kind, e, now)
            case "human_reward_issued":
                self._rewarded(e, now)
            case _:
                raise Wrong(f"is of a kind these books do not know: {kind}")

    def _set_rules(self, rules: object) -> None:
        if not isinstance(rules, dict):
            raise Wrong("has no rules")
        self._reserve = positive(rules.get("reserve", 1))
        self._grace = whole(rules.get("grace", 15 * MINUTE))
        proceeds = str(rules.get("proceeds", "burn"))
        self._paid_to = str(rules["seller"]) if proceeds == "seller" else proceeds

    def _ask(self, e: Fields, now: int) -> None:
        known, minutes, price = str(e["question"]), positive(e["minutes"]), positive(e["price"])
        if known in self.open:
            raise Wrong(f"asks question {known} a second time")
        if minutes > self._resources.capacity.get(MINUTES, 0):
            raise Wrong(f"asks in {known} for more minutes than humans give in a period")
        if price < self._reserve or whole(e["held"]) != minutes * price:
            raise Wrong(f"reserves {e['held']} for {minutes} minutes of question {known}")
        if e["destination"] != self._paid_to or whole(e["expires_at"]) <= now:
            raise Wrong(f"asks question {known} against the inbox's rules, or too late")
        agent, destination = str(e["agent"]), str(e["destination"])
        self._spenders.check_active(agent)
        self._pledges.place(f"question {known}", agent, e, destination, minutes * price, now)
        self.open[known] = Question(agent, minutes, price, whole(e["expires_at"]))

    def _take(self, e: Fields, now: int) -> None:
        known, question = self._its(e)
        human, time = str(e["human"]), question.minutes * MINUTE + self._grace
        until = min(now + time, MAX)
        if question.human not in ("", human) or e["minutes"] != question.minutes:
            raise Wrong(f"gives question {known} to {human}, and {question.human} has it")
        if question.human:
            until = max(question.until, min(until, max(question.expires, question.taken + time)))
        else:
            self._takes += 1
            promise = f"question {self._takes}"
            window = (now, min(now + self._resources.period[MINUTES], MAX))
            if e["promised_until"] != window[1]:
                raise Wrong(f"promises the minutes of question {known} for another time than a period")
            self._resources.promise(MINUTES, promise, question.minutes, window, now)
            question = question._replace(human=human, taken=now, promise=promise)
        if e["until"] != until:
            raise Wrong(f"gives question {known} to {human} until {e['until']}, not {until}")
        self.open[known] = question._replace(until=until)

    def _put_back(self, e: Fields, now: int) -> None:
        known, question = self._its(e)
        if not question.human or question.human != e["human"] or question.until > now:
            raise Wrong(f"takes question {known} from {e['human']} before the time, or who has it not")
        self._resources.take_back(MINUTES, question.promise)
        self.open[known] = question._replace(human="", until=0, taken=0, promise="")

    def _answered(self, e: Fields, now: int) -> None:
        known, question = self._its(e)
        used, human = whole(e["minutes"]), str(e["human"])
        if question.human != human or question.until < now or used > question.minutes:
            raise Wrong(f"answers question {known} for {human}, who has not taken it, or beyond its minutes")
        pledge = self._close(known, e, used)
        paid = used * question.price
        if e["paid"] != paid or e["released"] != question.minutes * question.price - paid:
            raise Wrong(f"pays {e['paid']} for {used} minutes of question {known}")
        self._pledges.pay("question_answered", pledge, paid, now)
        self._check_scores(e.get("scores"))
        self._answer = Rewarding(known, question.agent, human, pledge.source)

    def _end(self, kind: str, e: Fields, now: int) -> None:
        known, question = self._its(e)
        if kind == "question_expired" and (question.human or question.expires > now):
            raise Wrong(f"lets question {known} expire before its time")
        if kind == "question_withdrawn" and question.human:
            raise Wrong(f"withdraws question {known}, which {question.human} answers")
        if kind == "question_declined" and question.human not in ("", e["human"]):
            raise Wrong(f"declines question {known} for {e['human']}, and {question.human} has it")
        if e["released"] != question.minutes * question.price:
            raise Wrong(f"releases {e['released']} of question {known}")
        self._close(known, e, 0)

    def _rewarded(self, e: Fields, now: int) -> None:
        said = Rewarding(str(e["question"]), str(e["agent"]), str(e["human"]), str(e["destination"]))
        if said != self._answer:
            raise Wrong(f"rewards {said.agent} for question {said.question}, which was not just answered")
        self._answer = None
        self._policies.reward(e, now)

    def _its(self, e: Fields) -> tuple[str, Question]:
        known = str(e["question"])
        question = self.open.get(known)
        if question is None or question.agent != e["agent"]:
            raise Wrong(f"speaks of question {known} of {e['agent']}, which is not open")
        return known, question

    def _close(self, known: str, e: Fields, used: int) -> Pledge:
        """What was reserved for a question is free, and of its minutes those that were not used."""
        question = self.open.pop(known)
        pledge = self._pledges.free(f"question {known}")
        if e["source"] != pledge.source or e.get("destination", pledge.destination) != pledge.destination:
            raise Wrong(f"ends question {known} between other accounts than it was asked with")
        if question.promise:
            self._resources.lessen(MINUTES, question.promise, used)
        return pledge

    def _check_scores(self, scores: object) -> None:
        if scores is None:
            return
        if not isinstance(scores, dict) or set(scores) != {"interesting", "useful", "understandable"}:
            raise Wrong("has scores of another kind")
        if any(whole(score) > 10 for score in scores.values()):
            raise Wrong("has a score over 10")
