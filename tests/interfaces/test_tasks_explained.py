"""Why a task went to whom, for what, and who could not have it: the sentences that `explain` gives."""

from econonexus.domain import commands as c
from econonexus.domain.ids import AgentId, Sequence
from econonexus.domain.kinds import Standing
from econonexus.domain.promises import Judging
from econonexus.interfaces.http.contracts_explained import of_contract
from econonexus.interfaces.http.tasks_explained import decided, of_offer, of_task
from econonexus.node.records import Record
from tests.domain.cases.tasks import asks, provider
from tests.domain.test_tasks import awarded, keep_one, offered, town
from tests.world import World


def records(world: World, steps: tuple[Sequence, ...]) -> list[Record]:
    return [Record(*world.log[step - 1][:2], "op", "c", world.log[step - 1][2]) for step in steps]


def why(world: World, agent: str | None = None) -> dict[str, object]:
    """What is said of the task `t`, or of an agent's offer for it."""
    state = world.economy.state
    found = of_task(state, None, "t") if agent is None else of_offer(state, None, f"t/{agent}")
    assert found is not None
    return found[1] | decided(records(world, found[2]), agent)


def test_by_quality_it_says_every_score_and_what_the_payment_came_from() -> None:
    """As in `test_tasks`: 55 − 22.3606 against 40 − 5 = 35, which is paid with 22.3606: 57.3606."""
    world = town()
    keep_one(world)
    world.do(asks(quality_weight=100, offers_until=world.now + 50, due_at=world.now + 100))
    offered(world, ana=55, bea=40)
    awarded(world)

    facts = why(world)

    assert facts["offer of ana"] == "55 µcr, quality 22.4%: score 32.64; won"
    assert facts["offer of bea"] == "40 µcr, quality 5.0%: score 35.00; lost to ana"
    assert facts["payment set by"] == (
        "the score of bea, 35.00, and 22.36 µcr for quality 22.4%, at most the ceiling"
    )


def test_who_could_not_have_it_is_told_by_which_number() -> None:
    world = town(asks())
    offered(world, ana=30, bea=50, cy=60)
    world.do(c.UnbondStake(AgentId("ana"), 181), c.FreezeAgent(AgentId("cy")))
    awarded(world)

    facts = why(world)

    assert facts["offer of ana"] == (
        "30 µcr; could not have it: Too little stake is free for this; put up more, or wait. "
        "It takes 120 µcr; there are 119."
    )
    assert facts["offer of cy"] == (
        "60 µcr; could not have it: The agent is frozen: nothing new leaves what it owns."
    )
    assert facts["payment set by"] == "the ceiling: no other owner was left"


def test_after_a_failure_it_says_who_has_had_it() -> None:
    world = town(*provider("abe", owner="ana"), asks())
    offered(world, ana=30, abe=40, bea=50)
    awarded(world)
    awarded(world)

    assert (
        why(world)["offer of ana"] == "30 µcr; could not have it: Its owner has had the contract, and failed."
    )
    assert why(world, "abe")["not eligible: tried"] == "Its owner has had the contract, and failed."
    assert why(world, "bea").get("eligible") is None  # It has the contract.


def test_what_the_clock_says_is_said_to_be_independent() -> None:
    world = town(asks())
    offered(world, ana=30, bea=50)
    awarded(world)
    awarded(world)  # ana is late.

    found = of_contract(world.economy.state, None, "t:1")

    assert found is not None
    assert found[1]["whose word it is"] == "the clock's: nothing was delivered by the deadline"
    assert found[1]["by somebody independent"] is True


def test_every_reason_against_an_agent_is_told() -> None:
    world = town(asks(judging=Judging(("vera",)), least_reputation=60_000), c.CreateAgent(AgentId("eve")))
    world.do(c.SetStanding("vera", Standing.SUSPENDED))

    facts = why(world, "vera")

    against = {fact.partition(": ")[2] for fact in facts if fact.startswith("not eligible")}
    assert against == {
        "judges_task",
        "not_capable",
        "stake_too_small",
        "reputation_too_low",
        "owner_suspended",
    }
    assert facts["standing"] == "suspended"
    assert why(world, "eve")["eligible"] is False


def test_what_nobody_asked_about_is_not_there() -> None:
    world = town(asks())
    state = world.economy.state
    assert of_task(state, None, "none") is None
    assert of_offer(state, None, "none/ana") is None
    assert of_offer(state, None, "t/nobody") is None
    assert of_offer(state, AgentId("bea"), "t/ana") is None
