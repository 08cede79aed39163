"""What an agent has at stake, why it is not given back and when it will be, and what it lost."""

from functools import partial

from econonexus.domain.events import LossCompensated, StakeSlashed
from econonexus.domain.flows.staking import stake_account
from econonexus.domain.ids import AgentId, ContractId
from econonexus.domain.state import State
from econonexus.domain.subjects.contracts import Contract
from econonexus.interfaces.http.contract_views import records_of
from econonexus.interfaces.http.desk import Desk
from econonexus.interfaces.http.forms import rfc3339
from econonexus.interfaces.http.sealing import held
from econonexus.interfaces.http.stakes import free_of, kept_by
from econonexus.node.records import Record

Facts = dict[str, int | str | bool | None]
LAST = 20
"""So many contracts of its owner are looked at for what was lost; `penalty/CONTRACT` says why."""
LOSSES = (StakeSlashed, LossCompensated)
NOTHING = "nothing is at stake"
ANSWERS = {
    "": "at stake",
    "contracts": "at stake, and kept there while it backs contracts, challenges or votes",
    "ban": "at stake, and kept there while its owner is banned",
}


def of_stake(state: State, viewer: AgentId | None, name: str) -> tuple[str, Facts] | None:
    """How the stake of `stake/ann` stands, in a word and in numbers; an agent asks about its own.

    By the name of its account, `stake:ann`, it is found as well.
    """
    kind, _, agent_name = name.replace(":", "/", 1).partition("/")
    stake = state.stakes.by_agent.get(AgentId(agent_name)) if kind == "stake" else None
    if stake is None or viewer not in (None, stake.agent):
        return None
    account, agent = state.ledger.accounts[stake_account(stake.agent)], state.agents.by_id[stake.agent]
    facts: Facts = {
        "agent": stake.agent,
        "owner": agent.owner,
        "standing": state.stakes.standing_of(agent.owner).value,
        "account": account.id,
        "staked_ucr": account.balance,
        "backing_ucr": held(state, account, viewer),
        "withdrawn_ucr": stake.withdrawn,
        "free_ucr": free_of(state, viewer, stake.agent),
        "identity_stake_ucr": state.stakes.rules.identity_stake,
        "kept_by": kept_by(stake),
        "backs_how_many": stake.open,
        "released_at": None if stake.due is None else rfc3339(stake.due),
    }
    facts |= {f"ready at {rfc3339(each.ready_at)}, ucr": each.amount for each in stake.unbonding}
    for contract in state.contracts.of_owner.get(agent.owner, ()):
        mine = state.contracts.by_id[contract]
        if mine.provider == stake.agent:
            facts[f"backs contract {contract}, ucr"] = mine.bond.amount
    answer = ANSWERS[kept_by(stake)] if account.balance else NOTHING
    return answer, facts


async def lost_by(desk: Desk, agent_name: str) -> tuple[Facts, list[Record]]:
    """What an agent lost of its stake by the last contracts of its owner, and the records that say so."""
    agent = await desk.read(lambda state: state.agents.by_id[AgentId(agent_name)])
    facts: Facts = {}
    told: list[Record] = []
    for rating in await desk.node.ratings(agent.owner, limit=LAST):
        contract = desk.node.engine.peek(partial(_contract, name=ContractId(rating.contract)))
        if contract is None or contract.provider != agent.id:
            continue
        losses = [record for record in await records_of(desk, contract) if isinstance(record.event, LOSSES)]
        if losses:
            lost = sum(record.event.amount for record in losses if isinstance(record.event, LOSSES))
            facts[f"lost by contract {contract.id}, ucr"] = lost
            told += losses
    return facts, told


def _contract(state: State, name: ContractId) -> Contract | None:
    return state.contracts.find(name)
