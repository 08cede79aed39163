"""Stakes and standings, as plainly as can be: what is withdrawn is a list."""
# ruff: noqa: N802  # Methods are named after the command they are about.

from collections.abc import Callable, Iterator

from econonexus.domain import commands as c
from econonexus.domain.kinds import AccountKind as Kind
from econonexus.domain.kinds import Standing
from econonexus.domain.promises import PromiseRules
from econonexus.domain.refusals import RefusalCode as No
from tests.oracle import forms
from tests.oracle.books import NEVER_PAY, Books, Notices
from tests.oracle.forms import BIGGEST

MANY = 100


class Stakes(Books):
    """What agents have at stake as long as they promise nothing, and what their owners may do."""

    def __init__(self) -> None:
        super().__init__()
        self.promise_rules = PromiseRules()
        self.staked: dict[str, list[tuple[int, int]]] = {}
        """Agent to what it has asked back: when it is due, and how much; soonest first."""

    def due(self) -> Iterator[tuple[int, str, c.Command]]:
        yield from super().due()
        for agent, asked in self.staked.items():
            if asked and not self._is_banned(agent):
                yield asked[0][0], "stake", c.ReleaseStake(agent)

    def _form_SetPromiseRules(self, it: c.SetPromiseRules) -> set[No]:
        rules = it.rules
        shares = (rules.relief, rules.threshold, rules.loading, rules.insurable, rules.surplus_share)
        odd = any(forms.whole(share, 0, 1_000_000) for share in shares)
        odd = odd or any(forms.whole(each, 1) for each in (rules.judging, rules.window, rules.plain_value))
        odd = odd or any(forms.whole(each, 0) for each in (rules.unbonding, rules.identity_stake, rules.bond))
        penalties = (rules.task_failure, rules.timeout_violation)
        odd = odd or any(forms.whole(each.rate, 0, 1_000_000) for each in penalties)
        return {No.INVALID_PROMISE_RULES} if odd else set()

    def _no_SetPromiseRules(self, it: c.SetPromiseRules, no: Callable[[No], None]) -> None:
        pass

    def _do_SetPromiseRules(self, it: c.SetPromiseRules, notices: Notices) -> None:
        self.promise_rules = it.rules

    def _form_PostStake(self, it: c.PostStake) -> set[No]:
        return forms.whole(it.amount)

    def _no_PostStake(self, it: c.PostStake, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            return no(No.UNKNOWN_AGENT)
        stake = self.accounts.get(f"stake:{it.agent}")
        if stake is not None and stake["kind"] is not Kind.STAKE:
            no(No.WRONG_ACCOUNT_KIND)
        if stake is not None and stake["balance"] + it.amount > BIGGEST:
            no(No.BALANCE_TOO_LARGE)
        source, agent = self._payer(it.agent)
        if self.accounts[source]["kind"] in NEVER_PAY:
            no(No.WRONG_ACCOUNT_KIND)
        if self.accounts[source]["asset"] != "credit":
            no(No.ASSET_MISMATCH)
        self._no_funds(source, it.amount, no, agent)
        return self._no_budget(self._levels_to_stake(it.agent), it.amount, no)

    def _do_PostStake(self, it: c.PostStake, notices: Notices) -> None:
        source, _ = self._payer(it.agent)
        levels = self._levels_to_stake(it.agent)
        if f"stake:{it.agent}" not in self.accounts:
            self._open(f"stake:{it.agent}", Kind.STAKE, "credit", None, it.agent)
        self.staked.setdefault(it.agent, [])
        self._overruns(levels, it.amount, notices)
        self._move(source, f"stake:{it.agent}", it.amount)
        self._count(levels, it.amount, notices)

    def _form_UnbondStake(self, it: c.UnbondStake) -> set[No]:
        return forms.whole(it.amount)

    def _no_UnbondStake(self, it: c.UnbondStake, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            return no(No.UNKNOWN_AGENT)
        if it.agent not in self.staked:
            return no(No.NOTHING_AT_STAKE)
        if it.amount > self.free_stake(it.agent):
            no(No.STAKE_IN_USE)
        if len(self.staked[it.agent]) >= MANY:
            no(No.TOO_MANY_UNBONDING)
        if self._is_banned(it.agent):
            no(No.OWNER_SUSPENDED)
        return self._no_frozen(f"stake:{it.agent}", None, no)

    def _do_UnbondStake(self, it: c.UnbondStake, notices: Notices) -> None:
        ready = min(self.now + self.promise_rules.unbonding, BIGGEST)
        asked = self.staked[it.agent]
        place = sum(at <= ready for at, _ in asked)
        asked.insert(place, (ready, it.amount))
        notices.append(("withdrawn", it.agent, it.amount, ready))

    def _no_ReleaseStake(self, it: c.ReleaseStake, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            return no(No.UNKNOWN_AGENT)
        asked = self.staked.get(it.agent)
        if not asked or asked[0][0] > self.now or self._is_banned(it.agent):
            no(No.STAKE_NOT_DUE)
        return None

    def _do_ReleaseStake(self, it: c.ReleaseStake, notices: Notices) -> None:
        stake = f"stake:{it.agent}"
        _, amount = self.staked[it.agent].pop(0)
        own = self.accounts.get(it.agent)
        is_own = own is not None and own["asset"] == "credit"
        receiver = it.agent if is_own else self.agents[it.agent]["team"]
        left = self.accounts[stake]["balance"] - self.held_of(stake)
        given = min(amount, left, BIGGEST - self.accounts[receiver]["balance"])
        self._move(stake, receiver, given)
        notices.append(("given back", it.agent, receiver, given))
        self._repay(receiver, given)

    def _form_SetStanding(self, it: c.SetStanding) -> set[No]:
        return forms.names(it.owner) | forms.short(it.reason, 256)

    def _no_SetStanding(self, it: c.SetStanding, no: Callable[[No], None]) -> None:
        owners = {agent["owner"] for agent in self.agents.values()}
        if it.owner not in owners | self.teams.keys():
            no(No.UNKNOWN_OWNER)

    def _do_SetStanding(self, it: c.SetStanding, notices: Notices) -> None:
        self.standings[it.owner] = it.standing

    def free_stake(self, agent: str) -> int:
        """What of an agent's stake nothing is spoken for, nor asked back."""
        stake = f"stake:{agent}"
        if agent not in self.staked:
            return 0
        asked = sum(amount for _, amount in self.staked[agent])
        return max(0, self.accounts[stake]["balance"] - self.held_of(stake) - asked)

    def _is_banned(self, agent: str) -> bool:
        return self.standings.get(self.agents[agent]["owner"]) is Standing.BANNED

    def _levels_to_stake(self, agent: str) -> list[str]:
        """The budgets above what pays for an agent, but for those above itself, or its team."""
        source, drawing = self._payer(agent)
        team = self.agents[agent]["team"]
        kept = self._chain(self.agents[agent]["budget"])
        kept += self._chain(self.accounts[team]["budget"] if team else None)
        return [level for level in self._above(source, drawing) if level not in kept]
