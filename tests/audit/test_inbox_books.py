"""The second bookkeeper finds what does not add up about questions for humans, and money issued by rule.

Every forged journal here has an unbroken hash chain, as in `test_books`. The honest one goes like this:
humans give 60 minutes an hour; ann asks for 10 minutes at 3 each, of her 100; olga takes the question, uses 4
minutes, and gives ann 5 in new money of the day's 100,000,000. Then the period ends: what was burned, 12, is
issued again, a third of it to ann and two thirds to bob, who weighs twice as much.
"""

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Discrepancy
from econonexus.domain import events as e
from econonexus.domain.attention import ATTENTION, HOUR, MINUTE, InboxRules, Scores
from econonexus.domain.events import Event
from econonexus.domain.ids import SECOND
from econonexus.domain.kinds import AccountKind, Proceeds
from econonexus.domain.policy import Policy, Share
from econonexus.node.records import Record, seal
from econonexus.ports import GENESIS_HASH, StoredRecord
from tests.audit.test_books import chain, read

NOW = 1_000
RECYCLING = Policy(period=SECOND, recycle=1_000_000)
POOL = 100_000_000


def agent(name: str, weight: int = 1) -> tuple[Event, ...]:
    account = e.AccountOpened(name, name, AccountKind.WALLET, "credit")
    return (e.AgentCreated(name, None, name, weight=weight), account, e.Minted("mint", name, 100))


TOWN = (
    e.AssetDeclared("credit", 6),
    *agent("ann"),
    *agent("bob", 2),
    e.ResourceDeclared(ATTENTION, "minute", 60, HOUR),
)
ASKED = e.HumanAsked("q", "ann", "ann", "burn", 10, 3, 30, NOW + HOUR, (), "Why?", "Say.")
TAKEN = e.QuestionTaken("q", "ann", "olga", 10, NOW + 25 * MINUTE, NOW + HOUR)
ANSWERED = e.QuestionAnswered("q", "ann", "olga", "ann", "burn", 4, 12, 18, (), Scores(1, 2, 3), "So.")
GIVEN = e.HumanRewardIssued("q", "ann", "olga", "mint", "ann", 5, 0, 5, POOL)
SET = e.PolicySet(RECYCLING, NOW + SECOND, 0)
DONE = (*TOWN, SET, ASKED, TAKEN, ANSWERED, GIVEN)
"""All in one instant, and then the period ends."""
APPLIED = e.PolicyApplied(193, 2, 12, None, 12, 0, 0, 2, NOW + 2 * SECOND, 12)
ISSUED = e.AllowancesIssued("mint", (Share("ann", 4), Share("bob", 8)))
TARGET = replace(SET, policy=replace(RECYCLING, target=100))
CAPPED = replace(SET, policy=replace(RECYCLING, carry_over=104))


def test_an_honest_answer_adds_up() -> None:
    books = read(chain(*DONE, start=NOW, step=0))
    assert (books.balance["ann"], books.held["ann"], books.balance["burn"]) == (93, 0, 12)
    assert books.resources.promises[ATTENTION]["question 1"].units == 4


