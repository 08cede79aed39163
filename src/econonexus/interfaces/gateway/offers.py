"""The models that may be called: who has them, what they cost, how their tokens are bounded."""

from collections.abc import Mapping
from typing import NamedTuple

from econonexus.config import MOCK, ModelSettings, PriceSettings, Settings
from econonexus.dialect.counting import MOCKS, Counting
from econonexus.domain.ids import CREDIT, AssetId, BudgetId
from econonexus.domain.kinds import Mode
from econonexus.interfaces.gateway.limits import limits_of
from econonexus.interfaces.gateway.prices import Prices, Tariff
from econonexus.ports import Model

MOCK_TOKENS = 16
EXTRA_TOKENS = 16


class Offer(NamedTuple):
    """One model, under the name by which it is called."""

    name: str
    upstream: str
    far_name: str
    """What its upstream calls it."""
    model: Model
    tariffs: Mapping[AssetId, Tariff]
    counting: Counting
    max_tokens: int
    """What an answer may have at most where the caller does not say."""
    learns: bool
    """Whether what answers really had tells how much less is enough."""
    bound_field: str
    """Where a chat is told its bound."""
    limits: tuple[tuple[BudgetId, Tariff], ...]
    """Limits on what its provider is paid."""
    mode: Mode
    """How far the gateway goes with it, until an operator says otherwise."""

    def prices(self, asset: AssetId) -> Prices | None:
        """What its tokens cost where an asset pays; None where it has no price in that."""
        tariff = self.tariffs.get(asset)
        return None if tariff is None else Prices(asset, tariff, self.limits)


def offers_of(settings: Settings, models: Mapping[str, Model]) -> dict[str, Offer]:
    """Every model that may be called; `models` are the upstreams' and the mocks', by name."""
    mock = ModelSettings(MOCK, prices={CREDIT: PriceSettings(input_ucr=2_500_000, output_ucr=10_000_000)})
    named = {MOCK: mock, **settings.models}
    return {name: _offer(settings, name, each, models[name]) for name, each in named.items()}


def _offer(settings: Settings, name: str, each: ModelSettings, model: Model) -> Offer:
    is_mock = each.upstream == MOCK
    tariffs = {AssetId(asset): _tariff(price) for asset, price in each.prices.items()}
    return Offer(
        name,
        each.upstream,
        each.name or name,
        model,
        tariffs,
        MOCKS if is_mock else _counting(each),
        MOCK_TOKENS if is_mock else each.max_output_tokens,
        not is_mock,
        each.bound_field,
        tuple((budget, tariffs[AssetId(asset)]) for budget, asset in limits_of(settings, each)),
        Mode(
            settings.gateway.mode
            if settings.gateway.mode == "stopped"
            else each.mode or settings.gateway.mode
        ),
    )


def _tariff(price: PriceSettings) -> Tariff:
    cached = price.input_ucr if price.cached_ucr is None else price.cached_ucr
    return Tariff(price.input_ucr, price.output_ucr, cached)


def _counting(each: ModelSettings) -> Counting:
    extra = EXTRA_TOKENS if each.extra_tokens is None else each.extra_tokens
    return Counting(
        each.bytes_per_token or 1, per_call=extra, per_part=each.part_tokens, context=each.context_tokens
    )
