"""How the API says no: RFC 9457 problem details, each with a `code` to act on.

A refusal's code is its name; the edge adds the few that concern HTTP alone.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec
from msgspec import Meta

from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.interfaces.http.choices import with_choices
from econonexus.interfaces.http.complaints import plainly
from econonexus.interfaces.http.hints import hint
from econonexus.node.writer import NodeStopped
from econonexus.ports import JournalFault

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = "1"

_BAD_INPUT, _TOO_POOR, _NOT_ALLOWED, _NOT_FOUND, _CONFLICT, _NOT_NOW = 400, 402, 403, 404, 409, 503

STATUS: Mapping[RefusalCode, int] = {
    RefusalCode.OVERLOADED: _NOT_NOW,
    RefusalCode.UNREADY: _NOT_NOW,
    RefusalCode.ID_REUSED: _CONFLICT,
    RefusalCode.INVALID_ID: _BAD_INPUT,
    RefusalCode.TEXT_TOO_LONG: _BAD_INPUT,
    RefusalCode.AMOUNT_NOT_INTEGER: _BAD_INPUT,
    RefusalCode.AMOUNT_NOT_POSITIVE: _BAD_INPUT,
    RefusalCode.AMOUNT_TOO_LARGE: _BAD_INPUT,
    RefusalCode.INVALID_BUDGET_RULE: _BAD_INPUT,
    RefusalCode.INVALID_CHARGE: _BAD_INPUT,
    RefusalCode.INVALID_RATE: _BAD_INPUT,
    RefusalCode.INVALID_AGENT: _BAD_INPUT,
    RefusalCode.INVALID_RESOURCE: _BAD_INPUT,
    RefusalCode.INVALID_TERMS: _BAD_INPUT,
    RefusalCode.NOT_WEIGHED: _BAD_INPUT,
    RefusalCode.NOTHING_LENT: _BAD_INPUT,
    RefusalCode.INVALID_AUCTION: _BAD_INPUT,
    RefusalCode.INVALID_BID: _BAD_INPUT,
    RefusalCode.INVALID_ORDER: _BAD_INPUT,
    RefusalCode.INVALID_COMMITMENT: _BAD_INPUT,
    RefusalCode.INVALID_UNITS: _BAD_INPUT,
    RefusalCode.INVALID_INBOX_RULES: _BAD_INPUT,
    RefusalCode.INVALID_SCORES: _BAD_INPUT,
    RefusalCode.INVALID_POLICY: _BAD_INPUT,
    RefusalCode.INVALID_KEY: _BAD_INPUT,
    RefusalCode.SAME_ACCOUNT: _BAD_INPUT,
    RefusalCode.SAME_ASSET: _BAD_INPUT,
    RefusalCode.ASSET_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_ASSET: _NOT_FOUND,
    RefusalCode.EXCHANGE_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_EXCHANGE: _NOT_FOUND,
    RefusalCode.TEAM_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_TEAM: _NOT_FOUND,
    RefusalCode.AGENT_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_AGENT: _NOT_FOUND,
    RefusalCode.KEY_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_KEY: _NOT_FOUND,
    RefusalCode.ACCOUNT_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_ACCOUNT: _NOT_FOUND,
    RefusalCode.BUDGET_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_BUDGET: _NOT_FOUND,
    RefusalCode.RESOURCE_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_RESOURCE: _NOT_FOUND,
    RefusalCode.MARKET_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_MARKET: _NOT_FOUND,
    RefusalCode.AUCTION_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_AUCTION: _NOT_FOUND,
    RefusalCode.BID_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_BID: _NOT_FOUND,
    RefusalCode.ORDER_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_GRANT: _NOT_FOUND,
    RefusalCode.UNKNOWN_ORDER: _NOT_FOUND,
    RefusalCode.QUESTION_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_QUESTION: _NOT_FOUND,
    RefusalCode.HOLD_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_HOLD: _NOT_FOUND,
    RefusalCode.UNKNOWN_FEATURE: _NOT_FOUND,
    RefusalCode.WRONG_ACCOUNT_KIND: _CONFLICT,
    RefusalCode.ASSET_MISMATCH: _CONFLICT,
    RefusalCode.CREDIT_ONLY: _CONFLICT,
    RefusalCode.BUDGET_NOT_BENEATH: _CONFLICT,
    RefusalCode.BUDGET_COUNTED_TWICE: _CONFLICT,
    RefusalCode.BUDGET_TOO_DEEP: _CONFLICT,
    RefusalCode.BUDGET_IN_USE: _CONFLICT,
    RefusalCode.NOT_AN_AUCTION: _CONFLICT,
    RefusalCode.NOT_A_BOOK: _CONFLICT,
    RefusalCode.NO_COMMITMENTS: _CONFLICT,
    RefusalCode.COMMITMENT_NEEDED: _CONFLICT,
    RefusalCode.COMMITMENT_BROKEN: _CONFLICT,
    RefusalCode.SIGNATURE_NEEDED: _NOT_ALLOWED,
    RefusalCode.NOT_SOLD_HERE: _CONFLICT,
    RefusalCode.NOT_A_SELLER: _NOT_ALLOWED,
    RefusalCode.OVER_CAPACITY: _CONFLICT,
    RefusalCode.CAPACITY_PROMISED: _CONFLICT,
    RefusalCode.ORDERS_REST: _CONFLICT,
    RefusalCode.BELOW_RESERVE: _CONFLICT,
    RefusalCode.STALE_FENCE: _CONFLICT,
    RefusalCode.DEADLINE_PASSED: _CONFLICT,
    RefusalCode.MARKET_HALTED: _CONFLICT,
    RefusalCode.MARKET_NOT_HALTED: _CONFLICT,
    RefusalCode.MARKET_NOT_DUE: _CONFLICT,
    RefusalCode.ORDER_CLOSED: _CONFLICT,
    RefusalCode.BOOK_FULL: _CONFLICT,
    RefusalCode.AUCTION_NOT_OPEN: _CONFLICT,
    RefusalCode.NOT_REVEALING: _CONFLICT,
    RefusalCode.AUCTION_NOT_CLEARING: _CONFLICT,
    RefusalCode.SCHEDULE_NOT_DUE: _CONFLICT,
    RefusalCode.AUCTION_NOT_DUE: _CONFLICT,
    RefusalCode.BELOW_STANDING: _CONFLICT,
    RefusalCode.BID_STANDS: _CONFLICT,
    RefusalCode.GRANT_ENDED: _CONFLICT,
    RefusalCode.GRANT_NOT_BEGUN: _CONFLICT,
    RefusalCode.GRANT_NOT_DUE: _CONFLICT,
    RefusalCode.UNITS_OVER_GRANT: _CONFLICT,
    RefusalCode.STAKE_TOO_SMALL: _NOT_ALLOWED,
    RefusalCode.REPUTATION_TOO_LOW: _NOT_ALLOWED,
    RefusalCode.QUESTION_ENDED: _CONFLICT,
    RefusalCode.QUESTION_TAKEN: _CONFLICT,
    RefusalCode.QUESTION_NOT_TAKEN: _CONFLICT,
    RefusalCode.QUESTION_NOT_DUE: _CONFLICT,
    RefusalCode.MINUTES_OVER_QUESTION: _CONFLICT,
    RefusalCode.ATTENTION_EXHAUSTED: _CONFLICT,
    RefusalCode.INBOX_FULL: _CONFLICT,
    RefusalCode.POLICY_NOT_DUE: _CONFLICT,
    RefusalCode.HOLD_STILL_OPEN: _CONFLICT,
    RefusalCode.HOLD_ALREADY_SETTLED: _CONFLICT,
    RefusalCode.HOLD_EXPIRED: _CONFLICT,
    RefusalCode.HOLD_NOT_DUE: _CONFLICT,
    RefusalCode.AMOUNT_OVER_HOLD: _CONFLICT,
    RefusalCode.BALANCE_TOO_LARGE: _CONFLICT,
    RefusalCode.ACCOUNT_FROZEN: _NOT_ALLOWED,
    RefusalCode.ACCOUNT_NOT_FROZEN: _CONFLICT,
    RefusalCode.AGENT_FROZEN: _NOT_ALLOWED,
    RefusalCode.AGENT_NOT_FROZEN: _CONFLICT,
    RefusalCode.TEAM_FROZEN: _NOT_ALLOWED,
    RefusalCode.TEAM_NOT_FROZEN: _CONFLICT,
    RefusalCode.CREDIT_LINE_IN_USE: _CONFLICT,
    RefusalCode.CREDIT_LINE_EXCEEDED: _TOO_POOR,
    RefusalCode.INSUFFICIENT_FUNDS: _TOO_POOR,
    RefusalCode.OVER_BIDDING_POWER: _TOO_POOR,
    RefusalCode.BUDGET_EXHAUSTED: _TOO_POOR,
    RefusalCode.INVALID_REQUEST: _BAD_INPUT,
    RefusalCode.REQUEST_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_REQUEST: _NOT_FOUND,
    RefusalCode.TAKES_NO_REQUESTS: _CONFLICT,
    RefusalCode.TOO_FEW_UNITS: _CONFLICT,
    RefusalCode.TOO_MANY_WAITING: _CONFLICT,
    RefusalCode.PRICE_OVER_LIMIT: _CONFLICT,
    RefusalCode.REWARDS_EXHAUSTED: _CONFLICT,
    RefusalCode.INVALID_PROMISE_RULES: _BAD_INPUT,
    RefusalCode.UNKNOWN_OWNER: _NOT_FOUND,
    RefusalCode.NOTHING_AT_STAKE: _CONFLICT,
    RefusalCode.STAKE_IN_USE: _CONFLICT,
    RefusalCode.TOO_MANY_UNBONDING: _CONFLICT,
    RefusalCode.STAKE_NOT_DUE: _CONFLICT,
    RefusalCode.DEBT_NOT_DUE: _CONFLICT,
    RefusalCode.FEEDBACK_NOT_DUE: _CONFLICT,
    RefusalCode.OWNER_SUSPENDED: _NOT_ALLOWED,
    RefusalCode.INVALID_TASK: _BAD_INPUT,
    RefusalCode.TASK_EXISTS: _CONFLICT,
    RefusalCode.UNKNOWN_TASK: _NOT_FOUND,
    RefusalCode.UNKNOWN_OFFER: _NOT_FOUND,
    RefusalCode.UNKNOWN_JUDGE: _NOT_FOUND,
    RefusalCode.OWN_TASK: _NOT_ALLOWED,
    RefusalCode.JUDGES_TASK: _NOT_ALLOWED,
    RefusalCode.NOT_CAPABLE: _NOT_ALLOWED,
    RefusalCode.OVER_CEILING: _CONFLICT,
    RefusalCode.TASK_NOT_OPEN: _CONFLICT,
    RefusalCode.INSURED_ALREADY: _CONFLICT,
    RefusalCode.TOO_LATE_TO_INSURE: _CONFLICT,
    RefusalCode.CONTRACT_NOT_OPEN: _CONFLICT,
    RefusalCode.COVER_TOO_LARGE: _BAD_INPUT,
    RefusalCode.NOT_A_PARTY: _NOT_ALLOWED,
    RefusalCode.UNKNOWN_CONTRACT: _NOT_FOUND,
    RefusalCode.TASK_NOT_DUE: _CONFLICT,
    RefusalCode.TOO_MANY_OFFERS: _CONFLICT,
    RefusalCode.INVALID_VERDICT: _BAD_INPUT,
    RefusalCode.UNKNOWN_CONTRACT: _NOT_FOUND,
    RefusalCode.NOT_A_JUDGE: _NOT_ALLOWED,
    RefusalCode.NOT_A_PARTY: _NOT_ALLOWED,
    RefusalCode.CONTRACT_NOT_OPEN: _CONFLICT,
    RefusalCode.CONTRACT_NOT_JUDGED: _CONFLICT,
    RefusalCode.CLAIMS_NOTHING: _CONFLICT,
    RefusalCode.CONTRACT_NOT_CHALLENGED: _CONFLICT,
    RefusalCode.CONTRACT_NOT_DISPUTED: _CONFLICT,
    RefusalCode.CONTRACT_NOT_DUE: _CONFLICT,
    RefusalCode.NOT_DELIVERED: _CONFLICT,
    RefusalCode.VOTED_ALREADY: _CONFLICT,
}
"""The HTTP status of every refusal."""

FIELDS: Mapping[str, str] = {
    "amount": "amount_ucr",
    "source": "from",
    "destination": "to",
    "limit": "limit_ucr",
    "window": "window_ms",
    "credits": "credits_ucr",
    "cover": "cover_ucr",
    "expires_at": "expires_in_ms",
    "period": "period_ms",
    "reserve": "reserve_ucr",
    "reserves": "reserves_ucr",
    "increment": "increment_ucr",
    "stake": "stake_ucr",
    "bidding_window": "bidding_window_ms",
    "soft_close": "soft_close_ms",
    "clock.start": "clock.start_ucr",
    "clock.step": "clock.step_ucr",
    "clock.tick": "clock.tick_ms",
    "clock.floor": "clock.floor_ucr",
    "opens_at": "opens_in_ms",
    "closes_at": "closes_in_ms",
    "starts_at": "window.starts_at",
    "ends_at": "window.ends_at",
    "price": "price_ucr",
    "cap": "cap_ucr",
    "unit_price": "unit_price_ucr",
    "commitment.bond": "commitment.bond_ucr",
    "commitment.reveal_window": "commitment.reveal_window_ms",
    "time_limit": "time_limit_ms",
    "clearing": "clearing_ms",
    "schedule.every": "schedule.every_ms",
    "schedule.lead": "schedule.lead_ms",
    "pricing.price": "pricing.price_ucr",
    "pricing.floor": "pricing.floor_ucr",
    "pricing.ceiling": "pricing.ceiling_ucr",
    "reserved_share.share": "reserved_share",
    "halt.window": "halt.window_ms",
    "halt.pause": "halt.pause_ms",
    "reward": "reward_ucr",
    "ageing": "ageing_ucr",
    "patience": "patience_ms",
    "grace": "grace_ms",
    "lasts": "lasts_ms",
    "target": "target_ucr",
    "carry_over": "carry_over_ucr",
    "daily_rewards": "daily_rewards_ucr",
    "identity_stake": "identity_stake_ucr",
    "unbonding": "unbonding_ms",
    "challenge_window": "challenge_window_ms",
    "deciding": "deciding_ms",
    "plain_value": "plain_value_ucr",
    "lending": "lending_ucr",
    "repaying": "repaying_ms",
    "question": "id",
    "contract": "id",
    "task": "id",
    "ceiling": "ceiling_ucr",
    "bonus": "bonus_ucr",
    "quality_weight": "quality_weight_ucr",
    "offers_until": "bidding_window_ms",
    "due_at": "deadline_ms",
    "judging.judges": "judges",
    "judging.quorum": "quorum",
    "text": "question",
}
"""What the API calls a command's fields, where it calls them otherwise."""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a request was not carried out."""

    type: Annotated[str, Meta(description="A URN that ends in `code`.")]
    title: Annotated[str, Meta(description="What its status means, in a few words.")]
    status: Annotated[int, Meta(description="The answer's HTTP status.")]
    detail: Annotated[str, Meta(description="What is wrong, and what to do.")]
    code: Annotated[str, msgspec.Meta(description="What to act on: the refusal's name.")]
    field: Annotated[str, msgspec.Meta(description="The field of the request at fault.")] = ""
    subject: Annotated[str, msgspec.Meta(description="The account, hold or budget that decided.")] = ""
    requested: Annotated[
        int | None, Meta(description="How much was asked for; null where it is no question of numbers.")
    ] = None
    available: Annotated[
        int | None, Meta(description="How much there was; null where it is no question of numbers.")
    ] = None


