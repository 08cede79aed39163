"""Issuing, rotating and revoking keys."""

from econonexus.domain import commands, events
from econonexus.domain.flows import forms
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import AgentId, Instant, KeyDigest, KeyId, is_digest
from econonexus.domain.kinds import Role
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State


def issue(state: State, command: commands.IssueKey, now: Instant) -> Decision | Refusal:
    """Give a holder a key."""
    refusal = forms.name("key", command.key) or forms.name("holder", command.holder)
    if refusal:
        return refusal
    if not is_digest(command.digest):
        return Refusal(RefusalCode.INVALID_KEY, "digest")
    if command.role is Role.AGENT and AgentId(command.holder) not in state.agents.by_id:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "holder", command.holder)
    refusal = key_refused(state, "key", command.key, command.digest)
    if refusal:
        return refusal
    return (events.KeyIssued(command.key, command.holder, command.role, command.digest),)


def rotate(state: State, command: commands.RotateKey, now: Instant) -> Decision | Refusal:
    """Replace a key's secret."""
    if not is_digest(command.digest):
        return Refusal(RefusalCode.INVALID_KEY, "digest")
    if command.digest in state.keys.digests:
        return Refusal(RefusalCode.KEY_EXISTS, "digest")
    if command.key not in state.keys.by_id:
        return Refusal(RefusalCode.UNKNOWN_KEY, "key", command.key)
    return (events.KeyRotated(command.key, command.digest),)


def revoke(state: State, command: commands.RevokeKey, now: Instant) -> Decision | Refusal:
    """End a key."""
    refusal = forms.text("reason", command.reason, forms.MAX_REASON)
    if refusal:
        return refusal
    if command.key not in state.keys.by_id:
        return Refusal(RefusalCode.UNKNOWN_KEY, "key", command.key)
    return (events.KeyRevoked(command.key, command.reason),)


def register(state: State, command: commands.RegisterSigningKey, now: Instant) -> Decision | Refusal:
    """Verify an agent's bids by a public key."""
    if not is_digest(command.public_key):
        return Refusal(RefusalCode.INVALID_KEY, "public_key")
    if command.agent not in state.agents.by_id:
        return Refusal(RefusalCode.UNKNOWN_AGENT, "agent", command.agent)
    return (events.SigningKeyRegistered(command.agent, command.public_key),)


def key_refused(state: State, field: str, key: str, digest: KeyDigest) -> Refusal | None:
    """Why no key of this id and digest can be made, if there is a reason."""
    refusal = forms.name(field, key)
    if refusal:
        return refusal
    if not is_digest(digest):
        return Refusal(RefusalCode.INVALID_KEY, f"{field}_digest")
    if KeyId(key) in state.keys.by_id or digest in state.keys.digests:
        return Refusal(RefusalCode.KEY_EXISTS, field, key)
    return None
