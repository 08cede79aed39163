"""Worked cases of tasks: asked for, offered for, taken back. How they are awarded is in `test_tasks`."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.ids import AgentId
from econonexus.domain.kinds import BudgetMode, Standing
from econonexus.domain.promises import Judging, PromiseRules
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.cases.case import LATER, NOW, STOP_CREW, STOP_PAT, STOP_SAM, Accepted, Case
from tests.world import START

BIGGEST = 2**63 - 1
BY_DEADLINE: set[type[Command]] = {c.AdvanceTask}
"""The command that `test_tasks` works through."""
SOON, DUE = START + 50, LATER
"""When offers end, and when the work is due."""
SMALL = PromiseRules(identity_stake=100)
"""A bond is one and a half times the price."""


def provider(name: str, stake: int = 300, owner: str | None = None) -> tuple[Command, ...]:
    """An agent that can do what is asked for, and has something at stake."""
    made = c.CreateAgent(AgentId(name), owner=owner, capabilities=("ocr",), credits=500)
    return (made, c.PostStake(AgentId(name), stake)) if stake else (made,)


def asks(name: str = "t", requester: str = "kim", ceiling: int = 80, **more: object) -> c.PostTask:
    """A task like any other."""
    at = {"offers_until": SOON, "due_at": DUE, **more}
    return c.PostTask(name, requester, str(at.pop("capability", "ocr")), ceiling, **at)


POSTED: tuple[Command, ...] = (
    c.SetPromiseRules(SMALL),
    c.CreateAgent("kim", credits=1_000),
    c.CreateAgent("vera"),
    c.CreateAgent("vito", owner="vera"),
    *provider("ana"),
    *provider("bea"),
    asks("waits"),
    c.OfferWork("waits", "bea", 70),
)
"""kim asks for one task, for which bea has offered; ana and bea can do it and have 300 at stake."""

MANY = Judging(("vera", "vito", "bea"), 2)
ACCEPTED = [
    Accepted(command, events, (*POSTED, *first))
    for command, events, first in (
        (
            asks(),
            (e.TaskPosted("t", "kim", "kim", "escrow", "ocr", 80, 0, 80, SOON, DUE, Judging()),),
            (),
        ),
        (  # 80 and a bonus of 20 are held.
            asks(
                bonus=20,
                quality_weight=30,
                least_reputation=40_000,
                fallback=False,
                judging=MANY,
                description="Read it.",
            ),
            (
                e.TaskPosted(
                    "t",
                    "kim",
                    "kim",
                    "escrow",
                    "ocr",
                    80,
                    20,
                    100,
                    SOON,
                    DUE,
                    MANY,
                    30,
                    40_000,
                    False,
                    (),
                    "Read it.",
                ),
            ),
            (),
        ),
        (  # sam has no wallet, so the crew's pays.
            asks(requester="sam", ceiling=40),
            (e.TaskPosted("t", "sam", "crew", "escrow", "ocr", 40, 0, 40, SOON, DUE, Judging()),),
            (),
        ),
        (  # A soft limit is overrun, and says by how much.
            asks(requester="ivo"),
            (
                e.BudgetOverrun("loose", BudgetMode.SOFT, 80, 8),
                e.TaskPosted(
                    "t", "ivo", "ivo", "escrow", "ocr", 80, 0, 80, SOON, DUE, Judging(), budgets=("loose",)
                ),
            ),
            (
                c.CreateBudget("loose", 8, mode=BudgetMode.SOFT, alerts=()),
                c.CreateAgent("ivo", credits=100, budget="loose"),
            ),
        ),
        (c.CancelTask("waits"), (e.TaskCancelled("waits", "kim", "kim", 80),), ()),
        (c.CancelTask("waits", "kim"), (e.TaskCancelled("waits", "kim", "kim", 80),), ()),
        (c.OfferWork("waits", "ana", 80), (e.WorkOffered("waits", "ana", 80),), ()),
        (c.OfferWork("waits", "bea", 60), (e.WorkOffered("waits", "bea", 60),), ()),
        (  # The bond of a contract at the ceiling, 120, is all that ana must have free.
            c.OfferWork("waits", "ana", 1),
            (e.WorkOffered("waits", "ana", 1),),
            (c.UnbondStake("ana", 180),),
        ),
        (c.WithdrawOffer("waits", "bea"), (e.OfferWithdrawn("waits", "bea"),), ()),
    )
]

# Why not.

OF_REFUSED: tuple[Command, ...] = (
    *POSTED,
    asks("over"),
    c.OfferWork("over", "bea", 70),
    c.CancelTask("over"),
    asks("judged", judging=Judging(("vera",))),
)
"""pat has 50 of 90 left for herself; crew's wallet has 90 left for sam."""
NO_STAKE = provider("kit", 0)
SUSPENDED = c.SetStanding("ana", Standing.SUSPENDED)


