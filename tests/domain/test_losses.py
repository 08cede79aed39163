"""Who gets what is lost by a broken promise, worked by hand from CON-1 and CON-4.

A newcomer's bond is 1.5 times what its contract pays: 15 credits for 10.
"""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AccountId, AgentId, BudgetId, ContractId
from econonexus.domain.kinds import Standing, TaskStatus, Verdict
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import MAJOR, MINOR, Judging, Penalty, PromiseRules
from tests.domain.workshop import CR, Workshop, of_kind, slashes

POOR, LATE, BYZANTINE = Verdict.POOR, Verdict.LATE, Verdict.BYZANTINE
NO_GRACE = PromiseRules(timeout_violation=Penalty(Ppm(250_000), MAJOR, 0))

OFFERS = {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}
"""Pia is paid 10 credits; whoever follows costs 10 more."""


def test_the_injured_gets_no_more_than_its_loss_and_the_rest_burns() -> None:
    # Pia is paid 10 and 20 is what Quin costs then: the loss is 10, the third penalty 15.
    shop = Workshop()
    shop.offend(LATE, times=2)
    contract = shop.award(30 * CR, {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR})
    rita, burned = shop.balance("rita"), shop.balance("burn")
    happened = shop.late(contract)
    (slash,) = slashes(happened)
    assert (slash.amount, slash.loss, slash.to_injured) == (15 * CR, 10 * CR, 10 * CR)
    assert (shop.balance("rita") - rita, shop.balance("burn") - burned) == (10 * CR, 5 * CR)
    assert not of_kind(e.LossCompensated, happened)


def test_the_bond_makes_good_what_the_penalty_leaves_of_a_loss() -> None:
    # The second penalty is 7.5 of a loss of 10: 2.5 more come from the bond.
    shop = Workshop()
    shop.offend(LATE)
    happened = shop.late(shop.award(30 * CR, {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}))
    (slash,), (made_good,) = slashes(happened), of_kind(e.LossCompensated, happened)
    assert (slash.amount, slash.to_injured) == (7_500_000, 7_500_000)
    assert made_good == e.LossCompensated(
        ContractId("task-2:1"),
        AgentId("pia"),
        AccountId("stake:pia"),
        AccountId("rita"),
        Amount(10 * CR),
        Amount(7_500_000),
        Amount(2_500_000),
    )


def test_an_offence_forgiven_costs_what_it_did_to_others() -> None:
    shop = Workshop()
    happened = shop.late(shop.award(30 * CR, {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}))
    assert [slash.amount for slash in slashes(happened)] == [0]
    assert [made_good.amount for made_good in of_kind(e.LossCompensated, happened)] == [10 * CR]
    assert shop.stake("pia") == 990 * CR


def test_where_nobody_is_left_the_loss_is_up_to_the_ceiling_and_the_bond_bounds_what_is_made_good() -> None:
    # Ron is paid 10 under a ceiling of 40, and Quin can no more: the loss is 30, the bond 15.
    shop = Workshop()
    contract = shop.award(40 * CR, {"ron": 10 * CR, "quin": 10 * CR})
    shop.do(c.SetStanding(AccountId("quin"), Standing.SUSPENDED))
    happened = shop.late(contract)
    (made_good,) = of_kind(e.LossCompensated, happened)
    assert (contract.payment, made_good.loss, made_good.amount) == (10 * CR, 30 * CR, 15 * CR)
    assert shop.economy.state.tasks.find(contract.task).status is TaskStatus.FAILED  # type: ignore[union-attr]


def test_penalty_and_what_is_made_good_are_never_more_than_the_bond_where_the_penalty_is_not() -> None:
    # The loss is 30, the second penalty 7.5 of a bond of 15: only the rest of it is made good.
    shop = Workshop()
    shop.offend(LATE)
    happened = shop.late(shop.award(40 * CR, {"pia": 5 * CR, "quin": 10 * CR}))
    assert [slash.to_injured for slash in slashes(happened)] == [7_500_000]
    (made_good,) = of_kind(e.LossCompensated, happened)
    assert (made_good.loss, made_good.amount) == (30 * CR, 7_500_000)


@pytest.mark.parametrize(("to_insurance", "sink"), [(False, "burn"), (True, "insurance")])
def test_on_the_requester_s_word_alone_it_gets_nothing(to_insurance: bool, sink: str) -> None:
    rules = PromiseRules(task_failure=Penalty(Ppm(100_000), MINOR, 0), to_insurance=to_insurance)
    shop = Workshop(rules)
    offers = {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}
    contract = shop.award(30 * CR, offers, judging=Judging())
    before, lost = shop.balance("rita"), shop.balance(sink)
    happened = shop.judged(contract, POOR, "rita")
    (slash,) = slashes(happened)
    assert (slash.independent, slash.loss, slash.to_injured, slash.sink) == (False, 0, 0, sink)
    assert not of_kind(e.LossCompensated, happened)
    assert shop.balance("rita") == before
    assert shop.balance(sink) - lost == 1_500_000  # 10 % of 15 credits.


def test_income_repays_debts_first() -> None:
    shop = Workshop()
    rita = AccountId("rita")
    shop.do(c.SetCreditLine(rita, Amount(100 * CR)), c.DrawCredit(rita, Amount(12 * CR)))
    shop.offend(LATE, times=2)
    contract = shop.award(30 * CR, {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR})
    happened = shop.late(contract)
    (repaid,) = of_kind(e.DebtRepaid, happened)
    assert repaid.amount == 10 * CR
    assert shop.balance("debt:rita") == -2 * CR


