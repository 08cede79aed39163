"""How auctions, bids, grants, markets, resources and tasks stand, and why, with the numbers that decided.

Each is found by its id alone, or as events call it: `bid/b1`, `auction/noon`. A bid's price is told to its
agent, and to everybody once its auction is cleared.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from econonexus.domain.events import BidPlaced
from econonexus.domain.flows.ascending import least
from econonexus.domain.flows.bidding import total
from econonexus.domain.ids import AgentId, AuctionId, BidId, GrantId, Instant, MarketId, ResourceId, Sequence
from econonexus.domain.kinds import AuctionStatus, Mechanism
from econonexus.domain.money import PPM_ONE
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Bid, Committed
from econonexus.interfaces.http.commitments_explained import bonds_lost, broken_in, of_commitment
from econonexus.interfaces.http.contract_views import hides
from econonexus.interfaces.http.contracts_explained import of_contract
from econonexus.interfaces.http.desk import Desk
from econonexus.interfaces.http.forms import MS, rfc3339
from econonexus.interfaces.http.markets_explained import of_market
from econonexus.interfaces.http.penalties_explained import claimed, of_insurance, of_penalty, slashed
from econonexus.interfaces.http.requests_explained import of_request
from econonexus.interfaces.http.standings import standing_of as standing_now
from econonexus.interfaces.http.tasks_explained import decided, of_offer, of_task
from econonexus.interfaces.http.winning import price_makers, score, why_not
from econonexus.node.records import Record

Facts = dict[str, int | str | bool | None]
Finder = Callable[[State, AgentId | None, str], tuple[str, Facts, tuple[Sequence, ...]] | None]
MOST_BIDS = 100
"""So many bids are told of an auction."""


class Standing(NamedTuple):
    """What a thing is, how it stands in a word, the numbers, and the records that brought it there."""

    about: str
    answer: str
    facts: Facts
    steps: tuple[Sequence, ...] = ()


class Asked(NamedTuple):
    """The state that is asked, by whom (an agent, or None for a person), and when."""

    state: State
    viewer: AgentId | None
    now: Instant


async def standing_of(desk: Desk, name: str) -> tuple[str, str, Facts, list[Record]] | None:
    """How what bears a name stands, with its records; None if the caller may see none such."""
    now = desk.now()

    def look(state: State) -> Standing | None:
        ask = Asked(state, desk.caller.agent, now)
        kind, _, rest = name.partition("/")
        if kind in _KINDS and rest:
            return _KINDS[kind](ask, rest)
        found = (look_for(ask, name) for look_for in _KINDS.values())
        return next((each for each in found if each is not None), None)

    found = await desk.read(look)
    if found is None:
        return None
    relay = desk.node.engine.relay
    records = [record for step in found.steps for record in await relay.after(step - 1, 1)]
    records = [record for record in records if not hides(desk, record)]
    more = _reckoned(records, desk.caller.agent)
    if found.about in ("task", "offer"):
        more = decided(records, None if found.about == "task" else str(found.facts["agent"]))
    if found.about in ("penalty", "insurance"):
        more = slashed(records) if found.about == "penalty" else claimed(records)
    return found.about, found.answer, found.facts | more, records


def _reckoned(records: list[Record], viewer: AgentId | None) -> Facts:
    """How the price of a bid came about for which its agent had said a valuation; its own affair for ever."""
    for record in records:
        event = record.event
        if isinstance(event, BidPlaced) and event.reckoning and viewer in (None, event.agent):
            return {"price came about": event.reckoning if isinstance(event.reckoning, str) else "erased"}
    return {}


def _of_auction(ask: Asked, name: str) -> Standing | None:
    auction = ask.state.auctions.find(AuctionId(name))
    if auction is None:
        return None
    facts: Facts = {
        "market": auction.market,
        "mechanism": auction.mechanism.value,
        "for sale": _said(auction.supply),
        "bids": len(auction.bids),
        "reserve_ucr": auction.terms.reserve,
        "opens_at": rfc3339(auction.opens_at),
        "closes_at": rfc3339(auction.closes_at),
    }
    for item, reserve in auction.terms.reserves.items():
        facts[f"reserve of {item}, ucr"] = reserve
    if auction.terms.together and auction.id in ask.state.auctions.by_id:
        facts["cleared_together_with"] = ", ".join(
            each.id for each in ask.state.auctions.group(auction) if each is not auction
        )
    if auction.reason:
        facts["reason"] = auction.reason
    if auction.status.value in ("failed", "cancelled"):
        facts["then"] = "every hold was released, and no bid was opened"
    return Standing(
        "auction",
        auction.status.value,
        facts | _stands(ask, auction) | _result(auction) | bonds_lost(auction, ask.viewer),
        tuple(sorted((*auction.steps, *broken_in(auction, ask.viewer)))),
    )


def _stands(ask: Asked, auction: Auction) -> Facts:
    """The price that rises, the clock that falls, what is to be revealed."""
    facts: Facts = {}
    for field, value in msgspec.structs.asdict(standing_now(ask.state, auction, ask.now)).items():
        if value is not None:
            facts[field] = ", ".join(value) if isinstance(value, list) else value
    if auction.mechanism is Mechanism.ENGLISH:
        facts["increment_ucr"] = auction.increment
    return facts


def _result(auction: Auction) -> Facts:
    """What an auction came to, and by which bids."""
    result = auction.result
    if result is None:
        return {}
    facts: Facts = {
        "paid_ucr": sum(win.payment for win in result.wins),
        "welfare_ucr": result.welfare,
        "best_possible_welfare_ucr": result.bound,
        "unsold": _said(result.unsold) or "nothing",
    }
    for item, price in result.prices.items():
        facts[f"price of {item}, ucr"] = price
        facts[f"price of {item}, set by"] = price_makers(auction, item)
    won = {win.bid: win for win in result.wins}
    for bid in list(auction.bids.values())[:MOST_BIDS]:
        offer = f"{total(auction, bid.items, bid.price):,} µcr for {_said(bid.items)}"
        win = won.get(bid.id)
        came_to = "lost" if win is None else f"won {_said(win.items)} for {win.payment:,} µcr"
        shared = result.shared.get(bid.id)
        fair = f", {shared:,} out of the reserved share" if shared else ""
        facts[f"bid {bid.id}"] = f"{bid.agent} offered {offer}; {came_to}{fair}"
    return facts


def _of_bid(ask: Asked, name: str) -> Standing | None:
    viewer = ask.viewer
    found = [each for each in _bids(ask.state, name) if viewer is None or _may_see(*each, viewer)]
    if not found:
        return None
    auction, bid = min(found, key=lambda each: each[1].agent != viewer)
    if isinstance(bid, Committed):
        return Standing("bid", *of_commitment(auction, bid))
    order = list(auction.bids)
    facts: Facts = {
        "auction": auction.id,
        "market": auction.market,
        "mechanism": auction.mechanism.value,
        "agent": bid.agent,
        "for": _said(bid.items),
        "accepted_as_number": order.index(bid.id) + 1,
        "of_bids": len(order),
        "reserve_ucr": auction.terms.reserve,
    }
    if auction.result is not None or bid.agent == viewer:
        facts |= _offer(auction, bid)
    steps = (bid.sequence, *((bid.raised,) if bid.raised else ()), *auction.steps[-1:])
    answer, why = _came_to(ask.state, auction, bid)
    ended = steps if auction.status.value in ("settled", "failed", "cancelled") else steps[:-1]
    return Standing("bid", answer, facts | why, ended)


def _bids(state: State, name: str) -> Iterator[tuple[Auction, Bid | Committed]]:
    """The bids of a name, those of the latest auctions first; `auction/bid` names one of several."""
    auctions = state.auctions
    for auction in (*reversed(auctions.by_id.values()), *reversed(auctions.ended.values())):
        for each in dict.fromkeys((name, name.removeprefix(f"{auction.id}/"))):
            bid = BidId(each)
            found = auction.bids.get(bid) or auction.commitments.get(bid) or auction.broken.get(bid)
            if found is not None:
                yield auction, found


def _may_see(auction: Auction, bid: Bid | Committed, viewer: AgentId) -> bool:
    if bid.agent == viewer:
        return True
    return auction.result is not None and isinstance(bid, Bid)


def _offer(auction: Auction, bid: Bid) -> Facts:
    price = total(auction, bid.items, bid.price)
    facts: Facts = {"price_ucr": price, "hold_ucr": bid.pledge.amount, **_lent(bid)}
    if auction.result is not None and auction.result.weights:
        weight = auction.result.weights[bid.id] / PPM_ONE
        facts |= {"weight": f"{weight:.6f}", "score_ucr_per_unit": score(auction.result, bid)}
    return facts if price == bid.price else {"unit_price_ucr": bid.price, **facts}


def _lent(bid: Bid) -> Facts:
    """What its agent's record lent for a bid, by what secures it."""
    if bid.lent is None:
        return {}
    line, power = bid.lent.line, bid.lent.power / PPM_ONE
    return {
        "bidding_power": f"{power:g} times its own funds",
        "lent_ucr": line.amount,
        "lent_on_stake_ucr": line.stake,
        "lent_on_the_pool_ucr": line.pool,
        "lent_on_the_record_ucr": line.record,
    }


