"""What a solver found for an auction of bundles: judged in whole numbers, then settled, or the auction fails.

Why an auction fails is said without numbers, for its bids stay sealed.
"""

import msgspec

from econonexus.domain import commands, events
from econonexus.domain.flows.bundles import as_packages, rule_of
from econonexus.domain.flows.clearing import OVER, failed, is_over, settle
from econonexus.domain.flows.spending import Decision
from econonexus.domain.ids import BidId, Instant
from econonexus.domain.kinds import AuctionStatus, Unproven
from econonexus.domain.mechanisms.outcome import Award, Outcome
from econonexus.domain.mechanisms.package_outcome import Blocking, Part, Proposal, first_flaw
from econonexus.domain.mechanisms.packages import PackageAuction, Payment
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.auctions import Auction

MAX_FAULT = 256
STALE = "the outcome is of other bids"
UNPROVEN = "nobody could prove in time that no outcome is better"
BLOCKED = "winners and seller could do better without each other"
WRONG: dict[Part, str] = {
    "winners": "the outcome names winners that are not bids",
    "packing": "the winners cannot win together",
    "welfare": "the outcome is not worth what it says",
    "payments": "the payments are not within the bids and the reserves",
    "coalition": "the coalition named cannot be, or would not gain what is said",
}
"""Why an auction fails whose outcome cannot be, by the part that is wrong."""


def submit(state: State, command: commands.SubmitOutcome, now: Instant) -> Decision | Refusal:
    """Let what was found be the outcome, or fail the auction."""
    auction = state.auctions.find(command.auction)
    if auction is None:
        return Refusal(RefusalCode.UNKNOWN_AUCTION, "auction", command.auction)
    if auction.status is not AuctionStatus.CLEARING:
        return Refusal(RefusalCode.AUCTION_NOT_CLEARING, "auction", auction.id)
    if command.fault:
        return failed(state, auction, command.fault[:MAX_FAULT], now)
    if command.digest != auction.digest:
        return failed(state, auction, STALE, now)
    if is_over(auction, now):
        return failed(state, auction, OVER, now)
    return _judge(state, auction, _proposed(command), now)


def _judge(state: State, auction: Auction, proposal: Proposal, now: Instant) -> Decision:
    asked, rule = as_packages(state, auction), rule_of(auction)
    wrong = first_flaw(asked, rule, proposal)
    if wrong is not None:
        return failed(state, auction, WRONG[wrong], now)
    blocking = proposal.blocking
    if rule == "core" and blocking is not None and blocking.gain:
        return failed(state, auction, BLOCKED, now)
    if not _known(proposal, rule):
        if auction.terms.unproven is Unproven.FAIL or not proposal.winners:
            return failed(state, auction, UNPROVEN, now)
        rule = "pay_as_bid"
        prices = tuple(asked.bids[place].price for place in proposal.winners)
        proposal = msgspec.structs.replace(proposal, low=prices, high=prices, blocking=None)
    return _settled(state, auction, asked, rule, proposal, now)


def _known(proposal: Proposal, rule: Payment) -> bool:
    """Whether it is known to the unit what each winner pays."""
    proven = proposal.welfare == proposal.bound or rule == "pay_as_bid"
    return proven and proposal.low == proposal.high and len(proposal.low) == len(proposal.winners)


def _settled(
    state: State, auction: Auction, asked: PackageAuction, rule: Payment, proposal: Proposal, now: Instant
) -> Decision:
    awards = []
    for place, paid in zip(proposal.winners, proposal.low, strict=True):
        bid = asked.bids[place]
        awards.append(Award(bid.id, bid.agent, bid.owner, bid.items, paid))
    outcome = Outcome(
        mechanism=auction.mechanism.value,
        status="cleared" if awards else "no_sale",
        allocation=tuple(awards),
        welfare=proposal.welfare,
        bound=proposal.bound,
    )
    blocked = _coalition(asked, proposal)
    return tuple(
        msgspec.structs.replace(event, payment=rule, blocked=blocked)
        if isinstance(event, events.AuctionCleared)
        else event
        for event in settle(state, auction, outcome, now)
    )


def _coalition(asked: PackageAuction, proposal: Proposal) -> events.Coalition | None:
    blocking = proposal.blocking
    if blocking is None:
        return None
    bids = tuple(BidId(asked.bids[place].id) for place in blocking.bids)
    # Nobody gains more than all bids are worth, whatever a solver could show.
    return events.Coalition(bids, blocking.gain, min(blocking.most, proposal.bound))


def _proposed(command: commands.SubmitOutcome) -> Proposal:
    blocked = command.blocked
    blocking = None if blocked is None else Blocking(blocked.bids, blocked.gain, blocked.most)
    return Proposal(command.winners, command.welfare, command.bound, command.low, command.high, blocking)
