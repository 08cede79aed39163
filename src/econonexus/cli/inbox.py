"""`econonexus inbox …`: what agents ask of humans, in the order in which it is to be answered."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from econonexus.cli.exits import ANSWER_IS_NO, CommandFailed, bad_input
from econonexus.cli.remote import Answer, Json, get, one, pages, post, tell, tell_all

app = App(name="inbox", help="Ask a human; look at what agents ask, in turn, and answer it.")

Status = Literal["open", "waiting", "taken", "answered", "declined", "withdrawn", "expired", "all"]
Score = Annotated[int | None, Parameter(help="0 to 10; give all three scores or none.")]

COLUMNS = ("place", "id", "agent", "minutes", "price_ucr", "status", "human", "subject")
"""What a person goes by; `show` and `explain` say the rest, so that a line has room for the subject."""


@app.command(name="list")
def list_inbox(*, status: Status = "open", as_json: Json = False) -> None:
    """Show what agents ask: what somebody answers now, then what waits, in turn.

    Parameters
    ----------
    status
        Only those that stand so; those that have not ended by default.
    """
    tell_all(pages("inbox", status=status), COLUMNS, as_json)


@app.command(name="show")
def show_question(name: str, /, *, as_json: Json = False) -> None:
    """Show a question, and its answer once there is one."""
    tell(get(f"inbox/{one(name)}"), as_json)


@app.command
def ask(
    subject: str,
    question: str = "",
    /,
    *,
    minutes: int,
    price_ucr: int,
    agent: str | None = None,
    name: Annotated[str | None, Parameter(name="--id")] = None,
    expires_in_ms: int | None = None,
    as_json: Json = False,
) -> None:
    """Ask a human; what it may cost is reserved until it is answered.

    Parameters
    ----------
    subject
        What it is about, in a line.
    question
        All there is to say.
    minutes
        How many minutes it may take.
    price_ucr
        What a minute is paid, in micro-credits; who pays more is answered first.
    agent
        Who asks, where the key is an operator's.
    name
        Its id; one is made where you give none.
    expires_in_ms
        For how long the question stands.
    """
    made = post(
        "inbox",
        id=name,
        agent=agent,
        minutes=minutes,
        price_ucr=price_ucr,
        subject=subject,
        question=question,
        expires_in_ms=expires_in_ms,
    )
    tell(made, as_json)


@app.command
def take(name: str | None = None, /, *, as_json: Json = False) -> None:
    """Keep a question for yourself, so that nobody else answers it: the one whose turn it is, unless you say
    which. Take it again to keep it longer."""
    tell(post(f"inbox/{one(name or _first())}/take"), as_json)


@app.command
def answer(
    name: str,
    text: str,
    /,
    *,
    minutes: int,
    interesting: Score = None,
    useful: Score = None,
    understandable: Score = None,
    reward_ucr: int = 0,
    as_json: Json = False,
) -> None:
    """Answer a question that you have taken.

    Parameters
    ----------
    name
        Its id.
    text
        The answer.
    minutes
        The minutes it took; they are paid, and the rest comes back to who asked.
    reward_ucr
        New credits for who asked, out of the day's pool.
    """
    scores = {"interesting": interesting, "useful": useful, "understandable": understandable}
    given = [score for score in scores.values() if score is not None]
    if given and len(given) < len(scores):
        raise bad_input("--interesting, --useful, --understandable: give all three scores, or none")
    made = post(
        f"inbox/{one(name)}/answer",
        answer=text,
        minutes=minutes,
        scores=scores if given else None,
        reward_ucr=reward_ucr,
    )
    tell(made, as_json)


@app.command
def decline(name: str, /, *, reason: str = "", as_json: Json = False) -> None:
    """Turn a question down; it costs its agent nothing.

    Parameters
    ----------
    name
        Its id.
    reason
        Why, for who asked.
    """
    tell(post(f"inbox/{one(name)}/decline", reason=reason), as_json)


@app.command
def withdraw(name: str, /, *, as_json: Json = False) -> None:
    """Take your question back, while nobody answers it."""
    tell(post(f"inbox/{one(name)}/withdraw"), as_json)


@app.command
def rules(
    *,
    reserve_ucr: int | None = None,
    ageing_ucr: int | None = None,
    patience_ms: int | None = None,
    grace_ms: int | None = None,
    lasts_ms: int | None = None,
    proceeds: Literal["burn", "seller", "treasury"] | None = None,
    seller: str | None = None,
    as_json: Json = False,
) -> None:
    """Show how questions are ordered and paid and what humans have to give; or change the rules.

    Parameters
    ----------
    reserve_ucr
        Nobody pays less for a minute.
    ageing_ucr
        What an hour of waiting is worth, in pay for a minute.
    patience_ms
        Who has waited so long stands before all who have not.
    grace_ms
        How long a taken question stays with who took it, beyond its minutes.
    lasts_ms
        How long a question stands that does not say so itself.
    proceeds
        Where the money goes.
    seller
        Whose account it goes to.
    """
    changes = {
        "reserve_ucr": reserve_ucr,
        "ageing_ucr": ageing_ucr,
        "patience_ms": patience_ms,
        "grace_ms": grace_ms,
        "lasts_ms": lasts_ms,
        "proceeds": proceeds,
        "seller": seller,
    }
    changed = any(value is not None for value in changes.values())
    tell(post("attention", **changes) if changed else get("attention"), as_json)


def _first() -> str:
    """The question whose turn it is. Raises: CommandFailed where none waits."""
    found: list[Answer] = get("inbox", status="waiting", limit=1)["items"]  # type: ignore[assignment]
    if not found:
        raise CommandFailed("nothing waits in the inbox", ANSWER_IS_NO)
    return str(found[0]["id"])
