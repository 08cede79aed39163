"""Questions for humans, as plainly as can be: one list, gone through from its beginning."""
# ruff: noqa: N802  # Methods are named after the command they are about.

from collections.abc import Callable, Iterator

from econonexus.domain import commands as c
from econonexus.domain.attention import InboxRules
from econonexus.domain.kinds import Proceeds
from econonexus.domain.refusals import RefusalCode as No
from tests.oracle import forms
from tests.oracle.books import NEVER_RECEIVE, Notices, Row
from tests.oracle.forms import BIGGEST
from tests.oracle.policy import Policies

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
MINUTES = "attention.minutes"


class Attention(Policies):
    """The inbox. Rewards count in the policy's pool."""

    def __init__(self) -> None:
        super().__init__()
        self.rules = InboxRules()
        self.questions: dict[str, Row] = {}

    def reserved(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        yield from super().reserved()
        for row in self.questions.values():
            if row["status"] in ("waiting", "taken"):
                yield row["source"], row["held"], dict.fromkeys(row["budgets"], row["held"])

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        yield from super().due()
        for name, row in self.questions.items():
            if row["status"] in ("waiting", "taken"):
                at = row["until"] if row["status"] == "taken" else row["expires"]
                yield at, "question", c.AdvanceQuestion(name)

    def promises(self, resource: str) -> Iterator[tuple[int, int, int]]:
        yield from super().promises(resource)
        for row in self.questions.values():
            if resource == MINUTES and row["promise"] is not None:
                yield (*row["promise"], row["used"] if row["status"] == "answered" else row["minutes"])

    def in_turn(self) -> list[str]:
        """Who waited a day first, oldest first; then by pay and what the wait is worth."""

        def turn(place: int, row: Row) -> tuple[int, ...]:
            waited = self.now - row["asked"]
            if waited >= self.rules.patience:
                return (0, place)
            return (1, -(row["price"] * HOUR + self.rules.ageing * waited), -row["price"], place)

        rows = [(turn(place, row), name) for place, (name, row) in enumerate(self.questions.items())]
        return [name for _, name in sorted(rows) if self.questions[name]["status"] == "waiting"]

    def _form_SetInboxRules(self, it: c.SetInboxRules) -> set[No]:
        rules = it.rules
        bad = forms.whole(rules.reserve) | forms.whole(rules.patience) | forms.whole(rules.lasts)
        bad |= forms.whole(rules.ageing, 0) | forms.whole(rules.grace, 0)
        odd = bool(bad) or (rules.proceeds is Proceeds.SELLER) != (rules.seller is not None)
        return {No.INVALID_INBOX_RULES} if odd else set()

    def _no_SetInboxRules(self, it: c.SetInboxRules, no: Callable[[No], None]) -> None:
        account = self.accounts.get(it.rules.seller or "")
        if it.rules.seller is not None and account is None:
            no(No.UNKNOWN_ACCOUNT)
        elif account is not None:
            if account["kind"] in NEVER_RECEIVE:
                no(No.WRONG_ACCOUNT_KIND)
            if account["asset"] != "credit":
                no(No.ASSET_MISMATCH)

    def _do_SetInboxRules(self, it: c.SetInboxRules, notices: Notices) -> None:
        self.rules = it.rules

    def _form_AskHuman(self, it: c.AskHuman) -> set[No]:
        texts = forms.short(it.subject, 256) | forms.short(it.text, 16_384)
        when = set() if it.expires_at is None else forms.instant(it.expires_at)
        form = forms.names(it.question) | texts | forms.whole(it.price) | when
        if forms.whole(it.minutes):
            return form | {No.INVALID_UNITS}
        return form or forms.whole(it.minutes * it.price)

    def _no_AskHuman(self, it: c.AskHuman, no: Callable[[No], None]) -> None:
        resource = self.resources.get(MINUTES)
        if resource is None:
            no(No.UNKNOWN_RESOURCE)
        elif it.minutes > resource["capacity"]:
            no(No.OVER_CAPACITY)
        if it.question in self.questions:
            no(No.QUESTION_EXISTS)
        if it.price < self.rules.reserve:
            no(No.BELOW_RESERVE)
        if it.expires_at is not None and it.expires_at <= self.now:
            no(No.DEADLINE_PASSED)
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        else:
            self._no_suspended(it.agent, no)
            self._no_pledge(it.agent, self._paid_to(), it.minutes * it.price, no)

    def _do_AskHuman(self, it: c.AskHuman, notices: Notices) -> None:
        source, agent = self._payer(it.agent)
        held, destination = it.minutes * it.price, self._paid_to()
        levels = self._levels(source, destination, agent=agent)
        self._overruns(levels, held, notices)
        self.questions[it.question] = {
            "agent": it.agent,
            "minutes": it.minutes,
            "price": it.price,
            "asked": self.now,
            "expires": min(self.now + self.rules.lasts, BIGGEST) if it.expires_at is None else it.expires_at,
            "source": source,
            "destination": destination,
            "held": held,
            "budgets": levels,
            "status": "waiting",
            "human": "",
            "until": None,
            "taken": None,
            "promise": None,
            "used": 0,
        }

    def _form_TakeQuestion(self, it: c.TakeQuestion) -> set[No]:
        return forms.names(it.human)

    def _no_TakeQuestion(self, it: c.TakeQuestion, no: Callable[[No], None]) -> None:
        row = self._no_open(it.question, no)
        if row is None:
            return
        if row["status"] == "taken" and row["human"] != it.human:
            no(No.QUESTION_TAKEN)
        if row["status"] == "waiting":
            resource = self.resources[MINUTES]
            ends = min(self.now + resource["period"], BIGGEST)
            if row["minutes"] > resource["capacity"] - self.most_promised(MINUTES, self.now, ends):
                no(No.ATTENTION_EXHAUSTED)

    def _do_TakeQuestion(self, it: c.TakeQuestion, notices: Notices) -> None:
        row = self.questions[it.question]
        time = row["minutes"] * MINUTE + self.rules.grace
        until = min(self.now + time, BIGGEST)
        if row["status"] == "waiting":
            row |= {"status": "taken", "human": it.human, "taken": self.now, "until": until}
            row["promise"] = (self.now, min(self.now + self.resources[MINUTES]["period"], BIGGEST))
        else:
            row["until"] = max(row["until"], min(until, max(row["expires"], row["taken"] + time)))
        notices.append(("kept", it.question, it.human, row["until"]))

    def _form_AnswerQuestion(self, it: c.AnswerQuestion) -> set[No]:
        form = forms.names(it.human) | forms.short(it.answer, 16_384) | forms.whole(it.reward, 0)
        given = (
            () if it.scores is None else (it.scores.interesting, it.scores.useful, it.scores.understandable)
        )
        if any(forms.whole(score, 0, 10) for score in given):
            form |= {No.INVALID_SCORES}
        return form | ({No.INVALID_UNITS} if forms.whole(it.minutes, 0) else set())

    def _no_AnswerQuestion(self, it: c.AnswerQuestion, no: Callable[[No], None]) -> None:
        row = self._no_open(it.question, no)
        if row is None:
            return
        if row["status"] == "waiting":
            no(No.QUESTION_NOT_TAKEN)
        elif row["human"] != it.human:
            no(No.QUESTION_TAKEN)
        if it.minutes > row["minutes"]:
            no(No.MINUTES_OVER_QUESTION)
        if self.accounts[row["destination"]]["balance"] + it.minutes * row["price"] > BIGGEST:
            no(No.BALANCE_TOO_LARGE)
        if it.reward:
            rich = self.accounts[row["source"]]["balance"] + it.reward > BIGGEST
            if rich or it.reward > BIGGEST + self.accounts["mint"]["balance"]:
                no(No.BALANCE_TOO_LARGE)
            if it.reward > self.rewards_left():
                no(No.REWARDS_EXHAUSTED)

    def _do_AnswerQuestion(self, it: c.AnswerQuestion, notices: Notices) -> None:
        row = self.questions[it.question]
        paid = it.minutes * row["price"]
        row |= {"status": "answered", "used": it.minutes}
        notices.append(("answered", it.question, paid, row["held"] - paid))
        self._move(row["source"], row["destination"], paid)
        if paid:
            self._count(row["budgets"], paid, notices)
            self._repay(row["destination"], paid)
        if it.reward:
            self.reward(row["source"], it.reward)
            notices.append(("rewarded", it.question, it.reward, self.rewards_left()))

    def _form_DeclineQuestion(self, it: c.DeclineQuestion) -> set[No]:
        return forms.names(it.human) | forms.short(it.reason, 1024)

    def _no_DeclineQuestion(self, it: c.DeclineQuestion, no: Callable[[No], None]) -> None:
        row = self._no_open(it.question, no)
        if row is not None and row["status"] == "taken" and row["human"] != it.human:
            no(No.QUESTION_TAKEN)

    def _do_DeclineQuestion(self, it: c.DeclineQuestion, notices: Notices) -> None:
        self._close(it.question, "declined", notices)

    def _no_WithdrawQuestion(self, it: c.WithdrawQuestion, no: Callable[[No], None]) -> None:
        row = self.questions.get(it.question)
        if row is not None and it.agent not in (None, row["agent"]):
            return no(No.UNKNOWN_QUESTION)
        row = self._no_open(it.question, no)
        if row is not None and row["status"] == "taken":
            no(No.QUESTION_TAKEN)
        return None

    def _do_WithdrawQuestion(self, it: c.WithdrawQuestion, notices: Notices) -> None:
        self._close(it.question, "withdrawn", notices)

    def _no_AdvanceQuestion(self, it: c.AdvanceQuestion, no: Callable[[No], None]) -> None:
        row = self._no_open(it.question, no)
        if row is not None and (row["until"] or row["expires"]) > self.now:
            no(No.QUESTION_NOT_DUE)

    def _do_AdvanceQuestion(self, it: c.AdvanceQuestion, notices: Notices) -> None:
        row = self.questions[it.question]
        if row["status"] == "taken":
            row |= {"status": "waiting", "human": "", "until": None, "taken": None, "promise": None}
            notices.append(("back", it.question))
        else:
            self._close(it.question, "expired", notices)

    def _close(self, name: str, how: str, notices: Notices) -> None:
        row = self.questions[name]
        row |= {"status": how, "promise": None}
        notices.append((how, name, row["held"]))

    def _no_open(self, name: str, no: Callable[[No], None]) -> Row | None:
        row = self.questions.get(name)
        if row is None:
            no(No.UNKNOWN_QUESTION)
            return None
        if row["status"] not in ("waiting", "taken"):
            no(No.QUESTION_ENDED)
            return None
        return row

    def _paid_to(self) -> str:
        return {Proceeds.SELLER: self.rules.seller or "", Proceeds.BURN: "burn"}.get(
            self.rules.proceeds, "treasury"
        )
