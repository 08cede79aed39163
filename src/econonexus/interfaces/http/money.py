"""Money: issue it, move it, look at an account."""

from typing import Annotated

import msgspec
from msgspec import Meta

from econonexus.domain import commands, events
from econonexus.domain.ids import AccountId
from econonexus.domain.money import Amount
from econonexus.domain.state import State
from econonexus.interfaces.http import examples
from econonexus.interfaces.http.desk import AtDesk, not_found, of
from econonexus.interfaces.http.forms import (
    Body,
    CommandName,
    Name,
    Reason,
    Recorded,
    Reference,
    Ucr,
    creates,
    reads,
)
from econonexus.interfaces.http.paths import AccountPath
from econonexus.interfaces.http.sealing import available, held


class NewMint(Body, frozen=True):
    """Money to issue. `id` is the command's own, as the Idempotency-Key is."""

    to: Annotated[Name, Meta(description="The account that gets it.")]
    amount_ucr: Annotated[Ucr, Meta(description="How much, in µcr.")]
    reason: Reason = ""
    id: CommandName = None


class NewTransfer(Body, frozen=True):
    """Money to move. `id` is the command's own, as the Idempotency-Key is."""

    source: Annotated[Name, Meta(description="The account that pays.")] = msgspec.field(name="from")
    to: Annotated[Name, Meta(description="The account that gets it.")]
    amount_ucr: Annotated[Ucr, Meta(description="How much, in µcr.")]
    reference: Reference = ""
    id: CommandName = None


class TransferView(msgspec.Struct, frozen=True):
    """Money that moved: durable, as record `sequence`."""

    id: Annotated[str, Meta(description="The command's id.")]
    sequence: Recorded
    source: Annotated[str, Meta(description="The account that paid.")] = msgspec.field(name="from")
    to: Annotated[str, Meta(description="The account that got it.")]
    amount_ucr: Annotated[int, Meta(description="How much, in µcr.")]


class AccountView(msgspec.Struct, frozen=True):
    """An account, as of record `sequence`. What is on hold for sealed bids its owner alone is told."""

    id: Annotated[str, Meta(description="The account's id.")]
    owner: Annotated[
        str, Meta(description="Whose it is, such as an agent's; an account of the system is its own.")
    ]
    kind: Annotated[str, Meta(description="What it is for, such as `wallet`, `stake` or `treasury`.")]
    asset: Annotated[str, Meta(description="What it holds: `credit`, or another declared asset.")]
    budget: Annotated[str | None, Meta(description="The budget directly above it; null for none.")]
    frozen: Annotated[bool, Meta(description="Whether nothing new may leave it.")]
    balance_ucr: Annotated[int, Meta(description="In the smallest unit of the account's asset.")]
    held_ucr: Annotated[int, Meta(description="What of the balance is reserved, in the same unit.")]
    available_ucr: Annotated[int, Meta(description="What may leave it or be reserved, in the same unit.")]
    sequence: Annotated[int, Meta(description="The journal's record as of which that is so.")]


@creates("/mint")
async def mint(data: Annotated[NewMint, examples.MINT], desk: AtDesk) -> TransferView:
    """Issue new money to an account."""
    command = commands.Mint(AccountId(data.to), Amount(data.amount_ucr), data.reason)
    reply = await desk.submit(command, data.id)
    moved = of(events.Minted, reply)
    return TransferView(reply.id, reply.sequence, moved.source, moved.destination, moved.amount)


@creates("/transfers")
async def transfer(data: Annotated[NewTransfer, examples.TRANSFER], desk: AtDesk) -> TransferView:
    """Move money between accounts; an agent from its own alone."""
    desk.must_be(data.source)
    command = commands.Transfer(
        AccountId(data.source), AccountId(data.to), Amount(data.amount_ucr), reference=data.reference
    )
    reply = await desk.submit(command, data.id)
    moved = of(events.Transferred, reply)
    return TransferView(reply.id, reply.sequence, moved.source, moved.destination, moved.amount)


@reads("/accounts/{id:str}")
async def show_account(id: AccountPath, desk: AtDesk) -> AccountView:
    """What an account holds, what of it is on hold, and what may leave it; an agent its own alone."""
    desk.must_own(AccountId(id))

    def look(state: State) -> AccountView:
        account = state.ledger.accounts.get(AccountId(id))
        if account is None:
            raise not_found("unknown_account", "No such account.")
        return AccountView(
            account.id,
            account.owner,
            account.kind.value,
            account.asset,
            account.budget,
            account.frozen,
            account.balance,
            held(state, account, desk.caller.agent),
            available(state, account, desk.caller.agent),
            state.sequence,
        )

    return await desk.read(look)


ROUTES = [mint, transfer, show_account]
