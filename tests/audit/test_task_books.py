"""The second bookkeeper finds what does not add up about tasks: who may offer, who gets them, what is paid.

Every forged journal here has an unbroken hash chain, as in `test_books`. The honest one goes like this: kim
asks for a task of at most 80, for which 100 of its 500 are held with a bonus of 20; perfect work is worth 100
of the price. bea offers it for 40 and ana for 55. Nothing is known of bea; ana's work is at least 0.3 good:
55 − 30 = 25 against 40 − 5 = 35, so ana gets it for 35 + 30 = 65.
"""

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Books, Discrepancy
from econonexus.audit.records import Records
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.kinds import AccountKind, JudgedBy, Offence, Standing, Verdict
from econonexus.domain.promises import Judging, PromiseRules
from tests.audit.test_books import chain, read

NOW = 1_000
ENDS, DUE = NOW + 1_000, NOW + 3_000


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """ana has done good work before; how records come about is the affair of `test_record_books`."""
    proven = {"ana": 300_000}
    monkeypatch.setattr(Records, "proven", lambda _, owner, __: proven.get(owner, 50_000))


def agent(name: str, owner: str | None = None, *can: str) -> tuple[Event, ...]:
    account = e.AccountOpened(name, name, AccountKind.WALLET, "credit")
    return (e.AgentCreated(name, None, owner or name, can), account, e.Minted("mint", name, 500))


RULES = PromiseRules(identity_stake=0, bond=0)
TOWN = (
    e.AssetDeclared("credit", 6),
    e.PromiseRulesSet(RULES),
    *agent("kim", None, "ocr"),
    *agent("ana", None, "ocr"),
    *agent("abe", "ana", "ocr"),
    *agent("bea", None, "ocr"),
    *agent("vera", None, "ocr"),
    *(e.AccountOpened(f"stake:{name}", name, AccountKind.STAKE, "credit") for name in ("ana", "abe", "bea")),
)
POSTED = e.TaskPosted(
    "t", "kim", "kim", "escrow", "ocr", 80, 20, 100, ENDS, DUE, Judging(("vera",)), quality_weight=100
)
BY_BEA, BY_ANA = e.WorkOffered("t", "bea", 40), e.WorkOffered("t", "ana", 55)
OFFERED = (*TOWN, POSTED, BY_BEA, BY_ANA)
OF_BEA, OF_ANA = e.OpenedOffer("bea", 40, 50_000), e.OpenedOffer("ana", 55, 300_000)
AWARDED = e.ContractOpened(
    "t:1",
    "t",
    "kim",
    "ana",
    "ana",
    65,
    20,
    0,
    "stake:ana",
    "ana",
    DUE,
    RULES,
    (OF_BEA, OF_ANA),
    "bea",
)
FAILED = e.TaskFailed("t", "kim", "kim", 100, "nobody offered")
SETTLED = e.ContractSettled("t:1", "t", Verdict.SATISFACTORY, JudgedBy.VERIFIER, "kim", "ana", 65, 0)
LATE = replace(SETTLED, verdict=Verdict.LATE, by=JudgedBy.SYSTEM, payment=0)
FORGIVEN = e.StakeSlashed(
    agent="ana",
    owner="ana",
    offence=Offence.TIMEOUT_VIOLATION,
    source="stake:ana",
    amount=0,
    base=0,
    reach=0,
    rule=RULES.timeout_violation,
    window=RULES.window,
    offences=1,
    by="system",
    independent=True,
    injured="kim",
    loss=0,
    to_injured=0,
    sink="burn",
    contract="t:1",
    evidence=(24,),
)
"""What being late leads to, with nothing at stake."""
SHORT = (*TOWN, replace(POSTED, due_at=ENDS + 1), BY_BEA, BY_ANA, replace(AWARDED, due_at=ENDS + 1))
"""The work is due in the next record."""


def journal(*happened: Event) -> Books:
    """The books after a journal in which time passes once the offers end."""
    ends = next(
        (place for place, each in enumerate(happened) if isinstance(each, e.ContractOpened | e.TaskFailed)),
        len(happened),
    )
    return read(chain(*happened, start=ENDS - ends, step=1))


def test_an_honest_task_adds_up() -> None:
    assert_awarded(journal(*OFFERED, AWARDED))


