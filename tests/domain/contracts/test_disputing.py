"""What two sides say of a verdict: claims and answers with bonds, decisions, and who pays for being wrong."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.flows.disputing import better
from econonexus.domain.kinds import ContractStatus, JudgedBy, Verdict
from econonexus.domain.promises import DAY, HOUR, Judging, PromiseRules
from econonexus.domain.refusals import RefusalCode as No
from tests.audit.test_agreement import assert_agreement
from tests.domain.contracts.town import (
    BYZANTINE,
    CONTRACT,
    CREDIT,
    EXCELLENT,
    PAYMENT,
    POOR,
    SATISFACTORY,
    STANDS,
    THREE,
    WORD,
    claims,
    contract,
    decides,
    delivered,
    kinds,
    says,
    settled,
    status,
)
from tests.world import World

VERIFIER = Judging(("una",))
ANN, REX = 800 * CREDIT, 1_000 * CREDIT
"""What the two have before anything is paid: ann has 200 more at stake."""


def judged(verdict: Verdict = POOR, **more: object) -> World:
    """rex says this of what ann has delivered."""
    world = delivered(**more)
    world.do(says("rex", verdict))
    return world


def disputed(**more: object) -> World:
    """rex says poor, ann claims satisfactory, rex stands by it; each has put 1.2 up."""
    world = judged(**more)
    world.do(claims("ann", SATISFACTORY), STANDS)
    return world


def bonds_lost(happened: tuple[e.Event, ...]) -> list[tuple[str, str, int]]:
    lost = (event for event in happened if isinstance(event, e.DisputeBondLost))
    return [(event.agent, event.destination, event.amount) for event in lost]


# Claims.


def test_a_claim_is_bonded_and_can_be_answered_for_an_hour() -> None:
    world = judged()
    (made,) = world.do(claims("ann", EXCELLENT, 700_000))
    assert made == e.VerdictChallenged(
        CONTRACT, "ann", EXCELLENT, "ann", "escrow", WORD, world.now + HOUR, 700_000, (), "not so"
    )
    assert world.available("ann") == ANN - WORD
    assert world.wait(HOUR - 1) == []
    happened = world.wait(1)
    assert (settled(happened).verdict, settled(happened).by) == (EXCELLENT, JudgedBy.UNANSWERED)
    # Rex alone had called it bad: what an answer would have taken is Ann's, too.
    paid = PAYMENT + WORD
    assert (world.available("ann"), world.available("rex")) == (ANN + paid, REX - paid)
    world.check_history()


def test_a_requesters_claim_that_nobody_answers_ends_unpaid_and_compensates_nobody() -> None:
    """A word of its own, however independent the verdict was that it stands against."""
    world = delivered(VERIFIER)
    world.do(says("una", SATISFACTORY), claims("rex", POOR))
    happened = world.wait(HOUR)
    assert (settled(happened).payment, settled(happened).verdict) == (0, POOR)
    (penalty,) = (event for event in happened if isinstance(event, e.StakeSlashed))
    assert (penalty.independent, penalty.to_injured) == (False, 0)


@pytest.mark.parametrize(
    ("agent", "claimed"),
    [("ann", POOR), ("ann", SATISFACTORY), ("ann", BYZANTINE), ("rex", SATISFACTORY), ("rex", EXCELLENT)],
)
def test_who_would_gain_nothing_by_a_claim_cannot_make_it(agent: str, claimed: Verdict) -> None:
    world = delivered(VERIFIER)
    world.do(says("una", SATISFACTORY))
    assert world.code(claims(agent, claimed)) is No.CLAIMS_NOTHING


def test_the_quality_alone_can_be_claimed() -> None:
    world = delivered(VERIFIER, quality_weight=4 * CREDIT)
    world.do(says("una", SATISFACTORY, 500_000))
    assert world.code(claims("ann", SATISFACTORY, 500_000)) is No.CLAIMS_NOTHING
    assert world.code(claims("ann", SATISFACTORY, 400_000)) is No.CLAIMS_NOTHING
    assert world.code(claims("ann", SATISFACTORY)) is No.CLAIMS_NOTHING
    world.do(claims("ann", SATISFACTORY, 600_000))


def test_nobody_challenges_its_own_word() -> None:
    assert judged().code(claims("rex", BYZANTINE)) is No.NOT_A_PARTY
    assert disputed().code(c.DefendVerdict(CONTRACT, "ann")) is No.NOT_A_PARTY


def test_whoever_is_no_side_of_a_contract_has_no_claim() -> None:
    world = judged()
    assert world.code(claims("bob", SATISFACTORY)) is No.NOT_A_PARTY
    assert world.code(claims("una", SATISFACTORY)) is No.NOT_A_PARTY


def test_after_its_window_a_verdict_cannot_be_challenged() -> None:
    world = judged()
    world.wait(HOUR)
    assert world.code(claims("ann", SATISFACTORY)) is No.CONTRACT_NOT_JUDGED


# Bonds.


def test_who_is_frozen_can_still_stand_up_for_itself_with_its_stake() -> None:
    world = judged()
    world.do(c.FreezeAgent("ann"))
    (made,) = world.do(claims("ann", SATISFACTORY))
    assert made.source == "stake:ann"
    assert world.account("stake:ann").held == 18 * CREDIT + WORD
    assert world.code(c.UnbondStake("ann", 181 * CREDIT)) is No.STAKE_IN_USE
    happened = world.wait(HOUR)
    assert (settled(happened).payment, world.account("stake:ann").held) == (PAYMENT + WORD, 0)
    world.check_history()


def test_without_money_and_free_stake_there_is_no_claim() -> None:
    world = judged()
    world.do(c.Transfer("ann", "bob", ANN), c.UnbondStake("ann", 182 * CREDIT))
    refusal = world.refusal(claims("ann", SATISFACTORY))
    assert (refusal.code, refusal.requested, refusal.available) == (No.INSUFFICIENT_FUNDS, WORD, 0)


def test_a_bond_counts_in_the_budgets_above_who_puts_it_up() -> None:
    world = delivered()
    world.do(c.CreateBudget("ann", 10 * CREDIT, alerts=()), says("rex", POOR))
    (made,) = world.do(claims("ann", SATISFACTORY))
    assert (made.budgets, world.budget("ann").held) == (("ann",), WORD)
    world.do(STANDS)
    world.do(decides(POOR))
    assert (world.budget("ann").held, world.budget("ann").spent) == (0, WORD)


def test_a_word_takes_at_least_one() -> None:
    world = judged(rules=PromiseRules(challenge_bond=0))
    (made,) = world.do(claims("ann", SATISFACTORY))
    assert made.bond == 1


# Decisions.


def test_who_was_right_gets_the_others_bond() -> None:
    """ann was right: 12 for the work and 1.2 of rex's, who has lost that beside the pay."""
    world = disputed()
    happened = world.do(decides(SATISFACTORY))
    assert settled(happened) == e.ContractSettled(
        CONTRACT,
        "t",
        SATISFACTORY,
        JudgedBy.OPERATOR,
        "rex",
        "ann",
        PAYMENT,
        0,
        (),
        None,
        "looked",
    )
    assert bonds_lost(happened) == [("rex", "ann", WORD)]
    assert world.available("ann") == ANN + PAYMENT + WORD
    assert world.available("rex") == REX - PAYMENT - WORD
    world.check_history()


