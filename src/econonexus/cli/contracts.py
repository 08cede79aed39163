"""`econonexus contract …`: say that work is done, judge it, challenge a verdict, decide a dispute."""

import subprocess
from typing import Annotated, Literal

import msgspec
from cyclopts import App, Parameter

from econonexus.cli.exits import ANSWER_IS_NO, CommandFailed, bad_input
from econonexus.cli.remote import Answer, Json, get, one, pages, post, tell, tell_all

app = App(name="contract", help="Deliver work, judge it, challenge a verdict, decide a dispute.")

Status = Literal["all", "open", "delivered", "judged", "challenged", "disputed", "settled"]
Verdict = Literal["excellent", "satisfactory", "poor", "byzantine"]
COLUMNS = ("id", "requester", "provider", "status", "payment_ucr", "verdict", "judged_by", "waits_until")
STORY = ("sequence", "at", "event", "agent", "verdict", "quality", "amount_ucr", "until", "text")
MOST_EVIDENCE = 16_000
PASSED, FAILED = 0, 1
"""What a program that checks exits with."""


@app.command(name="list")
def list_contracts(*, status: Status | None = None, agent: str | None = None, as_json: Json = False) -> None:
    """Show contracts that are not over; an agent's key, those it has a part in.

    Parameters
    ----------
    status
        Only those that stand so, such as `disputed`, which are for the operator to decide.
    agent
        Only those that an agent has a part in.
    """
    tell_all(pages("contracts", status=status, agent=agent), COLUMNS, as_json)


@app.command(name="show")
def show_contract(name: str, /, *, as_json: Json = False) -> None:
    """Show a contract, and all that happened to it."""
    _tell(get(f"contracts/{one(name)}"), as_json)


@app.command
def report(name: str, text: str = "", /, *, as_json: Json = False) -> None:
    """Say that the work is done, before the contract's deadline.

    Parameters
    ----------
    name
        The contract.
    text
        What was delivered, or where it is: read by the two sides, the judges and the operator.
    """
    _tell(post(f"contracts/{one(name)}/report", text=text), as_json)


@app.command
def judge(
    name: str,
    verdict: Verdict,
    /,
    *,
    quality: float | None = None,
    evidence: str = "",
    as_json: Json = False,
) -> None:
    """Say how a contract was kept: as its requester, its verifier, or one of its judges.

    Parameters
    ----------
    name
        The contract.
    verdict
        How it was kept.
    quality
        What the work was worth, from 0 to 1, where that counts in its pay.
    evidence
        Why, for the two sides, the judges and the operator.
    """
    _tell(
        post(f"contracts/{one(name)}/verdict", verdict=verdict, quality=quality, evidence=evidence), as_json
    )


@app.command
def challenge(
    name: str,
    verdict: Verdict,
    /,
    *,
    quality: float | None = None,
    evidence: str = "",
    as_json: Json = False,
) -> None:
    """Claim another verdict, and put up a bond for it; if the other side does not answer, it stands.

    Parameters
    ----------
    name
        The contract.
    verdict
        What would be right.
    quality
        From 0 to 1, where that counts in the pay.
    evidence
        Why, for the two sides, the judges and the operator.
    """
    _tell(
        post(f"contracts/{one(name)}/challenge", verdict=verdict, quality=quality, evidence=evidence),
        as_json,
    )


@app.command
def defend(name: str, /, *, evidence: str = "", as_json: Json = False) -> None:
    """Answer a challenge with a bond of your own, so that the operator decides.

    Parameters
    ----------
    name
        The contract.
    evidence
        Why the verdict was right.
    """
    _tell(post(f"contracts/{one(name)}/defence", evidence=evidence), as_json)


@app.command
def decide(
    name: str,
    verdict: Verdict,
    /,
    *,
    quality: float | None = None,
    evidence: str = "",
    as_json: Json = False,
) -> None:
    """Decide a dispute for good, as the operator: whoever was wrong loses its bond to whoever was right.

    Parameters
    ----------
    name
        The contract.
    verdict
        How it was kept.
    quality
        From 0 to 1, where that counts in the pay.
    evidence
        Why, for the two sides and the judges.
    """
    _tell(
        post(f"contracts/{one(name)}/decision", verdict=verdict, quality=quality, evidence=evidence), as_json
    )


@app.command
def check(
    *program: str,
    contract: Annotated[str | None, Parameter(name="--contract")] = None,
    good: Literal["excellent", "satisfactory"] = "satisfactory",
    bad: Literal["poor", "byzantine"] = "poor",
    as_json: Json = False,
) -> None:
    """Judge what was delivered by a program of your own, with a judge's key: a verifier in one line.

    The program reads what was delivered from standard input. Exit code 0 says that it is as it should be, 1
    that it is not; anything else says nothing, and nothing is judged. What it prints is the evidence.

    Parameters
    ----------
    program
        The program and its arguments; put `--` before it if one begins with a dash.
    contract
        The contract; by default every one that is delivered and waits for your verdict.
    good
        What exit code 0 says.
    bad
        What exit code 1 says.
    """
    if not program:
        raise bad_input("name the program that checks what was delivered")
    judged = [
        _checked(name, program, {PASSED: good, FAILED: bad})
        for name in ([contract] if contract is not None else _awaiting())
    ]
    tell_all(judged, COLUMNS, as_json)


def _awaiting() -> list[str]:
    """The contracts that are delivered and that the key's agent has yet to judge."""
    me = str(get("whoami")["holder"])
    found = pages("contracts", status="delivered")
    return [str(each["id"]) for each in found if me in _judges(each) and me not in _voters(each)]


def _judges(contract: Answer) -> list[str]:
    return msgspec.convert(contract["judges"], list[str])


def _voters(contract: Answer) -> list[object]:
    return [vote["agent"] for vote in msgspec.convert(contract["votes"], list[Answer])]


def _checked(name: str, program: tuple[str, ...], says: dict[int, str]) -> Answer:
    """The contract after the program's verdict. Raises: CommandFailed where it has none."""
    story = msgspec.convert(get(f"contracts/{one(name)}")["story"], list[Answer])
    delivered = [step["text"] or "" for step in story if step["event"] == "delivery_reported"]
    if not delivered:
        raise CommandFailed(f"{name}: nothing is delivered yet", ANSWER_IS_NO)
    try:
        ran = subprocess.run(program, input=str(delivered[0]), capture_output=True, text=True, check=False)
    except OSError as error:
        raise bad_input(f"{program[0]}: {error.strerror}") from None
    if ran.returncode not in says:
        raise CommandFailed(f"{name}: the program ended with {ran.returncode}: no verdict", ANSWER_IS_NO)
    return post(
        f"contracts/{one(name)}/verdict", verdict=says[ran.returncode], evidence=ran.stdout[:MOST_EVIDENCE]
    )


def _tell(contract: Answer, as_json: bool) -> None:
    """A contract, and for people its story as a table beneath it."""
    if as_json:
        tell(contract, as_json)
        return
    story = msgspec.convert(contract["story"], list[Answer])
    tell({name: value for name, value in contract.items() if name != "story"}, as_json)
    tell_all(story, STORY, as_json)
