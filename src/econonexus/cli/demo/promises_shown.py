"""How the demo shows what three providers hold in the end."""

from rich.text import Text

from econonexus.cli.demo.promises import (
    AT_STAKE,
    BONUS,
    CEILING,
    OFFERS_S,
    PROVIDER_HAS,
    PromisesOutcome,
    ProviderLine,
)
from econonexus.cli.demo.tables import dollars, say, table_of

DID = {"late": "delivered nothing", "byzantine": "delivered a forgery", "excellent": "did it well"}


def show_promises(found: PromisesOutcome) -> None:
    """The task, its three providers one below the other, and what it cost in the end."""
    say(
        "[bold]One task, three providers[/bold]\n",
        f"An agent wants a deed translated for ${CEILING} at most and a bonus of up to ${BONUS}, judged by "
        f"somebody else. Offers are sealed for {OFFERS_S} s; the best is paid the price of the next, which "
        f"follows if it fails. Each provider begins with ${PROVIDER_HAS}, and has ${AT_STAKE} of them at "
        "stake.\n",
    )
    table = table_of("Who had it in turn, and what each holds at the end")
    for column in ("provider", "what it did"):
        table.add_column(column, no_wrap=True)
    for column in ("asked", "promised\nit for", "paid", "lost", "holds"):
        table.add_column(column, justify="right", no_wrap=True)
    for column in ("standing", "record"):
        table.add_column(column, no_wrap=True)
    for line in found.lines:
        table.add_row(*_row(line))
    say(
        table,
        f"It cost whoever asked {dollars(found.cost_ucr)}: the {dollars(found.first_price_ucr)} that it was "
        "promised for first, and the bonus. What awarding it again cost more came out of the stakes; "
        f"{dollars(found.burned_ucr)} of them were burned, so that nobody gains by judging.\n",
    )


def _row(line: ProviderLine) -> list[str | Text]:
    return [
        line.name,
        DID[line.verdict],
        dollars(line.asked_ucr),
        dollars(line.promised_ucr),
        dollars(line.paid_ucr) if line.paid_ucr else "–",
        dollars(line.lost_ucr) if line.lost_ucr else "–",
        Text(dollars(line.holds_ucr), style="bold"),
        Text(line.standing, style="red" if line.standing == "banned" else ""),
        f"{line.score:.0%}",
    ]
