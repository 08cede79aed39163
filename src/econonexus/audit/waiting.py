"""The orders that wait in books, kept a second time: by market, side and price, each queue oldest first."""

from collections import Counter
from collections.abc import Iterator


class Order:
    """One order at rest."""

    def __init__(self, market: str, agent: str, account: str, side: str, price: int) -> None:
        self.market, self.agent, self.account = market, agent, account
        self.side, self.price = side, price
        self.units = 0
        self.levels: list[str] = []
        self.grant: str | None = None

    @property
    def held(self) -> int:
        """What is reserved for it."""
        return self.units * self.price if self.side == "buy" else 0


class Waiting:
    """All orders at rest."""

    def __init__(self) -> None:
        self.by_name: dict[str, Order] = {}
        self.queues: dict[tuple[str, str], dict[int, dict[str, None]]] = {}
        """Market and side to price to who waits there, oldest first."""
        self.at_rest: Counter[str] = Counter()

    def put(self, known: str, order: Order) -> None:
        """An order waits at the end of the queue of its price."""
        self.by_name[known] = order
        self.at_rest[order.market] += 1
        self.queues.setdefault((order.market, order.side), {}).setdefault(order.price, {})[known] = None

    def take_out(self, known: str) -> None:
        """An order waits no more."""
        order = self.by_name.pop(known)
        self.at_rest[order.market] -= 1
        prices = self.queues[order.market, order.side]
        del prices[order.price][known]
        if not prices[order.price]:
            del prices[order.price]

    def facing(self, order: Order, limit: int | None) -> Iterator[str]:
        """Who waits on the other side for a price that an order may take: the best first, then the oldest."""
        buys = order.side == "buy"
        others = self.queues.get((order.market, "sell" if buys else "buy"), {})
        fine = [p for p in others if limit is None or (p <= limit if buys else p >= limit)]
        for price in sorted(fine, reverse=not buys):
            yield from others[price]
