"""The second bookkeeper finds what does not add up about contracts.

Every story begins in the town of `contracts`: ann has the contract `t:1` at 12 credits, and each word takes
1.2. What the economy made of the commands is read first; then comes the forged record, rightly chained.
"""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Books, Discrepancy
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.kinds import JudgedBy, Standing, Verdict
from econonexus.domain.promises import DAY, HOUR, Judging
from econonexus.node.records import Record, seal
from econonexus.ports import GENESIS_HASH
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
    decides,
    delivered,
    says,
    town,
)
from tests.world import World

ENDS = (e.ContractSettled, e.DisputeBondLost)
VERIFIER = Judging(("una",))


def books_of(*told: tuple[int, Event]) -> Books:
    """The books after these events at these times."""
    books, link = Books(), GENESIS_HASH
    for sequence, (time, event) in enumerate(told, 1):
        stored = seal(Record(sequence, time, "op", f"c{sequence}", event), link)
        books.read(stored.sequence, stored.body, stored.hash, stored.aside)
        link = stored.hash
    return books


def told(world: World) -> list[tuple[int, Event]]:
    """What has happened, but for what a settlement leads to."""
    settled = [place for place, (_, _, event) in enumerate(world.log) if isinstance(event, ENDS)]
    until = settled[-1] + 1 if settled else len(world.log)
    return [(time, event) for _, time, event in world.log[:until]]


def assert_found(world: World, forged: Event, problem: str) -> None:
    """After what has happened, a record that cannot follow is found."""
    honest = told(world)
    with pytest.raises(Discrepancy, match=problem) as found:
        books_of(*honest, (world.now, forged))
    assert found.value.sequence == len(honest) + 1


# Honest stories.


def satisfied() -> World:
    world = delivered()
    world.do(says("rex", SATISFACTORY))
    return world


def decided() -> World:
    world = delivered(THREE)
    world.do(says("una", POOR), says("wyn", SATISFACTORY), says("vic", POOR))
    world.do(claims("ann", SATISFACTORY), STANDS, decides(SATISFACTORY))
    return world


def who_votes_and_defends() -> World:
    """rex loses two bonds: what backs its vote, of its stake, and what backs its defence, of its wallet."""
    world = town(Judging(("una", "vic", "rex"), 2))
    world.do(c.PostStake("rex", 200 * CREDIT), c.ReportDelivery(CONTRACT, "ann"))
    world.do(says("vic", SATISFACTORY), says("rex", POOR), says("una", POOR))
    world.do(claims("ann", SATISFACTORY), STANDS, decides(SATISFACTORY))
    lost = [event for _, _, event in world.log if isinstance(event, e.DisputeBondLost)]
    assert {(each.agent, each.source) for each in lost} == {
        ("rex", "stake:rex"),
        ("rex", "rex"),
        ("una", "stake:una"),
    }
    return world


def from_stake() -> World:
    world = delivered()
    world.do(says("rex", POOR), c.FreezeAgent("ann"), claims("ann", EXCELLENT))
    world.wait(HOUR)
    return world


def by_quality() -> World:
    world = delivered(VERIFIER, quality_weight=4 * CREDIT)
    world.do(says("una", SATISFACTORY, 500_000))
    world.wait(HOUR)
    return world


def silent() -> World:
    world = delivered(THREE)
    world.do(says("una", POOR))
    world.wait(DAY)
    world.wait(HOUR)
    return world


@pytest.mark.parametrize("story", [satisfied, decided, who_votes_and_defends, from_stake, by_quality, silent])
def test_an_honest_story_adds_up(story: Callable[[], World]) -> None:
    world = story()
    books = books_of(*told(world))
    assert books.contracts.open == {}
    for name in ("ann", "stake:ann", "stake:una", "stake:vic", "escrow", "burn"):
        assert (books.balance[name], books.held[name]) == (world.balance(name), world.account(name).held)


