"""What OpenAI's API answers where the gateway answers itself."""

from typing import Annotated

import msgspec
from msgspec import Meta


class ModelCard(msgspec.Struct, frozen=True):
    """A model that may be called."""

    id: Annotated[str, Meta(description="The model's name, as calls name it.")]
    object: Annotated[str, Meta(description="Always `model`, as OpenAI's clients expect.")] = "model"
    created: Annotated[int, Meta(description="Always 0: it is not known.")] = 0
    owned_by: Annotated[str, Meta(description="The upstream that serves it.")] = "econonexus"


class ModelList(msgspec.Struct, frozen=True):
    """The models that may be called."""

    data: Annotated[list[ModelCard], Meta(description="The models that the caller may call.")]
    object: Annotated[str, Meta(description="Always `list`, as OpenAI's clients expect.")] = "list"


class OpenAiError(msgspec.Struct, frozen=True):
    """What went wrong, as OpenAI's clients read it."""

    message: Annotated[str, Meta(description="What is wrong, and what to do.")]
    type: Annotated[str, Meta(description="What kind of error it is, in OpenAI's words.")]
    param: Annotated[str | None, Meta(description="The field or header at fault; null for none.")]
    code: Annotated[str, Meta(description="What to act on: the refusal's name.")]


class OpenAiErrorBody(msgspec.Struct, frozen=True):
    """An answer that says no."""

    error: Annotated[OpenAiError, Meta(description="What went wrong.")]
