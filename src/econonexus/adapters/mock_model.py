"""The built-in models: answer exactly as many tokens as they may, by rule, as slowly as they are told to.

They count a prompt as its estimate counts it, so that a call of theirs costs what was reserved for it.
"""

import asyncio
from collections.abc import AsyncGenerator

import msgspec

from econonexus.adapters import mock_answers
from econonexus.dialect.counting import NotUnderstood
from econonexus.dialect.requests import Ask
from econonexus.dialect.speech import DIALECTS
from econonexus.ports import ModelRefused


class MockModel:
    """Any model's name will do; it thinks for `first_token_s`, then writes a token every `token_s`."""

    def __init__(self, first_token_s: float = 0.0, token_s: float = 0.0) -> None:
        self._first_token_s = first_token_s
        self._token_s = token_s

    async def call(self, endpoint: str, body: bytes) -> bytes:
        """The whole answer to a request."""
        ask = _read(endpoint, body)
        wait_s = self._first_token_s + self._token_s * mock_answers.tokens(ask)
        if wait_s:
            await asyncio.sleep(wait_s)
        return msgspec.json.encode(mock_answers.WHOLE[endpoint](ask))

    async def stream(self, endpoint: str, body: bytes) -> AsyncGenerator[bytes, None]:
        """The answer token by token, giving way to others before each."""
        ask = _read(endpoint, body)
        await asyncio.sleep(self._first_token_s)
        for event in mock_answers.STREAMED[endpoint](ask):
            yield event
            await asyncio.sleep(self._token_s)

    async def close(self) -> None:
        """There is nothing to let go of."""


def _read(endpoint: str, body: bytes) -> Ask:
    try:
        return DIALECTS[endpoint].read(body)
    except NotUnderstood as error:
        about = {
            "message": error.complaint,
            "type": "invalid_request_error",
            "param": error.field,
            "code": None,
        }
        raise ModelRefused(400, msgspec.json.encode({"error": about})) from None
