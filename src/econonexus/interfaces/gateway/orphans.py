"""What a server that has stopped left of calls that a market was to admit: nobody waits for it any more.

Requests that wait are withdrawn, and auctions that are open are cancelled, so that nobody pays for a call
that is not made. Grants of agents whose calls were under way are metered in full, as those calls are paid in
full. What was given to calls that were never made serves their agents' next ones.
"""

import logging

from econonexus.domain.commands import CancelAuction, Command, UseGrant, WithdrawRequest
from econonexus.domain.ids import AgentId
from econonexus.domain.kinds import AuctionStatus
from econonexus.domain.state import State
from econonexus.interfaces.gateway.limits import GATEWAY
from econonexus.interfaces.gateway.uses import is_ours
from econonexus.interfaces.http.reservations import CALLS
from econonexus.node.node import Node
from econonexus.node.replies import Refused

log = logging.getLogger(__name__)


async def give_back(node: Node) -> frozenset[str]:
    """End what no call waits for; the names of what was given to calls that are not made, or may be still."""
    for command in await node.read(_to_be_ended):
        reply = await node.submit(command, GATEWAY)
        if isinstance(reply, Refused):  # Its time came meanwhile, and its agent has what it got.
            log.info("what a call left behind was not ended: %s", reply.refusal.sentence())
    return await node.read(_left)


def _to_be_ended(state: State) -> list[Command]:
    under_way = {
        hold.agent or AgentId(hold.source)
        for name, hold in state.ledger.holds.items()
        if name.startswith(CALLS)
    }
    waiting = [
        WithdrawRequest(name, stand.market, request.agent)
        for stand in state.stands.by_market.values()
        for name, request in stand.waiting.items()
        if is_ours(name)
    ]
    bidding = [
        CancelAuction(auction.id, "the calls that bid in it are gone")
        for auction in state.auctions.by_id.values()
        if is_ours(auction.id) and auction.status is AuctionStatus.OPEN
    ]
    used = [
        UseGrant(grant.id, grant.left)
        for grant in state.grants.by_id.values()
        if is_ours(grant.source) and grant.left and grant.agent in under_way
    ]
    return [*waiting, *bidding, *used]


def _left(state: State) -> frozenset[str]:
    """What may be given still, or was: grants that run, and auctions that were not to be cancelled."""
    sources = [grant.source for grant in state.grants.by_id.values()]
    return frozenset(name for name in (*sources, *state.auctions.by_id) if is_ours(name))