def offers(agent: str = "ana", task: str = "waits", price: int = 70) -> c.OfferWork:
    """An offer like any other."""
    return c.OfferWork(task, AgentId(agent), price)


def ocr_of(agent: str) -> c.ChangeAgent:
    """An agent declares that it can do what is asked for."""
    return c.ChangeAgent(AgentId(agent), capabilities=("ocr",))


FREE = c.SetPromiseRules(PromiseRules(identity_stake=0, bond=0))
"""Anybody may work, whatever it has at stake."""
ODD = (
    asks(capability=""),
    asks(capability="x" * 129),
    asks(least_reputation=-1),
    asks(least_reputation=1_000_001),
    asks(least_reputation=0.5),
    asks(judging=Judging(("vera", "vera"), 2)),
    asks(judging=Judging(tuple(f"judge-{number}" for number in range(65)), 33)),
    asks(judging=Judging((), 0)),
    asks(judging=Judging((), 2)),
    asks(judging=Judging(("vera", "vito"), 1)),  # One could say yes, and the other no.
    asks(judging=Judging(("vera", "vito"), 3)),
    asks(judging=Judging(("vera",), 1.5)),
)
PATS_USD = (c.OpenAccount("sam", "sam", asset="usd"), c.Mint("sam", 99))
A_CROWD = [f"one-{number}" for number in range(1_000)]

CASES: dict[type, list[Case]] = {
    c.PostTask: [
        *(Case(No.INVALID_TASK, command) for command in ODD),
        Case(No.UNKNOWN_AGENT, asks(requester="ann")),
        Case(No.TASK_EXISTS, asks("waits")),
        Case(No.TASK_EXISTS, asks("over")),
        Case(No.UNKNOWN_JUDGE, asks(judging=Judging(("ann",)))),
        Case(No.WRONG_ACCOUNT_KIND, asks(requester="mint"), (c.CreateAgent("mint", "crew", wallet=False),)),
        Case(No.ASSET_MISMATCH, asks(requester="sam"), PATS_USD),
        Case(No.DEADLINE_PASSED, asks(offers_until=NOW)),
        Case(No.DEADLINE_PASSED, asks(due_at=SOON)),
        Case(No.OWNER_SUSPENDED, asks(), (c.SetStanding("kim", Standing.SUSPENDED),)),
        Case(No.OWNER_SUSPENDED, asks(), (c.SetStanding("kim", Standing.BANNED),)),
        Case(No.ACCOUNT_FROZEN, asks(), (c.FreezeAccount("kim"),)),
        Case(No.AGENT_FROZEN, asks(requester="pat"), (STOP_PAT,)),
        Case(No.AGENT_FROZEN, asks(requester="sam"), (STOP_SAM,)),
        Case(No.TEAM_FROZEN, asks(requester="sam"), (STOP_CREW,)),
        Case(No.INSUFFICIENT_FUNDS, asks(ceiling=900, bonus=21)),  # Of 1,000, 80 are held for each of two.
        Case(No.BUDGET_EXHAUSTED, asks(requester="pat", ceiling=21), (c.AssignBudget("pat", "run"),)),
    ],
    c.CancelTask: [
        Case(No.UNKNOWN_TASK, c.CancelTask("none")),
        Case(No.UNKNOWN_TASK, c.CancelTask("waits", "ana")),  # It is kim's.
        Case(No.TASK_NOT_OPEN, c.CancelTask("over")),
    ],
    c.OfferWork: [
        Case(No.UNKNOWN_AGENT, offers("ann")),
        Case(No.UNKNOWN_TASK, offers(task="none")),
        Case(No.WRONG_ACCOUNT_KIND, offers("mint"), (c.CreateAgent("mint", "crew", wallet=False),)),
        Case(No.ASSET_MISMATCH, offers("sam"), (ocr_of("sam"), *PATS_USD)),
        Case(No.OWN_TASK, offers("kim"), (ocr_of("kim"),)),
        Case(No.OWN_TASK, offers("kid"), provider("kid", owner="kim")),
        Case(No.JUDGES_TASK, offers("vera", "judged"), (ocr_of("vera"),)),
        Case(No.JUDGES_TASK, offers("vito", "judged"), (ocr_of("vito"),)),
        Case(No.NOT_CAPABLE, offers("vera")),
        Case(No.OVER_CEILING, offers(price=81)),
        Case(No.TASK_NOT_OPEN, offers(task="over")),
        Case(
            No.TOO_MANY_OFFERS,
            offers(),
            (
                FREE,
                *(c.CreateAgent(AgentId(name), capabilities=("ocr",), credits=1) for name in A_CROWD[1:]),
                *(c.PostStake(name, 1) for name in A_CROWD[1:]),
                *(offers(name) for name in A_CROWD[1:]),
            ),
        ),
        Case(No.STAKE_TOO_SMALL, offers("kit"), NO_STAKE),
        Case(No.STAKE_TOO_SMALL, offers("kit"), provider("kit", 99)),
        Case(No.STAKE_TOO_SMALL, offers("kit"), provider("kit", 119)),  # 120 would back a contract at 80.
        Case(No.STAKE_TOO_SMALL, offers(), (c.UnbondStake("ana", 181),)),
        Case(
            # Of a share that is known to nobody, one in twenty are 5 % at most.
            No.REPUTATION_TOO_LOW,
            offers(task="known"),
            (asks("known", least_reputation=50_001),),
        ),
        Case(No.OWNER_SUSPENDED, offers(), (SUSPENDED,)),
        Case(No.AGENT_FROZEN, offers(), (c.FreezeAgent("ana"),)),
        Case(No.TEAM_FROZEN, offers("sam"), (FREE, ocr_of("sam"), c.PostStake("sam", 1), STOP_CREW)),
    ],
    c.WithdrawOffer: [
        Case(No.UNKNOWN_TASK, c.WithdrawOffer("none", "bea")),
        Case(No.UNKNOWN_OFFER, c.WithdrawOffer("waits", "ana")),
        Case(No.TASK_NOT_OPEN, c.WithdrawOffer("over", "bea")),
    ],
    c.AdvanceTask: [
        Case(No.UNKNOWN_TASK, c.AdvanceTask("none")),
        Case(No.UNKNOWN_TASK, c.AdvanceTask("over")),  # Nothing is ever due in what is over.
        Case(No.TASK_NOT_DUE, c.AdvanceTask("waits")),
    ],
}


