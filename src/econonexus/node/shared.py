"""A future that many await and none may cancel."""

import asyncio
from typing import TypeVar

T = TypeVar("T")


class Shared(asyncio.Future[T]):
    """Awaited by several callers at once. What one of them waits for is in hand for the others too, so a
    caller that is cancelled hears of it only when this is done."""

    def cancel(self, msg: object = None) -> bool:  # noqa: ARG002  # The signature is asyncio's.
        """Never."""
        return False
