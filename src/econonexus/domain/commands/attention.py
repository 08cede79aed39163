"""Requests for a human, and how they are answered."""

from econonexus.domain.attention import InboxRules, Scores
from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, Instant, RequestId
from econonexus.domain.money import Amount


class SetInboxRules(CommandForm, frozen=True):
    """Say how requests are ordered, how long they wait and where their money goes, from now on.

    Requests that wait keep what is reserved for them, and for whom. Refused: `invalid_inbox_rules`,
    `unknown_account`, `wrong_account_kind`, `asset_mismatch`.
    """

    rules: InboxRules


class AskHuman(CommandForm, frozen=True):
    """Ask for up to `minutes` of a human's time at `price` a minute, and have so much money reserved.

    `subject` (at most 256 characters) and `question` (16,384) are personal texts. The request waits until
    `expires_at`, by default for as long as the inbox's rules say. Refused: `invalid_units`, `unknown_agent`,
    `unknown_resource`, `request_exists`, `over_capacity`, `below_reserve`, `deadline_passed`, `inbox_full`,
    `wrong_account_kind`, `asset_mismatch`, `account_frozen`, `agent_frozen`, `team_frozen`,
    `insufficient_funds`, `budget_exhausted`.
    """

    request: RequestId
    agent: AgentId
    minutes: int
    price: Amount
    subject: str
    question: str = ""
    expires_at: Instant | None = None


class TakeRequest(CommandForm, frozen=True):
    """Keep a request for `human` alone, for the time it asks for and the inbox's grace.

    So many minutes are promised, for one period of `attention.minutes`. Whoever has it may take it again, to
    keep it longer. Refused: `unknown_request`, `over_capacity`, `deadline_passed`, `request_ended`,
    `request_taken`.
    """

    request: RequestId
    human: str


class AnswerRequest(CommandForm, frozen=True):
    """Answer a request that `human` has taken: `minutes` of those reserved are paid, the rest is released.

    `answer` is personal text (at most 16,384 characters). `reward` is issued to the agent in new credits, out
    of the day's pool. Refused: `invalid_scores`, `invalid_units`, `unknown_request`, `request_ended`,
    `request_taken`, `request_not_taken`, `minutes_over_request`, `balance_too_large`, `rewards_exhausted`.
    """

    request: RequestId
    human: str
    minutes: int
    answer: str
    scores: Scores | None = None
    reward: Amount = Amount(0)


class DeclineRequest(CommandForm, frozen=True):
    """Turn a request down that waits, or that `human` has taken: its money is released.

    `reason` is personal text (at most 1,024 characters). Refused: `unknown_request`, `request_ended`,
    `request_taken`.
    """

    request: RequestId
    human: str
    reason: str = ""


class WithdrawRequest(CommandForm, frozen=True):
    """Take one's own request back while nobody answers it. `agent` as in `PostHold`.

    Refused: `unknown_request`, `request_ended`, `request_taken`.
    """

    request: RequestId
    agent: AgentId | None = None


class AdvanceRequest(CommandForm, frozen=True):
    """Do what is due with a request: put it back that was taken and not answered, or let it expire.

    The node asks this by itself. Refused: `unknown_request`, `request_ended`, `request_not_due`.
    """

    request: RequestId
