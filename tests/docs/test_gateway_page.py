"""The guide of the gateway has every setting, header and code there is."""

import re
from pathlib import Path

import msgspec
import pytest

from econonexus.config import GatewaySettings, ModelSettings, PriceSettings, UpstreamSettings
from econonexus.interfaces.gateway import routes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "gateway.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "econonexus" / "interfaces" / "gateway"


@pytest.mark.parametrize("table", [GatewaySettings, ModelSettings, PriceSettings, UpstreamSettings])
def test_it_has_every_setting_with_its_default(table: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(table):
        if field.name == "prices":
            continue  # A table of its own.
        rows = [line for line in PAGE.splitlines() if line.startswith(f"| `{field.name}` |")]
        assert rows, field.name
        if not field.required and field.default not in (None, ""):
            shown = (f"| {field.default} |", f"| `{field.default}` |")
            assert any(default in row for row in rows for default in shown), field.name
        if table is GatewaySettings:
            assert f"| `ECONONEXUS_GATEWAY_{field.name.upper()}` |" in PAGE


def test_it_has_every_header() -> None:
    headers = [value for value in vars(routes).values() if str(value).startswith("X-EconoNexus-")]
    assert len(headers) == 7
    assert [header for header in headers if f"| `{header}` |" not in PAGE] == []


def test_it_has_every_code_that_the_gateway_gives() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in SOURCE.glob("*.py"))
    codes = set(re.findall(r'declined\(\s*\d{3}, "(\w+)"', text)) | {"no_capacity", "deadline_exceeded"}
    assert {"stopped", "provider_limit", "model_not_found", "unknown_price"} <= codes
    assert [code for code in codes if f"`{code}`" not in PAGE] == []