def test_work_is_paid_by_the_quality_that_was_realised() -> None:
    """bob's score is 11.8: 12 less a twentieth of 4, which is all that is proven of a newcomer. Half
    of 4 is paid beyond that."""
    assert by_quality().balance("ann") == 813_800_000


# Forged ones.

DELIVERY = e.DeliveryReported(CONTRACT, "ann", 0)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"provider": "bob"}, "delivers t:1 too late, or for who has it not"),
        ({"judge_by": 5}, "waits with t:1 until 5, and the rules say"),
        ({"contract": "t:2"}, "speaks of contract t:2, which is not open"),
    ],
)
def test_a_forged_delivery_is_found(change: dict[str, object], problem: str) -> None:
    world = town()
    assert_found(world, replace(DELIVERY, **{"judge_by": world.now + DAY, **change}), problem)


def test_a_delivery_after_the_deadline_or_a_second_one_is_found() -> None:
    world = delivered()
    assert_found(world, replace(DELIVERY, judge_by=world.now + DAY), "which is delivered")
    late = town()
    late.now += 10 * HOUR
    assert_found(late, replace(DELIVERY, judge_by=late.now + DAY), "delivers t:1 too late")


VOTE = e.VoteCast(CONTRACT, "vic", POOR, "stake:vic", WORD)


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        (replace(VOTE, agent="xan", source="stake:xan"), "lets xan vote about t:1, who has no vote"),
        (replace(VOTE, agent="una", source="stake:una"), "lets una vote about t:1 a second time"),
        (replace(VOTE, bond=WORD - 1), "backs the vote of vic about t:1"),
        (replace(VOTE, source="stake:una"), "backs the vote of vic about t:1"),
        (replace(VOTE, verdict=Verdict.LATE), "a verdict that nobody can give: late"),
        (replace(VOTE, quality=1_000_001), "a verdict that nobody can give: poor, 1000001"),
    ],
)
def test_a_forged_vote_is_found(forged: e.VoteCast, problem: str) -> None:
    world = delivered(THREE)
    world.do(says("una", POOR))
    assert_found(world, forged, problem)


def test_a_vote_of_who_has_nothing_at_stake_or_is_suspended_or_comes_too_late_is_found() -> None:
    world = delivered(Judging(("una", "vic", "rex"), 2))
    assert_found(world, replace(VOTE, agent="rex", source="stake:rex"), "less than 100000000 at stake")
    world.do(c.UnbondStake("vic", 199 * CREDIT))
    assert_found(world, VOTE, "with stake that is not free")
    world.do(c.SetStanding("vic", Standing.SUSPENDED))
    assert_found(world, VOTE, "whose owner is suspended")
    late = delivered(THREE)
    late.now += DAY
    assert_found(late, VOTE, "or too late")
    assert_found(town(THREE), VOTE, "which is open")


def judgement(world: World, **change: object) -> e.ContractJudged:
    """That rex finds it poor."""
    made = e.ContractJudged(CONTRACT, POOR, JudgedBy.REQUESTER, world.now + HOUR, False)
    return replace(made, **change)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"independent": True}, "says wrongly whether t:1 was judged by somebody independent"),
        ({"by": JudgedBy.VERIFIER}, "lets a verifier judge t:1, which is not its to judge"),
        ({"by": JudgedBy.ATTESTORS}, "has t:1 judged by attestors, and it is not"),
        ({"by": JudgedBy.SILENCE, "verdict": SATISFACTORY}, "has t:1 judged by silence, and it is not"),
        ({"by": JudgedBy.OPERATOR}, "has t:1 judged by operator, and it is not"),
        ({"challenge_until": 7}, "waits with t:1 until 7"),
        ({"verdict": SATISFACTORY}, "its requester is satisfied and pays in full"),
        ({"verdict": Verdict.LATE}, "a verdict that nobody can give"),
    ],
)
def test_a_forged_verdict_is_found(change: dict[str, object], problem: str) -> None:
    world = delivered()
    assert_found(world, judgement(world, **change), problem)


