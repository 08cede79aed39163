"""Every rule once more, deliberately dumb: it counts units one by one and tries everything."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from econonexus.domain.mechanisms.bids import Auction, Bid


def candidates(auction: Auction, item: str) -> list[tuple[int, Bid]]:
    """(place in the file, bid) of those that may win."""
    return [
        (place, bid)
        for place, bid in enumerate(auction.bids)
        if bid.item == item
        and 1 <= bid.units <= auction.supply[item]
        and bid.unit_price >= auction.reserve.get(item, 0)
    ]


def unit_list(bids: Sequence[tuple[int, Bid]]) -> list[tuple[int, int, Bid]]:
    """Every single unit as (price, -place, bid), the best first."""
    units = [(bid.unit_price, -place, bid) for place, bid in bids for _ in range(bid.units)]
    return sorted(units, key=lambda unit: unit[:2], reverse=True)


def greatest_welfare(auction: Auction) -> int:
    """By trying how many units each bid gets, all ways."""
    return sum(_best_of(candidates(auction, item), auction.supply[item]) for item in auction.supply)


def _best_of(bids: Sequence[tuple[int, Bid]], supply: int) -> int:
    fills = product(*(range(bid.units + 1) for _, bid in bids))
    return max(
        sum(units * bid.unit_price for units, (_, bid) in zip(fill, bids, strict=True))
        for fill in fills
        if sum(fill) <= supply
    )


def greatest_gain(auction: Auction) -> int:
    """The same where both sides bid: units bought equal units sold."""
    best = 0
    for item in {bid.item for bid in auction.bids}:
        bids = [bid for bid in auction.bids if bid.item == item]
        gains = [0]
        for fill in product(*(range(bid.units + 1) for bid in bids)):
            signed = [units if bid.side == "buy" else -units for units, bid in zip(fill, bids, strict=True)]
            if sum(signed) == 0:
                gains.append(sum(units * bid.unit_price for units, bid in zip(signed, bids, strict=True)))
        best += max(gains)
    return best


def highest_first(
    auction: Auction, item: str
) -> tuple[list[tuple[int, int, Bid]], list[tuple[int, int, Bid]]]:
    """Winning and losing single units."""
    units = unit_list(candidates(auction, item))
    return units[: auction.supply[item]], units[auction.supply[item] :]


def payments(mechanism: str, auction: Auction, **given: object) -> dict[str, tuple[int, int]]:
    """Bid id to (units, payment), for the rules in which the highest bids win."""
    result: dict[str, tuple[int, int]] = {}
    for item in auction.supply:
        won, lost = highest_first(auction, item)
        reserve = auction.reserve.get(item, 0)
        for price, _, bid in won:
            rivals = [p for p, _, other in lost if other.owner != bid.owner]
            match mechanism:
                case "first_price" | "discriminatory":
                    cost = price
                case "second_price":
                    cost = max([reserve, *rivals])
                case "english":
                    cost = (
                        max(reserve, min(price, max(rivals) + int(str(given["increment"]))))
                        if rivals
                        else reserve
                    )
                case "highest_losing":
                    cost = max([reserve, *(p for p, _, _ in lost)])
                case "lowest_winning":
                    cost = min(p for p, _, _ in won)
                case _:
                    raise AssertionError(mechanism)
            units, paid = result.get(bid.id, (0, 0))
            result[bid.id] = (units + 1, paid + cost)
    return result


def vickrey(auction: Auction) -> dict[str, int]:
    """Owner to payment: what the others (and the seller, at the reserve) lose by its being there."""
    result: dict[str, int] = {}
    for owner in {bid.owner for bid in auction.bids}:
        for item, supply in auction.supply.items():
            reserve = auction.reserve.get(item, 0)
            seller = [(reserve, -(10**9), None)] * supply
            units = [*unit_list(candidates(auction, item)), *seller]
            others = [unit for unit in units if unit[2] is None or unit[2].owner != owner]
            with_owner = sorted(units, key=lambda unit: unit[:2], reverse=True)[:supply]
            without = sorted(others, key=lambda unit: unit[:2], reverse=True)[:supply]
            kept = sum(price for price, _, bid in with_owner if bid is None or bid.owner != owner)
            paid = sum(price for price, _, _ in without) - kept
            if any(bid is not None and bid.owner == owner for _, _, bid in with_owner):
                result[owner] = result.get(owner, 0) + paid
    return result


def dutch(auction: Auction, start: int, step: int, floor: int) -> dict[str, tuple[int, int]]:
    """Runs the clock call by call."""
    result = {}
    for item, supply in auction.supply.items():
        floor_here = max(floor, auction.reserve.get(item, 0))
        waiting = [bid for _, bid in candidates(auction, item)]
        calls = [*range(start, floor_here, -step), floor_here]
        left = supply
        for call in calls:
            for bid in list(waiting):
                if bid.unit_price >= call:
                    waiting.remove(bid)
                    if left:
                        result[bid.id] = (1, call)
                        left -= 1
    return result


def clearing_prices(auction: Auction, item: str) -> tuple[int | None, int | None]:
    """Tries every price up to 20: it clears if some number of units is both wanted and offered."""
    bids = [bid for bid in auction.bids if bid.item == item and bid.units]
    good = []
    for price in range(21):
        least_wanted = sum(b.units for b in bids if b.side == "buy" and b.unit_price > price)
        most_wanted = sum(b.units for b in bids if b.side == "buy" and b.unit_price >= price)
        least_offered = sum(b.units for b in bids if b.side == "sell" and b.unit_price < price)
        most_offered = sum(b.units for b in bids if b.side == "sell" and b.unit_price <= price)
        if max(least_wanted, least_offered) <= min(most_wanted, most_offered):
            good.append(price)
    has_buyers = any(b.side == "buy" for b in bids)
    has_sellers = any(b.side == "sell" for b in bids)
    # With one side only, prices are bounded on one side only.
    return (good[0] if has_buyers else None, good[-1] if has_sellers else None) if good else (None, None)


def pairs(auction: Auction, item: str) -> tuple[list[int], list[int], int]:
    """Single-unit bids from the top, asks from the bottom, and how many pairs cross."""
    buys = sorted(
        (b.unit_price for b in auction.bids if b.item == item and b.side == "buy" for _ in range(b.units)),
        reverse=True,
    )
    sells = sorted(
        b.unit_price for b in auction.bids if b.item == item and b.side == "sell" for _ in range(b.units)
    )
    return buys, sells, sum(b >= s for b, s in zip(buys, sells, strict=False))


def filled(auction: Auction, item: str, side: str, units: int, price: int) -> dict[str, tuple[int, int]]:
    """Bid id to (units, money) of the best `units` of a side, unit by unit, each at `price`."""
    sign = -1 if side == "buy" else 1
    each = sorted(
        (sign * bid.unit_price, place, bid.id)
        for place, bid in enumerate(auction.bids)
        if (bid.item, bid.side) == (item, side)
        for _ in range(bid.units)
    )
    result: dict[str, tuple[int, int]] = {}
    for _, _, name in each[:units]:
        got, money = result.get(name, (0, 0))
        result[name] = got + 1, money + price
    return result


def procurement(auction: Auction, ceiling: int | None, weight: Fraction) -> dict[str, int]:
    """Bid id to what it receives."""
    result = {}
    for item in auction.supply:
        able = [b for b in auction.bids if b.item == item and (ceiling is None or b.unit_price <= ceiling)]
        if not able:
            continue
        scores = [b.unit_price - weight * b.quality for b in able]
        winner = able[scores.index(min(scores))]
        rivals = [s for s, b in zip(scores, able, strict=True) if b.owner != winner.owner]
        if rivals:
            due = (min(rivals) + weight * winner.quality).__floor__()
            result[winner.id] = due if ceiling is None else min(ceiling, due)
        else:
            result[winner.id] = winner.unit_price if ceiling is None else ceiling
    return result
