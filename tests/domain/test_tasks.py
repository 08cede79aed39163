"""Who gets a task, what for, and who is next: worked by hand. µcr, and ns after the start."""

from collections.abc import Iterator

import pytest

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.commands import Command
from econonexus.domain.kinds import Standing, TaskStatus, Verdict
from econonexus.domain.promises import Judging, PromiseRules
from tests.audit.test_agreement import assert_agreement
from tests.domain.cases.tasks import asks, provider
from tests.world import START, World

NEWCOMER = 50_000
"""Nothing is known of anybody: of a share that may be anything, one in twenty are 5 % at most."""
ONE_KEPT = 223_606
"""After one plain contract a share is distributed as Beta(2, 1), whose distribution function is x²: √0.05."""
RULES = PromiseRules(identity_stake=100, judging=10, challenge_window=10, plain_value=50)
BY_KIM, BY_VERA = Judging(), Judging(("vera",))
_worlds: list[World] = []


@pytest.fixture(autouse=True)
def audited() -> Iterator[None]:
    """Whatever a test did, the second bookkeeper agrees, and a replay gives the same state."""
    yield
    while _worlds:
        world = _worlds.pop()
        assert_agreement(world)
        world.check_history()


def town(*first: Command) -> World:
    """kim (1,000) asks; ana, bea and cy can do it and have 300 at stake; vera judges. Offers end at 50."""
    world = World()
    _worlds.append(world)
    world.do(
        c.SetPromiseRules(RULES),
        c.CreateAgent("kim", credits=1_000),
        c.CreateAgent("vera"),
        *provider("ana"),
        *provider("bea"),
        *provider("cy"),
        *first,
    )
    return world


def offered(world: World, **prices: int) -> None:
    """Offers for the task `t`, in this order."""
    world.do(*(c.OfferWork("t", agent, price) for agent, price in prices.items()))


def awarded(world: World, name: str = "t") -> e.ContractOpened:
    """The contract that is opened when the offers end."""
    (opened,) = (each for each in world.wait(50) if isinstance(each, e.ContractOpened) and each.task == name)
    return opened


def awarded_after(world: World, *commands: Command) -> list[e.ContractOpened]:
    """The contracts that follow at once from what is done."""
    follows = [*world.do(*commands), *world.wait(0)]
    return [each for each in follows if isinstance(each, e.ContractOpened)]


def test_the_least_price_wins_and_is_paid_the_second() -> None:
    world = town(asks())
    offered(world, ana=30, bea=50, cy=70)

    assert world.wait(49) == []
    assert world.wait(1) == [
        e.ContractOpened(
            "t:1",
            "t",
            "kim",
            "ana",
            "ana",
            50,
            0,
            75,  # One and a half times the payment backs it.
            "stake:ana",
            "ana",
            START + 100,
            RULES,
            (
                e.OpenedOffer("ana", 30, NEWCOMER),
                e.OpenedOffer("bea", 50, NEWCOMER),
                e.OpenedOffer("cy", 70, NEWCOMER),
            ),
            "bea",
        )
    ]
    assert (world.account("stake:ana").held, world.account("kim").held) == (75, 80)


def test_alone_it_receives_the_ceiling() -> None:
    world = town(asks())
    offered(world, ana=30)

    opened = awarded(world)

    assert (opened.payment, opened.second) == (80, None)


def test_of_equal_offers_the_earlier_wins() -> None:
    world = town(asks())
    offered(world, ana=50, bea=50)

    opened = awarded(world)

    assert (opened.provider, opened.payment) == ("ana", 50)


def test_who_offers_again_stands_behind_those_who_had_offered() -> None:
    world = town(asks())
    offered(world, ana=40, bea=50)
    offered(world, ana=50)

    assert awarded(world).provider == "bea"


def test_agents_of_one_owner_never_price_each_other() -> None:
    world = town(*provider("abe", owner="ana"), asks())
    offered(world, ana=30, abe=35, bea=60)

    opened = awarded(world)

    assert (opened.provider, opened.payment, opened.second) == ("ana", 60, "bea")


