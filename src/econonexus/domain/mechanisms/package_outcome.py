"""What came of an auction of bundles, and whether what a solver proposes may come of it at all."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from econonexus.domain.mechanisms.outcome import Status
from econonexus.domain.mechanisms.packages import Package, PackageAuction, Payment

Part = Literal["winners", "packing", "welfare", "payments", "coalition"]
"""A part of a proposal that can be judged by itself."""


class Blocking(msgspec.Struct, frozen=True):
    """The coalition found that would gain most by dealing with the seller alone: the bids it would win.

    `gain` is what it and the seller would gain together, and it is proven that none gains more than `most`.
    """

    bids: tuple[int, ...]
    gain: int
    most: int


class Proposal(msgspec.Struct, frozen=True):
    """What a solver proposes: the positions of the winning bids, ascending, and what each pays.

    No packing is worth more than `bound`. Each winner pays at least its part of `low` and at most its part
    of `high`, in the order of the winners; a price is known where they are the same. Both are empty where
    the rule is not defined, since the winners are not proven to be the best.
    """

    winners: tuple[int, ...]
    welfare: int
    bound: int
    low: tuple[int, ...] = ()
    high: tuple[int, ...] = ()
    blocking: Blocking | None = None


class PackageAward(msgspec.Struct, frozen=True):
    """A bid that won, and between what and what it pays; None where the rule refuses to say."""

    bid: str
    agent: str
    owner: str
    items: Mapping[str, int]
    price: int
    low: int | None
    high: int | None

    @property
    def payment(self) -> int | None:
        """What is paid, where it is known to the unit."""
        return self.low if self.low == self.high else None


class PackageOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer of one clearing. It is `refused` where some winner's payment is not known."""

    status: Status
    payment: Payment
    allocation: tuple[PackageAward, ...]
    welfare: int
    bound: int
    blocking: Blocking | None = None

    @property
    def revenue(self) -> int:
        """What is paid in all; nothing as long as the payments are not known."""
        return sum(award.payment or 0 for award in self.allocation) if self.status == "cleared" else 0

    @property
    def optimal(self) -> bool:
        """Whether no allocation is worth more."""
        return self.welfare == self.bound

    @property
    def gap(self) -> float:
        """How far the welfare may be from the best, as a share of the bound."""
        return (self.bound - self.welfare) / max(1, self.bound)


def outcome_of(auction: PackageAuction, payment: Payment, proposal: Proposal) -> PackageOutcome:
    """The outcome that follows from a proposal without flaws."""
    awards = []
    for place, position in enumerate(proposal.winners):
        bid = auction.bids[position]
        low = proposal.low[place] if proposal.low else None
        high = proposal.high[place] if proposal.high else None
        awards.append(PackageAward(bid.id, bid.agent, bid.owner, bid.items, bid.price, low, high))
    known = all(award.payment is not None for award in awards)
    sold: Status = "cleared" if awards else "no_sale"
    # That nothing is sold is no answer either as long as something might be.
    proven = proposal.welfare == proposal.bound or payment == "pay_as_bid"
    return PackageOutcome(
        status=sold if known and (awards or proven) else "refused",
        payment=payment,
        allocation=tuple(awards),
        welfare=proposal.welfare,
        bound=proposal.bound,
        blocking=proposal.blocking,
    )


def flaws(auction: PackageAuction, payment: Payment, proposal: Proposal) -> Iterator[str]:
    """Every way in which a proposal cannot be, in whole numbers and with code of its own. O(size of the
    bids).

    That no packing is worth more than the bound, and no coalition gains more than it is said to at most, is
    the solver's proof, which is not done again; that the bound is not below the welfare, or above all that
    was bid, and what the coalition named would gain, is.
    """
    for _, found in _judged(auction, payment, proposal):
        yield from found


def first_flaw(auction: PackageAuction, payment: Payment, proposal: Proposal) -> Part | None:
    """Which part of a proposal is the first that cannot be; it tells nothing of what was bid."""
    for part, found in _judged(auction, payment, proposal):
        if next(found, None) is not None:
            return part
    return None


