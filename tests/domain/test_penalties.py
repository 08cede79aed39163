"""What broken promises lead to, worked by hand from the default numbers of CON-1, CON-3 and CON-4.

A newcomer's bond is 1.5 times what its contract pays, nothing of it relieved: 15 credits for 10.
"""

import msgspec
import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import AccountId, AgentId, Instant
from econonexus.domain.kinds import Offence, Standing, Verdict
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import CRITICAL, DAY, MAJOR, MINOR, Penalty, PromiseRules
from econonexus.domain.refusals import RefusalCode
from tests.domain.workshop import CR, Workshop, slashes

POOR, LATE, BYZANTINE = Verdict.POOR, Verdict.LATE, Verdict.BYZANTINE
NO_GRACE = PromiseRules(timeout_violation=Penalty(Ppm(250_000), MAJOR, 0))

LINEAR = [
    # verdict, offences, arithmetic, lost of a bond of 15 credits
    (POOR, 1, "within the grace of 3", 0),
    (POOR, 3, "within the grace of 3", 0),
    (POOR, 4, "10 % x minor 1 x repeat 1 = 10 %", 1_500_000),
    (POOR, 5, "10 % x minor 1 x repeat 2 = 20 %", 3_000_000),
    (POOR, 6, "10 % x minor 1 x repeat 3 = 30 %", 4_500_000),
    (LATE, 1, "within the grace of 1", 0),
    (LATE, 2, "25 % x major 2 x repeat 1 = 50 %", 7_500_000),
    (LATE, 3, "25 % x major 2 x repeat 2 = 100 %", 15_000_000),
    (LATE, 4, "25 % x major 2 x repeat 3 = 150 %", 22_500_000),
]
COMPOUND = [
    (POOR, 3, "within the grace of 3", 0),
    (POOR, 4, "1 - 0.9^1 = 10 %", 1_500_000),
    (POOR, 5, "1 - 0.9^2 = 19 %", 2_850_000),
    (POOR, 6, "1 - 0.9^3 = 27.1 %", 4_065_000),
    (LATE, 1, "within the grace of 1", 0),
    (LATE, 2, "1 - 0.75^2 = 43.75 %", 6_562_500),
    (LATE, 3, "1 - 0.75^4 = 68.359375 %, of 15,000,000", 10_253_906),
    (LATE, 4, "1 - 0.75^6 = 82.2021484375 %, of 15,000,000", 12_330_322),
]


@pytest.mark.parametrize(("verdict", "offences", "arithmetic", "lost"), LINEAR)
def test_each_offence_in_the_window_costs_more_of_its_bond(
    verdict: Verdict, offences: int, arithmetic: str, lost: int
) -> None:
    shop = Workshop()
    shop.offend(verdict, times=offences - 1)
    before = shop.stake("pia")
    (slash,) = shop.offend(verdict)
    assert (slash.offences, slash.base, slash.amount) == (offences, 15 * CR, lost), arithmetic
    assert before - shop.stake("pia") == lost


@pytest.mark.parametrize(("verdict", "offences", "arithmetic", "lost"), COMPOUND)
def test_compounded_penalties_take_shares_of_what_the_ones_before_left(
    verdict: Verdict, offences: int, arithmetic: str, lost: int
) -> None:
    shop = Workshop(PromiseRules(compound=True))
    shop.offend(verdict, times=offences - 1)
    (slash,) = shop.offend(verdict)
    assert slash.compound
    assert slash.amount == lost, arithmetic


def test_byzantine_takes_the_whole_stake_and_bans() -> None:
    # 100 % x critical 5 x repeat 1 of the whole stake, which is 1,000 credits.
    shop = Workshop()
    (slash,) = shop.offend(BYZANTINE)
    assert (slash.base, slash.amount, shop.stake("pia")) == (1_000 * CR, 1_000 * CR, 0)
    assert shop.standing("pia") is Standing.BANNED


