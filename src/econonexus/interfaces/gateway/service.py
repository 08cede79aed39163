"""The gateway as a whole: which models there are, what a call is let do, and with whose money."""

from collections.abc import AsyncGenerator, Mapping

from econonexus.config import Settings
from econonexus.dialect.counting import NotUnderstood
from econonexus.dialect.requests import Ask
from econonexus.dialect.speech import Dialect
from econonexus.domain.flows.spending import above, payer
from econonexus.domain.ids import AccountId, AgentId, BudgetId, Instant
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.state import State
from econonexus.interfaces.gateway import answering
from econonexus.interfaces.gateway.answering import Job
from econonexus.interfaces.gateway.calls import Bound, Calls
from econonexus.interfaces.gateway.learned import Learned
from econonexus.interfaces.gateway.offers import Offer, Tariff, offers_of
from econonexus.interfaces.http.callers import Caller
from econonexus.interfaces.http.problems import declined, invalid
from econonexus.node.node import Node
from econonexus.ports import Model


class Gateway:
    """What stands between agents and models."""

    def __init__(self, node: Node, settings: Settings, models: Mapping[str, Model]) -> None:
        self.offers = offers_of(settings, models)
        self._models = models
        self._node = node
        self._calls = Calls(node)
        self._learned = Learned()
        self._step = settings.gateway.stream_step_tokens

    async def begin(self, caller: Caller, dialect: Dialect, body: bytes, run: str) -> Job:
        """Read a request and reserve what it can cost at most. Raises: Declined."""
        agent = AgentId(caller.holder)
        try:
            ask = dialect.read(body)
            offer = self._offer(agent, ask.model)
            read = offer.counting.tokens(ask.prompt)
        except NotUnderstood as error:
            raise invalid(error.field, error.complaint) from None
        tariff = self._tariff(agent, offer)
        each = self._each(agent, ask, offer)
        bound = Bound(read, each * ask.choices)
        reserved = bound
        if ask.stream and self._step:
            reserved = Bound(read, min(self._step, bound.written))
        call = await self._calls.reserve(caller, offer.name, tariff, reserved, run)
        return Job(agent, ask, offer, dialect, call, bound, reserved, each)

    async def whole(self, job: Job) -> bytes:
        """The whole answer; see `answering.whole`."""
        return await answering.whole(self._calls, self._learned, job)

    def streamed(self, job: Job) -> AsyncGenerator[bytes, None]:
        """The answer as it comes; see `answering.streamed`."""
        return answering.streamed(self._calls, self._learned, job)

    async def close(self) -> None:
        """Wait until every call that ends by itself has ended, and let go of the upstreams."""
        await self._calls.drain()
        for model in self._models.values():
            await model.close()

    def _offer(self, agent: AgentId, name: str) -> Offer:
        """The model of a name, if the agent may call it. Raises: Declined."""
        offer = self.offers.get(name)
        if offer is None:
            there = f"There is no model {name!r}; GET /v1/models says which."
            raise declined(404, "model_not_found", there, "model")
        allowed = self._node.engine.peek(lambda state: state.agents.by_id[agent].models)
        if allowed and name not in allowed:
            raise declined(403, "not_allowed", f"This agent may not call {name}.", "model")
        return offer

    def _tariff(self, agent: AgentId, offer: Offer) -> Tariff:
        """What the model costs in the asset in which the agent pays. Raises: Declined."""
        paying = self._node.engine.peek(lambda state: payer(state, AccountId(agent)))
        if paying is None:
            raise declined(
                402, "insufficient_funds", "Nothing pays for this agent: it has no wallet, nor a team's."
            )
        asset = paying[0].asset
        tariff = offer.tariffs.get(asset)
        if tariff is None:
            raise declined(
                400, "unknown_price", f"{offer.name} has no price in {asset}, in which you pay.", "model"
            )
        return tariff

    def _each(self, agent: AgentId, ask: Ask, offer: Offer) -> int:
        """How many tokens each answer may have."""
        if ask.bound is not None:
            return ask.bound
        return self._learned.bound(agent, offer.name, offer.max_tokens) if offer.learns else offer.max_tokens


def left(state: State, agent: AgentId, run: str, now: Instant) -> int:
    """What an agent may still spend: the least of what its wallet and every hard budget above it have."""
    paying = payer(state, AccountId(agent))
    if paying is None:
        return 0
    account, on_behalf = paying
    known = run and BudgetId(run) in state.budgets.by_id
    levels = {*above(state, account, on_behalf), *(state.budgets.chain(BudgetId(run)) if known else ())}
    budgets = (state.budgets.by_id[level] for level in levels)
    rooms = [budget.left(now) for budget in budgets if budget.mode is BudgetMode.HARD]
    return max(0, min([account.available, *rooms]))
