"""Bids in auctions: an agent places, raises and withdraws its own, and nobody else sees what it offers
until the auction is cleared."""

import secrets
from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events, signatures
from econonexus.domain.events import Withheld
from econonexus.domain.flows.bidding import total
from econonexus.domain.ids import AgentId, AuctionId, BidId
from econonexus.domain.kinds import BidStyle, Mechanism
from econonexus.domain.money import MAX_AMOUNT, Amount
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction, Bid
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.auctions import find
from econonexus.interfaces.http.desk import AtDesk, Desk, of
from econonexus.interfaces.http.forms import (
    Body,
    Cursor,
    Name,
    NewId,
    Page,
    PageSize,
    Recorded,
    Ucr,
    Units,
    acts,
    creates,
    in_order,
    page,
    reads,
)
from econonexus.interfaces.http.paths import AuctionPath, BidPath
from econonexus.interfaces.http.signing import verified
from econonexus.node.replies import Accepted

Items = Annotated[dict[Name, Units], Meta(min_length=1, max_length=256, examples=[{"gpu": 1}])]


Signature = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z", description="Ed25519, in hexadecimal.")]


class Offer(Body, frozen=True, kw_only=True):
    """What a bid offers: a total, or so much for each unit."""

    price_ucr: Annotated[Ucr, Meta(description="What it offers for all of its units, in µcr.")] | None = None
    unit_price_ucr: (
        Annotated[Ucr, Meta(description="What it offers for each of its units, in µcr.")] | None
    ) = None
    cap_ucr: (
        Annotated[Ucr, Meta(description="Hold so much in all, so that the hold does not tell the price.")]
        | None
    ) = None
    signature: (
        Annotated[
            Signature,
            Meta(description="The agent's signature of the canonical text; see the guide to markets."),
        ]
        | None
    ) = None


class NewBid(Offer, frozen=True, kw_only=True):
    """An offer for units of the one thing an auction sells, or for items by name; one unit by default."""

    id: NewId = None
    units: Annotated[Units, Meta(description="Of the one thing that is sold; 1 by default.")] | None = None
    items: (
        Annotated[Items, Meta(description="Units by name, instead of `units`; all of them or nothing.")]
        | None
    ) = None
    valuation_ucr: (
        Annotated[Ucr, Meta(description="Instead of a price: what all of its units are worth to the agent.")]
        | None
    ) = None
    style: Annotated[
        BidStyle | None, Meta(description="How to bid for that: see the guide; `truthful` by default.")
    ] = None
    link: (
        Annotated[
            Name,
            Meta(description="In auctions cleared together: your bids of one link are all won, or none."),
        ]
        | None
    ) = None


class BidView(msgspec.Struct, frozen=True):
    """A bid. What it offers is null to all but its agent until the auction is cleared."""

    id: Annotated[str, Meta(description="The bid's id.")]
    auction: Annotated[str, Meta(description="The auction that it is placed in.")]
    agent: Annotated[str, Meta(description="Whose it is.")]
    items: Annotated[dict[str, int], Meta(description="What it is for: units by name.")]
    status: Annotated[
        str,
        Meta(
            description="`open`, `won`, `lost`, or `released` with its auction; while an English one runs "
            "`leading` or `outbid`, while a Dutch one does `took` or `waiting`."
        ),
    ]
    price_ucr: Annotated[int | None, Meta(description="What it offers for all of its units, in µcr.")]
    hold_ucr: Annotated[int | None, Meta(description="What is, or was, reserved for it, in µcr.")]
    payment_ucr: Annotated[
        int | None, Meta(description="What it pays for what it won, in µcr; null where it won nothing.")
    ]


class PlacedBid(msgspec.Struct, frozen=True):
    """A bid that stands, and what is reserved for it: durable, as record `sequence`."""

    id: Annotated[str, Meta(description="The bid's id.")]
    auction: Annotated[str, Meta(description="The auction that it is placed in.")]
    agent: Annotated[str, Meta(description="Whose it is.")]
    items: Annotated[dict[str, int], Meta(description="What it is for: units by name.")]
    price_ucr: Annotated[int, Meta(description="What it offers for all of its units, in µcr.")]
    hold_ucr: Annotated[int, Meta(description="What is reserved for it, in µcr.")]
    status: Annotated[str, Meta(description="Where it stands, as of a bid that is shown.")]
    sequence: Recorded