def test_a_fall_below_the_threshold_costs_half_the_bond_twice_over() -> None:
    # 50 % x major 2 x repeat 1 of 15 credits; the one late contract that led to it is forgiven. The score of
    # one late contract is (3 x 1/3 + 2/3) / 4 = 0.4167.
    shop = Workshop(PromiseRules(threshold=Ppm(450_000)))
    late, fall = shop.offend(LATE)
    assert (late.offence, late.amount) == (Offence.TIMEOUT_VIOLATION, 0)
    assert (fall.offence, fall.amount, fall.to_injured) == (Offence.REPUTATION_THRESHOLD, 15 * CR, 0)


def test_once_below_the_threshold_nothing_falls_below_it_again() -> None:
    # One late contract and a poor one: (1/4 + 1/4 + 2/4 + 3/4) / 4 = 0.4375. Both are forgiven.
    shop = Workshop(PromiseRules(threshold=Ppm(450_000)))
    shop.offend(LATE)
    assert [(slash.offence, slash.amount) for slash in shop.offend(POOR)] == [(Offence.TASK_FAILURE, 0)]


def test_a_score_that_rose_again_can_fall_again_and_that_costs_more() -> None:
    # Kept once, all sides have (1 or 2) of 2: (3 x 2/4 + 3/4) / 4 = 0.5625. Broken again (2 late, 1 kept):
    # (3 x 2/5 + 4/5) / 4 = 0.5, so the threshold is put there, and crossed for the second time by a third:
    # (3 x 2/6 + 5/6) / 4 = 0.458.
    forgiving = Penalty(Ppm(250_000), MAJOR, 9)
    shop = Workshop(PromiseRules(threshold=Ppm(480_000), timeout_violation=forgiving))
    assert [slash.amount for slash in shop.offend(LATE)] == [0, 15 * CR]
    shop.judged(shop.award(10 * CR, {"pia": 10 * CR}), Verdict.SATISFACTORY)
    assert [slash.amount for slash in shop.offend(LATE)] == [0]
    assert [slash.amount for slash in shop.offend(LATE)] == [0, 30 * CR]  # Repeat 2.


def test_a_score_that_only_time_brought_back_can_fall_again() -> None:
    """After 60 days a quarter of a late contract is left: (3 / 2.25 + 1.25 / 2.25) / 4 = 0.472, above 0.46
    again. With one more it is (3 / 3.25 + 2.25 / 3.25) / 4 = 0.404. The penalty of the first is forgotten."""
    shop = Workshop(PromiseRules(threshold=Ppm(460_000)))
    assert [slash.amount for slash in shop.offend(LATE)] == [0, 15 * CR]
    shop.wait(60 * DAY)
    assert [slash.amount for slash in shop.offend(LATE)] == [0, 15 * CR]


def test_a_fall_is_no_offence_where_what_led_to_it_was_punished() -> None:
    shop = Workshop(msgspec.structs.replace(NO_GRACE, threshold=Ppm(450_000)))
    assert [slash.offence for slash in shop.offend(LATE)] == [Offence.TIMEOUT_VIOLATION]


def test_offences_out_of_the_window_are_forgiven_anew() -> None:
    shop = Workshop()
    shop.offend(LATE)
    shop.wait(30 * DAY)
    (again,) = shop.offend(LATE)
    assert (again.offences, again.amount) == (1, 0)


@pytest.mark.parametrize(("after", "offences"), [(30 * DAY - 1, 2), (30 * DAY, 1)])
def test_the_window_ends_at_an_instant(after: int, offences: int) -> None:
    shop = Workshop()
    first = shop.award(10 * CR, {"pia": 10 * CR})
    shop.late(first)
    second = shop.award(10 * CR, {"pia": 10 * CR}, due_at=first.due_at + after)
    (slash,) = slashes(shop.late(second))
    assert slash.offences == offences


def test_offences_count_by_kind_and_by_owner() -> None:
    shop = Workshop()
    shop.offend(LATE, "pia")
    (poor,) = shop.offend(POOR, "pia")
    (other,) = shop.offend(LATE, "quin")
    assert (poor.offences, other.offences) == (1, 1)


