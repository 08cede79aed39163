"""Speaking to a running node: where it is, with which key, and what its refusals mean for a command.

The node is at ECONONEXUS_URL (http://127.0.0.1:7700 unless it says otherwise), the key is ECONONEXUS_KEY.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import Annotated, TypeVar
from urllib.parse import quote

import httpx2
import msgspec
from cyclopts import Parameter
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from econonexus.cli.exits import ANSWER_IS_NO, BAD_INPUT, FAULT, CommandFailed, bad_input, fault
from econonexus.cli.output import console, show, width, write_json
from econonexus.cli.texts import block, cell

DEFAULT_URL = "http://127.0.0.1:7700"
TIMEOUT_S = 30.0
WIDEST = 10_000
"""So wide a table is measured at most, in columns."""
ROOM = 100
"""So many columns a terminal has that shows times in one line."""

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON for programs.")]
Reason = Annotated[str, Parameter(help="Why, for whoever reads the journal.")]
Answer = dict[str, object]
Simple = str | int | None
T = TypeVar("T")


class _Problem(msgspec.Struct):
    """A refusal as the API words it."""

    code: str = "no_answer"
    detail: str = ""
    field: str = ""
    subject: str = ""
    requested: int | None = None
    available: int | None = None

    def sentence(self) -> str:
        facts = {
            "field": self.field,
            "of": self.subject,
            "requested": self.requested,
            "available": self.available,
        }
        known = ", ".join(f"{name} {value}" for name, value in facts.items() if value not in ("", None))
        return f"{self.code}: {self.detail}" + (f" ({known})" if known else "")


def get(path: str, **query: Simple) -> Answer:
    """What the node answers to a GET. Raises: CommandFailed."""
    return _ask("GET", path, query=query)


def post(path: str, **body: object) -> Answer:
    """What the node answers to a POST; fields that are None are left out. Raises: CommandFailed."""
    return post_body(path, _given(body))


def post_body(path: str, body: Mapping[str, object]) -> Answer:
    """The same for a body as it is: a field that is None is sent as null. Raises: CommandFailed."""
    return _ask("POST", path, body=body)


def delete(path: str) -> Answer:
    """What the node answers to a DELETE. Raises: CommandFailed."""
    return _ask("DELETE", path)


def one(name: str) -> str:
    """A name as a part of a path."""
    return quote(name, safe=":@+")


def pages(path: str, **query: Simple) -> list[Answer]:
    """All items of a list, page by page. Raises: CommandFailed."""
    items: list[Answer] = []
    cursor: str | None = None
    while True:
        found = get(path, limit=1_000, cursor=cursor, **query)
        items += msgspec.convert(found["items"], list[Answer])
        cursor = msgspec.convert(found["next"], str | None)
        if cursor is None:
            return items


@contextlib.contextmanager
def stream(path: str, **query: Simple) -> Iterator[Iterator[str]]:
    """The lines of an answer that goes on until one side ends it. Raises: CommandFailed."""
    with (
        _client(timeout=None) as client,
        _reachable(client),
        client.stream("GET", path, params=_given(query)) as answer,
    ):
        if answer.status_code >= 400:
            answer.read()
            raise _refused(answer)
        yield answer.iter_lines()


def tell(answer: Answer, as_json: bool) -> None:
    """One answer: for programs as it came, for people as a table."""
    if as_json:
        write_json(answer)
        return
    table = Table(show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in answer.items():
        table.add_row(cell(in_ucr(name)), block(_plain(value)))
    show(table)


def in_ucr(name: str) -> str:
    """A field's name, or a fact's, as people read it: `payment_ucr` and `bonus paid, ucr` are µcr."""
    label = name.replace("_ucr", ", µcr")
    return label.removesuffix(", ucr") + ", µcr" if label.endswith(", ucr") else label


def tell_all(answers: list[Answer], columns: tuple[str, ...], as_json: bool) -> None:
    """Many answers: for programs as they came, for people the columns that matter."""
    if as_json:
        write_json(answers)
        return
    table = Table()
    for name in columns:
        _add_column(table, name, [answer.get(name) for answer in answers])
    for answer in answers:
        table.add_row(*(_in_list(name, answer.get(name)) for name in columns))
    if Measurement.get(console, console.options.update(max_width=WIDEST), table).maximum > width():
        table.padding = (0, 0)  # Names and numbers have the room, before they are cut.
    show(table)


def _add_column(table: Table, name: str, values: list[object]) -> None:
    """Numbers to the right and whole; what else is too wide goes on in the next line, whole too."""
    heading = in_ucr(name).replace("_", " ")
    if name.endswith("_ucr") or any(_is_number(value) for value in values):
        widest = max((len(_plain(value)) for value in values), default=0)
        table.add_column(fill(heading, max(widest, 10)), justify="right", no_wrap=True)
    else:
        table.add_column(heading, overflow="fold", no_wrap=name.endswith("_at"))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _in_list(name: str, value: object) -> Text:
    """A value in a list of many: of a time, the second is enough."""
    text = _plain(value)
    return block(second(text)) if name.endswith("_at") else cell(text)


def second(time: str) -> str:
    """A time of RFC 3339 to the second, the day before it or, where there is little room, above it."""
    return f"{time.partition('.')[0].removesuffix('Z')}Z".replace("T", _between()) if time else ""


def _between() -> str:
    return " " if width() >= ROOM else "\n"


def _ask(
    method: str,
    path: str,
    query: Mapping[str, Simple] | None = None,
    body: Mapping[str, object] | None = None,
) -> Answer:
    with _client(TIMEOUT_S) as client, _reachable(client):
        content = None if body is None else msgspec.json.encode(body)
        answer = client.request(method, path, params=_given(query or {}), content=content)
    if answer.status_code >= 400:
        raise _refused(answer)
    try:
        return msgspec.json.decode(answer.content, type=Answer)
    except msgspec.DecodeError:
        raise fault(f"{answer.url}: this is no answer of EconoNexus; check ECONONEXUS_URL") from None


def _client(timeout: float | None) -> httpx2.Client:
    key = os.environ.get("ECONONEXUS_KEY", "")
    if not key:
        raise bad_input("ECONONEXUS_KEY is not set; it is the key that the node knows you by")
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    url = os.environ.get("ECONONEXUS_URL", DEFAULT_URL).rstrip("/")
    try:
        return httpx2.Client(base_url=f"{url}/api/v1/", headers=headers, timeout=timeout)
    except (httpx2.InvalidURL, UnicodeEncodeError) as error:
        raise bad_input(f"ECONONEXUS_URL or ECONONEXUS_KEY: {error}") from None


@contextlib.contextmanager
def _reachable(client: httpx2.Client) -> Iterator[None]:
    try:
        yield
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        remedy = "start one with `econonexus up`, or set ECONONEXUS_URL"
        raise fault(f"no node answers at {client.base_url}: {error}; {remedy}") from None


def _refused(answer: httpx2.Response) -> CommandFailed:
    """What a refusal means here: exit code 2 where the request is wrong, 1 where the answer is no."""
    try:
        problem = msgspec.json.decode(answer.content, type=_Problem)
    except msgspec.MsgspecError:
        problem = _Problem(detail=f"{answer.url} answered with status {answer.status_code}")
    wrong = answer.status_code in (400, 401)
    # That a market has nothing to give now is its answer; that one asks too often is not.
    later = answer.status_code >= 500 or (answer.status_code == 429 and problem.code != "no_capacity")
    return CommandFailed(problem.sentence(), BAD_INPUT if wrong else FAULT if later else ANSWER_IS_NO)


def _given(values: Mapping[str, T]) -> dict[str, T]:
    return {name: value for name, value in values.items() if value is not None}


def _plain(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case str():
            return value
        case dict():
            return ", ".join(f"{name}: {_plain(each)}" for name, each in value.items())
        case list():
            return ", ".join(map(_plain, value))
        case _:
            return msgspec.json.encode(value).decode()
