"""What happens in auctions while they run: prices move, clocks are taken, commitments kept or broken."""

from econonexus.domain import events
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.money import pay, reserve
from econonexus.domain.effects.timing import AUCTION
from econonexus.domain.ids import AuctionId, Instant
from econonexus.domain.ledger import Pledge
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Bid


class RunningEffects:
    """How the events of auctions that run over time change a state."""

    def __init__(self, state: State, deadlines: Deadlines) -> None:
        self._state = state
        self._deadlines = deadlines

    def standing_moved(self, event: events.StandingMoved, _: Instant) -> None:
        """Note the price, and free what was held for those who were outbid."""
        auction = self._state.auctions.by_id[event.auction]
        auction.standing = event.price
        for name in event.outbid:
            self._pledge_again(auction.bids[name], 0)

    def clock_taken(self, event: events.ClockTaken, _: Instant) -> None:
        """Hold no more than what is paid for what was taken."""
        bid = self._state.auctions.take(event)
        self._pledge_again(bid, event.units * event.price)
        self.note(event.auction)

    def committed(self, event: events.BidCommitted, _: Instant) -> None:
        """Hold the bond."""
        bond = Pledge(event.source, event.destination, event.bond, event.budgets)
        self._state.auctions.commit(event, bond, self._state.sequence)
        reserve(self._state, bond)

    def reveal_started(self, event: events.RevealStarted, _: Instant) -> None:
        """Take no more commitments."""
        self._state.auctions.reveal(event)
        self.note(event.auction)

    def kept(self, event: events.CommitmentKept, _: Instant) -> None:
        """Free the bond."""
        reserve(self._state, self._state.auctions.uncommit(event.auction, event.bid).pledge, -1)

    def forfeited(self, event: events.BondForfeited, at: Instant) -> None:
        """Pay the bond."""
        bond = self._state.auctions.forfeit(event, self._state.sequence)
        reserve(self._state, bond, -1)
        pay(self._state, bond, Amount(bond.amount), at)

    def note(self, name: AuctionId) -> None:
        """Note when something is due in an auction next."""
        self._deadlines.add(AUCTION, name, self._state.auctions.by_id[name].due)

    def _pledge_again(self, bid: Bid, amount: int) -> None:
        reserve(self._state, self._state.auctions.pledge_again(bid, bid.pledge.of(amount)), -1)
        reserve(self._state, bid.pledge)
