"""Stakes put up and withdrawn, the rules of that, and what owners may do."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from econonexus.domain import commands as c
from econonexus.domain.ids import AccountId, AgentId
from econonexus.domain.kinds import Standing
from econonexus.domain.promises import Penalty, PromiseRules
from tests.strategies.money import amounts

agents = st.sampled_from(["kim", "lee", "pat", "sam", "pat", "sam", "nobody", "ivy"]).map(AgentId)
owners = st.sampled_from(["twins", "crew", "crew", "pat", "nobody", "ivy"]).map(AccountId)
standings = st.sampled_from([*[Standing.ACTIVE] * 6, *Standing])
delays = st.sampled_from([0, 10, 25, 60])
rules = st.one_of(
    st.builds(PromiseRules, unbonding=delays),
    st.builds(
        PromiseRules,
        unbonding=st.sampled_from([25, -1, 1.5, 2**63]),
        relief=st.sampled_from([0, 1_000_001]),
        task_failure=st.sampled_from([Penalty(0, 0, 0), Penalty(1_000_001, 1, 1)]),
    ),
)
few = st.integers(1, 30)


def often() -> list[SearchStrategy[c.Command]]:
    return [
        st.builds(c.PostStake, agents, st.one_of(few, amounts)),
        st.builds(c.UnbondStake, agents, st.one_of(few, amounts)),
    ]


def seldom() -> list[SearchStrategy[c.Command]]:
    return [
        st.builds(c.SetPromiseRules, rules),
        st.builds(c.SetStanding, owners, standings),
        st.builds(c.ReleaseStake, agents),
    ]


def usual() -> list[SearchStrategy[c.Command]]:
    mine = st.sampled_from(["kim", "lee", "pat", "sam"]).map(AgentId)
    return [
        st.builds(c.PostStake, mine, few),
        st.builds(c.UnbondStake, mine, few),
        st.builds(c.SetPromiseRules, st.builds(PromiseRules, unbonding=delays)),
    ]


def opening(unit: int) -> list[c.Command]:
    return [
        c.SetPromiseRules(PromiseRules(unbonding=25 * unit)),
        c.PostStake(AgentId("kim"), 20),
        c.PostStake(AgentId("sam"), 5),
    ]
