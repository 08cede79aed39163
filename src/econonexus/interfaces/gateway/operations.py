"""How the gateway's calls are shown in the OpenAPI document: the fields that it reads.

Bodies are read by the dialect, once; other fields than these go to the model as they are.
"""

from dataclasses import dataclass
from typing import Any

from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from econonexus.dialect.requests import MAX_CHOICES, MAX_TOKENS

_OBJECT = Schema(type=OpenAPIType.OBJECT)
_TEXT = Schema(type=OpenAPIType.STRING)
_MODEL = Schema(
    type=OpenAPIType.STRING,
    min_length=1,
    max_length=128,
    examples=["mock"],
    description="The model's name, as `GET /v1/models` lists it.",
)
_TOKENS = Schema(
    type=OpenAPIType.INTEGER,
    minimum=1,
    maximum=MAX_TOKENS,
    description="The most tokens that an answer may have, for which money is reserved.",
)
_STREAM = Schema(
    type=OpenAPIType.BOOLEAN, description="Whether the answer comes in parts, as it is made; not by default."
)
_TOOLS = Schema(type=OpenAPIType.ARRAY, items=_OBJECT, description="Tools that the caller carries out.")
_MESSAGE = Schema(
    type=OpenAPIType.OBJECT,
    required=["role"],
    properties={
        "role": Schema(type=OpenAPIType.STRING, description="Who says it, such as `user` or `assistant`."),
        "content": Schema(
            one_of=[_TEXT, Schema(type=OpenAPIType.ARRAY, items=_OBJECT)],
            description="What is said: a text, or parts, such as texts and pictures.",
        ),
    },
)
_MESSAGES = Schema(
    type=OpenAPIType.ARRAY,
    items=_MESSAGE,
    min_items=1,
    max_items=10_000,
    description="The conversation so far, oldest first.",
)
_TEXTS = Schema(
    one_of=[_TEXT, Schema(type=OpenAPIType.ARRAY, items=_TEXT, min_items=1, max_items=2_048)],
    description="A text, or several, each of which gets its vector.",
)
_INCLUDE_USAGE = Schema(
    type=OpenAPIType.BOOLEAN, description="Whether the last part says how many tokens were used."
)


def _body(required: list[str], example: dict[str, Any], **properties: Schema) -> RequestBody:
    schema = Schema(
        type=OpenAPIType.OBJECT, required=required, properties=dict(properties), examples=[example]
    )
    return RequestBody(content={"application/json": OpenAPIMediaType(schema=schema)}, required=True)


@dataclass
class ChatOperation(Operation):
    """A chat."""

    def __post_init__(self) -> None:
        self.request_body = _body(
            ["model", "messages"],
            {"model": "mock", "messages": [{"role": "user", "content": "Who are you?"}], "max_tokens": 100},
            model=_MODEL,
            messages=_MESSAGES,
            max_tokens=_TOKENS,
            max_completion_tokens=_TOKENS,
            n=Schema(
                type=OpenAPIType.INTEGER,
                minimum=1,
                maximum=MAX_CHOICES,
                description="How many answers to make; 1 by default.",
            ),
            tools=_TOOLS,
            stream=_STREAM,
            stream_options=Schema(
                type=OpenAPIType.OBJECT,
                properties={"include_usage": _INCLUDE_USAGE},
                description="What a stream tells besides.",
            ),
        )


@dataclass
class ResponsesOperation(Operation):
    """A response."""

    def __post_init__(self) -> None:
        items = Schema(type=OpenAPIType.ARRAY, items=_OBJECT, min_items=1, max_items=10_000)
        self.request_body = _body(
            ["model", "input"],
            {"model": "mock", "input": "Who are you?", "max_output_tokens": 100},
            model=_MODEL,
            input=Schema(
                one_of=[_TEXT, items], description="What to respond to: a text, or items, oldest first."
            ),
            instructions=Schema(
                type=OpenAPIType.STRING, description="What the model is to go by before all else."
            ),
            max_output_tokens=_TOKENS,
            tools=_TOOLS,
            stream=_STREAM,
        )


@dataclass
class EmbeddingsOperation(Operation):
    """Embeddings."""

    def __post_init__(self) -> None:
        self.request_body = _body(
            ["model", "input"],
            {"model": "mock", "input": ["one text", "another"]},
            model=_MODEL,
            input=_TEXTS,
        )
