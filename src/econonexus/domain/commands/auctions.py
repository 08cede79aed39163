"""Auctions and the bids in them."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, AuctionId, BidId, Instant, MarketId
from econonexus.domain.money import Amount


class AnnounceAuction(CommandForm, frozen=True):
    """Sell units of a market's resources in one event, which takes bids from `opens_at` to `closes_at`.

    By default it opens at once, and takes bids for as long as the market's terms say. What is won may be
    used from the clearing on, for one period of its resource, or from `starts_at` until `ends_at`. So many
    units are kept back from now on. Refused: `invalid_auction`, `unknown_market`, `auction_exists`,
    `not_an_auction`, `not_sold_here`, `over_capacity`, `deadline_passed`, `market_halted`.
    """

    auction: AuctionId
    market: MarketId
    supply: dict[str, int]
    closes_at: Instant | None = None
    opens_at: Instant | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class PlaceBid(CommandForm, frozen=True):
    """Offer money for units of what is sold, and have it held.

    `price` is per unit, or in a sale of bundles for all of `items`. `cap`, by the same measure, may be
    higher: then so much is held, so that what is held does not tell the price. Refused: `invalid_bid`,
    `same_account`, `unknown_agent`, `unknown_auction`, `bid_exists`, `wrong_account_kind`, `asset_mismatch`,
    `not_sold_here`, `below_reserve`, `auction_not_open`, `market_halted`, `stake_too_small`,
    `reputation_too_low`, `account_frozen`, `agent_frozen`, `team_frozen`, `insufficient_funds`,
    `budget_exhausted`.
    """

    bid: BidId
    auction: AuctionId
    agent: AgentId
    items: dict[str, int]
    price: Amount
    cap: Amount | None = None


class RaiseBid(CommandForm, frozen=True):
    """Offer more for the same; what is held rises with it. The bid keeps its place.

    Refused: `invalid_bid`, `unknown_auction`, `unknown_bid`, `auction_not_open`, `market_halted`,
    `bid_stands`, `account_frozen`, `agent_frozen`, `team_frozen`, `insufficient_funds`, `budget_exhausted`.
    """

    bid: BidId
    auction: AuctionId
    agent: AgentId
    price: Amount
    cap: Amount | None = None


class WithdrawBid(CommandForm, frozen=True):
    """Take a bid back, where the market's terms allow it; also while the market is halted.

    Refused: `unknown_auction`, `unknown_bid`, `auction_not_open`, `bid_stands`.
    """

    bid: BidId
    auction: AuctionId
    agent: AgentId


class CloseAuction(CommandForm, frozen=True):
    """Close an auction now, before its time, and clear it. Refused: `unknown_auction`, `auction_not_open`,
    `market_halted`."""

    auction: AuctionId


class CancelAuction(CommandForm, frozen=True):
    """Take an auction back before it has closed: every hold is released.

    Refused: `unknown_auction`, `auction_not_open`.
    """

    auction: AuctionId
    reason: str = ""


class AdvanceAuction(CommandForm, frozen=True):
    """Do what is due in an auction: open it, close it, give up waiting. The node asks this by itself.

    Refused: `unknown_auction`, `auction_not_open`, `auction_not_due`.
    """

    auction: AuctionId
