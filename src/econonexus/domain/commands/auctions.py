"""Auctions and the bids in them."""

import msgspec

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, AuctionId, BidId, Instant, MarketId
from econonexus.domain.kinds import BidStyle
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


class CommitBid(CommandForm, frozen=True):
    """Commit to a bid that nobody can read: `digest` is that of what will be revealed (`commitments.digest`).

    The bond is held. Refused: `invalid_commitment`, `same_account`, `unknown_agent`, `unknown_auction`,
    `bid_exists`, `wrong_account_kind`, `asset_mismatch`, `no_commitments`, `auction_not_open`,
    `market_halted`, `stake_too_small`, `reputation_too_low`, `owner_suspended`, `account_frozen`,
    `agent_frozen`, `team_frozen`, `insufficient_funds`, `budget_exhausted`.
    """

    bid: BidId
    auction: AuctionId
    agent: AgentId
    digest: str


class RevealBid(CommandForm, frozen=True):
    """Say, after the close, what was committed to: it becomes a bid, its price is held, the bond released.

    Refused: `invalid_bid`, `unknown_auction`, `bid_exists`, `unknown_bid`, `commitment_broken`,
    `not_sold_here`, `below_reserve`, `not_revealing`, `account_frozen`, `agent_frozen`, `team_frozen`,
    `insufficient_funds`, `budget_exhausted`; it may be tried again until the time of revealing is over.
    """

    bid: BidId
    auction: AuctionId
    agent: AgentId
    items: dict[str, int]
    price: Amount
    nonce: str


class PlaceBid(CommandForm, frozen=True):
    """Offer money for units of what is sold, and have it held.

    `price` is per unit, or in a sale of bundles for all of `items`. `cap` may be more than that is in all:
    then so much is held, so that what is held does not tell the price. Instead of a price an agent
    may say its `valuation`, and in which `style` to bid for it (`mechanisms.bid_styles`); then a cap is no
    less than the valuation.

    In an English auction the price is the most that its proxy bids; what is held is available again as soon
    as it is outbid. A Dutch auction sells at its call to whoever bids that or more, and keeps a lower bid
    until the clock has come down to it.

    An agent's bids with one `link`, in auctions that are cleared together, are all won in full or none is.
    Refused: `invalid_bid`, `same_account`, `unknown_agent`, `unknown_auction`, `bid_exists`,
    `wrong_account_kind`, `asset_mismatch`, `commitment_needed`, `signature_needed`,
    `not_sold_here`, `below_reserve`, `auction_not_open`, `market_halted`, `below_standing`,
    `stake_too_small`, `reputation_too_low`, `owner_suspended`, `account_frozen`, `agent_frozen`,
    `team_frozen`, `insufficient_funds`, `over_bidding_power`, `budget_exhausted`.
    """

    bid: BidId
    auction: AuctionId
    agent: AgentId
    items: dict[str, int]
    price: Amount | None = None
    cap: Amount | None = None
    valuation: Amount | None = None
    style: BidStyle | None = None
    link: str = ""
    signature: str = ""


class RaiseBid(CommandForm, frozen=True):
    """Offer more for the same; what is held rises with it. The bid keeps its place.

    In an English auction a bid that leads may rise by any amount, and the price stays where it is; one that
    was outbid must offer the next least bid, and takes its place behind all that are there. Refused:
    `invalid_bid`, `unknown_auction`, `unknown_bid`, `signature_needed`, `auction_not_open`, `market_halted`,
    `below_standing`, `bid_stands`, `owner_suspended`, `account_frozen`, `agent_frozen`, `team_frozen`,
    `insufficient_funds`, `over_bidding_power`, `budget_exhausted`.
    """

    bid: BidId
    auction: AuctionId
    agent: AgentId
    price: Amount
    cap: Amount | None = None
    signature: str = ""


class WithdrawBid(CommandForm, frozen=True):
    """Take a bid back, where the market's terms allow it; also while the market is halted.

    What set a price stands: in an English auction the bids that lead, and the one that they had to outbid;
    in a Dutch one whatever has taken the clock.

    Refused: `unknown_auction`, `unknown_bid`, `auction_not_open`, `bid_stands`.
    """

    bid: BidId
    auction: AuctionId
    agent: AgentId


class CloseAuction(CommandForm, frozen=True):
    """Close an auction now, before its time, and clear it, or let what was committed to be revealed.

    So it goes with all that are cleared together.

    Refused: `unknown_auction`, `auction_not_open`, `market_halted`.
    """

    auction: AuctionId


class CancelAuction(CommandForm, frozen=True):
    """Take an auction back before it has closed, and all that are cleared together: holds are released.

    Refused: `unknown_auction`, `auction_not_open`.
    """

    auction: AuctionId
    reason: str = ""


class AdvanceAuction(CommandForm, frozen=True):
    """Do what is due in an auction: open it, close it, give up waiting. The node asks this by itself.

    Refused: `unknown_auction`, `auction_not_open`, `auction_not_due`.
    """

    auction: AuctionId


class Blocked(msgspec.Struct, frozen=True, gc=False):
    """The coalition that would gain most by dealing with the seller alone: the places of the bids it would
    win, what it and the seller would gain together, and what no coalition gains more than."""

    bids: tuple[int, ...]
    gain: int
    most: int


class SubmitOutcome(CommandForm, frozen=True):
    """Say what a solver found for an auction of bundles, or why it found nothing. Only the node asks this.

    `digest` is that of the bids it was found for. `winners` are places in the order of acceptance; each pays
    at least its part of `low` and at most its part of `high`, and both are empty where what is paid is not
    known. No allocation is worth more than `bound`. An outcome that cannot be fails the auction. Refused:
    `unknown_auction`, `auction_not_clearing`.
    """

    auction: AuctionId
    digest: int
    fault: str = ""
    winners: tuple[int, ...] = ()
    welfare: int = 0
    bound: int = 0
    low: tuple[int, ...] = ()
    high: tuple[int, ...] = ()
    blocked: Blocked | None = None