def test_a_challenger_that_was_wrong_pays_for_it() -> None:
    world = disputed()
    happened = world.do(decides(POOR))
    assert bonds_lost(happened) == [("ann", "rex", WORD)]
    (penalty,) = (event for event in happened if isinstance(event, e.StakeSlashed))
    assert penalty.independent  # The operator has spoken.
    world.check_history()


def test_a_decision_between_the_two_takes_nobodys_bond() -> None:
    """rex says poor, ann claims excellent, and it was satisfactory."""
    world = judged()
    world.do(claims("ann", EXCELLENT), STANDS)
    happened = world.do(decides(SATISFACTORY))
    assert bonds_lost(happened) == []
    assert world.available("ann") == ANN + PAYMENT


def test_a_decision_beyond_what_was_claimed_is_for_who_claimed_it() -> None:
    world = judged()
    world.do(claims("ann", SATISFACTORY), STANDS)
    assert bonds_lost(world.do(decides(EXCELLENT))) == [("rex", "ann", WORD)]
    other = disputed()
    assert bonds_lost(other.do(decides(BYZANTINE))) == [("ann", "rex", WORD)]


@pytest.mark.parametrize(
    ("decided", "lost"),
    [
        (900_000, "rex"),
        (600_000, "rex"),
        (500_000, "none"),
        (300_000, "ann"),
        (1, "ann"),
        (None, "none"),
    ],
)
def test_a_dispute_about_the_quality_alone(decided: int | None, lost: str) -> None:
    """una says 0.3 and ann claims 0.6; what lies between is for neither, and neither is saying nothing."""
    world = delivered(VERIFIER, quality_weight=4 * CREDIT)
    world.do(says("una", SATISFACTORY, 300_000), claims("ann", SATISFACTORY, 600_000), STANDS)
    happened = world.do(decides(SATISFACTORY, decided))
    whose = {"rex": [("rex", "ann", WORD)], "ann": [("ann", "rex", WORD)], "none": []}
    assert bonds_lost(happened) == whose[lost]
    assert_agreement(world)


def test_attestors_who_voted_otherwise_than_was_decided_lose_their_bonds() -> None:
    """una and vic say poor, wyn satisfactory, and that it was: both bonds and rex's are ann's."""
    world = delivered(THREE)
    world.do(says("una", POOR), says("wyn", SATISFACTORY), says("vic", POOR))
    world.do(claims("ann", SATISFACTORY), STANDS)
    happened = world.do(decides(SATISFACTORY))
    assert bonds_lost(happened) == [("rex", "ann", WORD), ("una", "ann", WORD), ("vic", "ann", WORD)]
    assert world.balance("stake:una") == 200 * CREDIT - WORD
    assert (world.balance("stake:wyn"), world.account("stake:wyn").held) == (200 * CREDIT, 0)
    assert world.available("ann") == ANN + PAYMENT + 3 * WORD
    world.check_history()


