"""Insurance of contracts: what it costs, buying it, and what the fund holds and answers for."""

from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.flows.contracting import known
from econonexus.domain.flows.insuring import insurable_until, most_cover, reliable
from econonexus.domain.ids import CREDIT, AgentId, ContractId
from econonexus.domain.kinds import AccountKind, ContractStatus
from econonexus.domain.ledger import system_account
from econonexus.domain.mechanisms.promises import effects
from econonexus.domain.money import PPM_ONE, Amount
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract
from econonexus.interfaces.http.desk import AtDesk, not_found, of
from econonexus.interfaces.http.forms import Body, Recorded, Ucr, creates, reads, rfc3339
from econonexus.interfaces.http.paths import ContractPath


class NewCover(Body, frozen=True):
    """For how much a requester wants to be insured."""

    cover_ucr: Annotated[Ucr, Meta(description="What the fund pays at most if the contract fails.")]


class BoughtCover(msgspec.Struct, frozen=True):
    """A contract that is insured now: durable, as record `sequence`."""

    contract: Annotated[str, Meta(description="The contract's id.")]
    premium_ucr: Annotated[int, Meta(description="What was paid into the fund, in µcr.")]
    cover_ucr: Annotated[int, Meta(description="What the fund pays at most if the contract fails, in µcr.")]
    lower_bound: Annotated[
        float,
        Meta(description="The lower bound of the provider's record, from 0 to 1, which made the premium."),
    ]
    sequence: Recorded


class CoverView(msgspec.Struct, frozen=True, kw_only=True):
    """How a contract is insured, or could be now."""

    contract: Annotated[str, Meta(description="The contract's id.")]
    cover_ucr: Annotated[int, Meta(description="For how much it is insured; 0: not at all.")]
    most_cover_ucr: Annotated[int, Meta(description="For how much it can be insured.")]
    premium_for_most_ucr: Annotated[int, Meta(description="What the most cover would cost now, in µcr.")]
    premium_share: Annotated[float, Meta(description="What part of a cover its premium is now.")]
    lower_bound: Annotated[
        float,
        Meta(description="The lower bound of the provider's record, from 0 to 1, which makes the premium."),
    ]
    insurable: Annotated[bool, Meta(description="Whether it can be insured now.")]
    insurable_until: Annotated[str, Meta(description="Until when it can, or could, be insured.")]


class FundView(msgspec.Struct, frozen=True, kw_only=True):
    """The insurance fund."""

    balance_ucr: Annotated[int, Meta(description="What it holds, and never pays more than, in µcr.")]
    covered_ucr: Annotated[int, Meta(description="What it would pay if all insured contracts failed.")]
    loading: Annotated[
        float, Meta(description="What part of the cover a premium is beyond the chance of a failure.")
    ]
    insurable: Annotated[
        float, Meta(description="In which first part of its time a contract can be insured, from 0 to 1.")
    ]


@creates("/contracts/{id:str}/insurance")
async def insure_contract(id: ContractPath, data: JSONBody[NewCover], desk: AtDesk) -> BoughtCover:
    """Insure a contract's requester, as itself or for it, soon after the award.

    The premium leaves what holds the task's price. If somebody independent finds that the contract failed,
    the fund pays the cover there, less what the provider's bond has made good, as far as it reaches.
    """

    def look(state: State) -> AgentId:
        return _find(state, id).requester

    caller = desk.caller.agent or desk.node.engine.peek(look)
    reply = await desk.submit(commands.InsureContract(ContractId(id), caller, Amount(data.cover_ucr)))
    made = of(events.ContractInsured, reply)
    return BoughtCover(made.contract, made.premium, made.cover, made.lower_bound / PPM_ONE, reply.sequence)


@reads("/contracts/{id:str}/insurance")
async def show_cover(id: ContractPath, desk: AtDesk) -> CoverView:
    """How a contract is insured, or what insuring it would cost now."""
    now = desk.now()

    def look(state: State) -> CoverView:
        contract = _find(state, id)
        bound, most = reliable(state, contract.owner, state.time), most_cover(contract)
        loading, until = contract.rules.loading, insurable_until(contract)
        is_early = contract.status is ContractStatus.OPEN and now <= until
        return CoverView(
            contract=contract.id,
            cover_ucr=contract.cover,
            most_cover_ucr=most,
            premium_for_most_ucr=effects.premium(most, bound, loading),
            premium_share=effects.premium(PPM_ONE, bound, loading) / PPM_ONE,
            lower_bound=bound / PPM_ONE,
            insurable=is_early and not contract.cover,
            insurable_until=rfc3339(until),
        )

    return await desk.read(look)


@reads("/insurance")
async def show_fund(desk: AtDesk) -> FundView:
    """What the insurance fund holds, what it answers for, and by which rules new contracts are insured."""

    def look(state: State) -> FundView:
        rules = state.stakes.rules
        fund = state.ledger.accounts[system_account(AccountKind.INSURANCE, CREDIT)]
        return FundView(
            balance_ucr=fund.balance,
            covered_ucr=state.contracts.covered,
            loading=rules.loading / PPM_ONE,
            insurable=rules.insurable / PPM_ONE,
        )

    return await desk.read(look)


def _find(state: State, name: str) -> Contract:
    contract = known(state, name)
    if isinstance(contract, Refusal):
        raise not_found("unknown_contract", contract.code.meaning)
    return contract


ROUTES = [insure_contract, show_cover, show_fund]
