"""`econonexus import …`: take over what another gateway knows."""

import contextlib
import os
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from econonexus.cli.exits import bad_input
from econonexus.cli.importing_steps import Step, carry_out, compare, private, steps
from econonexus.cli.litellm.files import read
from econonexus.cli.litellm.models import catalogue, settings_text
from econonexus.cli.litellm.plan import in_ucr, plan
from econonexus.cli.output import warn, write_json
from econonexus.cli.remote import Json, tell_all
from econonexus.cli.texts import visible
from econonexus.domain.money import MAX_AMOUNT

app = App(name="import", help="Take over keys, budgets and prices from another gateway.")


@app.command
def litellm(
    *files: Path,
    dry_run: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    keep_keys: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    keys_out: Path | None = None,
    settings_out: Path | None = None,
    credits_per_usd: str = "1",
    wallet_usd: str = "1000000",
    through: str = "",
    as_json: Json = False,
) -> None:
    """Make teams, budgets and agents of LiteLLM's, and settings of its models. May be run again.

    Parameters
    ----------
    files
        Exports of LiteLLM's proxy: its configuration, and what /key/list, /team/list and the like answer.
    dry_run
        Only show what would be done.
    keep_keys
        Let the agents go on with the keys they have, instead of making new ones.
    keys_out
        Where new keys are written, one JSON object a line, for you alone; else they are shown, this once.
    settings_out
        Where the models' settings are written, a new file; else they are shown.
    credits_per_usd
        How many credits a dollar is.
    wallet_usd
        What each agent's wallet begins with: ample, so that the budgets decide.
    through
        The URL of your LiteLLM proxy, up to and with /v1, to call all models through it.
    """
    if not files:
        raise bad_input("name the files; see docs/import-litellm.md for how to export them")
    rate, wallet = _positive("--credits-per-usd", credits_per_usd), _positive("--wallet-usd", wallet_usd)
    if through and not through.startswith(("http://", "https://")):
        raise bad_input("--through must begin with http:// or https://")
    if in_ucr(wallet, rate) > MAX_AMOUNT:
        raise bad_input("--wallet-usd is more µcr than there can be, at these --credits-per-usd")
    export = read(files)
    models = catalogue(export, rate, through.rstrip("/"))
    wanted = plan(export, rate, models)
    todo = steps(wanted, in_ucr(wallet, rate), keep_keys)
    text = settings_text(models) if models.models or models.limit_ucr else ""
    if not dry_run or "ECONONEXUS_KEY" in os.environ:
        compare(todo)
    with contextlib.ExitStack() as stack:
        keys = None
        if not dry_run:
            keys = stack.enter_context(private(keys_out)) if keys_out else None
            _write_settings(settings_out, text)
        # Also where it ends in the middle, so that the keys made until then are shown.
        shown = "" if settings_out and not dry_run else text
        stack.callback(_tell, todo, [*models.notes, *wanted.notes], shown, dry_run, as_json)
        if not dry_run:
            carry_out(todo, keys)


def _positive(option: str, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or not 0 < value <= 10**9:
        raise bad_input(f"{option} must be a number above 0 and at most 1,000,000,000")
    return value


def _write_settings(file: Path | None, text: str) -> None:
    if file is None or not text:
        return
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise bad_input(
            f"{file} exists already; name a new file, and put its content where you want it"
        ) from None
    except OSError as error:
        raise bad_input(f"{file}: {os.strerror(error.errno or 0)}") from None


def _tell(todo: list[Step], notes: list[str], text: str, dry_run: bool, as_json: bool) -> None:
    if as_json:
        write_json({"dry_run": dry_run, "steps": todo, "settings": text, "notes": notes})
        return
    if todo:
        keys = ("key",) if any(step.key for step in todo) else ()
        columns = ("status", "kind", "id", "how", *keys)
        tell_all([msgspec.to_builtins(step) for step in todo], columns, as_json=False)
    if text:
        print(text)
    for note in notes:
        warn(visible(note))
