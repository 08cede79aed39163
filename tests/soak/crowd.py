"""A crowd that looks before it acts: whoever finds an auction open bids, whoever won uses what it won.

Commands at random mostly meet a refusal; these mostly do not. The crowd has agents and markets of its own,
beside those that random commands freeze, halt and change.
"""

import random
from collections.abc import Callable

from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.ids import (
    AccountId,
    AgentId,
    AuctionId,
    BidId,
    Duration,
    Instant,
    MarketId,
    OrderId,
    QuestionId,
    RequestId,
    ResourceId,
)
from econonexus.domain.kinds import AuctionStatus, Mechanism, Proceeds, QuestionStatus, Revisions
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.terms import Clock, Pricing, Terms
from tests.soak import works
from tests.soak.looking import found

RACK = ResourceId("rack")
TRADERS = [AgentId(f"trader-{number}") for number in range(12)]
FUNDS = Amount(1_000)
BOOK, LINE, FEE = MarketId("rack-book"), MarketId("rack-line"), MarketId("rack-fee")


def markets(unit: int) -> dict[str, tuple[Mechanism, Terms]]:
    """The markets in which the crowd's auctions are held; times in `unit`."""
    window, soft = Duration(40 * unit), Duration(4 * unit)
    clock = Clock(Amount(12), Amount(1), Duration(3 * unit))
    paid = Terms(bidding_window=window, proceeds=Proceeds.SELLER, seller=AccountId(TRADERS[0]))
    return {
        "rack-first": (Mechanism.FIRST_PRICE, paid),
        "rack-second": (Mechanism.SECOND_PRICE, Terms(bidding_window=window, revisions=Revisions.WITHDRAW)),
        "rack-uniform": (Mechanism.UNIFORM_PRICE, Terms(bidding_window=window, reserve=Amount(2))),
        "rack-english": (Mechanism.ENGLISH, Terms(bidding_window=window, soft_close=soft)),
        "rack-dutch": (Mechanism.DUTCH, Terms(bidding_window=window, clock=clock)),
    }


def settling_in(unit: int) -> list[Command]:
    """What the crowd begins with."""
    sells = {
        **markets(unit),
        BOOK: (Mechanism.ORDER_BOOK, Terms()),
        LINE: (Mechanism.WEIGHTED_FAIR, Terms()),
        FEE: (Mechanism.POSTED_PRICE, Terms(pricing=Pricing(price=Amount(2)))),
    }
    return [
        c.DeclareResource(RACK, "h", 2_000, Duration(60 * unit)),
        *(c.CreateMarket(MarketId(name), (RACK,), rule, terms) for name, (rule, terms) in sells.items()),
        *(c.CreateAgent(name, owner=AccountId(name), credits=FUNDS) for name in TRADERS),
        *works.settling_in(unit),
    ]


