"""What a market's prices were: its history of prices, demand and supply, as JSON or CSV."""

import csv
import io
from typing import Annotated, Literal

import msgspec
from litestar import Response
from litestar.openapi import ResponseSpec
from litestar.params import QueryParameter
from msgspec import Meta

from econonexus.domain.ids import MarketId
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.interfaces.http.desk import AtDesk, not_found
from econonexus.interfaces.http.forms import Cursor, Page, PageSize, instant_of, reads, rfc3339
from econonexus.interfaces.http.paths import MarketPath
from econonexus.interfaces.http.problems import PROBLEMS, invalid
from econonexus.ports import Quote, QuoteKey

NEXT = "X-EconoNexus-Next"
"""The header that carries the next cursor of a page of CSV."""

Since = Annotated[str | None, QueryParameter(name="from", description="The first time to show, RFC 3339.")]
Until = Annotated[str | None, QueryParameter(name="to", description="The time to end before, RFC 3339.")]
Latest = Annotated[
    bool, QueryParameter(name="latest", description="Whether to show the last ones, and no further page.")
]
Format = Annotated[
    Literal["json", "csv"],
    QueryParameter(name="format", description="How to answer; CSV is for spreadsheets."),
]


class QuoteView(msgspec.Struct, frozen=True):
    """What a market made of one resource at one time. An order book is summed by the second."""

    time: Annotated[str, Meta(description="When; of an order book, the second in which it was.")]
    resource: Annotated[str, Meta(description="What was sold.")]
    kind: Annotated[str, Meta(description="How it was sold: `auction`, `book`, `posted` or `shared`.")]
    unit_price_ucr: Annotated[
        int | None, Meta(description="The last price of a unit, in µcr; null where nothing was traded.")
    ]
    low_ucr: Annotated[
        int | None, Meta(description="The lowest price of a unit, in µcr; null where nothing was traded.")
    ]
    high_ucr: Annotated[
        int | None, Meta(description="The highest price of a unit, in µcr; null where nothing was traded.")
    ]
    sold: Annotated[int, Meta(description="Units that were sold.")]
    wanted: Annotated[int, Meta(description="Units that buyers asked for, at whatever price.")]
    supply: Annotated[int, Meta(description="Units that were for sale.")]


@reads(
    "/markets/{id:str}/prices",
    responses={
        **PROBLEMS,
        200: ResponseSpec(
            Page[QuoteView], generate_examples=False, description="The history; CSV with format=csv."
        ),
    },
)
async def list_prices(
    id: MarketPath,
    desk: AtDesk,
    since: Since = None,
    until: Until = None,
    latest: Latest = False,
    cursor: Cursor = None,
    limit: PageSize = 100,
    format: Format = "json",
) -> Response[Page[QuoteView] | str]:
    """A market's prices, oldest first: of each what was sold, what was wanted, and what was for sale.

    Nothing of an auction is in it before it is cleared.
    """
    market = await desk.read(lambda state: _find(state, id))
    end = None if until is None else instant_of("to", until)
    after = None if latest else _after(cursor, 0 if since is None else instant_of("from", since))
    found = await desk.node.quotes(market.id, after, end, limit + 1)
    kept, more = (found[-limit:], False) if latest else (found[:limit], len(found) > limit)
    rows = [_view(market, quote) for quote in kept]
    last = _cursor(kept[-1]) if more else None
    if format == "csv":
        return Response(_csv(rows), media_type="text/csv", headers={NEXT: last} if last else None)
    return Response(Page(rows, last), media_type="application/json")


def _find(state: State, name: str) -> Market:
    market = state.markets.by_id.get(MarketId(name))
    if market is None:
        raise not_found("unknown_market", "No such market.")
    return market


def _cursor(quote: Quote) -> str:
    return f"{quote.time}:{quote.kind}:{quote.item}"


def _after(cursor: str | None, since: int) -> QuoteKey:
    """The place after which a page begins. Raises: Declined if the cursor is none of ours."""
    if cursor is None:
        return since, "", ""
    time, kind, item = (*cursor.split(":", 2), "", "")[:3]
    if not (time.isascii() and time.isdigit() and len(time) < 20 and kind):
        raise invalid("cursor", "It is not one that a page before gave.")
    return int(time), item, kind


def _view(market: Market, quote: Quote) -> QuoteView:
    return QuoteView(
        rfc3339(quote.time),
        quote.item or market.resources[0],
        quote.kind,
        quote.price,
        quote.low,
        quote.high,
        quote.sold,
        quote.wanted,
        quote.supply,
    )


def _csv(rows: list[QuoteView]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(QuoteView.__struct_fields__)
    writer.writerows(msgspec.structs.astuple(row) for row in rows)
    return text.getvalue()


ROUTES = [list_prices]
