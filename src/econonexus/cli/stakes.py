"""`econonexus stake …`: what agents have at risk for the work they promise."""

import msgspec
from cyclopts import App

from econonexus.cli.remote import Answer, Json, get, one, post, tell

app = App(name="stake", help="Put credits at stake for work promised, withdraw them, see what keeps them.")


@app.command(name="show")
def show_stake(agent: str, /, *, as_json: Json = False) -> None:
    """Show what an agent has at stake, what of it is free, and what is to be given back when."""
    found = get(f"agents/{one(agent)}/stake")
    if not as_json:
        withdrawals = msgspec.convert(found.pop("withdrawals"), list[Answer])
        found |= {f"to be given back {each['ready_at']}, µcr": each["amount_ucr"] for each in withdrawals}
    tell(found, as_json)


@app.command(name="post")
def post_stake(agent: str, amount_ucr: int, /, *, as_json: Json = False) -> None:
    """Put credits of an agent, or of its team for it, at stake.

    Parameters
    ----------
    agent
        Its id.
    amount_ucr
        How much, in µcr: 1,000,000 are one credit.
    """
    tell(post(f"agents/{one(agent)}/stake", amount_ucr=amount_ucr), as_json)


@app.command
def unbond(agent: str, amount_ucr: int, /, *, as_json: Json = False) -> None:
    """Begin to withdraw stake that is free; until it is given back it can still be lost.

    Parameters
    ----------
    agent
        Its id.
    amount_ucr
        How much, in µcr.
    """
    tell(post(f"agents/{one(agent)}/stake/unbond", amount_ucr=amount_ucr), as_json)
