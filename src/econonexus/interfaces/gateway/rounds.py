"""Auctions among calls that wait: round after round, each for what is free of the resource just then.

A round is an auction as any other: announced, bid in, closed by its deadline, cleared and settled by the
economy. Whoever comes while one is open bids in it, unless it closes too late for him; who loses bids again
in the next. There are only rounds while somebody waits.
"""

import asyncio
import secrets
from collections.abc import Callable

from econonexus.domain import commands
from econonexus.domain.events import AuctionCleared
from econonexus.domain.ids import (
    SECOND,
    AgentId,
    AuctionId,
    BidId,
    CallerId,
    GrantId,
    Instant,
    MarketId,
    ResourceId,
)
from econonexus.domain.kinds import BidStyle, Mechanism
from econonexus.domain.money import Amount
from econonexus.domain.refusals import RefusalCode
from econonexus.domain.state import State
from econonexus.interfaces.gateway import refusing
from econonexus.interfaces.gateway.limits import GATEWAY
from econonexus.interfaces.gateway.news import News
from econonexus.interfaces.gateway.uses import OURS, Part, Uses
from econonexus.interfaces.http.problems import Declined, declined
from econonexus.node.node import Node
from econonexus.node.replies import Refused

SEALED = frozenset(
    {
        Mechanism.FIRST_PRICE,
        Mechanism.SECOND_PRICE,
        Mechanism.UNIFORM_PRICE,
        Mechanism.DISCRIMINATORY,
        Mechanism.MULTI_UNIT_VICKREY,
    }
)
"""The mechanisms of one item, by which calls can be auctioned among."""


class Bidder:
    """A call that bids for what it lacks, until it has all of it or gives up."""

    def __init__(
        self, agent: AgentId, caller: CallerId, units: int, limit: Amount | None, longest_s: float
    ) -> None:
        self.agent = agent
        self.caller = caller
        self.limit = limit
        """Per unit: what it bids, or with a style what it is worth to it; None where it bids the reserve."""
        self.style: BidStyle | None = None
        """How its agent has the market bid for it, where it says only what a call is worth."""
        self.lacking = units
        loop = asyncio.get_running_loop()
        self.until_s = loop.time() + longest_s
        """How long it can wait, by the event loop's time."""
        self.parts: list[Part] = []
        self.ended: asyncio.Future[None] = loop.create_future()

    def give_up(self, why: Declined) -> None:
        """It bids no more."""
        if not self.ended.done():
            self.ended.set_exception(why)

    def won(self, part: Part) -> None:
        """It has won units."""
        self.parts.append(part)
        self.lacking -= part.units
        if not self.lacking and not self.ended.done():
            self.ended.set_result(None)


