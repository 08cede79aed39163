"""Worked cases of contracts: delivered, judged, challenged, decided. What they lead to is in `enforcing`."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.ids import AgentId
from econonexus.domain.kinds import BudgetMode, JudgedBy, Standing, Verdict
from econonexus.domain.promises import DAY, HOUR, Component, Judging, PromiseRules, Record
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases.case import LATER, STOP_CREW, Accepted, Case
from tests.world import START

BY_DEADLINE: set[type[Command]] = {c.AdvanceContract}
"""The command that the tests in `contracts` work through."""
EXCELLENT, SATISFACTORY = Verdict.EXCELLENT, Verdict.SATISFACTORY
POOR, BYZANTINE = Verdict.POOR, Verdict.BYZANTINE
BY_KIM, BY_VERA = Judging(), Judging(("vera",))
BY_THREE = Judging(("vera", "vito", "bob-2"), 2)
WEEK = 7 * DAY
AWARDED = 10
"""What passes until the tasks are awarded."""
WORD = 7
"""A tenth of a payment of 70."""

PEOPLE: tuple[Command, ...] = (
    c.SetPromiseRules(PromiseRules(identity_stake=100)),
    c.CreateAgent("kim", credits=1_000),
    c.CreateAgent("vera", credits=300),
    c.CreateAgent("vito", credits=300),
    c.CreateAgent("bob-2", credits=300),
    *(c.PostStake(AgentId(name), 200) for name in ("vera", "vito")),
    *(c.CreateAgent(AgentId(name), capabilities=("ocr",), credits=2_000) for name in ("ana", "bea")),
    *(c.PostStake(AgentId(name), 1_500) for name in ("ana", "bea")),
)
"""kim asks, ana and bea work, vera and vito have something at stake, and bob-2 has nothing there."""


def contract(name: str, judging: Judging = BY_KIM, requester: str = "kim") -> tuple[Command, ...]:
    """What leads to a contract of ana's at 70, with a bond of 105."""
    return (
        c.PostTask(name, requester, "ocr", 80, START + AWARDED, LATER, judging),
        c.OfferWork(name, "ana", 60),
        c.OfferWork(name, "bea", 70),
    )


def delivers(name: str) -> c.ReportDelivery:
    """ana says that she is done."""
    return c.ReportDelivery(f"{name}:1", "ana")


def says(name: str, agent: str, verdict: Verdict, quality: int | None = None) -> c.JudgeContract:
    """What a judge says of a contract."""
    return c.JudgeContract(f"{name}:1", AgentId(agent), verdict, quality)


def claims(name: str, agent: str, verdict: Verdict) -> c.ChallengeVerdict:
    """What a side would rather have."""
    return c.ChallengeVerdict(f"{name}:1", AgentId(agent), verdict)


def stands(name: str, agent: str = "kim") -> c.DefendVerdict:
    """The other side does not give in."""
    return c.DefendVerdict(f"{name}:1", AgentId(agent))


def decides(name: str, verdict: Verdict = POOR, quality: int | None = None) -> c.DecideDispute:
    """What the operator decides."""
    return c.DecideDispute(f"{name}:1", verdict, quality)


OPEN: tuple[Command | int, ...] = (
    *PEOPLE,
    *contract("works"),
    *contract("done"),
    *contract("voted", BY_THREE),
    *contract("fails"),
    *contract("fought"),
    *contract("checked", BY_VERA),
    AWARDED,
    *(delivers(name) for name in ("done", "voted", "fails", "fought", "checked")),
    says("voted", "vera", POOR),
    says("fails", "kim", POOR),
    says("fought", "kim", POOR),
    claims("fought", "ana", SATISFACTORY),
)
"""One that is worked on, others that are delivered, half judged, judged and challenged."""
THEN = START + AWARDED


