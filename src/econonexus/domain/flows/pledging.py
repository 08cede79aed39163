"""Money reserved for something that the economy itself will settle: a bid, an order, a request.

Unlike a hold it has no name, nobody can post it, and what it refuses it refuses without numbers: they would
tell what is sealed.
"""

from collections.abc import Sequence

from econonexus.domain import events
from econonexus.domain.flows.spending import (
    Decision,
    alerts,
    can_afford,
    levels_counted,
    may_pay,
    payer,
    repayment,
    within_budgets,
)
from econonexus.domain.ids import CREDIT, AccountId, AgentId, BudgetId, Instant
from econonexus.domain.kinds import AccountKind, BudgetMode, Proceeds
from econonexus.domain.ledger import Account, Pledge, system_account
from econonexus.domain.money import Amount
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.agents import Agent
from econonexus.domain.terms import Terms

BURN, TREASURY = (system_account(kind, CREDIT) for kind in (AccountKind.BURN, AccountKind.TREASURY))

Paid = Sequence[tuple[Pledge, int]]
"""Parts of pledges."""


def cannot_pledge(state: State, agent: Agent, destination: AccountId) -> Refusal | None:
    """Whether what pays for an agent could not pay to `destination` at all."""
    source, _ = paying(state, agent)
    if source.id == destination:
        return Refusal(RefusalCode.SAME_ACCOUNT, "agent", destination)
    return may_pay(source, state.ledger.accounts[destination])


def pledge(state: State, agent: Agent, destination: AccountId, amount: int, now: Instant) -> Pledge | Refusal:
    """What to reserve so that an agent, or its team for it, can pay `amount`.

    That it overruns a soft limit is not said before it is paid: it would tell what was bid.
    """
    source, member = paying(state, agent)
    levels = levels_counted(state, source, state.ledger.accounts[destination], None, member)
    assert isinstance(levels, tuple), "no budget was named"
    overruns = reservable(state, source, levels, amount, now, member)
    if not isinstance(overruns, tuple):
        return overruns
    return Pledge(source.id, destination, amount, levels)


def reservable(
    state: State,
    source: Account,
    levels: tuple[BudgetId, ...],
    amount: int,
    now: Instant,
    member: Agent | None,
) -> tuple[events.BudgetOverrun, ...] | Refusal:
    """Whether so much, or so much more, can be reserved; a refusal tells no numbers."""
    refusal = can_afford(state, source, amount, member)
    overruns = refusal or within_budgets(state, levels, amount, now, "price")
    if not isinstance(overruns, tuple):
        return Refusal(overruns.code, "price", overruns.subject)
    if not overruns:
        return ()
    return tuple(events.BudgetOverrun(each.budget, each.mode, Amount(0), Amount(0)) for each in overruns)


def drawing(state: State, agent: AgentId, pledged: Pledge) -> Agent | None:
    """The agent that a pledge is of, where it draws on its team's wallet."""
    return None if pledged.source == AccountId(agent) else state.agents.by_id[agent]


def destination_of(terms: Terms) -> AccountId:
    """Where the money goes that a market takes on these terms."""
    return account_of(terms.proceeds, terms.seller)


def account_of(proceeds: Proceeds, seller: AccountId | None) -> AccountId:
    """The account that proceeds go to."""
    if proceeds is Proceeds.SELLER:
        assert seller is not None, "the rules were checked"
        return seller
    return BURN if proceeds is Proceeds.BURN else TREASURY


def overrun_by(state: State, paid: Paid, now: Instant) -> tuple[events.BudgetOverrun, ...]:
    """The soft limits that paying parts of sealed pledges overruns, all at once."""
    overruns: list[events.BudgetOverrun] = []
    for level, amount in _by_level(paid).items():
        if state.budgets.by_id[level].mode is not BudgetMode.HARD:
            overrun = within_budgets(state, (level,), amount, now)
            assert not isinstance(overrun, Refusal), "only hard limits refuse"
            overruns += overrun
    return tuple(overruns)


def after_payments(state: State, paid: Paid, now: Instant) -> Decision:
    """What follows from paying parts of pledges, all at once: alerts, and debts that the income repays."""
    by_level = _by_level(paid)
    by_receiver: dict[AccountId, int] = {}
    for each, amount in paid:
        by_receiver[each.destination] = by_receiver.get(each.destination, 0) + amount
    raised: list[events.Event] = []
    for level, amount in by_level.items():
        raised += alerts(state, (level,), amount, now)
    for receiver, amount in by_receiver.items():
        raised += repayment(state, state.ledger.accounts[receiver], amount)
    return tuple(raised)


def _by_level(paid: Paid) -> dict[BudgetId, int]:
    """What is spent at each level."""
    spent: dict[BudgetId, int] = {}
    for each, amount in paid:
        for level in each.budgets:
            spent[level] = spent.get(level, 0) + amount
    return spent


def reserve(
    state: State, agent: Agent, sink: Account, amount: int, now: Instant, field: str = "amount"
) -> tuple[Pledge, tuple[events.BudgetOverrun, ...]] | Refusal:
    """As `pledge`, where nothing is sealed, so that a refusal tells by how much."""
    source, member = paying(state, agent)
    levels = levels_counted(state, source, sink, None, member)
    assert not isinstance(levels, Refusal), "no budget was named"
    refusal = may_pay(source, sink) or can_afford(state, source, amount, member)
    overruns = refusal or within_budgets(state, levels, amount, now, field)
    if isinstance(overruns, Refusal):
        return overruns
    return Pledge(source.id, sink.id, amount, levels), overruns


def paying(state: State, agent: Agent) -> tuple[Account, Agent | None]:
    """The account that pays for an agent, and the agent where that is its team's."""
    found = payer(state, agent.id)  # type: ignore[arg-type]  # Its wallet, or its team's, is found by its name.
    assert found is not None, "every agent has a wallet, or a team that has"
    return found
