"""Draw the pictures of the allocators' pages from the rules themselves.

Run it as it is to write them anew. The colours work on white and on black; there is no library behind it, so
the files are small and the same everywhere.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from econonexus.domain.mechanisms.choice import Goal, choose
from econonexus.domain.mechanisms.fair_share import first_come, max_min, strict_priority
from econonexus.domain.mechanisms.fair_share.claims import Claim
from econonexus.domain.mechanisms.fisher.buyers import Buyer
from econonexus.domain.mechanisms.fisher.market import clear
from econonexus.domain.mechanisms.order_book import Order, OrderBook, submit
from econonexus.domain.mechanisms.posted_price import base_fee, thresholds
from econonexus.domain.money import Amount

BLUE, ORANGE, GREEN, GREY = "#4c7fd1", "#d98032", "#4c9f70", "#888888"


def svg(width: int, height: int, title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="sans-serif" font-size="13" fill="{GREY}">\n<title>{title}</title>\n{body}\n</svg>\n'
    )


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def text(x: float, y: float, words: object, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def line(points: Iterable[tuple[float, float]], colour: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'


def order_book() -> str:
    """Open units by price, buyers left of the gap and sellers right of it."""
    book = OrderBook()
    for i, (price, units) in enumerate([(96, 70), (97, 30), (98, 50), (99, 20)]):
        submit(book, Order(f"b{i}", f"b{i}", "buy", units, price))
    for i, (price, units) in enumerate([(101, 30), (102, 40), (103, 25), (104, 80)]):
        submit(book, Order(f"s{i}", f"s{i}", "sell", units, price))
    parts = [text(10, 20, "units to buy"), text(630, 20, "units for sale", "end")]
    for side, colour in (("buy", BLUE), ("sell", ORANGE)):
        for level in book.depth(side):
            x = 40 + (level.unit_price - 96) * 65
            parts += [box(x, 190 - 1.7 * level.units, 50, 1.7 * level.units, colour)]
            parts += [text(x + 25, 210, level.unit_price, "middle")]
            parts += [text(x + 25, 184 - 1.7 * level.units, level.units, "middle")]
    parts.append(text(325, 235, "price per unit", "middle"))
    return svg(640, 245, "An order book: nobody buys at 100 or above, nobody sells below 101", parts)


def fisher() -> str:
    """Who gets what part of each good."""
    buyers = [
        Buyer("training", 60, {"gpu": 40, "cpu": 1, "memory": 0.2}),
        Buyer("serving", 40, {"gpu": 20, "cpu": 2, "memory": 0.5}),
        Buyer("crawling", 20, {"cpu": 1, "memory": 1}, "leontief"),
    ]
    supply = {"gpu": 8, "cpu": 64, "memory": 256}
    result = clear(buyers, supply)
    parts = [text(120 + 170 * i, 20, b.agent) for i, b in enumerate(buyers)]
    colours = (BLUE, ORANGE, GREEN)
    parts += [box(100 + 170 * i, 9, 14, 14, colour) for i, colour in enumerate(colours)]
    for row, (item, units) in enumerate(supply.items()):
        y, x = 40.0 + 50 * row, 100.0
        parts += [text(90, y + 22, item, "end")]
        for buyer, colour in zip(buyers, colours, strict=True):
            width = 400 * result.shares[buyer.agent].get(item, 0.0) / units
            parts.append(box(x, y, width, 34, colour))
            x += width
        parts.append(text(510, y + 22, f"{result.prices[item]:.3g} each"))
    return svg(640, 195, "Shares of a Fisher market and the prices that bring them about", parts)


def fair_shares() -> str:
    """One scarce resource, three rules."""
    claims = [Claim("a", 50, priority=1), Claim("b", 20), Claim("c", 60, 2, priority=2), Claim("d", 30)]
    rules: list[tuple[str, Callable[[int, list[Claim]], list[int]]]] = [
        ("first come", first_come.allocate),
        ("strict priority", strict_priority.allocate),
        ("max-min by weight", max_min.allocate),
    ]
    parts = []
    for column, (name, rule) in enumerate(rules):
        left = 20 + 210 * column
        parts.append(text(left, 20, name))
        for i, (claim, share) in enumerate(zip(claims, rule(100, claims), strict=True)):
            x = left + 45 * i
            parts += [
                f'<rect x="{x}" y="{160 - 2 * claim.units}" width="34" height="{2 * claim.units}" '
                f'fill="none" stroke="{GREY}"/>',
                box(x, 160 - 2 * share, 34, 2 * share, BLUE),
                text(x + 17, 178, f"{claim.agent} {share}", "middle"),
            ]
    return svg(640, 190, "100 units for claims of 50, 20, 60 and 30; c has priority and double weight", parts)


def posted_prices() -> str:
    """The same demand under both controllers."""
    demands = [500] * 5 + [1_000] * 12 + [500] * 6 + [100] * 14 + [500] * 5
    fee = base_fee.BaseFee(capacity=1_000, target=500, floor=Amount(1_000))
    band = thresholds.Thresholds(floor=Amount(1_000))
    excess, price = 0, Amount(1_000)
    fees, bands = [], []
    for demand in demands:
        excess, price = (
            base_fee.next_excess(fee, excess, demand),
            thresholds.next_price(band, price, demand, 1_000),
        )
        fees.append(base_fee.price_at(fee, excess))
        bands.append(price)
    xs = [50 + 13 * i for i in range(len(demands))]
    top = max(fees + bands)
    parts = [
        box(x - 5, 200 - demand / 12, 10, demand / 12, "#88888855")
        for x, demand in zip(xs, demands, strict=True)
    ]
    for prices, colour, name, y in ((fees, BLUE, "base fee", 20), (bands, ORANGE, "thresholds", 40)):
        parts += [line([(x, 200 - 180 * p / top) for x, p in zip(xs, prices, strict=True)], colour)]
        parts += [box(480, y - 10, 14, 3, colour), text(500, y - 4, name)]
    parts += [text(50, 220, "periods; bars are demand, half full, full, a tenth")]
    return svg(640, 230, "A rush and a lull under two price controllers", parts)


def choosing() -> str:
    """The ladder of goals, first match wins."""
    labels = {
        Goal.ONE_RESOURCE: "one resource?",
        Goal.COMPLEMENTARY_BUNDLE: "things worth more together?",
        Goal.PRICE_DISCOVERY: "is the price unknown?",
        Goal.PRIVACY: "must bids stay private?",
    }
    rungs = [(labels[goal], choose([goal]).mechanism) for goal in Goal]
    rungs.append(("otherwise", choose([]).mechanism))
    parts = []
    for i, (question, mechanism) in enumerate(rungs):
        y = 12 + 40 * i
        parts += [box(330, y, 160, 28, BLUE), text(300, y + 19, question, "end"), text(304, y + 19, "→")]
        parts += [f'<text x="410" y="{y + 19}" text-anchor="middle" fill="#ffffff">{mechanism}</text>']
    return svg(640, 212, "Which mechanism for which goal: the first yes decides", parts)


PICTURES: dict[str, Callable[[], str]] = {
    "order-book.svg": order_book,
    "fisher.svg": fisher,
    "fair-shares.svg": fair_shares,
    "posted-prices.svg": posted_prices,
    "choosing.svg": choosing,
}


def main() -> None:
    for name, draw in PICTURES.items():
        Path(__file__).with_name(name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
