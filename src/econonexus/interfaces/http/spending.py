"""What was spent, by whom, on what: as rows of JSON or CSV."""

import csv
import io
from collections import Counter
from typing import Annotated, Literal

import msgspec
from litestar import Response
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter
from msgspec import Meta

from econonexus.domain.ids import AgentId, TeamId
from econonexus.domain.state import State
from econonexus.interfaces.http.desk import AtDesk
from econonexus.interfaces.http.forms import instant_of, reads, rfc3339
from econonexus.interfaces.http.problems import PROBLEMS, invalid
from econonexus.node.projection import HOUR_NS
from econonexus.ports import Spend

FIGURES = ("amount_ucr", "times", "unpaid_ucr", "unpaid_times")
DIMENSIONS = ("team", "agent", "account", "model", "run", "hour")

By = Annotated[
    str, QueryParameter(name="by", max_length=128, description=f"Of {', '.join(DIMENSIONS)}; with commas.")
]
Since = Annotated[str | None, QueryParameter(name="from", description="The first hour to count, RFC 3339.")]
Until = Annotated[str | None, QueryParameter(name="to", description="The hour to end before, RFC 3339.")]
Format = Annotated[
    Literal["json", "csv"],
    QueryParameter(name="format", description="How to answer; CSV is for spreadsheets."),
]


class SpendReport(msgspec.Struct, frozen=True):
    """What left accounts for good. `model` is the resource that was paid for, `run` the nearest budget.

    `unpaid_ucr` is what was used and nobody paid, as where the gateway only watches.
    """

    rows: Annotated[
        Annotated[
            list[dict[str, str | int]],
            Meta(
                examples=[
                    [
                        {
                            "team": "crew",
                            "agent": "ann",
                            "amount_ucr": 250_000,
                            "times": 3,
                            "unpaid_ucr": 0,
                            "unpaid_times": 0,
                        }
                    ]
                ]
            ),
        ],
        Meta(description="One for each combination of dimensions, with what was spent in µcr and how often."),
    ]


@reads(
    "/spend",
    responses={
        **PROBLEMS,
        200: ResponseSpec(
            SpendReport, generate_examples=False, description="The report; CSV with format=csv."
        ),
    },
)
async def report_spend(
    desk: AtDesk,
    by: By = "team,agent",
    since: Since = None,
    until: Until = None,
    format: Format = "json",
) -> Response[SpendReport | str]:
    """What was spent, summed by the dimensions named, in the order in which they are named."""
    dimensions = tuple(by.split(","))
    for dimension in dimensions:
        if dimension not in DIMENSIONS:
            raise invalid("by", f"{dimension!r} is none of {', '.join(DIMENSIONS)}.")
    first, last = hour_of("from", since), hour_of("to", until)
    spent = await desk.node.spend(first or 0, last)
    rows = await desk.read(lambda state: _summed(state, spent, dimensions))
    if format == "csv":
        return Response(_csv(rows, dimensions), media_type="text/csv")
    return Response(SpendReport(rows), media_type="application/json")


def _summed(state: State, spent: list[Spend], dimensions: tuple[str, ...]) -> list[dict[str, str | int]]:
    sums: dict[tuple[str, ...], Counter[str]] = {}
    for line in spent:
        key = tuple(_value(state, line, dimension) for dimension in dimensions)
        figures = (line.amount, line.times, line.unpaid, line.unpaid_times)
        sums.setdefault(key, Counter()).update(dict(zip(FIGURES, figures, strict=True)))
    return [{**dict(zip(dimensions, key, strict=True)), **sums[key]} for key in sorted(sums)]


def _value(state: State, line: Spend, dimension: str) -> str:
    match dimension:
        case "agent":
            return line.account if AgentId(line.account) in state.agents.by_id else ""
        case "team":
            agent = state.agents.by_id.get(AgentId(line.account))
            if agent is not None:
                return agent.team or ""
            return line.account if TeamId(line.account) in state.agents.teams else ""
        case "model":
            return line.code
        case "run":
            return line.budget
        case "hour":
            return rfc3339(line.hour * HOUR_NS)
        case _:
            return line.account


def hour_of(field: str, text: str | None) -> int | None:
    """The hour since 1970-01-01 UTC of a time that a field gives, if it does. Raises: Declined."""
    return None if text is None else instant_of(field, text) // HOUR_NS


def _csv(rows: list[dict[str, str | int]], dimensions: tuple[str, ...]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, [*dimensions, *FIGURES], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: harmless(value) for name, value in row.items()})
    return text.getvalue()


def harmless(value: str | int) -> str | int:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


ROUTES = [report_spend]
