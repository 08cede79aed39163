"""The gateway as a whole: which models there are, whose turn it is, whose money, and how far it goes."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine, Mapping
from typing import Any, NamedTuple, TypeVar

from econonexus.config import Settings
from econonexus.dialect.counting import NotUnderstood
from econonexus.dialect.requests import Ask
from econonexus.dialect.speech import Dialect
from econonexus.domain.flows.spending import payer
from econonexus.domain.ids import CREDIT, AccountId, AgentId
from econonexus.domain.kinds import Mode
from econonexus.domain.subjects.agents import Agent
from econonexus.interfaces.gateway import answering
from econonexus.interfaces.gateway.answering import Job
from econonexus.interfaces.gateway.bids import Wanted
from econonexus.interfaces.gateway.call import Call, Order, Reserved
from econonexus.interfaces.gateway.calls import Calls, new_name, settle_what_a_crash_left
from econonexus.interfaces.gateway.learned import Learned
from econonexus.interfaces.gateway.limits import establish
from econonexus.interfaces.gateway.market import Markets
from econonexus.interfaces.gateway.offers import Offer, offers_of
from econonexus.interfaces.gateway.prices import FREE, Bound, Prices
from econonexus.interfaces.gateway.standing import left
from econonexus.interfaces.gateway.turns import Turns
from econonexus.interfaces.gateway.uses import Use
from econonexus.interfaces.gateway.waiting_room import NoCapacity, Ticket, WaitingRoom
from econonexus.interfaces.http.callers import Caller
from econonexus.interfaces.http.desk import Desk
from econonexus.interfaces.http.problems import Declined, declined, invalid
from econonexus.node.node import Node
from econonexus.ports import Model
from econonexus.telemetry.tallies import GatewayTally

T = TypeVar("T")

PASS = "pass"
"""What is advised where nothing would have been refused."""


class Plan(NamedTuple):
    """A call as far as it can be reckoned before it is made."""

    ask: Ask
    offer: Offer
    dialect: Dialect
    order: Order
    bound: Bound
    reserved: Bound
    """What is reserved at first, of a stream that reserves step by step."""
    each: int
    name: str
    """What its hold and its grant are named after."""

    @property
    def is_free(self) -> bool:
        """Whether nobody is paid for it, whatever it comes to."""
        prices = self.order.prices
        return not prices.limits and not prices.bound(self.bound).amount

    def job(self, call: Call, waited_ms: int = 0, advice: str = "") -> Job:
        """The call with its money, ready to be made."""
        bounds = (self.bound, self.reserved, self.each)
        return Job(self.order.agent, self.ask, self.offer, self.dialect, call, *bounds, waited_ms, advice)


class Wish(NamedTuple):
    """What the request's headers say."""

    run: str = ""
    deadline_s: float | None = None
    """How long its caller can wait."""
    bid_ucr: int | None = None
    """The most that being admitted is worth to it, where a market decides."""


