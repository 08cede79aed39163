"""Draw the pictures of the auctions' pages: `python docs/mechanisms/auction_pictures.py`."""

from collections.abc import Callable, Sequence
from pathlib import Path

from allocator_pictures import BLUE, GREEN, GREY, ORANGE, box, line, svg, text

FLOOR = 200


def single_item() -> str:
    """The bids of the page's example; 840 is where the clock of its second example stops."""
    bids = [("ann, 900", 900, BLUE), ("abe, same house, 850", 850, GREY), ("bob, 700", 700, GREY)]
    parts = []
    for place, (name, price, colour) in enumerate(bids):
        parts += [box(30 + 150 * place, FLOOR - price / 6, 110, price / 6, colour)]
        parts += [text(85 + 150 * place, FLOOR + 18, name, "middle")]
    # The first two lines are close together, so their words move apart.
    for price, down, words in (
        (900, -3, "first price 900"),
        (840, 10, "Dutch 840"),
        (700, 4, "second price 700"),
    ):
        parts += [line([(30, FLOOR - price / 6), (490, FLOOR - price / 6)], ORANGE)]
        parts += [text(496, FLOOR + down - price / 6, words)]
    return svg(640, 230, "One item: who wins is the same, what it costs is not", parts)


def steps(prices: Sequence[int], scale: float, width: float, left: float = 40) -> list[tuple[float, float]]:
    """The corners of a staircase, a unit a step."""
    corners = []
    for place, price in enumerate(prices):
        corners += [
            (left + place * width, FLOOR - price * scale),
            (left + (place + 1) * width, FLOOR - price * scale),
        ]
    return corners


def multi_unit() -> str:
    """Krishna's nine highest bids, six units, price 32."""
    prices = [50, 47, 45, 42, 40, 35, 32, 28, 24]
    parts = [
        box(40 + place * 55, FLOOR - 3 * price, 55, 3 * price, BLUE if place < 6 else GREY)
        for place, price in enumerate(prices)
    ]
    parts += [
        text(67 + place * 55, FLOOR - 5 - 3 * price, price, "middle") for place, price in enumerate(prices)
    ]
    parts += [line([(370, 30), (370, FLOOR)], GREEN), text(376, 40, "six units")]
    parts += [
        line([(40, FLOOR - 96), (370, FLOOR - 96)], ORANGE),
        text(205, FLOOR + 18, "all pay 32, the highest losing bid", "middle"),
    ]
    return svg(640, 230, "Many units: the six highest bids win, the seventh is the price", parts)


def two_sided() -> str:
    """The horse market: bids fall, asks rise, and cross between 42 and 43 half florins."""
    buyers = [60, 56, 52, 48, 44, 42, 40, 36]
    sellers = [20, 22, 30, 34, 40, 43, 50, 52]
    parts = [line([(40, FLOOR - 60 * 2.8), (40, FLOOR), (520, FLOOR)], GREY)]
    for price in range(0, 61, 10):
        parts += [line([(36, FLOOR - price * 2.8), (40, FLOOR - price * 2.8)], GREY)]
        parts += [text(32, FLOOR + 4 - price * 2.8, price, "end")]
    parts += [text(10, 18, "half florins a horse")]
    parts += [box(40, FLOOR - 43 * 2.8, 5 * 60, 2.8, ORANGE)]
    parts += [line(steps(buyers, 2.8, 60), BLUE), line(steps(sellers, 2.8, 60), GREEN)]
    parts += [text(526, FLOOR - 36 * 2.8 + 4, "bids"), text(526, FLOOR - 52 * 2.8 + 4, "asks")]
    parts += [text(70 + 60 * place, FLOOR + 18, place + 1, "middle") for place in range(len(buyers))]
    parts += [text(526, FLOOR + 18, "horses")]
    parts += [text(56, FLOOR - 43 * 2.8 + 20, "five horses trade, at 42 to 43")]
    return svg(640, 230, "Two sides: where bids and asks cross", parts)


def procurement() -> str:
    """Prices as bars, what the quality is worth taken off the top."""
    offers = [("ann", 70, 40), ("bob", 60, 25), ("cat", 45, 5)]
    parts = []
    for place, (name, price, worth) in enumerate(offers):
        x = 30 + 150 * place
        score = price - worth
        parts += [
            box(x, FLOOR - 2 * price, 110, 2 * worth, GREY),
            text(x + 55, FLOOR - 2 * price - 5, f"asks {price}", "middle"),
        ]
        parts += [box(x, FLOOR - 2 * score, 110, 2 * score, BLUE if name == "ann" else GREEN)]
        parts += [text(x + 55, FLOOR + 18, f"{name}: score {score}", "middle")]
    parts += [line([(30, FLOOR - 70), (490, FLOOR - 70)], ORANGE), text(496, FLOOR - 66, "second score 35")]
    return svg(640, 230, "Procurement: grey is what the quality is worth; the least rest wins", parts)


PICTURES: dict[str, Callable[[], str]] = {
    "single-item": single_item,
    "multi-unit": multi_unit,
    "two-sided": two_sided,
    "procurement": procurement,
}


def main() -> None:
    for name, draw in PICTURES.items():
        (Path(__file__).parent / f"{name}.svg").write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