class WithdrawnBid(msgspec.Struct, frozen=True):
    """A bid that was taken back."""

    id: Annotated[str, Meta(description="The bid that is gone.")]
    auction: Annotated[str, Meta(description="The auction that it was placed in.")]
    sequence: Recorded


@creates("/auctions/{id:str}/bids")
async def place_bid(id: AuctionPath, data: Annotated[NewBid, examples.BID], desk: AtDesk) -> PlacedBid:
    """Offer money for what an auction sells; so much is held at once."""
    auction = desk.node.engine.peek(lambda state: find(state, id))
    items = items_of(auction, data.units, data.items)
    price, cap = _offered(auction, items, data, worth=data.valuation_ucr)
    command = commands.PlaceBid(
        BidId(data.id or f"bid-{secrets.token_hex(8)}"),
        auction.id,
        caller_of(desk),
        items,
        price,
        cap,
        link=data.link or "",
    )
    reply = await desk.submit(_signed(desk, auction, _valued(command, data), data))
    placed = of(events.BidPlaced, reply)
    return answer(auction, placed, placed.items, reply)


@acts("/auctions/{id:str}/bids/{bid:str}/raise")
async def raise_bid(id: AuctionPath, bid: BidPath, data: JSONBody[Offer], desk: AtDesk) -> PlacedBid:
    """Offer more for the same; the bid keeps its place."""
    auction = desk.node.engine.peek(lambda state: find(state, id))
    known = auction.bids.get(BidId(bid))
    mine = known is not None and known.agent == desk.caller.agent
    items = known.items if known is not None and mine else dict.fromkeys(auction.supply, 1)
    price, cap = _offered(auction, items, data)
    agent = caller_of(desk)
    text = signatures.of_raise(auction.id, bid, agent, total(auction, items, price))
    signature = verified(desk, agent, text, data.signature)
    reply = await desk.submit(commands.RaiseBid(BidId(bid), auction.id, agent, price, cap, signature))
    return answer(auction, of(events.BidRaised, reply), items, reply)


@acts("/auctions/{id:str}/bids/{bid:str}/withdraw")
async def withdraw_bid(id: AuctionPath, bid: BidPath, desk: AtDesk) -> WithdrawnBid:
    """Take a bid back, where the market's rules allow it."""
    reply = await desk.submit(commands.WithdrawBid(BidId(bid), AuctionId(id), caller_of(desk)))
    gone = of(events.BidWithdrawn, reply)
    return WithdrawnBid(gone.bid, gone.auction, reply.sequence)


@reads("/auctions/{id:str}/bids")
async def list_bids(
    id: AuctionPath, desk: AtDesk, cursor: Cursor = None, limit: PageSize = 100
) -> Page[BidView]:
    """The bids of an auction in the order of their acceptance; an agent sees its own until it is cleared."""

    def look(state: State) -> Page[BidView]:
        auction, agent = find(state, id), desk.caller.agent
        shown = auction.bids
        if agent is not None and auction.result is None:
            shown = {name: bid for name, bid in shown.items() if bid.agent == agent}
        found, after = page(shown, cursor, limit)
        payments = {} if auction.result is None else {win.bid: win.payment for win in auction.result.wins}
        return Page([_view(auction, bid, agent, payments) for bid in found], after)

    return await desk.read(look)


def caller_of(desk: Desk) -> AgentId:
    """The agent whose key this is."""
    agent = desk.caller.agent
    assert agent is not None, "the table of roles lets agents in alone"
    return agent


def items_of(auction: Auction, units: int | None, items: dict[str, int] | None) -> dict[str, int]:
    """What a bid is for: as it says, or units of the one thing that is sold. Raises: Declined."""
    in_order("units", units is None or items is None, "Say `units` or `items`, one of them.")
    if items is not None:
        return dict(items)
    in_order("items", len(auction.supply) == 1, "The auction sells several things; say which.")
    (item,) = auction.supply
    return {item: units or 1}


