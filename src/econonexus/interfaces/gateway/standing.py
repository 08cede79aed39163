"""How an agent stands: what it may still spend."""

from econonexus.domain.flows.spending import above, payer
from econonexus.domain.ids import AccountId, AgentId, BudgetId, Instant
from econonexus.domain.kinds import BudgetMode
from econonexus.domain.state import State
from econonexus.interfaces.http.runs import may_name
from econonexus.interfaces.http.sealing import available, left_of


def left(state: State, agent: AgentId, run: str, now: Instant) -> int:
    """What an agent may still spend, as it is told: the least that its wallet and its hard budgets have."""
    paying = payer(state, AccountId(agent))
    if paying is None:
        return 0
    account, on_behalf = paying
    named = bool(run) and may_name(state, AccountId(agent), BudgetId(run))
    levels = {*above(state, account, on_behalf), *(state.budgets.chain(BudgetId(run)) if named else ())}
    budgets = (state.budgets.by_id[level] for level in levels)
    rooms = [left_of(state, budget, now) for budget in budgets if budget.mode is BudgetMode.HARD]
    return min([available(state, account, agent), *rooms])