def test_a_verdict_that_votes_do_not_come_to_is_found() -> None:
    world = delivered(THREE)
    world.do(says("una", POOR, 300_000), says("vic", SATISFACTORY))
    by = {"by": JudgedBy.ATTESTORS, "independent": True}
    assert_found(world, judgement(world, **by), "its votes come to something else")
    assert_found(world, judgement(world, by=JudgedBy.REQUESTER), "lets a requester judge t:1")
    world.now += DAY
    assert_found(world, judgement(world, **by), "its votes come to something else")
    silence = {"by": JudgedBy.SILENCE, "verdict": SATISFACTORY}
    assert_found(world, judgement(world, **silence, quality=3), "its votes come to something else")
    assert_found(world, judgement(world, **silence, independent=True), "says wrongly whether")
    books_of(*told(world), (world.now, judgement(world, **silence)))


def test_a_verdict_before_the_delivery_is_found() -> None:
    world = town()
    assert_found(world, judgement(world), "or not yet")
    world = town(VERIFIER)
    told_by = {"by": JudgedBy.VERIFIER, "independent": True, "verdict": EXCELLENT}
    assert_found(world, judgement(world, **told_by), "or not yet")


def claim(world: World, **change: object) -> e.VerdictChallenged:
    """That ann finds it satisfactory."""
    made = e.VerdictChallenged(CONTRACT, "ann", SATISFACTORY, "ann", "escrow", WORD, world.now + HOUR)
    return replace(made, **change)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"agent": "bob"}, "lets bob speak about t:1, which is no side of it"),
        ({"verdict": POOR}, "what would be no gain to it"),
        ({"agent": "rex", "source": "rex", "verdict": BYZANTINE}, "challenge its own word"),
        ({"bond": WORD - 1}, "backs a word of ann about t:1"),
        ({"destination": "bob"}, "backs a word of ann about t:1"),
        ({"source": "rex"}, "says that rex pays for ann"),
        ({"answer_until": 9}, "waits with t:1 until 9"),
        ({"budgets": ("b",)}, "counts in the budgets b"),
    ],
)
def test_a_forged_claim_is_found(change: dict[str, object], problem: str) -> None:
    world = delivered()
    world.do(says("rex", POOR))
    assert_found(world, claim(world, **change), problem)


def test_a_claim_too_early_or_too_late_is_found() -> None:
    world = delivered()
    assert_found(world, claim(world), "which is delivered")
    world.do(says("rex", POOR))
    world.now += HOUR
    assert_found(world, claim(world), "or too late")


def test_a_forged_defence_is_found() -> None:
    world = delivered()
    world.do(says("rex", POOR))
    made = e.VerdictDefended(CONTRACT, "rex", "rex", "escrow", WORD, world.now + 7 * DAY)
    assert_found(world, made, "which is judged")
    world.do(claims("ann", SATISFACTORY))
    assert_found(world, replace(made, agent="ann", source="ann"), "answer its own claim")
    assert_found(world, replace(made, bond=1), "backs a word of rex")
    assert_found(world, replace(made, decide_by=1), "waits with t:1 until 1")
    world.now += HOUR
    assert_found(world, replace(made, decide_by=world.now + 7 * DAY), "or too late")


def test_what_needs_no_decision_is_not_referred() -> None:
    world = delivered()
    world.do(says("rex", POOR))
    world.now += HOUR
    assert_found(world, e.VerdictReferred(CONTRACT, world.now + 7 * DAY), "no side alone speaks of bad faith")
    other = delivered()
    other.do(says("rex", BYZANTINE))
    assert_found(other, e.VerdictReferred(CONTRACT, other.now + 7 * DAY), "no side alone speaks of bad faith")
    other.now += HOUR
    assert_found(other, e.VerdictReferred(CONTRACT, other.now + 6 * DAY), "waits with t:1")