class Crowd:
    """What its members would do, one command at a time. `new` makes names that nobody had."""

    def __init__(self, rng: random.Random, unit: int, new: Callable[[str], str]) -> None:
        self.rng = rng
        self.unit = unit
        self.new = new
        self.works = works.Works(rng, unit, new)
        self.acts = [
            *[self._bid] * 8,
            self._outbid,
            self._withdraw_bid,
            self._announce,
            self._close,
            *[self._order] * 4,
            self._cancel_order,
            *[self._use] * 3,
            self._release,
            *[self._request] * 3,
            self._ask,
            self._take,
            self._answer,
            self._pay,
            *[self.works.act] * 20,
        ]

    def act(self, state: State, now: int) -> Command:
        """What somebody does now; a payment where nothing else fits."""
        return self.rng.choice(self.acts)(state, now) or self._pay(state, now)

    def _trader(self) -> AgentId:
        return self.rng.choice(TRADERS)

    def _announce(self, _: State, now: int) -> Command:
        market = self.rng.choice([*markets(self.unit)])
        closes_at = Instant(now + self.rng.randint(10, 60) * self.unit)
        supply = {"rack": self.rng.randint(1, 5)}
        if market == "rack-dutch":
            return c.AnnounceAuction(AuctionId(self.new("sale")), MarketId(market), supply)
        return c.AnnounceAuction(AuctionId(self.new("sale")), MarketId(market), supply, closes_at)

    def _bid(self, state: State, _: int) -> Command | None:
        auction = found(
            self.rng, reversed(state.auctions.by_id.values()), lambda it: it.status is AuctionStatus.OPEN
        )
        if auction is None:
            return None
        resource, supply = self.rng.choice([*auction.supply.items()])
        items, price = {resource: self.rng.randint(1, supply)}, Amount(self.rng.randint(2, 15))
        return c.PlaceBid(BidId(self.new("offer")), auction.id, self._trader(), items, price)

    def _outbid(self, state: State, _: int) -> Command | None:
        auction = found(self.rng, reversed(state.auctions.by_id.values()), lambda it: bool(it.bids))
        if auction is None:
            return None
        bid = self.rng.choice([*auction.bids.values()])
        return c.RaiseBid(bid.id, auction.id, bid.agent, Amount(bid.price + self.rng.randint(1, 4)))

    def _withdraw_bid(self, state: State, _: int) -> Command | None:
        auction = found(self.rng, state.auctions.by_id.values(), lambda it: bool(it.bids))
        if auction is None:
            return None
        bid = self.rng.choice([*auction.bids.values()])
        return c.WithdrawBid(bid.id, auction.id, bid.agent)

    def _close(self, state: State, _: int) -> Command | None:
        auction = found(self.rng, state.auctions.by_id.values(), lambda it: len(it.bids) > 3)
        return None if auction is None else c.CloseAuction(auction.id)

    def _order(self, _: State, __: int) -> Command:
        side = self.rng.choice(["buy", "sell"])
        # Around the same price, so that most of them meet.
        price = Amount(self.rng.randint(4, 8))
        force = self.rng.choice(["gtc", "gtc", "gtc", "ioc", "fok"])
        units = self.rng.randint(1, 5)
        return c.PlaceOrder(OrderId(self.new("want")), BOOK, self._trader(), side, units, price, force)

    def _cancel_order(self, state: State, _: int) -> Command | None:
        order = found(self.rng, state.orders.by_id.items(), lambda it: it[1].market == BOOK)
        return None if order is None else c.CancelOrder(order[0])

    def _use(self, state: State, _: int) -> Command | None:
        grant = found(self.rng, reversed(state.grants.by_id.values()), lambda it: it.left > 0)
        return None if grant is None else c.UseGrant(grant.id, self.rng.randint(1, grant.left), grant.agent)

    def _release(self, state: State, _: int) -> Command | None:
        grant = found(self.rng, state.grants.by_id.values(), lambda it: not it.offered)
        return None if grant is None else c.ReleaseGrant(grant.id, grant.agent)

    def _request(self, _: State, now: int) -> Command:
        market = self.rng.choice([LINE, FEE])
        limit = Amount(60) if market == FEE else None
        expires_at = Instant(now + 30 * self.unit)
        units = self.rng.randint(1, 6)
        return c.RequestUnits(RequestId(self.new("ask")), market, self._trader(), units, limit, expires_at)

    def _ask(self, _: State, __: int) -> Command:
        return c.AskHuman(
            QuestionId(self.new("ask")), self._trader(), 1, Amount(self.rng.randint(1, 9)), "why?"
        )

    def _take(self, state: State, _: int) -> Command | None:
        return c.TakeQuestion(state.inbox.waiting[0], "hana") if state.inbox.waiting else None

    def _answer(self, state: State, _: int) -> Command | None:
        taken = found(self.rng, state.inbox.by_id.values(), lambda it: it.status is QuestionStatus.TAKEN)
        return None if taken is None else c.AnswerQuestion(taken.id, taken.human, 1, "so it is")

    def _pay(self, state: State, _: int) -> Command:
        """From whoever has most to whoever has least, so that all can go on."""
        accounts = state.ledger.accounts
        wealth = sorted((accounts[AccountId(name)].available, name) for name in TRADERS)
        rich, poor = AccountId(wealth[-1][1]), AccountId(wealth[0][1])
        if wealth[-1][0] < FUNDS // 2:
            return c.Mint(poor, FUNDS)
        return c.Transfer(rich, poor, Amount(max(1, wealth[-1][0] // 3)))
