"""Checks an outcome for bundles against the bids, with code that shares nothing with the solver."""

from collections.abc import Iterator, Mapping

from econonexus.domain.mechanisms.certificate import Certificate, Finding
from econonexus.domain.mechanisms.package_outcome import (
    PackageAward,
    PackageOutcome,
    Proposal,
    flaws,
)
from econonexus.domain.mechanisms.packages import PackageAuction

_FROM_CORE = ("core", "core_zero_nearest", "core_bid_nearest")


def certify(auction: PackageAuction, outcome: PackageOutcome) -> Certificate:
    """Judge an outcome; one that is not feasible, or has no payments, is judged no further.

    Whether it is efficient and in the core is what the solver proved, as far as it got; everything else is
    found out here. VCG and core payments promise efficiency, since there are none without that proof, and
    core payments that nobody can block. O(winners x size of the bids).
    """
    flaw = next(_infeasible(auction, outcome), None)
    findings = [
        Finding("feasible", True, flaw is None, flaw or f"awards that add up: {len(outcome.allocation)}")
    ]
    if flaw is None:
        findings.append(_efficient(outcome))
        if outcome.status != "refused":
            findings += [_rational(auction, outcome), _balanced(outcome), _envy_free(auction, outcome)]
            findings += _in_core(outcome)
    return Certificate(tuple(findings))


def _infeasible(auction: PackageAuction, outcome: PackageOutcome) -> Iterator[str]:
    places = {bid.id: place for place, bid in enumerate(auction.bids)}
    strangers = [award.bid for award in outcome.allocation if award.bid not in places]
    if strangers:
        yield f"{strangers[0]} is not a bid"
        return
    for award in outcome.allocation:
        bid = auction.bids[places[award.bid]]
        if (award.agent, award.owner, award.items) != (bid.agent, bid.owner, bid.items):
            yield f"{award.bid} is filled for somebody else, or with something else"
    yield from flaws(
        auction,
        outcome.payment,
        Proposal(
            winners=tuple(places[award.bid] for award in outcome.allocation),
            welfare=outcome.welfare,
            bound=outcome.bound,
            low=tuple(award.low for award in outcome.allocation if award.low is not None),
            high=tuple(award.high for award in outcome.allocation if award.high is not None),
        ),
    )


def _efficient(outcome: PackageOutcome) -> Finding:
    detail = f"welfare {outcome.welfare} of at most {outcome.bound}"
    promised = outcome.status != "refused" and outcome.payment != "pay_as_bid"
    return Finding("efficient", promised, outcome.optimal, detail)


def _rational(auction: PackageAuction, outcome: PackageOutcome) -> Finding:
    bids = {bid.id: bid for bid in auction.bids}
    for award in outcome.allocation:
        bid, paid = bids[award.bid], award.payment
        if paid is None or not auction.floor(bid) <= paid <= bid.price:
            detail = f"{bid.id} pays {paid}, which is not from {auction.floor(bid)} to {bid.price}"
            return Finding("individually_rational", True, False, detail)
    detail = "nobody pays more than it bid, or less than the reserves"
    return Finding("individually_rational", True, True, detail)


def _balanced(outcome: PackageOutcome) -> Finding:
    holds = all((award.payment or 0) >= 0 for award in outcome.allocation)
    return Finding("budget_balanced", True, holds, f"{outcome.revenue} is paid in all")


def _envy_free(auction: PackageAuction, outcome: PackageOutcome) -> Finding:
    """Whether a bid of one owner would rather have, at its payment, what another owner got.

    An owner of several winning bids compares with the worst of them.
    """
    gains: dict[str, int] = {}
    for award in outcome.allocation:
        gain = award.price - (award.payment or 0)
        gains[award.owner] = min(gains.get(award.owner, gain), gain)
    for award in outcome.allocation:
        for bid in auction.bids:
            better = bid.price - (award.payment or 0) > gains.get(bid.owner, 0)
            if better and bid.owner != award.owner and _contains(award, bid.items):
                detail = f"{bid.id} would rather have what {award.owner} got"
                return Finding("envy_free", False, False, detail)
    return Finding("envy_free", False, True, "nobody would rather have the deal of another owner")


def _contains(award: PackageAward, items: Mapping[str, int]) -> bool:
    return any(items.values()) and all(units <= award.items.get(item, 0) for item, units in items.items())


def _in_core(outcome: PackageOutcome) -> Iterator[Finding]:
    blocking = outcome.blocking
    if blocking is None:
        return
    detail = "no coalition gains by dealing with the seller alone"
    if blocking.most:
        size = f"{len(blocking.bids)} bid{'s' if len(blocking.bids) > 1 else ''}"
        found = f"a coalition of {size} gains {blocking.gain}" if blocking.gain else "none is found"
        detail = f"{found}; no coalition gains more than {blocking.most}"
    yield Finding("in_core", outcome.payment in _FROM_CORE, blocking.most == 0, detail)
