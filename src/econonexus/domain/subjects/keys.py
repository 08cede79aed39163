"""Keys: who may speak for whom. Their secrets never come here, only digests do."""

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import KeyDigest, KeyId
from econonexus.domain.kinds import Role


class Key(msgspec.Struct, gc=False):
    """Whoever knows the secret of this digest acts as `holder` in `role`."""

    id: KeyId
    holder: str
    role: Role
    digest: KeyDigest


class Keys(msgspec.Struct):
    """All keys that open something. Only events change them."""

    by_id: dict[KeyId, Key] = {}
    digests: dict[KeyDigest, KeyId] = {}

    def known_by(self, digest: KeyDigest) -> Key | None:
        """The key whose secret has this digest, if there is one."""
        name = self.digests.get(digest)
        return None if name is None else self.by_id[name]

    def issue(self, event: events.KeyIssued) -> None:
        """Add a key."""
        self.by_id[event.key] = Key(event.key, event.holder, event.role, event.digest)
        self.digests[event.digest] = event.key

    def rotate(self, event: events.KeyRotated) -> None:
        """Give a key another secret."""
        key = self.by_id[event.key]
        del self.digests[key.digest]
        key.digest = event.digest
        self.digests[event.digest] = key.id

    def revoke(self, event: events.KeyRevoked) -> None:
        """Remove a key."""
        del self.digests[self.by_id.pop(event.key).digest]
