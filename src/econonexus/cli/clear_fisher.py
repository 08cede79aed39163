"""Solving one Fisher market file: prices at which all the budgets buy all of the supply."""

from collections.abc import Iterator
from fractions import Fraction
from math import isfinite

from rich.console import RenderableType
from rich.text import Text

from econonexus.cli.auction_file import NAMES
from econonexus.cli.exits import bad_input
from econonexus.cli.fields import Fields, ratio, shown, text
from econonexus.cli.output import table_of
from econonexus.cli.solved import Solved
from econonexus.domain.mechanisms.fisher.answer import answer_of
from econonexus.domain.mechanisms.fisher.buyers import LARGEST, Buyer
from econonexus.domain.mechanisms.fisher.market import TOLERANCE, Equilibrium, clear

NAME = "fisher"
_BUYER_NAMES = frozenset(("agent", "budget", "utility", "kind"))


def solve(fields: Fields, check: bool) -> Solved:
    """Solve what the fields say. Raises: CommandFailed naming a field that is wrong."""
    rows = fields.objects("buyers")
    buyers = [_buyer(row) for row in rows]
    supply = fields.wholes("supply")
    tolerance = _positive(fields, "tolerance", Fraction(str(TOLERANCE)))
    if "supply" not in fields:
        supply = {item: 1 for buyer in buyers for item in buyer.utility}
    _refuse_twins_and_strangers(buyers, supply)
    found = clear(buyers, supply, float(tolerance))
    return Solved(
        answer_of(buyers, found, checked=check),
        lambda: _tables(found),
        sound=not check or found.converged,
        ignored=(*fields.beside(NAMES), *(name for row in rows for name in row.beside(_BUYER_NAMES))),
    )


def _buyer(fields: Fields) -> Buyer:
    kind = fields.choice("kind", ("linear", "leontief"), default="linear")
    return Buyer(
        agent=fields.text("agent"),
        budget=fields.whole("budget"),
        utility=_utility(fields),
        kind="leontief" if kind == "leontief" else "linear",
    )


def _utility(fields: Fields) -> dict[str, Fraction]:
    path = fields.at("utility")
    values = fields.value("utility")
    if not isinstance(values, dict):
        raise bad_input(f"{path}: must be a JSON object, not {shown(values)}")
    return {
        text(item, path): ratio(value, f"{path}.{shown(item)}", most=int(LARGEST))
        for item, value in values.items()
    }


def _positive(fields: Fields, name: str, default: Fraction) -> Fraction:
    number = fields.ratio(name, default)
    if not 0 < number <= 1:
        raise bad_input(f"{fields.at(name)}: must be a number above 0, at most 1")
    return number


def _refuse_twins_and_strangers(buyers: list[Buyer], supply: dict[str, int]) -> None:
    places: dict[str, int] = {}
    for place, buyer in enumerate(buyers):
        if buyer.agent in places:
            raise bad_input(
                f"buyers[{place}].agent: {shown(buyer.agent)} is buyers[{places[buyer.agent]}] too"
            )
        places[buyer.agent] = place
        for item in buyer.utility:
            if item not in supply:
                raise bad_input(f"buyers[{place}].utility.{shown(item)}: is not in the supply")


def _tables(found: Equilibrium) -> Iterator[RenderableType]:
    exact = "within the tolerance" if found.converged else "NOT within the tolerance"
    gap = f"relative duality gap {found.gap:.2g}" if isfinite(found.gap) else "no bound on the duality gap"
    yield Text(f"{NAME}, {gap}, {exact}")
    prices = [
        (item, f"{price:,.6g}", f"{found.excess_demand.get(item, 0.0):.2g}")
        for item, price in found.prices.items()
    ]
    yield table_of("Prices", ("item", "a unit costs>", "excess demand, units>"), prices)
    shares = [
        (agent, item, f"{units:,.6g}", f"{units * found.prices[item]:,.6g}")
        for agent, share in found.shares.items()
        for item, units in share.items()
        if units
    ]
    yield table_of("Shares", ("agent", "item", "units>", "pays>"), shares)
    if found.unserved:
        yield Text(f"There is nothing to have for {', '.join(found.unserved)}, who keep their money.")