# By quality.


def keep_one(world: World) -> None:
    """ana has kept a contract of 50, which weighs as one, so her quality is at least 0.223606."""
    world.do(asks("first"), c.OfferWork("first", "ana", 10), c.OfferWork("first", "bea", 50))
    world.wait(50)
    world.do(c.ReportDelivery("first:1", "ana"), c.JudgeContract("first:1", "kim", Verdict.SATISFACTORY))
    world.wait(10)


def _by_quality(world: World, judging: Judging = BY_KIM, **prices: int) -> e.ContractOpened:
    """A task at which perfect work is worth 100 of the price."""
    world.do(asks(quality_weight=100, offers_until=world.now + 50, due_at=world.now + 100, judging=judging))
    offered(world, **prices)
    return awarded(world)


def test_a_better_record_wins_at_a_higher_price() -> None:
    world = town()
    keep_one(world)

    # 55 − 22.3606 = 32.6394 against 40 − 5 = 35, which is paid with 22.3606: 57.3606, rounded down.
    opened = _by_quality(world, ana=55, bea=40)

    assert (opened.provider, opened.payment, opened.second) == ("ana", 57, "bea")
    assert opened.offers == (e.OpenedOffer("ana", 55, ONE_KEPT), e.OpenedOffer("bea", 40, NEWCOMER))


def test_a_record_outbid_is_the_second_score() -> None:
    world = town()
    keep_one(world)

    # 40 − 5 = 35 against 60 − 22.3606 = 37.6394, which is paid with 5: 42.6394.
    opened = _by_quality(world, ana=60, bea=40)

    assert (opened.provider, opened.payment, opened.second) == ("bea", 42, "ana")


@pytest.mark.parametrize(
    ("quality", "paid"),
    [
        (None, 57),  # Not said: what was expected.
        (500_000, 80),  # 35 + 50, but no more than the ceiling.
        (300_000, 65),
        (100_000, 45),  # Less than it would have done it for: it had promised more than it did.
        (0, 35),
    ],
)
def test_a_verifier_has_the_quality_paid_that_it_saw(quality: int | None, paid: int) -> None:
    world = town()
    keep_one(world)
    _by_quality(world, BY_VERA, ana=55, bea=40)
    before = world.balance("ana")

    world.do(c.ReportDelivery("t:1", "ana"), c.JudgeContract("t:1", "vera", Verdict.SATISFACTORY, quality))
    world.wait(10)

    assert world.balance("ana") - before == paid


@pytest.mark.parametrize(("quality", "paid"), [(300_000, 65), (0, 57)])
def test_what_a_requester_says_of_the_quality_only_adds_to_the_payment(quality: int, paid: int) -> None:
    world = town()
    keep_one(world)
    _by_quality(world, ana=55, bea=40)
    before = world.balance("ana")

    world.do(c.ReportDelivery("t:1", "ana"), c.JudgeContract("t:1", "kim", Verdict.SATISFACTORY, quality))
    world.wait(10)

    assert world.balance("ana") - before == paid


def test_alone_no_quality_changes_the_ceiling() -> None:
    world = town()
    _by_quality(world, BY_VERA, ana=55)
    before = world.balance("ana")

    world.do(c.ReportDelivery("t:1", "ana"), c.JudgeContract("t:1", "vera", Verdict.SATISFACTORY, 0))
    world.wait(10)

    assert world.balance("ana") - before == 80


# Who is left when it is awarded.


def test_one_stake_backs_as_many_contracts_as_it_can() -> None:
    # Each at its ceiling of 120 would need 180; alone ana gets the ceiling.
    world = town(*(asks(name, ceiling=120) for name in ("t", "u")))
    world.do(c.OfferWork("t", "ana", 10), c.OfferWork("u", "ana", 10))

    opened, failed = world.wait(50)

    assert isinstance(opened, e.ContractOpened)
    assert (opened.contract, opened.payment, opened.bond) == ("t:1", 120, 180)
    assert failed == e.TaskFailed(
        "u",
        "kim",
        "kim",
        120,
        "nobody who offered is left that could take it",
        (e.OpenedOffer("ana", 10, None, "stake_too_small", 180, 120),),
    )


