"""Worked cases of insuring contracts; `test_insurance` has what it comes to."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.promises import PromiseRules
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases.case import STOP_CREW, STOP_SAM, Accepted, Case

BIGGEST = 2**63 - 1
BY_DEADLINE: set[type[Command]] = set()
OFFERS, WORK = 10, 1_000
UNTIL, DUE = 1_010, 2_010
RULES = PromiseRules(identity_stake=0, plain_value=10, challenge_window=50)
"""No contract is insured for more than 50 here."""
HAND_OVER = (c.CreateAgent("wes", capabilities=("ocr",), credits=500), c.PostStake("wes", 300))


def asks(requester: str, task: str = "t") -> tuple[Command | int, ...]:
    """A contract of wes for 40, which nobody else would have done for less."""
    return (
        c.PostTask(task, requester, "ocr", 40, UNTIL, DUE),
        c.OfferWork(task, "wes", 40),
        OFFERS,
    )


def of(requester: str) -> tuple[Command | int, ...]:
    """All that a requester needs for its contract `t:1`, made at 1,010 for 1,000 ns."""
    return (c.SetPromiseRules(RULES), *HAND_OVER, *asks(requester))


KIM: tuple[Command | int, ...] = (c.CreateAgent("kim", credits=1_000), *of("kim"))
INSURE = c.InsureContract("t:1", "kim", 30)
# Where nobody is trusted, nothing is proven of wes: min(1, 1 - 0 + 0.1) of the cover.
INSURED = e.ContractInsured("t:1", "kim", "kim", "insurance", 30, 30, 0)
PROVEN = e.ContractInsured("t:1", "kim", "kim", "insurance", 30, 30, 50_000)

ACCEPTED = [
    Accepted(INSURE, (INSURED,), KIM),
    Accepted(  # Of a loading of 5 %, the rate is that of the record: 1 - 0.05 + 0.05.
        INSURE,
        (PROVEN,),
        (
            KIM[0],
            c.SetPromiseRules(PromiseRules(0, plain_value=10, loading=50_000, trusted=("kim",))),
            *KIM[2:],
        ),
    ),
    Accepted(  # 95 % of 30, rounded up.
        INSURE,
        (e.ContractInsured("t:1", "kim", "kim", "insurance", 29, 30, 50_000),),
        (KIM[0], c.SetPromiseRules(PromiseRules(0, plain_value=10, loading=0, trusted=("kim",))), *KIM[2:]),
    ),
    Accepted(  # Soft limits say so.
        INSURE,
        (
            e.BudgetOverrun("kim-b", BudgetMode.SOFT, 30, 0),
            e.ContractInsured("t:1", "kim", "kim", "insurance", 30, 30, 0, ("kim-b",)),
        ),
        (
            c.CreateBudget("kim-b", 40, mode=BudgetMode.SOFT, alerts=()),
            c.CreateAgent("kim", credits=1_000, budget="kim-b"),
            *of("kim"),
        ),
    ),
]

RICH = (
    # A debt adds to what circulates, so that the fund can be filled to the brim.
    c.SetCreditLine("bob", BIGGEST),
    c.DrawCredit("bob", BIGGEST - 1_000),
    c.Transfer("bob", "insurance", BIGGEST - 1_000),
    c.Mint("insurance", 971),
)
LATE_IN_TIME = 100
"""A tenth of the contract's 1,000 ns, after which it cannot be insured."""

REFUSED = {
    c.InsureContract: [
        Case(No.AMOUNT_NOT_INTEGER, c.InsureContract("t:1", "kim", 1.5), KIM),
        Case(No.AMOUNT_NOT_POSITIVE, c.InsureContract("t:1", "kim", 0), KIM),
        Case(No.AMOUNT_TOO_LARGE, c.InsureContract("t:1", "kim", BIGGEST + 1), KIM),
        Case(No.UNKNOWN_CONTRACT, INSURE),
        Case(No.NOT_A_PARTY, c.InsureContract("t:1", "wes", 30), KIM),
        Case(No.COVER_TOO_LARGE, c.InsureContract("t:1", "kim", 41), KIM),  # It is paid 40.
        Case(  # No record speaks for more than 5 times 7.
            No.COVER_TOO_LARGE,
            c.InsureContract("t:1", "kim", 36),
            (KIM[0], c.SetPromiseRules(PromiseRules(0, plain_value=7)), *KIM[2:]),
        ),
        Case(No.CONTRACT_NOT_OPEN, INSURE, (*KIM, c.ReportDelivery("t:1", "wes"))),
        Case(No.TOO_LATE_TO_INSURE, INSURE, (*KIM, LATE_IN_TIME + 1)),
        Case(No.INSURED_ALREADY, INSURE, (*KIM, INSURE)),
        Case(No.BALANCE_TOO_LARGE, INSURE, (*RICH, *KIM)),
        Case(No.ACCOUNT_FROZEN, INSURE, (*KIM, c.FreezeAccount("kim"))),
        Case(No.AGENT_FROZEN, c.InsureContract("t:1", "sam", 30), (*of("sam"), STOP_SAM)),
        Case(No.TEAM_FROZEN, c.InsureContract("t:1", "sam", 30), (*of("sam"), STOP_CREW)),
        Case(No.INSUFFICIENT_FUNDS, c.InsureContract("t:1", "pat", 40), (*of("pat"), c.Burn("pat", 30))),
        Case(
            No.BUDGET_EXHAUSTED,
            INSURE,
            (
                c.CreateBudget("kim-b", 60),
                c.CreateAgent("kim", credits=1_000, budget="kim-b"),
                *of("kim"),
            ),
        ),
    ],
}
FORMS: list[Case] = []
PRECEDENCE = [
    Case(No.UNKNOWN_CONTRACT, c.InsureContract("nothing", "nobody", 41), KIM),
    Case(No.NOT_A_PARTY, c.InsureContract("t:1", "wes", 41), (*KIM, INSURE)),
    Case(No.COVER_TOO_LARGE, c.InsureContract("t:1", "kim", 41), (*KIM, INSURE)),
    Case(No.CONTRACT_NOT_OPEN, INSURE, (*KIM, INSURE, c.ReportDelivery("t:1", "wes"), LATE_IN_TIME + 1)),
    Case(No.TOO_LATE_TO_INSURE, INSURE, (*KIM, INSURE, LATE_IN_TIME + 1)),
    Case(No.INSURED_ALREADY, INSURE, (*KIM, INSURE, c.FreezeAccount("kim"))),
    Case(No.BALANCE_TOO_LARGE, INSURE, (*RICH, *KIM, c.FreezeAccount("kim"))),
    Case(No.ACCOUNT_FROZEN, INSURE, (*KIM, c.Burn("kim", 950), c.FreezeAccount("kim"))),
]
