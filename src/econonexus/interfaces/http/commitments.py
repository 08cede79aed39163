"""Commit and reveal: bids that not even the operator can read before the close."""

import secrets
from typing import Annotated

import msgspec
from litestar.params import JSONBody
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import BidId
from econonexus.domain.money import Amount
from econonexus.interfaces.http.auctions import find
from econonexus.interfaces.http.bids import Items, PlacedBid, answer, caller_of, items_of
from econonexus.interfaces.http.desk import AtDesk, of
from econonexus.interfaces.http.forms import Body, NewId, Recorded, Ucr, Units, acts, creates
from econonexus.interfaces.http.paths import AuctionPath, BidPath

Digest = Annotated[
    str, Meta(min_length=64, max_length=64, description="SHA-256 of the canonical text; see the guide.")
]
Nonce = Annotated[str, Meta(min_length=1, max_length=128)]


class NewCommitment(Body, frozen=True):
    """The digest of a bid that will be revealed after the close."""

    digest: Digest
    id: NewId = None


class Revealed(Body, frozen=True, kw_only=True):
    """What was committed to, exactly as it was hashed."""

    unit_price_ucr: Annotated[Ucr, Meta(description="The price of each unit that was hashed, in µcr.")]
    nonce: Annotated[Nonce, Meta(description="The secret that was hashed with the bid.")]
    units: Annotated[Units, Meta(description="Of the one thing that is sold; 1 by default.")] | None = None
    items: Annotated[Items, Meta(description="Units by name, instead of `units`.")] | None = None


class CommitmentView(msgspec.Struct, frozen=True):
    """A commitment that stands: `id` is the bid to be revealed, and part of what is hashed."""

    id: Annotated[str, Meta(description="The bid that is to be revealed.")]
    auction: Annotated[str, Meta(description="The auction that it is for.")]
    agent: Annotated[str, Meta(description="Who committed to it.")]
    digest: Annotated[str, Meta(description="The SHA-256 that the bid must have, in hexadecimal.")]
    bond_ucr: Annotated[int, Meta(description="What is held until it is revealed, in µcr.")]
    sequence: Recorded


@creates("/auctions/{id:str}/commitments")
async def commit_bid(id: AuctionPath, data: JSONBody[NewCommitment], desk: AtDesk) -> CommitmentView:
    """Commit to a bid; the bond is held until it is revealed."""
    auction = desk.node.engine.peek(lambda state: find(state, id))
    name = BidId(data.id or f"bid-{secrets.token_hex(8)}")
    reply = await desk.submit(commands.CommitBid(name, auction.id, caller_of(desk), data.digest))
    made = of(events.BidCommitted, reply)
    return CommitmentView(made.bid, made.auction, made.agent, made.commitment, made.bond, reply.sequence)


@acts("/auctions/{id:str}/commitments/{bid:str}/reveal")
async def reveal_bid(id: AuctionPath, bid: BidPath, data: JSONBody[Revealed], desk: AtDesk) -> PlacedBid:
    """Say what was committed to, once the auction is closed: the price is held, and the bond released."""
    auction = desk.node.engine.peek(lambda state: find(state, id))
    items = items_of(auction, data.units, data.items)
    command = commands.RevealBid(
        BidId(bid), auction.id, caller_of(desk), items, Amount(data.unit_price_ucr), data.nonce
    )
    reply = await desk.submit(command)
    return answer(auction, of(events.BidPlaced, reply), items, reply)


ROUTES = [commit_bid, reveal_bid]