class Gateway:
    """What stands between agents and models."""

    def __init__(
        self, node: Node, settings: Settings, models: Mapping[str, Model], tally: GatewayTally
    ) -> None:
        self.offers = offers_of(settings, models)
        self._settings = settings
        self._models = models
        self._node = node
        self._calls = Calls(node, tally)
        self._tally = tally
        self._learned = Learned()
        self._step = settings.gateway.stream_step_tokens
        self._room = _room(settings, self.offers)
        self._turns = Turns()
        self._markets = Markets(node, settings)
        self._longest_s = settings.gateway.max_wait_ms / 1_000

    async def start(self) -> int:
        """Settle what a crash left, and set the limits on providers; how many calls were left.

        Raises: SettingsError.
        """
        await self._markets.start()  # It looks at which calls were under way.
        left_ = await settle_what_a_crash_left(self._node)
        await establish(self._node, self._settings)
        return left_

    def offered(self, caller: Caller) -> list[Offer]:
        """The models that a caller may call; all of them where it is no agent."""
        only = None if caller.agent is None else self._agent(caller).models
        return [offer for name, offer in self.offers.items() if not only or name in only]

    async def begin(self, desk: Desk, dialect: Dialect, wish: Wish) -> Job:
        """Read a request, wait for its turn and reserve what it can cost at most. Raises: Declined."""
        agent = self._agent(desk.caller)
        try:
            ask = dialect.read(desk.body)
        except NotUnderstood as error:
            raise invalid(error.field, error.complaint) from None
        offer = self._offer(agent, ask.model)
        try:
            return await self._let(desk, dialect, ask, offer, agent, wish)
        except Declined as no:
            self._tally.ended(offer.name, no.problem.code)
            raise

    async def _let(
        self, desk: Desk, dialect: Dialect, ask: Ask, offer: Offer, agent: Agent, wish: Wish
    ) -> Job:
        """Let a call be made as far as the gateway goes with its model. Raises: Declined."""
        mode = self._mode(offer)
        if mode is Mode.STOPPED:
            raise declined(503, "stopped", "The operator has stopped the gateway for this model.")
        if mode is not Mode.ENFORCE:
            return self._watched(desk, dialect, ask, offer, wish, mode)
        plan = self._plan(desk.caller, dialect, ask, offer, wish)
        return await self._enforced(desk, plan, agent, wish)

    async def whole(self, job: Job) -> bytes:
        """The whole answer; see `answering.whole`."""
        return await answering.whole(self._calls, self._learned, job)

    def streamed(self, job: Job) -> AsyncGenerator[bytes, None]:
        """The answer as it comes; see `answering.streamed`."""
        return answering.streamed(self._calls, self._learned, job)

    def waiting(self) -> dict[str, int]:
        """How many calls wait for their turn at each model."""
        room = self._room
        return {name: 0 if room is None else room.waiting(name) for name in self.offers}

    def turns_of(self, agent: str) -> dict[str, int]:
        """How an agent's calls waited or were turned away, since the server began."""
        return self._turns.facts(agent)

    async def close(self) -> None:
        """Wait until every call that ends by itself has ended, and let go of the upstreams."""
        await self._calls.drain()
        await self._markets.close()
        for model in self._models.values():
            await model.close()

    # Letting a call be made.

    async def _enforced(self, desk: Desk, plan: Plan, agent: Agent, wish: Wish) -> Job:
        """Let a market admit the call, where one does; wait for the turn, then reserve. Raises: Declined."""
        if not self._markets.admits(plan.offer.name):
            return await self._in_turn(desk, plan, agent, wish)
        use = await self._admitted(desk, plan, agent, wish)
        try:
            job = await self._in_turn(desk, plan, agent, wish, use)
        except BaseException:
            await asyncio.shield(use.end(0))
            raise
        job.call.spends(use)
        return job

    async def _admitted(self, desk: Desk, plan: Plan, agent: Agent, wish: Wish) -> Use:
        """The grants that the call is served from, once it has them. Raises: Declined."""
        await self._refuse_the_poor(desk, plan)
        deadline_s = self._longest_s if wish.deadline_s is None else min(wish.deadline_s, self._longest_s)
        tokens, model = sum(plan.bound), plan.offer.name
        caller = desk.caller.id
        wanted = Wanted(plan.name, agent, caller, model, tokens, wish.bid_ucr, deadline_s)
        try:
            return await _while_there(desk, self._markets.admit(wanted))
        except Declined as no:
            self._turns.turned_away(agent.id, no.problem.code)
            raise

    async def _in_turn(self, desk: Desk, plan: Plan, agent: Agent, wish: Wish, use: Use | None = None) -> Job:
        """Wait for the turn, then reserve. Raises: Declined."""
        waited_ms = 0 if use is None else use.waited_ms
        if self._room is None:
            if use is not None:
                self._turns.given(agent.id, waited_ms)
            self._tally.had_its_turn(plan.offer.name, waited_ms / 1_000)
            return plan.job(await self._pay(plan), waited_ms)
        if use is None:
            await self._refuse_the_poor(desk, plan)
        cost = plan.order.prices.bound(plan.reserved).amount
        deadline_s = wish.deadline_s
        ticket = Ticket(agent.id, plan.offer.name, cost, agent.weight, agent.priority, deadline_s)
        async with contextlib.AsyncExitStack() as stack:
            try:
                turn = await _while_there(desk, stack.enter_async_context(self._room.turn(ticket)))
            except NoCapacity as none:
                self._turns.refused(agent.id, none)
                raise _no_capacity(none) from None
            except Declined as gone:
                self._turns.turned_away(agent.id, gone.problem.code)
                raise
            waited_ms += turn.waited_ms
            self._turns.given(agent.id, turn.waited_ms)
            self._tally.had_its_turn(plan.offer.name, waited_ms / 1_000)
            call = await self._pay(plan)
            call.takes(turn, stack.pop_all())
        return plan.job(call, waited_ms)

    async def _pay(self, plan: Plan) -> Call:
        """Reserve for a call, if it costs anything. Raises: Declined."""
        if plan.is_free:
            return self._calls.free(plan.order, plan.bound)
        return await self._calls.reserve(plan.order, plan.reserved, plan.ask.stream, plan.name)

    async def _refuse_the_poor(self, desk: Desk, plan: Plan) -> None:
        """Say at once what would be said after waiting, too. Raises: Declined."""
        order, now = plan.order, desk.now()
        needed = order.prices.bound(plan.reserved).amount
        if self._node.engine.peek(lambda state: left(state, order.agent, order.run, now)) >= needed:
            return
        call: Reserved = await self._calls.reserve(order, plan.reserved)
        await self._calls.end(call)  # It was not refused: money has come this moment.

    def _watched(self, desk: Desk, dialect: Dialect, ask: Ask, offer: Offer, wish: Wish, mode: Mode) -> Job:
        """Let a call be made whatever it costs, and see what would have been said."""
        try:
            plan = self._plan(desk.caller, dialect, ask, offer, wish)
            refusal = ""
            if mode is not Mode.OFF:
                refusal = self._calls.would_be_refused(plan.order, plan.reserved, desk.now())
        except Declined as no:
            refusal = no.problem.code
            plan = self._planned(desk.caller, dialect, ask, offer, wish, Prices(CREDIT, FREE), 0)
        call = self._calls.watch(plan.order, plan.bound, refusal, recorded=mode is not Mode.OFF)
        return plan.job(call, advice=(refusal or PASS) if mode is Mode.ADVISE else "")

    def _plan(self, caller: Caller, dialect: Dialect, ask: Ask, offer: Offer, wish: Wish) -> Plan:
        """What a call comes to at most. Raises: Declined where it has no price or no bound."""
        try:
            if ask.unpriced is not None:
                raise ask.unpriced
            read = offer.counting.tokens(ask.prompt)
        except NotUnderstood as error:
            raise invalid(error.field, error.complaint) from None
        prices = self._prices(AgentId(caller.holder), offer)
        return self._planned(caller, dialect, ask, offer, wish, prices, read)

    def _planned(
        self, caller: Caller, dialect: Dialect, ask: Ask, offer: Offer, wish: Wish, prices: Prices, read: int
    ) -> Plan:
        each = self._each(caller.holder, ask, offer)
        bound = Bound(read, each * ask.choices)
        step = min(self._step or bound.written, bound.written) if ask.stream else bound.written
        order = self._calls.order(caller, offer.name, wish.run, prices)
        return Plan(ask, offer, dialect, order, bound, Bound(read, step), each, new_name())

    # What is known.

    def _agent(self, caller: Caller) -> Agent:
        return self._node.engine.peek(lambda state: state.agents.by_id[AgentId(caller.holder)])

    def _offer(self, agent: Agent, name: str) -> Offer:
        """The model of a name, if the agent may call it. Raises: Declined."""
        offer = self.offers.get(name)
        if offer is None:
            raise no_model(name)
        if agent.models and name not in agent.models:
            raise declined(403, "not_allowed", f"This agent may not call {name}.", "model")
        return offer

    def _mode(self, offer: Offer) -> Mode:
        """How far the gateway goes with a model: as the operator said last, or else as configured."""
        feature = f"gateway:{offer.name}"
        return self._node.engine.peek(lambda state: state.modes.of(feature)) or offer.mode

    def _prices(self, agent: AgentId, offer: Offer) -> Prices:
        """What the model costs in the asset in which the agent pays. Raises: Declined."""
        paying = self._node.engine.peek(lambda state: payer(state, AccountId(agent)))
        if paying is None:
            poor = "Nothing pays for this agent: it has no wallet, nor a team's."
            raise declined(402, "insufficient_funds", poor)
        asset = paying[0].asset
        prices = offer.prices(asset)
        if prices is None:
            unpriced = f"{offer.name} has no price in {asset}, in which you pay."
            raise declined(400, "unknown_price", unpriced, "model")
        return prices

    def _each(self, agent: str, ask: Ask, offer: Offer) -> int:
        """How many tokens each answer may have."""
        if ask.bound is not None:
            return ask.bound
        return self._learned.bound(agent, offer.name, offer.max_tokens) if offer.learns else offer.max_tokens


