"""What insuring a contract costs and pays, worked by hand from CON-7; the fund pays no more than it has."""

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AccountId, AgentId, TaskId
from econonexus.domain.kinds import Verdict
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import CRITICAL, DAY, HOUR, Judging, Penalty, PromiseRules
from econonexus.domain.subjects.contracts import Contract
from tests.audit.test_agreement import assert_agreement
from tests.domain.workshop import CR, WORK, Workshop, of_kind

RITA, FUND = AgentId("rita"), AccountId("insurance")
OFFERS = {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}
"""Pia is paid 10 credits; whoever follows costs 10 more."""


def insure(shop: Workshop, contract: Contract, cover: int) -> e.ContractInsured:
    """Insure a contract's requester."""
    happened = shop.do(c.InsureContract(contract.id, contract.requester, Amount(cover)))
    (insured,) = of_kind(e.ContractInsured, happened)
    return insured


def funded(shop: Workshop, amount: int) -> None:
    """Put so much into the fund."""
    shop.do(c.Mint(FUND, Amount(amount)))


def test_insuring_against_a_newcomer_costs_what_it_covers() -> None:
    # 1 - 0.05 + 0.1 is more than one.
    shop = Workshop()
    contract = shop.award(30 * CR, OFFERS)
    rita = shop.balance("rita")
    assert insure(shop, contract, 10 * CR).premium == 10 * CR
    assert rita - shop.balance("rita") == shop.balance("insurance") == 10 * CR
    assert shop.economy.state.contracts.covered == 10 * CR


@pytest.mark.parametrize(("kept", "lowest"), [(1, 0.22), (5, 0.61), (9, 0.74)])
def test_the_premium_falls_as_a_record_grows(kept: int, lowest: float) -> None:
    # After n kept contracts the bound is the 5 % quantile of Beta(n + 1, 1), which is 0.05^(1 / (n + 1)):
    # 0.2236, 0.6070, 0.7411. The premium is that of 1 - bound + 0.1.
    shop = Workshop(PromiseRules(trusted=(AccountId("vera"),)))
    for _ in range(kept):
        shop.judged(shop.award(10 * CR, {"pia": 10 * CR}), Verdict.SATISFACTORY)
    insured = insure(shop, shop.award(10 * CR, {"pia": 10 * CR}), 10 * CR)
    bound = 0.05 ** (1 / (kept + 1))
    assert bound == pytest.approx(lowest, abs=0.01)
    assert insured.premium == pytest.approx(10 * CR * min(1, 1.1 - bound), abs=20)


def test_where_nobody_is_trusted_nothing_is_proven() -> None:
    # Two names and a judge of their own could make any record up.
    shop = Workshop()
    for _ in range(9):
        shop.judged(shop.award(10 * CR, {"pia": 10 * CR}), Verdict.SATISFACTORY)
    insured = insure(shop, shop.award(10 * CR, {"pia": 10 * CR}), 10 * CR)
    assert (insured.lower_bound, insured.premium) == (0, 10 * CR)


def test_no_more_is_covered_than_a_record_can_speak_for() -> None:
    # 5 times a plain contract of 10 credits, however dear the contract.
    shop = Workshop()
    contract = shop.award(60 * CR, {"pia": 60 * CR})
    refusal = shop.refusal(c.InsureContract(contract.id, RITA, Amount(50 * CR + 1)))
    assert (refusal.available, contract.payment) == (50 * CR, 60 * CR)
    insure(shop, contract, 50 * CR)


