"""How far a feature goes, and what is only watched."""

from econonexus.domain import commands as c
from econonexus.domain.kinds import Mode
from tests.world import START, World, nested


def test_a_feature_that_was_never_set_has_no_mode_of_its_own() -> None:
    assert World().economy.state.modes.of("gateway") is None


def test_a_part_goes_as_far_as_its_whole_unless_it_was_set_itself() -> None:
    world = World()
    world.do(c.SetMode("gateway", Mode.SHADOW), c.SetMode("gateway:mock", Mode.ENFORCE))
    modes = world.economy.state.modes
    assert [modes.of(feature) for feature in ("gateway", "gateway:mock", "gateway:other")] == [
        Mode.SHADOW,
        Mode.ENFORCE,
        Mode.SHADOW,
    ]


def test_the_kill_switch_of_the_whole_stops_every_part() -> None:
    world = World()
    world.do(c.SetMode("gateway:mock", Mode.OFF), c.SetMode("gateway", Mode.STOPPED, "runaway"))
    assert world.economy.state.modes.of("gateway:mock") is Mode.STOPPED
    world.do(c.SetMode("gateway", Mode.ENFORCE))
    assert world.economy.state.modes.of("gateway:mock") is Mode.OFF


def test_one_part_may_be_stopped_alone() -> None:
    world = World()
    world.do(c.SetMode("gateway:mock", Mode.STOPPED))
    modes = world.economy.state.modes
    assert (modes.of("gateway:mock"), modes.of("gateway")) == (Mode.STOPPED, None)


def test_when_and_why_a_mode_was_set_is_remembered() -> None:
    world = World()
    world.wait(7)
    world.do(c.SetMode("gateway", Mode.STOPPED, "runaway"))
    setting = world.economy.state.modes.by_feature["gateway"]
    assert (setting.since, setting.reason) == (START + 7, "runaway")


def test_usage_that_is_only_watched_moves_nothing_and_counts_nowhere() -> None:
    world = World()
    world.do(*nested(("b", 50)), c.CreateAgent("pat", credits=10, budget="b"))
    before = [world.balance("pat"), world.left("b")]
    world.do(c.RecordUsage("pat", 1_000, "llm", "call 1", "budget_exhausted"))
    assert [world.balance("pat"), world.left("b")] == before


def test_a_changed_agent_keeps_its_team_its_money_and_its_frost() -> None:
    world = World()
    world.do(
        c.CreateTeam("crew"),
        c.CreateAgent("pat", "crew", credits=10, weight=2, models=("mock",)),
        c.FreezeAgent("pat"),
        c.ChangeAgent("pat", priority=-5, models=()),
    )
    agent = world.economy.state.agents.by_id["pat"]
    assert (agent.team, agent.weight, agent.priority, agent.models, agent.frozen) == ("crew", 2, -5, (), True)
    assert world.balance("pat") == 10
