"""What is known of owners: grown by contracts, faded by days, weighed by who says so, worth what it proves.

A plain contract is one at 10 credits. Bounds are roots worked by hand: after contracts that weigh n, all of
them kept, the bound is 0.05^(1 / (1 + n)).
"""

import pytest

from econonexus.audit import records as audited
from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.flows import rating, reputing
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import Mechanism, Verdict
from econonexus.domain.mechanisms.promises.records import after, faded_to
from econonexus.domain.promises import DAY, HOUR, Component, Judging, PromiseRules, Record
from econonexus.domain.refusals import Refusal
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.subjects.reputations import lower_bound, score
from econonexus.domain.terms import Terms
from tests.audit.test_agreement import assert_agreement
from tests.world import World

CREDIT = 1_000_000
PLAIN = 1_000_000
"""The weight of one plain contract."""
WORKERS = ("ann", "ben", "bob", "una", "vic", "wyn")
BY_REQUESTER = Judging()
NEWCOMER = Record()
KEPT, WELL, POOR = Verdict.SATISFACTORY, Verdict.EXCELLENT, Verdict.POOR


def town(rules: PromiseRules | None = None) -> World:
    """rex and roy ask for work; ann and ben are of the same owner, inc; una, vic and wyn judge."""
    world = World()
    if rules is not None:
        world.do(c.SetPromiseRules(rules))
    for name in ("rex", "roy", *WORKERS):
        owner = "inc" if name in ("ann", "ben") else None
        world.do(
            c.CreateAgent(name, owner=owner, capabilities=("write",), credits=100_000 * CREDIT),
            c.PostStake(name, 50_000 * CREDIT),
        )
    return world


def works(
    world: World,
    verdict: Verdict | None = KEPT,
    provider: str = "ann",
    price: int = 10 * CREDIT,
    requester: str = "rex",
    judging: Judging = BY_REQUESTER,
    **more: int,
) -> e.ReputationChanged:
    """What a contract at a price changes, delivered and judged; with no verdict nobody says anything."""
    name = f"t{len(world.log)}"
    until = world.now + HOUR
    world.do(
        c.PostTask(name, requester, "write", price, until, until + HOUR, judging, **more),
        c.OfferWork(name, provider, price),
    )
    world.wait(HOUR)
    world.do(c.ReportDelivery(f"{name}:1", provider))
    if verdict is not None:
        for judge in judging.judges[: judging.quorum] or (requester,):
            world.do(c.JudgeContract(f"{name}:1", judge, verdict))
    world.wait(DAY)
    world.wait(2 * HOUR)
    return changes([event for _, _, event in world.log])[-1]


def changes(happened: list[Event]) -> list[e.ReputationChanged]:
    return [event for event in happened if isinstance(event, e.ReputationChanged)]


def known(world: World, owner: str = "inc") -> int:
    return reputing.known_of(world.economy.state, owner, Instant(world.now))


def test_a_newcomer_is_shown_as_half_and_has_proven_a_twentieth() -> None:
    assert (score(NEWCOMER), lower_bound(NEWCOMER)) == (500_000, 50_000)


def test_a_kept_promise_is_good_evidence_on_all_four_sides() -> None:
    world = town()
    changed = works(world)
    one = Component(PLAIN, 0)
    assert changed == e.ReputationChanged(
        "inc", Record(one, one, one, one, 0), 666_666, 223_606, changed.contract,
        KEPT, PLAIN, 1_000_000, ("rex",), PLAIN,
    )  # fmt: skip
    # Each side is 2 / 3, and the square root of 0.05 is 0.2236068.
    assert_agreement(world)
    world.check_history()


@pytest.mark.parametrize(
    ("verdict", "reliability", "performance", "honesty", "cooperation"),
    [
        (Verdict.EXCELLENT, 1, 1, 1, 1),
        (Verdict.SATISFACTORY, 1, 1, 1, 1),
        (Verdict.POOR, 0, 0, 1, 1),
        (Verdict.LATE, 0, 0, 1, 0),
        (Verdict.BYZANTINE, 0, 0, 0, 0),
    ],
)
def test_what_each_verdict_says(
    verdict: Verdict, reliability: int, performance: int, honesty: int, cooperation: int
) -> None:
    sides = [
        Component(PLAIN * good, PLAIN * (1 - good))
        for good in (reliability, performance, honesty, cooperation)
    ]
    assert after(NEWCOMER, verdict, None, PLAIN) == Record(*sides)


