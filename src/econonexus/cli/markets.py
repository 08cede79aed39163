"""`econonexus market …`: make markets, change their rules, look at them, halt them and let them go on."""

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import msgspec
from cyclopts import App, Parameter

from econonexus.cli.auctions import items_of
from econonexus.cli.depth import Quote, depth, history
from econonexus.cli.exits import bad_input
from econonexus.cli.output import show, width, write_json
from econonexus.cli.remote import Answer, Json, Reason, get, one, pages, post, tell, tell_all

app = App(name="market", help="Make markets, change their rules, look at them, halt them, let them go on.")

IDENTITY = ("id", "mechanism", "resources", "halted", "reason")
COLUMNS = ("id", "mechanism", "resources", "reserve_ucr", "proceeds", "halted", "reason")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a market asks of whoever buys in it; what is not said stays."""

    reserve_ucr: Annotated[int | None, Parameter(help="Per unit; nobody pays less.")] = None
    increment_ucr: Annotated[int | None, Parameter(help="By how much a bid outbids the one before.")] = None
    stake_ucr: Annotated[int | None, Parameter(help="What a bidder must have at stake.")] = None
    least_reputation: Annotated[float | None, Parameter(help="From 0 to 1.")] = None
    reputation_weight: Annotated[
        float | None, Parameter(help="How much of a bid's score is its owner's record, from 0 to 1.")
    ] = None
    credit: Annotated[
        Literal["reputation", "none"] | None, Parameter(help="Whether records lend for bids.")
    ] = None
    signed: Annotated[bool | None, Parameter(help="Bids must be signed, or need not be.")] = None
    proceeds: Annotated[
        Literal["burn", "seller", "treasury"] | None, Parameter(help="Where the money goes.")
    ] = None
    seller: Annotated[str | None, Parameter(help="Whose account the proceeds go to.")] = None
    bidding_window_ms: Annotated[int | None, Parameter(help="How long an auction takes bids.")] = None
    soft_close_ms: Annotated[int | None, Parameter(help="A bid so near the end moves the end away.")] = None
    revisions: Annotated[
        Literal["raise", "withdraw", "none"] | None, Parameter(help="What may be done to a bid.")
    ] = None
    clock: Annotated[
        str | None, Parameter(help="Of a Dutch auction, as START:STEP:TICK_MS:FLOOR, prices in µcr.")
    ] = None
    commitment: Annotated[
        str | None, Parameter(help="Bids are committed to first, as BOND or BOND:REVEAL_WINDOW_MS, in µcr.")
    ] = None
    uniform: Annotated[
        Literal["highest_losing", "lowest_winning"] | None, Parameter(help="Which bid is the price of all.")
    ] = None
    payment: Annotated[
        Literal["core", "vcg", "pay_as_bid"] | None, Parameter(help="What winners of bundles pay.")
    ] = None
    bidding: Annotated[
        Literal["xor", "or"] | None, Parameter(help="Of an agent's bundles one wins at most, or any.")
    ] = None
    sellers: Annotated[
        str | None,
        Parameter(help="In an order book: `anyone`, `holders` of grants, or agents with commas between."),
    ] = None
    self_trade: Annotated[
        Literal["cancel_resting", "cancel_incoming"] | None,
        Parameter(help="In an order book: which of two orders of one owner gives way."),
    ] = None
    halt: Annotated[
        str | None,
        Parameter(
            help="It stops on a price move: MOVE:WINDOW_MS:PAUSE_MS, `usual` (0.1:300000:300000), `none`."
        ),
    ] = None
    reserves: Annotated[
        list[str] | None, Parameter(help="Of bundles: the reserve of a unit, as RESOURCE=UCR; several times.")
    ] = None
    time_limit_ms: Annotated[int | None, Parameter(help="How long a solver may take over bundles.")] = None
    clearing_ms: Annotated[int | None, Parameter(help="How long the outcome of bundles is waited for.")] = (
        None
    )
    unproven: Annotated[
        Literal["fail", "pay_as_bid"] | None, Parameter(help="Where bundles were not proven in time.")
    ] = None
    schedule: Annotated[
        str | None,
        Parameter(help="Auctions by itself: EVERY_MS:RESOURCE=UNITS,…[:AHEAD[:LEAD_MS]], or `none`."),
    ] = None
    together: Annotated[str | None, Parameter(help="What its auctions are cleared together by.")] = None
    pricing: Annotated[
        str | None,
        Parameter(help="Of a posted price, as RULE:UCR: `base_fee`, `thresholds` or `fixed`, and the first."),
    ] = None
    sharing: Annotated[
        Literal["counter", "karma"] | None, Parameter(help="What weighted fair shares go by.")
    ] = None
    most_waiting: Annotated[int | None, Parameter(help="So many requests may wait at once.")] = None
    reserved_share: Annotated[
        float | None, Parameter(help="What is shared out max-min fairly first, such as 0.2; 0 for nothing.")
    ] = None
    computed_reserve: Annotated[
        str | None,
        Parameter(help="The reserve after the last prices, as SHARE:LAST such as 0.5:10; `none` ends it."),
    ] = None


@app.command
def create(
    name: str | None = None,
    /,
    *,
    resource: list[str],
    mechanism: str,
    rules: Rules = Rules(),
    as_json: Json = False,
) -> None:
    """Make a market.

    Parameters
    ----------
    name
        Its id; one is made where you give none.
    resource
        What it sells; several times for a market that sells bundles.
    mechanism
        How it decides, such as `second_price`, `uniform_price` or `order_book`.
    """
    _tell(post("markets", id=name, resources=resource, mechanism=mechanism, **_said(rules)), as_json)


@app.command(name="list")
def list_markets(*, as_json: Json = False) -> None:
    """Show all markets."""
    tell_all(pages("markets"), COLUMNS, as_json)


@app.command(name="show")
def show_market(name: str, /, *, as_json: Json = False) -> None:
    """Show a market and every rule it has."""
    _tell(get(f"markets/{one(name)}"), as_json)


@app.command
def change(
    name: str,
    /,
    *,
    rules: Rules = Rules(),
    as_json: Json = False,
) -> None:
    """Give a market other rules; auctions that run keep theirs."""
    _tell(post(f"markets/{one(name)}/change", **_said(rules)), as_json)


@app.command
def freeze(name: str, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """Halt a market: it takes no bids and no orders, and its auctions wait."""
    _tell(post(f"markets/{one(name)}/freeze", reason=reason), as_json)


@app.command
def unfreeze(name: str, /, *, reason: Reason = "", as_json: Json = False) -> None:
    """Let a market go on."""
    _tell(post(f"markets/{one(name)}/unfreeze", reason=reason), as_json)


@app.command
def book(name: str, /, *, levels: int = 10, as_json: Json = False) -> None:
    """Show what rests in a market's order book: units and orders at each price, the best in the middle.

    Parameters
    ----------
    levels
        So many prices of each side.
    """
    found = get(f"markets/{one(name)}/book", levels=levels)
    if as_json:
        write_json(found)
    else:
        show(depth(found))


@app.command
def prices(
    name: str,
    /,
    *,
    since: Annotated[str | None, Parameter(name="--from", help="RFC 3339; from the beginning.")] = None,
    until: Annotated[str | None, Parameter(name="--to", help="RFC 3339; not counted itself.")] = None,
    last: Annotated[int, Parameter(help="So many at most, where you say no --from.")] = 40,
    as_json: Json = False,
) -> None:
    """Show what a market's prices were, what was wanted and what was for sale, oldest first."""
    path = f"markets/{one(name)}/prices"
    if since is None:
        found = msgspec.convert(get(path, latest="true", limit=last, to=until)["items"], list[Answer])
    else:
        found = pages(path, **{"from": since, "to": until})
    if as_json:
        write_json(found)
    else:
        show(history(name, msgspec.convert(found, list[Quote]), width()))


