"""Worked cases of the inbox: questions asked, taken, answered and turned down."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.attention import ATTENTION, HOUR, MINUTE, InboxRules, Scores
from econonexus.domain.commands import Command
from econonexus.domain.kinds import BudgetMode, Proceeds
from econonexus.domain.policy import Policy
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases.case import NOW, STOP_CREW, STOP_PAT, STOP_SAM, SUSPEND_CREW, Accepted, Case
from tests.world import START

BIGGEST = 2**63 - 1
BY_DEADLINE: set[type[Command]] = {c.AdvanceQuestion}
"""The command that a test of deadlines works through."""
GOOD = Scores(8, 9, 10)
TO_BOB = InboxRules(proceeds=Proceeds.SELLER, seller="bob")
WEEK = 7 * 24 * HOUR

ASKED: tuple[Command, ...] = (
    c.DeclareResource(ATTENTION, "minute", 60, HOUR),
    c.CreateAgent("kim", credits=100),
    c.CreateBudget("loose", 8, mode=BudgetMode.SOFT, alerts=()),
    c.CreateAgent("ivo", credits=100, budget="loose"),
    c.AskHuman("waits", "kim", 10, 4, "Which?"),
    c.AskHuman("taken", "kim", 20, 3, "What?", "All of it."),
    c.TakeQuestion("taken", "olga"),
)
"""kim's 100 are reserved: 40 for what waits, 60 for what olga has taken."""

ACCEPTED = [
    Accepted(command, events, ASKED)
    for command, events in (
        (c.SetInboxRules(TO_BOB), (e.InboxRulesSet(TO_BOB),)),
        (
            c.AskHuman("q", "sam", 5, 2, "Who?", "Of us."),
            (e.HumanAsked("q", "sam", "crew", "burn", 5, 2, 10, START + WEEK, (), "Who?", "Of us."),),
        ),
        (  # A soft limit is overrun, and says by how much.
            c.AskHuman("q", "ivo", 5, 2, "Who?", expires_at=START + 9),
            (
                e.BudgetOverrun("loose", BudgetMode.SOFT, 10, 8),
                e.HumanAsked("q", "ivo", "ivo", "burn", 5, 2, 10, START + 9, ("loose",), "Who?"),
            ),
        ),
        (
            c.TakeQuestion("waits", "max"),
            (e.QuestionTaken("waits", "kim", "max", 10, START + 25 * MINUTE, START + HOUR),),
        ),
        (
            c.TakeQuestion("taken", "olga"),
            (e.QuestionTaken("taken", "kim", "olga", 20, START + 35 * MINUTE, START + HOUR),),
        ),
        (
            c.AnswerQuestion("taken", "olga", 20, "This."),
            (e.QuestionAnswered("taken", "kim", "olga", "kim", "burn", 20, 60, 0, answer="This."),),
        ),
        (
            c.AnswerQuestion("taken", "olga", 7, "This.", GOOD, 5),
            (
                e.QuestionAnswered("taken", "kim", "olga", "kim", "burn", 7, 21, 39, (), GOOD, "This."),
                e.HumanRewardIssued("taken", "kim", "olga", "mint", "kim", 5, 0, 5, 100_000_000),
            ),
        ),
        (
            c.DeclineQuestion("waits", "max", "Too long."),
            (e.QuestionDeclined("waits", "kim", "max", "kim", 40, "Too long."),),
        ),
        (c.DeclineQuestion("taken", "olga"), (e.QuestionDeclined("taken", "kim", "olga", "kim", 60),)),
        (c.WithdrawQuestion("waits", "kim"), (e.QuestionWithdrawn("waits", "kim", "kim", 40),)),
    )
]

# Why not.

OF_REFUSED: tuple[Command, ...] = (
    c.DeclareResource(ATTENTION, "minute", 60, HOUR),
    c.SetInboxRules(InboxRules(reserve=2)),
    c.AskHuman("waits", "pat", 10, 2, "Which?"),
    c.AskHuman("taken", "pat", 10, 2, "What?"),
    c.TakeQuestion("taken", "olga"),
    c.AskHuman("over", "pat", 1, 2, "Where?"),
    c.WithdrawQuestion("over"),
)
"""pat has 50 of 90 left; 50 minutes are free."""
UNDER_RUN = c.AssignBudget("pat", "run")
ODD_RULES = (
    InboxRules(reserve=0),
    InboxRules(ageing=-1),
    InboxRules(patience=0),
    InboxRules(grace=-1),
    InboxRules(lasts=0),
    InboxRules(reserve=1.5),
    InboxRules(lasts=BIGGEST + 1),
    InboxRules(proceeds=Proceeds.SELLER),
    InboxRules(seller="bob"),
)
FULL_TREASURY = (
    # A debt adds to what circulates, so that the treasury can be filled to the brim.
    c.SetInboxRules(InboxRules(proceeds=Proceeds.TREASURY)),
    c.SetCreditLine("bob", BIGGEST),
    c.DrawCredit("bob", BIGGEST - 1_000),
    c.AskHuman("q", "pat", 10, 2, "Why?"),
    c.TakeQuestion("q", "olga"),
    c.Transfer("bob", "treasury", BIGGEST - 1_000),
    c.Mint("treasury", 995),
)


