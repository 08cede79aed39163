"""An outcome for bundles as plain values, shaped as `econonexus clear` and the API say it."""

from econonexus.domain.mechanisms.certificate import Certificate
from econonexus.domain.mechanisms.package_outcome import Blocking, PackageAward, PackageOutcome
from econonexus.domain.mechanisms.packages import PackageAuction


def answer_of(
    auction: PackageAuction, outcome: PackageOutcome, certificate: Certificate | None = None
) -> dict[str, object]:
    """The outcome in plain values, and what was checked of it."""
    properties: dict[str, object] = {}
    if certificate is not None:
        properties = {finding.property: finding.holds for finding in certificate.findings}
    if outcome.blocking is not None:
        properties["worst_coalition"] = _coalition(auction, outcome.blocking)
    return {
        "mechanism": "combinatorial",
        "status": outcome.status,
        "allocation": [_entry(award) for award in outcome.allocation],
        "welfare": outcome.welfare,
        "revenue": outcome.revenue,
        "prices": {},
        "optimal": outcome.optimal,
        "gap": outcome.gap,
        "bound": outcome.bound,
        "properties": properties,
    }


def _entry(award: PackageAward) -> dict[str, object]:
    entry: dict[str, object] = {"bid": award.bid, "agent": award.agent, "items": dict(award.items)}
    if award.payment is not None:
        entry["payment"] = award.payment
    elif award.low is not None:
        entry["payment_range"] = [award.low, award.high]
    return entry


def _coalition(auction: PackageAuction, blocking: Blocking) -> dict[str, object]:
    bids = [auction.bids[position].id for position in blocking.bids]
    return {"bids": bids, "gain": blocking.gain, "most": blocking.most}