def test_the_owner_s_other_agents_share_its_offences() -> None:
    shop = Workshop()
    shop.worker("paul", owner="pia")
    shop.offend(LATE, "pia")
    (slash,) = shop.offend(LATE, "paul")
    assert (slash.owner, slash.agent, slash.offences, slash.amount) == ("pia", "paul", 2, 7_500_000)


def test_a_penalty_is_a_share_of_that_contract_s_bond_and_can_take_more_than_it() -> None:
    shop = Workshop()
    shop.offend(LATE, times=3)
    before = shop.stake("pia")
    shop.offend(LATE)
    assert before - shop.stake("pia") == 22_500_000  # 150 % of the bond.


def test_no_more_is_lost_than_is_at_stake() -> None:
    shop = Workshop(PromiseRules(identity_stake=Amount(0)), stake=100 * CR)
    shop.offend(LATE, times=4)  # 0 + 7.5 + 15 + 22.5 = 45 credits.
    assert shop.stake("pia") == 55 * CR
    (slash,) = shop.offend(LATE, ceiling=36 * CR)
    # 200 % of a bond of 54 credits would be 108.
    assert (slash.reach, slash.amount, shop.stake("pia")) == (55 * CR, 55 * CR, 0)


def test_penalties_never_touch_what_backs_other_contracts() -> None:
    shop = Workshop(PromiseRules(identity_stake=Amount(0)), stake=100 * CR)
    shop.offend(LATE, times=3)  # 77.5 credits are left.
    late = shop.award(20 * CR, {"pia": 20 * CR})  # 30 of them for its bond,
    other = shop.award(30 * CR, {"pia": 30 * CR}, due_at=late.due_at + DAY)  # and 45 for this one's.
    (slash,) = slashes(shop.late(late))
    # 150 % of 30 credits are 45; what backs nothing else are 77.5 - 45 = 32.5.
    assert (slash.reach, slash.amount) == (32_500_000, 32_500_000)
    assert shop.account("stake:pia").balance == other.bond.amount == 45 * CR


def test_what_is_being_withdrawn_is_lost_too_and_not_given_back_of_what_is_posted_later() -> None:
    shop = Workshop(stake=100 * CR)
    contract = shop.award(10 * CR, {"pia": 10 * CR})
    shop.do(c.UnbondStake(AgentId("pia"), Amount(85 * CR)))
    shop.judged(contract, BYZANTINE)
    assert shop.stake("pia") == 0
    shop.do(c.PostStake(AgentId("pia"), Amount(200 * CR)))
    wallet = shop.balance("pia")
    shop.wait(30 * DAY)
    assert (shop.stake("pia"), shop.balance("pia")) == (200 * CR, wallet)


def test_what_is_left_of_a_withdrawal_comes_and_no_more() -> None:
    # 100 % x 2 of a bond of 15 leave 70 of 100 credits; of the 35 that were to come last, 20.
    shop = Workshop(PromiseRules(timeout_violation=Penalty(Ppm(1_000_000), MAJOR, 0)), stake=100 * CR)
    contract, pia = shop.award(10 * CR, {"pia": 10 * CR}), AgentId("pia")
    shop.do(c.UnbondStake(pia, Amount(50 * CR)), c.UnbondStake(pia, Amount(35 * CR)))
    shop.late(contract)
    waiting = shop.economy.state.stakes.by_agent[pia].unbonding
    assert [each.amount for each in waiting] == [50 * CR, 20 * CR]
    wallet = shop.balance("pia")
    shop.wait(30 * DAY)
    assert (shop.stake("pia"), shop.balance("pia") - wallet) == (0, 70 * CR)


