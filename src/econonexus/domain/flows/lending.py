"""What a record lends for bids and orders, in markets that lend: how much, and what becomes of it.

An agent may bid so many times its own funds as the lower bound of its owner's record says. What it lacks is
lent, up to what its free stake, a share of its owner's verified surplus and the pool come to, and is fixed
with the bid: it never lies in a wallet, so it can be neither transferred nor staked. Where it is used it is
owed, and what secures it stays reserved until it is repaid or called.

Source: Zheng, High Bids and Broke Winners, Journal of Economic Theory 100 (2001): where a winner can walk
    away from its debt, the poorest bid highest. Board, Bidding into the Red, Journal of Finance 62 (2007): so
    does whoever loses less by default than it bid. Hence a line is a bidder's own stake first.
"""

from typing import NamedTuple

from econonexus.domain import commands, events
from econonexus.domain.flows import pledging
from econonexus.domain.flows.reputing import known_of
from econonexus.domain.flows.spending import Decision, can_afford, levels_counted, within_budgets
from econonexus.domain.flows.staking import free_stake
from econonexus.domain.ids import AccountId, AuctionId, BidId, Instant, OrderId
from econonexus.domain.kinds import Standing
from econonexus.domain.ledger import NO_LINE, Account, Line, Pledge, lender, line_account, stake_behind
from econonexus.domain.mechanisms.promises import effects
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE, Amount, Ppm, share_of
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.terms import Terms

REPUTATION = "reputation"
DAY_NS = 86_400_000_000_000


class Funding(NamedTuple):
    """What a bid reserves, and what is said first of what is lent for it."""

    pledge: Pledge
    said: tuple[events.LinePledged, ...] = ()


def fund(
    state: State,
    agent: Agent,
    terms: Terms,
    amount: int,
    bid: tuple[AuctionId, BidId],
    now: Instant,
) -> Funding | Refusal:
    """What to reserve so that an agent can pay `amount` for a bid; a refusal tells no numbers."""
    destination = pledging.destination_of(terms)
    if terms.credit != REPUTATION:
        pledged = pledging.pledge(state, agent, destination, amount, now)
        return pledged if isinstance(pledged, Refusal) else Funding(pledged)
    source, member = pledging.paying(state, agent)
    levels = levels_counted(state, source, state.ledger.accounts[destination], None, member)
    assert not isinstance(levels, Refusal), "no budget was named"
    return _funded(state, agent, Pledge(source.id, destination, 0, levels, NO_LINE), amount, bid, now)


class Bought(NamedTuple):
    """What is said of what is lent for an order: before it comes, and once it is there and trades."""

    overruns: tuple[events.BudgetOverrun, ...] = ()
    said: tuple[events.LinePledged, ...] = ()
    drawn: tuple[events.LineDrawn, ...] = ()


def buy(
    state: State, agent: Agent, order: OrderId, before: Pledge, most: int, paid: int, held: int, now: Instant
) -> Bought | Refusal:
    """What is lent for an order that may cost `most`, pays so much at once and has so much held after.

    `before` is what was held for it. Its own money pays first, and what is left of it is held first.
    """
    source, member = state.ledger.accounts[before.source], pledging.drawing(state, agent.id, before)
    power, more = power_of(state, agent, source, now), max(0, most - before.amount)
    refusal = can_afford(state, source, 0, member) or _beyond(state, agent, source, power, more)
    lent = NO_LINE if more <= source.available else _lent(state, agent, source, power, more, now)
    refusal = refusal or (lent if isinstance(lent, Refusal) else None)
    within = refusal or within_budgets(state, before.budgets, more, now, "unit_price")
    if isinstance(within, Refusal):
        return Refusal(within.code, "unit_price", within.subject, within.requested, within.available)
    assert isinstance(lent, Line), "what is refused has returned"
    own, line = before.own + more - lent.amount, (before.line or NO_LINE).plus(lent)
    used = line.of(max(0, paid - own))
    rests = line.plus(used, -1).of(max(0, held - max(0, own - paid)))
    account = line_account(source.id)
    said = events.LinePledged(
        agent.id, source.id, account, power, rests.stake, rests.pool, rests.record, order=order
    )
    drawn = (_draws(state, agent, source.id, used, now, order=order, was_held=False),) if used.amount else ()
    return Bought(within, (said,), drawn)


