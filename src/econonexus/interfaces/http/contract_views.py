"""How contracts look from outside: their story in order with its numbers, its texts for whom they concern.

What was delivered and what was said of it is for the two sides, the judges and the operator alone. Votes are
told once there is a verdict, so that no judge copies another's.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from econonexus.domain import events
from econonexus.domain.flows.ruling import word_bond
from econonexus.domain.ids import AgentId, Sequence
from econonexus.domain.kinds import ContractStatus, JudgedBy, Role, Verdict
from econonexus.domain.money import PPM_ONE, Ppm
from econonexus.domain.refusals import Refusal
from econonexus.domain.subjects.contracts import Contract, Word
from econonexus.interfaces.http.desk import Desk
from econonexus.interfaces.http.forms import rfc3339
from econonexus.node.records import Record

EARLY = (ContractStatus.OPEN, ContractStatus.DELIVERED)
"""Before there is a verdict."""
_TEXTS = ("text", "evidence")
_UNTIL = ("judge_by", "challenge_until", "answer_until", "decide_by", "due_at")
_AMOUNTS = ("bond", "amount", "payment", "premium")
_WHO = ("agent", "provider")


class WordView(msgspec.Struct, frozen=True):
    """What somebody says of a contract, and what it has put up for that."""

    agent: Annotated[str, Meta(description="Who says it.")]
    verdict: Annotated[str, Meta(description="How the contract was kept, by its word.")]
    quality: Annotated[
        float | None, Meta(description="What the work was worth, from 0 to 1; null where nobody said.")
    ]
    bond_ucr: Annotated[int, Meta(description="What of its stake backs its word now, in µcr.")]


class StepView(msgspec.Struct, frozen=True):
    """One thing that happened to a contract; null where there is no such thing."""

    sequence: Annotated[int, Meta(description="The journal's record of it.")]
    at: Annotated[str, Meta(description="When it happened.")]
    event: Annotated[
        str, Meta(description="What happened, such as `delivery_reported` or `contract_judged`.")
    ]
    agent: Annotated[str | None, Meta(description="Who did it, or whom it befell.")]
    verdict: Annotated[str | None, Meta(description="What verdict it speaks of.")]
    quality: Annotated[float | None, Meta(description="What the work was worth by it, from 0 to 1.")]
    amount_ucr: Annotated[int | None, Meta(description="What was put up, paid or lost, in µcr.")]
    until: Annotated[str | None, Meta(description="Until when something is waited for then.")]
    text: Annotated[
        str | None, Meta(description="What was said, for the two sides, the judges and the operator alone.")
    ]


class ContractView(msgspec.Struct, frozen=True, kw_only=True):
    """A contract: who does what for whom, what backs it, and how it was judged."""

    id: Annotated[str, Meta(description="The contract's id.")]
    task: Annotated[str, Meta(description="The task that it is for.")]
    requester: Annotated[str, Meta(description="The agent that pays.")]
    provider: Annotated[str, Meta(description="The agent that does the work.")]
    status: Annotated[
        str,
        Meta(description="`open`, `delivered`, `judged`, `challenged`, `disputed`, or `settled` when over."),
    ]
    payment_ucr: Annotated[
        int, Meta(description="What it pays, without its bonus, for the quality that is expected, in µcr.")
    ]
    bonus_ucr: Annotated[int, Meta(description="What is held for excellent work, in µcr.")]
    bond_ucr: Annotated[int, Meta(description="What of the provider's stake backs it, in µcr.")]
    word_bond_ucr: Annotated[
        int, Meta(description="What a challenge, a defence or a vote takes of a stake, in µcr.")
    ]
    cover_ucr: Annotated[int, Meta(description="For how much its requester is insured, in µcr.")]
    due_at: Annotated[str, Meta(description="By when the work must be delivered.")]
    waits_until: Annotated[str | None, Meta(description="When it goes on by itself; null once it is over.")]
    judges: Annotated[list[str], Meta(description="Who can judge it.")]
    quorum: Annotated[int, Meta(description="How many of the judges must agree.")]
    votes: Annotated[
        list[WordView],
        Meta(description="Who said what; before there is a verdict, an agent sees its own vote alone."),
    ]
    verdict: Annotated[
        str | None,
        Meta(description="How it was kept, by the last word on it; null before there is a verdict."),
    ]
    judged_by: Annotated[str | None, Meta(description="Whose word the verdict is; null before there is one.")]
    independent: Annotated[bool, Meta(description="Whether neither side had a part in the verdict.")]
    quality: Annotated[
        float | None, Meta(description="What the work was worth, from 0 to 1; null where nobody said.")
    ]
    challenge: Annotated[WordView | None, Meta(description="Who spoke against the verdict; null for nobody.")]
    defence: Annotated[WordView | None, Meta(description="Who answered that; null for nobody.")]
    paid_ucr: Annotated[int, Meta(description="What the provider was paid, in µcr, without its bonus.")]
    bonus_paid_ucr: Annotated[int, Meta(description="What the provider was paid as a bonus, in µcr.")]


class ContractStory(ContractView, frozen=True, kw_only=True):
    """A contract, and all that happened to it, in order."""

    story: Annotated[list[StepView], Meta(description="All that happened, oldest first.")]


def may_read_texts(desk: Desk, contract: Contract) -> bool:
    """Whether a caller may read what was delivered, and what was said about it."""
    agent = desk.caller.agent
    return agent in contract.parties() if agent else desk.caller.role in (Role.OPERATOR, Role.ADMIN)


def view_of(contract: Contract, viewer: AgentId | None) -> ContractView:
    """A contract as an agent may see it, or None for whoever is no agent."""
    judged = contract.verdict is not None
    return ContractView(
        id=contract.id,
        task=contract.task,
        requester=contract.requester,
        provider=contract.provider,
        status=contract.status.value,
        payment_ucr=contract.payment,
        bonus_ucr=contract.bonus,
        bond_ucr=contract.bond.amount,
        word_bond_ucr=word_bond(contract),
        cover_ucr=contract.cover,
        due_at=rfc3339(contract.due_at),
        waits_until=None if contract.due is None else rfc3339(contract.due),
        judges=list(contract.judging.judges or (contract.requester,)),
        quorum=contract.judging.quorum,
        votes=[_word(each) for each in contract.votes.values() if is_told(contract, each.agent, viewer)],
        verdict=None if contract.verdict is None else contract.verdict.value,
        judged_by=contract.by.value if judged else None,
        independent=is_independent(contract),
        quality=share(contract.quality),
        challenge=None if contract.challenge is None else _word(contract.challenge),
        defence=None if contract.defence is None else _word(contract.defence),
        paid_ucr=contract.paid,
        bonus_paid_ucr=contract.bonus_paid,
    )


async def story_of(desk: Desk, contract: Contract) -> ContractStory:
    """The same with all that happened, with its texts where the caller may read them."""
    view, with_texts = view_of(contract, desk.caller.agent), may_read_texts(desk, contract)
    story = [step_of(record, with_texts) for record in await records_of(desk, contract)]
    return ContractStory(**msgspec.structs.asdict(view), story=story)


def is_independent(contract: Contract) -> bool:
    """Whether somebody of neither side found how the contract was kept: the last word counts."""
    if contract.by is JudgedBy.SYSTEM:
        return contract.verdict is Verdict.LATE
    if contract.by in (JudgedBy.OPERATOR, JudgedBy.UNANSWERED):
        return contract.by is JudgedBy.OPERATOR
    return contract.independent


def is_told(contract: Contract, voter: str, viewer: AgentId | None) -> bool:
    """Whether a vote is shown: once there is a verdict, or to whoever is no agent, or cast it."""
    return contract.status not in EARLY or viewer in (None, voter)


async def records_of(desk: Desk, contract: Contract) -> list[Record]:
    """The records that tell a contract's story, without votes that are not to be seen yet."""
    told: list[Record] = []
    for sequence in list(contract.steps):
        told += await desk.node.engine.relay.after(Sequence(sequence - 1), 1)
    return [record for record in told if not hides(desk, record)]


