"""What must hold of any economy at any instant (docs/architecture.md lists the invariants by number)."""

from collections import Counter

from econonexus.domain.attention import ATTENTION
from econonexus.domain.economy import Economy
from econonexus.domain.events import (
    Event,
)
from econonexus.domain.ids import Instant, Sequence
from econonexus.domain.kinds import AccountKind, QuestionStatus
from econonexus.domain.mechanisms.ageing import precedence
from econonexus.domain.money import MAX_AMOUNT
from econonexus.domain.refusals import Refusal
from econonexus.domain.state import State
from tests import promised
from tests.history import History

Logged = tuple[int, int, Event | Refusal]
"""Sequence, time, what happened."""


def check(state: State) -> None:
    """Invariants 1, 2 and 3, and what the ledger and the budgets say of each other."""
    _balances_add_up(state)
    _no_account_is_below_its_floor(state)
    _what_is_held_is_what_open_holds_reserve(state)
    _budgets_count_what_stands_beneath_them(state)
    _keys_are_found_by_their_digest(state)
    _nothing_is_granted_above_capacity(state)
    _what_is_sealed_is_what_bids_reserve(state)
    _questions_wait_in_their_order(state)
    _what_waits_is_known_by_its_name(state)
    _books_are_in_order(state)
    promised.check(state)


def check_history(state: State, log: list[Logged]) -> None:
    """Invariants 4, 7 and 9: those of `history`, and that replay gives the state."""
    history, promises = History(), promised.Promised()
    for _, _, happened in log:
        history.enter(happened)
        promises.enter(happened)
    history.check(state)
    promises.check(state)
    assert replayed(log).digest() == state.digest()


def replayed(log: list[Logged]) -> State:
    """The state that follows from what happened, alone."""
    economy = Economy()
    for sequence, at, happened in log:
        economy.apply(happened, Sequence(sequence), Instant(at))
    return economy.state


def _balances_add_up(state: State) -> None:
    totals: Counter[str] = Counter()
    for account in state.ledger.accounts.values():
        totals[account.asset] += account.balance
    assert not any(totals.values()), f"balances do not add up to zero: {totals}"


def _no_account_is_below_its_floor(state: State) -> None:
    for account in state.ledger.accounts.values():
        if account.kind is AccountKind.MINT:
            assert -MAX_AMOUNT <= account.balance <= 0
        elif account.kind is AccountKind.DEBT:
            assert account.floor <= account.balance <= 0
        else:
            assert account.floor == 0
            assert account.held <= account.balance <= MAX_AMOUNT


def _what_is_held_is_what_open_holds_reserve(state: State) -> None:
    by_account: Counter[str] = Counter()
    by_budget: Counter[str] = Counter()
    for hold in state.ledger.holds.values():
        assert hold.amount > 0
        by_account[hold.source] += hold.amount
        for budget in hold.budgets:
            by_budget[budget] += hold.amount
        for charge in hold.also:
            for budget in state.budgets.chain(charge.budget):
                by_budget[budget] += charge.amount
    for pledge in state.pledges():
        by_account.update(dict(pledge.parts()))
        for budget in pledge.budgets:
            by_budget[budget] += pledge.amount
    bids = Counter(level for each in state.auctions.pledges() for level in each.budgets)
    for name, account in state.ledger.accounts.items():
        assert account.held == by_account[name]
    for level, budget in state.budgets.by_id.items():
        assert budget.held == by_budget[level]
        assert budget.bids == bids[level]
        assert budget.spent >= 0
    assert not by_budget.keys() - state.budgets.by_id.keys()
    assert not state.ledger.unreported.keys() & (state.ledger.holds.keys() | state.ledger.settled.keys())


def _budgets_count_what_stands_beneath_them(state: State) -> None:
    accounts = Counter(account.budget for account in state.ledger.accounts.values())
    accounts += Counter(agent.budget for agent in state.agents.by_id.values())
    children = Counter(budget.parent for budget in state.budgets.by_id.values())
    for level, budget in state.budgets.by_id.items():
        assert budget.accounts == accounts[level]
        assert budget.children == children[level]


def _keys_are_found_by_their_digest(state: State) -> None:
    assert state.keys.digests == {key.digest: name for name, key in state.keys.by_id.items()}
    for agent in state.agents.by_id.values():
        assert agent.team is None or agent.team in state.agents.teams
        assert agent.team is not None or agent.id in state.ledger.accounts
    assert not state.agents.teams.keys() & state.agents.by_id.keys()


