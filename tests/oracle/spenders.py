"""Teams, agents and their keys; how far each feature goes; usage that nothing paid for."""
# ruff: noqa: N802, N815  # Methods are named after the command they are about.

from collections.abc import Callable

from econonexus.domain import commands as c
from econonexus.domain.kinds import AccountKind as Kind
from econonexus.domain.kinds import Mode, Role
from econonexus.domain.refusals import RefusalCode as No
from tests.oracle import forms
from tests.oracle.books import NEVER_PAY, Books, Notices
from tests.oracle.forms import BIGGEST

PROPERTIES = ("weight", "priority", "models", "capabilities", "metadata")


class Spenders(Books):
    """Teams, agents and their keys; how far each feature goes; usage that nothing paid for."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, str] = {}
        self.modes: dict[str, Mode] = {}

    def _form_CreateTeam(self, it: c.CreateTeam) -> set[No]:
        return forms.names(it.team)

    def _no_CreateTeam(self, it: c.CreateTeam, no: Callable[[No], None]) -> None:
        if it.team in self.teams:
            no(No.TEAM_EXISTS)
        if it.team in self.agents:
            no(No.AGENT_EXISTS)
        if it.team in self.accounts:
            no(No.ACCOUNT_EXISTS)
        self._no_place_beneath(it.budget, "credit", no)

    def _do_CreateTeam(self, it: c.CreateTeam, notices: Notices) -> None:
        self.teams[it.team] = {"frozen": False}
        self._open(it.team, Kind.WALLET, "credit", it.budget or self._own_budget(it.team))

    def _form_FreezeTeam(self, it: c.FreezeTeam) -> set[No]:
        return forms.short(it.reason, 256)

    def _no_FreezeTeam(self, it: c.FreezeTeam, no: Callable[[No], None]) -> None:
        if it.team not in self.teams:
            no(No.UNKNOWN_TEAM)
        elif self.teams[it.team]["frozen"]:
            no(No.TEAM_FROZEN)

    def _do_FreezeTeam(self, it: c.FreezeTeam | c.UnfreezeTeam, notices: Notices) -> None:
        self.teams[it.team]["frozen"] = isinstance(it, c.FreezeTeam)

    _do_UnfreezeTeam = _do_FreezeTeam
    _form_UnfreezeTeam = _form_FreezeAgent = _form_UnfreezeAgent = _form_RevokeKey = _form_FreezeTeam

    def _no_UnfreezeTeam(self, it: c.UnfreezeTeam, no: Callable[[No], None]) -> None:
        if it.team not in self.teams:
            no(No.UNKNOWN_TEAM)
        elif not self.teams[it.team]["frozen"]:
            no(No.TEAM_NOT_FROZEN)

    def _form_CreateAgent(self, it: c.CreateAgent) -> set[No]:
        names = forms.names(it.agent, it.owner or "x") | forms.whole(it.credits, 0)
        poor = not it.wallet and (it.team is None or it.credits != 0)
        return names | _properties(it) | ({No.INVALID_AGENT} if poor else set())

    def _no_CreateAgent(self, it: c.CreateAgent, no: Callable[[No], None]) -> None:
        if it.key is not None or it.key_digest:
            for reason in forms.names(it.key or "") or forms.digest(it.key_digest):
                no(reason)
            if it.key in self.keys or it.key_digest in self.keys.values():
                no(No.KEY_EXISTS)
        if it.agent in self.teams:
            no(No.TEAM_EXISTS)
        if it.team is not None and it.team not in self.teams:
            no(No.UNKNOWN_TEAM)
        if it.agent in self.agents:
            no(No.AGENT_EXISTS)
        account = self.accounts.get(it.agent)
        if account is not None and (it.wallet or account["kind"] not in NEVER_PAY):
            no(No.ACCOUNT_EXISTS)
        self._no_place_beneath(it.budget, "credit", no)
        if it.credits > BIGGEST + self.accounts["mint"]["balance"]:
            no(No.BALANCE_TOO_LARGE)

    def _do_CreateAgent(self, it: c.CreateAgent, notices: Notices) -> None:
        budget = it.budget or self._own_budget(it.agent)
        above = None if it.wallet else budget
        self.agents[it.agent] = {
            "team": it.team,
            "owner": it.owner or it.team or it.agent,
            "frozen": False,
            "budget": above,
        }
        if it.wallet:
            self._open(it.agent, Kind.WALLET, "credit", budget)
        if it.credits:
            self._move("mint", it.agent, it.credits)
        if it.key is not None:
            self.keys[it.key] = it.key_digest
        self.agents[it.agent] |= {name: getattr(it, name) for name in PROPERTIES}

    def _form_ChangeAgent(self, it: c.ChangeAgent) -> set[No]:
        return _properties(it)

    def _no_ChangeAgent(self, it: c.ChangeAgent, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        else:
            stands = self.accounts.get(it.agent, {"asset": "credit"})
            self._no_place_beneath(it.budget, stands["asset"], no)

    def _do_ChangeAgent(self, it: c.ChangeAgent, notices: Notices) -> None:
        changes = {name: getattr(it, name) for name in PROPERTIES}
        self.agents[it.agent] |= {name: to for name, to in changes.items() if to is not None}
        if it.budget is not None:
            self._stands(it.agent)["budget"] = it.budget

    def _no_FreezeAgent(self, it: c.FreezeAgent, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        elif self.agents[it.agent]["frozen"]:
            no(No.AGENT_FROZEN)

    def _do_FreezeAgent(self, it: c.FreezeAgent | c.UnfreezeAgent, notices: Notices) -> None:
        self.agents[it.agent]["frozen"] = isinstance(it, c.FreezeAgent)

    _do_UnfreezeAgent = _do_FreezeAgent

    def _no_UnfreezeAgent(self, it: c.UnfreezeAgent, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)
        elif not self.agents[it.agent]["frozen"]:
            no(No.AGENT_NOT_FROZEN)

    def _form_RegisterSigningKey(self, it: c.RegisterSigningKey) -> set[No]:
        return forms.digest(it.public_key)

    def _no_RegisterSigningKey(self, it: c.RegisterSigningKey, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            no(No.UNKNOWN_AGENT)

    def _do_RegisterSigningKey(self, it: c.RegisterSigningKey, notices: Notices) -> None:
        self.agents[it.agent]["signing_key"] = it.public_key

    def _form_IssueKey(self, it: c.IssueKey) -> set[No]:
        return forms.names(it.key, it.holder) | forms.digest(it.digest)

    def _no_IssueKey(self, it: c.IssueKey, no: Callable[[No], None]) -> None:
        if it.role is Role.AGENT and it.holder not in self.agents:
            no(No.UNKNOWN_AGENT)
        if it.key in self.keys or it.digest in self.keys.values():
            no(No.KEY_EXISTS)

    def _do_IssueKey(self, it: c.IssueKey | c.RotateKey, notices: Notices) -> None:
        self.keys[it.key] = it.digest

    _do_RotateKey = _do_IssueKey

    def _form_RotateKey(self, it: c.RotateKey) -> set[No]:
        return forms.digest(it.digest)

    def _no_RotateKey(self, it: c.RotateKey, no: Callable[[No], None]) -> None:
        if it.digest in self.keys.values():
            no(No.KEY_EXISTS)
        self._no_RevokeKey(it, no)

    def _no_RevokeKey(self, it: c.RevokeKey | c.RotateKey, no: Callable[[No], None]) -> None:
        if it.key not in self.keys:
            no(No.UNKNOWN_KEY)

    def _do_RevokeKey(self, it: c.RevokeKey, notices: Notices) -> None:
        del self.keys[it.key]

    def _form_SetMode(self, it: c.SetMode) -> set[No]:
        return forms.short(it.reason, 256)

    def _no_SetMode(self, it: c.SetMode, no: Callable[[No], None]) -> None:
        known = it.feature == "gateway" or (
            it.feature.startswith("gateway:") and not forms.names(it.feature.removeprefix("gateway:"))
        )
        if not known:
            no(No.UNKNOWN_FEATURE)

    def _do_SetMode(self, it: c.SetMode, notices: Notices) -> None:
        self.modes[it.feature] = it.mode

    def _form_RecordUsage(self, it: c.RecordUsage) -> set[No]:
        texts = forms.short(it.code, 64) | forms.short(it.reference, 256) | forms.short(it.refused, 64)
        return texts | forms.whole(it.amount)

    def _no_RecordUsage(self, it: c.RecordUsage, no: Callable[[No], None]) -> None:
        if it.agent not in self.agents:
            return no(No.UNKNOWN_AGENT)
        payer, agent = self._payer(it.agent)
        if it.budget is not None and it.budget not in self.budgets:
            no(No.UNKNOWN_BUDGET)
        elif it.budget is not None:
            self._no_run(it.budget, payer, agent, no)
        return None

    def _do_RecordUsage(self, it: c.RecordUsage, notices: Notices) -> None:
        pass


def _properties(it: c.CreateAgent | c.ChangeAgent) -> set[No]:
    lists = any(
        len(each) > 64 or forms.names("x", *each) for each in (it.capabilities or (), it.models or ())
    )
    facts = it.metadata or {}
    facts_bad = len(facts) > 16 or any(
        not 1 <= len(key) <= 64 or len(value) > 256 for key, value in facts.items()
    )
    weight = set() if it.weight is None else forms.whole(it.weight, 1, 1_000_000)
    priority = set() if it.priority is None else forms.whole(it.priority + 1_000, 0, 2_000)
    return {No.INVALID_AGENT} if lists or facts_bad or weight or priority else set()