TITLES: Mapping[int, str] = {
    400: "Bad input",
    401: "Unknown key",
    402: "Not enough funds or budget",
    403: "Not allowed",
    404: "Not found",
    405: "No such method here",
    409: "It conflicts with what is there",
    413: "Body too large",
    429: "Too many requests",
    500: "A fault of ours",
    502: "The model's upstream failed",
    503: "Not now",
    504: "The model's upstream is too slow",
}

PROBLEMS = {
    status: ResponseSpec(Problem, generate_examples=False, media_type=MEDIA_TYPE, description=TITLES[status])
    for status in (400, 401, 402, 403, 404, 409, 413, 429, 503)
}
"""What every call may answer besides what it promises; for the OpenAPI document."""


class Declined(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.headers = dict(headers or {})


def declined(
    status: int, code: str, detail: str, field: str = "", headers: Mapping[str, str] | None = None
) -> Declined:
    """A problem of the edge's own."""
    return Declined(problem(status, code, detail, field), headers)


def invalid(field: str, detail: str) -> Declined:
    """The request is not well formed; `field` says where."""
    return declined(400, "invalid_input", detail, field)


def refused(refusal: Refusal) -> Declined:
    """A refusal of the node's or the economy's, as a problem."""
    code, status = refusal.code, STATUS[refusal.code]
    # Instants are told in the sentence: their nanoseconds are nobody's unit at this edge.
    numbers = () if code is RefusalCode.DEADLINE_PASSED else (refusal.requested, refusal.available)
    about = Problem(
        _type(code.value),
        TITLES[status],
        status,
        f"{code.meaning} {hint(refusal)}".rstrip(),
        code.value,
        FIELDS.get(refusal.field, refusal.field),
        refusal.subject,
        *numbers,
    )
    return Declined(about, {"Retry-After": RETRY_AFTER_S} if status == _NOT_NOW else None)


def problem(status: int, code: str, detail: str, field: str = "") -> Problem:
    """A problem of the edge's own."""
    return Problem(_type(code), TITLES.get(status, "Not carried out"), status, detail, code, field)


def answer(about: Problem, headers: Mapping[str, str] | None = None) -> Response[Problem]:
    """The response that carries a problem."""
    return Response(about, status_code=about.status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def on_declined(_: Request[Any, Any, Any], error: Declined) -> Response[Problem]:
    """A request that we declined."""
    return answer(error.problem, error.headers)


def on_invalid(request: Request[Any, Any, Any], error: ValidationException) -> Response[Problem]:
    """A request that Litestar could not read into its types."""
    first = (error.extra or [{}])[0] if isinstance(error.extra, list) else {}
    field = str(first.get("key", "")).removeprefix("data.")
    detail = str(first.get("message", error.detail))
    # A missing or unknown field is named in the message alone.
    if "field `" in detail:
        field = detail.rpartition("field `")[2].partition("`")[0]
    argument = request.route_handler.parsed_fn_signature.parameters.get(field)
    detail = plainly(detail) if argument is None else with_choices(detail, argument.annotation, "")
    return answer(problem(400, "invalid_input", detail, field))


def on_unreadable(_: Request[Any, Any, Any], error: UnicodeDecodeError | RecursionError) -> Response[Problem]:
    """A body that is no text, or nested deeper than anybody means: Litestar reads it before we do."""
    return answer(problem(400, "invalid_input", f"The body is not JSON: {error}"))


def on_http(_: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """What Litestar declines by itself: no such path, no such method, a body too large or not JSON."""
    codes = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
    code = codes.get(error.status_code, "invalid_input" if error.status_code == 400 else "not_carried_out")
    detail = f"The body is not JSON: {error.detail}" if _is_json_trouble(error.detail) else error.detail
    return answer(problem(error.status_code, code, detail), error.headers)


def _is_json_trouble(detail: str) -> bool:
    """Whether msgspec could not read a body at all, as against one that is not of its type."""
    return detail.startswith(("Input data was truncated", "JSON is malformed"))


def on_stopped(_: Request[Any, Any, Any], error: NodeStopped | JournalFault) -> Response[Problem]:
    """The node has stopped, or its journal fails; whoever asked may ask another, or later."""
    if not isinstance(error, NodeStopped):  # A node that has stopped says so itself, once.
        log.error("a request failed: %s", error)
    about = problem(
        503, "unready", "The node has stopped; the outcome is unknown, ask again with the same id."
    )
    return answer(about, {"Retry-After": RETRY_AFTER_S})


def on_bug(_: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """A bug of ours: the log has it, the caller gets no more than that."""
    log.exception("a request failed", exc_info=error)
    return answer(problem(500, "internal", "Something is wrong with the server; its log says what."))


HANDLERS: dict[int | type[Exception], Callable[[Request[Any, Any, Any], Any], Response[Any]]] = {
    Declined: on_declined,
    ValidationException: on_invalid,
    HTTPException: on_http,
    UnicodeDecodeError: on_unreadable,
    RecursionError: on_unreadable,
    NodeStopped: on_stopped,
    JournalFault: on_stopped,
    Exception: on_bug,
}


def _type(code: str) -> str:
    return f"urn:econonexus:problem:{code}"
