"""Everything that can happen. Events are the only thing that changes the economy.

An event says all that an outsider needs to keep the books by itself: accounts, amounts, the budgets
charged. Its tag is its name and version, `transferred/1`; an old version stays readable for ever through
an upcast (see the node's records). A field typed `Private` holds personal text: the hashed
journal carries its salted digest, the text lies beside it, and the economy's state never contains
it, so that it can be withheld or erased without breaking the chain or a replay.
"""

from econonexus.domain.events.access import KeyIssued, KeyRevoked, KeyRotated, ModeSet, SigningKeyRegistered
from econonexus.domain.events.agents import (
    AgentChanged,
    AgentCreated,
    AgentFrozen,
    AgentUnfrozen,
    TeamCreated,
    TeamFrozen,
    TeamUnfrozen,
)
from econonexus.domain.events.assets import (
    AccountFrozen,
    AccountOpened,
    AccountUnfrozen,
    AssetDeclared,
    Converted,
    ExchangeDeclared,
)
from econonexus.domain.events.attention import (
    HumanAsked,
    HumanRewardIssued,
    InboxRulesSet,
    QuestionAnswered,
    QuestionDeclined,
    QuestionExpired,
    QuestionReturned,
    QuestionTaken,
    QuestionWithdrawn,
)
from econonexus.domain.events.auctions import (
    AuctionAnnounced,
    AuctionCancelled,
    AuctionCleared,
    AuctionClosed,
    AuctionExtended,
    AuctionFailed,
    AuctionOpened,
    BidCommitted,
    BidPlaced,
    BidRaised,
    BidWithdrawn,
    BondForfeited,
    ClockTaken,
    Coalition,
    CommitmentKept,
    Dropped,
    OpenedBid,
    RevealStarted,
    StandingMoved,
    Win,
)
from econonexus.domain.events.budgets import (
    BudgetAlertRaised,
    BudgetAssigned,
    BudgetChanged,
    BudgetClosed,
    BudgetCreated,
    BudgetOverrun,
)
from econonexus.domain.events.contracts import (
    ContractJudged,
    ContractSettled,
    DeliveryReported,
    DisputeBondLost,
    VerdictChallenged,
    VerdictDefended,
    VerdictReferred,
    VoteCast,
)
from econonexus.domain.events.form import Private, Sealed, Withheld
from econonexus.domain.events.holds import (
    HoldExpired,
    HoldPlaced,
    HoldPosted,
    HoldReconciled,
    HoldSettledUnreported,
    HoldToppedUp,
    HoldVoided,
    UsageRecorded,
)
from econonexus.domain.events.lines import DebtCalled, LineDrawn, LinePledged, SurplusVerified
from econonexus.domain.events.markets import (
    AuctionSkipped,
    CapacityChanged,
    Granted,
    GrantExpired,
    GrantReleased,
    GrantUsed,
    MarketChanged,
    MarketCreated,
    MarketHalted,
    MarketResumed,
    ResourceDeclared,
    ScheduleRan,
    SupplyShort,
)
from econonexus.domain.events.money import Burned, CreditDrawn, CreditLineSet, DebtRepaid, Minted, Transferred
from econonexus.domain.events.orders import OrderCancelled, OrderPlaced, OrderReplaced, TradeExecuted
from econonexus.domain.events.penalties import (
    ClaimPaid,
    ContractInsured,
    LossCompensated,
    StakeSlashed,
)
from econonexus.domain.events.policy import AllowancesIssued, PolicyApplied, PolicySet
from econonexus.domain.events.requests import (
    PeriodShared,
    PriceUpdated,
    RequestDeclined,
    RequestEnded,
    RequestQueued,
    RequestServed,
)
from econonexus.domain.events.stakes import (
    CredibilitiesSet,
    PromiseRulesSet,
    ReputationChanged,
    StakePosted,
    StakeReleased,
    StakeUnbonding,
    StandingSet,
)
from econonexus.domain.events.tasks import (
    ContractOpened,
    OfferWithdrawn,
    OpenedOffer,
    TaskCancelled,
    TaskFailed,
    TaskPosted,
    TaskReopened,
    WorkOffered,
)

