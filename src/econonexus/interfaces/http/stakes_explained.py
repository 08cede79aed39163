"""What an agent has at stake, why it is not given back, and when it will be."""

from econonexus.domain.flows.staking import stake_account
from econonexus.domain.ids import AgentId
from econonexus.domain.state import State
from econonexus.interfaces.http.forms import rfc3339
from econonexus.interfaces.http.sealing import held
from econonexus.interfaces.http.stakes import free_of, kept_by

Facts = dict[str, int | str | bool | None]
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
    return ANSWERS[kept_by(stake)], facts
