"""Agents, teams and keys, kept a second time: whose an account is, and who may not spend."""

from econonexus.audit.budgets import Wrong


class People:
    """Who there is, and what is theirs."""

    def __init__(self) -> None:
        self.owner: dict[str, str] = {}
        """Account to who it belongs to; one that is not here belongs to itself."""
        self.team: dict[str, str] = {}
        """Agent to its team, empty where it has none; a team to nothing as well."""
        self.teams: set[str] = set()
        self.stopped: set[str] = set()
        """Agents and teams that may not spend."""
        self.keys: dict[str, str] = {}
        """Key to the digest of its secret."""
        self.digests: set[str] = set()

    def join(self, name: str, team: str, is_team: bool) -> None:
        """An agent or a team comes to be; no two of them share a name."""
        if name in self.team:
            raise Wrong(f"creates {name} a second time")
        if team and team not in self.teams:
            raise Wrong(f"puts {name} into {team}, which is no team")
        self.team[name] = team
        if is_team:
            self.teams.add(name)

    def stop(self, name: str, stopped: bool) -> None:
        """Freeze an agent or a team, or let it go on."""
        if name not in self.team or (name in self.stopped) == stopped:
            raise Wrong(f"freezes {name}, or lets it go on, where that cannot be")
        (self.stopped.add if stopped else self.stopped.remove)(name)

    def check_free(self, account: str, agent: str | None) -> None:
        """Nothing new leaves what belongs to somebody who is frozen, or whose team is."""
        for name in (self.spender(account, agent), self.team_of(account)):
            if name in self.stopped:
                raise Wrong(f"takes money from {account}, but {name} is frozen")

    def check_draws(self, account: str, agent: str | None, has_account: bool) -> None:
        """An agent draws on its team's wallet where it has none of its own."""
        if agent is not None and (has_account or not self.team.get(agent) or self.team[agent] != account):
            raise Wrong(f"lets {agent} draw on {account}")

    def spender(self, account: str, agent: str | None) -> str:
        """Who spends from an account: the agent that draws on it, or its owner."""
        return agent or self.owner.get(account, account)

    def team_of(self, account: str) -> str | None:
        """The team that an account's owner is or belongs to."""
        owner = self.owner.get(account, account)
        return owner if owner in self.teams else self.team.get(owner) or None

    def key(self, kind: str, name: str, digest: str) -> None:
        """A key comes, changes its secret or goes."""
        if (kind == "key_issued") == (name in self.keys):
            raise Wrong(f"issues key {name} twice, or speaks of it when there is none")
        self.digests.discard(self.keys.pop(name, ""))
        if kind == "key_revoked":
            return
        if digest in self.digests:
            raise Wrong(f"gives key {name} the secret of another")
        self.keys[name] = digest
        self.digests.add(digest)