@pytest.mark.parametrize(("to_insurance", "sink"), [(False, "burn"), (True, "insurance")])
def test_where_neither_side_was_right_votes_that_were_wrong_are_lost_to_nobody(
    to_insurance: bool, sink: str
) -> None:
    world = delivered(THREE, PromiseRules(to_insurance=to_insurance))
    world.do(says("una", POOR), says("vic", POOR))
    world.do(claims("ann", EXCELLENT), STANDS)
    happened = world.do(decides(SATISFACTORY))
    assert bonds_lost(happened) == [("una", sink, WORD), ("vic", sink, WORD)]
    assert world.balance(sink) == 2 * WORD


def test_a_dispute_that_nobody_decides_ends_with_the_verdict_and_both_bonds_back() -> None:
    world = disputed()
    assert contract(world).due == world.now + 7 * DAY
    assert world.wait(7 * DAY - 1) == []
    happened = world.wait(1)
    assert (settled(happened).verdict, settled(happened).by) == (POOR, JudgedBy.REQUESTER)
    assert bonds_lost(happened) == []
    assert world.available("ann") == ANN
    assert world.account("rex").held == 20 * CREDIT  # For bob, whose turn it is now.
    world.check_history()


def test_how_long_a_dispute_waits_is_the_rules() -> None:
    world = disputed(rules=PromiseRules(deciding=2 * HOUR))
    assert settled(world.wait(2 * HOUR)).verdict is POOR


# Bad faith.


def test_one_sides_word_of_bad_faith_bans_nobody_and_goes_to_the_operator() -> None:
    world = judged(BYZANTINE)
    (referred,) = world.wait(HOUR)
    assert referred == e.VerdictReferred(CONTRACT, world.now + 7 * DAY)
    assert status(world) is ContractStatus.DISPUTED
    happened = world.do(decides(BYZANTINE))
    assert (settled(happened).verdict, settled(happened).by) == (BYZANTINE, JudgedBy.OPERATOR)
    assert world.balance("stake:ann") == 0
    world.check_history()


def test_one_sides_word_of_bad_faith_that_nobody_decides_is_poor() -> None:
    world = judged(BYZANTINE)
    world.wait(HOUR)
    happened = world.wait(7 * DAY)
    assert (settled(happened).verdict, settled(happened).by) == (POOR, JudgedBy.REQUESTER)
    assert world.balance("stake:ann") == 200 * CREDIT  # The first three are forgiven.


def test_an_accusation_can_be_challenged_like_any_verdict() -> None:
    world = judged(BYZANTINE)
    world.do(claims("ann", SATISFACTORY))
    assert settled(world.wait(HOUR)).payment == PAYMENT + WORD


def test_a_claim_of_bad_faith_that_nobody_answers_goes_to_the_operator() -> None:
    world = delivered(VERIFIER)
    world.do(says("una", EXCELLENT), claims("rex", BYZANTINE))
    assert kinds(world.wait(HOUR)) == ["VerdictReferred"]
    assert world.code(STANDS) is No.NOT_A_PARTY
    assert world.code(c.DefendVerdict(CONTRACT, "ann")) is No.CONTRACT_NOT_CHALLENGED
    happened = world.do(decides(SATISFACTORY))
    assert bonds_lost(happened) == []  # Between the two.
    other = delivered(VERIFIER)
    other.do(says("una", EXCELLENT), claims("rex", BYZANTINE))
    other.wait(HOUR)
    assert bonds_lost(other.do(decides(EXCELLENT))) == [("rex", "ann", WORD)]
    third = delivered(VERIFIER)
    third.do(says("una", EXCELLENT), claims("rex", BYZANTINE))
    third.wait(HOUR)
    happened = third.wait(7 * DAY)
    assert (settled(happened).verdict, settled(happened).by) == (POOR, JudgedBy.UNANSWERED)


def test_an_independent_verdict_of_bad_faith_stands_where_nobody_challenges_it() -> None:
    world = delivered(VERIFIER)
    world.do(says("una", BYZANTINE))
    happened = world.wait(HOUR)
    assert settled(happened).verdict is BYZANTINE
    assert world.balance("stake:ann") == 0


# Which is better.


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((EXCELLENT, None), (SATISFACTORY, None), 1),
        ((POOR, 900_000), (SATISFACTORY, 100_000), -1),
        ((POOR, None), (BYZANTINE, None), 1),
        ((POOR, 2), (POOR, 1), 1),
        ((POOR, 1), (POOR, 2), -1),
        ((POOR, 1), (POOR, None), 0),
        ((POOR, None), (POOR, 1), 0),
        ((POOR, 1), (POOR, 1), 0),
    ],
)
def test_verdicts_are_compared_first_and_then_qualities(
    one: tuple[Verdict, int | None], other: tuple[Verdict, int | None], expected: int
) -> None:
    assert better(*one, *other) == expected
