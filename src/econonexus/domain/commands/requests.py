"""Requests for units, where a market posts a price or shares out without one."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, Instant, MarketId, RequestId
from econonexus.domain.money import Amount


class RequestUnits(CommandForm, frozen=True):
    """Ask a market for so many units of its resource, all or none.

    Where a price is posted, or who comes first is served, the answer comes at once: a grant, or that there
    are not so many units now, which is no refusal, as it counts as demand. Elsewhere the request waits for
    the allocation at the end of the period, and for those after it until `expires_at`. `limit` is the most
    it would pay per unit. Refused: `invalid_request`, `same_account`, `unknown_agent`, `unknown_market`,
    `request_exists`, `wrong_account_kind`, `asset_mismatch`, `takes_no_requests`, `over_capacity`,
    `deadline_passed`, `market_halted`, `too_many_waiting`, `price_over_limit`, `stake_too_small`,
    `reputation_too_low`, `owner_suspended`, `balance_too_large`, `account_frozen`, `agent_frozen`,
    `team_frozen`, `insufficient_funds`, `budget_exhausted`.
    """

    request: RequestId
    market: MarketId
    agent: AgentId
    units: int
    limit: Amount | None = None
    expires_at: Instant | None = None


class WithdrawRequest(CommandForm, frozen=True):
    """Take a request back that waits. Refused: `unknown_market`, `unknown_request`."""

    request: RequestId
    market: MarketId
    agent: AgentId


class AdvanceMarket(CommandForm, frozen=True):
    """End a market's period: share out what waits, or move the price. The node asks this by itself.

    Refused: `unknown_market`, `takes_no_requests`, `market_halted`, `market_not_due`.
    """

    market: MarketId
