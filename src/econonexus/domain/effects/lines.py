"""What happens when bids are paid for with what was lent: debts come about, are repaid, are called."""

from collections.abc import Callable
from typing import Never

from econonexus.domain import events
from econonexus.domain.deadlines import Deadlines
from econonexus.domain.effects.timing import LINE
from econonexus.domain.ids import BidId, Instant
from econonexus.domain.ledger import Line, Pledge
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State

Effect = Callable[[Never, Instant], None]


class LineEffects:
    """How the events of credit lines change a state."""

    def __init__(self, state: State, deadlines: Deadlines) -> None:
        self._state = state
        self._deadlines = deadlines

    def routes(self) -> dict[type[events.Event | Refusal], Effect]:
        """What to do for each event."""
        return {
            events.LinePledged: self._pledged,
            events.LineDrawn: self._drawn,
            events.DebtRepaid: self._repaid,
            events.DebtCalled: self._called,
            events.SurplusVerified: lambda e, _: self._state.lines.verify(e),
        }

    def _pledged(self, event: events.LinePledged, _: Instant) -> None:
        self._state.ledger.open_line(event)
        self._state.lines.pledge(event, self._state.agents.by_id[event.agent].owner)

    def _drawn(self, event: events.LineDrawn, _: Instant) -> None:
        """What was lent for a bid is its wallet's own now, and owed; the payment follows."""
        state, line = self._state, Line(event.by_stake, event.by_pool, event.by_record)
        if event.was_held:
            before, after = self._convert(event, line)
            for pledge, sign in ((before, -1), (after, 1)):
                state.ledger.reserve(pledge, sign)
                state.lines.reserve(pledge, sign)
        state.ledger.owe(event.wallet, event.amount)
        state.ledger.move(event.account, event.wallet, event.amount)
        state.ledger.secure(event.wallet, line, 1)
        state.lines.draw(event.wallet, line, event.due_at)
        self._deadlines.add(LINE, event.wallet, state.lines.due_of(event.wallet))

    def _convert(self, event: events.LineDrawn, line: Line) -> tuple[Pledge, Pledge]:
        """What was pledged for a bid or an order, and what is once so much of it is its wallet's own."""
        state = self._state
        if event.order is not None:
            order = state.orders.by_id[event.order]
            before = order.pledge
            order.line = before.drawn(line).line
            return before, order.pledge
        assert event.auction is not None, "it is a bid's"
        bid = state.auctions.by_id[event.auction].bids[BidId(str(event.bid))]
        before = bid.pledge
        state.auctions.pledge_again(bid, before.drawn(line))
        return before, bid.pledge

    def _repaid(self, event: events.DebtRepaid, _: Instant) -> None:
        state = self._state
        state.ledger.move(event.source, event.destination, event.amount)
        if event.destination == state.ledger.accounts[event.source].line:
            state.ledger.owe(event.source, -event.amount)
            state.ledger.secure(event.source, state.lines.repay(event.source, event.amount), -1)

    def _called(self, event: events.DebtCalled, _: Instant) -> None:
        state = self._state
        state.ledger.secure(event.wallet, state.lines.call(event), -1)
        taken = (
            (event.wallet, event.from_wallet),
            (event.stake, event.from_stake),
            (event.pool, event.from_pool),
        )
        for source, amount in taken:
            if amount:
                state.ledger.move(source, event.account, amount)
        state.ledger.owe(event.wallet, -sum(amount for _, amount in taken))
