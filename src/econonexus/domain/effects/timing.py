"""All that has deadlines, and what each deadline asks for."""

from collections.abc import Mapping

from econonexus.domain import commands
from econonexus.domain.deadlines import Timed
from econonexus.domain.ids import (
    AccountId,
    AgentId,
    AuctionId,
    ContractId,
    GrantId,
    HoldId,
    Instant,
    MarketId,
    QuestionId,
    TaskId,
)
from econonexus.domain.state import State

HOLD, AUCTION, GRANT, MARKET, BOOK, STAND = "hold", "auction", "grant", "market", "book", "stand"
POLICY, QUESTION, SCHEDULE = "policy", "question", "schedule"
TASK, CONTRACT, STAKE, LINE, FEEDBACK = "task", "contract", "stake", "line", "feedback"
"""The kinds of deadline; at one instant they fall due in the order of their names."""


def timed(state: State) -> Mapping[str, Timed]:
    """Every kind of thing in a state that may have a deadline."""

    def of_hold(name: str) -> Instant | None:
        hold = state.ledger.holds.get(HoldId(name))
        return None if hold is None else hold.expires_at

    def of_auction(name: str) -> Instant | None:
        auction = state.auctions.by_id.get(AuctionId(name))
        return None if auction is None else auction.due

    def of_grant(name: str) -> Instant | None:
        grant = state.grants.by_id.get(GrantId(name))
        return None if grant is None else grant.ends_at

    def of_question(name: str) -> Instant | None:
        question = state.inbox.by_id.get(QuestionId(name))
        return None if question is None else question.due

    def of_stand(name: str) -> Instant | None:
        stand = state.stands.by_market.get(MarketId(name))
        return None if stand is None or state.markets.by_id[stand.market].halted else stand.due

    def of_market(name: str) -> Instant | None:
        market = state.markets.by_id.get(MarketId(name))
        return None if market is None else market.resumes_at

    def of_schedule(name: str) -> Instant | None:
        course = state.schedules.by_market.get(MarketId(name))
        return None if course is None else course.next_at

    def of_book(name: str) -> Instant | None:
        terms = state.markets.by_id[MarketId(name)].terms
        return terms.book.ends_at if terms.book and state.orders.book(MarketId(name)).orders else None

    def of_task(name: str) -> Instant | None:
        task = state.tasks.by_id.get(TaskId(name))
        return None if task is None else task.due

    def of_contract(name: str) -> Instant | None:
        contract = state.contracts.by_id.get(ContractId(name))
        return None if contract is None else contract.due

    def of_stake(name: str) -> Instant | None:
        stake = state.stakes.by_agent.get(AgentId(name))
        return None if stake is None else stake.due

    return {
        LINE: Timed(
            state.lines.by_wallet.keys,
            lambda name: state.lines.due_of(AccountId(name)),
            lambda name: commands.CallDebt(AccountId(name)),
        ),
        TASK: Timed(state.tasks.by_id.keys, of_task, lambda name: commands.AdvanceTask(TaskId(name))),
        CONTRACT: Timed(
            state.contracts.by_id.keys, of_contract, lambda name: commands.AdvanceContract(ContractId(name))
        ),
        STAKE: Timed(state.stakes.by_agent.keys, of_stake, lambda name: commands.ReleaseStake(AgentId(name))),
        HOLD: Timed(state.ledger.holds.keys, of_hold, lambda name: commands.ExpireHold(HoldId(name))),
        AUCTION: Timed(
            state.auctions.by_id.keys, of_auction, lambda name: commands.AdvanceAuction(AuctionId(name))
        ),
        STAND: Timed(
            state.stands.by_market.keys, of_stand, lambda name: commands.AdvanceMarket(MarketId(name))
        ),
        GRANT: Timed(state.grants.by_id.keys, of_grant, lambda name: commands.ExpireGrant(GrantId(name))),
        POLICY: Timed(lambda: (POLICY,), lambda _: state.monetary.next_at, lambda _: commands.ApplyPolicy()),
        FEEDBACK: Timed(
            lambda: (FEEDBACK,), lambda _: state.reputations.weigh_at, lambda _: commands.WeighFeedback()
        ),
        QUESTION: Timed(
            state.inbox.by_id.keys, of_question, lambda name: commands.AdvanceQuestion(QuestionId(name))
        ),
        MARKET: Timed(
            state.markets.by_id.keys, of_market, lambda name: commands.ResumeMarket(MarketId(name))
        ),
        SCHEDULE: Timed(
            state.schedules.by_market.keys, of_schedule, lambda name: commands.RunSchedule(MarketId(name))
        ),
        BOOK: Timed(state.orders.matching.keys, of_book, lambda name: commands.CloseBook(MarketId(name))),
    }
