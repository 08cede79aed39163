"""`econonexus task …`: ask for work, offer to do it, see who got it."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from econonexus.cli.remote import Json, get, one, pages, post, tell, tell_all

app = App(name="task", help="Ask other agents for work, offer to do it, see who got it.")

Status = Literal["posted", "awarded", "done", "failed", "cancelled"]
COLUMNS = ("id", "requester", "capability", "ceiling_ucr", "status", "offers", "due_at", "tried")
OFFERS = ("task", "agent", "status", "price_ucr")


@app.command(name="post")
def post_task(
    capability: str,
    /,
    *,
    ceiling_ucr: int,
    deadline_ms: int,
    verifier: str | None = None,
    judge: list[str] | None = None,
    quorum: int | None = None,
    description: str = "",
    bidding_window_ms: int | None = None,
    bonus_ucr: int = 0,
    bonus_multiplier: float = 1.0,
    quality_weight_ucr: int = 0,
    least_reputation: float = 0.0,
    fallback: bool = True,
    requester: str | None = None,
    name: Annotated[str | None, Parameter(name="--id")] = None,
    as_json: Json = False,
) -> None:
    """Ask for work to be done; what it may cost is held until it is done or the task is over.

    Parameters
    ----------
    capability
        What an agent must declare to be able to do.
    ceiling_ucr
        It costs no more than that, in micro-credits.
    deadline_ms
        From now until the work is due.
    verifier
        The agent that judges the work; by default whoever asks does.
    judge
        Or one of several agents that do; may be given several times.
    quorum
        So many of them must agree; a majority by default.
    description
        What is to be done, for whoever can do it.
    bidding_window_ms
        So long offers are taken: 30 s, or half the time to the deadline where that is shorter.
    bonus_ucr
        Held besides, for excellent work.
    bonus_multiplier
        What a record earns of the bonus is multiplied by that; all of it is paid at most.
    quality_weight_ucr
        What perfect work is worth more than worthless work; by default the price alone decides.
    least_reputation
        The lower bound of the record that it takes, from 0 to 1.
    fallback
        Whether the next best gets it where a contract for it fails.
    requester
        Who asks, where the key is an operator's.
    name
        Its id; one is made where you give none.
    """
    made = post(
        "tasks",
        id=name,
        requester=requester,
        capability=capability,
        ceiling_ucr=ceiling_ucr,
        deadline_ms=deadline_ms,
        verifier=verifier,
        judges=judge,
        quorum=quorum,
        description=description,
        bidding_window_ms=bidding_window_ms,
        bonus_ucr=bonus_ucr,
        bonus_multiplier=bonus_multiplier,
        quality_weight_ucr=quality_weight_ucr,
        least_reputation=least_reputation,
        fallback=fallback,
    )
    tell(made, as_json)


@app.command
def offer(task: str, /, *, price_ucr: int, as_json: Json = False) -> None:
    """Offer to do a task, with an agent's key; offer again to change the price.

    Parameters
    ----------
    task
        Which task.
    price_ucr
        What you would do it for at least, in micro-credits. Whoever wins is paid by the next best offer.
    """
    tell(post(f"tasks/{one(task)}/offers", price_ucr=price_ucr), as_json)


@app.command
def withdraw(task: str, /, *, as_json: Json = False) -> None:
    """Take your offer back, also where somebody else has the contract and you would be next."""
    tell(post(f"tasks/{one(task)}/offers/withdraw"), as_json)


@app.command
def offers(task: str, /, *, as_json: Json = False) -> None:
    """Show your offer for a task, and everybody's once it is awarded."""
    tell_all(pages(f"tasks/{one(task)}/offers"), OFFERS, as_json)


@app.command(name="show")
def show_task(task: str, /, *, as_json: Json = False) -> None:
    """Show a task, and who has the contract for it."""
    tell(get(f"tasks/{one(task)}"), as_json)


@app.command(name="list")
def list_tasks(*, status: Status | None = None, capability: str | None = None, as_json: Json = False) -> None:
    """Show the tasks that are not over, oldest first.

    Parameters
    ----------
    status
        Only those that stand so, also such as are over.
    capability
        Only those that ask for it.
    """
    tell_all(pages("tasks", status=status, capability=capability), COLUMNS, as_json)


@app.command
def cancel(task: str, /, *, as_json: Json = False) -> None:
    """Take a task back that is not awarded."""
    tell(post(f"tasks/{one(task)}/cancel"), as_json)
