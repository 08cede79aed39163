"""`econonexus agent …`: make agents, change them, look at them, freeze them, give them keys."""

from cyclopts import App

from econonexus.cli.remote import Json, Reason, get, one, pages, post, tell, tell_all

app = App(name="agent", help="Make agents, change them, look at them, freeze them, give them keys.")


@app.command
def create(
    name: str | None = None,
    /,
    *,
    team: str | None = None,
    owner: str | None = None,
    credits_ucr: int = 0,
    weight: int = 1,
    priority: int = 0,
    capability: list[str] | None = None,
    model: list[str] | None = None,
    budget: str | None = None,
    wallet: bool = True,
    as_json: Json = False,
) -> None:
    """Make an agent. Its key is shown this once.

    Parameters
    ----------
    name
        Its id; one is made where you give none.
    team
        The team it belongs to.
    owner
        Whose agent it is, to whom its record and its offences count; the team, or else the agent itself.
    credits_ucr
        Money to begin with, in micro-credits.
    weight
        Its share where shares are weighted.
    priority
        Higher goes first.
    capability
        What it can do; may be given several times.
    model
        A model it may call; may be given several times, and none means every one.
    budget
        What limits it; the budget of its own name, if there is one.
    wallet
        Without one of its own it pays from its team's.
    """
    made = post(
        "agents",
        id=name,
        team=team,
        owner=owner,
        credits_ucr=credits_ucr,
        weight=weight,
        priority=priority,
        capabilities=capability,
        models=model,
        budget=budget,
        wallet=wallet,
    )
    tell(made, as_json)


@app.command(name="list")
def list_agents(*, as_json: Json = False) -> None:
    """Show all agents."""
    tell_all(pages("agents"), ("id", "team", "account", "budget", "weight", "priority", "frozen"), as_json)


@app.command(name="show")
def show_agent(name: str, /, *, as_json: Json = False) -> None:
    """Show an agent and the account it pays from."""
    agent = get(f"agents/{one(name)}")
    account = get(f"accounts/{one(str(agent['account']))}")
    money = {field: account[field] for field in ("balance_ucr", "held_ucr", "available_ucr")}
    tell(agent | money, as_json)


@app.command
def change(
    name: str,
    /,
    *,
    weight: int | None = None,
    priority: int | None = None,
    capability: list[str] | None = None,
    model: list[str] | None = None,
    budget: str | None = None,
    as_json: Json = False,
) -> None:
    """Change an agent; what is not given stays.

    Parameters
    ----------
    name
        Its id.
    weight
        Its share where shares are weighted.
    priority
        Higher goes first.
    capability
        What it can do, all of it; may be given several times.
    model
        A model it may call, of all that it may; may be given several times.
    budget
        What limits it from now on.
    """
    made = post(
        f"agents/{one(name)}/change",
        weight=weight,
        priority=priority,
        capabilities=capability or None,
        models=model or None,
        budget=budget,
    )
    tell(made, as_json)


@app.command(name="signing-key")
def signing_key(name: str, public_key: str, /, *, as_json: Json = False) -> None:
    """Have an agent's bids verified by its public key (Ed25519, hexadecimal), with the agent's own key."""
    tell(post(f"agents/{one(name)}/signing-key", public_key=public_key), as_json)


@app.command
def freeze(name: str, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """Stop everything new from leaving what an agent owns."""
    tell(post(f"agents/{one(name)}/freeze", reason=reason), as_json)


@app.command
def unfreeze(name: str, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """Let an agent spend again."""
    tell(post(f"agents/{one(name)}/unfreeze", reason=reason), as_json)


@app.command
def key(name: str, /, *, as_json: Json = False) -> None:
    """Make one more key for an agent. It is shown this once."""
    tell(post("keys", holder=name), as_json)


@app.command
def rotate(key_id: str, /, *, as_json: Json = False) -> None:
    """Replace a key's secret; the old one is worth nothing at once."""
    tell(post(f"keys/{one(key_id)}/rotate"), as_json)


@app.command
def revoke(key_id: str, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """End a key for good."""
    tell(post(f"keys/{one(key_id)}/revoke", reason=reason), as_json)


@app.command
def credit(name: str, /, *, as_json: Json = False) -> None:
    """Show what an agent's record lends it for bids, what it owes, and by when.

    Parameters
    ----------
    name
        Its id.
    """
    tell(get(f"agents/{one(name)}/credit"), as_json)
