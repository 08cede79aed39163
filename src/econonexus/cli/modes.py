"""`econonexus mode …`: how far the gateway goes, and the kill switch."""

from typing import Literal

import msgspec
from cyclopts import App

from econonexus.cli.remote import Answer, Json, Reason, get, one, post, tell, tell_all

app = App(name="mode", help="Say how far a feature goes: off, shadow, advise, enforce, or stopped.")


@app.command(name="list")
def list_modes(*, as_json: Json = False) -> None:
    """Show the features that were ever set; any other goes as far as the configuration says."""
    items = msgspec.convert(get("modes")["items"], list[Answer])
    tell_all(items, ("feature", "mode", "since", "reason"), as_json)


@app.command(name="set")
def set_mode(
    feature: str,
    mode: Literal["off", "shadow", "advise", "enforce", "stopped"],
    /,
    *,
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Say how far a feature goes.

    Parameters
    ----------
    feature
        `gateway`, or `gateway:MODEL` for one of its models.
    mode
        Look at nothing (off), decide and record (shadow), also tell the caller (advise), refuse (enforce), or
        refuse every new use (stopped: the kill switch).
    """
    tell(post(f"modes/{one(feature)}", mode=mode, reason=reason), as_json)
