"""Calls that a market admits: served from grants their agents hold, or from what the market has for them.

An agent that holds a grant which runs is served from it; whatever that lacks is asked of the market by its
own rule: bought at the posted price, asked for first come, waited for until the period's end, or bid for in
an auction among the calls that wait. What is won is a grant like any other, and all of it is in the journal.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from econonexus.config import Settings
from econonexus.domain.commands import ReleaseGrant, RequestUnits, WithdrawRequest
from econonexus.domain.events import RequestDeclined, RequestServed
from econonexus.domain.flows.asking import AT_ONCE
from econonexus.domain.ids import SECOND, GrantId, Instant, MarketId, RequestId, ResourceId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.domain.subjects.stands import STANDS
from econonexus.interfaces.gateway import bids, orphans, refusing
from econonexus.interfaces.gateway.bids import Wanted
from econonexus.interfaces.gateway.limits import GATEWAY
from econonexus.interfaces.gateway.news import Ending, News
from econonexus.interfaces.gateway.rounds import SEALED, Bidder, Rounds
from econonexus.interfaces.gateway.uses import OURS, Part, Use, Uses
from econonexus.interfaces.http.problems import Declined, declined
from econonexus.node.node import Node
from econonexus.node.replies import Refused

LONGEST_RETRY_S = 60
WHOLE = frozenset({Mechanism.FIRST_PRICE, Mechanism.SECOND_PRICE})
"""The mechanisms that sell one unit to a bid, which must be a whole call."""


class Found(NamedTuple):
    """The market of a model, and the one thing it sells."""

    market: Market
    resource: ResourceId


class Markets:
    """Which market admits the calls of which model, and how."""

    def __init__(self, node: Node, settings: Settings, wall: Callable[[], int] = time.time_ns) -> None:
        own = settings.gateway
        named = {
            name: own.market if model.market is None else model.market
            for name, model in settings.models.items()
        }
        self._markets: Mapping[str, str] = {name: market for name, market in named.items() if market}
        self._default = own.market
        self._known = frozenset(settings.models)
        self._unit_tokens = own.market_unit_tokens
        self._round_s = own.market_round_ms / 1_000
        self._node = node
        self._wall = wall
        self._news = News(node)
        self._uses = Uses(node)
        self._rounds: dict[MarketId, Rounds] = {}

    def admits(self, model: str) -> bool:
        """Whether a market decides on calls of a model."""
        return bool(self._name(model))

    async def start(self) -> None:
        """Give back what a server before left of calls that nobody makes any more."""
        self._uses.orphans = await orphans.give_back(self._node)

    async def admit(self, wanted: Wanted) -> Use:
        """What a call may use, once it has been had. Raises: Declined."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        found = self._find(self._name(wanted.model))
        agent, now = wanted.agent.id, self._now()
        use = self._uses.begin(agent, found.resource, wanted.tokens, self._unit_tokens, now)
        lacking = use.lacking(wanted.tokens)
        if lacking <= 0:
            return use
        try:
            use.add(*await self._had(found, wanted, lacking))
        except Declined as no:
            await asyncio.shield(use.end(0))
            raise refusing.later(no, self._retry_after_s(found)) from None
        except BaseException:
            await asyncio.shield(use.end(0))
            raise
        use.waited_ms = round((loop.time() - began_s) * 1_000)
        return use

    async def close(self) -> None:
        """Wait for nothing more."""
        await self._news.close()
        for rounds in self._rounds.values():
            await rounds.close()

    async def _had(self, found: Found, wanted: Wanted, units: int) -> list[Part]:
        """What a call got that its agent had no grant for. Raises: Declined."""
        market, mechanism = found.market.id, found.market.mechanism
        if mechanism not in STANDS and mechanism not in SEALED:
            raise refusing.unfit(market, f"it sells by {mechanism.value}, by which none is admitted.")
        if mechanism in WHOLE and self._unit_tokens:
            why = f"{mechanism.value} sells one unit to a bid, so market_unit_tokens must be 0."
            raise refusing.unfit(market, why)
        capacity = self._node.engine.peek(lambda state: state.resources.by_id[found.resource].capacity)
        if units > capacity:
            raise refusing.too_large(found.resource, units, capacity)
        if mechanism in STANDS:
            return [await self._requested(found, wanted, units)]
        limit = bids.unit_limit(wanted, units)
        bidder = Bidder(wanted.agent.id, wanted.caller, units, limit, wanted.longest_s)
        bidder.style = bids.style(wanted)
        return await self._rounds_of(found).join(bidder)

    # A request, where the market takes those.

    async def _requested(self, found: Found, wanted: Wanted, units: int) -> Part:
        at_once = found.market.mechanism in AT_ONCE
        name = RequestId(f"{OURS}{wanted.name}")
        limit = bids.unit_limit(wanted, units)
        until = None if at_once else Instant(self._now() + max(1, int(wanted.longest_s * SECOND)))
        ending = None if at_once else self._news.of(name)
        command = RequestUnits(name, found.market.id, wanted.agent.id, units, limit, until)
        try:
            reply = await self._node.submit(command, wanted.caller)
            if isinstance(reply, Refused):
                raise _told(found, units, reply.refusal)
            if ending is None:
                declined_ = next((each for each in reply.events if isinstance(each, RequestDeclined)), None)
                if declined_ is not None:
                    raise refusing.nothing_free(found.market.id)
            else:
                await self._waited(found, wanted, name, ending)
        except asyncio.CancelledError:
            await asyncio.shield(self._given_up(found, wanted, name))
            raise
        finally:
            self._news.forget(name)
        return self._uses.got(GrantId(f"{name}:1"), units)

    async def _waited(
        self, found: Found, wanted: Wanted, name: RequestId, ending: "asyncio.Future[Ending]"
    ) -> None:
        """Wait until the request was met. Raises: Declined."""
        done, _ = await asyncio.wait([ending], timeout=wanted.longest_s)
        if done and isinstance(ending.result(), RequestServed):
            return
        if done or await self._withdrawn(found, wanted, name):
            raise refusing.nothing_free(found.market.id)

    async def _withdrawn(self, found: Found, wanted: Wanted, name: RequestId) -> bool:
        """Take a request back; False where it was met a moment ago."""
        reply = await self._node.submit(
            WithdrawRequest(name, found.market.id, wanted.agent.id), wanted.caller
        )
        return not isinstance(reply, Refused) or not self._node.engine.peek(
            lambda state: GrantId(f"{name}:1") in state.grants.by_id
        )

    async def _given_up(self, found: Found, wanted: Wanted, name: RequestId) -> None:
        """Nobody waits for a request any more, whatever became of it."""
        if not await self._withdrawn(found, wanted, name):
            await self._node.submit(ReleaseGrant(GrantId(f"{name}:1")), GATEWAY)

    # What is known.

    def _retry_after_s(self, found: Found) -> int:
        """When there may be more: as the next promise ends, or the period does; at once, if there is."""
        now = self._now()
        at = self._node.engine.peek(lambda state: _next_chance(state, found, now))
        return min(LONGEST_RETRY_S, max(1, -(-(at - now) // SECOND)))

    def _name(self, model: str) -> str:
        return self._markets.get(model, "") if model in self._known else self._default

    def _find(self, name: str) -> Found:
        market = self._node.engine.peek(lambda state: state.markets.by_id.get(MarketId(name)))
        if market is None:
            raise declined(
                503, "unknown_market", f"The market {name} that admits these calls is not there yet."
            )
        return Found(market, market.resources[0])

    def _rounds_of(self, found: Found) -> Rounds:
        rounds = self._rounds.get(found.market.id)
        if rounds is None:
            rounds = Rounds(self._node, self._news, self._uses, found.market.id, self._round_s, self._wall)
            self._rounds[found.market.id] = rounds
        return rounds

    def _now(self) -> Instant:
        return Instant(max(self._wall(), self._node.engine.peek(lambda state: state.time)))


def _told(found: Found, units: int, refusal: Refusal) -> Declined:
    """A refusal of a request; that of a price tells both."""
    if refusal.code is RefusalCode.PRICE_OVER_LIMIT:
        price, limit = refusal.available or 0, refusal.requested or 0
        return refusing.too_dear(found.market.id, units, price, limit)
    return refusing.told(found.market.id, refusal)


def _next_chance(state: State, found: Found, now: Instant) -> Instant:
    resource = state.resources.by_id[found.resource]
    if found.market.mechanism in SEALED and resource.free(now, Instant(now + resource.period)) > 0:
        return now
    stand = state.stands.by_market.get(found.market.id)
    chances = [moment for moment in resource.soon(1) if moment > now]
    if stand is not None:
        chances.append(Instant(stand.ends_after(now)))
    return min(chances, default=now)