def _came_to(state: State, auction: Auction, bid: Bid) -> tuple[str, Facts]:
    """What became of a bid, and why."""
    if auction.result is None:
        if auction.due is not None:
            return _meanwhile(auction, bid)
        return "released", {
            "why": f"the auction is {auction.status.value}: {auction.reason or 'no reason said'}"
        }
    win = next((win for win in auction.result.wins if win.bid == bid.id), None)
    paid = 0 if win is None else win.payment
    facts: Facts = {"released_ucr": max(0, bid.pledge.amount - paid)}
    if win is None:
        return "lost", facts | why_not(state, auction, bid, 0)
    units, wanted = sum(win.items.values()), sum(bid.items.values())
    facts |= {"payment_ucr": paid, "won": _said(win.items)}
    shared = auction.result.shared.get(bid.id)
    if shared:
        facts["out_of_the_reserved_share"] = f"{shared:,} at the reserve of {auction.terms.reserve:,} µcr"
    for item in win.items:
        if item in auction.result.prices:
            facts |= {f"price of {item}, set by": price_makers(auction, item)}
    return ("won", facts) if units == wanted else ("won in part", facts | why_not(state, auction, bid, units))


def _meanwhile(auction: Auction, bid: Bid) -> tuple[str, Facts]:
    """How a bid stands while its auction runs, and by which numbers."""
    reveals = auction.reveals_until if auction.status is AuctionStatus.CLOSED else None
    facts: Facts = {"decided_at": rfc3339(reveals or auction.closes_at)}
    if auction.mechanism is Mechanism.ENGLISH:
        leads = bid.id in auction.leaders
        facts["standing_price_ucr"] = auction.standing
        return ("leading", facts) if leads else ("outbid", facts | _overtaken(auction))
    if auction.mechanism is Mechanism.DUTCH:
        take = auction.takes.get(bid.id)
        if take is None:
            return "waiting", facts
        return "took", facts | {"units": take.units, "at_call_ucr": take.price}
    return "open", facts


