"""Bid styles: what to bid for an agent that says only what something is worth to it.

Where truth is the best answer to whatever others do, every style bids the valuation. Where a winner pays
what it bid, a style is the equilibrium of a first-price auction for some number of bidders.
"""

from econonexus.domain.kinds import BidStyle

FEWEST, MOST = 2, 100
"""Bidders reckoned with: against nobody nothing would be bid, and more no longer change it by 1 %."""


def bid_for(valuation: int, style: BidStyle, *, pays_own_bid: bool, bidders: int, reserve: int = 0) -> int:
    """The price to bid, for a unit or for all of a bundle, as the valuation and the reserve are.

    `bidders` is how many compete for the last place, this one included; out of `FEWEST` to `MOST` it counts
    as the nearest of them. `truthful` bids the valuation. `strategic` bids the equilibrium for so many.
    `conservative` reckons with one rival alone, and so keeps the most for itself. `aggressive` would rather
    win than save: it bids as one who is averse to risk with an index of 1/2, which is as one who has twice as
    many rivals. Never more than the valuation; never less than the reserve, unless the valuation is.

    Source: the equilibrium for values spread evenly from 0: Vickrey, Counterspeculation, Auctions, and
        Competitive Sealed Tenders, Journal of Finance 16 (1961); with a reserve Krishna, Auction Theory (2nd
        ed., 2010), section 2.5, and with risk aversion section 4.1; that people bid as if averse to risk, by
        an index of about 1/2: Cox, Smith and Walker, Theory and Individual Behavior of First-Price Auctions,
        Journal of Risk and Uncertainty 1 (1988).
    With one rival and no reserve the bid is half of the valuation: whoever knows nothing of the others then
    can regret no more to have paid too much than to have lost.
    """
    if style is BidStyle.TRUTHFUL or not pays_own_bid or valuation <= reserve:
        return valuation
    many = min(max(bidders, FEWEST), MOST)
    reckoned = {
        BidStyle.STRATEGIC: many,
        BidStyle.CONSERVATIVE: FEWEST,
        BidStyle.AGGRESSIVE: 2 * many - 1,
    }
    return max(1, reserve, _equilibrium(valuation, reckoned[style], reserve))


def _equilibrium(valuation: int, bidders: int, reserve: int) -> int:
    """((n − 1) vⁿ + rⁿ) ÷ (n vⁿ⁻¹), rounded down: without a reserve, (n − 1)/n of the valuation."""
    n = bidders
    best: int = ((n - 1) * valuation**n + reserve**n) // (n * valuation ** (n - 1))
    return best
