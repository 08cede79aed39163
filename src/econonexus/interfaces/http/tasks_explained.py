"""How tasks and offers of work stand, and why: who can have a task, and by which numbers it was awarded."""

from econonexus.domain import events
from econonexus.domain.flows.awarding import TRIED, barriers, bond_of, has_had, known_of, quality_of
from econonexus.domain.flows.staking import stake_account
from econonexus.domain.ids import AgentId, Sequence, TaskId
from econonexus.domain.kinds import TaskStatus
from econonexus.domain.mechanisms.promises import awards
from econonexus.domain.money import PPM_ONE, Ppm
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.tasks import Task
from econonexus.interfaces.http.forms import rfc3339
from econonexus.interfaces.http.stakes import free_of
from econonexus.interfaces.http.tasks import is_opened
from econonexus.interfaces.http.work_offers import status_of
from econonexus.node.records import Record

Facts = dict[str, int | str | bool | None]
CODES = {code.value: code for code in RefusalCode}
MOST_OFFERS = 100
"""So many offers are told of a task."""
HAD = "Its owner has had the contract, and failed."
Award = events.ContractOpened | events.TaskFailed


def of_task(
    state: State, viewer: AgentId | None, name: str
) -> tuple[str, Facts, tuple[Sequence, ...]] | None:
    """How a task stands; to an agent that does not ask for it, also whether it could have it."""
    task = state.tasks.find(TaskId(name))
    if task is None:
        return None
    facts: Facts = {
        "requester": task.requester,
        "capability": task.capability,
        "ceiling_ucr": task.ceiling,
        "bonus_ucr": task.bonus,
        "bonus_multiplier": f"{task.bonus_multiplier / PPM_ONE:g}",
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
        facts |= _chances(state, viewer, task, AgentId(str(viewer)))
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
    if is_told and of in task.offers:
        facts["price_ucr"] = task.offers[of]
    answer = status_of(task, of) if of in task.offers else "no offer"
    # What an agent has at stake is its own affair, and the operator's.
    if task.id in state.tasks.by_id and answer != "awarded" and viewer in (None, of):
        facts |= _chances(state, viewer, task, of)
    return answer, facts, (task.place, *task.steps)


def decided(records: list[Record], agent: str | None) -> Facts:
    """By which numbers offers were compared when a task was last awarded; an agent's, or all where none is
    named."""
    posted = [each.event for each in records if isinstance(each.event, events.TaskPosted)]
    awarded = [each.event for each in records if isinstance(each.event, Award)]
    if not posted or not awarded:
        return {}
    task, award = posted[0], awarded[-1]
    told = [offer for offer in award.offers if agent in (None, offer.agent)][:MOST_OFFERS]
    facts: Facts = {f"offer of {offer.agent}": _compared(offer, award, task) for offer in told}
    if isinstance(award, events.ContractOpened):
        facts |= {
            "awarded to": award.provider,
            "payment_ucr": award.payment,
            "payment set by": _set_by(award, task),
        }
    return facts


def _chances(state: State, viewer: AgentId | None, task: Task, name: AgentId) -> Facts:
    """Whether an agent could have a task now, by its numbers, and every reason against it."""
    agent = state.agents.by_id[name]
    account = state.ledger.accounts.get(stake_account(name))
    facts: Facts = {
        "capable": task.capability in agent.capabilities,
        "standing": state.stakes.standing_of(agent.owner).value,
        "at_stake_ucr": 0 if account is None else account.balance,
        "identity_stake_ucr": state.stakes.rules.identity_stake,
        "free_stake_ucr": free_of(state, viewer, name),
        "bond_at_the_ceiling_ucr": bond_of(state, agent, task.ceiling, state.time),
        "record": _share(known_of(state, agent, state.time)),
        "least_record": _share(task.least_reputation),
        "quality": _share(quality_of(state, agent, state.time)),
    }
    against = {reason.code.value: _said(reason) for reason in barriers(state, task, agent, state.time)}
    if has_had(state, task, agent):
        against[TRIED] = HAD
    facts["eligible"] = not against
    return facts | {f"not eligible: {code}": why for code, why in against.items()}


def _said(reason: Refusal) -> str:
    """A reason, with its numbers."""
    if reason.requested is None:
        return reason.code.meaning
    if reason.code is RefusalCode.REPUTATION_TOO_LOW:
        least, known = _share(reason.requested), _share(reason.available)
        return f"{reason.code.meaning} It takes {least}, and {known} is proven."
    takes = f"{reason.code.meaning} It takes {reason.requested:,} µcr"
    return f"{takes}." if reason.available is None else f"{takes}; there are {reason.available:,}."


def _compared(offer: events.OpenedOffer, award: Award, task: events.TaskPosted) -> str:
    """One offer as it was compared: its price, its quality, its score, and what became of it."""
    said = f"{offer.price:,} µcr"
    if offer.quality is None:
        return f"{said}; could not have it: {_why_not(offer)}"
    if task.quality_weight:
        said += f", quality {_share(offer.quality)}: score {_score(offer, task)}"
    if not isinstance(award, events.ContractOpened):
        return said
    return f"{said}; {'won' if offer.agent == award.provider else f'lost to {award.provider}'}"


def _why_not(offer: events.OpenedOffer) -> str:
    if offer.barred == TRIED:
        return HAD
    code = CODES[offer.barred]
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
    counted = awards.Offer(offer.agent, "", offer.price, offer.quality or Ppm(0))
    return f"{float(awards.score(counted, task.quality_weight)):,.2f}"


def _judges(task: Task) -> str:
    judges = task.judging.judges
    if not judges:
        return f"{task.requester}, who asks"
    return judges[0] if len(judges) == 1 else f"{task.judging.quorum} of {', '.join(judges)}"


def _share(millionths: int | None) -> str:
    return f"{(millionths or 0) / PPM_ONE:.1%}"