def test_what_is_withheld_is_taken_as_it_is_opened() -> None:
    withheld = e.Withheld("5f" * 32)
    assert_awarded(
        journal(*TOWN, POSTED, replace(BY_BEA, price=withheld), replace(BY_ANA, price=withheld), AWARDED)
    )


def assert_awarded(books: Books) -> None:
    """ana has the contract, and what the task may cost with its bonus is still held of kim's."""
    assert {name: promised.payment for name, promised in books.penalties.open.items()} == {"t:1": 65}
    assert (books.balance["kim"], books.held["kim"]) == (500, 100)


@pytest.mark.parametrize(
    ("before", "forged", "problem"),
    [
        # Posted.
        ((*TOWN, POSTED), POSTED, "posts task t while it is open"),
        (TOWN, replace(POSTED, held=80), "reserves 80 for task t"),
        (TOWN, replace(POSTED, destination="treasury"), "which is not its ceiling and its bonus"),
        (TOWN, replace(POSTED, ceiling=500, held=520), "below its floor"),
        (TOWN, replace(POSTED, offers_until=5), "times that are out of order"),
        (TOWN, replace(POSTED, due_at=ENDS), "times that are out of order"),
        (TOWN, replace(POSTED, source="ana"), "says that ana pays for kim"),
        (TOWN, replace(POSTED, judging=Judging(("nobody",))), "speaks of agent nobody"),
        (TOWN, replace(POSTED, judging=Judging(("vera", "bea"), 1)), "judged by 1 of 2"),
        (TOWN, replace(POSTED, judging=Judging((), 2)), "judged by 2 of 0"),
        ((*TOWN, e.AgentFrozen("kim")), POSTED, "which is frozen"),
        ((*TOWN, POSTED), e.Transferred("kim", "ana", 401), "below its floor"),  # It is reserved.
        # Offered.
        (TOWN, BY_ANA, "speaks of task t, which is not open"),
        ((*TOWN, POSTED), replace(BY_ANA, agent="nobody"), "speaks of agent nobody"),
        ((*TOWN, POSTED), replace(BY_ANA, agent="kim"), "which its owner asks for or judges"),
        ((*TOWN, POSTED), replace(BY_ANA, agent="vera"), "which its owner asks for or judges"),
        ((*TOWN, POSTED), replace(BY_ANA, price=81), "more than its ceiling"),
        ((*TOWN, POSTED), replace(BY_ANA, price=0), "or for nothing"),
        ((*TOWN, e.AgentChanged("ana"), POSTED), BY_ANA, "which it cannot"),
        ((*TOWN, e.AgentFrozen("ana"), POSTED), BY_ANA, "and it is frozen"),
        ((*OFFERED, AWARDED), replace(BY_ANA, agent="abe"), "when it takes no offers"),
        ((*TOWN, POSTED), e.OfferWithdrawn("t", "ana"), "what ana did not offer"),
        ((*OFFERED, AWARDED), e.OfferWithdrawn("t", "ana"), "or has had"),
        # Taken back.
        ((*OFFERED, AWARDED), e.TaskCancelled("t", "kim", "kim", 100), "which was awarded"),
        (OFFERED, e.TaskCancelled("t", "kim", "kim", 99), "with other money than was reserved"),
        (OFFERED, e.TaskCancelled("t", "kim", "ana", 100), "with other money than was reserved"),
        (OFFERED, e.TaskReopened("t", "t:1", ENDS), "whose contract t:0 is not over"),
        # Awarded.
        (OFFERED, replace(AWARDED, provider="bea", owner="bea"), "awards task t to bea"),
        (OFFERED, replace(AWARDED, payment=66), "for 66, and its offers say"),
        (OFFERED, replace(AWARDED, second=None, payment=80), "for 80, and its offers say"),
        (OFFERED, replace(AWARDED, contract="t:2"), "opens contract t:2"),
        (OFFERED, replace(AWARDED, requester="abe"), "for another requester"),
        (OFFERED, replace(AWARDED, bonus=19), "for another bonus"),
        (OFFERED, replace(AWARDED, due_at=DUE + 1), "until another time"),
        (OFFERED, replace(AWARDED, owner="bea"), "is owned by bea"),
        (OFFERED, replace(AWARDED, offers=(OF_ANA, OF_BEA)), "in another order"),
        (OFFERED, replace(AWARDED, offers=(OF_ANA,)), "opens other offers"),
        (OFFERED, replace(AWARDED, offers=(replace(OF_BEA, price=41), OF_ANA)), "at another price"),
        (OFFERED, replace(AWARDED, offers=(replace(OF_BEA, quality=None), OF_ANA)), "or with neither"),
        (OFFERED, replace(AWARDED, offers=(replace(OF_BEA, barred="tried"), OF_ANA)), "with a quality and"),
        (
            OFFERED,
            replace(AWARDED, offers=(e.OpenedOffer("bea", 40, None, "tried"), OF_ANA)),
            "says wrongly whether bea has had",
        ),
        (
            OFFERED,
            replace(AWARDED, offers=(e.OpenedOffer("bea", 40, None, "agent_frozen"), OF_ANA)),
            "agent_frozen.*and it is None",
        ),
        (
            OFFERED,
            replace(AWARDED, offers=(e.OpenedOffer("bea", 40, None, "not_capable"), OF_ANA)),
            "not_capable.*and it is None",
        ),
        (
            OFFERED,
            replace(AWARDED, offers=(e.OpenedOffer("bea", 40, None, "stake_too_small", 60, 60), OF_ANA)),
            "had=60.*and it is None",
        ),
        ((*OFFERED, e.AgentFrozen("ana")), AWARDED, "None, and it is .*agent_frozen"),
        (
            (*OFFERED, e.PromiseRulesSet(PromiseRules(identity_stake=100, bond=0))),
            AWARDED,
            "bea.*None, and it is .*stake_too_small.*least=100, had=0",
        ),
        (
            (*OFFERED, e.PromiseRulesSet(PromiseRules(identity_stake=0))),
            AWARDED,
            "bea.*None, and it is .*stake_too_small.*least=120, had=0",
        ),
        ((*OFFERED, e.StandingSet("bea", Standing.SUSPENDED)), AWARDED, "bea.*and it is .*owner_suspended"),
        (
            (*TOWN, replace(POSTED, least_reputation=60_000), BY_BEA, BY_ANA),
            AWARDED,
            "bea.*and it is .*reputation_too_low.*least=60000, had=50000",
        ),
        ((*OFFERED, AWARDED), replace(AWARDED, contract="t:2"), "or twice at once"),
        (OFFERED, replace(FAILED, offers=(OF_BEA, OF_ANA)), "lets task t fail, which ana would do"),
        (OFFERED, FAILED, "opens other offers for task t"),
        # Over.
        ((*OFFERED, AWARDED), replace(SETTLED, contract="t:2"), "settles contract t:2 of task t"),
        ((*OFFERED, AWARDED), replace(SETTLED, payment=81), "pays 81 and 0 for task t"),
        ((*OFFERED, AWARDED), replace(SETTLED, bonus=21), "pays 65 and 21 for task t"),
        ((*OFFERED, AWARDED), replace(SETTLED, source="bea"), "with other money than was reserved"),
        ((*OFFERED, AWARDED), replace(LATE, bonus=1), "which was not kept"),
        ((*SHORT, LATE, FORGIVEN), AWARDED, "says wrongly whether ana has had"),
    ],
)
def test_what_does_not_add_up_is_found(before: tuple[Event, ...], forged: Event, problem: str) -> None:
    with pytest.raises(Discrepancy, match=problem):
        journal(*before, forged)


def test_a_task_cannot_be_awarded_before_its_offers_end() -> None:
    with pytest.raises(Discrepancy, match="before its time for offers is over"):
        read(chain(*OFFERED, AWARDED, start=NOW, step=1))


def test_a_contract_says_where_its_provider_is_paid_and_is_held_to_it() -> None:
    with pytest.raises(Discrepancy, match="will pay bea for the work of ana"):
        journal(*OFFERED, replace(AWARDED, destination="bea"))


def test_whoever_never_staked_cannot_have_a_task_even_where_nothing_is_asked_for() -> None:
    carl = (*OFFERED[: len(TOWN)], *agent("carl", None, "ocr"), POSTED, e.WorkOffered("t", "carl", 40))
    honest = replace(FAILED, reason="", offers=(e.OpenedOffer("carl", 40, None, "stake_too_small", 1, 0),))
    journal(*carl, honest)
    with pytest.raises(Discrepancy, match="says of carl"):
        journal(*carl, replace(honest, offers=(e.OpenedOffer("carl", 40, 50_000),)))