def _signed(desk: Desk, auction: Auction, command: commands.PlaceBid, data: NewBid) -> commands.PlaceBid:
    """The same with its signature, once that is verified. Raises: Declined."""
    if data.signature is None:
        return command
    in_order("id", data.id is not None, "Name the bid yourself, as its id is part of what you sign.")
    in_order("signature", command.price is not None, "Sign a price; a valuation has none to be signed.")
    price = total(auction, command.items, command.price or 0)
    hold = price if command.cap is None else command.cap
    text = signatures.of_bid(auction.id, command.bid, command.agent, command.items, price, hold)
    signature = verified(desk, command.agent, text, data.signature)
    return msgspec.structs.replace(command, signature=signature)


def _valued(command: commands.PlaceBid, data: NewBid) -> commands.PlaceBid:
    """The same with a valuation for its price, where that is what was said."""
    in_order("style", data.style is None or data.valuation_ucr is not None, "Say `valuation_ucr` too.")
    if data.valuation_ucr is None:
        return command
    style = data.style or BidStyle.TRUTHFUL
    return msgspec.structs.replace(command, price=None, valuation=command.price, style=style)


def _offered(
    auction: Auction, items: dict[str, int], data: Offer, worth: int | None = None
) -> tuple[Amount, Amount | None]:
    """Price (or what it is worth instead) and cap as the economy knows them: per unit, or in a sale of
    bundles for all of them."""
    in_order(
        "price_ucr",
        [data.price_ucr, data.unit_price_ucr, worth].count(None) == 2,
        "Say `price_ucr` for all units, `unit_price_ucr` for each, or a bid's `valuation_ucr`; one of them.",
    )
    cap = None if data.cap_ucr is None else Amount(data.cap_ucr)
    units, bundles = sum(items.values()), auction.mechanism is Mechanism.COMBINATORIAL
    for field, amount in (("valuation_ucr", worth), ("price_ucr", data.price_ucr)):
        if amount is not None:
            evenly = bundles or amount % units == 0
            in_order(field, evenly, f"Not the same for each of {units} units; say `unit_price_ucr`.")
            return Amount(amount if bundles else amount // units), cap
    in_order("unit_price_ucr", len(items) == 1, "A bundle has one price for all of it; say `price_ucr`.")
    price = (data.unit_price_ucr or 0) * (units if bundles else 1)
    in_order("unit_price_ucr", price <= MAX_AMOUNT, "For all units that is more than 2**63 - 1.")
    return Amount(price), cap


def answer(
    auction: Auction, bid: events.BidPlaced | events.BidRaised, items: dict[str, int], reply: Accepted
) -> PlacedBid:
    """A bid that was placed, raised or revealed, as what happened says."""
    price, held = bid.price, bid.held
    assert not isinstance(price, Withheld), "whoever placed it is told"
    assert not isinstance(held, Withheld), "whoever placed it is told"
    status, held = _at_once(auction, bid.bid, held, reply)
    offered = total(auction, items, price)
    return PlacedBid(bid.bid, bid.auction, bid.agent, items, offered, held, status, reply.sequence)


def _at_once(auction: Auction, bid: BidId, held: int, reply: Accepted) -> tuple[str, int]:
    """What became of a bid at once in an auction that runs over time, and what is held for it then."""
    for event in reply.events:
        match event:
            case events.StandingMoved():
                return ("leading", held) if bid in event.leaders else ("outbid", 0)
            case events.ClockTaken() if event.bid == bid:
                return "took", event.units * event.price
    rises, falls = auction.mechanism is Mechanism.ENGLISH, auction.mechanism is Mechanism.DUTCH
    return "leading" if rises else "waiting" if falls else "open", held


def _view(auction: Auction, bid: Bid, agent: AgentId | None, payments: dict[BidId, Amount]) -> BidView:
    is_open = auction.result is not None or bid.agent == agent
    return BidView(
        bid.id,
        auction.id,
        bid.agent,
        bid.items,
        _status(auction, bid, payments),
        total(auction, bid.items, bid.price) if is_open else None,
        bid.pledge.amount if is_open else None,
        payments.get(bid.id),
    )


def _status(auction: Auction, bid: Bid, payments: dict[BidId, Amount]) -> str:
    if auction.result is not None:
        return "won" if bid.id in payments else "lost"
    if auction.due is None:
        return "released"
    if auction.mechanism is Mechanism.ENGLISH:
        return "leading" if bid.id in auction.leaders else "outbid"
    if auction.mechanism is Mechanism.DUTCH:
        return "took" if bid.id in auction.takes else "waiting"
    return "open"


ROUTES = [place_bid, raise_bid, withdraw_bid, list_bids]
