"""Closed sets of kinds that commands, events and state share."""

import enum
from typing import Literal


class AccountKind(enum.Enum):
    """What an account is for. Kinds other than `mint` and `debt` never go below zero."""

    # Looked up in sets with every transfer: members are singletons, and this is five times faster.
    __hash__ = object.__hash__

    WALLET = "wallet"
    """An agent's or a team's money."""
    STAKE = "stake"
    """Credits an agent has put at risk."""
    DEBT = "debt"
    """What an owner has drawn on its credit line, as a negative balance down to the line."""
    ESCROW = "escrow"
    """Money promised between agents, until a verdict."""
    TREASURY = "treasury"
    """The operator's own income."""
    REWARDS = "rewards"
    """The pool human rewards are paid from."""
    INSURANCE = "insurance"
    """The fund claims are paid from."""
    EXCHANGE = "exchange"
    """One side of a declared exchange: what it can pay out."""
    MINT = "mint"
    """Issuance: minus all that was ever minted."""
    BURN = "burn"
    """The sink: all that was ever burned."""


class BudgetMode(enum.Enum):
    """What a budget does when a command would take it past its limit."""

    HARD = "hard"
    """Refuse the command."""
    SOFT = "soft"
    """Let it pass and say so with a `BudgetOverrun` event."""
    OBSERVE = "observe"
    """As soft, but while trying a limit out: the overrun is marked as what would have been refused."""


class Unreported(enum.Enum):
    """What becomes of a hold when its deadline comes and nobody has said what was used."""

    RELEASE = "release"
    """It was not used: all of it is available again."""
    SETTLE = "settle"
    """It may have been used: it is paid in full, until somebody knows better."""


class Mode(enum.Enum):
    """How far a feature goes in what it decides."""

    OFF = "off"
    """It lets everything pass and looks at nothing."""
    SHADOW = "shadow"
    """It decides and records, and refuses nothing."""
    ADVISE = "advise"
    """As shadow, and tells the caller what it would have said."""
    ENFORCE = "enforce"
    """What it refuses does not happen."""
    STOPPED = "stopped"
    """The kill switch: every new use is refused."""


class Role(enum.Enum):
    """What the holder of a key may do; which call asks for which role is the edge's table."""

    AGENT = "agent"
    """Its own affairs, and what is public."""
    HUMAN = "human"
    """Answer the questions that agents ask of humans, and nothing else."""
    AUDITOR = "auditor"
    """Read everything, change nothing."""
    OPERATOR = "operator"
    """Run the economy: agents, teams, budgets, markets."""
    ADMIN = "admin"
    """All that an operator may, and issue money and keys to people."""


class Mechanism(enum.Enum):
    """How a market decides who gets what: plain allocators, prices, books, and auctions."""

    __hash__ = object.__hash__

    FIRST_COME = "first_come"
    PRIORITY = "priority"
    WEIGHTED_FAIR = "weighted_fair"
    POSTED_PRICE = "posted_price"
    ORDER_BOOK = "order_book"
    FIRST_PRICE = "first_price"
    SECOND_PRICE = "second_price"
    ENGLISH = "english"
    DUTCH = "dutch"
    UNIFORM_PRICE = "uniform_price"
    DISCRIMINATORY = "discriminatory"
    MULTI_UNIT_VICKREY = "multi_unit_vickrey"
    COMBINATORIAL = "combinatorial"


AUCTIONS = frozenset(
    {
        Mechanism.FIRST_PRICE,
        Mechanism.SECOND_PRICE,
        Mechanism.ENGLISH,
        Mechanism.DUTCH,
        Mechanism.UNIFORM_PRICE,
        Mechanism.DISCRIMINATORY,
        Mechanism.MULTI_UNIT_VICKREY,
        Mechanism.COMBINATORIAL,
    }
)
"""The mechanisms that sell by auction."""
TOGETHER = AUCTIONS - {Mechanism.ENGLISH, Mechanism.DUTCH, Mechanism.COMBINATORIAL}
"""Those of them that clear in one instant, all at once, so that bids in several auctions can be linked."""


class Proceeds(enum.Enum):
    """Where the money goes that a market takes."""

    BURN = "burn"
    """Out of circulation."""
    SELLER = "seller"
    """To the seller the market names."""
    TREASURY = "treasury"
    """To the operator."""


class Unproven(enum.Enum):
    """What becomes of an auction of bundles where nobody could prove in time that no outcome is better."""

    FAIL = "fail"
    """It fails: everything is released."""
    PAY_AS_BID = "pay_as_bid"
    """The best outcome found holds, and its winners pay what they bid."""


class PriceRule(enum.Enum):
    """How a posted price goes from one period to the next."""

    BASE_FEE = "base_fee"
    """An exponential of the demand beyond a target, accumulated: at most an eighth a period."""
    THRESHOLDS = "thresholds"
    """Up where more than 80 % is asked for, down where less than 20 % is."""
    FIXED = "fixed"
    """It stays."""


class Sharing(enum.Enum):
    """What a market that shares by weight remembers of who had what."""

    COUNTER = "counter"
    """The units each was given, by its weight: who has had least goes first."""
    KARMA = "karma"
    """Credits: who leaves its share to others today takes more tomorrow."""