def _tell(market: Answer, as_json: bool) -> None:
    """A market; for people first what it is, then its rules, but for those that it does not have."""
    first = {name: market[name] for name in IDENTITY}
    rules = {name: value for name, value in market.items() if value not in (None, "", {})}
    rules.pop("resource", None)  # It is among the resources.
    tell(market if as_json else first | rules, as_json)


def _said(rules: Rules) -> dict[str, object]:
    said: dict[str, object] = asdict(rules)
    book = {"sellers": _sellers(said.pop("sellers")), "self_trade": said.pop("self_trade")}
    stated = {name: value for name, value in book.items() if value is not None}
    del said["reserves"]
    return said | {
        "clock": None if rules.clock is None else _clock(rules.clock),
        "commitment": None if rules.commitment is None else _commitment(rules.commitment),
        "book": stated or None,
        "halt": None if rules.halt is None else _halt(rules.halt),
        "reserves_ucr": items_of("--reserves", rules.reserves),
        "schedule": None if rules.schedule is None else _schedule(rules.schedule),
        "pricing": None if rules.pricing is None else _pricing(rules.pricing),
        "computed_reserve": None if rules.computed_reserve is None else _reserve(rules.computed_reserve),
    }


def _sellers(said: object) -> str | list[str] | None:
    if said is None or said in ("anyone", "holders"):
        return None if said is None else str(said)
    return str(said).split(",")


