"""Stakes, kept a second time: who has what at risk, what is withdrawn and when, and what owners may do.

Nothing enters or leaves a stake account but by the events that `accounts.WAYS` lists for one.
"""

from econonexus.audit.accounts import Accounts
from econonexus.audit.budgets import Budgets
from econonexus.audit.fields import MAX, Fields, names, positive, whole
from econonexus.audit.spenders import Spenders
from econonexus.audit.standing import Standing
from econonexus.audit.wrong import Wrong

STANDINGS = ("active", "probation", "suspended", "banned")
UNBONDING = 604_800_000_000_000
"""Seven days, unless the rules say otherwise."""


class Stakes:
    """All stakes, and how owners stand."""

    def __init__(self, accounts: Accounts, budgets: Budgets, standing: Standing, spenders: Spenders) -> None:
        self._accounts, self._budgets = accounts, budgets
        self._standing, self._spenders = standing, spenders
        self.rules: Fields = {}
        """As the record has them: what is left out is usual."""
        self.unbonding: dict[str, list[tuple[int, int]]] = {}
        """Agent to when what it withdraws is given back, and how much, soonest first."""
        self.backing: dict[str, set[str]] = {}
        """Agent to the contracts and challenges that its stake backs."""

    def enter(self, kind: str, e: Fields, now: int) -> bool:
        """Enter what happens to a stake or to an owner; False where it is none of that."""
        match kind:
            case "promise_rules_set":
                self._set(e["rules"])
            case "stake_posted":
                self._post(e, now)
            case "stake_unbonding":
                self._unbond(e, now)
            case "stake_released":
                self._release(e, now)
            case "standing_set":
                self._stand(str(e["owner"]), str(e["standing"]))
            case _:
                return False
        return True

    def back(self, agent: str, known: str) -> None:
        """From now on an agent's stake backs something, and none of it is given back."""
        self.backing.setdefault(agent, set()).add(known)

    def let_go(self, agent: str, known: str) -> None:
        """An agent's stake backs something no more."""
        self.backing[agent].remove(known)

    def free(self, agent: str) -> int:
        """What of an agent's stake backs nothing and is not withdrawn."""
        account = stake_of(agent)
        withdrawn = sum(amount for _, amount in self.unbonding.get(agent, ()))
        held = self._accounts.held.get(account, 0)
        return max(0, self.posted(agent) - held - withdrawn)

    def posted(self, agent: str) -> int:
        """What an agent has at stake in all."""
        return self._accounts.balance.get(stake_of(agent), 0)

    def has_account(self, agent: str) -> bool:
        """Whether an agent has ever put anything at stake."""
        return self._accounts.part.get(stake_of(agent)) == "stake"

    def check_identity(self, agent: str, least: int) -> None:
        """Whether an agent has as much at stake as it must have before its word counts."""
        if self._accounts.balance.get(stake_of(agent), 0) < least:
            raise Wrong(f"takes the word of {agent}, who has less than {least} at stake")

    def _set(self, rules: object) -> None:
        if not isinstance(rules, dict):
            raise Wrong("sets rules of promises that are none")
        self.rules = rules

    def _post(self, e: Fields, now: int) -> None:
        agent, source, levels = str(e["agent"]), str(e["source"]), names(e.get("budgets"))
        drawing = self._standing.check_payer(agent, source)
        self._standing.check_free(source, drawing)
        account = self._own(agent, e["destination"])
        self._accounts.move("stake_posted", source, account, e["amount"])
        self._budgets.check_payment(
            levels, self._standing.above(source, drawing), self._standing.above(account)
        )
        for level in levels:
            self._budgets.by_name[level].spend(whole(e["amount"]), now)

    def _unbond(self, e: Fields, now: int) -> None:
        agent, amount = str(e["agent"]), positive(e["amount"])
        account, free = self._own(agent, stake_of(agent)), self.free(agent)
        self._standing.check_free(account)
        if self._is_banned(agent):
            raise Wrong(f"lets {agent} withdraw its stake, whose owner is banned")
        if amount > free:
            raise Wrong(f"lets {agent} withdraw {amount} of its stake, of which {free} is free")
        ready = min(now + whole(self.rules.get("unbonding", UNBONDING)), MAX)
        if whole(e["ready_at"]) != ready:
            raise Wrong(f"gives back what {agent} withdraws at {e['ready_at']}, and the rules say {ready}")
        waiting = self.unbonding.setdefault(agent, [])
        waiting.append((ready, amount))
        waiting.sort(key=lambda each: each[0])

    def _release(self, e: Fields, now: int) -> None:
        agent, amount = str(e["agent"]), whole(e["amount"])
        if self.backing.get(agent):
            raise Wrong(f"gives back the stake of {agent}, which backs {min(self.backing[agent])}")
        if self._is_banned(agent):
            raise Wrong(f"gives back the stake of {agent}, whose owner is banned")
        waiting = self.unbonding.get(agent)
        if not waiting or waiting[0][0] > now:
            raise Wrong(f"gives back stake of {agent}, which did not withdraw it, or not so long ago")
        _, asked = waiting.pop(0)
        account, receiver = self._own(agent, e["source"]), self.earner(agent)
        left = self._accounts.balance[account] - self._accounts.held[account]
        due = min(asked, left, MAX - self._accounts.balance[receiver])
        if (e["destination"], amount) != (receiver, due):
            raise Wrong(f"gives back {amount} to {e['destination']}, and {receiver} is due {due}")
        if amount:
            self._accounts.move("stake_released", account, receiver, amount)

    def _stand(self, owner: str, standing: str) -> None:
        if standing not in STANDINGS:
            raise Wrong(f"lets {owner} stand as {standing}, which is no standing")
        if owner not in self._spenders.teams and owner not in self._spenders.behind.values():
            raise Wrong(f"lets {owner} stand as {standing}, to whom no agent belongs")
        self._spenders.owners[owner] = standing

    def _is_banned(self, agent: str) -> bool:
        return self._spenders.owners.get(self._spenders.behind[agent]) == "banned"

    def earner(self, agent: str) -> str:
        """Where what an agent is given back goes: its own account, or where it has none its team's."""
        own = self._accounts.asset.get(agent) == "credit" and self._accounts.part.get(agent, "") == ""
        return agent if own else str(self._spenders.team[agent])

    def _own(self, agent: str, account: object) -> str:
        self._spenders.check_agent(agent)
        if account != stake_of(agent) or self._accounts.part.get(stake_of(agent)) != "stake":
            raise Wrong(f"has the stake of {agent} in {account}, which is not where it lies")
        return stake_of(agent)


def stake_of(agent: str) -> str:
    """The account in which an agent's stake lies."""
    return f"stake:{agent}"
