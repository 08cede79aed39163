"""How instants are written: RFC 3339, in UTC."""

from datetime import UTC, datetime, timedelta

from econonexus.domain.ids import Instant

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(time: Instant | int) -> str:
    """An instant in ns UTC as RFC 3339, to the microsecond."""
    return (EPOCH + timedelta(microseconds=time // 1_000)).isoformat().replace("+00:00", "Z")
