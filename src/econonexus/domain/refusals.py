"""Every reason we say no, in order of precedence.

A refusal is a value, not an exception: the economy understood the command and declined it, and
nothing has changed. Where several reasons hold, the one that stands earlier in `RefusalCode` is
given. The economy's refusals are final: journaled, and remembered under the command's id. Those marked
transient are the node's, about this moment only; they are never remembered, so a retry may succeed.
"""

import enum

import msgspec


class RefusalCode(enum.Enum):
    """Why a command was declined. Members stand in order of precedence."""

    # The node's own: the command never reached the economy.
    OVERLOADED = "overloaded", "The node has as many commands in hand as it may; try again shortly."
    UNREADY = "unready", "The node waits for its operator and decides nothing; its status says why."
    ID_REUSED = "id_reused", "This id came before with another body; use a new id for a new command."
    # The command itself is not well formed, whatever the state of the economy.
    INVALID_ID = (
        "invalid_id",
        "An id is 1 to 128 characters: a letter or digit, then letters, digits or ._:@/+-",
    )
    TEXT_TOO_LONG = "text_too_long", "The text is longer than its field allows; shorten it."
    AMOUNT_NOT_INTEGER = "amount_not_integer", "Money and time are whole numbers; give an int."
    AMOUNT_NOT_POSITIVE = "amount_not_positive", "The amount must be at least 1."
    AMOUNT_TOO_LARGE = "amount_too_large", "No amount may exceed 2**63 - 1."
    INVALID_BUDGET_RULE = (
        "invalid_budget_rule",
        "The budget's limit, window, carry-over or alerts are out of range.",
    )
    INVALID_CHARGE = (
        "invalid_charge",
        "A hold counts against at most 8 further budgets, each named once; name fewer.",
    )
    INVALID_RATE = "invalid_rate", "A rate has an amount and a number of units, both from 1 to 2**63 - 1."
    INVALID_AGENT = (
        "invalid_agent",
        "The agent's capabilities, metadata, weight, priority, models or wallet are out of range.",
    )
    INVALID_RESOURCE = (
        "invalid_resource",
        "A resource has a unit, a capacity and a period, none of them empty or 0.",
    )
    INVALID_TERMS = "invalid_terms", "The market's terms do not fit together or are out of range."
    NOT_WEIGHED = (
        "not_weighed",
        "The prices cannot follow from weighted bids; sell by first_price, second_price, discriminatory or "
        "multi_unit_vickrey, without a reserved share.",
    )
    NOTHING_LENT = (
        "nothing_lent",
        "Credit is for orders, and for bids that are not committed to first; leave it out.",
    )
    INVALID_AUCTION = "invalid_auction", "The auction's supply or times are out of range."
    INVALID_REQUEST = "invalid_request", "The request's units or limit are out of range."
    INVALID_BID = "invalid_bid", "What the bid offers, for what, is out of range."
    INVALID_INBOX_RULES = "invalid_inbox_rules", "The inbox's rules do not fit together or are out of range."
    INVALID_SCORES = "invalid_scores", "Each score is a whole number from 0 to 10."
    INVALID_POLICY = "invalid_policy", "The policy's period, share or amounts are out of range."
    INVALID_ORDER = "invalid_order", "The order's side, units, price, cap, grant or life are out of range."
    INVALID_COMMITMENT = (
        "invalid_commitment",
        "A commitment is SHA-256 of the bid's canonical text: 64 hexadecimal digits.",
    )
    INVALID_UNITS = "invalid_units", "Units are a whole number from 1 to 2**63 - 1."
    INVALID_PROMISE_RULES = "invalid_promise_rules", "The rules of stakes and penalties are out of range."
    INVALID_TASK = "invalid_task", "The task's capability, amounts, times or judges are out of range."
    INVALID_VERDICT = (
        "invalid_verdict",
        "No such verdict or quality can be given.",
    )
    INVALID_KEY = (
        "invalid_key",
        "A key is known by 64 hexadecimal digits: SHA-256 of its secret, or a public key itself.",
    )
    SAME_ACCOUNT = "same_account", "Source and destination are one account; name two."
    SAME_ASSET = "same_asset", "An exchange trades two different assets."
    # What the command names is not there, or is there already.
    ASSET_EXISTS = "asset_exists", "The asset is declared already."
    UNKNOWN_ASSET = "unknown_asset", "No such asset; declare it first."
    EXCHANGE_EXISTS = "exchange_exists", "The exchange is declared already."
    UNKNOWN_EXCHANGE = "unknown_exchange", "No such exchange; declare it first."
    TEAM_EXISTS = "team_exists", "There is a team of this name already."
    UNKNOWN_TEAM = "unknown_team", "No such team; create it first."
    AGENT_EXISTS = "agent_exists", "There is an agent of this name already."
    UNKNOWN_AGENT = "unknown_agent", "No such agent; create it first."
    KEY_EXISTS = "key_exists", "A key of this id or this secret exists already; make another."
    UNKNOWN_KEY = "unknown_key", "No such key, or it was revoked."
    ACCOUNT_EXISTS = "account_exists", "The account is open already."
    UNKNOWN_ACCOUNT = "unknown_account", "No such account; open it first."
    BUDGET_EXISTS = "budget_exists", "The budget exists already."
    UNKNOWN_BUDGET = "unknown_budget", "No such budget; create it first."
    RESOURCE_EXISTS = "resource_exists", "The resource is declared already."
    UNKNOWN_RESOURCE = "unknown_resource", "No such resource; declare it first."
    MARKET_EXISTS = "market_exists", "There is a market of this name already."
    UNKNOWN_MARKET = "unknown_market", "No such market; create it first."
    AUCTION_EXISTS = "auction_exists", "There is, or was, an auction of this name; choose another."
    UNKNOWN_AUCTION = "unknown_auction", "No such auction, or ended too long ago to be remembered."
    BID_EXISTS = "bid_exists", "The auction has a bid of this name already."
    UNKNOWN_BID = "unknown_bid", "The auction has no such bid of this agent."
    REQUEST_EXISTS = "request_exists", "There is, or was, a request of this name; choose another."
    UNKNOWN_REQUEST = "unknown_request", "No request of this name and agent waits in the market."
    ORDER_EXISTS = "order_exists", "There is, or was, an order of this name; choose another."
    UNKNOWN_GRANT = "unknown_grant", "No such grant, or ended too long ago to be remembered."
    QUESTION_EXISTS = "question_exists", "There is, or was, a question of this name; choose another."
    UNKNOWN_QUESTION = "unknown_question", "No such question, or ended too long ago to be remembered."
    UNKNOWN_ORDER = "unknown_order", "No such order of this agent, or closed too long ago to be remembered."
    TASK_EXISTS = "task_exists", "There is, or was, a task of this name; choose another."
    UNKNOWN_TASK = "unknown_task", "No such task, or ended too long ago to be remembered."
    UNKNOWN_OWNER = "unknown_owner", "No agent belongs to such an owner."
    NOTHING_AT_STAKE = "nothing_at_stake", "The agent has put nothing at stake."
    UNKNOWN_OFFER = (
        "unknown_offer",
        "The agent has no offer for the task, or has had the contract.",
    )
    UNKNOWN_CONTRACT = "unknown_contract", "No such contract, or ended too long ago to be remembered."
    UNKNOWN_JUDGE = "unknown_judge", "A judge is an agent; create it first."
    HOLD_EXISTS = "hold_exists", "A hold of this id was placed already."
    UNKNOWN_HOLD = "unknown_hold", "No such hold, or settled too long ago to be remembered."
    UNKNOWN_FEATURE = "unknown_feature", "No such feature; it is `gateway`, or `gateway:` and a model."
    # The things named do not fit together.
    WRONG_ACCOUNT_KIND = "wrong_account_kind", "An account of this kind cannot be used so."
    ASSET_MISMATCH = "asset_mismatch", "The assets differ; only a declared exchange crosses assets."
    CREDIT_ONLY = "credit_only", "Credit lines exist for the asset `credit` only."
    BUDGET_NOT_BENEATH = "budget_not_beneath", "The budget named is not the account's own nor beneath it."
    BUDGET_COUNTED_TWICE = (
        "budget_counted_twice",
        "The hold counts in this budget already; add to it there, or name another.",
    )
    BUDGET_TOO_DEEP = "budget_too_deep", "Budgets nest at most 8 levels deep."
    BUDGET_IN_USE = "budget_in_use", "The budget has children, accounts, holds or open bids; free it first."
    NOT_AN_AUCTION = "not_an_auction", "The market does not sell by auction."
    TAKES_NO_REQUESTS = (
        "takes_no_requests",
        "The market neither posts a price nor shares out; bid in its auctions, or place an order.",
    )
    TOO_FEW_UNITS = (
        "too_few_units",
        "A base fee needs at least 16 units a period; use an auction, or another pricing.",
    )
    NOT_A_BOOK = "not_a_book", "The market does not trade by an order book."
    NO_COMMITMENTS = "no_commitments", "The auction takes bids, not commitments to them; place the bid."
    COMMITMENT_NEEDED = (
        "commitment_needed",
        "The auction takes commitments; commit to the bid now, and reveal it after the close.",
    )
    COMMITMENT_BROKEN = "commitment_broken", "What was revealed is not what was committed to; reveal that."
    SIGNATURE_NEEDED = "signature_needed", "The market takes signed bids alone; sign it."
    NOT_SOLD_HERE = "not_sold_here", "The item is none of those that are sold here."
    NOT_A_SELLER = (
        "not_a_seller",
        "The market does not let this agent sell, or only what it was granted.",
    )
    OVER_CAPACITY = "over_capacity", "The resource has fewer units free than that, at some time in between."
    CAPACITY_PROMISED = (
        "capacity_promised",
        "More units than that are promised already, at some time to come.",
    )
    ORDERS_REST = (
        "orders_rest",
        "Orders rest in the book; it can be changed when they are gone.",
    )
    BELOW_RESERVE = "below_reserve", "The price is below the reserve; offer that at least."
    STALE_FENCE = "stale_fence", "The fencing token is not the grant's."
    OWN_TASK = "own_task", "Who asks for a task cannot be paid for it, nor can its owner's other agents."
    JUDGES_TASK = "judges_task", "Who judges a task cannot do it, nor can its owner's other agents."
    NOT_CAPABLE = "not_capable", "The agent does not declare the capability that the task asks for."
    OVER_CEILING = "over_ceiling", "The price is above the task's ceiling."
    NOT_A_JUDGE = "not_a_judge", "Only its requester, or its judges where it has any, can judge a contract."
    NOT_A_PARTY = "not_a_party", "It is for one side of the contract to do this, and the agent is not that."
    COVER_TOO_LARGE = (
        "cover_too_large",
        "A contract is insured for no more than its payment, its bond, and what a record can speak for.",
    )
    DEADLINE_PASSED = "deadline_passed", "The deadline must lie in the future, and may only be moved later."
    # The state of things forbids it.
    AUCTION_NOT_OPEN = "auction_not_open", "The auction does not take bids, or not any more."
    NOT_REVEALING = "not_revealing", "The auction is not, or no longer, in its time of revealing bids."
    AUCTION_NOT_CLEARING = "auction_not_clearing", "The auction waits for no outcome, or not any more."
    SCHEDULE_NOT_DUE = "schedule_not_due", "The market's schedule asks for nothing now."
    AUCTION_NOT_DUE = "auction_not_due", "Nothing is due in the auction."
    TASK_NOT_OPEN = "task_not_open", "The task is awarded or over, and takes neither offers nor a change."
    TASK_NOT_DUE = "task_not_due", "The task's time for offers is not over."
    TOO_MANY_OFFERS = "too_many_offers", "As many offer to do the task as may."
    MARKET_HALTED = "market_halted", "The market is halted; wait until it goes on."
    MARKET_NOT_HALTED = "market_not_halted", "The market is not halted."
    TOO_MANY_WAITING = "too_many_waiting", "As many requests wait as may; ask again after the period."
    PRICE_OVER_LIMIT = "price_over_limit", "A unit costs more than that now; offer more, or wait."
    MARKET_NOT_DUE = "market_not_due", "Nothing is due in the market."
    ORDER_CLOSED = "order_closed", "The order has traded, lapsed or been cancelled."
    BOOK_FULL = "book_full", "As many orders rest in the book as may; wait until some are gone."
    BELOW_STANDING = "below_standing", "The price is below the next least bid; offer that at least."
    BID_STANDS = "bid_stands", "The market's terms do not let a bid be changed like this."
    GRANT_ENDED = "grant_ended", "The grant has expired or was released."
    GRANT_NOT_BEGUN = "grant_not_begun", "The grant's time has not begun."
    GRANT_NOT_DUE = "grant_not_due", "The grant's time is not over; release it to end it now."
    UNITS_OVER_GRANT = "units_over_grant", "More units than the grant has left."
    CONTRACT_NOT_OPEN = "contract_not_open", "The contract is past that."
    CONTRACT_NOT_JUDGED = "contract_not_judged", "There is no verdict to challenge, or not any more."
    CLAIMS_NOTHING = (
        "claims_nothing",
        "A provider can claim a better verdict than was given, a requester a worse.",
    )
    CONTRACT_NOT_CHALLENGED = "contract_not_challenged", "There is no challenge to answer."
    CONTRACT_NOT_DISPUTED = "contract_not_disputed", "There is no dispute to decide."
    CONTRACT_NOT_DUE = "contract_not_due", "Nothing is due in the contract."
    NOT_DELIVERED = (
        "not_delivered",
        "Before the delivery only a requester that judges itself can speak, and only to be satisfied.",
    )
    VOTED_ALREADY = "voted_already", "The judge has given its vote."
    STAKE_TOO_SMALL = (
        "stake_too_small",
        "Too little stake is free for this; put up more, or wait.",
    )
    REPUTATION_TOO_LOW = (
        "reputation_too_low",
        "The record proves less than this asks for.",
    )
    QUESTION_ENDED = "question_ended", "The question was answered, declined or withdrawn, or has expired."
    QUESTION_TAKEN = (
        "question_taken",
        "A human has taken the question; wait until it is answered or comes back.",
    )
    QUESTION_NOT_TAKEN = "question_not_taken", "Take the question first, so that nobody else answers it too."
    QUESTION_NOT_DUE = "question_not_due", "Nothing is due with the question."
    MINUTES_OVER_QUESTION = "minutes_over_question", "More minutes than the question has reserved."
    ATTENTION_EXHAUSTED = (
        "attention_exhausted",
        "Humans have promised as many minutes as they give in a period; wait until some are free.",
    )
    INBOX_FULL = "inbox_full", "Too many questions wait; withdraw some, or wait until they are answered."
    POLICY_NOT_DUE = "policy_not_due", "No period of the policy is over."
    TOO_LATE_TO_INSURE = (
        "too_late_to_insure",
        "A contract can be insured while nobody can know how it will end; do it as soon as it is awarded.",
    )
    INSURED_ALREADY = "insured_already", "The contract is insured."
    STAKE_IN_USE = "stake_in_use", "So much is not free: it backs contracts, or is being withdrawn already."
    TOO_MANY_UNBONDING = (
        "too_many_unbonding",
        "As many withdrawals wait as may; wait for one of them.",
    )
    STAKE_NOT_DUE = "stake_not_due", "Nothing is to be given back now."
    FEEDBACK_NOT_DUE = "feedback_not_due", "Nothing was said that is to be weighed now."
    DEBT_NOT_DUE = "debt_not_due", "Nothing that was lent is to be called now."
    OWNER_SUSPENDED = "owner_suspended", "The owner is suspended or banned: its agents take on nothing new."
    HOLD_STILL_OPEN = "hold_still_open", "The hold still runs; post or void it."
    HOLD_ALREADY_SETTLED = "hold_already_settled", "The hold was posted, voided or reconciled before."
    HOLD_EXPIRED = "hold_expired", "The hold passed its deadline and was released."
    HOLD_NOT_DUE = "hold_not_due", "The hold's deadline has not come; void it to release it now."
    AMOUNT_OVER_HOLD = "amount_over_hold", "More than the hold reserves; top it up first."
    BALANCE_TOO_LARGE = "balance_too_large", "The receiving balance would exceed 2**63 - 1."
    ACCOUNT_FROZEN = "account_frozen", "The account is frozen: nothing new leaves it."
    ACCOUNT_NOT_FROZEN = "account_not_frozen", "The account is not frozen."
    AGENT_FROZEN = "agent_frozen", "The agent is frozen: nothing new leaves what it owns."
    AGENT_NOT_FROZEN = "agent_not_frozen", "The agent is not frozen."
    TEAM_FROZEN = "team_frozen", "The team is frozen: nothing new leaves what it and its agents own."
    TEAM_NOT_FROZEN = "team_not_frozen", "The team is not frozen."
    CREDIT_LINE_IN_USE = (
        "credit_line_in_use",
        "The line cannot be set below what is owed; let income repay that first.",
    )
    CREDIT_LINE_EXCEEDED = "credit_line_exceeded", "More than the credit line has left."
    INSUFFICIENT_FUNDS = "insufficient_funds", "The account has less available than this needs."
    OVER_BIDDING_POWER = (
        "over_bidding_power",
        "With its record the agent may bid no more of its funds here, debts included; bid less.",
    )
    BUDGET_EXHAUSTED = "budget_exhausted", "A budget has less left than this needs."
    REWARDS_EXHAUSTED = "rewards_exhausted", "The day's pool for rewards has less left than that."

    meaning: str

    def __new__(cls, code: str, meaning: str) -> "RefusalCode":
        """A member is its code; the sentence beside it says what it means and what to do."""
        member = object.__new__(cls)
        member._value_ = code
        member.meaning = meaning
        return member

    @property
    def transient(self) -> bool:
        """Whether the same command under the same id may yet succeed."""
        return self in (RefusalCode.OVERLOADED, RefusalCode.UNREADY)

    @property
    def journaled(self) -> bool:
        """Whether the refusal is kept under the command's id: it is the economy's own answer."""
        return not self.transient and self is not RefusalCode.ID_REUSED


class Refusal(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag="refused/1"):
    """One command declined: why, which field or level decided, and by which numbers.

    `field` is the command's field at fault; `subject` the account, hold or budget that decided;
    `requested` and `available` are amounts in the asset's smallest unit.
    """

    code: RefusalCode
    field: str = ""
    subject: str = ""
    requested: int | None = None
    available: int | None = None

    def sentence(self) -> str:
        """The refusal as one line for a person."""
        facts = [
            f"field {self.field}" if self.field else "",
            self.subject,
            f"requested {self.requested}" if self.requested is not None else "",
            f"available {self.available}" if self.available is not None else "",
        ]
        known = ", ".join(fact for fact in facts if fact)
        return f"{self.code.value}: {self.code.meaning}" + (f" ({known})" if known else "")


_PLACE = {code: place for place, code in enumerate(RefusalCode)}


def earliest(*refusals: Refusal | None) -> Refusal | None:
    """Of several checks made side by side, the refusal that takes precedence; None where all passed."""
    first: Refusal | None = None
    if not any(refusals):  # So it is nearly always.
        return None
    for refusal in refusals:
        if refusal is not None and (first is None or _PLACE[refusal.code] < _PLACE[first.code]):
            first = refusal
    return first
