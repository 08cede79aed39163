"""How a contract is judged: by its requester, a verifier, several attestors, the clock, or by silence."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.kinds import ContractStatus, JudgedBy, Verdict
from econonexus.domain.promises import DAY, HOUR, Judging, PromiseRules
from econonexus.domain.refusals import RefusalCode as No
from tests.domain.contracts.town import (
    BOND,
    BYZANTINE,
    CONTRACT,
    CREDIT,
    EXCELLENT,
    PAYMENT,
    POOR,
    SATISFACTORY,
    THREE,
    WORD,
    claims,
    contract,
    delivered,
    kinds,
    says,
    settled,
    status,
    town,
)

VERIFIER = Judging(("una",))


def test_what_a_contract_holds() -> None:
    """CON-1: the payment in escrow, the bond one and a half times the price, the identity stake of 100."""
    world = town()
    assert PromiseRules().identity_stake == 100 * CREDIT
    assert (contract(world).payment, contract(world).bond.amount) == (PAYMENT, BOND)
    assert world.account("rex").held == 20 * CREDIT  # The ceiling, until it is settled.
    assert world.account("stake:ann").held == BOND
    world.check_history()


# The requester judges.


def test_a_requester_that_is_satisfied_pays_at_once() -> None:
    world = delivered()
    happened = world.do(says("rex", SATISFACTORY))
    assert kinds(happened)[:2] == ["ContractJudged", "ContractSettled"]
    assert (settled(happened).payment, settled(happened).by) == (PAYMENT, JudgedBy.REQUESTER)
    assert world.balance("ann") == 800 * CREDIT + PAYMENT
    assert (world.available("rex"), world.account("stake:ann").held) == (988 * CREDIT, 0)
    world.check_history()


def test_an_excellent_one_is_paid_with_the_funded_bonus() -> None:
    """A newcomer has proven 0.05, so its multiplier is the least, 0.1: of 4 it gets 0.4."""
    world = delivered(bonus=4 * CREDIT)
    happened = world.do(says("rex", EXCELLENT))
    assert (settled(happened).payment, settled(happened).bonus) == (PAYMENT, 400_000)
    assert world.available("rex") == 1_000 * CREDIT - PAYMENT - 400_000


def test_a_satisfied_requester_need_not_wait_for_the_report() -> None:
    world = town()
    assert settled(world.do(says("rex", SATISFACTORY))).payment == PAYMENT


@pytest.mark.parametrize("verdict", [POOR, BYZANTINE])
def test_before_the_delivery_nobody_can_say_that_it_failed(verdict: Verdict) -> None:
    assert town().code(says("rex", verdict)) is No.NOT_DELIVERED


def test_a_verdict_that_is_against_the_provider_waits_for_its_challenge() -> None:
    world = delivered()
    (judged,) = world.do(says("rex", POOR))
    assert judged == e.ContractJudged(
        CONTRACT, POOR, JudgedBy.REQUESTER, world.now + HOUR, False, None, "seen"
    )
    assert world.wait(HOUR - 1) == []
    happened = world.wait(1)
    assert (settled(happened).payment, settled(happened).verdict) == (0, POOR)


def test_a_requester_that_lowers_the_pay_by_the_quality_does_not_settle_alone() -> None:
    """ann is paid by the quality that is realised: what her requester says of it can be challenged."""
    world = delivered(quality_weight=4 * CREDIT)
    world.do(says("rex", SATISFACTORY, 0))
    assert status(world) is ContractStatus.JUDGED
    other = delivered(quality_weight=4 * CREDIT)
    other.do(says("rex", SATISFACTORY, 1_000_000))
    assert status(other) is ContractStatus.SETTLED


# Silence and lateness.


def test_a_requesters_silence_is_satisfaction_after_a_day() -> None:
    world = delivered()
    assert world.wait(DAY - 1) == []
    happened = world.wait(1)
    assert (settled(happened).payment, settled(happened).by) == (PAYMENT, JudgedBy.SILENCE)
    world.check_history()


def test_a_missed_deadline_is_found_without_anyone_asking() -> None:
    """CON-6."""
    world = town()
    assert world.wait(10 * HOUR - 1) == []
    happened = world.wait(1)
    assert (settled(happened).verdict, settled(happened).by) == (Verdict.LATE, JudgedBy.SYSTEM)
    assert settled(happened).payment == 0


def test_a_delivery_at_the_last_instant_is_in_time_and_one_at_the_deadline_is_late() -> None:
    world = town()
    world.wait(10 * HOUR - 1)
    world.do(c.ReportDelivery(CONTRACT, "ann"))
    assert status(world) is ContractStatus.DELIVERED
    late = town()
    late.wait(10 * HOUR)
    assert late.code(c.ReportDelivery(CONTRACT, "ann")) is No.CONTRACT_NOT_OPEN


# A verifier judges.


def test_a_verifier_is_not_staked_and_its_verdict_can_be_challenged_for_an_hour() -> None:
    world = delivered(VERIFIER)
    (judged,) = world.do(says("una", EXCELLENT, 900_000))
    assert judged == e.ContractJudged(
        CONTRACT, EXCELLENT, JudgedBy.VERIFIER, world.now + HOUR, True, 900_000, "seen"
    )
    assert world.account("stake:una").held == 0
    assert settled(world.wait(HOUR)).payment == PAYMENT


def test_where_there_is_a_verifier_the_requester_has_no_say() -> None:
    world = delivered(VERIFIER)
    assert world.code(says("rex", POOR)) is No.NOT_A_JUDGE
    assert world.code(says("rex", EXCELLENT)) is No.NOT_A_JUDGE


def test_a_verifier_waits_for_the_delivery() -> None:
    assert town(VERIFIER).code(says("una", EXCELLENT)) is No.NOT_DELIVERED


def test_a_verifier_of_the_requesters_owner_is_not_independent() -> None:
    world = town()
    world.do(c.CreateAgent("twin", owner="rex"))
    world.do(says("rex", SATISFACTORY))
    world.do(
        c.PostTask("u", "rex", "write", 20 * CREDIT, world.now + 1, world.now + HOUR, Judging(("twin",))),
        c.OfferWork("u", "ann", 10 * CREDIT),
    )
    world.wait(1)
    world.do(c.ReportDelivery("u:1", "ann"))
    (judged,) = world.do(c.JudgeContract("u:1", "twin", POOR))
    assert (judged.by, judged.independent) == (JudgedBy.VERIFIER, False)


def test_a_verifiers_silence_counts_as_satisfactory_and_can_be_challenged() -> None:
    world = delivered(VERIFIER)
    (judged,) = world.wait(DAY)
    assert (judged.verdict, judged.by, judged.independent) == (SATISFACTORY, JudgedBy.SILENCE, False)
    assert status(world) is ContractStatus.JUDGED
    assert settled(world.wait(HOUR)).payment == PAYMENT


# Several attestors judge.


def test_a_vote_is_backed_by_stake_until_the_contract_is_settled() -> None:
    world = delivered(THREE)
    (vote,) = world.do(says("una", SATISFACTORY))
    assert vote == e.VoteCast(CONTRACT, "una", SATISFACTORY, "stake:una", WORD, None, "seen")
    assert world.account("stake:una").held == WORD
    _, judged = world.do(says("vic", SATISFACTORY))
    assert (judged.by, judged.independent) == (JudgedBy.ATTESTORS, True)
    assert world.account("stake:vic").held == WORD
    world.wait(HOUR)
    assert (world.account("stake:una").held, world.account("stake:vic").held) == (0, 0)
    assert world.balance("stake:una") == 200 * CREDIT
    world.check_history()


def test_a_vote_keeps_stake_from_being_given_back() -> None:
    """CON-5: never while a contract or challenge is open."""
    world = town(THREE)
    world.do(c.UnbondStake("una", 50 * CREDIT))
    world.do(c.ReportDelivery(CONTRACT, "ann"), says("una", POOR), says("vic", POOR))
    world.do(claims("ann", EXCELLENT), c.DefendVerdict(CONTRACT, "rex"))
    world.wait(7 * DAY - 1)
    world.do(c.UnbondStake("vic", CREDIT))
    happened = world.wait(
        1
    )  # una's delay is over, and so is the time for a decision: the vote is free first.
    assert kinds(happened)[-1] == "StakeReleased"
    assert (happened[-1].agent, happened[-1].amount) == ("una", 50 * CREDIT)
    world.check_history()


def test_what_backs_a_vote_can_be_withdrawn_only_once_it_is_free() -> None:
    rules = PromiseRules(unbonding=HOUR)
    world = delivered(THREE, rules)
    world.do(says("una", POOR), c.UnbondStake("una", 50 * CREDIT))
    assert world.code(c.UnbondStake("una", 149 * CREDIT)) is No.STAKE_IN_USE
    assert world.wait(DAY - 1) == []  # Its delay is over, and the contract is not.
    assert kinds(world.wait(1)) == ["ContractJudged"]
    assert "StakeReleased" in kinds(world.wait(HOUR))


def test_the_quality_is_the_lower_median_of_those_who_agree() -> None:
    world = delivered(Judging(("una", "vic", "wyn", "xan"), 4))
    for judge, quality in (("una", 900_000), ("vic", 100_000), ("wyn", None), ("xan", 800_000)):
        happened = world.do(says(judge, SATISFACTORY, quality))
    assert happened[-1].quality == 800_000


def test_votes_that_do_not_agree_are_taken_together_once_all_are_in() -> None:
    """Excellent and poor and satisfactory: two of three say that it was kept."""
    world = delivered(THREE)
    world.do(says("una", EXCELLENT), says("vic", POOR))
    _, judged = world.do(says("wyn", SATISFACTORY))
    assert (judged.verdict, judged.by) == (SATISFACTORY, JudgedBy.ATTESTORS)
    other = delivered(THREE)
    other.do(says("una", BYZANTINE), says("vic", SATISFACTORY))
    _, judged = other.do(says("wyn", POOR))
    assert (judged.verdict, judged.by) == (POOR, JudgedBy.ATTESTORS)


def test_one_who_speaks_of_bad_faith_makes_no_quorum_for_it() -> None:
    world = delivered(THREE)
    world.do(says("una", BYZANTINE))
    _, judged = world.do(says("vic", BYZANTINE))
    assert (judged.verdict, judged.independent) == (BYZANTINE, True)


def test_no_quorum_in_time_is_satisfactory_and_can_be_challenged() -> None:
    """One of three says poor and two are silent: nobody has shown that it was."""
    world = delivered(THREE)
    world.do(says("una", POOR))
    assert world.wait(DAY - 1) == []
    (judged,) = world.wait(1)
    assert (judged.verdict, judged.by, judged.independent) == (SATISFACTORY, JudgedBy.SILENCE, False)
    assert judged.challenge_until == world.now + HOUR


def test_unanimity_that_is_not_reached_is_no_verdict_either_way() -> None:
    world = delivered(Judging(("una", "vic", "wyn"), 3))
    world.do(says("una", POOR), says("vic", POOR))
    _, judged = world.do(says("wyn", SATISFACTORY))
    assert (judged.verdict, judged.by) == (SATISFACTORY, JudgedBy.SILENCE)


def test_a_vote_after_its_time_is_too_late() -> None:
    world = delivered(THREE)
    world.wait(DAY)
    assert world.code(says("una", POOR)) is No.CONTRACT_NOT_OPEN


def test_who_has_too_little_at_stake_has_no_vote() -> None:
    """Neither without the identity stake nor without a bond that is free."""
    world = town(Judging(("una", "rex", "vic"), 2))
    world.do(c.ReportDelivery(CONTRACT, "ann"))
    refusal = world.refusal(says("rex", POOR))
    assert (refusal.code, refusal.requested, refusal.available) == (No.STAKE_TOO_SMALL, 100 * CREDIT, 0)
    world.do(c.UnbondStake("una", 199 * CREDIT))
    refusal = world.refusal(says("una", POOR))
    assert (refusal.code, refusal.requested, refusal.available) == (No.STAKE_TOO_SMALL, WORD, CREDIT)


def test_a_majority_with_one_of_the_requesters_own_is_not_independent() -> None:
    world = town(Judging(("una", "rex", "vic"), 2))
    world.do(c.PostStake("rex", 150 * CREDIT), c.ReportDelivery(CONTRACT, "ann"))
    world.do(says("rex", POOR))
    _, judged = world.do(says("una", POOR))
    assert (judged.by, judged.independent) == (JudgedBy.ATTESTORS, False)
    other = town(Judging(("una", "rex", "vic"), 2))
    other.do(c.PostStake("rex", 150 * CREDIT), c.ReportDelivery(CONTRACT, "ann"))
    other.do(says("rex", SATISFACTORY), says("vic", POOR))
    _, judged = other.do(says("una", POOR))  # The two who agree have nothing to do with either side.
    assert judged.independent
