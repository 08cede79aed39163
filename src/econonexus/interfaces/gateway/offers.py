"""The models that may be called: who has them, what they cost, how their tokens are bounded."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from econonexus.config import MOCK, ModelSettings, PriceSettings, Settings
from econonexus.dialect.counting import MOCKS, Counting, Usage
from econonexus.domain.ids import CREDIT, AssetId
from econonexus.domain.money import Amount, Price
from econonexus.ports import Model

MILLION = 1_000_000
MOCK_TOKENS = 16
EXTRA_TOKENS = 16


class Tariff(msgspec.Struct, frozen=True):
    """What a million tokens cost in the smallest unit of an asset: read, written, read from a cache."""

    input_ucr: int
    output_ucr: int
    cached_ucr: int

    def cost(self, used: Usage) -> Amount:
        """What a call costs, rounded up once."""
        fresh = used.read - used.cached
        total = self.input_ucr * fresh + self.cached_ucr * used.cached + self.output_ucr * used.written
        return Price(Amount(total), MILLION).charge(1)

    def bound(self, read: int, written: int) -> Amount:
        """What so many tokens cost at most, whatever is cached."""
        dearest = max(self.input_ucr, self.cached_ucr)
        return Price(Amount(dearest * read + self.output_ucr * written), MILLION).charge(1)


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


def offers_of(settings: Settings, models: Mapping[str, Model]) -> dict[str, Offer]:
    """Every model that may be called; `models` are the upstreams' and the mocks', by name."""
    mock = ModelSettings(MOCK, prices={CREDIT: PriceSettings(input_ucr=2_500_000, output_ucr=10_000_000)})
    named = {MOCK: mock, **settings.models}
    return {name: _offer(name, each, models[name]) for name, each in named.items()}


def _offer(name: str, each: ModelSettings, model: Model) -> Offer:
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
    )


def _tariff(price: PriceSettings) -> Tariff:
    cached = price.input_ucr if price.cached_ucr is None else price.cached_ucr
    return Tariff(price.input_ucr, price.output_ucr, cached)


def _counting(each: ModelSettings) -> Counting:
    extra = EXTRA_TOKENS if each.extra_tokens is None else each.extra_tokens
    return Counting(
        each.bytes_per_token or 1, per_call=extra, per_part=each.part_tokens, context=each.context_tokens
    )
