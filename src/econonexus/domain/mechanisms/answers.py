"""An outcome as plain values, shaped as `econonexus clear` and the API say it."""

from econonexus.domain.mechanisms.certificate import Certificate
from econonexus.domain.mechanisms.outcome import Award, Interval, Outcome, Spread, UnitPrice
from econonexus.domain.mechanisms.probe import Lie, Verdict


def answer_of(outcome: Outcome, two_sided: bool = False) -> dict[str, object]:
    """The outcome in plain values; `two_sided` where buyers and sellers both bid."""
    answer: dict[str, object] = {
        "mechanism": outcome.mechanism,
        "status": outcome.status,
        "allocation": [_entry(award, two_sided) for award in outcome.allocation],
        "welfare": outcome.welfare,
        "revenue": outcome.revenue,
        "prices": {item: _price(price) for item, price in outcome.prices.items()},
        "optimal": outcome.optimal,
        "gap": outcome.gap,
        "properties": {},
    }
    if two_sided:
        answer["surplus"] = outcome.surplus
    if outcome.traded is not None:
        answer["traded"] = dict(outcome.traded)
    if outcome.excess_demand is not None:
        answer["excess_demand"] = dict(outcome.excess_demand)
    return answer


def properties_of(certificate: Certificate | None, verdict: Verdict | None = None) -> dict[str, object]:
    """What was checked of an outcome and what probing it found, as far as that was asked for."""
    properties: dict[str, object] = {}
    if certificate is not None:
        properties |= {finding.property: finding.holds for finding in certificate.findings}
    if verdict is not None:
        properties |= {"lies_tried": verdict.tried, "profitable_lie": _lie(verdict.lie)}
    return properties


def _lie(lie: Lie | None) -> object:
    if lie is None:
        return None
    bids = [{"bid": bid.id, "units": bid.units, "unit_price": bid.unit_price} for bid in lie.bids]
    return {"owner": lie.owner, "gain": lie.gain, "bids": bids}


def _entry(award: Award, two_sided: bool) -> dict[str, object]:
    money = "received" if award.side == "sell" else "paid" if two_sided else "payment"
    return {"bid": award.bid, "agent": award.agent, "items": dict(award.items), money: award.amount}


def _price(price: UnitPrice) -> object:
    match price:
        case Spread(buy, sell):
            return {"buy": buy, "sell": sell}
        case Interval(low, high):
            return [low, high]
        case _:
            return price
