"""All that has deadlines, and what each deadline asks for."""

from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from econonexus.domain import commands
from econonexus.domain.deadlines import Timed
from econonexus.domain.ids import AccountId, Instant, MarketId
from econonexus.domain.state import State

Name = TypeVar("Name", bound=str)
T = TypeVar("T")

HOLD, AUCTION, GRANT, MARKET, BOOK, STAND = "hold", "auction", "grant", "market", "book", "stand"
POLICY, QUESTION, SCHEDULE = "policy", "question", "schedule"
TASK, CONTRACT, STAKE, LINE, FEEDBACK = "task", "contract", "stake", "line", "feedback"
"""The kinds of deadline; at one instant they fall due in the order of their names."""


def timed(state: State) -> Mapping[str, Timed]:
    """Every kind of thing in a state that may have a deadline."""

    def of_stand(name: str) -> Instant | None:
        stand = state.stands.by_market.get(MarketId(name))
        return None if stand is None or state.markets.by_id[stand.market].halted else stand.due

    def of_book(name: str) -> Instant | None:
        terms = state.markets.by_id[MarketId(name)].terms
        return terms.book.ends_at if terms.book and state.orders.book(MarketId(name)).orders else None

    return {
        HOLD: _each(state.ledger.holds, lambda hold: hold.expires_at, commands.ExpireHold),
        AUCTION: _each(state.auctions.by_id, lambda auction: auction.due, commands.AdvanceAuction),
        GRANT: _each(state.grants.by_id, lambda grant: grant.ends_at, commands.ExpireGrant),
        MARKET: _each(state.markets.by_id, lambda market: market.resumes_at, commands.ResumeMarket),
        SCHEDULE: _each(state.schedules.by_market, lambda course: course.next_at, commands.RunSchedule),
        QUESTION: _each(state.inbox.by_id, lambda question: question.due, commands.AdvanceQuestion),
        TASK: _each(state.tasks.by_id, lambda task: task.due, commands.AdvanceTask),
        CONTRACT: _each(state.contracts.by_id, lambda contract: contract.due, commands.AdvanceContract),
        STAKE: _each(state.stakes.by_agent, lambda stake: stake.due, commands.ReleaseStake),
        STAND: Timed(state.stands.by_market.keys, of_stand, _asking(commands.AdvanceMarket)),
        BOOK: Timed(state.orders.matching.keys, of_book, _asking(commands.CloseBook)),
        LINE: Timed(
            state.lines.by_wallet.keys,
            lambda name: state.lines.due_of(AccountId(name)),
            _asking(commands.CallDebt),
        ),
        POLICY: Timed(lambda: (POLICY,), lambda _: state.monetary.next_at, lambda _: commands.ApplyPolicy()),
        FEEDBACK: Timed(
            lambda: (FEEDBACK,), lambda _: state.reputations.weigh_at, lambda _: commands.WeighFeedback()
        ),
    }


def _each(
    things: Mapping[Name, T], due: Callable[[T], Instant | None], ask: Callable[[Name], commands.Command]
) -> Timed:
    """Things by name, each of which says itself when it is due."""

    def due_of(name: str) -> Instant | None:
        thing = things.get(cast("Name", name))
        return None if thing is None else due(thing)

    return Timed(things.keys, due_of, _asking(ask))


def _asking(ask: Callable[[Name], commands.Command]) -> Callable[[str], commands.Command]:
    """A deadline's name is that of the thing it is of."""
    return cast("Callable[[str], commands.Command]", ask)