@pytest.mark.parametrize(
    ("price", "weight"),
    [(1, PLAIN // 10), (10, PLAIN), (25, 5 * PLAIN // 2), (50, 5 * PLAIN), (5_000, 5 * PLAIN)],
)
def test_a_contract_weighs_by_its_value_and_five_at_most(price: int, weight: int) -> None:
    assert works(town(), price=price * CREDIT).weight == weight


def test_all_agents_of_an_owner_share_a_record_and_a_new_name_buys_nothing() -> None:
    world = town()
    works(world, POOR, provider="ann", price=50 * CREDIT)
    bad = known(world)
    assert bad < 50_000
    world.do(c.CreateAgent("new", owner="inc", capabilities=("write",)))
    assert (
        reputing.known_of(
            world.economy.state, world.economy.state.agents.by_id["new"].owner, Instant(world.now)
        )
        == bad
    )
    # A name of its own begins with a twentieth, which opens nothing.
    assert known(world, "stranger") == 50_000


def test_half_is_gone_after_thirty_days_on_every_side() -> None:
    before = Record(Component(400, 8), Component(200, 80), Component(1, 3), Component(0, 7), 100)
    assert faded_to(before, 130, 30) == Record(
        Component(200, 4), Component(100, 40), Component(0, 1), Component(0, 3), 130
    )
    assert faded_to(before, 99, 30) == before


def test_what_is_known_fades_while_nothing_is_said() -> None:
    world = town()
    works(world, price=40 * CREDIT)  # Four plain ones, on day 0; now it is day 1.
    assert changes([event for _, _, event in world.log])[-1].lower_bound == 549_280  # 0.05^(1/5).
    world.wait(29 * DAY)
    assert known(world) == 368_403  # Two are left: 0.05^(1/3).
    assert world.economy.state.reputations.of("inc").reliability == Component(4 * PLAIN, 0)


def test_what_is_added_is_added_to_what_has_faded() -> None:
    world = town()
    works(world, price=40 * CREDIT)
    world.wait(30 * DAY)
    changed = works(world, POOR)
    # 4 plain ones have faded for as many days as lie between the two, and one that failed is new.
    days = changed.record.day
    assert changed.record.reliability.good == pytest.approx(4 * PLAIN * 2 ** (-days / 30), abs=2)
    assert changed.record.reliability.bad == PLAIN
    assert changed.record.cooperation.bad == 0
    assert_agreement(world)


def test_the_weakest_side_decides_about_benefits() -> None:
    """Whoever always delivers what is poor has a score of nearly a half, and has proven nothing."""
    nice = Component(100 * PLAIN, 0)
    poor = Component(0, 100 * PLAIN)
    record = Record(poor, poor, nice, nice)
    # (1 / 102 + 1 / 102 + 101 / 102 + 101 / 102) / 4.
    assert score(record) == 500_000 - 1
    assert lower_bound(record) == 507  # 1 − 0.95^(1 / 101).


def test_bonuses_go_by_what_is_proven() -> None:
    world = town()
    assert reputing.multiplier_of(world.economy.state, "nobody", Instant(world.now)) == 100_000

    def multiplier(good: float, delivered: float | None = None) -> int:
        side, other = Component(int(good * PLAIN)), Component(int((delivered or good) * PLAIN))
        return reputing.multiplier(world.economy.state, Record(side, side, side, other))

    # 0.05^(1 / 4) = 0.472870: 0.3 less below a half. Cooperation's mean is 4 / 5.
    assert multiplier(3) == 172_870
    # 0.05^(1 / 5) = 0.549280; the mean is 5 / 6.
    assert multiplier(4) == 549_280
    # 0.05^(1 / 10) = 0.741134; the mean is 10 / 11, which is above 0.9: 0.1 more.
    assert multiplier(9) == 841_134
    # 0.05^(1 / 30) = 0.904966: 0.2 more, and 0.1 for each of cooperation and consistency.
    assert multiplier(29) == 1_304_966
    # Cooperation alone is below: 5 / 6.
    assert multiplier(29, 4) == 1_204_966


def test_a_bonus_is_never_more_than_was_funded() -> None:
    world = town()
    for _ in range(8):
        works(world, price=50 * CREDIT)
    assert reputing.multiplier_of(world.economy.state, "inc", Instant(world.now)) > 1_000_000
    works(world, WELL, bonus=7 * CREDIT)
    (paid,) = (
        event.bonus for _, _, event in world.log if isinstance(event, e.ContractSettled) and event.bonus
    )
    assert paid == 7 * CREDIT


@pytest.mark.parametrize(
    ("mechanism", "command"),
    [
        (Mechanism.SECOND_PRICE, c.PlaceBid("b", "sale", "ann", {"gpu": 1}, 5)),
        (Mechanism.ENGLISH, c.PlaceBid("b", "sale", "ann", {"gpu": 1}, 5)),
        (Mechanism.FIRST_COME, c.RequestUnits("b", "m", "ann", 1)),
        (Mechanism.ORDER_BOOK, c.PlaceOrder("b", "m", "ann", "buy", 1, 5)),
    ],
)
def test_the_best_resources_are_for_a_record_and_not_for_a_name(
    mechanism: Mechanism, command: c.Command
) -> None:
    """ben has worked, and ann is of the same owner: 0.05^(1 / 5) is 0.549280, and five weigh more."""
    world = town()
    world.do(
        c.DeclareResource("gpu", "hour", 9, HOUR),
        c.CreateMarket("m", ("gpu",), mechanism, Terms(least_reputation=549_280)),
    )
    if isinstance(command, c.PlaceBid):
        world.do(c.AnnounceAuction("sale", "m", {"gpu": 1}, closes_at=world.now + 90 * DAY))
    refused = world.refusal(command)
    assert (refused.code, refused.requested, refused.available) == (No.REPUTATION_TOO_LOW, 549_280, 50_000)
    works(world, provider="ben", price=50 * CREDIT)
    assert known(world) >= 549_280
    assert not isinstance(world.submit(command), Refusal)


# Whose word counts.

ANCHORED = PromiseRules(trusted=("rex",))


def test_without_anchors_everybody_counts() -> None:
    world = town()
    assert works(world, requester="roy").credibility == 1_000_000
    assert world.economy.state.reputations.weigh_at is None


def test_with_anchors_a_stranger_s_praise_counts_nothing() -> None:
    world = town(ANCHORED)
    changed = works(world, requester="roy")
    assert (changed.weight, changed.credibility, changed.said) == (0, 0, PLAIN)
    assert known(world) == 50_000
    assert works(world, requester="rex").weight == PLAIN
    assert_agreement(world)


def test_credibility_is_found_the_next_day_by_who_praised_whom() -> None:
    """rex, who is trusted, praises bob; bob then counts fully: 0.85 / (2 - 0.15) = 0.46 of all trust is more
    than the 0.15 that rex has by being trusted."""
    world = town(ANCHORED)
    works(world, provider="bob")
    set_ = [event for _, _, event in world.log if isinstance(event, e.CredibilitiesSet)]
    assert [event.credibility for event in set_] == [{"rex": 1_000_000}, {"bob": 1_000_000}]
    assert works(world, requester="bob").weight == PLAIN
    assert_agreement(world)
    world.check_history()


def test_many_credibilities_are_told_in_several_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rating, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(audited, "AT_ONCE", 1)
    world = town(ANCHORED)
    works(world, provider="bob")
    works(world, provider="ann", requester="bob")
    told = [event.credibility for _, _, event in world.log if isinstance(event, e.CredibilitiesSet)]
    assert told == [{"rex": 1_000_000}, {"bob": 1_000_000}, {"inc": 1_000_000}]
    world.do(c.SetPromiseRules(PromiseRules()))
    told = [event.credibility for event in world.wait(0) if isinstance(event, e.CredibilitiesSet)]
    assert told == [{"bob": 0}, {"inc": 0}, {"rex": 0}]
    assert_agreement(world)


def test_a_ring_of_mutual_praise_gains_nothing() -> None:
    world = town(ANCHORED)
    for provider, requester in (("bob", "una"), ("una", "vic"), ("vic", "bob")) * 2:
        assert works(world, WELL, provider=provider, requester=requester).weight == 0
    assert {known(world, owner) for owner in ("bob", "una", "vic")} == {50_000}
    assert world.economy.state.reputations.credibility == {"rex": 1_000_000}
    assert_agreement(world)


def test_silence_is_the_requester_s_word_and_lateness_the_clock_s() -> None:
    world = town(ANCHORED)
    assert works(world, None, requester="roy").weight == 0
    assert works(world, None, requester="rex").raters == ("rex",)
    until = world.now + HOUR
    world.do(
        c.PostTask("late", "roy", "write", 10 * CREDIT, until, until + HOUR), c.OfferWork("late", "ann", 9)
    )
    world.wait(HOUR)
    (changed,) = changes(world.wait(DAY))
    assert (changed.verdict, changed.raters, changed.credibility) == (Verdict.LATE, (), 1_000_000)
    assert_agreement(world)


def test_of_several_judges_the_least_credible_of_the_majority_counts() -> None:
    world = town(PromiseRules(trusted=("una", "vic")))
    three = Judging(("una", "vic", "wyn"), 2)
    assert works(world, judging=three).credibility == 1_000_000
    mixed = works(world, judging=Judging(("una", "wyn", "vic"), 2))
    assert (mixed.credibility, mixed.raters) == (0, ("una", "wyn"))
    assert_agreement(world)


def test_blame_takes_praise_away() -> None:
    world = town(ANCHORED)
    works(world, provider="bob")
    assert world.economy.state.reputations.credibility_of("bob") == 1_000_000
    works(world, POOR, provider="bob", price=20 * CREDIT)
    assert world.economy.state.reputations.praise["rex"]["bob"] == -PLAIN
    world.wait(DAY)
    assert world.economy.state.reputations.credibility_of("bob") == 0


def test_who_is_trusted_can_be_changed_and_nobody_at_last() -> None:
    world = town(ANCHORED)
    works(world, provider="bob")
    world.do(c.SetPromiseRules(PromiseRules(trusted=("roy",))))
    world.wait(0)
    assert world.economy.state.reputations.credibility == {"roy": 1_000_000}
    world.do(c.SetPromiseRules(PromiseRules()))
    world.wait(0)
    assert world.economy.state.reputations.credibility == {}
    assert works(world, requester="una").credibility == 1_000_000
    assert_agreement(world)
