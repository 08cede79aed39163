"""A part of the supply is given max-min fairly before the auction's own rule sells the rest."""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.fair_share import max_min
from econonexus.domain.mechanisms.fair_share.claims import Claim
from econonexus.domain.mechanisms.lots import Lot, lots_of, worth
from econonexus.domain.mechanisms.outcome import Award, Outcome
from econonexus.domain.mechanisms.ranking import fill_in_order, from_highest, highest_first
from econonexus.domain.money import Ppm, share_of


def clear(auction: Auction, share: Ppm, rule: Callable[[Auction], Outcome]) -> Outcome:
    """Give `share` of one item's units to the owners max-min fairly, and let `rule` sell all that is left.

    An owner claims the units of its bids that could win. What it is given goes to its best bids, at the
    reserve: a share that went to who pays most for it would guarantee nothing. What is still wanted after
    that, though of each bid no more than is left, goes to the rule, along with units that nobody claimed.
    `bound` is what the bids would be worth without a share, so that the outcome says what the share costs.

    Source: as `max_min`, whose `reserve` this is, with money.
    Complexity: O(n log n), and one clearing by the rule.
    Promises: individual rationality, and to each of n owners all that it wants or an n-th of the share,
        rounded down, whatever others bid. Where the rule is truthful, the two together are: what an owner is
        given depends on how many units it bids for and not on its prices, and who asks for fewer only has
        fewer of the cheapest. But who comes as two owners has two shares.
    """
    (lot,) = lots_of(auction)
    given = _given(lot, share)
    rest = lot.units - sum(given.values())
    wanted = [replace(bid, units=min(bid.units - given.get(bid.id, 0), rest)) for bid in lot.bids]
    sale = rule(replace(auction, bids=[bid for bid in wanted if bid.units], supply={lot.item: rest}))
    awards = tuple(_awards(lot, given, sale))
    by_name = {bid.id: bid for bid in lot.bids}
    return replace(
        sale,
        status="cleared" if awards else "no_sale",
        allocation=awards,
        welfare=sum(award.items[lot.item] * by_name[award.bid].unit_price for award in awards),
        bound=worth(highest_first(lot).won),
        shared=given,
    )


def _given(lot: Lot, share: Ppm) -> Mapping[str, int]:
    """What bids have of the share, by id; the owners count in the order of their first bids."""
    bids_of: dict[str, list[Bid]] = {}
    for bid in lot.bids:
        bids_of.setdefault(bid.owner, []).append(bid)
    claims = [Claim(owner, sum(bid.units for bid in bids)) for owner, bids in bids_of.items()]
    shares = max_min.allocate(share_of(lot.units, share), claims)
    given: dict[str, int] = {}
    for bids, units in zip(bids_of.values(), shares, strict=True):
        given |= _best_first(bids, units)
    return given


def _best_first(bids: Sequence[Bid], units: int) -> Mapping[str, int]:
    """An owner's units, told apart by bid."""
    return {fill.bid.id: fill.units for fill in fill_in_order(units, from_highest(bids)).won}


def _awards(lot: Lot, given: Mapping[str, int], sale: Outcome) -> list[Award]:
    """What each bid gets of both, the best bid first."""
    sold = {award.bid: award for award in sale.allocation}
    awards = []
    for bid in from_highest(lot.bids):
        fair, award = given.get(bid.id, 0), sold.get(bid.id)
        units = fair + (0 if award is None else award.items[lot.item])
        if units:
            paid = fair * lot.reserve + (0 if award is None else award.amount)
            awards.append(Award(bid.id, bid.agent, bid.owner, {lot.item: units}, paid))
    return awards