def _halt(text: str) -> dict[str, float | int] | str:
    if text in ("usual", "none"):
        return {} if text == "usual" else text
    try:
        move, window_ms, pause_ms = text.split(":")
        return {"move": float(move), "window_ms": int(window_ms), "pause_ms": int(pause_ms)}
    except ValueError:
        raise bad_input(f"--halt: {text!r} is not `usual`, `none` or MOVE:WINDOW_MS:PAUSE_MS") from None


def _reserve(text: str) -> dict[str, float | int] | str:
    if text == "none":
        return text
    try:
        share, last = text.split(":")
        return {"share": float(share), "last": int(last)}
    except ValueError:
        raise bad_input(f"--computed-reserve: {text!r} is not `none` or SHARE:LAST, such as 0.5:10") from None


def _pricing(text: str) -> dict[str, str | int]:
    rule, _, price = text.partition(":")
    if rule not in ("base_fee", "thresholds", "fixed") or not price.isdecimal():
        raise bad_input(f"--pricing {text}: not of the form base_fee:UCR, thresholds:UCR or fixed:UCR")
    return {"rule": rule, "price_ucr": int(price)}


def _schedule(text: str) -> object:
    if text == "none":
        return text
    every, *rest = text.split(":")
    supply, *times = rest or [""]
    if not every.isdecimal() or not supply or len(times) > 2 or not all(map(str.isdecimal, times)):
        form = "EVERY_MS:RESOURCE=UNITS,…, EVERY_MS:RESOURCE=UNITS,…:AHEAD or …:AHEAD:LEAD_MS"
        raise bad_input(f"--schedule {text}: not of the form {form}")
    said = {"every_ms": int(every), "supply": items_of("--schedule", supply.split(","))}
    return said | dict(zip(("ahead", "lead_ms"), map(int, times), strict=False))


def _commitment(text: str) -> dict[str, int]:
    parts = text.split(":")
    if len(parts) not in (1, 2) or not all(part.isdecimal() for part in parts):
        raise bad_input(f"--commitment {text}: not of the form BOND or BOND:REVEAL_WINDOW_MS")
    return dict(zip(("bond_ucr", "reveal_window_ms"), map(int, parts), strict=False))


def _clock(text: str) -> dict[str, int]:
    parts = text.split(":")
    if len(parts) not in (3, 4) or not all(part.isdecimal() for part in parts):
        raise bad_input(f"--clock {text}: not of the form START:STEP:TICK_MS or START:STEP:TICK_MS:FLOOR")
    names = ("start_ucr", "step_ucr", "tick_ms", "floor_ucr")
    return dict(zip(names, map(int, parts), strict=False))