def traded(
    state: State, agent: Agent, order: OrderId, pledged: Pledge, payment: int, now: Instant
) -> tuple[events.LineDrawn, ...]:
    """What of the payment for an order at rest is lent."""
    lacks = payment - pledged.own
    if pledged.line is None or lacks <= 0:
        return ()
    return (_draws(state, agent, pledged.source, pledged.line.of(lacks), now, order=order),)


def no_line(state: State, agent: Agent, terms: Terms) -> Refusal | None:
    """Whether what would keep an agent's debt is something else, in a market that lends."""
    if terms.credit != REPUTATION:
        return None
    source, _ = pledging.paying(state, agent)
    account = line_account(source.id)
    if source.line is None and account in state.ledger.accounts:
        return Refusal(RefusalCode.WRONG_ACCOUNT_KIND, "agent", account)
    return None


def fund_more(
    state: State, agent: Agent, before: Pledge, amount: int, bid: tuple[AuctionId, BidId], now: Instant
) -> Funding | Refusal:
    """What to reserve so that a bid can be raised: `amount` in all, of which `before` is reserved."""
    if before.line is not None:
        return _funded(state, agent, before, amount, bid, now)
    source, member = state.ledger.accounts[before.source], pledging.drawing(state, agent.id, before)
    overruns = pledging.reservable(state, source, before.budgets, amount - before.amount, now, member)
    return overruns if isinstance(overruns, Refusal) else Funding(before.of(amount))


def _funded(
    state: State, agent: Agent, before: Pledge, amount: int, bid: tuple[AuctionId, BidId], now: Instant
) -> Funding | Refusal:
    source, member = state.ledger.accounts[before.source], pledging.drawing(state, agent.id, before)
    account, power = line_account(source.id), power_of(state, agent, source, now)
    more = amount - before.amount
    refusal = can_afford(state, source, 0, member) or _beyond(state, agent, source, power, more)
    lent = NO_LINE if more <= source.available else _lent(state, agent, source, power, more, now)
    refusal = refusal or (lent if isinstance(lent, Refusal) else None)
    within = refusal or within_budgets(state, before.budgets, more, now, "price")
    if isinstance(within, Refusal):
        return Refusal(within.code, "price", within.subject)
    assert isinstance(lent, Line), "what is refused has returned"
    line = (before.line or NO_LINE).plus(lent)
    said = events.LinePledged(
        agent.id, source.id, account, power, line.stake, line.pool, line.record, bid[0], bid[1]
    )
    return Funding(Pledge(source.id, before.destination, amount, before.budgets, line), (said,))


def power_of(state: State, agent: Agent, source: Account, now: Instant) -> Ppm:
    """How many times its own funds an agent may bid with, debts included.

    Nothing is lent on a team's wallet, to owners on probation, and to whoever has not repaid what was called.
    """
    power = effects.bidding_power(known_of(state, agent.owner, now))
    lends = (
        source.id == AccountId(agent.id)
        and state.stakes.standing_of(agent.owner) is Standing.ACTIVE
        and not state.lines.of(source.id, agent.owner).overdue
    )
    return power if lends else Ppm(min(power, PPM_ONE))


def _beyond(state: State, agent: Agent, source: Account, power: Ppm, more: int) -> Refusal | None:
    """Whether with so much more an agent would bid more than its power times its own funds."""
    use = state.lines.of(source.id, agent.owner)
    own = source.available + use.own
    most = own * power // PPM_ONE
    if use.own + use.lent.amount + use.owed.amount + more <= most:
        return None
    short = more > source.available
    return Refusal(
        RefusalCode.INSUFFICIENT_FUNDS if short else RefusalCode.OVER_BIDDING_POWER, "price", source.id
    )


