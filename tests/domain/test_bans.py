"""What bad faith leads to: the stake, the ban, and what becomes of what else was promised (CON-2, CON-3)."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AccountId, AgentId
from econonexus.domain.kinds import Standing, Verdict
from econonexus.domain.money import Ppm
from econonexus.domain.promises import DAY, MAJOR, Judging, Penalty, PromiseRules
from tests.domain.workshop import CR, Workshop, of_kind, slashes

POOR, LATE, BYZANTINE = Verdict.POOR, Verdict.LATE, Verdict.BYZANTINE
NO_GRACE = PromiseRules(timeout_violation=Penalty(Ppm(250_000), MAJOR, 0))


def test_other_contracts_of_a_banned_owner_end_without_offence_and_are_awarded_again() -> None:
    shop = Workshop()
    offers = {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}
    guilty, other = shop.award(30 * CR, offers), shop.award(30 * CR, offers, requester="ruth")
    happened = shop.judged(guilty, BYZANTINE)
    ended = [each for each in of_kind(e.ContractSettled, happened) if each.contract == other.id]
    assert [(each.verdict, each.payment) for each in ended] == [(Verdict.ENDED, 0)]
    assert [slash.contract for slash in slashes(happened)] == [guilty.id]
    # Its bond is lost with the rest of the stake, and Quin does the work.
    assert shop.stake("pia") == 0
    assert shop.contract("task-2:2").provider == "quin"
    assert [each.contract for each in of_kind(e.ReputationChanged, happened)] == [guilty.id]


def test_what_a_banned_owner_has_delivered_is_judged_and_paid_for_and_its_bond_stays() -> None:
    shop = Workshop()
    guilty, other = (
        shop.award(10 * CR, {"pia": 10 * CR}),
        shop.award(10 * CR, {"pia": 10 * CR}, requester="ruth"),
    )
    shop.deliver(other)
    shop.judged(guilty, BYZANTINE)
    assert shop.stake("pia") == other.bond.amount == 15 * CR
    wallet = shop.balance("pia")
    shop.wait(DAY)  # Vera says nothing, and silence is satisfaction,
    shop.wait(other.rules.challenge_window)  # which nobody challenges.
    assert shop.balance("pia") - wallet == 10 * CR
    assert shop.standing("pia") is Standing.BANNED


def test_a_second_byzantine_verdict_on_a_banned_owner_takes_what_backed_it() -> None:
    shop = Workshop()
    guilty, other = (
        shop.award(10 * CR, {"pia": 10 * CR}),
        shop.award(10 * CR, {"pia": 10 * CR}, requester="ruth"),
    )
    shop.deliver(other)
    shop.judged(guilty, BYZANTINE)
    shop.do(c.JudgeContract(other.id, AgentId("vera"), BYZANTINE))
    happened = shop.wait(other.rules.challenge_window)
    assert [(slash.amount, slash.offences) for slash in slashes(happened)] == [(15 * CR, 2)]
    assert not of_kind(e.StandingSet, happened)


def test_what_backs_a_vote_is_not_lost_with_the_rest() -> None:
    """Pia's vote on Quin's work, at 10 credits, is backed by one of hers."""
    shop = Workshop()
    guilty = shop.award(10 * CR, {"pia": 10 * CR})
    judged = shop.award(10 * CR, {"quin": 10 * CR}, judging=Judging(("pia", "vera", "ron"), 2))
    shop.deliver(judged)
    shop.do(c.JudgeContract(judged.id, AgentId("pia"), Verdict.POOR))
    (slash,) = slashes(shop.judged(guilty, BYZANTINE))
    assert (slash.base, slash.amount, shop.stake("pia")) == (999 * CR, 999 * CR, CR)


def test_contracts_that_ended_for_a_ban_make_good_nothing_and_say_nothing_of_anybody() -> None:
    shop = Workshop()
    offers = {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}
    guilty, _ = shop.award(30 * CR, offers), shop.award(30 * CR, offers, requester="ruth")
    ruth = shop.balance("ruth")
    happened = shop.judged(guilty, BYZANTINE)
    assert {each.contract for each in of_kind(e.LossCompensated, happened)} <= {guilty.id}
    assert shop.balance("ruth") == ruth
    assert shop.available("ruth") == ruth - 30 * CR  # Held for Quin.


def test_who_was_banned_by_the_operator_before_loses_its_contracts_as_well() -> None:
    shop = Workshop()
    offers = {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}
    guilty, other = shop.award(30 * CR, offers), shop.award(30 * CR, offers, requester="ruth")
    shop.do(c.SetStanding(AccountId("pia"), Standing.BANNED))
    happened = shop.judged(guilty, BYZANTINE)
    assert not of_kind(e.StandingSet, happened)
    assert shop.contract(other.id).verdict is Verdict.ENDED
    assert shop.stake("pia") == 0