def test_after_a_penalty_the_identity_stake_must_be_whole_again_before_the_next_contract() -> None:
    shop = Workshop(NO_GRACE, stake=100 * CR)
    running = shop.award(10 * CR, {"pia": 10 * CR}, due_at=shop.now + 20 * DAY)
    shop.offend(LATE)  # 7.5 credits.
    assert shop.stake("pia") == 92_500_000
    shop.ask("next", 10 * CR)
    refusal = shop.refusal(shop.offer("next", "pia", 10 * CR))
    assert (refusal.code, refusal.requested, refusal.available) == (
        RefusalCode.STAKE_TOO_SMALL,
        100 * CR,
        92_500_000,
    )
    shop.do(c.PostStake(AgentId("pia"), Amount(7_500_000)), shop.offer("next", "pia", 10 * CR))
    assert shop.contract(running.id).status.value == "open"  # What runs goes on.


def test_every_number_of_the_rules_changes_what_happens() -> None:
    rules = PromiseRules(
        bond=Ppm(2_000_000),
        window=DAY,
        task_failure=Penalty(Ppm(300_000), MAJOR, 1),
        timeout_violation=Penalty(Ppm(100_000), MINOR, 0),
        byzantine_behavior=Penalty(Ppm(50_000), CRITICAL, 0),
    )
    shop = Workshop(rules)
    # Bonds of 2 x 10 credits: 10 % of 20, then (after a day) 10 % again; 5 % x 5 of the 996 left.
    assert [slash.amount for slash in shop.offend(LATE)] == [2 * CR]
    assert [(slash.amount, slash.offences) for slash in shop.offend(LATE)] == [(2 * CR, 1)]
    # 30 % x 2, once the one forgiven in the day is past.
    assert [slash.amount for slash in shop.offend(POOR)] == [0]
    assert [slash.amount for slash in shop.offend(POOR)] == [12 * CR]
    (byzantine,) = shop.offend(BYZANTINE)
    assert byzantine.amount == 246 * CR  # 25 % of 984.
    assert shop.standing("pia") is Standing.BANNED


def test_bad_faith_that_is_forgiven_bans_nobody() -> None:
    shop = Workshop(PromiseRules(byzantine_behavior=Penalty(Ppm(1_000_000), CRITICAL, 1)))
    assert [slash.amount for slash in shop.offend(BYZANTINE)] == [0]
    assert shop.standing("pia") is Standing.ACTIVE


def test_contracts_that_run_keep_their_rules() -> None:
    shop = Workshop()
    shop.offend(LATE)
    old = shop.award(10 * CR, {"pia": 10 * CR})
    shop.do(c.SetPromiseRules(PromiseRules(window=Instant(1), timeout_violation=Penalty(Ppm(0), 1, 0))))  # type: ignore[arg-type]
    shop.judged(shop.award(10 * CR, {"pia": 10 * CR}), POOR)  # An offence under the new rules forgets none.
    (slash,) = slashes(shop.late(old))
    assert (slash.offences, slash.amount) == (2, 7_500_000)


def test_a_penalty_names_all_that_decided() -> None:
    shop = Workshop()
    contract = shop.award(10 * CR, {"pia": 10 * CR})
    happened = shop.judged(contract, BYZANTINE)
    (slash,) = slashes(happened)
    assert slash == e.StakeSlashed(
        agent=AgentId("pia"),
        owner=AccountId("pia"),
        offence=Offence.BYZANTINE_BEHAVIOR,
        source=AccountId("stake:pia"),
        amount=Amount(1_000 * CR),
        base=Amount(1_000 * CR),
        reach=Amount(1_000 * CR),
        rule=Penalty(Ppm(1_000_000), CRITICAL, 0),
        window=PromiseRules().window,
        offences=1,
        by=slash.by,
        independent=True,
        injured=AccountId("rita"),
        loss=Amount(0),
        to_injured=Amount(0),
        sink=AccountId("burn"),
        contract=contract.id,
        evidence=slash.evidence,
    )
    told = [type(event) for sequence, _, event in shop.log if sequence in slash.evidence]
    assert told == [e.ContractOpened, e.DeliveryReported, e.ContractJudged]
