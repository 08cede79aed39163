"""Which budgets an agent may name as a run's, so that it neither spends nor sees what is another's."""

from econonexus.domain.flows.spending import above, payer
from econonexus.domain.ids import AccountId, BudgetId
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State

PROVIDER = BudgetId("provider")
"""The limit on what all providers are paid; those on one are named `provider:<upstream>`."""


def may_name(state: State, account: AccountId, name: BudgetId) -> bool:
    """Whether a budget is there, beneath the account's own, and on the way down nobody else stands."""
    paying = payer(state, account)
    if paying is None or name not in state.budgets.by_id:
        return False
    own, run = above(state, *paying), state.budgets.chain(name)
    if own and own[0] not in run:
        return False
    return all(_is_nobodys(state, level) for level in run if level not in own)


def foreign(state: State, account: AccountId, name: BudgetId, field: str) -> Refusal | None:
    """Why an account may not name a budget in a field, if it is there but another's."""
    if name not in state.budgets.by_id or may_name(state, account, name):
        return None
    return Refusal(RefusalCode.BUDGET_NOT_BENEATH, field, name)


def is_providers(name: BudgetId) -> bool:
    """Whether a budget limits what providers are paid, as the node's settings say."""
    return name == PROVIDER or name.startswith(f"{PROVIDER}:")


def _is_nobodys(state: State, level: BudgetId) -> bool:
    return not state.budgets.by_id[level].accounts and not is_providers(level)
