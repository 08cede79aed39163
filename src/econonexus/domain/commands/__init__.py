"""Everything that can be asked of the economy.

A command either is refused, and nothing changes, or yields events. Amounts are whole numbers of the
asset's smallest unit, instants are nanoseconds UTC, and every id is a name as `ids` defines it. Each
docstring says what the command does and what it may be refused for, beside what its form forbids
(`invalid_id`, `text_too_long`, `amount_not_integer`, `amount_not_positive`, `amount_too_large`).
"""

from econonexus.domain.commands.access import IssueKey, RegisterSigningKey, RevokeKey, RotateKey, SetMode
from econonexus.domain.commands.agents import (
    ChangeAgent,
    CreateAgent,
    CreateTeam,
    FreezeAgent,
    FreezeTeam,
    UnfreezeAgent,
    UnfreezeTeam,
)
from econonexus.domain.commands.assets import (
    Convert,
    DeclareAsset,
    DeclareExchange,
    FreezeAccount,
    OpenAccount,
    UnfreezeAccount,
)
from econonexus.domain.commands.attention import (
    AdvanceQuestion,
    AnswerQuestion,
    AskHuman,
    DeclineQuestion,
    SetInboxRules,
    TakeQuestion,
    WithdrawQuestion,
)
from econonexus.domain.commands.auctions import (
    AdvanceAuction,
    AnnounceAuction,
    Blocked,
    CancelAuction,
    CloseAuction,
    CommitBid,
    PlaceBid,
    RaiseBid,
    RevealBid,
    SubmitOutcome,
    WithdrawBid,
)
from econonexus.domain.commands.budgets import AssignBudget, ChangeBudget, CloseBudget, CreateBudget
from econonexus.domain.commands.contracts import (
    AdvanceContract,
    ChallengeVerdict,
    DecideDispute,
    DefendVerdict,
    InsureContract,
    JudgeContract,
    ReportDelivery,
)
from econonexus.domain.commands.holds import (
    ExpireHold,
    PlaceHold,
    PostHold,
    ReconcileHold,
    RecordUsage,
    SettleUnreported,
    TopUpHold,
    VoidHold,
)
from econonexus.domain.commands.lines import CallDebt
from econonexus.domain.commands.markets import (
    ChangeCapacity,
    ChangeMarket,
    CreateMarket,
    DeclareResource,
    ExpireGrant,
    FreezeMarket,
    ReleaseGrant,
    ResumeMarket,
    RunSchedule,
    UnfreezeMarket,
    UseGrant,
)
from econonexus.domain.commands.money import Burn, DrawCredit, Mint, SetCreditLine, Transfer
from econonexus.domain.commands.orders import CancelOrder, CloseBook, PlaceOrder, ReplaceOrder
from econonexus.domain.commands.policy import ApplyPolicy, SetPolicy
from econonexus.domain.commands.requests import AdvanceMarket, RequestUnits, WithdrawRequest
from econonexus.domain.commands.stakes import (
    PostStake,
    ReleaseStake,
    SetPromiseRules,
    SetStanding,
    UnbondStake,
    WeighFeedback,
)
from econonexus.domain.commands.tasks import (
    AdvanceTask,
    CancelTask,
    OfferWork,
    PostTask,
    WithdrawOffer,
)

