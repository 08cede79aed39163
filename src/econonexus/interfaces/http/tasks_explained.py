"""How tasks and offers of work stand, and why: who can have a task, and by which numbers it was awarded."""

from collections.abc import Iterator

from econonexus.domain import events
from econonexus.domain.flows.awarding import barriers, bond_of, free_of, known_of, quality_of
from econonexus.domain.ids import AgentId, Sequence, TaskId
from econonexus.domain.kinds import TaskStatus
from econonexus.domain.mechanisms.promises import awards
from econonexus.domain.money import PPM_ONE
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.tasks import Task
from econonexus.interfaces.http.forms import rfc3339
from econonexus.interfaces.http.tasks import is_opened, status_of
from econonexus.node.records import Record

Facts = dict[str, int | str | bool | None]
MOST_OFFERS = 100
"""So many offers are told of a task."""
TRIED = "tried"


def of_task(state: State, viewer: AgentId | None, name: str) -> tuple[str, Facts, tuple[Sequence, ...]] | None:
    """How a task stands; to an agent that does not ask for it, also whether it could have it."""
    task = state.tasks.find(TaskId(name))
    if task is None:
        return None
    facts: Facts = {
        "requester": task.requester,
        "capability": task.capability,
        "ceiling_ucr": task.ceiling,
        "bonus_ucr": task.bonus,
        "judged by": _judges(task),
        "offers_until": rfc3339(task.offers_until),
        "due_at": rfc3339(task.due_at),
        "offers": len(task.offers),
    }
    if task.contract is not None:
        facts["contract"] = task.contract
    if task.reason:
        facts["reason"] = task.reason
    if viewer not in (None, task.requester) and task.status is TaskStatus.POSTED:
        facts |= _chances(state, task, AgentId(str(viewer)))
    return task.status.value, facts, (task.place, *task.steps)


def of_offer(
    state: State, viewer: AgentId | None, name: str
) -> tuple[str, Facts, tuple[Sequence, ...]] | None:
    """How an agent stands towards a task, `task/agent`: what it offered, what it lacks, what decided.

    An agent asks about itself, and about everybody's offers once they are opened.
    """
    known, _, agent = name.rpartition("/")
    task = state.tasks.find(TaskId(known))
    if task is None or AgentId(agent) not in state.agents.by_id:
        return None
    of = AgentId(agent)
    is_told = viewer == of or (is_opened(task) and of in task.offers)
    if viewer is not None and not is_told:
        return None
    facts: Facts = {"task": task.id, "agent": agent, "ceiling_ucr": task.ceiling}
    if is_told or (is_opened(task) and of in task.offers):
        facts |= {"price_ucr": task.offers.get(of)}
    # What an agent has at stake is its own affair, and the operator's.
    if task.id in state.tasks.by_id and viewer in (None, of):
        facts |= _chances(state, task, of)
    answer = status_of(task, of) if of in task.offers else "no offer"
    return answer, facts, (task.place, *task.steps)


def decided(records: list[Record], name: str) -> Facts:
    """By which numbers the offers were compared when a task was last awarded; of one agent where it is named."""
    found = [each.event for each in records if isinstance(each.event, events.ContractOpened | events.TaskFailed)]
    posted = [each.event for each in records if isinstance(each.event, events.TaskPosted)]
    if not found or not posted:
        return {}
    award, task = found[-1], posted[0]
    only = name.rpartition("/")[2]
    facts: Facts = {}
    for place, offer in enumerate(award.offers[:MOST_OFFERS], 1):
        if only in (task.task, offer.agent) or only == name:
            facts[f"offer {place}"] = _of(offer, award, task)
    if isinstance(award, events.ContractOpened):
        facts["awarded to"] = award.provider
        facts["payment_ucr"] = award.payment
        facts["payment set by"] = _set_by(award, task)
    return facts


def _chances(state: State, task: Task, name: AgentId) -> Facts:
    """Whether an agent could have a task now, by its numbers, and every reason against it."""
    agent = state.agents.by_id[name]
    posted, free = free_of(state, name)
    facts: Facts = {
        "capable": task.capability in agent.capabilities,
        "standing": state.stakes.standing_of(agent.owner).value,
        "at_stake_ucr": posted,
        "identity_stake_ucr": state.stakes.rules.identity_stake,
        "free_stake_ucr": free,
        "bond_at_the_ceiling_ucr": bond_of(state, agent, task.ceiling),
        "record": _share(known_of(state, agent)),
        "least_record": _share(task.least_reputation),
        "quality": _share(quality_of(state, agent)),
    }
    reasons = [*barriers(state, task, agent), *_had(state, task, name)]
    facts["eligible"] = not reasons
    for reason in reasons:
        facts[f"not because {reason.code.value}"] = _said(reason)
    return facts


def _had(state: State, task: Task, name: AgentId) -> Iterator[Refusal]:
    """That an agent of the same owner has had the contract already."""
    owner_of = state.agents.by_id
    for tried in task.tried:
        if owner_of[tried].owner == owner_of[name].owner:
            yield Refusal(RefusalCode.UNKNOWN_OFFER, "agent", tried)
            return


def _said(reason: Refusal) -> str:
    """A reason, with its numbers."""
    if reason.requested is None:
        return reason.code.meaning
    if reason.code is RefusalCode.REPUTATION_TOO_LOW:
        return f"{reason.code.meaning} It takes {_share(reason.requested)}; there are {_share(reason.available)}."
    return f"{reason.code.meaning} It takes {reason.requested:,} µcr; there are {reason.available:,}."


def _of(offer: events.OpenedOffer, award: events.ContractOpened | events.TaskFailed, task: events.TaskPosted) -> str:
    """One offer as it was compared: its price, its quality, its score, and what became of it."""
    said = f"{offer.agent} asked {offer.price:,} µcr"
    if offer.quality is None:
        return f"{said}; could not have it: {_why_not(offer)}"
    if task.quality_weight:
        said += f", quality {_share(offer.quality)}: score {_score(offer, task)}"
    if not isinstance(award, events.ContractOpened):
        return said
    if offer.agent == award.provider:
        return f"{said}; won"
    return f"{said}; lost to {award.provider}"


def _why_not(offer: events.OpenedOffer) -> str:
    if offer.barred == TRIED:
        return "its owner has had the contract, and failed"
    code = RefusalCode(offer.barred)
    return _said(Refusal(code, "agent", offer.agent, offer.least, offer.had))


def _set_by(award: events.ContractOpened, task: events.TaskPosted) -> str:
    if award.second is None:
        return "the ceiling: no other owner was left"
    by = {each.agent: each for each in award.offers}
    second, won = by[award.second], by[award.provider]
    if not task.quality_weight:
        return f"the offer of {award.second}, {second.price:,} µcr"
    worth = task.quality_weight * (won.quality or 0) / PPM_ONE
    return (
        f"the score of {award.second}, {_score(second, task)}, and {worth:,.2f} µcr for quality "
        f"{_share(won.quality)}, at most the ceiling"
    )


def _score(offer: events.OpenedOffer, task: events.TaskPosted) -> str:
    counted = awards.Offer(offer.agent, "", offer.price, offer.quality or task.least_reputation)
    return f"{float(awards.score(counted, task.quality_weight)):,.2f}"


def _judges(task: Task) -> str:
    judges = task.judging.judges
    if not judges:
        return f"{task.requester}, who asks"
    return judges[0] if len(judges) == 1 else f"{task.judging.quorum} of {', '.join(judges)}"


def _share(millionths: int | None) -> str:
    return f"{(millionths or 0) / PPM_ONE:.1%}"
