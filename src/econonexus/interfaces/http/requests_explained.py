"""Why a request was granted, declined or is waiting, with the numbers that decided."""

from econonexus.domain.flows.asking import price_of, resource_of
from econonexus.domain.ids import AgentId, GrantId, MarketId, RequestId, Sequence
from econonexus.domain.state import State
from econonexus.domain.subjects.stands import DECLINED, Past, Request, Stand
from econonexus.interfaces.http.forms import rfc3339

Facts = dict[str, int | str | bool | None]
Found = tuple[str, Facts, tuple[Sequence, ...]]
WHY = {
    "granted": "there were enough units for it, in its turn",
    "granted_fairly": "its agent's max-min fair part of the reserved share was enough for it",
    DECLINED: "there were not so many units free at that moment",
    "withdrawn": "its agent took it back",
    "no_capacity": "the period had not enough for it in its turn, and it was for that one alone",
    "expired": "its own time was over before its turn came",
}


def of_request(state: State, viewer: AgentId | None, name: str) -> Found | None:
    """How a request stands, in a word, the numbers, and its records; an agent asks about its own."""
    for stand in state.stands.by_market.values():
        waiting = stand.waiting.get(RequestId(name))
        if waiting is not None and viewer in (None, waiting.agent):
            return "waiting", _waits(state, stand, waiting), (waiting.sequence,)
    past = state.stands.ended.get(RequestId(name))
    if past is None or viewer not in (None, past.agent):
        return None
    return past.outcome, _was(state, name, past), past.steps


def _waits(state: State, stand: Stand, request: Request) -> Facts:
    market = state.markets.by_id[stand.market]
    before = list(stand.waiting).index(request.id)
    return {
        **_about(state, stand.market),
        "agent": request.agent,
        "units": request.units,
        "hold_ucr": request.pledge.amount,
        "came_as_number": before + 1,
        "of_waiting": len(stand.waiting),
        "units_wanted_by_all": sum(each.units for each in stand.waiting.values()),
        "capacity": resource_of(state, market).capacity,
        "shared_out_at": rfc3339(stand.period_ends),
        "waits_until": None if request.expires_at is None else rfc3339(request.expires_at),
    }


def _was(state: State, name: str, past: Past) -> Facts:
    facts: Facts = {
        **_about(state, past.market),
        "agent": past.agent,
        "units": past.units,
        "why": WHY[past.outcome],
    }
    if past.outcome == DECLINED:
        return facts | {"units_free_then": past.number, "unit_price_ucr": past.price}
    if past.outcome in ("granted", "granted_fairly"):
        facts |= {"unit_price_ucr": past.price, "paid_ucr": past.number}
        grant = state.grants.by_id.get(GrantId(f"{name}:1")) or state.grants.ended.get(GrantId(f"{name}:1"))
        if grant is not None:
            facts |= {
                "grant": grant.id,
                "used": grant.used,
                "left": grant.left,
                "grant_is": str(grant.status),
            }
    return facts


def _about(state: State, name: MarketId) -> Facts:
    market = state.markets.by_id[name]
    return {"market": name, "mechanism": market.mechanism.value, "price_now_ucr": price_of(state, market)}