ACCEPTED = [
    Accepted(command, events, (*OPEN, *first))
    for command, events, first in (
        (
            c.ReportDelivery("works:1", "ana", "Here."),
            (e.DeliveryReported("works:1", "ana", THEN + DAY, "Here."),),
            (),
        ),
        (
            c.JudgeContract("done:1", "kim", POOR, 100_000, "Look."),
            (e.ContractJudged("done:1", POOR, JudgedBy.REQUESTER, THEN + HOUR, False, 100_000, "Look."),),
            (),
        ),
        (
            says("checked", "vera", EXCELLENT),
            (e.ContractJudged("checked:1", EXCELLENT, JudgedBy.VERIFIER, THEN + HOUR, True),),
            (),
        ),
        (
            c.JudgeContract("voted:1", "vito", POOR, 100_000, "Look."),
            (
                e.VoteCast("voted:1", "vito", POOR, "stake:vito", WORD, 100_000, "Look."),
                e.ContractJudged("voted:1", POOR, JudgedBy.ATTESTORS, THEN + HOUR, True, 100_000),
            ),
            (),
        ),
        (
            c.JudgeContract("voted:1", "vito", SATISFACTORY),
            (e.VoteCast("voted:1", "vito", SATISFACTORY, "stake:vito", WORD),),
            (),
        ),
        (
            c.ChallengeVerdict("fails:1", "ana", SATISFACTORY, 900_000, "No."),
            (
                e.VerdictChallenged(
                    "fails:1",
                    "ana",
                    SATISFACTORY,
                    "ana",
                    "escrow",
                    WORD,
                    THEN + HOUR,
                    900_000,
                    (),
                    "No.",
                ),
            ),
            (),
        ),
        (  # A soft limit is overrun, and says by how much.
            claims("fails", "ana", SATISFACTORY),
            (
                e.BudgetOverrun("ana", BudgetMode.SOFT, WORD, 5),
                e.VerdictChallenged(
                    "fails:1", "ana", SATISFACTORY, "ana", "escrow", WORD, THEN + HOUR, budgets=("ana",)
                ),
            ),
            (c.CreateBudget("ana", 5, mode=BudgetMode.SOFT, alerts=()),),
        ),
        (  # Who is frozen pays with what it has at stake.
            claims("fails", "ana", SATISFACTORY),
            (e.VerdictChallenged("fails:1", "ana", SATISFACTORY, "stake:ana", "escrow", WORD, THEN + HOUR),),
            (c.FreezeAgent("ana"),),
        ),
        (
            c.DefendVerdict("fought:1", "kim", "Yes."),
            (e.VerdictDefended("fought:1", "kim", "kim", "escrow", WORD, THEN + WEEK, (), "Yes."),),
            (),
        ),
    )
]
SEVEN = Component(7)
"""70 of the 10,000,000 µcr that a plain contract pays are 7 millionths of one."""
ACCEPTED.append(
    Accepted(  # kim was wrong, and pays besides what it owes for the work what it has put up.
        c.DecideDispute("fought:1", SATISFACTORY, None, "Seen."),
        (
            e.ContractSettled(
                "fought:1",
                "fought",
                SATISFACTORY,
                JudgedBy.OPERATOR,
                "kim",
                "ana",
                70,
                0,
                evidence="Seen.",
            ),
            e.DisputeBondLost("fought:1", "kim", "kim", "ana", WORD),
            # (1 + 0.000007) / (2 + 0.000007), and the root of the order 1.000007 of a twentieth.
            e.ReputationChanged(
                "ana",
                Record(SEVEN, SEVEN, SEVEN, SEVEN),
                500_001,
                50_001,
                "fought:1",
                SATISFACTORY,
                7,
                1_000_000,
                (),
                7,
            ),
            e.SurplusVerified("ana", "fought:1", 70, 70, 0),
        ),
        (*OPEN, stands("fought")),
    )
)

# Why not.

PAST: tuple[Command | int, ...] = (
    *OPEN,
    *contract("sams", requester="sam"),
    AWARDED,
)
SETTLED = says("done", "kim", SATISFACTORY)
POOR_KIM = c.Transfer("kim", "bob", 1_000 - 6 * 80 - WORD + 1)
"""kim has one less than a word takes."""

