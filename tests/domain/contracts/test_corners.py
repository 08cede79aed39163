"""Where contracts meet what else there is: full balances, other contracts, standings, teams, restarts."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.economy import Economy
from econonexus.domain.kinds import ContractStatus, JudgedBy, Standing, Verdict
from econonexus.domain.promises import DAY, HOUR, Judging
from econonexus.domain.refusals import RefusalCode as No
from econonexus.domain.state import State
from tests.audit.test_agreement import assert_agreement
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
    awarded,
    claims,
    contract,
    decides,
    delivered,
    says,
    settled,
    status,
    town,
)
from tests.world import World

BIGGEST = 2**63 - 1


def brimful(world: World, agent: str) -> None:
    """All but one µcr that a balance can have."""
    more = BIGGEST - 1 - world.balance(agent)
    world.do(
        c.SetCreditLine("xan", BIGGEST),
        c.DrawCredit("xan", more - world.available("xan")),
        c.Transfer("xan", agent, more),
    )


# Full balances.


def test_a_balance_that_is_full_takes_no_pay_and_the_contract_ends_all_the_same() -> None:
    world = delivered()
    brimful(world, "ann")
    happened = world.wait(DAY)
    assert (settled(happened).payment, settled(happened).verdict) == (0, SATISFACTORY)
    assert (world.balance("ann"), world.available("rex")) == (BIGGEST - 1, 1_000 * CREDIT)
    world.check_history()
    assert_agreement(world)


def test_a_bond_that_is_won_by_a_balance_that_is_full_goes_where_what_is_lost_goes() -> None:
    world = delivered()
    world.do(says("rex", POOR), claims("ann", SATISFACTORY), STANDS)
    brimful(world, "ann")
    (lost,) = (event for event in world.do(decides(SATISFACTORY)) if isinstance(event, e.DisputeBondLost))
    assert (lost.agent, lost.destination, world.balance("burn")) == ("rex", "burn", WORD)
    world.check_history()
    assert_agreement(world)


# Other contracts.


def test_what_backs_a_vote_is_not_lost_with_the_stake_for_another_contract() -> None:
    """una votes about ann's work, and acts in bad faith in her own: all her stake is lost but her word's."""
    world = town(THREE)
    world.do(
        c.PostTask("u", "rex", "write", 20 * CREDIT, world.now + 1, world.now + HOUR, Judging(("xan",))),
        c.OfferWork("u", "una", 10 * CREDIT),
    )
    world.wait(1)
    world.do(c.ReportDelivery(CONTRACT, "ann"), says("una", POOR))
    world.do(c.ReportDelivery("u:1", "una"), c.JudgeContract("u:1", "xan", BYZANTINE))
    world.wait(HOUR)
    assert (world.balance("stake:una"), world.account("stake:una").held) == (WORD, WORD)
    assert world.economy.state.stakes.standing_of("una") is Standing.BANNED
    world.do(says("vic", POOR))  # Her word was given before she was banned.
    assert contract(world).verdict is POOR
    world.check_history()
    assert_agreement(world)


def test_what_is_delivered_is_judged_and_paid_although_its_provider_is_banned_for_another() -> None:
    world = delivered()
    world.do(
        c.PostTask("u", "vic", "write", 20 * CREDIT, world.now + 1, world.now + HOUR, Judging(("xan",))),
        c.OfferWork("u", "ann", 10 * CREDIT),
    )
    world.wait(1)
    world.do(c.ReportDelivery("u:1", "ann"), c.JudgeContract("u:1", "xan", BYZANTINE))
    world.wait(HOUR)
    assert world.economy.state.stakes.standing_of("ann") is Standing.BANNED
    assert status(world) is ContractStatus.DELIVERED
    assert settled(world.do(says("rex", SATISFACTORY))).payment == PAYMENT
    world.check_history()


def test_a_contract_on_which_nothing_is_delivered_ends_when_its_provider_is_banned() -> None:
    world = town()
    world.do(
        c.PostTask("u", "vic", "write", 20 * CREDIT, world.now + 1, world.now + HOUR, Judging(("xan",))),
        c.OfferWork("u", "ann", 10 * CREDIT),
    )
    world.wait(1)
    world.do(c.ReportDelivery("u:1", "ann"), c.JudgeContract("u:1", "xan", BYZANTINE))
    happened = world.wait(HOUR)
    (ended,) = (
        event for event in happened if isinstance(event, e.ContractSettled) and event.contract == CONTRACT
    )
    assert (ended.verdict, ended.by, ended.payment) == (Verdict.ENDED, JudgedBy.SYSTEM, 0)
    assert contract(world, "t:2").provider == "bob"
    world.check_history()
    assert_agreement(world)


def test_the_runner_ups_contract_lives_as_the_first_did() -> None:
    """ann is late; bob has as long as she had, at 20, as nobody else is left."""
    world = town()
    world.wait(10 * HOUR)
    second = contract(world, "t:2")
    assert (second.provider, second.payment, second.due_at) == ("bob", 20 * CREDIT, world.now + 10 * HOUR)
    world.do(c.ReportDelivery("t:2", "bob"), c.JudgeContract("t:2", "rex", SATISFACTORY))
    assert world.balance("bob") == 820 * CREDIT


# Standings, freezing, teams.


def test_a_suspended_provider_delivers_and_is_paid() -> None:
    world = town()
    world.do(c.SetStanding("ann", Standing.SUSPENDED), c.ReportDelivery(CONTRACT, "ann"))
    assert settled(world.do(says("rex", SATISFACTORY))).payment == PAYMENT


def test_a_frozen_provider_delivers_and_is_paid() -> None:
    world = town()
    world.do(c.FreezeAgent("ann"), c.ReportDelivery(CONTRACT, "ann"))
    assert settled(world.wait(DAY)).payment == PAYMENT
    assert world.balance("ann") == 812 * CREDIT


def test_a_frozen_requester_still_pays_what_it_owes() -> None:
    world = delivered()
    world.do(c.FreezeAgent("rex"))
    assert settled(world.do(says("rex", SATISFACTORY))).payment == PAYMENT


def test_a_bond_won_within_a_team_leaves_no_budget_above_both() -> None:
    """ann and rex pay from one team's wallet: what one pays or loses to the other has not left it."""
    world = World()
    world.do(
        c.CreateTeam("crew"),
        c.Mint("crew", 900 * CREDIT),
        c.CreateBudget("crew", 900 * CREDIT, alerts=()),
        c.CreateAgent("rex", "crew", owner="rex-inc", wallet=False),
        c.CreateAgent("ann", "crew", owner="ann-inc", capabilities=("write",), wallet=False),
        c.PostStake("ann", 200 * CREDIT),
        c.CreateAgent("bob", capabilities=("write",), credits=300 * CREDIT),
        c.PostStake("bob", 200 * CREDIT),
    )
    awarded(world)
    world.do(c.ReportDelivery(CONTRACT, "ann"), says("rex", POOR), claims("ann", EXCELLENT), STANDS)
    assert world.budget("crew").held == 20 * CREDIT + 2 * WORD
    world.do(decides(EXCELLENT))
    assert (world.budget("crew").held, world.budget("crew").spent) == (0, 0)
    assert world.balance("crew") == 700 * CREDIT
    world.check_history()
    assert_agreement(world)


