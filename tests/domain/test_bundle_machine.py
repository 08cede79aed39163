"""Markets of bundles, schedules and groups at random: the invariants hold after every step, in both books.

What a solver says is the best outcome, found by trying all of them; or one that cannot be; or a fault.
"""

import itertools

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.events import AuctionCleared
from econonexus.domain.kinds import AuctionStatus, Mechanism, Proceeds, Revisions, Unproven
from econonexus.domain.refusals import Refusal
from econonexus.domain.subjects.auctions import Auction, Bid
from econonexus.domain.terms import Schedule, Terms
from tests.audit.test_agreement import assert_agreement
from tests.world import World

ITEMS = ("x", "y")
AGENTS = ("ann", "bob", "cid")
BUNDLED = ("either", "any")
Offer = tuple[str, tuple[int, int], int, str]
OFFERS = st.tuples(
    st.sampled_from(AGENTS),
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
    st.integers(1, 12),
    st.sampled_from(["l", "m", ""]),
)
"""Who, units of x and y, the price, and a link."""


class BundleMarkets(RuleBasedStateMachine):
    """Two resources of twelve units; bundles of both by either rule, and a scheduled market for each."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.number = 0
        once = {"clearing": 60, "time_limit": 5, "bidding_window": 20, "revisions": Revisions.WITHDRAW}
        terms = {
            "either": Terms(reserves={"x": 2}, proceeds=Proceeds.TREASURY, **once),
            "any": Terms(payment="pay_as_bid", bidding="or", unproven=Unproven.PAY_AS_BID, **once),
        }
        self.world.do(
            *(c.DeclareResource(item, "units", 12, 15) for item in ITEMS),
            *(c.CreateAgent(name, credits=200) for name in AGENTS),
            *(c.CreateMarket(name, ITEMS, Mechanism.COMBINATORIAL, terms[name]) for name in BUNDLED),
        )
        for item, mechanism in (("x", Mechanism.SECOND_PRICE), ("y", Mechanism.UNIFORM_PRICE)):
            hourly = Terms(
                bidding_window=8,
                schedule=Schedule(every=10, supply={item: 2}, ahead=2, starts_at=5),
                together="both",
                revisions=Revisions.WITHDRAW,
            )
            self.world.do(c.CreateMarket(f"{item}-hours", (item,), mechanism, hourly))

    @rule(duration=st.integers(0, 6))
    def time_passes(self, duration: int) -> None:
        self.world.wait(duration)

    @rule(
        market=st.sampled_from(BUNDLED),
        units=st.tuples(st.integers(1, 3), st.integers(1, 3)),
        offers=st.lists(OFFERS, max_size=6),
        closed=st.booleans(),
    )
    def bundles_are_announced(
        self, market: str, units: tuple[int, int], offers: list[Offer], closed: bool
    ) -> None:
        name = self._name("a")
        self._try(c.AnnounceAuction(name, market, dict(zip(ITEMS, units, strict=True))))
        for agent, wanted, price, _ in offers:
            items = {item: number for item, number in zip(ITEMS, wanted, strict=True) if number}
            self._try(c.PlaceBid(self._name("b"), name, agent, items, price))
        if closed:
            self._try(c.CloseAuction(name))

    @precondition(lambda self: self._auctions(AuctionStatus.OPEN))
    @rule(data=st.data(), offers=st.lists(OFFERS, min_size=1, max_size=5))
    def bids_are_placed(self, data: st.DataObject, offers: list[Offer]) -> None:
        for agent, units, price, link in offers:
            auction = data.draw(st.sampled_from(self._auctions(AuctionStatus.OPEN)))
            if auction.market in BUNDLED:
                items = {item: number for item, number in zip(ITEMS, units, strict=True) if number}
                self._try(c.PlaceBid(self._name("b"), auction.id, agent, items, price))
            else:
                (item,) = auction.supply
                number = 1 if auction.mechanism is Mechanism.SECOND_PRICE else max(1, units[0])
                self._try(c.PlaceBid(self._name("b"), auction.id, agent, {item: number}, price, link=link))

    @precondition(lambda self: self._auctions(AuctionStatus.OPEN))
    @rule(data=st.data(), how=st.sampled_from(["close", "raise", "raise", "withdraw", "close", "cancel"]))
    def something_is_done_to_an_auction(self, data: st.DataObject, how: str) -> None:
        auction = data.draw(st.sampled_from(self._auctions(AuctionStatus.OPEN)))
        if how in ("close", "cancel"):
            self._try(c.CloseAuction(auction.id) if how == "close" else c.CancelAuction(auction.id))
        elif auction.bids:
            bid = data.draw(st.sampled_from(list(auction.bids.values())))
            raised = c.RaiseBid(bid.id, auction.id, bid.agent, bid.price + 2)
            self._try(raised if how == "raise" else c.WithdrawBid(bid.id, auction.id, bid.agent))

    @rule(market=st.sampled_from([*BUNDLED, "x-hours", "y-hours"]), duration=st.integers(0, 25))
    def a_market_is_halted_for_a_while(self, market: str, duration: int) -> None:
        self.world.do(c.FreezeMarket(market))
        self.world.wait(duration)
        self.world.do(c.UnfreezeMarket(market))

    @precondition(lambda self: self._auctions(AuctionStatus.CLEARING))
    @rule(data=st.data(), how=st.sampled_from(["best", "best", "forged", "fault"]))
    def an_outcome_comes(self, data: st.DataObject, how: str) -> None:
        auction = data.draw(st.sampled_from(self._auctions(AuctionStatus.CLEARING)))
        digest = auction.digest
        if how == "fault":
            self._try(c.SubmitOutcome(auction.id, digest, "no solver"))
            return
        winners, worth = _best(auction)
        bids = list(auction.bids.values())
        paid = tuple(bids[place].price for place in winners)
        said = c.SubmitOutcome(auction.id, digest, "", winners, worth, worth, paid, paid)
        if how == "best":
            happened = self.world.do(said)
            assert isinstance(happened[0], AuctionCleared)
            return
        every = tuple(range(len(bids)))
        forged = data.draw(st.sets(st.sampled_from(every)).map(lambda places: tuple(sorted(places))))
        if forged != winners:
            total = sum(bids[place].price for place in forged)
            prices = tuple(bids[place].price for place in forged)
            self._try(c.SubmitOutcome(auction.id, digest, "", forged, total, total, prices, prices))

    @precondition(lambda self: self.world.economy.state.grants.by_id)
    @rule(data=st.data(), released=st.booleans())
    def a_grant_is_used(self, data: st.DataObject, released: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.world.economy.state.grants.by_id)))
        grant = self.world.economy.state.grants.by_id[name]
        self._try(c.ReleaseGrant(name, grant.agent) if released else c.UseGrant(name, 1, grant.agent))

    def teardown(self) -> None:
        self.world.check_history()
        assert_agreement(self.world)

    def _auctions(self, status: AuctionStatus) -> list[Auction]:
        return [each for each in self.world.economy.state.auctions.by_id.values() if each.status is status]

    def _try(self, command: Command) -> None:
        """Whatever comes of it; the world looks at the invariants after every step."""
        before = self.world.economy.state.ledger.accounts["ann"].balance
        if isinstance(self.world.submit(command), Refusal):
            assert self.world.economy.state.ledger.accounts["ann"].balance <= before

    def _name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"


def _best(auction: Auction) -> tuple[tuple[int, ...], int]:
    """The places of the bids that are worth most together, by trying all; and how much that is."""
    bids = list(auction.bids.values())
    fitting = (
        places
        for size in range(len(bids) + 1)
        for places in itertools.combinations(range(len(bids)), size)
        if _fit(auction, [bids[place] for place in places])
    )
    best = max(fitting, key=lambda places: sum(bids[place].price for place in places))
    return best, sum(bids[place].price for place in best)


def _fit(auction: Auction, bids: list[Bid]) -> bool:
    if auction.terms.bidding == "xor" and len({bid.agent for bid in bids}) < len(bids):
        return False
    return all(sum(bid.items.get(item, 0) for bid in bids) <= units for item, units in auction.supply.items())


TestBundleMarkets = BundleMarkets.TestCase
TestBundleMarkets.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
