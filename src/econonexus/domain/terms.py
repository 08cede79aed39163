"""The terms on which a market sells, as commands, events and state share them."""

import msgspec

from econonexus.domain.ids import SECOND, AccountId, Duration, Instant
from econonexus.domain.kinds import PriceRule, Proceeds, Revisions, Sharing, Unproven
from econonexus.domain.money import MAX_AMOUNT, Amount, Ppm

BIDDING_WINDOW = Duration(30 * SECOND)
SOFT_CLOSE = Duration(30 * SECOND)
REVEAL_WINDOW = Duration(30 * SECOND)
TIME_LIMIT = Duration(10 * SECOND)
CLEARING = Duration(120 * SECOND)


class Clock(msgspec.Struct, frozen=True, gc=False):
    """The prices that a Dutch auction calls: `start`, then less by `step` every `tick`, down to `floor`."""

    start: Amount
    step: Amount
    tick: Duration
    floor: Amount = Amount(0)


class Schedule(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The auctions that a market announces by itself: with every `every` one more, of `supply`.

    What is won may be used from the clearing on; or, where `ahead` is not 0, each auction sells a window of
    time as long as `every`, one after the other, and so many windows ahead are on sale or sold.
    """

    every: Duration
    supply: dict[str, int]
    ahead: int = 0
    lead: Duration | None = None
    """How long after its start the first window begins; the bidding window by default, and no less."""
    starts_at: Instant | None = None
    """When it begins, at once by default; where that is past, it goes on as if it had begun then."""


class Pricing(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """How a posted price begins, and how it goes on. Prices are per unit, shares in parts per million."""

    rule: PriceRule = PriceRule.BASE_FEE
    price: Amount = Amount(1)
    """The first price. A fixed one stays there, and a base fee never falls below it."""
    floor: Amount = Amount(0)
    """How far thresholds let it fall."""
    ceiling: Amount = MAX_AMOUNT
    """How far it may rise."""
    target: Ppm = Ppm(500_000)
    """The share of the capacity at whose demand a base fee stays as it is."""
    high: Ppm = Ppm(800_000)
    """The share above which thresholds raise it,"""
    low: Ppm = Ppm(200_000)
    """the one below which they lower it,"""
    step: Ppm = Ppm(100_000)
    """and by which part of it."""


class ReservedShare(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What of every period, or auction, is shared out max-min fairly before the market's own rule gives the
    rest."""

    share: Ppm = Ppm(200_000)


class ComputedReserve(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The reserve of an auction, as it is announced: a share of the median of the last clearing prices."""

    share: Ppm = Ppm(500_000)
    last: int = 10


class Book(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who may sell in an order book, when what it trades may be used, and what an owner's orders do alike."""

    sellers: str | tuple[str, ...] = "anyone"
    """`anyone` may offer what is free of the resource; `holders`, only what they were granted; or these
    agents alone, by name."""
    starts_at: Instant | None = None
    """From when until when what is traded may be used; None from the trade on, for a period."""
    ends_at: Instant | None = None
    self_trade: str = "cancel_resting"
    """Where two orders of one owner meet, the older gives way, or the newer (`cancel_incoming`)."""
    max_orders: int = 100_000
    """So many rest at most."""


class Halt(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """When a market stops by itself.

    The price may move by `move` within a `window`, measured from the last price before it; past that the
    market pauses. It pauses as well where, of the last `of` auctions, more than `failures` have failed.
    Source: the band of 10 %, its reference over five minutes and the pause of five minutes are those of the
        Limit Up-Limit Down plan for the second tier of shares (SEC release 34-67091, 2012); half of the
        calls failed is where circuit breakers open by default (resilience4j, `failureRateThreshold`).
    """

    move: Ppm = Ppm(100_000)
    window: Duration = Duration(300 * SECOND)
    failures: Ppm = Ppm(500_000)
    of: int = 10
    pause: Duration = Duration(300 * SECOND)


class Commitment(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """How bidders commit to bids that not even the operator may read before the close.

    Each commits to a digest and has `bond` held; whoever has not revealed its bid within `reveal_window` of
    the close loses that to wherever the market's proceeds go.
    """

    bond: Amount
    reveal_window: Duration = REVEAL_WINDOW


class Terms(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a market asks of whoever buys in it. Prices are per unit."""

    reserve: Amount = Amount(0)
    """Nobody pays less."""
    reserves: dict[str, Amount] = {}
    """The same for single items where bundles are sold; those that are not here have `reserve`."""
    increment: Amount = Amount(1)
    """By how much at least a bid in an English auction outbids the one before."""
    bidding_window: Duration = BIDDING_WINDOW
    """How long an auction takes bids, where it does not say so itself."""
    soft_close: Duration = SOFT_CLOSE
    """A bid in an English auction so near its end moves the end away again, and doubles the increment; 0
    never does."""
    clock: Clock | None = None
    """What a Dutch auction calls."""
    schedule: Schedule | None = None
    """The auctions that it announces by itself; None only those that an operator announces."""
    together: str = ""
    """Auctions of markets with the same name here that close at one instant are cleared together, so that
    bids in several of them can be linked: all are won, or none."""
    commitment: Commitment | None = None
    """How bids are committed to first and revealed after the close; None where they are placed at once."""
    uniform: str = "highest_losing"
    """The uniform price: the highest losing bid, or `lowest_winning`."""
    payment: str = "core"
    """What winners of bundles pay: `core`, `vcg` or `pay_as_bid`."""
    bidding: str = "xor"
    """Of several bundles of one agent it wins at most one (`xor`), or any (`or`)."""
    time_limit: Duration = TIME_LIMIT
    """How long a solver may take over bundles, payments included."""
    clearing: Duration = CLEARING
    """How long after the close of an auction of bundles its outcome is waited for; then it has failed."""
    unproven: Unproven = Unproven.FAIL
    """What becomes of bundles where time was up before the best outcome was proven to be that."""
    revisions: Revisions = Revisions.RAISE
    proceeds: Proceeds = Proceeds.BURN
    seller: AccountId | None = None
    """Whose account the proceeds go to, where they go to a seller."""
    stake: Amount = Amount(0)
    """What a bidder must have at stake."""
    least_reputation: Ppm = Ppm(0)
    """The least that the record of a bidder's owner must be worth: its lower bound, so that a new name is
    worth little."""
    credit: str = ""
    """Whether an owner's record lends to its agents for what they bid (`reputation`); else nobody is lent
    anything."""
    reputation_weight: Ppm = Ppm(0)
    """How much records count beside prices in who wins: a bid's score is its price times 1 less this, plus
    this times the lower bound of its owner's record."""
    signed: bool = False
    """Whether bids must be signed by their agents' keys; not where they are committed to first."""
    pricing: Pricing | None = None
    """The price of a market that posts one."""
    sharing: Sharing = Sharing.COUNTER
    """What a market that shares by weight goes by."""
    most_waiting: int = 10_000
    """So many requests may wait at once."""
    reserved_share: ReservedShare | None = None
    """Only where all that is wanted is known at once: in the modes `priority` and `weighted_fair`, and in
    sealed auctions of several units."""
    computed_reserve: ComputedReserve | None = None
    """Where the auctions have one price per unit; None keeps to `reserve`, below which it never goes."""
    book: Book | None = None
    """How orders are traded, in an order book; None as `Book` has it."""
    halt: Halt | None = None
    """When the market stops by itself; None never."""

    def reserve_of(self, item: str) -> Amount:
        """The least price of a unit of an item."""
        return self.reserves.get(item, self.reserve)
