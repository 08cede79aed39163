"""What winner determination is asked, and what it answers."""

from collections.abc import Callable

import msgspec

Deadline = float
"""An instant as `time.monotonic()` counts, in seconds."""


class Problem(msgspec.Struct, frozen=True):
    """The bids that may win, in file order, and what limits them.

    Prices and units are in [0, 2**63). `bundles` holds for each bid the items it asks for as (item, units >
    0), sorted by item, each within the supply. `owners` matter to payments alone. With `exclusive` bidding
    (XOR) an agent wins one bid at most; the prices an agent wins never add up to more than its budget.
    """

    prices: tuple[int, ...]
    bundles: tuple[tuple[tuple[int, int], ...], ...]
    supply: tuple[int, ...]
    agents: tuple[int, ...]
    owners: tuple[int, ...]
    exclusive: bool
    budgets: tuple[int | None, ...]
    floors: tuple[int, ...]
    """What the reserves of its items ask of each bid at least; its price is no less."""


class Packing(msgspec.Struct, frozen=True):
    """Bids that can win together, by position and ascending, and how good they are.

    No packing is worth more than `bound`: that is proven. Of the packings worth as much, an optimal one is
    the first: where it and another differ first, it has the bid.
    """

    winners: tuple[int, ...]
    welfare: int
    bound: int

    @property
    def optimal(self) -> bool:
        """Whether no packing is worth more."""
        return self.welfare == self.bound


OnProgress = Callable[[Packing], None]
"""Is told of every better packing and every better bound."""
