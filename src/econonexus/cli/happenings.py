"""`econonexus events` and `econonexus explain`: what happened, and why."""

import sys
from typing import Annotated

import msgspec
from cyclopts import Parameter

from econonexus.cli.output import console, write_json
from econonexus.cli.remote import Answer, Json, get, one, stream, tell
from econonexus.cli.texts import visible

Follow = Annotated[bool, Parameter(negative="", help="Go on with what happens from now on, until Ctrl-C.")]


def events(
    *, after: int = 0, subject: str = "", limit: int = 100, follow: Follow = False, as_json: Json = False
) -> None:
    """Show what happened, one event a line.

    Parameters
    ----------
    after
        The record after which to begin.
    subject
        Only what is about this, such as `account/ann` or `budget/*`.
    limit
        So many events at most, 1 to 1,000.
    """
    if not follow:
        found = get("events", after=after, subject=subject, limit=limit)
        for event in msgspec.convert(found["events"], list[Answer]):
            _line(event, as_json)
        return
    with stream("events/stream", after=after, subject=subject) as lines:
        for line in lines:
            if line.startswith("data: "):
                _line(msgspec.json.decode(line.removeprefix("data: "), type=Answer), as_json)


def explain(name: str, /, *, caller: str | None = None, as_json: Json = False) -> None:
    """Show how anything that has a name stands, what happened, and why.

    Parameters
    ----------
    name
        Of an account, agent, reservation, market, auction, bid, order, request, grant, resource or
        question; a command's id; or the number of a record. `bid/anns` where a name is several things.
    caller
        Whose command, such as `agent:ann`; your own by default.
    """
    found = get(f"explain/{one(name)}", caller=caller)
    if as_json:
        write_json(found)
        return
    facts = msgspec.convert(found["facts"], Answer)
    tell({str(found["about"]): found["id"], "answer": found["answer"], **facts}, as_json=False)
    for event in msgspec.convert(found["events"], list[Answer]):
        _line(event, as_json=False)


def _line(event: Answer, as_json: bool) -> None:
    data = msgspec.json.encode(event if as_json else event["data"]).decode()
    if as_json:
        sys.stdout.write(f"{data}\n")
        sys.stdout.flush()
    else:
        kind = str(event["type"]).removeprefix("econonexus.")
        console.print(
            visible(f"{event['id']:>8}  {event['time']}  {kind:<24} {event['subject']:<24} {data}"),
            soft_wrap=True,
        )