__all__ = [
    "AdvanceAuction",
    "AdvanceContract",
    "AdvanceMarket",
    "AdvanceQuestion",
    "AdvanceTask",
    "AnnounceAuction",
    "AnswerQuestion",
    "ApplyPolicy",
    "AskHuman",
    "AssignBudget",
    "Blocked",
    "Burn",
    "CallDebt",
    "CancelAuction",
    "CancelOrder",
    "CancelTask",
    "ChallengeVerdict",
    "ChangeAgent",
    "ChangeBudget",
    "ChangeCapacity",
    "ChangeMarket",
    "CloseAuction",
    "CloseBook",
    "CloseBudget",
    "Command",
    "CommitBid",
    "Convert",
    "CreateAgent",
    "CreateBudget",
    "CreateMarket",
    "CreateTeam",
    "DecideDispute",
    "DeclareAsset",
    "DeclareExchange",
    "DeclareResource",
    "DeclineQuestion",
    "DefendVerdict",
    "DrawCredit",
    "ExpireGrant",
    "ExpireHold",
    "FreezeAccount",
    "FreezeAgent",
    "FreezeMarket",
    "FreezeTeam",
    "InsureContract",
    "IssueKey",
    "JudgeContract",
    "Mint",
    "OfferWork",
    "OpenAccount",
    "PlaceBid",
    "PlaceHold",
    "PlaceOrder",
    "PostHold",
    "PostStake",
    "PostTask",
    "RaiseBid",
    "ReconcileHold",
    "RecordUsage",
    "RegisterSigningKey",
    "ReleaseGrant",
    "ReleaseStake",
    "ReplaceOrder",
    "ReportDelivery",
    "RequestUnits",
    "ResumeMarket",
    "RevealBid",
    "RevokeKey",
    "RotateKey",
    "RunSchedule",
    "SetCreditLine",
    "SetInboxRules",
    "SetMode",
    "SetPolicy",
    "SetPromiseRules",
    "SetStanding",
    "SettleUnreported",
    "SubmitOutcome",
    "TakeQuestion",
    "TopUpHold",
    "Transfer",
    "UnbondStake",
    "UnfreezeAccount",
    "UnfreezeAgent",
    "UnfreezeMarket",
    "UnfreezeTeam",
    "UseGrant",
    "VoidHold",
    "WeighFeedback",
    "WithdrawBid",
    "WithdrawOffer",
    "WithdrawQuestion",
    "WithdrawRequest",
]

Command = (
    DeclareAsset
    | DeclareExchange
    | Convert
    | OpenAccount
    | FreezeAccount
    | UnfreezeAccount
    | Mint
    | Burn
    | Transfer
    | SetCreditLine
    | DrawCredit
    | PlaceHold
    | TopUpHold
    | PostHold
    | VoidHold
    | ExpireHold
    | SettleUnreported
    | ReconcileHold
    | RecordUsage
    | CreateBudget
    | ChangeBudget
    | CloseBudget
    | AssignBudget
    | CreateTeam
    | FreezeTeam
    | UnfreezeTeam
    | CreateAgent
    | ChangeAgent
    | FreezeAgent
    | UnfreezeAgent
    | IssueKey
    | RotateKey
    | RevokeKey
    | RegisterSigningKey
    | SetMode
    | DeclareResource
    | ChangeCapacity
    | CreateMarket
    | ChangeMarket
    | FreezeMarket
    | UnfreezeMarket
    | RunSchedule
    | UseGrant
    | ReleaseGrant
    | ExpireGrant
    | AnnounceAuction
    | PlaceBid
    | RaiseBid
    | WithdrawBid
    | CommitBid
    | RevealBid
    | CloseAuction
    | CancelAuction
    | AdvanceAuction
    | SubmitOutcome
    | RequestUnits
    | WithdrawRequest
    | AdvanceMarket
    | PlaceOrder
    | ReplaceOrder
    | CancelOrder
    | CloseBook
    | ResumeMarket
    | SetInboxRules
    | AskHuman
    | TakeQuestion
    | AnswerQuestion
    | DeclineQuestion
    | WithdrawQuestion
    | AdvanceQuestion
    | SetPolicy
    | ApplyPolicy
    | SetPromiseRules
    | PostStake
    | UnbondStake
    | ReleaseStake
    | SetStanding
    | WeighFeedback
    | PostTask
    | CancelTask
    | OfferWork
    | WithdrawOffer
    | AdvanceTask
    | ReportDelivery
    | JudgeContract
    | ChallengeVerdict
    | DefendVerdict
    | DecideDispute
    | AdvanceContract
    | InsureContract
    | CallDebt
)
