"""Questions for a human, and how they are answered."""

from econonexus.domain.attention import InboxRules, Scores
from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, Instant, QuestionId
from econonexus.domain.money import Amount


class SetInboxRules(CommandForm, frozen=True):
    """Say how questions are ordered, how long they wait and where their money goes, from now on.

    Questions that wait keep what is reserved for them, and for whom. Refused: `invalid_inbox_rules`,
    `unknown_account`, `wrong_account_kind`, `asset_mismatch`.
    """

    rules: InboxRules


class AskHuman(CommandForm, frozen=True):
    """Ask for up to `minutes` of a human's time at `price` a minute, and have so much money reserved.

    `subject` (at most 256 characters) and `text` (16,384) are personal texts. The question waits until
    `expires_at`, by default for as long as the inbox's rules say. Refused: `invalid_units`, `same_account`,
    `unknown_agent`, `unknown_resource`, `question_exists`, `wrong_account_kind`, `asset_mismatch`,
    `over_capacity`, `below_reserve`, `deadline_passed`, `inbox_full`, `owner_suspended`, `account_frozen`,
    `agent_frozen`, `team_frozen`, `insufficient_funds`, `budget_exhausted`.
    """

    question: QuestionId
    agent: AgentId
    minutes: int
    price: Amount
    subject: str
    text: str = ""
    expires_at: Instant | None = None


class TakeQuestion(CommandForm, frozen=True):
    """Keep a question for `human` alone, for the time it asks for and the inbox's grace.

    So many minutes are promised, for one period of `attention.minutes`. Whoever has it may take it again, to
    keep it longer, but not beyond its deadline. Refused: `unknown_question`, `question_ended`,
    `question_taken`, `attention_exhausted`.
    """

    question: QuestionId
    human: str


class AnswerQuestion(CommandForm, frozen=True):
    """Answer a question that `human` has taken: `minutes` of those reserved are paid, the rest is released.

    `answer` is personal text (at most 16,384 characters). `reward` is issued to the agent in new credits, out
    of the day's pool. Refused: `invalid_scores`, `invalid_units`, `unknown_question`, `question_ended`,
    `question_taken`, `question_not_taken`, `minutes_over_question`, `balance_too_large`, `rewards_exhausted`.
    """

    question: QuestionId
    human: str
    minutes: int
    answer: str
    scores: Scores | None = None
    reward: Amount = Amount(0)


class DeclineQuestion(CommandForm, frozen=True):
    """Turn a question down that waits, or that `human` has taken: its money is released.

    `reason` is personal text (at most 1,024 characters). Refused: `unknown_question`, `question_ended`,
    `question_taken`.
    """

    question: QuestionId
    human: str
    reason: str = ""


class WithdrawQuestion(CommandForm, frozen=True):
    """Take one's own question back while nobody answers it. `agent` as in `PostHold`.

    Refused: `unknown_question`, `question_ended`, `question_taken`.
    """

    question: QuestionId
    agent: AgentId | None = None


class AdvanceQuestion(CommandForm, frozen=True):
    """Do what is due with a question: put it back that was taken and not answered, or let it expire.

    The node asks this by itself. Refused: `unknown_question`, `question_ended`, `question_not_due`.
    """

    question: QuestionId