@pytest.mark.parametrize(
    ("before", "forged", "problem"),
    [
        # Asked.
        ((*TOWN, ASKED), ASKED, "asks question q a second time"),
        (TOWN, replace(ASKED, minutes=61, held=183), "more minutes than humans give"),
        (TOWN, replace(ASKED, held=29), "reserves 29 for 10 minutes"),
        (TOWN, replace(ASKED, minutes=50, held=150), "below its floor"),
        (TOWN, replace(ASKED, destination="treasury"), "against the inbox's rules"),
        (TOWN, replace(ASKED, expires_at=NOW), "or too late"),
        (TOWN, replace(ASKED, source="bob"), "says that bob pays for ann"),
        (TOWN, replace(ASKED, agent="nobody"), "speaks of agent nobody"),
        (TOWN, replace(ASKED, budgets=("b",)), "counts in the budgets b"),
        ((*TOWN, e.AgentFrozen("ann")), ASKED, "which is frozen"),
        ((*TOWN, e.InboxRulesSet(InboxRules(reserve=4))), ASKED, "reserves 30 for 10 minutes"),
        ((*TOWN, e.InboxRulesSet(InboxRules(proceeds=Proceeds.TREASURY))), ASKED, "against the inbox's"),
        ((*TOWN, ASKED), e.Transferred("ann", "bob", 71), "below its floor"),  # It is reserved.
        # Taken.
        (TOWN, TAKEN, "speaks of question q of ann, which is not open"),
        ((*TOWN, ASKED), replace(TAKEN, agent="bob"), "of bob, which is not open"),
        ((*TOWN, ASKED), replace(TAKEN, minutes=9), "gives question q to olga"),
        ((*TOWN, ASKED), replace(TAKEN, until=NOW), "until 1000, not"),
        ((*TOWN, ASKED), replace(TAKEN, promised_until=NOW + 1), "for another time than a period"),
        ((*TOWN, ASKED, TAKEN), replace(TAKEN, human="max"), "and olga has it"),
        ((*TOWN, ASKED, TAKEN), e.CapacityChanged(ATTENTION, 9), "promises 10 units"),
        ((*TOWN, ASKED, TAKEN), e.QuestionReturned("q", "ann", "olga"), "before the time"),
        ((*TOWN, ASKED), e.QuestionReturned("q", "ann", "olga"), "or who has it not"),
        # Answered.
        ((*TOWN, ASKED), ANSWERED, "who has not taken it"),
        ((*TOWN, ASKED, TAKEN), replace(ANSWERED, human="max"), "who has not taken it"),
        ((*TOWN, ASKED, TAKEN), replace(ANSWERED, minutes=11, paid=33, released=0), "beyond its minutes"),
        ((*TOWN, ASKED, TAKEN), replace(ANSWERED, paid=13, released=17), "pays 13 for 4 minutes"),
        ((*TOWN, ASKED, TAKEN), replace(ANSWERED, released=19), "pays 12 for 4 minutes"),
        ((*TOWN, ASKED, TAKEN), replace(ANSWERED, destination="bob"), "between other accounts"),
        ((*TOWN, ASKED, TAKEN), replace(ANSWERED, scores=Scores(1, 11, 1)), "a score over 10"),
        # Ended otherwise.
        ((*TOWN, ASKED), e.QuestionExpired("q", "ann", "ann", 30), "expire before its time"),
        ((*TOWN, ASKED, TAKEN), e.QuestionWithdrawn("q", "ann", "ann", 30), "which olga answers"),
        ((*TOWN, ASKED, TAKEN), e.QuestionDeclined("q", "ann", "max", "ann", 30), "and olga has it"),
        ((*TOWN, ASKED), e.QuestionWithdrawn("q", "ann", "ann", 29), "releases 29"),
        # Rewards.
        ((*TOWN, SET, ASKED, TAKEN), GIVEN, "which was not just answered"),
        (DONE, GIVEN, "which was not just answered"),
        (DONE[:-1], replace(GIVEN, destination="bob"), "which was not just answered"),
        (DONE[:-1], replace(GIVEN, amount=6), "as given on day 0, not 6"),
        (DONE[:-1], replace(GIVEN, day=1), "on day 1"),
        (DONE[:-1], replace(GIVEN, pool=POOL + 1), f"of {POOL + 1} as given"),
        (DONE[:-1], replace(GIVEN, amount=POOL + 1, rewarded=POOL + 1), f"of a pool of {POOL}"),
        (DONE[:-1], replace(GIVEN, source="treasury"), "takes money from treasury"),
        # The policy.
        (TOWN, replace(SET, counted=1), "says of the policy counted 1, and it is 0"),
        (TOWN, replace(SET, next_at=NOW + 1), "says of the policy next_at"),
        (DONE, APPLIED, "before the end of the period"),
        (TOWN, APPLIED, "before the end of the period"),
        (DONE, ISSUED, "issues 4 to ann, which is not what the period came to"),
    ],
)
def test_a_forged_record_is_found(before: tuple[Event, ...], forged: Event, problem: str) -> None:
    with pytest.raises(Discrepancy, match=problem) as found:
        read(chain(*before, forged, start=NOW, step=0))
    assert found.value.sequence == len(before) + 1


