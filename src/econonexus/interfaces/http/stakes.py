"""Stakes: what agents have put at risk, what backs contracts, what is withdrawn; and how owners stand."""

from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.flows.staking import free_stake, stake_account
from econonexus.domain.ids import AccountId, AgentId
from econonexus.domain.kinds import Standing
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.stakes import Stake
from econonexus.interfaces.http.desk import AtDesk, not_found, of
from econonexus.interfaces.http.forms import Body, Reason, Recorded, Ucr, acts, creates, reads, rfc3339
from econonexus.interfaces.http.paths import AgentPath, OwnerPath
from econonexus.interfaces.http.sealing import held, hidden


class StakeChange(Body, frozen=True):
    """How much to put at stake, or to withdraw."""

    amount_ucr: Annotated[Ucr, Meta(description="How much, in µcr.")]


class NewStanding(Body, frozen=True):
    """What an owner's agents may do from now on, and why."""

    standing: Annotated[
        Standing,
        Meta(
            description="`active`: everything; `probation`: everything, without what a record earns; "
            "`suspended`: nothing new; `banned`: nothing new, and what is at stake stays there."
        ),
    ]
    reason: Reason = ""


class Withdrawal(msgspec.Struct, frozen=True):
    """What is to be given back, and when, if nothing keeps it."""

    amount_ucr: Annotated[int, Meta(description="How much, in µcr.")]
    ready_at: Annotated[str, Meta(description="When it is given back at the earliest.")]


class StakeView(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent has at stake."""

    agent: Annotated[str, Meta(description="Whose stake it is.")]
    owner: Annotated[str, Meta(description="Who answers for the agent.")]
    account: Annotated[str, Meta(description="The account that it lies in.")]
    staked_ucr: Annotated[int, Meta(description="All that can be lost, in µcr.")]
    backing_ucr: Annotated[
        int, Meta(description="What of the stake backs contracts, challenges and votes, in µcr.")
    ]
    withdrawn_ucr: Annotated[int, Meta(description="What of the stake is to be given back, in µcr.")]
    free_ucr: Annotated[int, Meta(description="What can back something new, or be withdrawn, in µcr.")]
    identity_stake_ucr: Annotated[
        int, Meta(description="What it must have at stake for any contract, in µcr.")
    ]
    withdrawals: Annotated[
        list[Withdrawal], Meta(description="What is to be given back, and when, oldest first.")
    ]
    released_at: Annotated[
        str | None,
        Meta(description="When something is given back next; null where nothing is, or it is kept."),
    ]
    kept_by: Annotated[
        str, Meta(description="What keeps the stake from being given back: `contracts`, `ban`, or nothing.")
    ]
    standing: Annotated[
        str,
        Meta(description="What its owner's agents may do: `active`, `probation`, `suspended` or `banned`."),
    ]


class PostedStake(msgspec.Struct, frozen=True):
    """What was put at stake just now."""

    agent: Annotated[str, Meta(description="Whose stake it is.")]
    account: Annotated[str, Meta(description="The account that it lies in.")]
    amount_ucr: Annotated[int, Meta(description="How much was added, in µcr.")]
    sequence: Recorded


class StakeWithdrawn(msgspec.Struct, frozen=True):
    """What is to be given back, and when at the earliest."""

    agent: Annotated[str, Meta(description="Whose stake it is.")]
    amount_ucr: Annotated[int, Meta(description="How much is to be given back, in µcr.")]
    ready_at: Annotated[
        str, Meta(description="When it is given back at the earliest; until then it can be lost.")
    ]
    sequence: Recorded


class StandingView(msgspec.Struct, frozen=True):
    """What an owner's agents may do."""

    owner: Annotated[str, Meta(description="Whose agents it is about.")]
    standing: Annotated[
        str, Meta(description="What they may do: `active`, `probation`, `suspended` or `banned`.")
    ]


@reads("/agents/{id:str}/stake")
async def show_stake(id: AgentPath, desk: AtDesk) -> StakeView:
    """What an agent has at stake, what of it is free, and what is withdrawn; an agent itself alone."""
    desk.must_be(id)
    return await desk.read(lambda state: _view(state, desk.caller.agent, AgentId(id)))


@creates("/agents/{id:str}/stake")
async def post_stake(id: AgentPath, data: JSONBody[StakeChange], desk: AtDesk) -> PostedStake:
    """Put credits of the agent, or of its team for it, at stake."""
    desk.must_be(id)
    reply = await desk.submit(commands.PostStake(AgentId(id), Amount(data.amount_ucr)))
    posted = of(events.StakePosted, reply)
    return PostedStake(posted.agent, posted.destination, posted.amount, reply.sequence)


@acts("/agents/{id:str}/stake/unbond")
async def unbond_stake(id: AgentPath, data: JSONBody[StakeChange], desk: AtDesk) -> StakeWithdrawn:
    """Begin to withdraw stake that is free; until it is given back it can still be lost."""
    desk.must_be(id)
    reply = await desk.submit(commands.UnbondStake(AgentId(id), Amount(data.amount_ucr)))
    asked = of(events.StakeUnbonding, reply)
    return StakeWithdrawn(asked.agent, asked.amount, rfc3339(asked.ready_at), reply.sequence)


@reads("/owners/{id:str}/standing")
async def show_standing(id: OwnerPath, desk: AtDesk) -> StandingView:
    """What an owner's agents may do; everybody may know. Who is simply active need not exist."""
    return await desk.read(lambda state: _standing(state, AccountId(id)))


@acts("/owners/{id:str}/standing")
async def set_standing(id: OwnerPath, data: JSONBody[NewStanding], desk: AtDesk) -> StandingView:
    """Say what an owner's agents may do from now on."""
    reply = await desk.submit(commands.SetStanding(AccountId(id), data.standing, data.reason))
    said = of(events.StandingSet, reply)
    return StandingView(said.owner, said.standing.value)


def kept_by(stake: Stake) -> str:
    """What keeps an agent's stake from being given back, if anything does."""
    if stake.open:
        return "contracts"
    return "ban" if stake.banned else ""


def _standing(state: State, owner: AccountId) -> StandingView:
    return StandingView(owner, state.stakes.standing_of(owner).value)


def free_of(state: State, viewer: AgentId | None, name: AgentId) -> int:
    """What of an agent's stake is free, as a viewer is told: what secures sealed bids is its own affair."""
    account = state.ledger.accounts.get(stake_account(name))
    unsaid = 0 if account is None else hidden(state, account, viewer)
    return free_stake(state, name) + unsaid


def _view(state: State, viewer: AgentId | None, name: AgentId) -> StakeView:
    agent = state.agents.by_id.get(name)
    if agent is None:
        raise not_found("unknown_agent", "No such agent.")
    stake = state.stakes.by_agent.get(name) or Stake(name)
    account = state.ledger.accounts.get(stake_account(name))
    return StakeView(
        agent=name,
        owner=agent.owner,
        account=stake_account(name),
        staked_ucr=0 if account is None else account.balance,
        backing_ucr=0 if account is None else held(state, account, viewer),
        withdrawn_ucr=stake.withdrawn,
        free_ucr=free_of(state, viewer, name),
        identity_stake_ucr=state.stakes.rules.identity_stake,
        withdrawals=[Withdrawal(each.amount, rfc3339(each.ready_at)) for each in stake.unbonding],
        released_at=None if stake.due is None else rfc3339(stake.due),
        kept_by=kept_by(stake),
        standing=state.stakes.standing_of(agent.owner).value,
    )


ROUTES = [show_stake, post_stake, unbond_stake, show_standing, set_standing]
