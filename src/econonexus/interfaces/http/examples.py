"""Bodies as one might send them, one after the other, in the OpenAPI document: a crew that works and buys."""

from typing import Any

from litestar.enums import RequestEncodingType
from litestar.openapi.spec import Example
from litestar.params import BodyKwarg


def _body(**fields: Any) -> BodyKwarg:
    return BodyKwarg(media_type=RequestEncodingType.JSON, examples=[Example(value=fields)])


TEAM = _body(id="crew")
BUDGET = _body(id="crew", limit_ucr=5_000_000, window_ms=86_400_000)
AGENT = _body(id="ann", team="crew", capabilities=["ocr"], credits_ucr=2_000_000)
MINT = _body(to="crew", amount_ucr=3_000_000, reason="the crew's pay for November")
TRANSFER = _body(**{"from": "crew", "to": "ann", "amount_ucr": 500_000, "reference": "for the scans"})
RESERVATION = _body(id="scan-1", amount_ucr=250_000, resource="gpu.seconds", units=30, expires_in_ms=60_000)
SETTLEMENT = _body(amount_ucr=180_000)
RESOURCE = _body(id="gpu", unit="GPU hours", capacity=8, period_ms=3_600_000)
MARKET = _body(id="gpu-hours", resource="gpu", mechanism="uniform_price", reserve_ucr=10_000)
AUCTION = _body(id="gpu-tonight", market="gpu-hours", units=4, closes_in_ms=60_000)
BID = _body(units=2, unit_price_ucr=40_000)
TASK = _body(capability="ocr", ceiling_ucr=300_000, deadline_ms=3_600_000, description="Read page 7.")
