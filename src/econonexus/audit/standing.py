"""Who pays for whom, what stands above an account, and whether it may pay at all."""

from econonexus.audit.accounts import Accounts
from econonexus.audit.budgets import Budgets
from econonexus.audit.spenders import Spenders
from econonexus.audit.wrong import Wrong


class Standing:
    """Accounts, budgets and agents, as far as payments ask for all three of them."""

    def __init__(self, accounts: Accounts, budgets: Budgets, spenders: Spenders) -> None:
        self._accounts = accounts
        self._budgets = budgets
        self._spenders = spenders
        self.frozen: set[str] = set()

    def check_free(self, account: str, agent: str | None = None) -> None:
        """Nothing stops new money from leaving an account, on which `agent` draws if it is its team's."""
        if account in self.frozen or self._spenders.is_stopped(account, agent):
            raise Wrong(f"takes money from {account}, which is frozen")

    def check_active(self, agent: str) -> None:
        """An agent takes on something new, which it may not if its owner is suspended or banned."""
        self._spenders.check_active(agent)

    def above(self, account: str, agent: str | None = None) -> list[str]:
        """The budgets above an account: above the agent itself that owns it or spends from it,
        above the account, and above the wallet of its owner's team."""
        owner = self._spenders.owner.get(account, account)
        spender, team = agent or owner, self._spenders.team_of(owner)
        levels = self._budgets.chain_above(account)
        if spender in self._spenders.team:
            levels = _together(self._budgets.chain_above(as_agent(spender)), levels)
        return levels if team is None else _together(levels, self._budgets.chain_above(team))

    def check_payer(self, agent: str, source: str) -> str | None:
        """An agent pays from its own account, or where it has none its team's; who then draws on it."""
        self._spenders.check_agent(agent)
        if source != (agent if agent in self._accounts.balance else self._spenders.team[agent]):
            raise Wrong(f"says that {source} pays for {agent}, which it does not")
        return None if source == agent else agent


def as_agent(agent: str) -> str:
    """The name under which an agent itself stands beneath a budget, as an account may bear its own."""
    return f"agent {agent}"


def _together(levels: list[str], more: list[str]) -> list[str]:
    return [*levels, *(level for level in more if level not in levels)]
