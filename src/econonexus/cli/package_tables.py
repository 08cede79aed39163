"""An outcome for bundles for people: who won what and pays how much, why the others lost, who could block."""

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from econonexus.cli.output import table_of
from econonexus.domain.mechanisms.package_outcome import Blocking, PackageAward, PackageOutcome
from econonexus.domain.mechanisms.package_reasons import Reason, why_lost
from econonexus.domain.mechanisms.packages import Package, PackageAuction


def summary(outcome: PackageOutcome) -> RenderableType:
    """What happened, how good it is, and why there are no payments where there are none."""
    rule = outcome.payment.replace("_", " ")
    facts = ["combinatorial", outcome.status.replace("_", " "), f"welfare {outcome.welfare:,}"]
    if outcome.status != "refused":
        facts.append(f"{outcome.revenue:,} is paid ({rule})")
    if outcome.optimal:
        facts.append("no packing is worth more: proven")
    else:
        facts.append(f"no packing is worth more than {outcome.bound:,}, {outcome.gap:.2%} above")
    lines = [", ".join(facts)]
    if outcome.status == "refused":
        lines.append(f"There are no {rule} payments: {_why_refused(outcome)}")
    return Text("\n".join(lines))


def _why_refused(outcome: PackageOutcome) -> str:
    if outcome.optimal:
        return "time was up before they were known to the unit; allow more with time_limit_s"
    return "a better packing may exist; allow more with time_limit_s, or let winners pay_as_bid"


def winners_table(outcome: PackageOutcome) -> Iterator[RenderableType]:
    """Who won what."""
    rows = [
        (award.bid, _who(award), _bundle(award.items), f"{award.price:,}", _payment(award))
        for award in outcome.allocation
    ]
    if rows:
        yield table_of("Who won", ("bid", "agent", "gets", "bids>", "pays>"), rows)


def _payment(award: PackageAward) -> str:
    if award.payment is not None:
        return f"{award.payment:,}"
    return "" if award.low is None else f"from {award.low:,} to {award.high:,}"


def losers_table(auction: PackageAuction, outcome: PackageOutcome) -> Iterator[RenderableType]:
    """Who lost, and why."""
    bids = {bid.id: bid for bid in auction.bids}
    rows = [
        (
            name,
            _who(bids[name]),
            _bundle(bids[name].items),
            f"{bids[name].price:,}",
            _reason(reason, bids[name], auction),
        )
        for name, reason in why_lost(auction, outcome).items()
    ]
    if rows:
        yield table_of("Why the others lost", ("bid", "agent", "for", "bids>", "why"), rows)


def _reason(reason: Reason, bid: Package, auction: PackageAuction) -> str:
    match reason.why:
        case "wants_nothing":
            return "asks for no units"
        case "more_than_supply":
            item = next(item for item, units in bid.items.items() if units > auction.supply[item])
            return f"asks for {bid.items[item]:,} {item} of {auction.supply[item]:,}"
        case "below_reserve":
            return f"below the least price of its items, {auction.floor(bid):,}"
        case "above_budget":
            return f"above the budget of its agent, {auction.budgets[bid.agent]:,}"
        case "other_bid_won":
            return f"its agent wins {reason.about} instead"
        case "budget_spent":
            return f"above what is left of its agent's budget, {auction.budgets[bid.agent]:,}"
        case "outbid":
            return f"{reason.about}: {reason.left:,} of {auction.supply[reason.about]:,} left by the winners"
        case "not_found":
            return "nothing is in its way: time was up before that was found"


def coalition_text(auction: PackageAuction, blocking: Blocking) -> Iterator[RenderableType]:
    """The worst coalition found: whose bids would rather be dealt with alone."""
    if not blocking.gain:
        return
    bids = [auction.bids[position] for position in blocking.bids]
    rows = [(bid.id, _who(bid), _bundle(bid.items), f"{bid.price:,}") for bid in bids]
    yield table_of(
        f"The worst coalition found: with the seller it would gain {blocking.gain:,}",
        ("bid", "agent", "would get", "bids>"),
        rows,
    )


def _who(bid: Package | PackageAward) -> str:
    return bid.agent if bid.owner == bid.agent else f"{bid.agent} ({bid.owner})"


def _bundle(items: Mapping[str, int]) -> str:
    return ", ".join(f"{units:,} {item}" for item, units in items.items() if units) or "nothing"
