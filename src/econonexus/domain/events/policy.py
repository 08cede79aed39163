"""Money that was issued by rule."""

from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AccountId, Instant
from econonexus.domain.money import Amount
from econonexus.domain.policy import Policy, Share


class PolicySet(EventForm, frozen=True, tag="policy_set/1"):
    """Money is issued by these rules from now on; a period ends at `next_at`, if anything is issued then.

    What the burn account has beyond `counted` may be issued again.
    """

    policy: Policy
    next_at: Instant | None
    counted: int


class PolicyApplied(EventForm, frozen=True, tag="policy_applied/1"):
    """A period is over: `recycled` of what was burned is issued again, and `issued` beyond it.

    `supply` circulated before, among `agents`; `burned` is what was burned in the period, `target` what was
    to circulate, where there is a target. `waiting` is what was to be issued again, and will be once somebody
    has room for it. `shares` accounts get something, in the events that follow. What the burn account has
    beyond `counted` was burned in the next period, which ends at `next_at`.
    """

    supply: int
    agents: int
    burned: int
    target: int | None
    recycled: Amount
    issued: Amount
    waiting: Amount
    shares: int
    next_at: Instant
    counted: int


class AllowancesIssued(EventForm, frozen=True, tag="allowances_issued/1"):
    """New money went from `source`, the mint, to each account; a period's are told in several such events."""

    source: AccountId
    shares: tuple[Share, ...]
