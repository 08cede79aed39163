"""An auction's outcome for people: who won and what they pay, why the others lost, what was checked."""

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from econonexus.cli.auction_file import Problem
from econonexus.cli.output import table_of
from econonexus.domain.mechanisms.bids import Auction, Bid
from econonexus.domain.mechanisms.certificate import Certificate
from econonexus.domain.mechanisms.outcome import Award, Interval, Outcome, Spread, UnitPrice
from econonexus.domain.mechanisms.probe import Verdict
from econonexus.domain.mechanisms.reasons import Reason, why_lost


def summary(outcome: Outcome) -> RenderableType:
    """What happened in one or two lines."""
    facts = [outcome.mechanism, outcome.status.replace("_", " "), f"welfare {outcome.welfare:,}"]
    facts.append(f"{outcome.revenue:,} is paid")
    if outcome.surplus and outcome.received:
        facts.append(f"the auctioneer keeps {outcome.surplus:,}")
    if not outcome.optimal:
        facts.append(f"{outcome.gap:.1%} below the best possible welfare")
    lines = [", ".join(facts)]
    lines += [f"{item}: {_price(price)} a unit" for item, price in list(outcome.prices.items())[:10]]
    return Text("\n".join(lines))


def _price(price: UnitPrice) -> str:
    match price:
        case Spread(buy, sell):
            return f"buyers pay {buy:,}, sellers receive {sell:,}"
        case Interval(low, high):
            return f"from {'any' if low is None else f'{low:,}'} to {'any' if high is None else f'{high:,}'}"
        case _:
            return f"{price:,}"


def winners_table(problem: Problem, outcome: Outcome) -> Iterator[RenderableType]:
    """Who won, and what they pay or receive; a table for each side there is."""
    bids = {bid.id: bid for bid in problem.auction.bids}
    for side, title, columns in (
        ("buy", "Who won", ("bid", "agent", "gets", "bids, a unit>", "pays>")),
        ("sell", "Who won, to give", ("bid", "agent", "gives", "asks, a unit>", "receives>")),
    ):
        rows = [_winner(award, bids[award.bid]) for award in outcome.allocation if award.side == side]
        if rows:
            yield table_of(title, columns, rows)


def _winner(award: Award, bid: Bid) -> tuple[str, ...]:
    units = sum(award.items.values())
    part = f" of {bid.units:,}" if units < bid.units else ""
    return award.bid, _who(bid), f"{units:,}{part} {bid.item}", f"{bid.unit_price:,}", f"{award.amount:,}"


def _who(bid: Bid) -> str:
    return bid.agent if bid.owner == bid.agent else f"{bid.agent} ({bid.owner})"


def losers_table(problem: Problem, outcome: Outcome) -> Iterator[RenderableType]:
    """Who got less than it asked for, and why."""
    reasons = why_lost(problem.terms, outcome, ceiling=problem.parameters.ceiling)
    bids = {bid.id: bid for bid in problem.auction.bids}
    filled = {award.bid: sum(award.items.values()) for award in outcome.allocation}
    last = _last_winning(outcome, bids)
    rows = []
    for bid_id, reason in reasons.items():
        bid = bids[bid_id]
        why = _reason(reason, bid, problem, last)
        if reason == "outbid" and bid_id in filled:
            why = f"only {filled[bid_id]:,} of its {bid.units:,} were left"
        rows.append((bid_id, _who(bid), f"{bid.units:,} {bid.item}", f"{bid.unit_price:,}", why))
    if rows:
        yield table_of("Why the others lost", ("bid", "agent", "for", "said, a unit>", "why"), rows)


def _last_winning(outcome: Outcome, bids: Mapping[str, Bid]) -> Mapping[tuple[str, str], int]:
    """The last unit price that won, on each side of each item: the highest ask, the lowest bid."""
    last: dict[tuple[str, str], int] = {}
    for award in outcome.allocation:
        bid = bids[award.bid]
        pick = min if bid.side == "buy" else max
        key = bid.item, bid.side
        last[key] = pick(last.get(key, bid.unit_price), bid.unit_price)
    return last


def _reason(reason: Reason, bid: Bid, problem: Problem, last: Mapping[tuple[str, str], int]) -> str:
    auction, given = problem.terms, problem.parameters
    match reason:
        case "wants_nothing":
            return "asks for no units"
        case "more_than_supply":
            return f"asks for {bid.units:,} of {auction.supply[bid.item]:,}"
        case "below_reserve":
            return f"below the least price, {auction.reserve[bid.item]:,}"
        case "above_ceiling":
            return f"above the ceiling, {given.ceiling:,}"
        case "never_called":
            return (
                f"the clock starts at {given.start:,}, below the least price, {auction.reserve[bid.item]:,}"
            )
        case "given_up":
            return "this trade is given up, so that no lie pays"
        case "no_counterpart":
            return "no ask is that low" if bid.side == "buy" else "no bid is that high"
        case "outbid":
            return _outbid(bid, problem, last.get((bid.item, bid.side)))


def _outbid(bid: Bid, problem: Problem, last: int | None) -> str:
    if problem.rule.family == "procurement":
        return "another score is better"
    if last is None:
        # Better bids and asks have each other, even where the rule then lets their trade go.
        return f"the only {'asks' if bid.side == 'buy' else 'bids'} it could trade with have better offers"
    if bid.unit_price == last:
        return f"nothing is left at {last:,}, where the earlier bid goes first"
    if problem.rule.name == "dutch" and bid.unit_price > last:
        return "an earlier bid took the same call"
    return f"the last to win said {last:,}"


def findings_table(certificate: Certificate) -> RenderableType:
    """What was promised, and what holds."""
    rows = [
        (
            finding.property.replace("_", " "),
            "promised" if finding.promised else "",
            "holds" if finding.holds else ("BROKEN" if finding.promised else "does not hold"),
            finding.detail,
        )
        for finding in certificate.findings
    ]
    return table_of("Certificate", ("property", "promised", "result", "in figures"), rows)


def probe_text(auction: Auction, verdict: Verdict) -> RenderableType:
    """The best lie found, or that none was."""
    if verdict.lie is None:
        return Text(f"Probe: of {verdict.tried:,} lies tried, none pays.")
    truth = {bid.id: bid for bid in auction.bids}
    moves = ", ".join(_move(truth[bid.id], bid) for bid in verdict.lie.bids)
    return Text(
        f"Probe: of {verdict.tried:,} lies tried, the best brings {verdict.lie.owner} "
        f"{verdict.lie.gain:,} more: {moves}."
    )


def _move(truth: Bid, lie: Bid) -> str:
    said = []
    if lie.units != truth.units:
        said.append(f"{lie.units:,} units instead of {truth.units:,}")
    if lie.unit_price != truth.unit_price:
        said.append(f"{lie.unit_price:,} instead of {truth.unit_price:,}")
    return f"{lie.id} says {' at '.join(said) or 'the truth'}"
