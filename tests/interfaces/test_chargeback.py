"""What was used, in the columns of FOCUS 1.2: through a server, and row by row."""

import csv
import io
import json
from decimal import Decimal

import pytest

from econonexus.domain.state import State
from econonexus.interfaces.http.focus import COLUMNS, Billing, NoCurrency, focus_rows
from econonexus.ports import Spend
from tests.interfaces.served import Client, Served

MANDATORY = {
    *("BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd"),
    *("BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd"),
    *("ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost"),
    *("PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName"),
}
"""Of feature level "Mandatory" in FOCUS 1.2."""
NOT_NULL = MANDATORY - {"ChargeClass", "PricingQuantity", "PricingUnit", "BillingAccountName"}
DOLLARS = Billing("acme", "USD", Decimal(1))
HOUR = 498_000
"""24 October 2026, 0:00 UTC: 20,750 days of 24 hours."""


def rows(admin: Client, **query: str) -> list[dict[str, str]]:
    answer = admin.get("/api/v1/spend/focus", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_all_mandatory_columns_are_there_and_ours_come_last() -> None:
    assert set(COLUMNS) >= MANDATORY
    own = [column for column in COLUMNS if column.startswith("x_")]
    assert list(COLUMNS) == sorted(set(COLUMNS) - set(own)) + own


def test_a_call_and_a_reservation_are_charges_and_a_transfer_is_none(
    served: Served, admin: Client, name: str
) -> None:
    admin.make("teams", id=name)
    key = admin.make("agents", id=f"{name}a", team=name, credits_ucr=10_000)["key"]
    with served.client(key) as agent:
        hello = {"model": "mock", "messages": [{"role": "user", "content": "hello"}]}
        for _ in range(2):
            assert agent.post("/v1/chat/completions", json=hello).status_code == 200
        held = agent.make("reservations", amount_ucr=900, resource="gpu.seconds")
        agent.make(f"reservations/{held['id']}/settle", amount_ucr=500)
        agent.make("transfers", **{"from": f"{name}a"}, to=name, amount_ucr=1_000)
    found = [row for row in rows(admin, currency="EUR", rate="0.5") if row["x_Account"] == f"{name}a"]
    assert all(row[column] for row in found for column in NOT_NULL)
    by_service = {row["ServiceName"]: row for row in found}
    assert set(by_service) == {"mock", "gpu.seconds"}
    mock = by_service["mock"]
    # Two calls of 175 µcr: 0.00035 credits, at half a euro each.
    assert (mock["BilledCost"], mock["BillingCurrency"]) == ("0.000175", "EUR")
    assert (mock["PricingCurrencyEffectiveCost"], mock["PricingCurrency"]) == ("0.00035", "credit")
    assert (mock["ConsumedQuantity"], mock["ConsumedUnit"], mock["ChargeCategory"]) == (
        "2",
        "Requests",
        "Usage",
    )
    assert (mock["ServiceCategory"], mock["ServiceSubcategory"]) == (
        "AI and Machine Learning",
        "Generative AI",
    )
    assert (mock["SubAccountId"], mock["SubAccountType"]) == (name, "Team")
    assert json.loads(mock["Tags"]) == {"agent": f"{name}a", "team": name}
    assert by_service["gpu.seconds"]["BilledCost"] == "0.00025"
    assert by_service["gpu.seconds"]["ServiceCategory"] == "Other"


def test_periods_are_the_hour_and_its_month() -> None:
    (row,) = focus_rows(State(), [Spend(HOUR, "ann", "", "m", 1, 1)], DOLLARS, {"m"})
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == (
        "2026-10-24T00:00:00Z",
        "2026-10-24T01:00:00Z",
    )
    assert (row["BillingPeriodStart"], row["BillingPeriodEnd"]) == (
        "2026-10-01T00:00:00Z",
        "2026-11-01T00:00:00Z",
    )


def test_a_december_ends_with_the_year() -> None:
    (row,) = focus_rows(State(), [Spend(HOUR + 24 * 60, "ann", "", "m", 1, 1)], DOLLARS, {"m"})
    assert row["BillingPeriodEnd"] == "2027-01-01T00:00:00Z"


def test_what_only_gives_back_is_an_adjustment_without_a_quantity() -> None:
    (row,) = focus_rows(State(), [Spend(HOUR, "ann", "", "m", -2_500_000, -1)], DOLLARS, set())
    assert (row["ChargeCategory"], row["BilledCost"]) == ("Adjustment", "-2.5")
    assert (row["ConsumedQuantity"], row["ConsumedUnit"], row["PricingQuantity"]) == ("", "", "")


def test_what_nobody_paid_costs_nothing_and_is_told_apart() -> None:
    (row,) = focus_rows(State(), [Spend(HOUR, "ann", "", "m", 0, 0, 700_000, 3)], DOLLARS, set())
    assert (row["BilledCost"], row["x_UnpaidCost"], row["ConsumedQuantity"]) == ("0", "0.7", "3")


def test_numbers_are_exact_and_have_no_exponent() -> None:
    lines = [Spend(HOUR, "ann", "", "m", amount, 1) for amount in (1, 10**30 + 1)]
    found = focus_rows(State(), lines, Billing("acme", "USD", Decimal("0.000000000001")), set())
    assert [row["BilledCost"] for row in found] == [
        "0.000000000000000001",
        "1000000000000.000000000000000001",
    ]


def test_an_asset_that_is_no_currency_has_no_row_but_a_reason() -> None:
    from econonexus.domain.ids import AccountId, AssetId
    from econonexus.domain.kinds import AccountKind
    from econonexus.domain.ledger import Account

    state = State()
    for name, asset in (("ann", "usd"), ("bob", "tokens")):
        account = AccountId(name)
        state.ledger.accounts[account] = Account(account, account, AccountKind.WALLET, AssetId(asset))
    (row,) = focus_rows(state, [Spend(HOUR, "ann", "", "m", 5, 1)], Billing("acme", "EUR", Decimal(3)), set())
    assert (row["BillingCurrency"], row["BilledCost"]) == ("USD", "0.000005")
    with pytest.raises(NoCurrency, match="bob pays in tokens"):
        focus_rows(state, [Spend(HOUR, "bob", "", "m", 5, 1)], DOLLARS, set())


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"currency": "euro"}, "currency"),
        ({"rate": "-1"}, "rate"),
        ({"rate": "1e3"}, "rate"),
        ({"from": "x"}, "from"),
        ({"billing_account": "a b"}, "billing_account"),
    ],
)
def test_a_file_that_cannot_be_made_is_400(admin: Client, query: dict[str, str], field: str) -> None:
    answer = admin.get("/api/v1/spend/focus", params=query)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        400,
        "invalid_input",
        field,
    )
