"""`econonexus standing …`: what an owner's agents may do."""

from typing import Literal

from cyclopts import App

from econonexus.cli.remote import Json, Reason, get, one, post, tell

app = App(name="standing", help="Say what an owner's agents may do, and look it up.")

Standing = Literal["active", "probation", "suspended", "banned"]


@app.command(name="show")
def show_standing(owner: str, /, *, as_json: Json = False) -> None:
    """Show how an owner stands."""
    tell(get(f"owners/{one(owner)}/standing"), as_json)


@app.command(name="set")
def set_standing(owner: str, standing: Standing, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """Say what an owner's agents may do from now on.

    Parameters
    ----------
    owner
        A team, an agent that owns itself, or whatever agents were created to belong to.
    standing
        active: everything; probation: everything, but its record earns it nothing; suspended: nothing new;
        banned: nothing new, and what is at stake stays there.
    """
    tell(post(f"owners/{one(owner)}/standing", standing=standing, reason=reason or None), as_json)
