"""Resources, the markets that sell them, and the right to use what was won."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, Duration, GrantId, MarketId, ResourceId
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Terms


class DeclareResource(CommandForm, frozen=True):
    """Say that there are `capacity` units of something in every `period`.

    Refused: `invalid_resource`, `resource_exists`.
    """

    resource: ResourceId
    unit: str
    capacity: int
    period: Duration


class ChangeCapacity(CommandForm, frozen=True):
    """Say that there are more units of a resource from now on, or fewer: never fewer than are promised.

    Refused: `invalid_resource`, `unknown_resource`, `too_few_units`, `capacity_promised`.
    """

    resource: ResourceId
    capacity: int


class CreateMarket(CommandForm, frozen=True):
    """Sell resources by one mechanism on stated terms; several only as bundles.

    Refused: `invalid_terms`, `not_weighed`, `nothing_lent`, `unknown_account`, `unknown_resource`,
    `market_exists`, `wrong_account_kind`, `asset_mismatch`, `too_few_units`.
    """

    market: MarketId
    resources: tuple[ResourceId, ...]
    mechanism: Mechanism
    terms: Terms = Terms()


class ChangeMarket(CommandForm, frozen=True):
    """Sell on other terms from now on; auctions that run keep theirs.

    When what is traded may be used, and whether records lend, cannot be changed while orders rest. Refused:
    `invalid_terms`, `not_weighed`, `nothing_lent`, `unknown_account`, `unknown_market`, `wrong_account_kind`,
    `asset_mismatch`, `too_few_units`, `orders_rest`.
    """

    market: MarketId
    terms: Terms


class FreezeMarket(CommandForm, frozen=True):
    """Halt a market: it takes no bids and no orders, and its auctions wait.

    One that halted by itself stays halted until it is let go on. Refused: `unknown_market`, `market_halted`.
    """

    market: MarketId
    reason: str = ""


class UnfreezeMarket(CommandForm, frozen=True):
    """Let a market go on. Refused: `unknown_market`, `market_not_halted`."""

    market: MarketId
    reason: str = ""


class ResumeMarket(CommandForm, frozen=True):
    """Let a market go on that halted by itself, as its pause is over; the node asks this by itself.

    Refused: `unknown_market`, `market_not_due`.
    """

    market: MarketId


class RunSchedule(CommandForm, frozen=True):
    """Announce the auctions that a market's schedule asks for by now; the node asks this by itself.

    Refused: `unknown_market`, `schedule_not_due`.
    """

    market: MarketId


class UseGrant(CommandForm, frozen=True):
    """Meter what was used of a grant.

    `agent` as in `PostHold`; `fence` is the token of the grant, where the user of the right was told one.
    Refused: `invalid_units`, `unknown_grant`, `stale_fence`, `grant_ended`, `grant_not_begun`,
    `units_over_grant`.
    """

    grant: GrantId
    units: int
    agent: AgentId | None = None
    fence: int | None = None


class ReleaseGrant(CommandForm, frozen=True):
    """Give back what is not used of a grant, before its time is over.

    What was used counts until then. Refused: `unknown_grant`, `grant_ended`.
    """

    grant: GrantId
    agent: AgentId | None = None


class ExpireGrant(CommandForm, frozen=True):
    """End a grant whose time is over; the node asks this by itself.

    Refused: `unknown_grant`, `grant_ended`, `grant_not_due`.
    """

    grant: GrantId
