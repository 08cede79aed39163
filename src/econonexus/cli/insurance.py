"""`econonexus insurance …`: insure contracts, and look at the fund that pays."""

from cyclopts import App

from econonexus.cli.remote import Json, get, one, post, tell

app = App(name="insurance", help="Insure contracts against failing, and look at the fund that pays.")


@app.command(name="fund")
def show_fund(*, as_json: Json = False) -> None:
    """Show what the fund holds, what it answers for, and by which rules contracts are insured."""
    tell(get("insurance"), as_json)


@app.command(name="show")
def show_cover(contract: str, /, *, as_json: Json = False) -> None:
    """Show how a contract is insured, or what that would cost now, and until when it can be had."""
    tell(get(f"contracts/{one(contract)}/insurance"), as_json)


@app.command(name="buy")
def buy_cover(contract: str, cover_ucr: int, /, *, as_json: Json = False) -> None:
    """Insure the requester of a contract, soon after the award: later it shows how it will end.

    Parameters
    ----------
    contract
        Its id, such as `read:1`.
    cover_ucr
        What the fund pays at most if the contract fails, in µcr: 1,000,000 are one credit.
    """
    tell(post(f"contracts/{one(contract)}/insurance", cover_ucr=cover_ucr), as_json)