def settlement(verdict: Verdict, by: JudgedBy, payment: int = 0, **change: object) -> e.ContractSettled:
    return replace(e.ContractSettled(CONTRACT, "t", verdict, by, "rex", "ann", payment, 0), **change)


PAID = settlement(SATISFACTORY, JudgedBy.SILENCE, PAYMENT)


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        (replace(PAID, payment=PAYMENT + 1), "pays 12000001 for t:1, for which 12000000 is due"),
        (replace(PAID, payment=0), "pays 0 for t:1"),
        (replace(PAID, bonus=1), "more than was reserved for it"),
        (replace(PAID, destination="bob"), "pays bob for the work of ann"),
        (replace(PAID, source="bob"), "with other money than was reserved"),
        (replace(PAID, verdict=EXCELLENT), "settles t:1 as .'excellent', 'silence'"),
        (replace(PAID, by=JudgedBy.REQUESTER), "in its time it would be"),
        (replace(PAID, quality=5), "in its time it would be"),
        (settlement(POOR, JudgedBy.SILENCE), "in its time it would be"),
        (settlement(Verdict.LATE, JudgedBy.SYSTEM), "in its time it would be"),
        (settlement(Verdict.ENDED, JudgedBy.SYSTEM), "in its time it would be"),
        (settlement(POOR, JudgedBy.OPERATOR), "decides t:1 as poor, which is no dispute"),
    ],
)
def test_a_forged_settlement_is_found(forged: e.ContractSettled, problem: str) -> None:
    world = delivered()
    world.now += DAY
    assert_found(world, forged, problem)


def test_a_bonus_is_for_the_excellent_alone() -> None:
    world = delivered(bonus=4 * CREDIT)
    world.now += DAY
    assert_found(world, replace(PAID, bonus=1), "pays a bonus for t:1, which was not excellent")


def test_nothing_is_settled_before_its_time() -> None:
    world = delivered()
    world.now += DAY - 1
    assert_found(world, PAID, "in its time it would be")
    late = town()
    late.now += 10 * HOUR - 1
    assert_found(late, settlement(Verdict.LATE, JudgedBy.SYSTEM), "in its time it would be")


def test_one_sides_word_of_bad_faith_bans_nobody() -> None:
    world = delivered()
    world.do(says("rex", BYZANTINE))
    world.now += HOUR
    assert_found(world, settlement(BYZANTINE, JudgedBy.REQUESTER), "in its time it would be")
    other = delivered()
    other.do(says("rex", BYZANTINE))
    other.wait(HOUR)
    other.now += 7 * DAY
    assert_found(other, settlement(BYZANTINE, JudgedBy.REQUESTER), "in its time it would be")
    books_of(*told(other), (other.now, settlement(POOR, JudgedBy.REQUESTER)))


def test_a_contract_that_ends_for_another_offence_needs_that_offence() -> None:
    world = town()
    honest = told(world)
    ended = settlement(Verdict.ENDED, JudgedBy.SYSTEM)
    with pytest.raises(Discrepancy, match="for an offence that nobody found"):
        books_of(*honest, (world.now, ended), (world.now, e.TeamCreated("crew")))


def test_bonds_that_are_lost_must_be_lost_to_who_was_right() -> None:
    world = decided()
    honest = told(world)[:-3]
    lost = e.DisputeBondLost(CONTRACT, "rex", "rex", "ann", WORD)
    for forged, problem in (
        (replace(lost, agent="wyn", source="stake:wyn"), "takes a bond of wyn, which it has not lost"),
        (replace(lost, amount=WORD + 1), "takes a bond of rex, which it has not lost, or another amount"),
        (replace(lost, source="stake:rex"), "takes a bond of rex"),
        (replace(lost, destination="bob"), "gives a bond of rex to bob, and ann was right"),
        (replace(lost, budgets=("b",)), "in other budgets than it leaves"),
        (e.TeamCreated("crew"), "leaves una a bond that it has lost"),
    ):
        with pytest.raises(Discrepancy, match=problem):
            books_of(*honest, (world.now, forged))