def _judged(
    auction: PackageAuction, payment: Payment, proposal: Proposal
) -> Iterator[tuple[Part, Iterator[str]]]:
    """The flaws of each part, those first that leave the later parts without a meaning."""
    if any(not 0 <= position < len(auction.bids) for position in proposal.winners):
        yield "winners", iter(["a winner is not a bid"])
        return
    bids = [auction.bids[position] for position in proposal.winners]
    yield "winners", _misordered(proposal)
    yield "packing", _misfits(auction, bids)
    yield "welfare", _misvalued(auction, proposal, bids)
    yield "payments", _mispayments(auction, payment, proposal, bids)
    if proposal.blocking is not None:
        yield "coalition", _misblocked(auction, proposal, proposal.blocking)


def _misordered(proposal: Proposal) -> Iterator[str]:
    if sorted(set(proposal.winners)) != list(proposal.winners):
        yield "the winners are not in order, or one is there twice"


def _misvalued(auction: PackageAuction, proposal: Proposal, bids: Sequence[Package]) -> Iterator[str]:
    """A welfare that the winners do not have, or a bound that can be none."""
    worth = sum(bid.price for bid in bids)
    if proposal.welfare != worth:
        yield f"the welfare is {worth}, not {proposal.welfare}"
    most = sum(bid.price for bid in auction.bids if auction.why_out(bid) is None)
    if not worth <= proposal.bound <= most:
        yield f"the bound is {proposal.bound}, which is not from {worth} to {most}"


def _misfits(auction: PackageAuction, bids: Sequence[Package]) -> Iterator[str]:
    """Winners that cannot win, or not together."""
    sold = Counter[str]()
    spent = Counter[str]()
    for bid in bids:
        out = auction.why_out(bid)
        if out is not None:
            yield f"{bid.id} cannot win: {out.replace('_', ' ')}"
        sold.update(bid.items)
        spent[bid.agent] += bid.price
    for item, units in sold.items():
        if units > auction.supply.get(item, 0):
            yield f"{item}: {units} units of {auction.supply.get(item, 0)}"
    if auction.exclusive and len(spent) < len(bids):
        yield "an agent wins more than one bid"
    for agent, price in spent.items():
        if price > auction.budgets.get(agent, price):
            yield f"{agent} wins for {price} with a budget of {auction.budgets[agent]}"


def _mispayments(
    auction: PackageAuction, payment: Payment, proposal: Proposal, bids: Sequence[Package]
) -> Iterator[str]:
    """Payments above a bid, below its reserves, or where there can be none."""
    if len(proposal.low) != len(proposal.high):
        yield "payments have a low and a high end each"
        return
    if not proposal.low:
        if bids and (payment == "pay_as_bid" or proposal.welfare == proposal.bound):
            yield "the payments are missing"
        return
    if len(proposal.low) != len(bids):
        yield f"there are {len(proposal.low)} payments for {len(bids)} winners"
        return
    if payment != "pay_as_bid" and proposal.welfare != proposal.bound:
        yield f"there is no {payment} payment without a proof that no packing is worth more"
    for bid, low, high in zip(bids, proposal.low, proposal.high, strict=True):
        least = bid.price if payment == "pay_as_bid" else auction.floor(bid)
        if not least <= low <= high <= bid.price:
            yield f"{bid.id} pays from {low} to {high}, which is not within {least} and {bid.price}"


def _misblocked(auction: PackageAuction, proposal: Proposal, blocking: Blocking) -> Iterator[str]:
    """A coalition that cannot win its bids, or would gain something else than is said."""
    if proposal.low != proposal.high or len(proposal.low) != len(proposal.winners):
        yield "a coalition is named, and the payments are not known"
        return
    if any(not 0 <= position < len(auction.bids) for position in blocking.bids):
        yield "the coalition wins what is not a bid"
        return
    if not 0 <= blocking.gain <= blocking.most:
        yield f"the coalition gains {blocking.gain}, and no coalition gains more than {blocking.most}"
    bids = [auction.bids[position] for position in blocking.bids]
    yield from (f"the coalition: {flaw}" for flaw in _misfits(auction, bids))
    gain = _gain(auction, proposal, bids) if bids else 0
    if gain != blocking.gain:
        yield f"the coalition gains {gain}, not {blocking.gain}"


def _gain(auction: PackageAuction, proposal: Proposal, bids: Sequence[Package]) -> int:
    """What these owners and the seller would have alone, less what they have now.

    What those keep who are left out is in neither; the welfare less that is what they have now.
    """
    members = {bid.owner for bid in bids}
    kept = sum(
        auction.bids[position].price - paid
        for position, paid in zip(proposal.winners, proposal.low, strict=True)
        if auction.bids[position].owner not in members
    )
    return sum(bid.price for bid in bids) - (proposal.welfare - kept)
