"""The second bookkeeper works every penalty, compensation, premium and claim out anew, and misses none.

Each story happens in the workshop of `tests/domain`; then one of its records is forged, or left out.
"""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Books, Discrepancy
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.ids import AccountId, AgentId, Sequence
from econonexus.domain.kinds import Offence, Standing, Verdict
from econonexus.domain.money import Amount, Ppm
from econonexus.domain.promises import DAY, MINOR, Judging, Penalty, PromiseRules
from econonexus.node.records import Record, seal
from econonexus.ports import GENESIS_HASH
from tests.audit.test_agreement import assert_agreement
from tests.domain.workshop import CR, WORK, Workshop

OFFERS = {"pia": 5 * CR, "quin": 10 * CR, "ron": 20 * CR}
"""Pia is paid 10 credits; whoever follows costs 10 more."""


def insure(shop: Workshop, contract: str, cover: int, requester: str = "rita") -> None:
    shop.do(c.InsureContract(contract, AgentId(requester), Amount(cover)))  # type: ignore[arg-type]


def late(compound: bool = False) -> Workshop:
    """Pia is late for the second time: 7.5 of a loss of 10 by the penalty, 2.5 from the bond, 2 insured."""
    shop = Workshop(PromiseRules(compound=compound))
    shop.offend(Verdict.LATE)
    contract = shop.award(30 * CR, OFFERS)
    insure(shop, contract.id, 10 * CR)
    shop.do(c.UnbondStake(AgentId("pia"), Amount(985 * CR)))
    shop.late(contract)
    return shop


def compound() -> Workshop:
    """The same, by the other formula."""
    return late(compound=True)


def banned() -> Workshop:
    """Pia loses all, Ruth's insured contract ends with it, and what was delivered goes on."""
    shop = Workshop(PromiseRules(to_insurance=True))
    guilty = shop.award(30 * CR, OFFERS)
    other = shop.award(30 * CR, OFFERS, requester="ruth")
    delivered = shop.award(30 * CR, OFFERS, requester="ruth")
    insure(shop, other.id, 6 * CR, "ruth")
    shop.deliver(delivered)
    shop.judged(guilty, Verdict.BYZANTINE)
    shop.wait(DAY)
    shop.wait(delivered.rules.challenge_window)
    return shop


def fallen() -> Workshop:
    """A late contract is forgiven, and the fall of the score it leads to is not."""
    shop = Workshop(PromiseRules(threshold=Ppm(450_000)))
    shop.offend(Verdict.LATE)
    return shop


def fallen_again() -> Workshop:
    """Time brings the score back, and the next one takes it below once more."""
    shop = Workshop(PromiseRules(threshold=Ppm(460_000)))
    shop.offend(Verdict.LATE)
    shop.wait(60 * DAY)
    shop.offend(Verdict.LATE)
    return shop


def alone() -> Workshop:
    """Rita says that work was poor, which gives her nothing."""
    shop = Workshop(PromiseRules(task_failure=Penalty(Ppm(100_000), MINOR, 0)))
    contract = shop.award(30 * CR, OFFERS, judging=Judging())
    insure(shop, contract.id, 10 * CR)
    shop.judged(contract, Verdict.POOR, "rita")
    return shop


def kept() -> Workshop:
    """Nothing fails."""
    shop = Workshop()
    contract = shop.award(30 * CR, OFFERS)
    insure(shop, contract.id, 10 * CR)
    shop.judged(contract, Verdict.EXCELLENT)
    return shop


def one_after_another() -> Workshop:
    """Quin's failure is paid for by the fund; then Pia is banned, and what she has not delivered ends."""
    shop = Workshop()
    first = shop.award(30 * CR, {"quin": 5 * CR, "ron": 10 * CR})
    insure(shop, first.id, 10 * CR)
    shop.late(first)
    guilty = shop.award(30 * CR, OFFERS)
    shop.award(30 * CR, OFFERS, requester="ruth")
    shop.judged(guilty, Verdict.BYZANTINE)
    shop.wait(DAY)
    return shop


