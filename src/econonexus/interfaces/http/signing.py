"""Signatures of bids: checked here, before a bid becomes a command; its record keeps what was checked."""

from econonexus.bootstrap import is_signed
from econonexus.domain.ids import AgentId
from econonexus.interfaces.http.desk import Desk, not_allowed
from econonexus.interfaces.http.problems import declined


def verified(desk: Desk, agent: AgentId, text: bytes, signature: str | None) -> str:
    """A bid's signature, which must be the agent's of a text; empty where there is none. Raises: Declined."""
    if signature is None:
        return ""
    key = desk.node.engine.peek(lambda state: state.agents.by_id[agent].signing_key)
    if not key:
        raise declined(409, "no_signing_key", "Register a public key first, to be verified by.", "signature")
    if not is_signed(key, text, signature):
        raise not_allowed(f"It is no signature of {text.decode()} by the registered key.", "signature")
    return signature
