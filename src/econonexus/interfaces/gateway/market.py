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
from econonexus.domain.ids import SECOND, CallerId, GrantId, Instant, MarketId, RequestId, ResourceId
from econonexus.domain.kinds import BidStyle
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.refusals import RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.subjects.markets import Market
from econonexus.domain.subjects.stands import STANDS
from econonexus.interfaces.gateway.limits import GATEWAY
from econonexus.interfaces.gateway.news import Ending, News
from econonexus.interfaces.gateway.rounds import SEALED, Bidder, Rounds
from econonexus.interfaces.gateway.uses import OURS, Part, Use, Uses, units_of
from econonexus.interfaces.http.problems import Declined, declined, refused
from econonexus.node.node import Node
from econonexus.node.replies import Refused

VALUATION = "valuation_ucr"
"""The agent's metadatum that says what a call is worth to it, where the call does not say so itself."""
STYLE = "bid_style"
"""And the one that says how to bid for it, by the names of the bid styles."""
LONGEST_RETRY_S = 60


class Wanted(NamedTuple):
    """A call that wants to be admitted."""

    name: str
    """A name that no other call has."""
    agent: Agent
    caller: CallerId
    model: str
    tokens: int
    """What it may come to at most."""
    bid_ucr: int | None
    """The most that it is worth to its caller, who may have said so."""
    longest_s: float
    """How long it can wait."""


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

    async def admit(self, wanted: Wanted) -> Use:
        """What a call may use, once it has been had. Raises: Declined."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        found = self._find(self._name(wanted.model))
        units = units_of(wanted.tokens, self._unit_tokens)
        now = self._now()
        use = Use(self._uses, self._uses.take(wanted.agent.id, found.resource, units, now), self._unit_tokens)
        lacking = units - use.units
        if lacking <= 0:
            return use
        try:
            for part in await self._had(found, wanted, lacking):
                use.add(part)
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
        mechanism = found.market.mechanism
        if mechanism in STANDS:
            return [await self._requested(found, wanted, units)]
        if mechanism in SEALED:
            bidder = Bidder(
                wanted.agent.id, wanted.caller, units, _unit_bid(wanted, found, units), wanted.longest_s
            )
            bidder.style = _style(wanted)
            return await self._rounds_of(found).join(bidder)
        raise declined(
            503,
            "unfit_market",
            f"{found.market.id} sells by {mechanism.value}, by which no call can be admitted.",
        )

    # A request, where the market takes those.

    async def _requested(self, found: Found, wanted: Wanted, units: int) -> Part:
        at_once = found.market.mechanism in AT_ONCE
        name = RequestId(f"{OURS}{wanted.name}")
        limit = None if wanted.bid_ucr is None else Amount(wanted.bid_ucr // units)
        until = None if at_once else Instant(self._now() + max(1, int(wanted.longest_s * SECOND)))
        ending = None if at_once else self._news.of(name)
        command = RequestUnits(name, found.market.id, wanted.agent.id, units, limit, until)
        try:
            reply = await self._node.submit(command, wanted.caller)
            if isinstance(reply, Refused):
                raise self._told(found, reply)
            if ending is None:
                declined_ = next((each for each in reply.events if isinstance(each, RequestDeclined)), None)
                if declined_ is not None:
                    raise self._no_capacity(found)
            else:
                await self._waited(found, wanted, name, ending)
        except asyncio.CancelledError:
            await asyncio.shield(self._given_up(found, wanted, name))
            raise
        finally:
            self._news.forget(name)
        return self._uses.claim(GrantId(f"{name}:1"), units, ours=True)

    async def _waited(
        self, found: Found, wanted: Wanted, name: RequestId, ending: "asyncio.Future[Ending]"
    ) -> None:
        """Wait until the request was met. Raises: Declined."""
        done, _ = await asyncio.wait([ending], timeout=wanted.longest_s)
        if done and isinstance(ending.result(), RequestServed):
            return
        if done or await self._withdrawn(found, wanted, name):
            raise self._no_capacity(found)

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

    # What callers are told.

    def _told(self, found: Found, reply: Refused) -> Declined:
        """A refusal; that a price is too high now, or that too many wait, may be otherwise in a moment."""
        if reply.refusal.code not in (RefusalCode.PRICE_OVER_LIMIT, RefusalCode.TOO_MANY_WAITING):
            return refused(reply.refusal)
        after = {"Retry-After": str(self._retry_after_s(found))}
        return declined(429, reply.refusal.code.value, reply.refusal.sentence(), headers=after)

    def _no_capacity(self, found: Found) -> Declined:
        said = f"The market {found.market.id} has not so much to give now."
        return declined(429, "no_capacity", said, headers={"Retry-After": str(self._retry_after_s(found))})

    def _retry_after_s(self, found: Found) -> int:
        """When there may be more: as the next promise ends, or the period does."""
        now = self._now()
        at = self._node.engine.peek(lambda state: _next_chance(state, found, now))
        return min(LONGEST_RETRY_S, max(1, -(-(at - now) // SECOND)))

    # What is known.

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


def _unit_bid(wanted: Wanted, found: Found, units: int) -> Amount:
    """What a call bids for each unit: as its caller says, or its agent; the reserve where nobody does."""
    worth = wanted.bid_ucr
    if worth is None:
        told = wanted.agent.metadata.get(VALUATION, "")
        worth = min(MAX_AMOUNT, int(told)) if told.isascii() and told.isdecimal() and len(told) < 20 else None
    least = max(1, found.market.terms.reserve)
    return Amount(least if worth is None else max(1, worth // units))


def _style(wanted: Wanted) -> BidStyle | None:
    """How an agent wants bids made for it that says only what a call is worth; truthfully by default."""
    if wanted.bid_ucr is not None or VALUATION not in wanted.agent.metadata:
        return None
    told = wanted.agent.metadata.get(STYLE, BidStyle.TRUTHFUL.value)
    return BidStyle(told) if told in {style.value for style in BidStyle} else BidStyle.TRUTHFUL


def _next_chance(state: State, found: Found, now: Instant) -> Instant:
    stand = state.stands.by_market.get(found.market.id)
    chances = [moment for moment in state.resources.by_id[found.resource].soon(1) if moment > now]
    if stand is not None:
        chances.append(Instant(stand.ends_after(now)))
    return min(chances, default=now)
