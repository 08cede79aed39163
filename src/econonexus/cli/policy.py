"""`econonexus policy …`: what becomes of burnt credits, how much circulates, what humans may give away."""

from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from econonexus.cli.exits import bad_input
from econonexus.cli.remote import Answer, Json, get, post_body, tell

app = App(name="policy", help="Say by which rules money is issued, and see what they come to.")

Off = Annotated[bool, Parameter(negative="")]


@app.command(name="show")
def show_policy(*, as_json: Json = False) -> None:
    """Show the policy, what circulates, and what the last period came to."""
    _tell(get("policy"), as_json)


@app.command(name="set")
def set_policy(
    *,
    period_ms: int | None = None,
    recycle: float | None = None,
    target_ucr: int | None = None,
    no_target: Off = False,
    carry_over_ucr: int | None = None,
    no_carry_over: Off = False,
    daily_rewards_ucr: int | None = None,
    as_json: Json = False,
) -> None:
    """Change the policy; what you do not name stays.

    Parameters
    ----------
    period_ms
        How often allowances are issued.
    recycle
        The share of what is burned in a period that is issued again, 0 to 1.
    target_ucr
        What is to circulate for every agent: so much is issued as is missing.
    no_target
        Have no target.
    carry_over_ucr
        No allowance takes an agent beyond this balance.
    no_carry_over
        Have no such cap.
    daily_rewards_ucr
        What humans may reward in a day, UTC.
    """
    for given, off, name in (
        (target_ucr, no_target, "target"),
        (carry_over_ucr, no_carry_over, "carry-over"),
    ):
        if off and given is not None:
            raise bad_input(f"--no-{name}: you also say --{name}-ucr")
    said = {
        "period_ms": period_ms,
        "recycle": recycle,
        "target_ucr": target_ucr,
        "carry_over_ucr": carry_over_ucr,
        "daily_rewards_ucr": daily_rewards_ucr,
    }
    body: dict[str, object] = {name: value for name, value in said.items() if value is not None}
    body |= {
        name: None for name, off in (("target_ucr", no_target), ("carry_over_ucr", no_carry_over)) if off
    }
    _tell(post_body("policy", body), as_json)


def _tell(found: Answer, as_json: bool) -> None:
    """The policy; for people, what the last period came to is rows of its own."""
    last = msgspec.convert(found["last"], Answer | None)
    if not as_json:
        found = {name: value for name, value in found.items() if name != "last"}
        found |= {f"last: {name}": value for name, value in (last or {}).items()}
    tell(found, as_json)
