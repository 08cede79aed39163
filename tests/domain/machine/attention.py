"""Questions for humans, and money issued by rule: rules that let questions be answered and periods end."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from econonexus.domain import commands as c
from econonexus.domain.attention import MINUTE
from econonexus.domain.ids import SECOND, Instant
from econonexus.domain.subjects.monetary import day_of
from tests.domain.machine.walk import Walk

ASKERS = st.sampled_from(["kim", "lee", "pat", "sam"])


class AttentionWalk(Walk):
    """The inbox and the policy."""

    @rule(agent=ASKERS, minutes=st.integers(1, 4), price=st.integers(3, 9), lasts=st.integers(20, 300))
    def a_question_is_asked(self, agent: str, minutes: int, price: int, lasts: int) -> None:
        """Under a name of its own, so that there are always some."""
        expires_at = self.world.now + lasts
        self.submit(
            c.AskHuman(f"question-{len(self.answered)}", agent, minutes, price, "Why?", expires_at=expires_at)
        )

    @precondition(lambda self: self.state.inbox.waiting)
    @rule(used=st.integers(0, 5), reward=st.integers(0, 9), late_by=st.sampled_from([0, 0, 5, MINUTE]))
    def the_first_question_is_answered(self, used: int, reward: int, late_by: int) -> None:
        (first, *_) = self.state.inbox.in_turn(self.world.now)
        self.submit(c.TakeQuestion(first.id, "olga"))
        self.world.now += late_by
        self.submit(c.AnswerQuestion(first.id, "olga", used, "So.", None, reward))

    @precondition(lambda self: self.state.inbox.by_id)
    @rule(data=st.data())
    def a_question_is_kept_or_given_up(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.state.inbox.by_id)))
        ways = [c.TakeQuestion(name, "olga"), c.DeclineQuestion(name, "max"), c.WithdrawQuestion(name)]
        self.submit(data.draw(st.sampled_from(ways)))

    @rule(duration=st.sampled_from([SECOND, MINUTE, 4 * MINUTE, 1_440 * MINUTE]))
    def much_time_passes(self, duration: int) -> None:
        self.world.now += duration

    def agree(self) -> None:
        super().agree()
        self.the_inbox_agrees_with_the_plain_books()
        self.the_policy_agrees_with_the_plain_books()

    def the_inbox_agrees_with_the_plain_books(self) -> None:
        inbox, now = self.state.inbox, self.world.now
        remembered = {**inbox.ended, **inbox.by_id}
        assert {
            name: (each.status.value, each.minutes, each.price, each.used, each.pledge.amount)
            for name, each in remembered.items()
        } == {
            name: (row["status"], row["minutes"], row["price"], row["used"], row["held"])
            for name, row in self.oracle.questions.items()
        }
        assert {name: (each.human, each.until) for name, each in inbox.by_id.items()} == {
            name: (row["human"], row["until"])
            for name, row in self.oracle.questions.items()
            if row["status"] in ("waiting", "taken")
        }
        self.oracle.now = now
        assert [each.id for each in inbox.in_turn(Instant(now))] == self.oracle.in_turn()

    def the_policy_agrees_with_the_plain_books(self) -> None:
        monetary, oracle = self.state.monetary, self.oracle
        assert (monetary.policy, monetary.next_at, monetary.waiting) == (
            oracle.policy,
            oracle.next_at,
            oracle.waiting,
        )
        day = day_of(self.world.now)
        assert monetary.rewarded_on(day) == oracle.given.get(day, 0)
