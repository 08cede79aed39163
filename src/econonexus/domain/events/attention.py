"""Questions for a human, and how they were answered."""

from econonexus.domain.attention import InboxRules, Scores
from econonexus.domain.events.form import EventForm, Private
from econonexus.domain.ids import AccountId, AgentId, BudgetId, Instant, QuestionId
from econonexus.domain.money import Amount


class InboxRulesSet(EventForm, frozen=True, tag="inbox_rules_set/1"):
    """Questions are ordered, wait and are paid by these rules from now on."""

    rules: InboxRules


class HumanAsked(EventForm, frozen=True, tag="human_asked/1"):
    """`agent` asks for a human's time, and `held` of source is reserved for destination.

    `price` is for a minute.
    """

    question: QuestionId
    agent: AgentId
    source: AccountId
    destination: AccountId
    minutes: int
    price: Amount
    held: Amount
    expires_at: Instant
    budgets: tuple[BudgetId, ...] = ()
    subject: Private = ""
    text: Private = ""


class QuestionTaken(EventForm, frozen=True, tag="question_taken/1"):
    """`human` alone may answer a question until `until`.

    So many minutes are promised until `promised_until`, where it was not that human's already.
    """

    question: QuestionId
    agent: AgentId
    human: str
    minutes: int
    until: Instant
    promised_until: Instant


class QuestionReturned(EventForm, frozen=True, tag="question_returned/1"):
    """Who had taken a question did not answer in time: it waits again, and its minutes are free."""

    question: QuestionId
    agent: AgentId
    human: str


class QuestionAnswered(EventForm, frozen=True, tag="question_answered/1"):
    """A human answered: `paid`, for the `minutes` used, went from source to destination, the rest is free."""

    question: QuestionId
    agent: AgentId
    human: str
    source: AccountId
    destination: AccountId
    minutes: int
    paid: Amount
    released: Amount
    budgets: tuple[BudgetId, ...] = ()
    scores: Scores | None = None
    answer: Private = ""


class HumanRewardIssued(EventForm, frozen=True, tag="human_reward_issued/1"):
    """A human rewarded an agent in new credits, from `source`, the mint, to destination.

    `rewarded` is what was given on that day, UTC, counted from 1970-01-01, of its `pool`.
    """

    question: QuestionId
    agent: AgentId
    human: str
    source: AccountId
    destination: AccountId
    amount: Amount
    day: int
    rewarded: Amount
    pool: Amount


class QuestionDeclined(EventForm, frozen=True, tag="question_declined/1"):
    """A human turned a question down; all that was reserved for it is available again."""

    question: QuestionId
    agent: AgentId
    human: str
    source: AccountId
    released: Amount
    reason: Private = ""


class QuestionWithdrawn(EventForm, frozen=True, tag="question_withdrawn/1"):
    """An agent took its question back; all that was reserved for it is available again."""

    question: QuestionId
    agent: AgentId
    source: AccountId
    released: Amount


class QuestionExpired(EventForm, frozen=True, tag="question_expired/1"):
    """Nobody answered a question in time; all that was reserved for it is available again."""

    question: QuestionId
    agent: AgentId
    source: AccountId
    released: Amount
