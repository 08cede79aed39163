"""Whatever is said of whom, the second bookkeeper keeps the same records, and what must hold holds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.economy import Economy
from econonexus.domain.flows import reputing
from econonexus.domain.ids import Instant
from econonexus.domain.kinds import Verdict
from econonexus.domain.mechanisms.promises import effects
from econonexus.domain.promises import DAY, Component, Judging, PromiseRules, Record
from econonexus.domain.state import State
from econonexus.domain.subjects.reputations import components, lower_bound, proven_reliability, score
from tests.audit.test_agreement import assert_agreement
from tests.domain.test_reputations import CREDIT, town, works
from tests.world import World

VERDICTS = st.sampled_from([None, Verdict.EXCELLENT, Verdict.SATISFACTORY, Verdict.POOR])
JUDGES = st.sampled_from([Judging(), Judging(("vic",)), Judging(("una", "vic", "wyn"), 2)])
WORK = st.tuples(
    st.sampled_from(["ann", "ben", "bob"]),
    st.sampled_from(["rex", "roy"]),
    VERDICTS,
    st.sampled_from([1, 10, 35, 900]),
    JUDGES,
)
PAUSE = st.integers(1, 200)
RULES = st.builds(
    PromiseRules,
    trusted=st.sampled_from([(), ("rex",), ("rex", "una", "wyn"), ("nobody",)]),
    half_life_days=st.sampled_from([1, 30]),
    most_weight=st.sampled_from([1, 5]),
)
STEPS = st.lists(st.one_of(WORK, WORK, PAUSE, RULES), max_size=8)
evidence = st.integers(0, 10**10)
sides = st.builds(Component, evidence, evidence)
records = st.builds(Record, sides, sides, sides, sides)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_the_second_bookkeeper_agrees_and_a_restart_changes_nothing(steps: list[object]) -> None:
    world = town()
    for step in steps:
        match step:
            case int():
                world.wait(step * DAY)
            case PromiseRules():
                world.do(c.SetPromiseRules(step))
            case (provider, requester, verdict, price, judging):
                works(world, verdict, provider, price * CREDIT, requester, judging)
    assert_agreement(world)
    world.check_history()
    _check_each(world)
    _check_restart(world)


def _check_each(world: World) -> None:
    """No side is below nothing, no bound above its score, and nobody's praise is of itself."""
    state = world.economy.state
    for event in (event for _, _, event in world.log if isinstance(event, e.ReputationChanged)):
        assert 0 <= event.lower_bound <= event.score <= 1_000_000
        assert event.weight <= event.said
        assert event.owner not in event.raters
    for owner in state.reputations.by_owner:
        record = reputing.record_of(state, owner, Instant(world.now))
        assert min(min(side.good, side.bad) for side in components(record)) >= 0
    assert all(0 < counts <= 1_000_000 for counts in state.reputations.credibility.values())


def _check_restart(world: World) -> None:
    """From its image the economy goes on alike, also with what falls due."""
    again = Economy(State.from_image(world.economy.state.image()))
    assert again.state.digest() == world.economy.state.digest()
    assert again.next_deadline() == world.economy.next_deadline()


@given(records, st.sampled_from(["reliability", "performance", "honesty", "cooperation"]), evidence)
def test_more_of_the_good_never_lowers_anything(record: Record, side: str, more: int) -> None:
    before = getattr(record, side)
    better = Record(
        **{name: getattr(record, name) for name in record.__struct_fields__}
        | {side: Component(before.good + more, before.bad)}
    )
    assert score(better) >= score(record)
    assert lower_bound(better) >= lower_bound(record)


@given(records)
def test_a_new_name_buys_nothing(record: Record) -> None:
    """Whatever somebody has done, it gains no bonus, no bond, no power and no premium by beginning anew."""
    state = World().economy.state
    known, fresh = lower_bound(record), lower_bound(Record())
    assert reputing.multiplier(state, record) >= reputing.multiplier(state, Record())
    assert effects.bidding_power(known) >= effects.bidding_power(fresh)
    rules = state.stakes.rules
    assert effects.bond(1_000, known, rules.bond, rules.relief) <= effects.bond(
        1_000, fresh, rules.bond, rules.relief
    )
    reliable = proven_reliability(record)
    assert effects.premium(1_000, reliable, rules.loading) <= effects.premium(1_000, fresh, rules.loading)