def hides(desk: Desk, record: Record) -> bool:
    """Whether a record is a vote that its reader is not told of yet."""
    event = record.event
    if not isinstance(event, events.VoteCast):
        return False
    contract = desk.node.engine.peek(lambda state: state.contracts.find(event.contract))
    return contract is not None and not is_told(contract, event.agent, desk.caller.agent)


def step_of(record: Record, with_texts: bool) -> StepView:
    """One record of a contract's story."""
    event = record.event
    assert not isinstance(event, Refusal), "a refusal is no part of a contract's story"
    until, verdict = _first(event, _UNTIL), _first(event, ("verdict",))
    text = _first(event, _TEXTS) if with_texts else None
    return StepView(
        record.sequence,
        rfc3339(record.time),
        str(event.__struct_config__.tag).partition("/")[0],
        _first(event, _WHO),
        None if verdict is None else verdict.value,
        share(_first(event, ("quality",))),
        _first(event, _AMOUNTS),
        None if until is None else rfc3339(until),
        text if isinstance(text, str) and text else None,
    )


def share(quality: Ppm | None) -> float | None:
    """A quality as a number from 0 to 1."""
    return None if quality is None else quality / PPM_ONE


def _word(word: Word) -> WordView:
    return WordView(word.agent, word.verdict.value, share(word.quality), word.pledge.amount)


def _first(event: events.Event, fields: tuple[str, ...]) -> Any:
    """The first of these fields that an event has; None without any."""
    return next((getattr(event, field) for field in fields if hasattr(event, field)), None)
