"""Who may act, and how far features go."""

from econonexus.domain.events.form import EventForm
from econonexus.domain.ids import AgentId, KeyDigest, KeyId
from econonexus.domain.kinds import Mode, Role


class KeyIssued(EventForm, frozen=True, tag="key_issued/1"):
    """Whoever knows the secret of this digest acts as the holder, in the role."""

    key: KeyId
    holder: str
    role: Role
    digest: KeyDigest


class KeyRotated(EventForm, frozen=True, tag="key_rotated/1"):
    """The key has another secret; the one before is worth nothing."""

    key: KeyId
    digest: KeyDigest


class KeyRevoked(EventForm, frozen=True, tag="key_revoked/1"):
    """The key is gone."""

    key: KeyId
    reason: str = ""


class SigningKeyRegistered(EventForm, frozen=True, tag="signing_key_registered/1"):
    """The agent's bids are verified by this public key from now on."""

    agent: AgentId
    public_key: str


class ModeSet(EventForm, frozen=True, tag="mode_set/1"):
    """The feature goes as far as this from now on."""

    feature: str
    mode: Mode
    reason: str = ""
