"""Why a reputation is what it is: the verdicts it was made of, what each weighed and why."""

from econonexus.domain.ids import AccountId, AgentId
from econonexus.domain.money import PPM_ONE
from econonexus.domain.state import State
from econonexus.interfaces.http.desk import Desk
from econonexus.interfaces.http.reputations import ReputationView, SideView, view_of
from econonexus.node.records import Record
from econonexus.ports import Rating

Facts = dict[str, int | str | bool | None]
LAST = 20
"""So many verdicts are told."""
SIDES = ("reliability", "performance", "honesty", "cooperation")


async def of_reputation(desk: Desk, name: str) -> tuple[str, Facts, list[Record]] | None:
    """How `reputation/ann` came about, for an agent or an owner; an agent asks about its own owner."""
    kind, _, about = name.partition("/")
    if kind != "reputation":
        return None
    now = desk.now()
    found = await desk.read(lambda state: _owner(state, desk.caller.agent, about))
    if found is None:
        return None
    view = await desk.read(lambda state: view_of(state, found, now))
    half_life = await desk.read(lambda state: state.stakes.rules.half_life_days)
    told = await desk.node.ratings(found, limit=LAST)
    facts = _stands(view) | {f"contract {each.contract}": _said(each) for each in told}
    facts["half is forgotten after days"] = half_life
    relay = desk.node.engine.relay
    records = [record for each in told for record in await relay.after(each.sequence - 1, 1)]
    return _answer(view), facts, records


def _owner(state: State, viewer: AgentId | None, about: str) -> AccountId | None:
    """Whose reputation is asked about, if it exists and the viewer may know how it came about."""
    agent = state.agents.by_id.get(AgentId(about))
    owner = AccountId(about) if agent is None else agent.owner
    if viewer is not None and state.agents.by_id[viewer].owner != owner:
        return None
    return owner if agent is not None or owner in state.reputations.by_owner else None


def _answer(view: ReputationView) -> str:
    if view.as_of is None:
        return "nothing is known of it yet"
    weakest = min(SIDES, key=lambda side: _side(view, side).lower_bound)
    return f"{view.tier}; {weakest} decides what it is worth"


def _stands(view: ReputationView) -> Facts:
    facts: Facts = {
        "owner": view.owner,
        "score": f"{view.score:.6f}",
        "lower_bound": f"{view.lower_bound:.6f}",
        "standing": view.standing,
        "reward_multiplier": f"{view.reward_multiplier:.6f}",
        "bond_relief": f"{view.bond_relief:.6f}",
    }
    for side in SIDES:
        said = _side(view, side)
        facts[side] = f"{said.score:.6f}: {said.good:.6f} good and {said.bad:.6f} bad, faded to today"
    return facts


def _side(view: ReputationView, side: str) -> SideView:
    found: SideView = getattr(view, side)
    return found


def _said(rating: Rating) -> str:
    """What one verdict did: `poor, weighs 2.500000; rex judged, whose word counts 1.000000`."""
    by = ", ".join(rating.raters.split()) or "the clock or the operator"
    weight, counts = rating.weight / PPM_ONE, rating.credibility / PPM_ONE
    judged = f"{by} judged, whose word counts {counts:.6f}"
    return f"{rating.verdict}, weighs {weight:.6f}; {judged}; then the score was {rating.score / PPM_ONE:.6f}"