CASES: dict[type, list[Case]] = {
    c.ReportDelivery: [
        Case(No.UNKNOWN_CONTRACT, c.ReportDelivery("none:1", "ana")),
        Case(No.NOT_A_PARTY, c.ReportDelivery("works:1", "kim")),
        Case(No.NOT_A_PARTY, c.ReportDelivery("works:1", "bea")),
        Case(No.CONTRACT_NOT_OPEN, delivers("done")),
        Case(No.CONTRACT_NOT_OPEN, delivers("fought")),
        Case(No.CONTRACT_NOT_OPEN, delivers("works"), (LATER - THEN,)),
    ],
    c.JudgeContract: [
        Case(No.INVALID_VERDICT, says("done", "kim", Verdict.LATE)),
        Case(No.INVALID_VERDICT, says("done", "kim", Verdict.ENDED)),
        Case(No.INVALID_VERDICT, says("done", "kim", POOR, -1)),
        Case(No.INVALID_VERDICT, says("done", "kim", POOR, 1_000_001)),
        Case(No.INVALID_VERDICT, says("done", "kim", POOR, 0.5)),
        Case(No.UNKNOWN_CONTRACT, says("none", "kim", POOR)),
        Case(No.NOT_A_JUDGE, says("done", "ana", EXCELLENT)),
        Case(No.NOT_A_JUDGE, says("checked", "kim", POOR)),
        Case(No.CONTRACT_NOT_OPEN, says("fails", "kim", SATISFACTORY)),
        Case(No.CONTRACT_NOT_OPEN, says("fought", "kim", SATISFACTORY)),
        Case(No.CONTRACT_NOT_OPEN, SETTLED, (SETTLED,)),
        Case(No.NOT_DELIVERED, says("works", "kim", POOR)),
        Case(No.VOTED_ALREADY, says("voted", "vera", SATISFACTORY)),
        Case(No.STAKE_TOO_SMALL, says("voted", "bob-2", POOR)),
        Case(No.STAKE_TOO_SMALL, says("voted", "vito", POOR), (c.UnbondStake("vito", 194),)),
        Case(No.OWNER_SUSPENDED, says("voted", "vito", POOR), (c.SetStanding("vito", Standing.SUSPENDED),)),
        Case(No.OWNER_SUSPENDED, says("voted", "vito", POOR), (c.SetStanding("vito", Standing.BANNED),)),
    ],
    c.ChallengeVerdict: [
        Case(No.INVALID_VERDICT, claims("fails", "ana", Verdict.LATE)),
        Case(No.UNKNOWN_CONTRACT, claims("none", "ana", EXCELLENT)),
        Case(No.NOT_A_PARTY, claims("fails", "bea", EXCELLENT)),
        Case(No.NOT_A_PARTY, claims("fails", "kim", BYZANTINE)),  # It is its own word.
        Case(No.CONTRACT_NOT_JUDGED, claims("works", "ana", EXCELLENT)),
        Case(No.CONTRACT_NOT_JUDGED, claims("done", "ana", EXCELLENT)),
        Case(No.CONTRACT_NOT_JUDGED, claims("fought", "ana", EXCELLENT)),
        Case(No.CONTRACT_NOT_JUDGED, claims("done", "ana", EXCELLENT), (SETTLED,)),
        Case(No.CLAIMS_NOTHING, claims("fails", "ana", POOR)),
        Case(No.CLAIMS_NOTHING, claims("fails", "ana", BYZANTINE)),
    ],
    c.DefendVerdict: [
        Case(No.UNKNOWN_CONTRACT, stands("none")),
        Case(No.NOT_A_PARTY, stands("fought", "bea")),
        Case(No.NOT_A_PARTY, stands("fought", "ana")),  # It is the challenger.
        Case(No.CONTRACT_NOT_CHALLENGED, stands("done")),
        Case(No.CONTRACT_NOT_CHALLENGED, stands("fails")),
        Case(No.CONTRACT_NOT_CHALLENGED, stands("fought"), (stands("fought"),)),
        Case(No.INSUFFICIENT_FUNDS, stands("fought"), (POOR_KIM,)),
        Case(No.BUDGET_EXHAUSTED, stands("fought"), (c.CreateBudget("low", 6), c.AssignBudget("kim", "low"))),
        Case(No.ACCOUNT_FROZEN, stands("fought"), (c.FreezeAccount("kim"),)),
        Case(No.AGENT_FROZEN, stands("fought"), (c.FreezeAgent("kim"),)),
    ],
    c.DecideDispute: [
        Case(No.INVALID_VERDICT, decides("fought", Verdict.LATE)),
        Case(No.INVALID_VERDICT, decides("fought", POOR, 1_000_001)),
        Case(No.UNKNOWN_CONTRACT, decides("none")),
        Case(No.CONTRACT_NOT_DISPUTED, decides("done")),
        Case(No.CONTRACT_NOT_DISPUTED, decides("fails")),
        Case(No.CONTRACT_NOT_DISPUTED, decides("fought")),
        Case(No.CONTRACT_NOT_DISPUTED, decides("fought"), (stands("fought"), decides("fought"))),
    ],
    c.AdvanceContract: [
        Case(No.UNKNOWN_CONTRACT, c.AdvanceContract("none:1")),
        Case(No.CONTRACT_NOT_DUE, c.AdvanceContract("works:1")),
        Case(No.CONTRACT_NOT_DUE, c.AdvanceContract("done:1"), (SETTLED,)),
    ],
}


