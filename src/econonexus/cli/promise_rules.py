"""`econonexus promise-rules …`: what must be at stake for work promised, and what offences cost."""

import msgspec
from cyclopts import App

from econonexus.cli.exits import bad_input
from econonexus.cli.remote import Answer, Json, get, post_body, tell
from econonexus.domain.kinds import Offence

app = App(name="promise-rules", help="Say what must be at stake and what offences cost.")

PENALTY = ("rate", "severity", "grace")
OFFENCES = frozenset(offence.value for offence in Offence)


@app.command(name="show")
def show_rules(*, as_json: Json = False) -> None:
    """Show the rules by which promises are kept."""
    _tell(get("promise-rules"), as_json)


@app.command(name="set")
def set_rules(*rules: str, as_json: Json = False) -> None:
    """Change rules; what you do not name stays, and contracts that run keep the rules they began with.

    Parameters
    ----------
    rules
        Each as NAME=VALUE, by the names that `show` has, such as bond=1.5 or compound=true. What an offence
        costs is its rate, severity and grace: task_failure=0.1,1,3. Owners are named one by one:
        trusted=inc,acme, or trusted= for none.
    """
    _tell(post_body("promise-rules", dict(_rule(text) for text in rules)), as_json)


def _rule(text: str) -> tuple[str, object]:
    """One rule of the command line. Raises: CommandFailed."""
    name, equals, value = text.partition("=")
    if not equals:
        raise bad_input(f"{text}: say NAME=VALUE, such as bond=1.5")
    if name == "trusted":
        return name, [owner for owner in value.split(",") if owner]
    numbers = [_value(name, part) for part in value.split(",")]
    if len(numbers) == 1 and name not in OFFENCES:
        return name, numbers[0]
    if len(numbers) != len(PENALTY):
        raise bad_input(f"{name}: what an offence costs is RATE,SEVERITY,GRACE, such as 0.1,1,3")
    return name, dict(zip(PENALTY, numbers, strict=True))


def _value(name: str, text: str) -> object:
    try:
        return msgspec.json.decode(text, type=int | float | bool)
    except msgspec.MsgspecError:
        raise bad_input(f"{name}: {text} is neither a number nor true or false") from None


def _tell(found: Answer, as_json: bool) -> None:
    """The rules; for people, what an offence costs is one line."""
    if not as_json:
        found = {name: _in_words(value) for name, value in found.items()}
    tell(found, as_json)


def _in_words(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return f"{value['rate']:.1%} × severity {value['severity']}, after {value['grace']} in a window"
