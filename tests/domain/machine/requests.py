"""Markets that take requests: rules that let there be some at any moment, and more than there is room for."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from econonexus.domain import commands as c
from tests.domain.machine.walk import Walk

ASKERS = st.sampled_from(["kim", "lee", "pat", "sam"])
STANDS = st.sampled_from(["fee", "steps", "fixed", "vip", "fair", "karma"])
LASTS = st.one_of(st.none(), st.integers(5, 120))


class RequestsWalk(Walk):
    """Requests at posted prices and by plain rules."""

    @rule(
        market=STANDS,
        wishes=st.lists(st.tuples(ASKERS, st.integers(1, 12), LASTS), min_size=1, max_size=6),
    )
    def requests_are_made(self, market: str, wishes: list[tuple[str, int, int | None]]) -> None:
        """Under names of their own."""
        for agent, units, lasts in wishes:
            expires_at = None if lasts is None else self.world.now + lasts
            name = f"request-{len(self.answered)}"
            self.submit(c.RequestUnits(name, market, agent, units, None, expires_at))

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def a_request_is_taken_back(self, data: st.DataObject) -> None:
        market, name, agent = data.draw(st.sampled_from(self.waiting()))
        self.submit(c.WithdrawRequest(name, market, agent))

    @precondition(lambda self: any(stand.due for stand in self.state.stands.by_market.values()))
    @rule(late_by=st.sampled_from([0, 0, 3, 45, 200]))
    def a_period_ends(self, late_by: int) -> None:
        ends = [stand.due for stand in self.state.stands.by_market.values() if stand.due is not None]
        soonest = min(ends)
        if soonest < self.world.now + 1_000:
            self.world.now = max(self.world.now, soonest + late_by)
        self.let_deadlines_pass()

    def waiting(self) -> list[tuple[str, str, str]]:
        stands = self.state.stands.by_market.items()
        return [(market, each.id, each.agent) for market, stand in stands for each in stand.waiting.values()]

    def agree(self) -> None:
        super().agree()
        self.the_stands_agree_with_the_plain_books()

    def the_stands_agree_with_the_plain_books(self) -> None:
        assert {
            name: (stand.price, stand.excess, stand.demand, stand.given, list(stand.waiting), stand.standing)
            for name, stand in self.state.stands.by_market.items()
        } == {
            name: (
                row["price"],
                row["excess"],
                row["demand"],
                row["given"],
                list(row["waiting"]),
                row["standing"],
            )
            for name, row in self.oracle.stands.items()
        }