def _overtaken(auction: Auction) -> Facts:
    """Why a bid does not lead in an English auction, and what would."""
    leaders = ", ".join(auction.leaders)
    facts: Facts = {"why": f"{leaders} may bid more, or as much and came earlier", "leaders": leaders}
    return facts | ({"next_bid_ucr": least(auction)} if auction.status is AuctionStatus.OPEN else {})


def _of_grant(ask: Asked, name: str) -> Standing | None:
    grants = ask.state.grants
    grant = grants.by_id.get(GrantId(name)) or grants.ended.get(GrantId(name))
    if grant is None or ask.viewer not in (None, grant.agent):
        return None
    facts: Facts = {
        "agent": grant.agent,
        "resource": grant.resource,
        "units": grant.units,
        "used": grant.used,
        "left": grant.left,
        "starts_at": rfc3339(grant.starts_at),
        "ends_at": rfc3339(grant.ends_at),
        "fence": grant.fence,
        "follows_from": grant.source,
        "market": grant.market,
        "paid_ucr": grant.paid,
    }
    waits = grant.status == "running" and ask.now < grant.starts_at
    return Standing("grant", "not begun" if waits else grant.status, facts, (grant.sequence,))


def _of_market(ask: Asked, name: str) -> Standing | None:
    found = of_market(ask.state, MarketId(name), ask.now)
    return None if found is None else Standing("market", *found)


def _of_resource(ask: Asked, name: str) -> Standing | None:
    resource = ask.state.resources.by_id.get(ResourceId(name))
    if resource is None:
        return None
    promised = resource.peak(ask.now, Instant(ask.now + 1))
    facts: Facts = {
        "unit": resource.unit,
        "capacity": resource.capacity,
        "period_ms": resource.period // MS,
        "promised": promised,
        "on_sale": resource.on_sale,
        "free": resource.capacity - resource.on_sale - promised,
    }
    return Standing("resource", "stands", facts)


def _said(items: dict[str, int]) -> str:
    """Units by item for a person: `2 gpu, 1 cpu`."""
    return ", ".join(f"{units:,} {item}" for item, units in items.items())


def _told(about: str, find: Finder) -> Callable[[Asked, str], Standing | None]:
    """How what another page of the code knows of is looked for here."""

    def look(ask: Asked, name: str) -> Standing | None:
        found = find(ask.state, ask.viewer, name)
        return None if found is None else Standing(about, *found)

    return look


_KINDS = {
    "task": _told("task", of_task),
    "offer": _told("offer", of_offer),
    "request": _told("request", of_request),
    "auction": _of_auction,
    "bid": _of_bid,
    "grant": _of_grant,
    "market": _of_market,
    "resource": _of_resource,
    "contract": _told("contract", of_contract),
    "penalty": _told("penalty", of_penalty),
    "insurance": _told("insurance", of_insurance),
}
"""What a thing may be, in the order in which it is looked for."""
