"""Auctions and the bids in them."""

import msgspec

from econonexus.domain.events.form import EventForm, Private, Sealed
from econonexus.domain.ids import AccountId, AgentId, AuctionId, BidId, BudgetId, Instant, MarketId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.money import Amount
from econonexus.domain.terms import Terms


class AuctionAnnounced(EventForm, frozen=True, tag="auction_announced/1"):
    """Units of a market's resources are for sale on the terms it has now; a computed reserve is among them.

    Where `starts_at` and `ends_at` say nothing, what is won may be used from the clearing on for a period.
    """

    auction: AuctionId
    market: MarketId
    mechanism: Mechanism
    supply: dict[str, int]
    opens_at: Instant
    closes_at: Instant
    terms: Terms
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class AuctionOpened(EventForm, frozen=True, tag="auction_opened/1"):
    """An auction takes bids."""

    auction: AuctionId


class AuctionExtended(EventForm, frozen=True, tag="auction_extended/1"):
    """An auction takes bids until later than it was to: a bid came near its end, or its market is halted.

    `increment` is by how much the next bid must outbid, where that has changed.
    """

    auction: AuctionId
    closes_at: Instant
    reason: str
    increment: Amount | None = None


class BidPlaced(EventForm, frozen=True, tag="bid_placed/1"):
    """`agent` offers `price` for `items`, and `held` of source is reserved for destination.

    The price is per unit, or for all of a bundle. Price and hold are sealed until the auction is cleared.
    `reckoning` says how the price came about where the agent said only what the units are worth to it; that
    stays its own, since the valuation follows from it.
    """

    bid: BidId
    auction: AuctionId
    agent: AgentId
    source: AccountId
    destination: AccountId
    items: dict[str, int]
    price: Sealed
    held: Sealed
    budgets: tuple[BudgetId, ...] = ()
    reckoning: Private = ""
    link: str = ""
    signature: Private = ""
    """The agent's, where it gave one; it lies beside the record, since a price could be guessed from it."""


class BidRaised(EventForm, frozen=True, tag="bid_raised/1"):
    """`agent` offers `price` now, and `held` is what is reserved in all."""

    bid: BidId
    auction: AuctionId
    agent: AgentId
    source: AccountId
    price: Sealed
    held: Sealed
    signature: Private = ""


class BidWithdrawn(EventForm, frozen=True, tag="bid_withdrawn/1"):
    """A bid was taken back, and all that was reserved for it is available again."""

    bid: BidId
    auction: AuctionId
    agent: AgentId


class StandingMoved(EventForm, frozen=True, tag="standing_moved/1"):
    """How an English auction stands after a bid: nobody who leads would pay more than `price`.

    `leaders` are as many bids as there are units, the best first. A further bid must offer `least`. What was
    held for the bids `outbid` is available again.
    """

    auction: AuctionId
    price: Amount
    leaders: tuple[BidId, ...]
    least: int
    outbid: tuple[BidId, ...] = ()


class ClockTaken(EventForm, frozen=True, tag="clock_taken/1"):
    """A bid took `units` from a Dutch clock at the call of `price` each; `left` are still for sale.

    Only what it pays stays reserved.
    """

    auction: AuctionId
    bid: BidId
    agent: AgentId
    units: int
    price: Amount
    left: int


class BidCommitted(EventForm, frozen=True, tag="bid_committed/1"):
    """`agent` committed to a bid of which `commitment` is the digest; `bond` of source is reserved."""

    bid: BidId
    auction: AuctionId
    agent: AgentId
    source: AccountId
    destination: AccountId
    commitment: str
    bond: Amount
    budgets: tuple[BudgetId, ...] = ()


class RevealStarted(EventForm, frozen=True, tag="reveal_started/1"):
    """An auction takes no more commitments; those it has are to be revealed before `reveals_until`."""

    auction: AuctionId
    reveals_until: Instant


class CommitmentKept(EventForm, frozen=True, tag="commitment_kept/1"):
    """A bid was revealed that matches its commitment: its bond is available again."""

    bid: BidId
    auction: AuctionId
    agent: AgentId


class BondForfeited(EventForm, frozen=True, tag="bond_forfeited/1"):
    """A bid was not revealed in time: its bond went from source to destination."""

    bid: BidId
    auction: AuctionId
    agent: AgentId
    source: AccountId
    destination: AccountId
    amount: Amount
    budgets: tuple[BudgetId, ...] = ()


class OpenedBid(msgspec.Struct, frozen=True, gc=False):
    """What a bid had been: its price, as it bid it, and what was reserved for it."""

    bid: BidId
    price: Amount
    held: Amount


class Win(msgspec.Struct, frozen=True, gc=False):
    """What one bid won, and pays for all of it, from which account and beneath which budgets."""

    bid: BidId
    agent: AgentId
    items: dict[str, int]
    payment: Amount
    source: AccountId
    budgets: tuple[BudgetId, ...] = ()


class Dropped(msgspec.Struct, frozen=True, gc=False):
    """A linked bid that was left out, since another of its link was not won in full: `lost`, in `auction`."""

    bid: BidId
    link: str
    lost: BidId
    auction: AuctionId


class AuctionClosed(EventForm, frozen=True, tag="auction_closed/1"):
    """An auction takes no more bids, and it is being computed who wins, by `clear_by` at the latest.

    `digest` tells its bids from all others: an outcome that does not cite it is of other bids. It is the
    first 63 bits of SHA-256 of the JSON text `[auction, payment, bidding, supply, reserves, bids]`, where a
    bid is `[id, agent, owner, items, price]`, and sealed as prices are, since they could be guessed from it.
    """

    auction: AuctionId
    digest: Sealed
    clear_by: Instant


class Coalition(msgspec.Struct, frozen=True, gc=False):
    """The bids that would have gained most by dealing with the seller alone: `gain`, together with it.

    It is proven that no bids would have gained more than `most`.
    """

    bids: tuple[BidId, ...]
    gain: int
    most: int


class AuctionCleared(EventForm, frozen=True, tag="auction_cleared/1"):
    """Who won and at which prices, by which all bids are open: `bids` in the order of their acceptance.

    Settled at once: winners have paid `destination`, and all else that was held is available again.
    `unsold` is what nobody won. `welfare` is what the winners bid; `bound` is one that no allocation of these
    bids exceeds. `wanted` is what all bids were for, item to units. Of bundles it is also said by which rule
    they were paid for, and who would rather have dealt with the seller alone. Of auctions that were cleared
    together it is said which bids were left out for their links; they neither win nor set a price, and
    `bound` is that of the others. `shared` is bid to those of the units it won that it had out of a reserved
    share, at the reserve; `bound` is then what the bids are worth without a share. Where records count,
    `weights` is bid to what its price was multiplied by for its score, in millionths.
    """

    auction: AuctionId
    market: MarketId
    bids: tuple[OpenedBid, ...]
    wins: tuple[Win, ...]
    prices: dict[str, Amount]
    unsold: dict[str, int]
    welfare: int
    bound: int
    destination: AccountId
    wanted: dict[str, int] = {}
    payment: str = ""
    blocked: Coalition | None = None
    dropped: tuple[Dropped, ...] = ()
    shared: dict[BidId, int] = {}
    weights: dict[BidId, int] = {}


class AuctionFailed(EventForm, frozen=True, tag="auction_failed/1"):
    """An auction could not be cleared; every hold is released."""

    auction: AuctionId
    reason: str


class AuctionCancelled(EventForm, frozen=True, tag="auction_cancelled/1"):
    """An auction was taken back before it had closed; every hold is released."""

    auction: AuctionId
    reason: str = ""
