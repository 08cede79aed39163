"""`econonexus team …`: make teams, look at them, give them money, freeze them."""

from cyclopts import App

from econonexus.cli.remote import Json, Reason, get, one, pages, post, tell, tell_all

app = App(name="team", help="Make teams, look at them, give them money, freeze them.")


@app.command
def create(name: str | None = None, /, *, budget: str | None = None, as_json: Json = False) -> None:
    """Make a team, with a wallet of its name.

    Parameters
    ----------
    name
        Its id; one is made where you give none.
    budget
        What limits it and all its agents; the budget of its own name, if there is one.
    """
    tell(post("teams", id=name, budget=budget), as_json)


@app.command(name="list")
def list_teams(*, as_json: Json = False) -> None:
    """Show all teams."""
    tell_all(pages("teams"), ("id", "budget", "frozen"), as_json)


@app.command(name="show")
def show_team(name: str, /, *, as_json: Json = False) -> None:
    """Show a team and its wallet."""
    account = get(f"accounts/{one(name)}")
    money = {field: account[field] for field in ("balance_ucr", "held_ucr", "available_ucr")}
    tell(get(f"teams/{one(name)}") | money, as_json)


@app.command
def mint(name: str, amount_ucr: int, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """Issue new money to a team's wallet (admin), in micro-credits; to an agent's too."""
    tell(post("mint", to=name, amount_ucr=amount_ucr, reason=reason), as_json)


@app.command
def freeze(name: str, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """Stop everything new from leaving what a team and its agents own."""
    tell(post(f"teams/{one(name)}/freeze", reason=reason), as_json)


@app.command
def unfreeze(name: str, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """Let a team and its agents spend again."""
    tell(post(f"teams/{one(name)}/unfreeze", reason=reason), as_json)