__all__ = [
    "AccountFrozen",
    "AccountOpened",
    "AccountUnfrozen",
    "AgentChanged",
    "AgentCreated",
    "AgentFrozen",
    "AgentUnfrozen",
    "AllowancesIssued",
    "AssetDeclared",
    "AuctionAnnounced",
    "AuctionCancelled",
    "AuctionCleared",
    "AuctionClosed",
    "AuctionExtended",
    "AuctionFailed",
    "AuctionOpened",
    "AuctionSkipped",
    "BidCommitted",
    "BidPlaced",
    "BidRaised",
    "BidWithdrawn",
    "BondForfeited",
    "BudgetAlertRaised",
    "BudgetAssigned",
    "BudgetChanged",
    "BudgetClosed",
    "BudgetCreated",
    "BudgetOverrun",
    "Burned",
    "CapacityChanged",
    "ClaimPaid",
    "ClockTaken",
    "Coalition",
    "CommitmentKept",
    "ContractInsured",
    "ContractJudged",
    "ContractOpened",
    "ContractSettled",
    "Converted",
    "CredibilitiesSet",
    "CreditDrawn",
    "CreditLineSet",
    "DebtCalled",
    "DebtRepaid",
    "DeliveryReported",
    "DisputeBondLost",
    "Dropped",
    "Event",
    "ExchangeDeclared",
    "GrantExpired",
    "GrantReleased",
    "GrantUsed",
    "Granted",
    "HoldExpired",
    "HoldPlaced",
    "HoldPosted",
    "HoldReconciled",
    "HoldSettledUnreported",
    "HoldToppedUp",
    "HoldVoided",
    "HumanAsked",
    "HumanRewardIssued",
    "InboxRulesSet",
    "KeyIssued",
    "KeyRevoked",
    "KeyRotated",
    "LineDrawn",
    "LinePledged",
    "LossCompensated",
    "MarketChanged",
    "MarketCreated",
    "MarketHalted",
    "MarketResumed",
    "Minted",
    "ModeSet",
    "OfferWithdrawn",
    "OpenedBid",
    "OpenedOffer",
    "OrderCancelled",
    "OrderPlaced",
    "OrderReplaced",
    "PeriodShared",
    "PolicyApplied",
    "PolicySet",
    "PriceUpdated",
    "Private",
    "PromiseRulesSet",
    "QuestionAnswered",
    "QuestionDeclined",
    "QuestionExpired",
    "QuestionReturned",
    "QuestionTaken",
    "QuestionWithdrawn",
    "ReputationChanged",
    "RequestDeclined",
    "RequestEnded",
    "RequestQueued",
    "RequestServed",
    "ResourceDeclared",
    "RevealStarted",
    "ScheduleRan",
    "Sealed",
    "SigningKeyRegistered",
    "StakePosted",
    "StakeReleased",
    "StakeSlashed",
    "StakeUnbonding",
    "StandingMoved",
    "StandingSet",
    "SupplyShort",
    "SurplusVerified",
    "TaskCancelled",
    "TaskFailed",
    "TaskPosted",
    "TaskReopened",
    "TeamCreated",
    "TeamFrozen",
    "TeamUnfrozen",
    "TradeExecuted",
    "Transferred",
    "UsageRecorded",
    "VerdictChallenged",
    "VerdictDefended",
    "VerdictReferred",
    "VoteCast",
    "Win",
    "Withheld",
    "WorkOffered",
]

Event = (
    AssetDeclared
    | ExchangeDeclared
    | Converted
    | AccountOpened
    | AccountFrozen
    | AccountUnfrozen
    | Minted
    | Burned
    | Transferred
    | CreditLineSet
    | CreditDrawn
    | DebtRepaid
    | HoldPlaced
    | HoldToppedUp
    | HoldPosted
    | HoldVoided
    | HoldExpired
    | HoldSettledUnreported
    | HoldReconciled
    | UsageRecorded
    | BudgetCreated
    | BudgetChanged
    | BudgetClosed
    | BudgetAssigned
    | BudgetAlertRaised
    | BudgetOverrun
    | TeamCreated
    | TeamFrozen
    | TeamUnfrozen
    | AgentCreated
    | AgentChanged
    | AgentFrozen
    | AgentUnfrozen
    | KeyIssued
    | KeyRotated
    | KeyRevoked
    | SigningKeyRegistered
    | ModeSet
    | ResourceDeclared
    | CapacityChanged
    | MarketCreated
    | MarketChanged
    | MarketHalted
    | MarketResumed
    | ScheduleRan
    | AuctionSkipped
    | SupplyShort
    | Granted
    | GrantUsed
    | GrantReleased
    | GrantExpired
    | AuctionAnnounced
    | AuctionOpened
    | AuctionExtended
    | BidPlaced
    | BidRaised
    | BidWithdrawn
    | StandingMoved
    | ClockTaken
    | BidCommitted
    | RevealStarted
    | CommitmentKept
    | BondForfeited
    | AuctionClosed
    | AuctionCleared
    | AuctionFailed
    | AuctionCancelled
    | RequestQueued
    | RequestServed
    | RequestDeclined
    | RequestEnded
    | PriceUpdated
    | PeriodShared
    | OrderPlaced
    | OrderReplaced
    | OrderCancelled
    | TradeExecuted
    | InboxRulesSet
    | HumanAsked
    | QuestionTaken
    | QuestionReturned
    | QuestionAnswered
    | HumanRewardIssued
    | QuestionDeclined
    | QuestionWithdrawn
    | QuestionExpired
    | PolicySet
    | PolicyApplied
    | AllowancesIssued
    | PromiseRulesSet
    | StakePosted
    | StakeUnbonding
    | StakeReleased
    | StakeSlashed
    | LossCompensated
    | StandingSet
    | ReputationChanged
    | CredibilitiesSet
    | TaskPosted
    | TaskCancelled
    | WorkOffered
    | OfferWithdrawn
    | ContractOpened
    | TaskReopened
    | TaskFailed
    | DeliveryReported
    | VoteCast
    | ContractJudged
    | VerdictChallenged
    | VerdictDefended
    | VerdictReferred
    | ContractSettled
    | DisputeBondLost
    | ContractInsured
    | ClaimPaid
    | LinePledged
    | LineDrawn
    | DebtCalled
    | SurplusVerified
)
