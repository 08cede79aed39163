"""Questions for humans, how they are answered, and money that is issued by rule."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from econonexus.domain import commands as c
from econonexus.domain.attention import ATTENTION, HOUR, InboxRules, Scores
from econonexus.domain.ids import SECOND, AccountId, AgentId, Duration, QuestionId
from econonexus.domain.kinds import Proceeds
from econonexus.domain.money import Amount
from econonexus.domain.policy import Policy
from tests.strategies.money import BIGGEST, amounts, maybe, texts

questions = st.integers(1, 9).map(lambda number: QuestionId(f"q{number}"))
askers = st.sampled_from(["kim", "lee", "pat", "sam", "pat", "sam", "nobody"]).map(AgentId)
humans = st.sampled_from(["olga", "olga", "max", "not a name"])
minutes = st.one_of(*[st.integers(1, 6)] * 5, st.sampled_from([0, 11, 1.5, BIGGEST]))
prices = st.one_of(*[st.integers(1, 9)] * 5, amounts)
moments = st.integers(0, 90)
scores = st.builds(Scores, *[st.one_of(*[st.integers(0, 10)] * 4, st.integers(-1, 11))] * 3)
rewards = st.one_of(st.just(0), st.integers(0, 12), amounts)

usual_rules = st.builds(
    InboxRules,
    reserve=st.integers(1, 3),
    ageing=st.sampled_from([0, HOUR // 50, HOUR]),
    patience=st.sampled_from([20, 300]),
    grace=st.sampled_from([0, 10]),
    lasts=st.integers(20, 400),
    proceeds=st.sampled_from([Proceeds.BURN, Proceeds.TREASURY]),
)
rules = st.one_of(
    usual_rules,
    st.builds(
        InboxRules,
        reserve=st.sampled_from([1, 0, 1.5]),
        lasts=st.sampled_from([50, 0, BIGGEST]),
        proceeds=st.sampled_from(Proceeds),
        seller=maybe(st.sampled_from(["bob", "crew", "usd-eve", "mint", "nobody"]).map(AccountId)),
    ),
)
usual_policies = st.builds(
    Policy,
    period=st.sampled_from([SECOND, 100 * SECOND]).map(Duration),
    recycle=st.sampled_from([0, 300_000, 1_000_000]),
    target=maybe(st.integers(0, 900)),
    carry_over=maybe(st.integers(0, 900)),
    daily_rewards=st.integers(0, 40),
)
policies = st.one_of(
    usual_policies,
    st.builds(
        Policy,
        period=st.sampled_from([SECOND, SECOND - 1, BIGGEST]),
        recycle=st.sampled_from([0, -1, 1_000_001]),
        target=maybe(amounts),
        carry_over=maybe(amounts),
        daily_rewards=amounts,
    ),
)


def often() -> list[SearchStrategy[c.Command]]:
    """What is drawn often."""
    return [
        st.builds(c.AskHuman, questions, askers, minutes, prices, texts, texts, maybe(moments)),
        st.builds(c.TakeQuestion, questions, humans),
        st.builds(
            c.AnswerQuestion, questions, humans, st.integers(-1, 7), texts, maybe(scores), rewards
        ),
    ]  # fmt: skip


def seldom() -> list[SearchStrategy[c.Command]]:
    """What is drawn seldom."""
    return [
        st.builds(c.SetInboxRules, rules),
        st.builds(c.DeclineQuestion, questions, humans, texts),
        st.builds(c.WithdrawQuestion, questions, maybe(askers)),
        st.builds(c.AdvanceQuestion, questions),
        st.builds(c.SetPolicy, policies),
        st.just(c.ApplyPolicy()),
    ]


def usual() -> list[SearchStrategy[c.Command]]:
    """What mostly succeeds: questions that can be paid, and one human who answers them."""
    payers = st.sampled_from(["kim", "lee", "pat", "sam"]).map(AgentId)
    few, olga = st.integers(1, 4), st.just("olga")
    return [
        *[st.builds(c.AskHuman, questions, payers, few, st.integers(3, 9), st.just("Why?"))] * 2,
        *[st.builds(c.TakeQuestion, questions, olga)] * 2,
        st.builds(c.AnswerQuestion, questions, olga, st.integers(0, 4), st.just("So."), maybe(scores)),
        st.builds(c.AnswerQuestion, questions, olga, few, st.just("So."), st.none(), st.integers(1, 9)),
        st.builds(c.DeclineQuestion, questions, olga),
        st.builds(c.WithdrawQuestion, questions),
        st.builds(c.SetInboxRules, usual_rules),
        st.builds(c.SetPolicy, usual_policies),
    ]


def opening(unit: int = 1) -> list[c.Command]:
    """Humans give 10 minutes in a time that is short enough to pass; times in `unit`."""
    rules = InboxRules(ageing=Amount(HOUR // 50), patience=Duration(300 * unit), lasts=Duration(400 * unit))
    return [
        c.DeclareResource(ATTENTION, "minute", 10, Duration(60 * unit)),
        c.SetInboxRules(rules),
        c.SetPolicy(Policy(period=SECOND, recycle=1_000_000, daily_rewards=Amount(30))),
    ]