@pytest.mark.parametrize(
    ("first", "forged", "problem"),
    [
        (DONE, replace(APPLIED, supply=194), "supply 194, and it is 193"),
        (DONE, replace(APPLIED, agents=3), "agents 3"),
        (DONE, replace(APPLIED, burned=11), "burned 11"),
        (DONE, replace(APPLIED, recycled=13), "recycled 13"),
        (DONE, replace(APPLIED, issued=1), "issued 1"),
        (DONE, replace(APPLIED, waiting=1), "waiting 1"),
        (DONE, replace(APPLIED, target=1), "target 1"),
        (DONE, replace(APPLIED, shares=1), "shares 1"),
        (DONE, replace(APPLIED, next_at=NOW + 3 * SECOND), "next_at"),
        (DONE, replace(APPLIED, counted=0), "counted 0"),
    ],
)
def test_a_forged_period_is_found(first: tuple[Event, ...], forged: Event, problem: str) -> None:
    with pytest.raises(Discrepancy, match=problem):
        read(_with_end(first, forged))


@pytest.mark.parametrize(
    ("shares", "problem"),
    [
        ((Share("ann", 5), Share("bob", 7)), "issues 5 to ann"),
        ((Share("bob", 8), Share("ann", 4)), "issues 8 to bob"),
        ((Share("ann", 4), Share("bob", 8), Share("bob", 1)), "issues 1 to bob"),
        ((), "issues nothing to nobody"),
    ],
)
def test_allowances_of_other_amounts_are_found(shares: tuple[Share, ...], problem: str) -> None:
    with pytest.raises(Discrepancy, match=problem):
        read(_with_end(DONE, APPLIED, e.AllowancesIssued("mint", shares)))


def test_allowances_that_are_left_out_are_found() -> None:
    with pytest.raises(Discrepancy, match="before bob got its allowance"):
        read(_with_end(DONE, APPLIED, e.AllowancesIssued("mint", (Share("ann", 4),))))
    with pytest.raises(Discrepancy, match="before ann got its allowance"):
        read(_with_end(DONE, APPLIED, e.AccountFrozen("ann")))


def test_an_honest_period_adds_up_whole_or_in_parts() -> None:
    whole = read(_with_end(DONE, APPLIED, ISSUED))
    parts = read(_with_end(DONE, APPLIED, *(e.AllowancesIssued("mint", (share,)) for share in ISSUED.shares)))
    assert whole.balance == parts.balance
    assert (whole.balance["ann"], whole.balance["bob"]) == (97, 108)


def test_a_target_and_a_cap_are_worked_out_again() -> None:
    """193 circulate of 200: 7 of the 12 burned come back. Up to 104, bob gets 4 and ann the other 8."""
    to_target = replace(APPLIED, target=200, recycled=7)
    read(
        _with_end(
            (*TOWN, TARGET, *DONE[len(TOWN) + 1 :]),
            to_target,
            e.AllowancesIssued("mint", (Share("ann", 2), Share("bob", 5))),
        )
    )
    capped = (*TOWN, CAPPED, *DONE[len(TOWN) + 1 :])
    books = read(_with_end(capped, APPLIED, e.AllowancesIssued("mint", (Share("ann", 8), Share("bob", 4)))))
    assert (books.balance["ann"], books.balance["bob"]) == (101, 104)


def _with_end(first: tuple[Event, ...], *happened: Event) -> list[StoredRecord]:
    """A journal in which all of `first` is one instant, and a second later a period is over."""
    stored, link = [], GENESIS_HASH
    for number, event in enumerate((*first, *happened), 1):
        time = NOW if number <= len(first) else NOW + SECOND
        stored.append(seal(Record(number, time, "op", f"c{number}", event), link))
        link = stored[-1].hash
    return stored