def read(shop: Workshop, forge: Callable[[Event], Event | None] = lambda event: event) -> Books:
    """The books after all that happened, but for what is forged or, where that gives None, left out."""
    books, link, number = Books(), GENESIS_HASH, 0
    for _, time, happened in shop.log:
        told = forge(happened)  # type: ignore[arg-type]  # Nothing was refused.
        if told is None:
            continue
        number += 1
        stored = seal(Record(Sequence(number), time, "op", f"c{number}", told), link)  # type: ignore[arg-type]
        books.read(stored.sequence, stored.body, stored.hash, stored.aside)
        link = stored.hash
    books.close()
    return books


@pytest.mark.parametrize(
    "story", [late, compound, banned, fallen, fallen_again, alone, kept, one_after_another]
)
def test_what_really_happened_adds_up(story: Callable[[], Workshop]) -> None:
    shop = story()
    assert_agreement(shop)
    books = read(shop)
    for agent, stake in shop.economy.state.stakes.by_agent.items():
        waiting = [(each.ready_at, each.amount) for each in stake.unbonding]
        assert books.stakes.unbonding.get(agent, []) == waiting


OTHER = Penalty(Ppm(1), 1, 1)
SLASHED = [
    (late, {"amount": 7_400_000, "to_injured": 7_400_000}, "of the to_injured"),
    (late, {"to_injured": 7_000_000}, "of the to_injured"),
    (late, {"base": 14 * CR}, "of the base"),
    (late, {"reach": 15 * CR}, "of the reach"),
    (late, {"rule": OTHER}, "of the rule"),
    (late, {"window": DAY}, "of the window"),
    (late, {"offences": 3}, "of the offences"),
    (late, {"by": "operator"}, "of the by"),
    (late, {"independent": False}, "of the independent"),
    (late, {"injured": "ruth"}, "of the injured"),
    (late, {"sink": "insurance"}, "of the sink"),
    (late, {"agent": "quin"}, "of the agent"),
    (late, {"owner": "quin"}, "of the owner"),
    (late, {"source": "stake:quin"}, "of the source"),
    (late, {"offence": Offence.TASK_FAILURE}, "of the offence"),
    (late, {"compound": True}, "of the compound"),
    (late, {"evidence": ()}, "of the evidence"),
    (late, {"contract": "task-1:1"}, "which gave no reason"),
    (late, {"loss": 11 * CR}, "compensates another loss"),
    (compound, {"amount": 7_500_000, "to_injured": 7_500_000}, "of the to_injured"),
    (banned, {"amount": 100 * CR}, "of the amount"),
    (alone, {"loss": 10 * CR, "to_injured": 1_500_000}, "lost on the word of one side"),
    (fallen, {"loss": 1}, "lost by a score that fell"),
]


@pytest.mark.parametrize(("story", "changes", "problem"), SLASHED)
def test_a_forged_penalty_is_found(
    story: Callable[[], Workshop], changes: dict[str, Any], problem: str
) -> None:
    assert_found(story, e.StakeSlashed, changes, problem)


