"""Stakes and standings: rules that let what is withdrawn come back, and owners stand otherwise."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from econonexus.domain import commands as c
from econonexus.domain.kinds import Standing
from tests.domain.machine.walk import Walk

HOLDERS = st.sampled_from(["kim", "lee", "pat", "sam"])


class StakesWalk(Walk):
    """What is at stake, and what owners may do."""

    @rule(agent=HOLDERS, amount=st.integers(1, 25), part=st.integers(1, 25), pause=st.integers(0, 30))
    def stake_is_posted_and_withdrawn(self, agent: str, amount: int, part: int, pause: int) -> None:
        self.submit(c.PostStake(agent, amount))
        self.submit(c.UnbondStake(agent, part))
        self.world.now += pause

    @rule(
        owner=st.sampled_from(["twins", "crew"]), standing=st.sampled_from(Standing), pause=st.integers(0, 30)
    )
    def an_owner_stands_otherwise(self, owner: str, standing: Standing, pause: int) -> None:
        self.submit(c.SetStanding(owner, standing))
        self.world.now += pause

    @precondition(lambda self: self.state.stakes.standings)
    @rule(data=st.data())
    def an_owner_is_as_before(self, data: st.DataObject) -> None:
        owner = data.draw(st.sampled_from(sorted(self.state.stakes.standings)))
        self.submit(c.SetStanding(owner, Standing.ACTIVE))

    def agree(self) -> None:
        super().agree()
        self.the_stakes_agree_with_the_plain_books()

    def the_stakes_agree_with_the_plain_books(self) -> None:
        stakes, oracle = self.state.stakes, self.oracle
        assert stakes.rules == oracle.promise_rules
        assert {
            agent: [(each.ready_at, each.amount) for each in stake.unbonding]
            for agent, stake in stakes.by_agent.items()
        } == oracle.staked
        told = {owner: each for owner, each in oracle.standings.items() if each is not Standing.ACTIVE}
        assert stakes.standings == told
