"""Who calls: keys, the callers behind them, and how fast each may ask.

A secret lives in its holder's hands only. What is compared, kept and journaled is its digest.
"""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict

import msgspec

from econonexus.domain.ids import AgentId, CallerId, KeyDigest
from econonexus.domain.kinds import Role
from econonexus.interfaces.http.problems import Declined, declined
from econonexus.node.node import Node

BUCKETS = 100_000
"""So many keys' recent use is remembered; who is forgotten begins afresh."""


class Caller(msgspec.Struct, frozen=True):
    """Whoever made a request: by which key, as whom, in which role."""

    key: str
    holder: str
    role: Role

    @property
    def id(self) -> CallerId:
        """The name that scopes this caller's command ids; it outlives a rotation of the key."""
        return CallerId(f"{self.role.value}:{self.holder}")

    @property
    def agent(self) -> AgentId | None:
        """The agent that calls, if it is one."""
        return AgentId(self.holder) if self.role is Role.AGENT else None


def new_secret() -> str:
    """A key's secret: 256 random bits."""
    return f"enx_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> KeyDigest:
    """By what a secret is known."""
    return KeyDigest(hashlib.sha256(secret.encode()).hexdigest())


class Doorkeeper:
    """Tells callers by their keys. The first admin key is the operator's own and never journaled."""

    def __init__(self, node: Node, admin_key: str) -> None:
        self._node = node
        self._admin = digest(admin_key)

    def identify(self, authorization: str | None) -> Caller:
        """The caller that an Authorization header proves. Raises: Declined (401)."""
        scheme, _, secret = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise _unknown("Send your key as `Authorization: Bearer KEY`.")
        known = digest(secret.strip())
        if hmac.compare_digest(known, self._admin):
            return Caller("admin", "admin", Role.ADMIN)
        key = self._node.engine.peek(lambda state: state.keys.known_by(known))
        if key is None:
            raise _unknown("This key is not known, or was revoked.")
        return Caller(key.id, key.holder, key.role)


def _unknown(detail: str) -> Declined:
    return declined(401, "unknown_key", detail, headers={"WWW-Authenticate": "Bearer"})


class Pace:
    """A token bucket per key: `rate` requests a second over time, `burst` at once."""

    def __init__(self, rate: int, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Key to tokens left, and when they were counted (s)."""

    def take(self, key: str, now: float | None = None) -> None:
        """Count one request. Raises: Declined (429), saying when to come again."""
        now = time.monotonic() if now is None else now
        left, at = self._buckets.pop(key, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._rate)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        if len(self._buckets) > BUCKETS:
            self._buckets.popitem(last=False)
        if not allowed:
            wait = {"Retry-After": str(max(1, round((1 - left) / self._rate)))}
            raise declined(429, "rate_limited", "This key asks too often; wait a little.", headers=wait)
