"""Bids for more than there is: what is lent for them, what comes to be owed, and how that ends."""

from econonexus.domain.events.form import EventForm, Sealed
from econonexus.domain.ids import AccountId, AgentId, AuctionId, BidId, ContractId, Instant, OrderId
from econonexus.domain.money import Amount, Ppm


class LinePledged(EventForm, frozen=True, tag="line_pledged/1"):
    """For a bid or an order that comes next, its owner's record lends what its wallet lacks.

    `power` says how many times its own funds the agent may bid. What is lent stands reserved beside the
    wallet's own, and is secured `by_stake` of the agent, `by_pool` of the treasury, and for the rest by the
    record alone; sealed as the bid is. Often it is nothing. Where a bid is raised it is what is lent in all.
    `account` keeps what comes to be owed, and is opened with the first of them.
    """

    agent: AgentId
    wallet: AccountId
    account: AccountId
    power: Ppm
    by_stake: Sealed
    by_pool: Sealed
    by_record: Sealed
    auction: AuctionId | None = None
    bid: BidId | None = None
    order: OrderId | None = None


class LineDrawn(EventForm, frozen=True, tag="line_drawn/1"):
    """A bid or an order is to be paid for, and `amount` of that is lent: from `account` to the wallet.

    From the wallet it goes on with the payment at once. What secured it stays reserved until it is repaid;
    past `due_at` that is called.
    """

    agent: AgentId
    wallet: AccountId
    account: AccountId
    amount: Amount
    by_stake: Amount
    by_pool: Amount
    by_record: Amount
    due_at: Instant
    auction: AuctionId | None = None
    bid: BidId | None = None
    order: OrderId | None = None
    was_held: bool = True
    """Whether it stood reserved till now; not what an order is lent that trades as it comes."""


class DebtCalled(EventForm, frozen=True, tag="debt_called/1"):
    """What was `owed` for too long is taken: from the wallet, from the stake, from the pool, in that order.

    What is `left` was lent on the record alone: the next income repays it, until then nothing more is lent,
    and what the owner's record counted as surplus is gone.
    """

    wallet: AccountId
    owner: AccountId
    account: AccountId
    owed: Amount
    from_wallet: Amount
    stake: AccountId
    from_stake: Amount
    pool: AccountId
    from_pool: Amount
    left: Amount


class SurplusVerified(EventForm, frozen=True, tag="surplus_verified/1"):
    """Somebody independent judged a contract kept, for which an owner was paid `amount`.

    `total` is all of that so far, of which each part fades as records do, as of `day`.
    """

    owner: AccountId
    contract: ContractId
    amount: Amount
    total: Amount
    day: int
