"""Agents: make, change, look at, freeze."""

import secrets
from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import AccountId, AgentId, BudgetId, KeyDigest, KeyId, TeamId
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.domain.subjects import agents
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.callers import digest, new_secret
from econonexus.interfaces.http.desk import AtDesk, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Name,
    NewId,
    Page,
    PageSize,
    Reasoned,
    UcrOrNone,
    acts,
    creates,
    in_order,
    page,
    reads,
    why,
)
from econonexus.interfaces.http.paths import AgentPath

Names = Annotated[list[Name], Meta(max_length=agents.MAX_CAPABILITIES)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
FactName = Annotated[str, Meta(min_length=1, max_length=agents.MAX_METADATA_NAME)]
Fact = Annotated[str, Meta(max_length=agents.MAX_METADATA_VALUE)]


Metadata = Annotated[
    dict[FactName, Fact],
    Meta(
        max_length=agents.MAX_METADATA,
        description="Declared facts; nothing personal.",
        examples=[{"zone": "eu"}],
    ),
]
Weight = Annotated[int, Meta(ge=1, le=agents.MAX_WEIGHT, description="Its share where shares are weighted.")]
Priority = Annotated[
    int, Meta(ge=-agents.MAX_PRIORITY, le=agents.MAX_PRIORITY, description="Higher goes first.")
]


class NewAgent(Body, frozen=True):
    """An agent to make. The account it gets bears its name."""

    id: NewId = None
    team: Annotated[Name, Meta(description="The team that it belongs to; none by default.")] | None = None
    owner: (
        Annotated[Name, Meta(description="Who answers for it; the team, or else the agent itself.")] | None
    ) = None
    capabilities: Annotated[Names, Meta(description="What it can do, by names that tasks ask for.")] = (
        msgspec.field(default_factory=list)
    )
    metadata: Metadata = msgspec.field(default_factory=dict)
    credits_ucr: Annotated[UcrOrNone, Meta(description="New money that its wallet begins with, in µcr.")] = 0
    weight: Weight = 1
    priority: Priority = 0
    models: Annotated[Names, Meta(description="The models it may call; none named, every one.")] = (
        msgspec.field(default_factory=list)
    )
    wallet: Annotated[
        bool, Meta(description="Whether it has a wallet of its own; without one it pays from its team's.")
    ] = True
    budget: (
        Annotated[
            Name,
            Meta(description="The budget above it; by default the one of its own name, if there is one."),
        ]
        | None
    ) = None
    key_sha256: (
        Annotated[
            Digest,
            Meta(description="SHA-256, in hexadecimal, of a secret it has already; then no key is made."),
        ]
        | None
    ) = None


class ChangedAgent(Body, frozen=True):
    """What is to be otherwise about an agent; what is not given stays."""

    weight: Weight | None = None
    priority: Priority | None = None
    models: (
        Annotated[
            Names, Meta(description="The models it may call, all of them; an empty list is every model.")
        ]
        | None
    ) = None
    capabilities: (
        Annotated[Names, Meta(description="What it can do, all of it, by names that tasks ask for.")] | None
    ) = None
    metadata: Metadata | None = None
    budget: Annotated[Name, Meta(description="What limits it from now on.")] | None = None


class SigningKey(Body, frozen=True):
    """The public key by which an agent's bids are verified."""

    public_key: Annotated[Digest, Meta(description="Ed25519, 32 bytes in hexadecimal.")]


class AgentView(msgspec.Struct, frozen=True, kw_only=True):
    """An agent. `account` is what it pays from."""

    id: Annotated[str, Meta(description="The agent's id.")]
    team: Annotated[str | None, Meta(description="The team that it belongs to; null without one.")]
    owner: Annotated[
        str, Meta(description="Who answers for it, and shares one record with all its other agents.")
    ]
    account: Annotated[str, Meta(description="What it pays from: its own wallet, or its team's.")]
    budget: Annotated[
        str | None,
        Meta(description="The budget right above its wallet, or above itself where its team pays; or null."),
    ]
    capabilities: Annotated[tuple[str, ...], Meta(description="What it can do, by names that tasks ask for.")]
    metadata: Annotated[dict[str, str], Meta(description="Declared facts, by name.")]
    weight: Annotated[int, Meta(description="Its share where shares are weighted.")]
    priority: Annotated[int, Meta(description="Higher goes first.")]
    models: Annotated[tuple[str, ...], Meta(description="The models it may call; none named, every one.")]
    frozen: Annotated[bool, Meta(description="Whether nothing new may leave what it owns.")]
    signing_key: Annotated[
        str | None,
        Meta(description="The Ed25519 key that its bids are verified by, in hexadecimal; null for none."),
    ] = None


class CreatedAgent(AgentView, frozen=True, kw_only=True):
    """A new agent, with its key."""

    key_id: Annotated[str, Meta(description="The id of its key, which is no secret.")]
    key: Annotated[
        str | None,
        Meta(description="The secret, shown this once; null in a repeat, or where the request said it."),
    ]


@creates("/agents")
async def create_agent(data: Annotated[NewAgent, examples.AGENT], desk: AtDesk) -> CreatedAgent:
    """Make an agent, with a wallet, some money and a key that is shown this once."""
    secret = new_secret()
    command = commands.CreateAgent(
        AgentId(data.id or f"agent-{secrets.token_hex(8)}"),
        None if data.team is None else TeamId(data.team),
        None if data.owner is None else AccountId(data.owner),
        tuple(data.capabilities),
        data.metadata,
        data.weight,
        data.priority,
        tuple(data.models),
        Amount(data.credits_ucr),
        data.wallet,
        None if data.budget is None else BudgetId(data.budget),
        KeyId(f"key-{secrets.token_hex(8)}"),
        digest(secret) if data.key_sha256 is None else KeyDigest(data.key_sha256),
    )
    reply = await desk.submit(command)
    made, key = of(events.AgentCreated, reply), of(events.KeyIssued, reply)
    budget = made.budget
    for event in reply.events:
        if isinstance(event, events.AccountOpened):
            budget = event.budget
    return CreatedAgent(
        id=made.agent,
        team=made.team,
        owner=made.owner,
        account=made.agent if _has_wallet(reply.events) else str(made.team),
        budget=budget,
        capabilities=made.capabilities,
        metadata=made.metadata,
        weight=made.weight,
        priority=made.priority,
        models=made.models,
        frozen=False,
        key_id=key.key,
        # A repeated request made another secret, which opens nothing.
        key=secret if key.digest == digest(secret) else None,
    )


@reads("/agents")
async def list_agents(desk: AtDesk, cursor: Cursor = None, limit: PageSize = 100) -> Page[AgentView]:
    """All agents, in the order in which they were made."""

    def look(state: State) -> Page[AgentView]:
        found, after = page(state.agents.by_id, cursor, limit)
        return Page([_view(state, agent) for agent in found], after)

    return await desk.read(look)


@reads("/agents/{id:str}")
async def show_agent(id: AgentPath, desk: AtDesk) -> AgentView:
    """One agent; an agent itself alone."""
    desk.must_be(id)
    return await desk.read(lambda state: _find(state, AgentId(id)))


@acts("/agents/{id:str}/change")
async def change_agent(id: AgentPath, data: JSONBody[ChangedAgent], desk: AtDesk) -> AgentView:
    """Give an agent another weight, priority, budget, or other things to know of it."""
    in_order("", data != ChangedAgent(), "Say what is to change.")
    command = commands.ChangeAgent(
        AgentId(id),
        data.weight,
        data.priority,
        None if data.models is None else tuple(data.models),
        None if data.capabilities is None else tuple(data.capabilities),
        data.metadata,
        None if data.budget is None else BudgetId(data.budget),
    )
    await desk.submit(command)
    return await desk.read(lambda state: _find(state, AgentId(id)))


@acts("/agents/{id:str}/signing-key")
async def register_signing_key(id: AgentPath, data: JSONBody[SigningKey], desk: AtDesk) -> AgentView:
    """Have the agent's bids verified by a public key from now on; the agent itself alone."""
    desk.must_be(id)
    await desk.submit(commands.RegisterSigningKey(AgentId(id), data.public_key))
    return await desk.read(lambda state: _find(state, AgentId(id)))


@acts("/agents/{id:str}/freeze")
async def freeze_agent(id: AgentPath, desk: AtDesk, data: Reasoned = None) -> AgentView:
    """Stop everything new from leaving what the agent owns."""
    await desk.submit(commands.FreezeAgent(AgentId(id), why(data)))
    return await desk.read(lambda state: _find(state, AgentId(id)))


@acts("/agents/{id:str}/unfreeze")
async def unfreeze_agent(id: AgentPath, desk: AtDesk, data: Reasoned = None) -> AgentView:
    """Let the agent spend again."""
    await desk.submit(commands.UnfreezeAgent(AgentId(id), why(data)))
    return await desk.read(lambda state: _find(state, AgentId(id)))


def _has_wallet(happened: tuple[events.Event, ...]) -> bool:
    return any(isinstance(event, events.AccountOpened) for event in happened)


def _find(state: State, name: AgentId) -> AgentView:
    agent = state.agents.by_id.get(name)
    if agent is None:
        raise not_found("unknown_agent", "No such agent.")
    return _view(state, agent)


def _view(state: State, agent: agents.Agent) -> AgentView:
    wallet = state.ledger.accounts.get(AccountId(agent.id))
    return AgentView(
        id=agent.id,
        team=agent.team,
        owner=agent.owner,
        account=agent.id if wallet is not None else str(agent.team),
        budget=agent.budget if wallet is None else wallet.budget,
        capabilities=agent.capabilities,
        metadata=agent.metadata,
        weight=agent.weight,
        priority=agent.priority,
        models=agent.models,
        frozen=agent.frozen,
        signing_key=agent.signing_key or None,
    )


ROUTES = [
    create_agent,
    list_agents,
    show_agent,
    change_agent,
    register_signing_key,
    freeze_agent,
    unfreeze_agent,
]