def _with_tasks(case: Case) -> Case:
    return case._replace(first=(*OF_REFUSED, *case.first))


REFUSED = {command: [_with_tasks(case) for case in cases] for command, cases in CASES.items()}
LONG = "x" * 16_385
FORMS = [
    _with_tasks(case)
    for case in (
        Case(No.INVALID_ID, asks("a b")),
        Case(No.TEXT_TOO_LONG, asks("x" * 113)),  # Its contracts need the rest of a name.
        Case(No.TEXT_TOO_LONG, asks(description=LONG)),
        Case(No.AMOUNT_NOT_POSITIVE, asks(ceiling=0)),
        Case(No.AMOUNT_NOT_INTEGER, asks(ceiling=1.5)),
        Case(No.AMOUNT_NOT_POSITIVE, asks(bonus=-1)),
        Case(No.AMOUNT_TOO_LARGE, asks(ceiling=BIGGEST, bonus=1)),
        Case(No.AMOUNT_NOT_POSITIVE, asks(quality_weight=-1)),
        Case(No.AMOUNT_TOO_LARGE, asks(offers_until=BIGGEST + 1)),
        Case(No.AMOUNT_TOO_LARGE, asks(due_at=BIGGEST + 1)),
        Case(No.AMOUNT_NOT_POSITIVE, offers(price=0)),
        Case(No.AMOUNT_NOT_INTEGER, offers(price=1.5)),
        Case(No.AMOUNT_TOO_LARGE, offers(price=BIGGEST + 1)),
    )
]
PRECEDENCE = [
    _with_tasks(case)
    for case in (
        Case(No.INVALID_TASK, asks(requester="nobody", capability="")),
        Case(No.TASK_EXISTS, asks("waits", "sam"), PATS_USD),
        Case(No.ASSET_MISMATCH, asks(requester="sam", offers_until=NOW), PATS_USD),
        Case(No.DEADLINE_PASSED, asks(offers_until=NOW), (c.SetStanding("kim", Standing.BANNED),)),
        Case(No.OWNER_SUSPENDED, asks(ceiling=9_999), (c.SetStanding("kim", Standing.BANNED),)),
        Case(No.UNKNOWN_AGENT, offers("ann", "none")),
        Case(No.OWN_TASK, offers("kim", price=99)),
        Case(No.JUDGES_TASK, offers("vera", "judged", 99)),
        Case(No.NOT_CAPABLE, offers("vera", "over", 99)),
        Case(No.OVER_CEILING, offers(task="over", price=99)),
        Case(No.TASK_NOT_OPEN, offers("kit", "over"), NO_STAKE),
        Case(No.STAKE_TOO_SMALL, offers("kit", "known"), (*NO_STAKE, asks("known", least_reputation=60_000))),
        Case(
            No.REPUTATION_TOO_LOW, offers(task="known"), (asks("known", least_reputation=60_000), SUSPENDED)
        ),
        Case(No.OWNER_SUSPENDED, offers(), (SUSPENDED, c.FreezeAgent("ana"))),
        Case(No.UNKNOWN_OFFER, c.WithdrawOffer("over", "ana")),
    )
]