class Rounds:
    """The auctions of one market among the calls that wait for it."""

    def __init__(
        self, node: Node, news: News, uses: Uses, market: MarketId, round_s: float, wall: Callable[[], int]
    ) -> None:
        self._node = node
        self._news = news
        self._uses = uses
        self._market = market
        self._round_s = round_s
        self._wall = wall
        self._waiting: list[Bidder] = []
        self._open: AuctionId | None = None
        self._bids: dict[BidId, Bidder] = {}
        self._running: asyncio.Task[None] | None = None

    async def join(self, bidder: Bidder) -> list[Part]:
        """What a call has won once it has all it lacks. Raises: Declined."""
        self._waiting.append(bidder)
        try:
            if self._running is None or self._running.done():
                self._running = asyncio.create_task(self._run())
            elif self._open is not None:
                await self._bid(bidder, self._open)
            await asyncio.shield(bidder.ended)
        except BaseException:
            # What it has won already, or is about to win, is of no use to it.
            bidder.ended.cancel()
            await asyncio.shield(self._return(bidder))
            raise
        finally:
            if bidder in self._waiting:
                self._waiting.remove(bidder)
        return bidder.parts

    async def close(self) -> None:
        """Hold no more rounds."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while self._still_waiting():
                await self._round()
        except Exception:
            for bidder in self._waiting:
                bidder.give_up(declined(503, "unready", "The round of calls could not be held."))
            raise

    def _still_waiting(self) -> list[Bidder]:
        """Those who wait; who could not wait for another round is told so now."""
        closes_s = asyncio.get_running_loop().time() + self._round_s
        for bidder in self._waiting:
            if bidder.until_s < closes_s and not bidder.ended.done():
                bidder.give_up(refusing.outbid(self._market))
        self._waiting = [bidder for bidder in self._waiting if not bidder.ended.done()]
        return self._waiting

    async def _round(self) -> None:
        """One auction, from its announcement to the grants of those who won."""
        free = self._node.engine.peek(self._free)
        if free < 1:
            await asyncio.sleep(self._round_s)
            return
        auction = AuctionId(f"{OURS}{secrets.token_hex(8)}")
        ending = self._news.of(auction)
        try:
            if await self._announced(auction, free):
                self._open = auction
                for bidder in list(self._waiting):
                    await self._bid(bidder, auction)
                told = await ending
                self._open = None
                await self._share(told)
            else:
                await asyncio.sleep(self._round_s)
        finally:
            self._open, self._bids = None, {}
            self._news.forget(auction)

    async def _announced(self, auction: AuctionId, free: int) -> bool:
        """Put what is free up for sale; False where it is not any more. A halted market has nothing."""
        item = self._node.engine.peek(lambda state: state.markets.by_id[self._market].resources[0])
        closes_at = Instant(self._now() + int(self._round_s * SECOND))
        command = commands.AnnounceAuction(auction, self._market, {item: free}, closes_at)
        reply = await self._node.submit(command, GATEWAY)
        if not isinstance(reply, Refused):
            return True
        if reply.refusal.code is not RefusalCode.OVER_CAPACITY:
            for bidder in self._waiting:
                bidder.give_up(refusing.told(self._market, reply.refusal))
        return False

    async def _bid(self, bidder: Bidder, auction: AuctionId) -> None:
        """Bid for what a call lacks; what it cannot bid for, it cannot have."""
        closes_s = asyncio.get_running_loop().time() + self._round_s
        if bidder.ended.done() or bidder.until_s < closes_s:
            return
        asked = self._node.engine.peek(lambda state: _least(state, auction))
        if asked is None:  # It has closed, which is told in a moment: there is a next one.
            return
        item, least = asked
        price = least if bidder.limit is None else bidder.limit
        if price < least:
            no = refusing.too_dear(self._market, bidder.lacking, least, price)
            bidder.give_up(refusing.later(no, 1))  # The next round is as good as this one.
            return
        name = BidId(f"bid-{secrets.token_hex(8)}")
        self._bids[name] = bidder
        command = commands.PlaceBid(
            name,
            auction,
            bidder.agent,
            {item: bidder.lacking},
            price=price if bidder.style is None else None,
            valuation=None if bidder.style is None else price,
            style=bidder.style,
        )
        reply = await self._node.submit(command, bidder.caller)
        if isinstance(reply, Refused) and reply.refusal.code is not RefusalCode.AUCTION_NOT_OPEN:
            bidder.give_up(refusing.told(self._market, reply.refusal))

    async def _share(self, told: object) -> None:
        """Give every winner its grant; a call that has gone meanwhile has no use for it."""
        if not isinstance(told, AuctionCleared):
            return
        for number, win in enumerate(told.wins, 1):
            bidder, (units,) = self._bids[win.bid], win.items.values()
            bidder.won(self._uses.got(GrantId(f"{told.auction}:{number}"), units))
            if bidder.ended.cancelled():
                await self._return(bidder)

    async def _return(self, bidder: Bidder) -> None:
        parts, bidder.parts = bidder.parts, []
        for part in parts:
            await self._uses.settle(part, 0)

    def _free(self, state: State) -> int:
        resource = state.resources.by_id[state.markets.by_id[self._market].resources[0]]
        now = self._now()
        return resource.free(now, Instant(now + resource.period))

    def _now(self) -> Instant:
        return Instant(max(self._wall(), self._node.engine.peek(lambda state: state.time)))


def _least(state: State, name: AuctionId) -> tuple[ResourceId, Amount] | None:
    """What an auction sells that runs, and the least that a unit of it costs: nobody bids nothing."""
    auction = state.auctions.by_id.get(name)
    if auction is None:
        return None
    item = ResourceId(next(iter(auction.supply)))
    return item, max(Amount(1), auction.terms.reserve_of(item))
