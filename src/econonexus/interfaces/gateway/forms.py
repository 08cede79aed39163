"""What OpenAI's API answers where the gateway answers itself."""

import msgspec


class ModelCard(msgspec.Struct, frozen=True):
    """A model that may be called."""

    id: str
    object: str = "model"
    created: int = 0
    owned_by: str = "econonexus"


class ModelList(msgspec.Struct, frozen=True):
    """The models that may be called."""

    data: list[ModelCard]
    object: str = "list"


class OpenAiError(msgspec.Struct, frozen=True):
    """What went wrong, as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None
    code: str


class OpenAiErrorBody(msgspec.Struct, frozen=True):
    """An answer that says no."""

    error: OpenAiError