def _with_contracts(case: Case) -> Case:
    return case._replace(first=(*OPEN, *case.first))


REFUSED = {command: [_with_contracts(case) for case in cases] for command, cases in CASES.items()}

# Nobody puts up a bond who has neither money nor stake that is free. ana has one less than a word takes: her
# 500 less what backs her other word, and what she gives away.
ALL_AT_STAKE = c.UnbondStake("ana", 1_500 - 6 * 105)
FAILS = (*OPEN, ALL_AT_STAKE)
REFUSED[c.ChallengeVerdict] += [
    Case(No.ACCOUNT_FROZEN, claims("fails", "ana", SATISFACTORY), (*FAILS, c.FreezeAccount("ana"))),
    Case(No.AGENT_FROZEN, claims("fails", "ana", SATISFACTORY), (*FAILS, c.FreezeAgent("ana"))),
    Case(
        No.INSUFFICIENT_FUNDS,
        claims("fails", "ana", SATISFACTORY),
        (*FAILS, c.Transfer("ana", "bob", 500 - WORD - (WORD - 1))),
    ),
    Case(
        No.BUDGET_EXHAUSTED,
        claims("fails", "ana", SATISFACTORY),
        (*FAILS, c.CreateBudget("low", 6), c.AssignBudget("ana", "low")),
    ),
]
BY_CREW: tuple[Command | int, ...] = (
    *PEOPLE,
    *contract("sams", BY_VERA, "sam"),
    AWARDED,
    delivers("sams"),
    says("sams", "vera", SATISFACTORY),
)
"""sam, whom its team pays for, has asked for what vera finds satisfactory."""
REFUSED[c.ChallengeVerdict].append(Case(No.TEAM_FROZEN, claims("sams", "sam", POOR), (*BY_CREW, STOP_CREW)))
REFUSED[c.DefendVerdict].append(
    Case(
        No.TEAM_FROZEN,
        stands("sams", "sam"),
        (*BY_CREW, claims("sams", "ana", EXCELLENT), STOP_CREW),
    )
)

LONG = "x" * 16_385
FORMS = [
    _with_contracts(case)
    for case in (
        Case(No.TEXT_TOO_LONG, c.ReportDelivery("works:1", "ana", LONG)),
        Case(No.TEXT_TOO_LONG, c.JudgeContract("done:1", "kim", POOR, None, LONG)),
        Case(No.TEXT_TOO_LONG, c.ChallengeVerdict("fails:1", "ana", EXCELLENT, None, LONG)),
        Case(No.TEXT_TOO_LONG, c.DefendVerdict("fought:1", "kim", LONG)),
        Case(No.TEXT_TOO_LONG, c.DecideDispute("fought:1", POOR, None, LONG)),
    )
]
PRECEDENCE = [
    _with_contracts(case)
    for case in (
        Case(No.TEXT_TOO_LONG, c.JudgeContract("none:1", "kim", Verdict.LATE, None, LONG)),
        Case(No.INVALID_VERDICT, says("none", "ana", Verdict.LATE)),
        Case(No.NOT_A_JUDGE, says("fails", "ana", EXCELLENT)),
        Case(No.CONTRACT_NOT_OPEN, says("fails", "kim", POOR)),
        Case(No.VOTED_ALREADY, says("voted", "vera", POOR), (c.SetStanding("vera", Standing.BANNED),)),
        Case(No.STAKE_TOO_SMALL, says("voted", "bob-2", POOR), (c.SetStanding("bob-2", Standing.BANNED),)),
        Case(No.NOT_A_PARTY, claims("works", "bea", POOR)),
        Case(No.NOT_A_PARTY, c.ReportDelivery("done:1", "kim")),
        Case(No.CLAIMS_NOTHING, claims("fails", "ana", POOR), (c.FreezeAccount("ana"), ALL_AT_STAKE)),
        Case(No.ACCOUNT_FROZEN, stands("fought"), (POOR_KIM, c.FreezeAccount("kim"))),
        Case(No.INVALID_VERDICT, decides("none", Verdict.LATE)),
    )
]
