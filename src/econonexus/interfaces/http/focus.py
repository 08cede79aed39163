"""What was used, as FOCUS has it: the FinOps Open Cost and Usage Specification, version 1.2.

One row for each hour, spender, run and resource. Money that only changed hands is no charge and has no row.
FOCUS bills in a national currency: what is paid in `credit` is converted by the rate the caller names, and
stands unconverted in the columns of the pricing currency. A row that only gives back, as a reconciliation
does, is an adjustment.

Source: FinOps Foundation, FOCUS 1.2, section "Columns": all mandatory ones, and those of a virtual currency.
"""

import json
from collections.abc import Iterable, Set
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext

import msgspec

from econonexus.domain.flows.spending import payer
from econonexus.domain.ids import CREDIT, AccountId, AgentId, TeamId
from econonexus.domain.state import State
from econonexus.ports import Spend

VERSION = "1.2"
MICRO = Decimal(1_000_000)
EXACT = 100
"""Digits: more than any sum of amounts times any rate has."""
PROVIDER = "EconoNexus"
COLUMNS = (
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PricingCurrency",
    "PricingCurrencyEffectiveCost",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "Tags",
    "x_Account",
    "x_UnpaidCost",
)
"""FOCUS's own columns in the order of the alphabet, then ours."""


class Billing(msgspec.Struct, frozen=True):
    """How charges are billed: to whom, in which currency, at how much of it a credit."""

    account: str
    currency: str
    rate: Decimal


class NoCurrency(Exception):
    """Something was paid in an asset that is no national currency and has no rate; the message names it."""


def focus_rows(
    state: State, spent: Iterable[Spend], billing: Billing, models: Set[str]
) -> list[dict[str, str]]:
    """The rows, oldest first; `models` are the resources that are models. Raises: NoCurrency."""
    lines = sorted(line for line in spent if line.kind == "used")
    with localcontext(prec=EXACT):
        return [_row(state, line, billing, models) for line in lines]


def _row(state: State, line: Spend, billing: Billing, models: Set[str]) -> dict[str, str]:
    asset, currency, rate = _currency(state, line.account, billing)
    cost = _plain(line.amount / MICRO * rate)
    times = line.times + line.unpaid_times
    quantity = str(times) if times > 0 else ""
    start = datetime.fromtimestamp(line.hour * 3_600, UTC)
    month = start.replace(day=1, hour=0)
    team = _team(state, line.account)
    is_model = line.code in models
    return {
        "BilledCost": cost,
        "BillingAccountId": billing.account,
        "BillingAccountName": billing.account,
        "BillingCurrency": currency,
        "BillingPeriodEnd": _instant((month + timedelta(days=32)).replace(day=1)),
        "BillingPeriodStart": _instant(month),
        "ChargeCategory": "Usage" if quantity else "Adjustment",
        "ChargeClass": "",
        "ChargeDescription": _description(line),
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodEnd": _instant(start + timedelta(hours=1)),
        "ChargePeriodStart": _instant(start),
        "ConsumedQuantity": quantity,
        "ConsumedUnit": "Requests" if quantity else "",
        "ContractedCost": cost,
        "EffectiveCost": cost,
        "InvoiceIssuerName": PROVIDER,
        "ListCost": cost,
        "PricingCurrency": asset,
        "PricingCurrencyEffectiveCost": _plain(line.amount / MICRO),
        "PricingQuantity": quantity,
        "PricingUnit": "Requests" if quantity else "",
        "ProviderName": PROVIDER,
        "PublisherName": PROVIDER,
        "ServiceCategory": "AI and Machine Learning" if is_model else "Other",
        "ServiceName": line.code or "unnamed",
        "ServiceSubcategory": "Generative AI" if is_model else "Other (Other)",
        "SubAccountId": team,
        "SubAccountName": team,
        "SubAccountType": "Team" if team else "",
        "Tags": _tags(state, line, team),
        "x_Account": line.account,
        "x_UnpaidCost": _plain(line.unpaid / MICRO * rate),
    }


def _currency(state: State, account: str, billing: Billing) -> tuple[str, str, Decimal]:
    """In what an account pays, the national currency it is billed in, and how much of that one of it is."""
    paying = payer(state, AccountId(account))
    asset = CREDIT if paying is None else paying[0].asset
    if asset == CREDIT:
        return asset, billing.currency, billing.rate
    # An asset that bears a currency's code is that currency: `usd` always means dollars.
    if len(asset) == 3 and asset.isalpha() and asset.isascii():
        return asset.upper(), asset.upper(), Decimal(1)
    raise NoCurrency(f"{account} pays in {asset}, which is no currency and has no rate.")


def _team(state: State, account: str) -> str:
    agent = state.agents.by_id.get(AgentId(account))
    if agent is not None:
        return agent.team or ""
    return account if TeamId(account) in state.agents.teams else ""


def _tags(state: State, line: Spend, team: str) -> str:
    agent = line.account if AgentId(line.account) in state.agents.by_id else ""
    tags = {"agent": agent, "run": line.budget, "team": team}
    return json.dumps({name: value for name, value in tags.items() if value})


def _description(line: Spend) -> str:
    return f"{line.code or 'Use of something unnamed'} by {line.account}"


def _instant(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def _plain(value: Decimal) -> str:
    """An exact number without an exponent, and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
