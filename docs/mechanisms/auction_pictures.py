"""Draw the pictures of the auctions' pages: `python docs/mechanisms/auction_pictures.py`."""

from collections.abc import Callable, Sequence
from math import inf
from pathlib import Path

from allocator_pictures import BLUE, GREEN, GREY, ORANGE, box, line, svg, text

from econonexus.solver.packing import pack
from econonexus.solver.payments.paying import Rule, pay
from econonexus.solver.problem import Problem

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


FIRST = Problem(
    prices=(28, 20, 32, 14, 12),
    bundles=(((0, 1),), ((1, 1),), ((0, 1), (1, 1)), ((0, 1),), ((1, 1),)),
    supply=(1, 1),
    agents=(0, 1, 2, 3, 4),
    owners=(0, 1, 2, 3, 4),
    exclusive=True,
    budgets=(None,) * 5,
    floors=(0,) * 5,
)
"""Day and Cramton's five bids: 28 for A, 20 for B, 32 for both, 14 for A, 12 for B."""


def bundle_payments() -> str:
    """Payments as points: across what the winner of A pays, upwards that of B; the core is what is above."""

    def at(across: float, up: float) -> tuple[float, float]:
        return 70 + (across - 12) * 24, 300 - (up - 10) * 24

    corners = [at(14, 18), at(14, 20), at(28, 20), at(28, 12), at(20, 12)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    parts = [f'<polygon points="{path}" fill="{BLUE}" fill-opacity="0.25"/>']
    parts += [line([at(12, 22), at(12, 10), at(30, 10)], GREY), text(*at(23, 15.8), "the core", "middle")]
    parts += [line([at(12, 20), at(22, 10)], ORANGE), text(*at(12.4, 20.2), "together 32")]
    parts += [text(*at(pays, 9.2), pays, "middle") for pays in range(12, 31, 2)]
    parts += [text(at(12, 0)[0] - 8, at(0, pays)[1] + 4, pays, "end") for pays in range(12, 23, 2)]
    parts += [text(*at(30, 8.4), "the winner of A pays", "end"), text(80, 20, "the winner of B pays")]
    packing = pack(FIRST, inf)
    for rule, words in BUNDLE_RULES.items():
        x, y = at(*pay(FIRST, packing, rule, inf, pack).low)
        parts += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{GREEN}"/>',
            text(x + 9, y + 14 if rule == "vcg" else y - 4, words),
        ]
    parts += [line([at(14, 12), at(17, 15)], GREEN)]
    return svg(640, 350, "Bundles: who pays what under each rule", parts)


BUNDLE_RULES: dict[Rule, str] = {
    "vcg": "vcg",
    "core": "core",
    "core_zero_nearest": "core_zero_nearest",
    "core_bid_nearest": "core_bid_nearest",
    "pay_as_bid": "pay_as_bid",
}


PICTURES: dict[str, Callable[[], str]] = {
    "single-item": single_item,
    "multi-unit": multi_unit,
    "two-sided": two_sided,
    "procurement": procurement,
    "bundle-payments": bundle_payments,
}


def main() -> None:
    for name, draw in PICTURES.items():
        (Path(__file__).parent / f"{name}.svg").write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
