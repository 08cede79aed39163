"""Contracts: delivered, judged, challenged, decided. What they are done for are tasks."""

from typing import Annotated, Literal

import msgspec
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from econonexus.domain import commands
from econonexus.domain.commands import Command
from econonexus.domain.flows.contracting import MAX_TEXT
from econonexus.domain.ids import AgentId, ContractId
from econonexus.domain.kinds import ContractStatus, Verdict
from econonexus.domain.money import PPM_ONE, Ppm
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract
from econonexus.interfaces.http.contract_views import ContractStory, ContractView, story_of, view_of
from econonexus.interfaces.http.desk import AtDesk, Desk, not_found
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Page,
    PageSize,
    Recorded,
    acts,
    in_order,
    page,
    reads,
)
from econonexus.interfaces.http.paths import ContractPath
from econonexus.interfaces.http.price_rules import Score

Given = Literal["excellent", "satisfactory", "poor", "byzantine"]
Which = Literal["all", "open", "delivered", "judged", "challenged", "disputed", "settled"]
WithStatus = Annotated[
    Which | None,
    QueryParameter(
        name="status", description="Contracts alone that stand so; by default all that are not `settled`."
    ),
]
OfAgent = Annotated[
    str | None,
    QueryParameter(
        name="agent",
        max_length=128,
        description="Contracts that this agent has a part in; an agent's own by default.",
    ),
]
Evidence = Annotated[
    str,
    Meta(
        max_length=MAX_TEXT,
        description="What shows it; kept beside the record, for the two sides and the judges.",
    ),
]
Quality = Annotated[
    Score | None, Meta(description="What the work was worth, from 0 to 1, where that counts in its pay.")
]


class Report(Body, frozen=True):
    """That the work is done, and what was delivered; or, from whoever judges it, how it was kept."""

    text: Annotated[str, Meta(max_length=MAX_TEXT, description="What was delivered, or where it is.")] = ""
    verdict: Annotated[Given, Meta(description="How it was kept, for whoever judges it.")] | None = None
    quality: Quality = None
    evidence: Evidence = ""


class NewVerdict(Body, frozen=True):
    """How a contract was kept."""

    verdict: Annotated[
        Given,
        Meta(description="How it was kept; `poor` and `byzantine` are offences, and not paid."),
    ]
    quality: Quality = None
    evidence: Evidence = ""


class Claim(Body, frozen=True):
    """What verdict would be right: a better one for its provider, a worse one for its requester."""

    verdict: Annotated[Given, Meta(description="The verdict that would be right.")]
    quality: Quality = None
    evidence: Evidence = ""


class Defence(Body, frozen=True):
    """Why the verdict was right."""

    evidence: Evidence = ""


class ContractAfter(ContractStory, frozen=True, kw_only=True):
    """A contract after what was just done: durable, as record `sequence`."""

    sequence: Recorded


@reads("/contracts")
async def list_contracts(
    desk: AtDesk,
    status: WithStatus = None,
    agent: OfAgent = None,
    cursor: Cursor = None,
    limit: PageSize = 100,
) -> Page[ContractView]:
    """Contracts that are not over, oldest first, or those that stand so: `disputed` are for the operator to
    decide. An agent sees those it has a part in."""
    if agent is not None:
        desk.must_be(agent)
    whose = desk.caller.agent or agent

    def look(state: State) -> Page[ContractView]:
        found: dict[ContractId, Contract] = {}
        for every in (state.contracts.ended, state.contracts.by_id):
            found |= {
                name: each
                for name, each in every.items()
                if _is_asked(each, status) and (whose is None or whose in each.parties())
            }
        taken, after = page(found, cursor, limit)
        return Page([view_of(contract, desk.caller.agent) for contract in taken], after)

    return await desk.read(look)


@reads("/contracts/{id:str}")
async def show_contract(id: ContractPath, desk: AtDesk) -> ContractStory:
    """One contract with its whole story; texts for the two sides, the judges and the operator alone."""
    return await _shown(desk, id)