@pytest.mark.parametrize(
    ("meanwhile", "barred"),
    [
        (c.FreezeAgent("ana"), e.OpenedOffer("ana", 30, None, "agent_frozen")),
        (c.SetStanding("ana", Standing.BANNED), e.OpenedOffer("ana", 30, None, "owner_suspended")),
        (c.ChangeAgent("ana", capabilities=()), e.OpenedOffer("ana", 30, None, "not_capable")),
        (c.UnbondStake("ana", 181), e.OpenedOffer("ana", 30, None, "stake_too_small", 120, 119)),
    ],
)
def test_who_cannot_have_it_any_more_neither_wins_nor_prices_it(
    meanwhile: Command, barred: e.OpenedOffer
) -> None:
    world = town(asks())
    offered(world, ana=30, bea=50)
    world.do(meanwhile)

    opened = awarded(world)

    assert (opened.provider, opened.payment, opened.offers[0]) == ("bea", 80, barred)


def test_an_agent_of_a_team_that_is_frozen_cannot_have_it() -> None:
    world = town(
        c.CreateTeam("crew"),
        c.CreateAgent("dan", "crew", capabilities=("ocr",), credits=500),
        c.PostStake("dan", 300),
        asks(),
    )
    offered(world, dan=30, bea=50)
    world.do(c.FreezeTeam("crew"))

    opened = awarded(world)

    assert (opened.provider, opened.offers[0]) == ("bea", e.OpenedOffer("dan", 30, None, "team_frozen"))


def test_what_nobody_offers_to_do_fails_and_frees_what_was_held() -> None:
    world = town(asks(bonus=20))
    assert world.available("kim") == 900

    assert world.wait(50) == [e.TaskFailed("t", "kim", "kim", 100, "nobody offered")]
    assert world.available("kim") == 1_000


def test_a_requester_that_was_banned_gets_no_work_done() -> None:
    world = town(asks())
    offered(world, ana=30)
    world.do(c.SetStanding("kim", Standing.BANNED))

    assert world.wait(50) == [
        e.TaskFailed(
            "t",
            "kim",
            "kim",
            80,
            "its requester may take on nothing new",
            (e.OpenedOffer("ana", 30, NEWCOMER),),
        )
    ]


def test_an_offer_that_was_withdrawn_is_none() -> None:
    world = town(asks())
    offered(world, ana=30, bea=50)
    world.do(c.WithdrawOffer("t", "ana"))

    opened = awarded(world)

    assert (opened.provider, opened.payment, len(opened.offers)) == ("bea", 80, 1)


def test_where_it_is_paid_is_fixed_with_the_contract() -> None:
    """sam has no wallet when it takes the contract; one that is opened later may hold another asset."""
    world = town(
        c.DeclareAsset("usd", 2),
        c.CreateTeam("crew"),
        c.Mint("crew", 500),
        c.CreateAgent("sam", "crew", capabilities=("ocr",), wallet=False),
        c.PostStake("sam", 300),
        asks(),
    )
    offered(world, sam=30)
    assert awarded(world).destination == "crew"

    world.do(
        c.OpenAccount("sam", "sam", asset="usd"),
        c.ReportDelivery("t:1", "sam"),
        c.JudgeContract("t:1", "kim", Verdict.SATISFACTORY),
    )
    world.wait(10)

    assert (world.balance("crew"), world.balance("sam")) == (500 - 300 + 80, 0)


def test_a_verifier_that_is_gone_holds_up_no_payment() -> None:
    world = town(asks(judging=Judging(("vera",))))
    offered(world, ana=30)
    awarded(world)
    world.do(c.FreezeAgent("vera"), c.ReportDelivery("t:1", "ana"))

    world.wait(10)  # Nobody has said anything,
    world.wait(10)  # and nobody has said anything against that.

    assert world.balance("ana") == 500 - 300 + 80
    assert world.economy.state.tasks.ended["t"].status is TaskStatus.DONE


