"""How many tokens a request is counted as before a model has counted them: never fewer than it will be."""

from typing import NamedTuple

import msgspec


class NotUnderstood(Exception):
    """The request cannot be read, or what it costs cannot be bounded. `field` is at fault."""

    def __init__(self, field: str, complaint: str) -> None:
        super().__init__(complaint)
        self.field = field
        self.complaint = complaint


class Prompt(NamedTuple):
    """What a model would read.

    `texts` are lengths in bytes, `tokens` what came as tokens already, `parts` how many images, sounds or
    files there are in the field `parts_in`, and `elsewhere` the field that refers to what the request does
    not contain.
    """

    texts: tuple[int, ...]
    tokens: int = 0
    parts: int = 0
    elsewhere: str = ""
    parts_in: str = "messages"


class Usage(NamedTuple):
    """How many tokens a call used: read, of those from a cache, and written."""

    read: int
    written: int
    cached: int = 0


class Counting(msgspec.Struct, frozen=True):
    """By what a model's tokens are bounded.

    A token has at least `bytes_per_token` bytes; every text adds `per_text` tokens and every call
    `per_call`; a part that is no text counts as `per_part` (0: no bound is known), and `context` is all the
    model can read (0: not known).
    """

    bytes_per_token: int = 1
    per_text: int = 4
    per_call: int = 16
    per_part: int = 0
    context: int = 0

    def tokens(self, prompt: Prompt) -> int:
        """What a prompt counts as. Raises: NotUnderstood if nothing bounds it."""
        if prompt.elsewhere and not self.context:
            raise NotUnderstood(
                prompt.elsewhere,
                "What it refers to cannot be counted, as the model's `context_tokens` is not set.",
            )
        if prompt.parts and not self.per_part:
            raise NotUnderstood(
                prompt.parts_in, "Parts that are no text cannot be counted: `part_tokens` is not set."
            )
        if prompt.elsewhere:
            return self.context
        size = self.bytes_per_token
        texts = sum(self.per_text - (-length // size) for length in prompt.texts)
        bound = texts + prompt.tokens + prompt.parts * self.per_part + self.per_call
        return min(bound, self.context) if self.context else bound


MOCKS = Counting(bytes_per_token=4, per_text=4, per_call=0)
"""The mock's own: four bytes a token, rounded up, and four a text."""

WRITTEN_BYTES_PER_TOKEN = 4
MOST_BYTES_PER_TOKEN = 16
"""No answer's tokens are longer on the whole."""


def written(pieces: int, size: int) -> int:
    """What an answer counts as while its model has not said: a token a piece, and one every four bytes."""
    return max(pieces, -(-size // WRITTEN_BYTES_PER_TOKEN))


def surely_written(pieces: int, size: int) -> int:
    """What an answer has at least, however long its tokens are."""
    return max(pieces, size // MOST_BYTES_PER_TOKEN)