class Revisions(enum.Enum):
    """What a bidder may do to its bid before the auction closes."""

    RAISE = "raise"
    """Raise it, and nothing else."""
    WITHDRAW = "withdraw"
    """Raise it, or take it back."""
    NONE = "none"
    """Nothing: a bid stands."""


class BidStyle(enum.Enum):
    """How to bid for an agent that says only what something is worth to it."""

    TRUTHFUL = "truthful"
    """What it is worth."""
    STRATEGIC = "strategic"
    """What is best against so many others who do the same."""
    CONSERVATIVE = "conservative"
    """Less: save, and win seldom."""
    AGGRESSIVE = "aggressive"
    """More: rather win than save, within what it is worth."""


class AuctionStatus(enum.Enum):
    """Where an auction stands in its life."""

    __hash__ = object.__hash__

    ANNOUNCED = "announced"
    """It will open."""
    OPEN = "open"
    """It takes bids."""
    CLOSED = "closed"
    """It takes no more bids; where bids were committed to, they are revealed now."""
    CLEARING = "clearing"
    """It is being computed who wins."""
    CLEARED = "cleared"
    """Winners and prices are known."""
    SETTLED = "settled"
    """Winners have paid and hold their grants; all else is released."""
    FAILED = "failed"
    """It could not be cleared; all is released."""
    CANCELLED = "cancelled"
    """Its operator took it back before it closed; all is released."""


class QuestionStatus(enum.Enum):
    """Where a question for a human stands."""

    WAITING = "waiting"
    """Nobody has taken it."""
    TAKEN = "taken"
    """Somebody answers it."""
    ANSWERED = "answered"
    """It was answered, and paid for."""
    DECLINED = "declined"
    """A human turned it down; nothing was paid."""
    WITHDRAWN = "withdrawn"
    """Its agent took it back; nothing was paid."""
    EXPIRED = "expired"
    """Nobody took it in time; nothing was paid."""


class TaskStatus(enum.Enum):
    """Where a task stands."""

    POSTED = "posted"
    """It takes offers."""
    AWARDED = "awarded"
    """Somebody has the contract for it."""
    DONE = "done"
    """It was done, and paid for."""
    FAILED = "failed"
    """Nobody did it; nothing was paid."""
    CANCELLED = "cancelled"
    """Its requester took it back before it was awarded."""


class ContractStatus(enum.Enum):
    """Where a contract stands in its life."""

    __hash__ = object.__hash__

    OPEN = "open"
    """It is being worked on."""
    DELIVERED = "delivered"
    """Its provider says that it is done, and it waits to be judged."""
    JUDGED = "judged"
    """There is a verdict, which can be challenged."""
    CHALLENGED = "challenged"
    """One side has put up a bond against the verdict, and the other may answer."""
    DISPUTED = "disputed"
    """Both sides have put up a bond, or one speaks of bad faith; the operator decides."""
    SETTLED = "settled"
    """All that it led to has happened."""


class Verdict(enum.Enum):
    """How a contract was kept."""

    __hash__ = object.__hash__

    EXCELLENT = "excellent"
    """Better than promised: paid with a bonus."""
    SATISFACTORY = "satisfactory"
    """As promised: paid."""
    POOR = "poor"
    """Not as promised: not paid, and an offence."""
    LATE = "late"
    """Not at all until its deadline: not paid, and an offence. Only the system says so."""
    BYZANTINE = "byzantine"
    """In bad faith: all that is at stake is lost, and its owner is banned."""
    ENDED = "ended"
    """Its provider was banned for another contract: not paid, and no offence. Only the system says so."""


class JudgedBy(enum.Enum):
    """Whose word a verdict is."""

    __hash__ = object.__hash__

    REQUESTER = "requester"
    """The requester's own."""
    VERIFIER = "verifier"
    """That of the one judge whom the requester named."""
    ATTESTORS = "attestors"
    """That of so many of several judges as its task asked for."""
    SILENCE = "silence"
    """Nobody's: whoever could judge said nothing in time, or did not agree."""
    UNANSWERED = "unanswered"
    """That of the side that challenged a verdict, and was not answered."""
    OPERATOR = "operator"
    """That of whoever decides disputes."""
    SYSTEM = "system"
    """Nobody's: the clock says so, or it follows from elsewhere."""


class Offence(enum.Enum):
    """What a stake is slashed for."""

    TASK_FAILURE = "task_failure"
    TIMEOUT_VIOLATION = "timeout_violation"
    BYZANTINE_BEHAVIOR = "byzantine_behavior"
    REPUTATION_THRESHOLD = "reputation_threshold"


class Standing(enum.Enum):
    """What an owner's agents may do."""

    ACTIVE = "active"
    """Everything."""
    PROBATION = "probation"
    """Everything, while somebody looks closer."""
    SUSPENDED = "suspended"
    """Nothing new: no bids, no orders, no offers of work."""
    BANNED = "banned"
    """As suspended, for good."""


Side = Literal["buy", "sell"]
"""What an order does, as the mechanisms call it."""

TimeInForce = Literal["gtc", "ioc", "fok"]
"""How long an order lives, as the order book calls it: until cancelled, at once or not, all or nothing."""
