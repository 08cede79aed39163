"""What the prices of English and Dutch auctions should be, worked out again from the bids.

Shares nothing with the mechanisms: everybody is compared with everybody.
"""

from collections.abc import Mapping

from econonexus.audit.clearings import Auction, Won
from econonexus.audit.fields import Fields, whole
from econonexus.audit.wrong import Wrong

MOST = 2**63 - 1


def ranked(auction: Auction) -> list[str] | None:
    """The bids from the highest down, the earlier first among equals; None where a price is withheld."""
    prices = {name: bid.price for name, bid in auction.bids.items()}
    if None in prices.values():
        return None
    return sorted(prices, key=lambda name: -(prices[name] or 0))


def payment(auction: Auction, leader: str, losers: list[str], behind: Mapping[str, str]) -> int:
    """What a leader would pay: an increment above the best losing bid of another owner, within its own."""
    bids, owner = auction.bids, behind[auction.bids[leader].agent]
    rivals = [bids[name].price or 0 for name in losers if behind[bids[name].agent] != owner]
    asked = max(rivals) + auction.increment if rivals else auction.reserve
    return max(auction.reserve, min(bids[leader].price or 0, asked))


def standing(auction: Auction, ranking: list[str], behind: Mapping[str, str]) -> int:
    """The most that one of the leaders would pay."""
    leaders, losers = ranking[: auction.units], ranking[auction.units :]
    return max([auction.reserve, *(payment(auction, each, losers, behind) for each in leaders)])


def least_after(auction: Auction, price: int, doubled: bool = False) -> int:
    """What a further bid must offer at a standing price."""
    full = len(auction.bids) >= auction.units
    increment = min(2 * auction.increment, MOST) if doubled else auction.increment
    return max(1, min(price + increment, MOST) if full else auction.reserve)


def call_at(auction: Auction, now: int) -> int:
    """What the clock calls at an instant."""
    clock = _clock(auction)
    ticks = max(0, now - auction.clock_at) // whole(clock["tick"])
    return max(_floor(auction), whole(clock["start"]) - ticks * whole(clock["step"]))


def is_call(auction: Auction, price: int) -> bool:
    """Whether the clock calls a price at all."""
    clock = _clock(auction)
    above = whole(clock["start"]) - price
    return price == _floor(auction) or (
        above >= 0 and above % whole(clock["step"]) == 0 and price > _floor(auction)
    )


def check_run(known: str, auction: Auction, wins: list[Won], e: Fields, behind: Mapping[str, str]) -> None:
    """Who led or took the clock has won, and pays what had come about."""
    due = _of_leaders(auction, behind) if auction.mechanism == "english" else _of_takers(auction)
    if [(won.bid, sum(won.items.values()), won.payment) for won in wins] != due:
        raise Wrong(f"lets auction {known} come out otherwise than it had come to")
    prices = [amount if auction.mechanism == "english" else amount // units for _, units, amount in due]
    at_last = [max(prices) if auction.mechanism == "english" else prices[-1]] if prices else []
    if e["prices"] != dict(zip(auction.supply, at_last, strict=False)):
        raise Wrong(f"says that auction {known} came to {e['prices']}, and it did not")


def _of_leaders(auction: Auction, behind: Mapping[str, str]) -> list[tuple[str, int, int]]:
    ranking = ranked(auction) or []
    leaders, losers = ranking[: auction.units], ranking[auction.units :]
    return [(each, 1, min(auction.standing, payment(auction, each, losers, behind))) for each in leaders]


def _of_takers(auction: Auction) -> list[tuple[str, int, int]]:
    return [(bid, units, units * price) for bid, (units, price) in auction.takes.items()]


def _clock(auction: Auction) -> Fields:
    clock = auction.terms["clock"]
    if not isinstance(clock, dict):
        raise Wrong("is of an auction without a clock")
    return clock


def _floor(auction: Auction) -> int:
    return max(auction.reserve, whole(_clock(auction).get("floor", 0)))