def paid_to(seller: str) -> InboxRules:
    """Rules by which an account gets the proceeds."""
    return InboxRules(proceeds=Proceeds.SELLER, seller=seller)


def asks(agent: str = "pat", minutes: int = 10, price: int = 2, name: str = "q") -> c.AskHuman:
    """A question like any other."""
    return c.AskHuman(name, agent, minutes, price, "Why?")


CASES: dict[type, list[Case]] = {
    c.SetInboxRules: [
        *(Case(No.INVALID_INBOX_RULES, c.SetInboxRules(rules)) for rules in ODD_RULES),
        Case(No.UNKNOWN_ACCOUNT, c.SetInboxRules(paid_to("nobody"))),
        Case(No.WRONG_ACCOUNT_KIND, c.SetInboxRules(paid_to("mint"))),
        Case(No.ASSET_MISMATCH, c.SetInboxRules(paid_to("eve"))),
    ],
    c.AskHuman: [
        Case(No.INVALID_UNITS, asks(minutes=0)),
        Case(No.INVALID_UNITS, asks(minutes=1.5)),
        Case(No.SAME_ACCOUNT, asks("sam"), (c.SetInboxRules(paid_to("crew")),)),
        Case(No.UNKNOWN_AGENT, asks("ann")),
        Case(No.QUESTION_EXISTS, asks(name="waits")),
        Case(No.QUESTION_EXISTS, asks(name="over")),
        Case(No.WRONG_ACCOUNT_KIND, asks("mint"), (c.CreateAgent("mint", "crew", wallet=False),)),
        Case(No.ASSET_MISMATCH, asks("sam"), (c.OpenAccount("sam", "sam", asset="usd"), c.Mint("sam", 99))),
        Case(No.OVER_CAPACITY, asks(minutes=61)),
        Case(No.BELOW_RESERVE, asks(price=1)),
        Case(No.DEADLINE_PASSED, c.AskHuman("q", "pat", 1, 2, "Why?", expires_at=NOW)),
        Case(
            No.INBOX_FULL,
            asks("bee"),
            (
                c.CreateAgent("bee", credits=2_000),
                *(asks("bee", 1, name=f"bee-{number}") for number in range(1_000)),
            ),
        ),
        Case(No.OWNER_SUSPENDED, asks(), (SUSPEND_CREW,)),
        Case(No.ACCOUNT_FROZEN, asks(), (c.FreezeAccount("pat"),)),
        Case(No.AGENT_FROZEN, asks(), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, asks("sam"), (STOP_SAM,)),
        Case(No.TEAM_FROZEN, asks(), (STOP_CREW,)),
        Case(No.INSUFFICIENT_FUNDS, asks(minutes=10, price=6)),
        Case(No.BUDGET_EXHAUSTED, asks(minutes=7, price=3), (UNDER_RUN,)),
    ],
    c.TakeQuestion: [
        Case(No.UNKNOWN_QUESTION, c.TakeQuestion("none", "max")),
        Case(No.QUESTION_ENDED, c.TakeQuestion("over", "max")),
        Case(No.QUESTION_TAKEN, c.TakeQuestion("taken", "max")),
        Case(
            No.ATTENTION_EXHAUSTED,
            c.TakeQuestion("q", "max"),
            (c.CreateAgent("kit", credits=500), asks("kit", 51)),
        ),
    ],
    c.AnswerQuestion: [
        Case(No.INVALID_SCORES, c.AnswerQuestion("taken", "olga", 1, "So.", Scores(11, 1, 1))),
        Case(No.INVALID_SCORES, c.AnswerQuestion("taken", "olga", 1, "So.", Scores(1, -1, 1))),
        Case(No.INVALID_SCORES, c.AnswerQuestion("taken", "olga", 1, "So.", Scores(1, 1, 2.5))),
        Case(No.INVALID_UNITS, c.AnswerQuestion("taken", "olga", -1, "So.")),
        Case(No.UNKNOWN_QUESTION, c.AnswerQuestion("none", "olga", 1, "So.")),
        Case(No.QUESTION_ENDED, c.AnswerQuestion("over", "olga", 1, "So.")),
        Case(No.QUESTION_TAKEN, c.AnswerQuestion("taken", "max", 1, "So.")),
        Case(No.QUESTION_NOT_TAKEN, c.AnswerQuestion("waits", "olga", 1, "So.")),
        Case(No.MINUTES_OVER_QUESTION, c.AnswerQuestion("taken", "olga", 11, "So.")),
        Case(No.BALANCE_TOO_LARGE, c.AnswerQuestion("q", "olga", 10, "So."), FULL_TREASURY),
        Case(No.REWARDS_EXHAUSTED, c.AnswerQuestion("taken", "olga", 1, "So.", None, 100_000_001)),
        Case(
            No.REWARDS_EXHAUSTED,
            c.AnswerQuestion("taken", "olga", 1, "So.", None, 5),
            (c.SetPolicy(Policy(daily_rewards=4)),),
        ),
    ],
    c.DeclineQuestion: [
        Case(No.UNKNOWN_QUESTION, c.DeclineQuestion("none", "max")),
        Case(No.QUESTION_ENDED, c.DeclineQuestion("over", "max")),
        Case(No.QUESTION_TAKEN, c.DeclineQuestion("taken", "max")),
    ],
    c.WithdrawQuestion: [
        Case(No.UNKNOWN_QUESTION, c.WithdrawQuestion("none")),
        Case(No.UNKNOWN_QUESTION, c.WithdrawQuestion("waits", "sam")),  # It is pat's.
        Case(No.QUESTION_ENDED, c.WithdrawQuestion("over")),
        Case(No.QUESTION_TAKEN, c.WithdrawQuestion("taken", "pat")),
    ],
    c.AdvanceQuestion: [
        Case(No.UNKNOWN_QUESTION, c.AdvanceQuestion("none")),
        Case(No.QUESTION_ENDED, c.AdvanceQuestion("over")),
        Case(No.QUESTION_NOT_DUE, c.AdvanceQuestion("waits")),
        Case(No.QUESTION_NOT_DUE, c.AdvanceQuestion("taken")),
    ],
}