# Who is next.


def test_the_next_best_has_as_long_as_the_first_had() -> None:
    world = town(asks())
    offered(world, ana=30, bea=50, cy=60)
    awarded(world)

    opened = awarded(world)  # At 100 it is late.

    assert (opened.contract, opened.provider, opened.payment) == ("t:2", "bea", 60)
    assert (opened.due_at, opened.bond, opened.second) == (START + 150, 90, "cy")
    assert opened.offers == (
        e.OpenedOffer("ana", 30, None, "tried"),
        e.OpenedOffer("bea", 50, NEWCOMER),
        e.OpenedOffer("cy", 60, NEWCOMER),
    )
    assert world.account("kim").held == 80


def test_the_last_that_is_left_receives_the_ceiling() -> None:
    world = town(asks())
    offered(world, ana=30, bea=50)
    awarded(world)

    opened = awarded(world)

    assert (opened.provider, opened.payment) == ("bea", 80)


def test_no_other_agent_of_whoever_failed_is_next() -> None:
    world = town(*provider("abe", owner="ana"), asks())
    offered(world, ana=30, abe=31, bea=50)
    awarded(world)

    opened = awarded(world)

    assert opened.provider == "bea"
    assert opened.offers[1] == e.OpenedOffer("abe", 31, None, "tried")


def test_the_task_fails_with_the_last_that_was_left() -> None:
    world = town(asks())
    offered(world, ana=30)
    awarded(world)

    (failed,) = (each for each in world.wait(50) if isinstance(each, e.TaskFailed))

    assert failed.reason == "nobody who offered is left that could take it"
    assert (failed.released, world.account("kim").held) == (80, 0)


def test_a_task_without_fallback_is_awarded_only_once() -> None:
    world = town(asks(fallback=False))
    offered(world, ana=30, bea=50)
    awarded(world)

    (failed,) = (each for each in world.wait(50) if isinstance(each, e.TaskFailed))

    assert failed.reason == "its contract failed, and it is awarded only once"


def test_nobody_has_to_wait_to_be_next() -> None:
    world = town(asks())
    offered(world, ana=30, bea=50)
    awarded(world)
    world.do(c.WithdrawOffer("t", "bea"))

    (failed,) = (each for each in world.wait(50) if isinstance(each, e.TaskFailed))

    assert [each.agent for each in failed.offers] == ["ana"]


def test_whoever_has_the_contract_has_no_offer_to_withdraw() -> None:
    world = town(asks())
    offered(world, ana=30)
    awarded(world)

    assert world.code(c.WithdrawOffer("t", "ana")).value == "unknown_offer"


def test_what_a_banned_owner_had_is_awarded_again_at_once() -> None:
    world = town(asks(judging=BY_VERA), asks("u"))
    offered(world, ana=10, bea=20)
    world.do(c.OfferWork("u", "ana", 10), c.OfferWork("u", "cy", 20))
    world.wait(50)

    world.do(c.ReportDelivery("t:1", "ana"), c.JudgeContract("t:1", "vera", Verdict.BYZANTINE))
    opened = {each.contract: each for each in world.wait(10) if isinstance(each, e.ContractOpened)}

    assert {name: each.provider for name, each in opened.items()} == {"t:2": "bea", "u:2": "cy"}
    # Each has as long as ana had: 50, from now on.
    assert {each.due_at for each in opened.values()} == {START + 60 + 50}


def test_a_node_that_was_down_at_the_end_of_the_offers_costs_nobody_its_time() -> None:
    world = town(asks())  # Offers end at 50, and the work would be due at 100.
    offered(world, ana=30, bea=50)

    happened = world.wait(1_000)  # The node is up again at 1,000 only.

    (opened,) = (each for each in happened if isinstance(each, e.ContractOpened))
    assert (opened.provider, opened.due_at) == ("ana", START + 1_000 + 50)
    assert not [each for each in happened if isinstance(each, e.StakeSlashed)]