def test_nobody_can_insure_once_time_tells_how_it_will_end() -> None:
    shop = Workshop()
    contract = shop.award(10 * CR, {"pia": 10 * CR})
    shop.wait(WORK // 10 + 1)
    assert shop.code(c.InsureContract(contract.id, RITA, Amount(CR))).value == "too_late_to_insure"
    contract = shop.award(10 * CR, {"pia": 10 * CR})
    shop.wait(WORK // 10)
    insure(shop, contract, CR)


def test_a_claim_is_the_cover_less_what_the_bond_compensated() -> None:
    # Pia is late for the first time: her bond of 15 makes good the 10 that Quin costs more.
    shop = Workshop()
    funded(shop, 100 * CR)
    contract = shop.award(60 * CR, {"pia": 5 * CR, "quin": 15 * CR, "ron": 25 * CR})
    insure(shop, contract, 15 * CR)
    rita = shop.balance("rita")
    (claim,) = of_kind(e.ClaimPaid, shop.late(contract))
    assert (claim.cover, claim.compensated, claim.amount) == (15 * CR, 10 * CR, 5 * CR)
    assert shop.balance("rita") - rita == 15 * CR
    assert shop.economy.state.contracts.covered == 0


def test_a_requester_is_made_whole_once_and_not_twice() -> None:
    shop = Workshop()
    funded(shop, 100 * CR)
    contract = shop.award(30 * CR, OFFERS)
    insure(shop, contract, 5 * CR)
    (claim,) = of_kind(e.ClaimPaid, shop.late(contract))
    assert (claim.compensated, claim.amount) == (10 * CR, 0)


def test_a_contract_that_is_kept_costs_its_premium_and_pays_nothing() -> None:
    shop = Workshop()
    contract = shop.award(30 * CR, OFFERS)
    insure(shop, contract, 10 * CR)
    assert not of_kind(e.ClaimPaid, shop.judged(contract, Verdict.SATISFACTORY))
    assert shop.balance("insurance") == 10 * CR
    assert shop.economy.state.contracts.covered == 0


def test_on_the_requester_s_word_alone_nothing_is_claimed() -> None:
    shop = Workshop()
    contract = shop.award(30 * CR, OFFERS, judging=Judging())
    insure(shop, contract, 10 * CR)
    assert not of_kind(e.ClaimPaid, shop.judged(contract, Verdict.POOR, "rita"))


def test_the_fund_pays_what_it_has() -> None:
    # Two premiums of 10 for nothing known, and operators have taken 14 of them.
    shop = Workshop()
    contracts = [shop.award(10 * CR, {"pia": 10 * CR}, due_at=shop.now + DAY) for _ in range(2)]
    for contract in contracts:
        insure(shop, contract, 10 * CR)
    shop.do(c.Transfer(FUND, AccountId("treasury"), Amount(14 * CR)))
    claims = of_kind(e.ClaimPaid, shop.wait(2 * DAY))
    assert [claim.amount for claim in claims] == [6 * CR, 0]
    assert shop.balance("insurance") == 0


def test_a_balance_that_is_full_is_paid_what_it_can_take() -> None:
    # Of the loss of 10 the bond makes good 4; the claim of 6 more finds no room.
    shop = Workshop()
    contract = shop.award(30 * CR, OFFERS)
    insure(shop, contract, 10 * CR)
    shop.fill("rita", room=4 * CR)
    (claim,) = of_kind(e.ClaimPaid, shop.late(contract))
    assert (claim.compensated, claim.amount, shop.balance("insurance")) == (4 * CR, 0, 10 * CR)


def test_what_a_penalty_brings_the_fund_is_there_for_the_claims_of_the_same_decision() -> None:
    # A tenth of a stake of 1,000 credits, less nothing to the injured, as the ceiling was the payment.
    rules = PromiseRules(byzantine_behavior=Penalty(Ppm(2_000), CRITICAL, 0), to_insurance=True)
    shop = Workshop(rules)
    guilty = shop.award(20 * CR, {"pia": 20 * CR})
    other = shop.award(20 * CR, {"pia": 20 * CR}, requester="ruth")
    insure(shop, guilty, 9 * CR)
    insure(shop, other, 6 * CR)
    shop.do(c.Transfer(FUND, AccountId("treasury"), Amount(15 * CR)))
    happened = shop.judged(guilty, Verdict.BYZANTINE)
    # 0.2 % x 5 of the 1,000 credits are 10 for the fund: 9 for Rita, what is left for Ruth.
    assert [claim.amount for claim in of_kind(e.ClaimPaid, happened)] == [9 * CR, CR]
    assert shop.balance("insurance") == 0


def test_an_insured_contract_that_ends_with_a_ban_is_paid_for() -> None:
    shop = Workshop()
    guilty = shop.award(10 * CR, {"pia": 10 * CR})
    other = shop.award(30 * CR, OFFERS, requester="ruth")
    insure(shop, other, 10 * CR)
    ruth = shop.balance("ruth")
    (claim,) = of_kind(e.ClaimPaid, shop.judged(guilty, Verdict.BYZANTINE))
    assert (claim.contract, claim.compensated, claim.amount) == (other.id, 0, 10 * CR)
    assert shop.balance("ruth") - ruth == 10 * CR
    assert shop.economy.state.tasks.by_id[TaskId("task-2")].status.value == "awarded"


def test_who_fails_on_purpose_under_a_new_name_gains_nothing_by_insurance() -> None:
    # Rita and Pia as one: the premium is the cover, and the bond pays Rita before the fund does.
    shop = Workshop()
    funded(shop, 1_000 * CR)
    contract = shop.award(30 * CR, OFFERS)
    both = shop.balance("rita") + shop.balance("pia") + shop.stake("pia")
    insure(shop, contract, 10 * CR)
    shop.late(contract)
    assert shop.balance("rita") + shop.balance("pia") + shop.stake("pia") == both - 10 * CR


def test_who_fails_on_purpose_with_a_good_record_gains_nothing_by_many_contracts_at_once() -> None:
    """Twelve contracts of 50 kept lift the bound above 0.95, so insuring costs at most 0.15 of the cover, and
    the bond of 75 is relieved of at least 33.75: ten are 412.5 at most, all but nothing of 414 at stake."""
    shop = Workshop(PromiseRules(trusted=(AccountId("vera"),)), stake=414 * CR)
    for _ in range(12):
        shop.judged(shop.award(50 * CR, {"pia": 50 * CR}), Verdict.EXCELLENT)
    funded(shop, 1_000 * CR)
    theirs = ("rita", "pia", "stake:pia")
    before = sum(map(shop.balance, theirs))
    for name in (names := [f"planned-{place}" for place in range(10)]):
        shop.ask(name, 50 * CR)
        shop.do(shop.offer(name, "pia", 50 * CR))
    shop.wait(HOUR)
    for planned in (contracts := [shop.contract(f"{name}:1") for name in names]):
        most = planned.bond.amount
        assert most < planned.payment
        assert shop.refusal(c.InsureContract(planned.id, RITA, Amount(most + 1))).available == most
        insure(shop, planned, most)

    shop.late(contracts[0])

    assert shop.stake("pia") == 0
    assert sum(map(shop.balance, theirs)) < before
    assert_agreement(shop)