# Who may speak.


def test_nobody_speaks_about_a_contract_that_is_over() -> None:
    world = delivered(THREE)
    world.do(says("una", SATISFACTORY), says("vic", SATISFACTORY))
    world.wait(HOUR)
    assert world.code(c.ReportDelivery(CONTRACT, "ann")) is No.CONTRACT_NOT_OPEN
    assert world.code(says("wyn", POOR)) is No.CONTRACT_NOT_OPEN
    assert world.code(claims("rex", POOR)) is No.CONTRACT_NOT_JUDGED
    assert world.code(STANDS) is No.CONTRACT_NOT_CHALLENGED
    assert world.code(decides(POOR)) is No.CONTRACT_NOT_DISPUTED


def test_a_dispute_outlives_a_restart() -> None:
    world = delivered(THREE)
    world.do(says("una", POOR), says("vic", POOR), claims("ann", SATISFACTORY), STANDS)
    world.economy = Economy(State.from_image(world.economy.state.image()))
    assert contract(world).due == world.now + 7 * DAY
    happened = world.do(decides(SATISFACTORY))
    assert len([event for event in happened if isinstance(event, e.DisputeBondLost)]) == 3
    world.check_history()
    assert_agreement(world)


def test_the_story_of_a_contract_is_in_its_records() -> None:
    world = delivered(THREE)
    world.do(says("una", POOR), says("vic", POOR), claims("ann", SATISFACTORY), STANDS, decides(POOR))
    told = [type(world.log[sequence - 1][2]).__name__ for sequence in contract(world).steps]
    assert told[:9] == [
        "ContractOpened",
        "DeliveryReported",
        "VoteCast",
        "VoteCast",
        "ContractJudged",
        "VerdictChallenged",
        "VerdictDefended",
        "ContractSettled",
        "DisputeBondLost",
    ]


def test_what_was_delivered_and_said_is_no_part_of_the_state() -> None:
    world = delivered()
    world.do(says("rex", POOR), claims("ann", SATISFACTORY), STANDS, decides(POOR))
    image = world.economy.state.image()
    assert not any(text in image for text in (b"the work", b"seen", b"not so", b"but so", b"looked"))
