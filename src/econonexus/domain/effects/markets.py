"""What happens when resources are sold: units are kept back and promised, money is reserved and paid."""

from collections.abc import Callable
from typing import Never

from econonexus.domain import events
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.money import pay, reserve
from econonexus.domain.effects.running import RunningEffects
from econonexus.domain.effects.stands import StandEffects
from econonexus.domain.effects.timing import GRANT, MARKET, SCHEDULE
from econonexus.domain.ids import AuctionId, GrantId, Instant, MarketId, ResourceId
from econonexus.domain.kinds import AuctionStatus, Mechanism
from econonexus.domain.ledger import Pledge
from econonexus.domain.life_cycle import Step
from econonexus.domain.mechanisms.bid_styles import MOST
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import RANKED, Auction, Result
from econonexus.domain.subjects.grants import EXPIRED, RELEASED

Effect = Callable[[Never, Instant], None]

TO_CLEARING = {
    AuctionStatus.OPEN: (Step.CLOSE, Step.SOLVE),
    AuctionStatus.CLOSED: (Step.SOLVE,),
    AuctionStatus.CLEARING: (),
}
"""The steps that are taken in one instant where a light rule is asked."""


class MarketEffects:
    """How the events of resources, markets, auctions and grants change a state."""

    def __init__(self, state: State, deadlines: Deadlines) -> None:
        self._state = state
        self._deadlines = deadlines
        self._stands = StandEffects(state, deadlines)
        self._running = RunningEffects(state, deadlines)

    def routes(self) -> dict[type[events.Event | Refusal], Effect]:
        """What to do for each event."""
        resources, running = self._state.resources, self._running
        return {
            events.ResourceDeclared: lambda e, _: resources.declare(e),
            events.CapacityChanged: self._capacity_changed,
            events.MarketCreated: self._market_created,
            events.MarketChanged: self._market_changed,
            events.MarketResumed: self._market_resumed,
            events.ScheduleRan: self._schedule_ran,
            events.AuctionSkipped: lambda _event, _at: None,  # A fact for people, as the next.
            events.SupplyShort: lambda _event, _at: None,
            events.MarketHalted: self._halted,
            events.AuctionAnnounced: self._noting(self._announced),
            events.AuctionOpened: self._noting(self._opened),
            events.AuctionExtended: self._noting(self._extended),
            events.BidPlaced: self._bid_placed,
            events.BidRaised: self._bid_raised,
            events.BidWithdrawn: self._bid_withdrawn,
            events.StandingMoved: running.standing_moved,
            events.ClockTaken: running.clock_taken,
            events.BidCommitted: running.committed,
            events.RevealStarted: self._noting(running.reveal_started),
            events.CommitmentKept: running.kept,
            events.BondForfeited: running.forfeited,
            events.AuctionClosed: self._noting(self._closed),
            events.AuctionCleared: self._noting(self._cleared),
            events.AuctionFailed: self._noting(self._failed),
            events.AuctionCancelled: self._noting(self._cancelled),
            events.Granted: self._granted,
            events.GrantUsed: lambda e, _: self._state.grants.use(e),
            events.GrantReleased: self._grant_released,
            events.GrantExpired: lambda e, _: self._grant_expired(e.grant),
            **self._stands.routes(),
        }

    def _noting(self, effect: Effect) -> Effect:
        """The same, and the auction notes the record as one of its life."""

        def apply(event: Never, at: Instant) -> None:
            effect(event, at)
            name: AuctionId = event.auction
            self._state.auctions.note(name, self._state.sequence)

        return apply

    def _capacity_changed(self, event: events.CapacityChanged, at: Instant) -> None:
        self._state.resources.change_capacity(event)
        self._stands.resized(event.resource, at)

    def _market_created(self, event: events.MarketCreated, at: Instant) -> None:
        self._state.markets.create(event)
        self._stands.opened(event.market, at)
        self._plan(event.market, at)

    def _market_changed(self, event: events.MarketChanged, at: Instant) -> None:
        before = self._state.markets.by_id[event.market].terms.schedule
        self._state.markets.change(event)
        if event.terms.schedule != before:
            self._plan(event.market, at)
        self._stands.changed(event.market, at)

    def _plan(self, market: MarketId, at: Instant) -> None:
        schedules = self._state.schedules
        schedules.plan(market, self._state.markets.by_id[market].terms, at)
        if market in schedules.by_market:
            self._deadlines.add(SCHEDULE, market, schedules.by_market[market].next_at)

    def _schedule_ran(self, event: events.ScheduleRan, _: Instant) -> None:
        self._state.schedules.ran(event)
        self._deadlines.add(SCHEDULE, event.market, event.next_at)

    def _market_resumed(self, event: events.MarketResumed, at: Instant) -> None:
        self._state.markets.resume(event)
        self._stands.resumed(event.market, at)

    def _halted(self, event: events.MarketHalted, at: Instant) -> None:
        self._state.markets.halt(event, at)
        self._deadlines.add(MARKET, event.market, event.resumes_at)

    def _announced(self, event: events.AuctionAnnounced, at: Instant) -> None:
        self._state.auctions.announce(event, at)
        self._keep_back(self._state.auctions.by_id[event.auction], event.supply, at, 1)
        self._running.note(event.auction)

    def _opened(self, event: events.AuctionOpened, _: Instant) -> None:
        self._state.auctions.step(event.auction, Step.OPEN)
        self._running.note(event.auction)

    def _extended(self, event: events.AuctionExtended, _: Instant) -> None:
        self._state.auctions.extend(event)
        self._running.note(event.auction)

    def _closed(self, event: events.AuctionClosed, _: Instant) -> None:
        self._state.auctions.close(event)
        self._running.note(event.auction)

    def _bid_placed(self, event: events.BidPlaced, _: Instant) -> None:
        assert isinstance(event.held, int), "the state is never built from withheld amounts"
        coming = self._state.lines.come()
        line = None if coming is None else coming.line
        pledge = Pledge(event.source, event.destination, event.held, event.budgets, line)
        auction = self._state.auctions.place(event, pledge, self._state.sequence)
        reserve(self._state, pledge)
        auction.bids[event.bid].lent = coming
        if auction.mechanism in RANKED:
            self._wait_for_clock(event.auction)

    def _bid_raised(self, event: events.BidRaised, _: Instant) -> None:
        assert isinstance(event.held, int), "the state is never built from withheld amounts"
        bid = self._state.auctions.by_id[event.auction].bids[event.bid]
        coming, before = self._state.lines.come(), bid.pledge
        bid.lent, line = coming, None if coming is None else coming.line
        pledge = Pledge(before.source, before.destination, event.held, before.budgets, line)
        reserve(self._state, self._state.auctions.raise_bid(event, pledge, self._state.sequence), -1)
        reserve(self._state, pledge)
        self._wait_for_clock(event.auction)

    def _bid_withdrawn(self, event: events.BidWithdrawn, _: Instant) -> None:
        reserve(self._state, self._state.auctions.withdraw(event), -1)
        self._wait_for_clock(event.auction)

    def _wait_for_clock(self, name: AuctionId) -> None:
        """Of the bids that wait for a Dutch clock, another may be the next to take it."""
        if self._state.auctions.by_id[name].mechanism is Mechanism.DUTCH:
            self._running.note(name)

    def _cleared(self, event: events.AuctionCleared, at: Instant) -> None:
        auction = self._state.auctions.by_id[event.auction]
        for win in event.wins:
            pay(self._state, auction.bids[win.bid].pledge, win.payment, at)
        self._state.markets.ended(event.market, failed=False)
        if len(event.prices) == 1:  # Of several things none is the market's price.
            (price,) = event.prices.values()
            self._state.markets.priced(event.market, price, at)
        self._state.markets.came_to(event.market, next(iter(event.prices.values()), None))
        self._ended(event.auction, "", at, *TO_CLEARING[auction.status], Step.CLEAR, Step.SETTLE)
        self._state.auctions.turnout[event.market] = self._owners(auction)
        auction.result = Result(
            event.wins,
            event.prices,
            event.unsold,
            event.welfare,
            event.bound,
            event.payment,
            event.blocked,
            event.dropped,
            event.shared,
            event.weights,
        )

    def _owners(self, auction: Auction) -> int:
        """How many owners bid, as far as bidders count on."""
        agents = self._state.agents.by_id
        owners: set[str] = set()
        for bid in auction.bids.values():
            owners.add(agents[bid.agent].owner)
            if len(owners) >= MOST:
                break
        return len(owners)

    def _failed(self, event: events.AuctionFailed, at: Instant) -> None:
        self._state.markets.ended(self._state.auctions.by_id[event.auction].market, failed=True)
        self._ended(event.auction, event.reason, at, Step.FAIL)

    def _cancelled(self, event: events.AuctionCancelled, at: Instant) -> None:
        self._ended(event.auction, event.reason, at, Step.CANCEL)

    def _ended(self, name: AuctionId, reason: str, at: Instant, *steps: Step) -> None:
        """Release all that an auction held: money, and units, of which grants take theirs right after."""
        auction = self._state.auctions.end(name, *steps)
        auction.reason = reason
        self._keep_back(auction, auction.supply, at, -1)
        for pledge in auction.pledges():
            reserve(self._state, pledge, -1)

    def _granted(self, event: events.Granted, at: Instant) -> None:
        resource = self._state.resources.by_id[event.resource]
        resource.fence = event.fence
        resource.reserve(event.units, event.starts_at, event.ends_at, at)
        self._state.grants.grant(event, self._state.sequence)
        self._deadlines.add(GRANT, event.grant, event.ends_at)

    def _grant_expired(self, name: GrantId) -> None:
        self._state.grants.end(name, EXPIRED)

    def _grant_released(self, event: events.GrantReleased, at: Instant) -> None:
        grant = self._state.grants.end(GrantId(event.grant), RELEASED)
        resource = self._state.resources.by_id[grant.resource]
        resource.reserve(-event.returned, grant.starts_at, grant.ends_at, at)

    def _keep_back(self, auction: Auction, supply: dict[str, int], at: Instant, sign: int) -> None:
        """Keep what an auction sells from being sold twice, or give it back."""
        for item, units in supply.items():
            resource = self._state.resources.by_id[ResourceId(item)]
            if auction.starts_at is None or auction.ends_at is None:
                resource.on_sale += sign * units
            else:
                resource.reserve(sign * units, auction.starts_at, auction.ends_at, at)