def _nothing_is_granted_above_capacity(state: State) -> None:
    """Invariant 5, for every instant at which something changes from now on."""
    now = state.time
    promises: dict[str, list[tuple[int, int, int]]] = {name: [] for name in state.resources.by_id}
    for grant in state.grants.by_id.values():
        promises[grant.resource].append((grant.starts_at, grant.ends_at, grant.units))
    for grant in state.grants.ended.values():
        if grant.status == "released":  # What was used of it counts until its time is over.
            promises[grant.resource].append((grant.starts_at, grant.ends_at, grant.used))
    for question in (*state.inbox.by_id.values(), *state.inbox.ended.values()):
        if question.taken_at is not None and question.promised_until is not None:
            minutes = question.minutes if question.status is QuestionStatus.TAKEN else question.used
            promises[ATTENTION].append((question.taken_at, question.promised_until, minutes))
    kept_back: Counter[str] = Counter()
    for auction in state.auctions.by_id.values():
        for item, units in auction.supply.items():
            if auction.starts_at is None or auction.ends_at is None:
                kept_back[item] += units
            else:
                promises[item].append((auction.starts_at, auction.ends_at, units))
    for order in state.orders.by_id.values():
        if order.side == "sell" and order.grant is None:
            market = state.markets.by_id[order.market]
            item, book = market.resources[0], market.terms.book
            if book is None or book.starts_at is None or book.ends_at is None:
                kept_back[item] += order.units
            else:
                promises[item].append((book.starts_at, book.ends_at, order.units))
    for name, resource in state.resources.by_id.items():
        assert resource.on_sale == kept_back[name]
        instants = {now, *(start for start, _, _ in promises[name] if start > now)}
        for instant in instants:
            promised = sum(units for start, end, units in promises[name] if start <= instant < end)
            assert promised + kept_back[name] <= resource.capacity
            assert resource.peak(Instant(instant), Instant(instant + 1)) == promised


def _what_waits_is_known_by_its_name(state: State) -> None:
    stands = state.stands.by_market.values()
    waiting = [(name, stand.market) for stand in stands for name in stand.waiting]
    assert state.stands.waits == dict(waiting)
    assert len(state.stands.waits) == len(waiting)


def _what_is_sealed_is_what_bids_reserve(state: State) -> None:
    by_account: Counter[str] = Counter()
    by_budget: Counter[str] = Counter()
    pledges = [pledge for auction in state.auctions.by_id.values() for pledge in auction.pledges()]
    for pledge in (pledge for pledge in pledges if pledge.amount):  # Who is outbid holds nothing.
        by_account.update({name: amount for name, amount in pledge.parts() if amount})
        for budget in pledge.budgets:
            by_budget[budget] += pledge.amount
    assert state.auctions.sealed == dict(by_account)
    assert state.auctions.sealed_in == dict(by_budget)


def _questions_wait_in_their_order(state: State) -> None:
    inbox, rules = state.inbox, state.inbox.rules
    waiting = [each for each in inbox.by_id.values() if each.status is QuestionStatus.WAITING]
    assert inbox.waiting == [
        each.id for each in sorted(waiting, key=lambda each: precedence(each, rules.ageing))
    ]
    assert inbox.of_agent == dict(Counter(each.agent for each in inbox.by_id.values()))
    for question in inbox.by_id.values():
        taken = (question.until, question.taken_at, question.promised_until)
        assert all(at is None for at in taken) == (question.status is QuestionStatus.WAITING)
        assert question.pledge.amount == question.minutes * question.price
    assert not inbox.by_id.keys() & inbox.ended.keys()
    monetary = state.monetary
    assert (monetary.next_at is not None) == monetary.policy.issues


def _books_are_in_order(state: State) -> None:
    """What rests is in one queue, for what was reserved for it, and no two orders that rest could trade."""
    offered: Counter[str] = Counter()
    standing: dict[tuple[str, str, int], list[str]] = {}
    for name, order in state.orders.by_id.items():
        assert order.units > 0
        assert order.held == (order.units * order.unit_price if order.side == "buy" else 0)
        standing.setdefault((order.market, order.side, order.unit_price), []).append(name)
        if order.grant is not None:
            offered[order.grant] += order.units
            assert name in state.orders.of_grant[order.grant]
        assert name not in state.orders.closed
    for grant in state.grants.by_id.values():
        assert grant.offered == offered[grant.id]
        assert grant.left >= 0
    for market, book in state.orders.matching.items():
        for half, side in ((book.buy, "buy"), (book.sell, "sell")):
            for price, queue in half.queues.items():
                assert list(queue) == standing.pop((market, side, price))
        best_buy, best_sell = book.best("buy"), book.best("sell")
        assert best_buy is None or best_sell is None or best_buy < best_sell
    assert not standing