def _room(settings: Settings, offers: Mapping[str, Offer]) -> WaitingRoom | None:
    """Where calls wait for their turn; none where nothing is limited."""
    own, models = settings.gateway, settings.models
    if not own.in_flight and not any(model.in_flight for model in models.values()):
        return None
    room = WaitingRoom(own.in_flight or None, own.admission, own.max_waiting, own.max_wait_ms / 1_000)
    for name in offers:
        model = models.get(name)
        if model is None:
            room.add_model(name)
        else:
            room.add_model(name, model.in_flight or None, model.admission)
    return room


async def _while_there(desk: Desk, waiting: Coroutine[Any, Any, T]) -> T:
    """What is waited for, while its caller stays to wait for it. Raises: Declined, which nobody hears."""
    turn, gone = asyncio.ensure_future(waiting), asyncio.ensure_future(desk.gone())
    try:
        await asyncio.wait({turn, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not turn.done():
            raise declined(429, "aborted", "The caller hung up while it waited for its turn.")
        return turn.result()
    finally:
        for task in (turn, gone):
            task.cancel()
        await asyncio.gather(turn, gone, return_exceptions=True)


def no_model(name: str) -> Declined:
    """What a caller is told of a model that is not there."""
    there = f"There is no model {name!r}; GET /v1/models says which."
    return declined(404, "model_not_found", there, "model")


def _no_capacity(none: NoCapacity) -> Declined:
    """What a caller is told for whom there is no turn."""
    said = {
        "no_capacity": "All turns at this model are taken, and no place, or no time, is left to wait.",
        "deadline_exceeded": "Your deadline comes before your turn would.",
    }
    after = {"Retry-After": str(none.retry_after_s)}
    return declined(429, none.code, said[none.code], headers=after)