def test_a_frozen_wallet_is_paid_and_a_frozen_stake_pays() -> None:
    shop = Workshop()
    shop.offend(LATE, times=2)
    contract = shop.award(30 * CR, {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR})
    shop.do(c.FreezeAccount(AccountId("rita")), c.FreezeAccount(AccountId("stake:pia")))
    rita = shop.balance("rita")
    (slash,) = slashes(shop.late(contract))
    assert slash.to_injured == shop.balance("rita") - rita == 10 * CR


def test_a_balance_that_is_full_is_made_good_what_it_can_take() -> None:
    shop = Workshop()
    contract = shop.award(30 * CR, OFFERS)
    shop.fill("rita", room=4 * CR)
    (made_good,) = of_kind(e.LossCompensated, shop.late(contract))
    assert (made_good.loss, made_good.amount) == (10 * CR, 4 * CR)


def test_a_balance_that_is_full_takes_nothing_more_and_the_rest_burns() -> None:
    shop = Workshop()
    shop.offend(LATE, times=2)
    contract = shop.award(30 * CR, {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR})
    missing = shop.fill("rita", room=4 * CR)
    happened = shop.late(contract)
    (slash,) = slashes(happened)
    assert (slash.amount, slash.loss, slash.to_injured) == (15 * CR, 10 * CR, 4 * CR)
    assert shop.balance("debt:rita") == 4 * CR - missing  # What came repays at once.


def test_all_that_can_come_together_in_one_decision() -> None:
    """Paid 10, contested by both sides, decided against Pia for the fourth time, Quin costs 20.

    The bond is 15, a word takes a tenth of the payment. 10 % x 1 x 1 of the bond are 1.5 for Rita, 8.5 more
    come from the bond, the cover of 10 has nothing left to pay, and Pia's word of 1 goes to Rita as well. Of
    these 11 she owes 4.
    """
    shop = Workshop()
    shop.offend(POOR, times=3)
    contract = shop.award(30 * CR, OFFERS)
    rita, pia = AgentId("rita"), AgentId("pia")
    shop.do(c.InsureContract(contract.id, rita, Amount(10 * CR)))
    shop.deliver(contract)
    shop.do(c.JudgeContract(contract.id, AgentId("vera"), POOR))
    shop.do(c.ChallengeVerdict(contract.id, pia, Verdict.SATISFACTORY), c.DefendVerdict(contract.id, rita))
    shop.do(
        c.SetCreditLine(AccountId("rita"), Amount(4 * CR)), c.DrawCredit(AccountId("rita"), Amount(4 * CR))
    )
    before = {
        name: shop.balance(name) for name in ("rita", "pia", "stake:pia", "insurance", "burn", "debt:rita")
    }
    happened = shop.do(c.DecideDispute(contract.id, POOR))
    after = {name: shop.balance(name) - before[name] for name in before}
    assert after == {
        "rita": 7 * CR,
        "debt:rita": 4 * CR,
        "pia": -CR,
        "stake:pia": -10 * CR,
        "insurance": 0,
        "burn": 0,
    }
    (slash,), (made_good,) = slashes(happened), of_kind(e.LossCompensated, happened)
    assert (slash.amount, slash.by, made_good.amount) == (1_500_000, "operator", 8_500_000)
    (claim,) = of_kind(e.ClaimPaid, happened)
    assert (claim.compensated, claim.amount) == (10 * CR, 0)
    assert shop.contract(f"{contract.task}:2").payment == 20 * CR


def test_a_word_backed_by_stake_is_lost_apart_from_the_penalty() -> None:
    """Pia's wallet is frozen, so that her stake backs her word: 1 credit is lost with it, and 1.5 besides."""
    shop = Workshop()
    shop.offend(POOR, times=3)
    contract = shop.award(10 * CR, {"pia": 10 * CR})
    shop.deliver(contract)
    shop.do(c.JudgeContract(contract.id, AgentId("vera"), POOR), c.FreezeAccount(AccountId("pia")))
    shop.do(c.ChallengeVerdict(contract.id, AgentId("pia"), Verdict.SATISFACTORY))
    shop.do(c.DefendVerdict(contract.id, AgentId("rita")))
    stake = shop.stake("pia")
    (slash,) = slashes(shop.do(c.DecideDispute(contract.id, POOR)))
    assert (slash.reach, slash.amount) == (stake - CR, 1_500_000)
    assert stake - shop.stake("pia") == 2_500_000


def test_budgets_get_back_what_a_failed_contract_would_have_cost_and_keep_the_premium() -> None:
    """Of 100 credits 40 are held for the task; the premium of 5 is spent. A claim is income, not unspent."""
    shop = Workshop()
    shop.do(
        c.CreateBudget(BudgetId("b"), Amount(100 * CR)),
        c.CreateAgent(AgentId("rob"), credits=Amount(1_000 * CR), budget=BudgetId("b")),
    )
    contract = shop.award(40 * CR, {"pia": 40 * CR}, requester="rob")
    shop.do(c.InsureContract(contract.id, AgentId("rob"), Amount(5 * CR)))
    assert shop.left("b") == 55 * CR
    (claim,) = of_kind(e.ClaimPaid, shop.late(contract))
    assert claim.amount == 5 * CR
    assert shop.left("b") == 95 * CR
    assert shop.balance("rob") == 1_000 * CR
