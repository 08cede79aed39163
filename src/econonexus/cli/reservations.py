"""`econonexus reservation …`: what is reserved, and what was paid though nobody said what was used."""

from typing import Literal

from cyclopts import App

from econonexus.cli.exits import bad_input
from econonexus.cli.remote import Json, one, pages, post, tell, tell_all

app = App(name="reservation", help="Look at what is reserved, and reconcile what nobody reported.")

COLUMNS = ("id", "status", "account", "agent", "resource", "amount_ucr", "also", "expires_at", "paid_at")


@app.command(name="list")
def list_reservations(*, status: Literal["held", "unreported"] | None = None, as_json: Json = False) -> None:
    """Show the reservations that are open, and those that were paid in full without a report.

    Parameters
    ----------
    status
        Those alone that are open (held), or that wait to be reconciled (unreported).
    """
    tell_all(pages("reservations", status=status), COLUMNS, as_json)


@app.command
def reconcile(name: str, amount_ucr: int, /, *, also: list[str] | None = None, as_json: Json = False) -> None:
    """Say what a reservation that was paid unreported really was, and give back the rest.

    Parameters
    ----------
    name
        Its id.
    amount_ucr
        What was really used, in micro-credits; 0 gives all of it back.
    also
        What was really used of a further limit, as BUDGET=AMOUNT; may be given several times.
    """
    limits = [_limit(text) for text in also or []]
    tell(post(f"reservations/{one(name)}/reconcile", amount_ucr=amount_ucr, also=limits), as_json)


def _limit(text: str) -> dict[str, object]:
    budget, _, amount = text.rpartition("=")
    if not budget or not amount.isdecimal():
        raise bad_input(f"--also {text}: not of the form BUDGET=AMOUNT")
    return {"budget": budget, "amount_ucr": int(amount)}
