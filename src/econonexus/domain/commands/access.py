"""Who may act, and how far features go."""

from econonexus.domain.commands.form import CommandForm
from econonexus.domain.ids import AgentId, KeyDigest, KeyId
from econonexus.domain.kinds import Mode, Role


class IssueKey(CommandForm, frozen=True):
    """Let whoever knows a secret act as `holder` in a role; only the secret's digest is ever told.

    The holder of an agent's key is an agent; of the others, a person or a service by any name.
    Refused: `invalid_key`, `unknown_agent`, `key_exists`.
    """

    key: KeyId
    holder: str
    role: Role
    digest: KeyDigest


class RotateKey(CommandForm, frozen=True):
    """Replace a key's secret; the old one is worth nothing at once.

    Refused: `invalid_key`, `key_exists`, `unknown_key`.
    """

    key: KeyId
    digest: KeyDigest


class RevokeKey(CommandForm, frozen=True):
    """End a key for good. Refused: `unknown_key`."""

    key: KeyId
    reason: str = ""


class RegisterSigningKey(CommandForm, frozen=True):
    """Say by which public key (Ed25519, 64 hexadecimal digits) an agent's bids are verified from now on.

    Refused: `invalid_key`, `unknown_agent`.
    """

    agent: AgentId
    public_key: str


class SetMode(CommandForm, frozen=True):
    """Say how far a feature goes: `gateway`, or `gateway:<model>` for one of its models.

    Where it was never said, the configured default holds. Refused: `unknown_feature`.
    """

    feature: str
    mode: Mode
    reason: str = ""
