"""What an agent's record lends it for bids, what it owes, and by when."""

from typing import Annotated

import msgspec
from msgspec import Meta

from econonexus.domain.flows.lending import DAY_NS, line_left, power_of
from econonexus.domain.flows.pledging import paying
from econonexus.domain.ids import AgentId, Instant
from econonexus.domain.money import PPM_ONE
from econonexus.domain.state import State
from econonexus.interfaces.http.desk import AtDesk, not_found
from econonexus.interfaces.http.forms import reads, rfc3339
from econonexus.interfaces.http.paths import AgentPath


class CreditView(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent may bid where records lend. What follows from sealed bids is null to all but itself."""

    agent: Annotated[str, Meta(description="The agent that bids.")]
    owner: Annotated[str, Meta(description="Whose record lends.")]
    account: Annotated[
        str | None, Meta(description="The account of its debt; null before it has bid where records lend.")
    ]
    bidding_power: Annotated[float, Meta(description="How many times its own funds it may bid.")]
    bid_ucr: Annotated[
        int | None, Meta(description="What of its own funds is in bids where records lend, in µcr.")
    ]
    lent_ucr: Annotated[int | None, Meta(description="What is lent besides for these bids, in µcr.")]
    left_ucr: Annotated[int | None, Meta(description="How much more it could be lent now, in µcr.")]
    owed_ucr: Annotated[int, Meta(description="What it has drawn and not repaid, in µcr.")]
    by_stake_ucr: Annotated[int, Meta(description="What of the debt its stake secures, in µcr.")]
    by_pool_ucr: Annotated[int, Meta(description="What of the debt the treasury secures, in µcr.")]
    by_record_ucr: Annotated[
        int, Meta(description="What of the debt nothing secures but its record, in µcr.")
    ]
    due_at: Annotated[str | None, Meta(description="When the debt is called; null without one.")]
    overdue: Annotated[
        bool, Meta(description="Whether a debt was called and is not repaid; until it is, nothing is lent.")
    ]
    verified_surplus_ucr: Annotated[
        int, Meta(description="What its owner was paid by independent verdicts, in µcr, as faded until now.")
    ]


@reads("/agents/{id:str}/credit")
async def show_credit(id: AgentPath, desk: AtDesk) -> CreditView:
    """What an agent's record lends it for bids; an agent itself alone."""
    desk.must_be(id)
    now, viewer = desk.now(), desk.caller.agent
    return await desk.read(lambda state: _view(state, AgentId(id), viewer, now))


def _view(state: State, name: AgentId, viewer: AgentId | None, now: Instant) -> CreditView:
    agent = state.agents.by_id.get(name)
    if agent is None:
        raise not_found("unknown_agent", "No such agent.")
    source, member = paying(state, agent)
    use, rules = state.lines.of(source.id, agent.owner), state.stakes.rules
    told = viewer == name and member is None
    return CreditView(
        agent=name,
        owner=agent.owner,
        account=source.line,
        bidding_power=power_of(state, agent, source, now) / PPM_ONE,
        bid_ucr=use.own if told else None,
        lent_ucr=use.lent.amount if told else None,
        left_ucr=line_left(state, agent, now) if told else None,
        owed_ucr=use.owed.amount,
        by_stake_ucr=use.owed.stake,
        by_pool_ucr=use.owed.pool,
        by_record_ucr=use.owed.record,
        due_at=None if use.due_at is None else rfc3339(use.due_at),
        overdue=use.overdue,
        verified_surplus_ucr=state.lines.surplus_of(agent.owner, now // DAY_NS, rules.half_life_days),
    )


ROUTES = [show_credit]
