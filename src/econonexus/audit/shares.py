"""Reserved shares and computed reserves, worked out a second time by a way of their own."""

from collections.abc import Iterator, Mapping, Sequence

from econonexus.audit.fields import Fields, whole
from econonexus.audit.outcomes import Offer, Sale, sale

ONE = 1_000_000
FIFTH, HALF, LAST = 200_000, 500_000, 10


def given_first(rule: str, offers: list[Offer], supply: int, reserve: int, share: int) -> Sale:
    """What comes of giving `share` of the supply fairly, at the reserve, and selling all that is left."""
    able = [offer for offer in offers if offer.units <= supply and offer.price >= reserve]
    best_first = sorted(able, key=lambda offer: -offer.price)
    fair = dict(_given(able, best_first, supply * share // ONE))
    left = supply - sum(fair.values())
    still = [offer._replace(units=min(left, offer.units - fair.get(offer.bid, 0))) for offer in able]
    sold = sale(rule, [offer for offer in still if offer.units], left, reserve)
    bought = {bid: (units, amount) for bid, units, amount in sold.won}
    won, worth = [], 0
    for offer in best_first:
        units, amount = bought.get(offer.bid, (0, 0))
        units, amount = units + fair.get(offer.bid, 0), amount + reserve * fair.get(offer.bid, 0)
        worth += units * offer.price
        won += [(offer.bid, units, amount)] if units else []
    return Sale(won, sold.price, worth, fair)


def _given(able: Sequence[Offer], best_first: Sequence[Offer], units: int) -> Iterator[tuple[str, int]]:
    """Bid to units: every owner up to a level, and one unit more for the earliest of those who want it."""
    wants: dict[str, int] = {}
    for offer in able:
        wants[offer.owner] = wants.get(offer.owner, 0) + offer.units
    has = _up_to(wants, _level(wants, units))
    spare = units - sum(has.values())
    for owner in [owner for owner in wants if wants[owner] > has[owner]][:spare]:
        has[owner] += 1
    for offer in best_first:
        taken = min(offer.units, has[offer.owner])
        has[offer.owner] -= taken
        if taken:
            yield offer.bid, taken


def _level(wants: Mapping[str, int], units: int) -> int:
    """The highest level up to which everybody can be given; found by halves."""
    low, high = 0, max(wants.values(), default=0)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(_up_to(wants, middle).values()) <= units:
            low = middle
        else:
            high = middle - 1
    return low


def _up_to(wants: Mapping[str, int], level: int) -> dict[str, int]:
    return {owner: min(wanted, level) for owner, wanted in wants.items()}


def best(offers: list[Offer], supply: int, reserve: int) -> int:
    """What the offers would be worth without a share or weights."""
    return sale("discriminatory", [offer._replace(weight=1) for offer in offers], supply, reserve).welfare


def share_of(terms: Fields) -> int | None:
    """The share that terms reserve."""
    rule = terms.get("reserved_share")
    return whole(rule.get("share", FIFTH)) if isinstance(rule, dict) else None


def with_reserve(terms: Fields, prices: Sequence[int]) -> Fields:
    """The terms of an auction that is announced now, after auctions that came to these prices."""
    rule = terms.get("computed_reserve")
    if not isinstance(rule, dict):
        return terms
    last, given = whole(rule.get("last", LAST)), whole(terms.get("reserve", 0))
    if len(prices) < last:
        return terms
    in_order = sorted(prices[len(prices) - last :])
    # Of the prices from the least, the first that half of them do not exceed.
    median = next(price for place, price in enumerate(in_order, 1) if 2 * place >= last)
    reserve = max(given, median * whole(rule.get("share", HALF)) // ONE)
    stated = {field: value for field, value in terms.items() if field != "reserve"}
    return stated | ({"reserve": reserve} if reserve else {})