def _with_questions(case: Case) -> Case:
    return case._replace(first=(*OF_REFUSED, *case.first))


REFUSED = {command: [_with_questions(case) for case in cases] for command, cases in CASES.items()}
REFUSED[c.AskHuman].append(Case(No.UNKNOWN_RESOURCE, asks()))

LONG = "x" * 16_385
FORMS = [
    _with_questions(case)
    for case in (
        Case(No.INVALID_ID, asks(name="a b")),
        Case(No.TEXT_TOO_LONG, c.AskHuman("q", "pat", 1, 2, "x" * 257)),
        Case(No.TEXT_TOO_LONG, c.AskHuman("q", "pat", 1, 2, "Why?", LONG)),
        Case(No.AMOUNT_NOT_POSITIVE, asks(price=0)),
        Case(No.AMOUNT_NOT_INTEGER, asks(price=1.5)),
        Case(No.AMOUNT_TOO_LARGE, asks(minutes=2, price=BIGGEST)),
        Case(No.AMOUNT_TOO_LARGE, c.AskHuman("q", "pat", 1, 2, "Why?", expires_at=BIGGEST + 1)),
        Case(No.INVALID_ID, c.TakeQuestion("waits", "a b")),
        Case(No.INVALID_ID, c.AnswerQuestion("taken", "", 1, "So.")),
        Case(No.TEXT_TOO_LONG, c.AnswerQuestion("taken", "olga", 1, LONG)),
        Case(No.AMOUNT_NOT_POSITIVE, c.AnswerQuestion("taken", "olga", 1, "So.", None, -1)),
        Case(No.INVALID_ID, c.DeclineQuestion("waits", "a b")),
        Case(No.TEXT_TOO_LONG, c.DeclineQuestion("waits", "max", "x" * 1025)),
    )
]
PRECEDENCE = [
    _with_questions(case)
    for case in (
        Case(No.AMOUNT_NOT_POSITIVE, asks("nobody", 0, 0)),
        Case(No.SAME_ACCOUNT, asks("sam", name="waits"), (c.SetInboxRules(paid_to("crew")),)),
        Case(No.QUESTION_EXISTS, asks(minutes=99, price=1, name="waits")),
        Case(No.OVER_CAPACITY, asks(minutes=99, price=1)),
        Case(No.BELOW_RESERVE, asks(minutes=60, price=1), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, asks(minutes=60, price=9), (STOP_PAT,)),
        Case(No.INVALID_SCORES, c.AnswerQuestion("none", "olga", -1, "So.", Scores(11, 1, 1))),
        Case(No.MINUTES_OVER_QUESTION, c.AnswerQuestion("taken", "olga", 11, "So.", None, 100_000_001)),
        Case(No.QUESTION_TAKEN, c.AnswerQuestion("taken", "max", 99, "So.")),
    )
]