@pytest.mark.parametrize(
    ("story", "kind", "changes", "problem"),
    [
        (late, e.LossCompensated, {"amount": 2 * CR}, "compensates another loss"),
        (late, e.LossCompensated, {"injured": AccountId("ruth")}, "compensates another loss"),
        (late, e.LossCompensated, {"paid": 0}, "compensates another loss"),
        (late, e.LossCompensated, {"contract": "task-1:1"}, "where none is open"),
        (late, e.ClaimPaid, {"amount": CR}, "pays otherwise"),
        (late, e.ClaimPaid, {"compensated": 0}, "pays otherwise"),
        (late, e.ClaimPaid, {"destination": AccountId("ruth")}, "pays otherwise"),
        (late, e.ClaimPaid, {"contract": "task-1:1"}, "for which the fund need not"),
        (late, e.ContractInsured, {"premium": 9 * CR}, "and it costs"),
        (late, e.ContractInsured, {"cover": 11 * CR, "premium": 11 * CR}, "and 10000000 is the most"),
        (late, e.ContractInsured, {"source": AccountId("ruth")}, "has ruth pay"),
        (late, e.ContractInsured, {"destination": AccountId("treasury")}, "pay treasury"),
        (late, e.ContractInsured, {"agent": AgentId("pia")}, "insures contract"),
        (kept, e.ContractInsured, {"lower_bound": 900_000, "premium": 2 * CR}, "as if it kept 900000"),
        (banned, e.StandingSet, {"standing": Standing.SUSPENDED}, "does not ban pia"),
        (banned, e.StandingSet, {"owner": AccountId("quin")}, "does not ban pia"),
    ],
)
def test_forged_compensations_premiums_claims_and_bans_are_found(
    story: Callable[[], Workshop], kind: type[Event], changes: dict[str, Any], problem: str
) -> None:
    assert_found(story, kind, changes, problem)


@pytest.mark.parametrize(
    ("story", "kind", "problem"),
    [
        (late, e.StakeSlashed, "must be followed by an event `stake_slashed`"),
        (fallen_again, e.StakeSlashed, "must be followed by an event `stake_slashed`"),
        (fallen, e.StakeSlashed, "must be followed by an event `stake_slashed`"),
        (late, e.LossCompensated, "must be followed by an event `loss_compensated`"),
        (banned, e.StandingSet, "must be followed by an event `standing_set`"),
        (late, e.ClaimPaid, "must be paid out"),
        (banned, e.ClaimPaid, "must be paid out"),
    ],
)
def test_what_is_left_out_is_missed(story: Callable[[], Workshop], kind: type[Event], problem: str) -> None:
    shop = story()
    last = [event for _, _, event in shop.log if isinstance(event, kind)][-1]
    with pytest.raises(Discrepancy, match=problem):
        read(shop, lambda event: None if event is last else event)


def test_a_ban_that_leaves_a_contract_open_is_found() -> None:
    shop = banned()
    ended = [
        event
        for _, _, event in shop.log
        if (isinstance(event, e.ContractSettled) and event.verdict is Verdict.ENDED)
        or isinstance(event, e.TaskReopened)
    ]
    with pytest.raises(Discrepancy, match="bans pia and leaves contract task-2:1 open"):
        read(shop, lambda event: None if event in ended else event)


def test_a_penalty_for_nothing_is_found() -> None:
    shop = kept()
    (paid,) = (event for _, _, event in shop.log if isinstance(event, e.ContractSettled))
    slash = next(event for _, _, event in late().log if isinstance(event, e.StakeSlashed))
    with pytest.raises(Discrepancy, match="which gave no reason"):
        read(shop, lambda event: replace(slash, contract=paid.contract) if event is paid else event)


def test_insuring_too_late_is_found() -> None:
    shop = kept()
    insured = next(event for _, _, event in shop.log if isinstance(event, e.ContractInsured))
    at = next(time for _, time, event in shop.log if event is insured)
    shop.log = [(place, time, event) for place, time, event in shop.log if event is not insured]
    opened = next(n for n, (_, _, event) in enumerate(shop.log) if isinstance(event, e.ContractOpened))
    shop.log.insert(opened + 1, (0, at + WORK // 10 + 1, insured))
    with pytest.raises(Discrepancy, match="or too late"):
        read(shop)


def assert_found(
    story: Callable[[], Workshop], kind: type[Event], changes: dict[str, Any], problem: str
) -> None:
    """The last event of a kind, changed so, does not add up."""
    shop = story()
    last = [event for _, _, event in shop.log if isinstance(event, kind)][-1]
    with pytest.raises(Discrepancy, match=problem):
        read(shop, lambda event: replace(last, **changes) if event is last else event)  # type: ignore[type-var]
