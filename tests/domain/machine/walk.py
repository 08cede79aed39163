"""One walk: commands are asked of the economy and of the oracle, and both must answer alike."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from econonexus.domain import events
from econonexus.domain.commands import Command, DeclareAsset
from econonexus.domain.economy import Economy
from econonexus.domain.ids import Instant
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from tests.audit.test_agreement import assert_agreement
from tests.domain.machine.notices import told
from tests.oracle import Oracle
from tests.strategies import COMMANDS, USUAL, at, opening
from tests.world import World

PRECEDENCE = list(RefusalCode)


class Walk(RuleBasedStateMachine):
    """The economy and the oracle side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.oracle = Oracle()
        self.oracle.submit(DeclareAsset("credit"), self.world.now)
        self.answered: list[Command] = []
        for command in opening():
            self.submit(command)

    @property
    def state(self) -> State:
        return self.world.economy.state

    @rule(commands=st.lists(COMMANDS, min_size=1, max_size=4))
    def any_commands(self, commands: list[Command]) -> None:
        for command in commands:
            self.submit(at(self.world.now, command))

    @rule(commands=st.lists(USUAL, min_size=4, max_size=12))
    def usual_commands(self, commands: list[Command]) -> None:
        for command in commands:
            self.submit(at(self.world.now, command))

    @rule(commands=st.lists(USUAL, min_size=4, max_size=12), pause=st.integers(1, 25))
    def usual_commands_in_their_time(self, commands: list[Command], pause: int) -> None:
        for command in commands:
            self.world.now += pause
            self.submit(at(self.world.now, command))

    @precondition(lambda self: self.answered)
    @rule(data=st.data())
    def once_more(self, data: st.DataObject) -> None:
        self.submit(data.draw(st.sampled_from(self.answered)))

    @rule(duration=st.one_of(st.integers(1, 15), st.integers(1, 400)))
    def time_passes(self, duration: int) -> None:
        self.world.now += duration

    @precondition(lambda self: self.world.economy.next_deadline() is not None)
    @rule(late_by=st.integers(-1, 3))
    def a_deadline_is_near(self, late_by: int) -> None:
        soonest = self.world.economy.next_deadline()
        assert soonest is not None
        if soonest < self.world.now + 1_000:
            self.world.now = max(self.world.now, soonest + late_by)

    @rule()
    def a_restart_from_a_snapshot(self) -> None:
        self.world.economy = Economy(State.from_image(self.state.image()))

    def teardown(self) -> None:
        assert_agreement(self.world)

    def submit(self, command: Command) -> None:
        """Ask both; they must answer alike, and their books be the same afterwards."""
        self.let_deadlines_pass()
        decision = self.world.submit(command)
        expected = self.oracle.submit(command, self.world.now)
        self.answered.append(command)
        if isinstance(decision, Refusal):
            assert isinstance(expected, set), f"{command}: {decision.sentence()}, but the oracle lets it pass"
            assert decision.code is min(expected, key=PRECEDENCE.index), (command, expected)
        else:
            assert not isinstance(expected, set), f"{command} was accepted, but the oracle finds {expected}"
            assert told(decision) == expected
            self.happened(decision)
        self.agree()

    def let_deadlines_pass(self) -> None:
        """What falls due in the economy does in the oracle, and in the same order."""
        while True:
            due = self.world.economy.due(Instant(self.world.now))
            listed = sorted(self.oracle.due(), key=lambda each: each[:2])
            instants = [at for at, _, _ in listed]
            soonest = self.world.economy.next_deadline()
            assert soonest == (instants[0] if instants else None)
            if due is None:
                assert soonest is None or soonest > self.world.now
                return
            assert due in [asked for at, kind, asked in listed if at == soonest and kind == listed[0][1]]
            decision = self.world._decide(due)
            assert not isinstance(decision, Refusal)
            assert told(decision) == self.oracle.submit(due, self.world.now)

    @invariant()
    def the_books_are_in_order(self) -> None:
        self.world.check_history()

    def happened(self, decision: tuple[events.Event, ...]) -> None:
        """What a command led to. Subjects remember of it what they need, and ask `super()`."""

    def agree(self) -> None:
        """The economy's books are the plain ones. Subjects compare their own, and ask `super()`."""
