"""The second bookkeeper finds what does not add up about records and about whose word counts.

Every story is an honest one of `tests.domain.test_reputations`; its last record is taken away and a forged
one comes instead, rightly chained.
"""

import pytest
from msgspec.structs import replace

from econonexus.audit.books import Discrepancy
from econonexus.audit.credibility import credibilities
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.kinds import Verdict
from econonexus.domain.mechanisms.promises import eigentrust
from econonexus.domain.promises import DAY, HOUR, Component, PromiseRules, Record
from tests.audit.test_contract_books import books_of
from tests.domain.test_reputations import ANCHORED, CREDIT, PLAIN, POOR, town, works
from tests.world import World

ONE = Component(PLAIN, 0)
NOTHING = Component()


def until(world: World, kind: type[Event], times: int = 1) -> list[tuple[int, Event]]:
    """What happened up to the last record of a kind, or an earlier one, counted from the end."""
    places = [place for place, (_, _, event) in enumerate(world.log) if isinstance(event, kind)]
    return [(time, event) for _, time, event in world.log[: places[-times] + 1]]


def assert_found(told: list[tuple[int, Event]], forged: Event, problem: str, at: int | None = None) -> None:
    """Instead of the last record another one is found to be wrong."""
    *honest, (time, _) = told
    books_of(*told)
    with pytest.raises(Discrepancy, match=problem):
        books_of(*honest, (time if at is None else at, forged))


def satisfied() -> list[tuple[int, Event]]:
    world = town()
    works(world)
    return until(world, e.ReputationChanged)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"owner": "bob"}, "says owner bob"),
        ({"verdict": Verdict.EXCELLENT}, "says verdict excellent"),
        ({"weight": PLAIN + 1}, "says weight 1000001"),
        ({"credibility": 999_999}, "says credibility 999999"),
        ({"raters": ()}, "says raters"),
        ({"raters": ("rex", "roy")}, "says raters"),
        ({"said": 0}, "says said 0"),
        ({"score": 666_667}, "says score 666667 of the record of inc, and it is 666666"),
        ({"record": Record(ONE, ONE, ONE, ONE, 1)}, "changes the record of inc"),
        ({"record": Record(ONE, ONE, NOTHING, ONE)}, "changes the record of inc"),
        ({"record": Record(ONE, ONE, Component(PLAIN, 1), ONE)}, "changes the record of inc"),
        ({"lower_bound": 223_609}, "says that the record of inc is 223609 at least, and it is 223606.8"),
        ({"lower_bound": 223_604}, "says that the record of inc is 223604 at least"),
        ({"contract": "t:9"}, "which has not ended now"),
    ],
)
def test_a_forged_record_is_found(change: dict[str, object], problem: str) -> None:
    told = satisfied()
    assert_found(told, replace(told[-1][1], **change), problem)


def test_a_record_changes_once_for_each_contract() -> None:
    told = satisfied()
    assert_found([*told, (told[-1][0], e.TeamCreated("x"))], told[-1][1], "which has not ended now")


def test_a_contract_cannot_end_and_nothing_be_said() -> None:
    world = town()
    works(world)
    works(world, provider="bob")
    told = until(world, e.ContractSettled)
    first = next(place for place, (_, event) in enumerate(told) if isinstance(event, e.ReputationChanged))
    with pytest.raises(Discrepancy, match=r"follows before the end of contract \S+ changed a record"):
        books_of(*told[:first], *told[first + 1 :])


def test_a_word_that_does_not_count_cannot_be_let_count() -> None:
    world = town(ANCHORED)
    changed = works(world, requester="roy")
    told = until(world, e.ReputationChanged)
    assert_found(told, replace(changed, credibility=1_000_000), "says weight 0|says credibility 1000000")
    assert_found(told, replace(changed, weight=PLAIN), "says weight 1000000")


def test_forged_credibilities_are_found() -> None:
    world = town(ANCHORED)
    works(world, provider="bob")
    told = until(world, e.CredibilitiesSet)
    assert told[-1][1] == e.CredibilitiesSet({"bob": 1_000_000})
    assert_found(told, e.CredibilitiesSet({"bob": 999_999}), "lets the word of owners count")
    assert_found(told, e.CredibilitiesSet({}), "lets the word of owners count")
    assert_found(told, e.CredibilitiesSet({"bob": 1_000_000, "una": 5}), "lets the word of owners count")
    before = told[-2][0]
    assert_found(told, told[-1][1], "when nothing was said that asks for it", at=before)
    assert_found([*told, (told[-1][0], e.TeamCreated("x"))], told[-1][1], "when nothing was said")


def test_a_bond_and_an_offer_go_by_the_record_of_the_day() -> None:
    """ann's record relieves it of a part of the one and a half times that a newcomer's bond would be."""
    world = town()
    for _ in range(2):
        works(world, price=45 * CREDIT)
    works(world)
    told = until(world, e.ContractOpened)
    opened = told[-1][1]
    assert isinstance(opened, e.ContractOpened)
    assert_found(told, replace(opened, bond=15 * CREDIT), "and its bond is")
    (offer,) = opened.offers
    better = replace(opened, offers=(replace(offer, quality=offer.quality + 1),))
    assert_found(told, better, "compares the work of inc")


def test_insurance_goes_by_the_promises_kept() -> None:
    world = town()
    works(world)
    end = world.now + HOUR
    world.do(
        c.PostTask("t", "rex", "write", 10 * CREDIT, end, end + DAY), c.OfferWork("t", "ann", 9 * CREDIT)
    )
    world.wait(HOUR)
    world.do(c.InsureContract("t:1", "rex", 5 * CREDIT))
    told = until(world, e.ContractInsured)
    forged = replace(told[-1][1], lower_bound=60_000, premium=5 * CREDIT)  # All of it: 1 - 0.06 + 0.1.
    assert_found(told, forged, "as if it kept 60000")


def test_two_ways_to_weigh_praise_agree() -> None:
    praise = {
        "a": {"b": 3, "c": 5, "a": 7},
        "b": {"c": -2, "d": 10**15, "e": 1},
        "d": {"a": 4},
        "x": {"y": 1},
        "y": {"x": 1},
    }
    for trusted in (["a"], ["a", "e"], ["x", "q"]):
        assert credibilities(praise, trusted) == eigentrust.credibilities(praise, trusted)


def test_the_rules_of_the_day_are_in_force() -> None:
    world = town(PromiseRules(plain_value=20 * CREDIT, most_weight=1, half_life_days=3))
    assert works(world, POOR).weight == PLAIN // 2
    world.wait(3 * DAY)
    works(world, price=40 * CREDIT)
    told = until(world, e.ReputationChanged)
    changed = told[-1][1]
    assert isinstance(changed, e.ReputationChanged)
    assert changed.weight == PLAIN
    assert_found(told, replace(changed, weight=2 * PLAIN), "says weight 2000000")