def _lent(state: State, agent: Agent, source: Account, power: Ppm, more: int, now: Instant) -> Line | Refusal:
    """What a wallet lacks of an amount, by what secures it: stake first, then the pool, then the record."""
    lacks = more - source.available
    stake = min(lacks, free_stake(state, agent.id))
    pool = min(lacks - stake, pool_left(state))
    record = lacks - stake - pool
    use = state.lines.of(source.id, agent.owner)
    in_use = use.lent.amount + use.owed.amount
    cap = share_of(source.available + use.own, Ppm(max(0, power - PPM_ONE)))
    if in_use + lacks > cap or record > on_record_left(state, agent.owner, now):
        return Refusal(RefusalCode.INSUFFICIENT_FUNDS, "price", source.id)
    return Line(stake, pool, record)


def line_left(state: State, agent: Agent, now: Instant) -> int:
    """How much more an agent could be lent for bids now."""
    source, _ = pledging.paying(state, agent)
    use = state.lines.of(source.id, agent.owner)
    beyond = Ppm(max(0, power_of(state, agent, source, now) - PPM_ONE))
    cap = share_of(source.available + use.own, beyond) - use.lent.amount - use.owed.amount
    secured = free_stake(state, agent.id) + pool_left(state) + on_record_left(state, agent.owner, now)
    return max(0, min(cap, secured))


def pool_left(state: State) -> int:
    """What of the treasury may still secure lines."""
    free = state.ledger.accounts[lender()].available
    return max(0, min(state.stakes.rules.lending - state.lines.pooled, free))


def on_record_left(state: State, owner: AccountId, now: Instant) -> int:
    """What may still be lent to an owner on its record alone: a share of its verified surplus."""
    rules = state.stakes.rules
    surplus = state.lines.surplus_of(owner, now // DAY_NS, rules.half_life_days)
    return max(0, share_of(surplus, rules.surplus_share) - state.lines.on_record.get(owner, 0))


def drawn(
    state: State, agent: Agent, pledged: Pledge, payment: int, bid: tuple[AuctionId, BidId], now: Instant
) -> tuple[events.LineDrawn, ...]:
    """What of a payment is lent: what the wallet's own part of the pledge does not cover."""
    lacks = payment - pledged.own
    if pledged.line is None or lacks <= 0:
        return ()
    return (_draws(state, agent, pledged.source, pledged.line.of(lacks), now, bid),)


def _draws(
    state: State,
    agent: Agent,
    wallet: AccountId,
    line: Line,
    now: Instant,
    bid: tuple[AuctionId | None, BidId | None] = (None, None),
    order: OrderId | None = None,
    was_held: bool = True,
) -> events.LineDrawn:
    return events.LineDrawn(
        agent.id,
        wallet,
        line_account(wallet),
        Amount(line.amount),
        Amount(line.stake),
        Amount(line.pool),
        Amount(line.record),
        Instant(min(now + state.stakes.rules.repaying, MAX_AMOUNT)),
        *bid,
        order,
        was_held,
    )


def call(state: State, command: commands.CallDebt, now: Instant) -> Decision | Refusal:
    """Take what has been owed for too long: from the wallet, then from what secures it."""
    use = state.lines.by_wallet.get(command.wallet)
    if use is None:
        return Refusal(RefusalCode.UNKNOWN_ACCOUNT, "wallet", command.wallet)
    if use.due_at is None or use.due_at > now:
        return Refusal(RefusalCode.DEBT_NOT_DUE, "wallet", command.wallet)
    owed = use.owed.amount
    from_wallet = min(owed, state.ledger.accounts[command.wallet].available)
    from_stake = min(use.owed.stake, owed - from_wallet)
    from_pool = min(use.owed.pool, owed - from_wallet - from_stake)
    return (
        events.DebtCalled(
            command.wallet,
            use.owner,
            line_account(command.wallet),
            Amount(owed),
            Amount(from_wallet),
            stake_behind(command.wallet),
            Amount(from_stake),
            lender(),
            Amount(from_pool),
            Amount(owed - from_wallet - from_stake - from_pool),
        ),
    )


def verified(state: State, owner: AccountId, paid: int, now: Instant) -> Amount:
    """An owner's surplus once so much more of it is verified."""
    day, half_life = now // DAY_NS, state.stakes.rules.half_life_days
    return Amount(min(MAX_AMOUNT, state.lines.surplus_of(owner, day, half_life) + paid))
