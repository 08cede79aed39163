"""What must hold of all that ever happened, followed event by event: invariants 4 and 9.

4: what circulates is what was minted less what was burned. 9: no agent pays more than it bid, or offered, or
had reserved, and no seller receives less than it asked.
"""

from collections import Counter
from typing import NamedTuple

from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.kinds import Mechanism
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State


class Offer(NamedTuple):
    """What a bid offers: per unit, or for all of a bundle."""

    price: int
    items: dict[str, int]


class History:
    """What was issued, burned and offered so far."""

    def __init__(self) -> None:
        self.supply: Counter[str] = Counter()
        self.announced: dict[str, e.AuctionAnnounced] = {}
        self.bids: dict[str, dict[str, Offer]] = {}
        self.orders: dict[str, tuple[str, int | None]] = {}
        """Order to its side and its price a unit, if it names one."""
        self.waiting: dict[str, int] = {}
        """Request, in its market, or question to what is reserved for it."""

    def enter(self, happened: Event | Refusal) -> None:
        """One thing more has happened."""
        self._count(happened)
        self._follow(happened)

    def check(self, state: State) -> None:
        """What circulates is what was issued less what was burned."""
        for asset in state.ledger.assets:
            assert state.ledger.supply(asset) == self.supply[asset]

    def _count(self, happened: Event | Refusal) -> None:
        match happened:
            case e.Minted():
                self.supply[_asset(happened.source)] += happened.amount
            case e.HumanRewardIssued():
                self.supply["credit"] += happened.amount
            case e.AllowancesIssued():
                self.supply["credit"] += sum(share.amount for share in happened.shares)
            case e.AuctionCleared():
                for win in happened.wins:
                    self._burn(happened.destination, win.payment)
            case e.RequestServed() | e.QuestionAnswered():
                self._burn(happened.destination, happened.paid)
            case e.StakeSlashed():
                self._burn(happened.sink, happened.amount - happened.to_injured)
            case e.HoldReconciled():
                self._burn(happened.destination, -happened.returned)
            case (
                e.Burned()
                | e.Transferred()
                | e.HoldPosted()
                | e.HoldSettledUnreported()
                | e.TradeExecuted()
                | e.BondForfeited()
                | e.DisputeBondLost()
            ):
                self._burn(happened.destination, happened.amount)

    def _burn(self, account: str, amount: int) -> None:
        if account == "burn" or account.startswith("burn:"):
            self.supply[_asset(account)] -= amount

    def _follow(self, happened: Event | Refusal) -> None:
        match happened:
            case e.AuctionAnnounced():
                self.announced[happened.auction] = happened
                self.bids[happened.auction] = {}
            case e.BidPlaced():
                self.bids[happened.auction][happened.bid] = Offer(happened.price, happened.items)
            case e.BidRaised():
                bids = self.bids[happened.auction]
                bids[happened.bid] = bids[happened.bid]._replace(price=happened.price)
            case e.AuctionCleared():
                for win in happened.wins:
                    self._check_win(happened.auction, win)
                self._forget(happened.auction)
            case e.AuctionFailed() | e.AuctionCancelled():
                self._forget(happened.auction)
            case e.OrderPlaced() | e.OrderReplaced():
                side = (
                    happened.side if isinstance(happened, e.OrderPlaced) else self.orders[happened.order][0]
                )
                self.orders[happened.order] = (side, happened.unit_price)
            case e.TradeExecuted():
                self._check_trade(happened)
            case e.RequestQueued():
                self.waiting[f"{happened.market} {happened.request}"] = happened.held
            case e.RequestServed():
                assert happened.paid <= self.waiting.pop(
                    f"{happened.market} {happened.request}", happened.units * happened.price
                )
            case e.RequestEnded():
                self.waiting.pop(f"{happened.market} {happened.request}", None)
            case e.HumanAsked():
                self.waiting[happened.question] = happened.held
            case e.QuestionAnswered():
                assert happened.paid <= self.waiting.pop(happened.question)

    def _check_win(self, auction: str, win: e.Win) -> None:
        """No winner pays more than it bid, nor less than the reserve, for what it bid for."""
        offer, announced = self.bids[auction][win.bid], self.announced[auction]
        units = sum(win.items.values())
        bundle = announced.mechanism is Mechanism.COMBINATORIAL
        assert win.payment <= (offer.price if bundle else offer.price * units)
        assert win.payment >= announced.terms.reserve * units
        assert all(units <= offer.items[item] for item, units in win.items.items())

    def _check_trade(self, trade: e.TradeExecuted) -> None:
        """No buyer pays more than its order offers, no seller receives less than its order asks."""
        assert trade.amount == trade.units * trade.unit_price
        for order in (trade.resting, trade.incoming):
            side, price = self.orders[order]
            if price is not None:
                assert trade.unit_price <= price if side == "buy" else trade.unit_price >= price

    def _forget(self, auction: str) -> None:
        del self.announced[auction], self.bids[auction]


def _asset(system_account: str) -> str:
    """The asset of a system account, by its name: `mint`, `burn:usd`."""
    return system_account.partition(":")[2] or "credit"
