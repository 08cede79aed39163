"""The models that can be called, what they cost, and how their tokens are counted."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec

from econonexus.domain.money import Amount, Price

MILLION = 1_000_000
BYTES_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 4
MOCK_TOKENS = 16


class Tariff(msgspec.Struct, frozen=True):
    """What a million tokens cost in µcr, read and written."""

    input_ucr: int
    output_ucr: int

    def cost(self, input_tokens: int, output_tokens: int) -> Amount:
        """What a call costs, rounded up once."""
        return Price(Amount(self.input_ucr * input_tokens + self.output_ucr * output_tokens), MILLION).charge(
            1
        )


def count(texts: Sequence[str]) -> int:
    """How many tokens messages are counted as: four bytes each, rounded up, and four a message."""
    return sum(TOKENS_PER_MESSAGE - (-len(text.encode()) // BYTES_PER_TOKEN) for text in texts)


class Mock:
    """The built-in model: answers exactly as many tokens as it may, and is there without configuration."""

    name = "mock"
    tariff = Tariff(input_ucr=2_500_000, output_ucr=10_000_000)
    default_tokens = MOCK_TOKENS

    async def answer(self, max_tokens: int) -> AsyncIterator[str]:
        """One token after the other, each of four bytes."""
        for number in range(max_tokens):
            yield "mock" if number == 0 else " tok"
            await asyncio.sleep(0)


MODELS = {Mock.name: Mock()}
