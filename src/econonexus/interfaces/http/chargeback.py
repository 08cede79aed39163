"""Chargeback: what was used, as a file for the tools that costs are allocated with."""

import csv
import io
from decimal import Decimal
from typing import Annotated

from litestar import Response
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter

from econonexus.interfaces.http.complaints import NAME
from econonexus.interfaces.http.desk import AtDesk
from econonexus.interfaces.http.focus import COLUMNS, VERSION, Billing, NoCurrency, focus_rows
from econonexus.interfaces.http.forms import reads
from econonexus.interfaces.http.problems import PROBLEMS, declined
from econonexus.interfaces.http.spending import Since, Until, harmless, hour_of

NUMBERS = frozenset(column for column in COLUMNS if column.endswith(("Cost", "Quantity")))
CSV = "text/csv"

Currency = Annotated[
    str,
    QueryParameter(
        name="currency", pattern=r"^[A-Z]{3}$", description="What it is billed in, by ISO 4217, such as EUR."
    ),
]
Rate = Annotated[
    str,
    QueryParameter(
        name="rate", pattern=r"^[0-9]{1,12}(\.[0-9]{1,12})?$", description="What a credit is billed at."
    ),
]
BilledTo = Annotated[
    str, QueryParameter(name="billing_account", pattern=NAME, description="Whom the charges are billed to.")
]


@reads(
    "/spend/focus",
    media_type=CSV,
    responses={
        **PROBLEMS,
        200: ResponseSpec(str, generate_examples=False, media_type=CSV, description=f"FOCUS {VERSION}."),
    },
)
async def export_focus(
    desk: AtDesk,
    since: Since = None,
    until: Until = None,
    currency: Currency = "USD",
    rate: Rate = "1",
    billing_account: BilledTo = "econonexus",
) -> Response[str]:
    """What was used, by the hour, as CSV in FOCUS's columns; a credit is a dollar unless told otherwise."""
    spent = await desk.node.spend(hour_of("from", since) or 0, hour_of("to", until))
    billing, models = Billing(billing_account, currency, Decimal(rate)), frozenset(desk.gateway.offers)
    try:
        rows = await desk.read(lambda state: focus_rows(state, spent, billing, models))
    except NoCurrency as reason:
        raise declined(409, "no_currency", str(reason), "currency") from None
    return Response(_csv(rows), media_type=CSV)


def _csv(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: value if name in NUMBERS else harmless(value) for name, value in row.items()})
    return text.getvalue()


ROUTES = [export_focus]