@acts("/contracts/{id:str}/report")
async def report_delivery(
    id: ContractPath, desk: AtDesk, data: JSONBody[Report | None] = None
) -> ContractAfter:
    """Say that the work is done, as the contract's provider; or with a `verdict` how it was kept, as its
    judge."""
    report = data or Report()
    has_verdict = report.verdict is not None
    in_order("quality", has_verdict or report.quality is None, "Quality is for a `verdict`.")
    in_order("evidence", has_verdict or not report.evidence, "Evidence is for a `verdict`.")
    in_order("text", not (has_verdict and report.text), "A `verdict` has `evidence`, not `text`.")
    if report.verdict is not None:
        verdict = NewVerdict(report.verdict, report.quality, report.evidence)
        return await _judge(desk, id, verdict)
    return await _done(desk, id, commands.ReportDelivery(ContractId(id), _agent(desk), report.text))


@acts("/contracts/{id:str}/verdict")
async def judge_contract(id: ContractPath, data: JSONBody[NewVerdict], desk: AtDesk) -> ContractAfter:
    """Say how a contract was kept, as its requester, or as its verifier or one of its judges."""
    return await _judge(desk, id, data)


@acts("/contracts/{id:str}/challenge")
async def challenge_verdict(id: ContractPath, data: JSONBody[Claim], desk: AtDesk) -> ContractAfter:
    """Claim another verdict, and put up a bond for it; if the other side does not answer, it stands."""
    command = commands.ChallengeVerdict(
        ContractId(id), _agent(desk), Verdict(data.verdict), _ppm(data.quality), data.evidence
    )
    return await _done(desk, id, command)


@acts("/contracts/{id:str}/defence")
async def defend_verdict(
    id: ContractPath, desk: AtDesk, data: JSONBody[Defence | None] = None
) -> ContractAfter:
    """Answer a challenge with a bond of your own, so that the operator decides."""
    evidence = "" if data is None else data.evidence
    return await _done(desk, id, commands.DefendVerdict(ContractId(id), _agent(desk), evidence))


@acts("/contracts/{id:str}/decision")
async def decide_dispute(id: ContractPath, data: JSONBody[NewVerdict], desk: AtDesk) -> ContractAfter:
    """Decide a dispute for good: whoever was wrong loses its bond to whoever was right."""
    command = commands.DecideDispute(ContractId(id), Verdict(data.verdict), _ppm(data.quality), data.evidence)
    return await _done(desk, id, command)


async def _judge(desk: Desk, id: str, said: NewVerdict) -> ContractAfter:
    command = commands.JudgeContract(
        ContractId(id), _agent(desk), Verdict(said.verdict), _ppm(said.quality), said.evidence
    )
    return await _done(desk, id, command)


async def _done(desk: Desk, id: str, command: Command) -> ContractAfter:
    """Carry a command out, and show the contract after it."""
    reply = await desk.submit(command)
    view = await _shown(desk, id)
    return ContractAfter(**msgspec.structs.asdict(view), sequence=reply.sequence)


async def _shown(desk: Desk, id: str) -> ContractStory:
    contract = await desk.read(lambda state: state.contracts.find(ContractId(id)))
    if contract is None:
        raise not_found("unknown_contract", "No such contract, or ended too long ago to be remembered.")
    return await story_of(desk, contract)


def _is_asked(contract: Contract, status: Which | None) -> bool:
    if status is None:
        return contract.status is not ContractStatus.SETTLED
    return status in ("all", contract.status.value)


def _agent(desk: Desk) -> AgentId:
    """Who asks: an agent, as only those are let in."""
    assert desk.caller.agent is not None, "the roles let no other in"
    return desk.caller.agent


def _ppm(quality: float | None) -> Ppm | None:
    return None if quality is None else Ppm(round(quality * PPM_ONE))


ROUTES = [
    list_contracts,
    show_contract,
    report_delivery,
    judge_contract,
    challenge_verdict,
    defend_verdict,
    decide_dispute,
]
