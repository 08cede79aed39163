"""Keys: issue, rotate, revoke. A secret is shown once, to whoever had it made."""

import secrets
from typing import Annotated, Literal

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import KeyId
from econonexus.domain.kinds import Role
from econonexus.domain.state import State
from econonexus.domain.subjects.keys import Key
from econonexus.interfaces.http.callers import Caller, digest, new_secret
from econonexus.interfaces.http.desk import AtDesk, Desk, not_allowed, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Name,
    NewId,
    Page,
    PageSize,
    Reasoned,
    acts,
    creates,
    page,
    reads,
    why,
)
from econonexus.interfaces.http.paths import KeyPath


class NewKey(Body, frozen=True):
    """A key to make: for an agent that is there, or for a person or service by any name."""

    holder: Annotated[
        Name, Meta(description="Who uses it: an agent's id, or any name of a person or service.")
    ]
    role: Annotated[
        Literal["agent", "human", "auditor", "operator", "admin"],
        Meta(description="What the holder may do with it; `agent` needs an agent of that name."),
    ] = "agent"
    id: NewId = None


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key, without its secret."""

    id: Annotated[str, Meta(description="The key's id, which is no secret.")]
    holder: Annotated[
        str, Meta(description="Who uses it: an agent's id, or the name of a person or service.")
    ]
    role: Annotated[
        str, Meta(description="What the holder may do: `agent`, `human`, `auditor`, `operator` or `admin`.")
    ]


class ShownKey(KeyView, frozen=True, kw_only=True):
    """A key with its secret."""

    key: Annotated[
        str | None, Meta(description="The secret, shown this once; null where the request is a repeat.")
    ]


class Revoked(msgspec.Struct, frozen=True):
    """A key that is gone."""

    id: Annotated[str, Meta(description="The key that opens nothing any more.")]


@creates("/keys")
async def issue_key(data: JSONBody[NewKey], desk: AtDesk) -> ShownKey:
    """Make a key. An operator makes agents' keys, an admin anybody's."""
    role, secret = Role(data.role), new_secret()
    _must_manage(desk.caller, role)
    name = KeyId(data.id or f"key-{secrets.token_hex(8)}")
    reply = await desk.submit(commands.IssueKey(name, data.holder, role, digest(secret)))
    made = of(events.KeyIssued, reply)
    shown = secret if made.digest == digest(secret) else None
    return ShownKey(id=made.key, holder=made.holder, role=made.role.value, key=shown)


@reads("/keys")
async def list_keys(desk: AtDesk, cursor: Cursor = None, limit: PageSize = 100) -> Page[KeyView]:
    """All keys that open something, without their secrets."""

    def look(state: State) -> Page[KeyView]:
        found, after = page(state.keys.by_id, cursor, limit)
        return Page([KeyView(id=key.id, holder=key.holder, role=key.role.value) for key in found], after)

    return await desk.read(look)


@acts("/keys/{id:str}/rotate")
async def rotate_key(id: KeyPath, desk: AtDesk) -> ShownKey:
    """Replace a key's secret; the old one is worth nothing at once. An agent may rotate its own."""
    key, secret = _managed(desk, KeyId(id)), new_secret()
    reply = await desk.submit(commands.RotateKey(key.id, digest(secret)))
    shown = secret if of(events.KeyRotated, reply).digest == digest(secret) else None
    return ShownKey(id=key.id, holder=key.holder, role=key.role.value, key=shown)


@acts("/keys/{id:str}/revoke")
async def revoke_key(id: KeyPath, desk: AtDesk, data: Reasoned = None) -> Revoked:
    """End a key for good."""
    key = desk.node.engine.peek(lambda state: state.keys.by_id.get(KeyId(id)))
    if key is not None:
        _must_manage(desk.caller, key.role)
    await desk.submit(commands.RevokeKey(KeyId(id), why(data)))
    return Revoked(id)


def _managed(desk: Desk, name: KeyId) -> Key:
    """A key that the caller may change. Raises: Declined."""
    key = desk.node.engine.peek(lambda state: state.keys.by_id.get(name))
    own = key is not None and desk.caller.agent is not None and key.role is Role.AGENT
    if key is None or (desk.caller.agent is not None and not (own and key.holder == desk.caller.agent)):
        raise not_found("unknown_key", "No such key, or it was revoked.")
    if desk.caller.agent is None:
        _must_manage(desk.caller, key.role)
    return key


def _must_manage(caller: Caller, role: Role) -> None:
    """Keys of agents are an operator's business, those of people an admin's."""
    if role is not Role.AGENT and caller.role is not Role.ADMIN:
        raise not_allowed("Keys of operators, auditors and admins are an admin's business.")


ROUTES = [issue_key, list_keys, rotate_key, revoke_key]
