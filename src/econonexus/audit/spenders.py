"""Who may spend, kept a second time: agents, their teams, who owns which account, and keys."""

from econonexus.audit.wrong import Wrong

STOPPED = ("suspended", "banned")


class Spenders:
    """Agents and teams, what they own, and which of them are frozen."""

    def __init__(self) -> None:
        self.owner: dict[str, str] = {}
        """Account to its owner."""
        self.team: dict[str, str | None] = {}
        """Agent to its team."""
        self.behind: dict[str, str] = {}
        """Agent to whoever owns it."""
        self.teams: set[str] = set()
        self.stopped: set[str] = set()
        """Agents and teams that may not spend."""
        self.owners: dict[str, str] = {}
        """How owners stand of whom something was said."""
        self.can: dict[str, list[str]] = {}
        """Agent to what it says that it can do."""

    def create_team(self, name: str) -> None:
        """A team comes to be; no two agents or teams share a name."""
        self._check_new(name)
        self.teams.add(name)

    def create_agent(self, name: str, team: str | None, owner: str) -> None:
        """An agent comes to be."""
        self._check_new(name)
        if team is not None and team not in self.teams:
            raise Wrong(f"puts {name} into {team}, which is no team")
        self.team[name], self.behind[name] = team, owner

    def check_agent(self, name: str) -> None:
        """There is an agent of this name."""
        if name not in self.team:
            raise Wrong(f"speaks of agent {name}, which does not exist")

    def check_active(self, agent: str) -> None:
        """An agent takes on something new, which it may not if its owner is suspended or banned."""
        self.check_agent(agent)
        owner = self.behind[agent]
        if self.owners.get(owner) in STOPPED:
            raise Wrong(f"lets {agent} take on something new, and its owner {owner} is {self.owners[owner]}")

    def team_of(self, owner: str) -> str | None:
        """The team that an owner is, or belongs to."""
        return owner if owner in self.teams else self.team.get(owner)

    def is_stopped(self, account: str, agent: str | None) -> bool:
        """Whether an account's owner, the agent that draws on it, or the team of the owner is frozen."""
        owner = self.owner.get(account, account)
        return bool(self.stopped & {owner, self.team_of(owner), agent})

    def _check_new(self, name: str) -> None:
        if name in self.team or name in self.teams:
            raise Wrong(f"creates {name} a second time")


class Keys:
    """Keys and the digests of their secrets, no two of which may be the same."""

    def __init__(self) -> None:
        self.digest: dict[str, str] = {}
        self.digests: set[str] = set()

    def enter(self, kind: str, name: str, digest: str) -> None:
        """Issue, rotate or revoke a key."""
        if (kind == "key_issued") == (name in self.digest):
            raise Wrong(f"issues key {name} twice, or speaks of it when there is none")
        self.digests.discard(self.digest.pop(name, ""))
        if kind == "key_revoked":
            return
        if digest in self.digests:
            raise Wrong(f"gives key {name} the secret of another")
        self.digest[name] = digest
        self.digests.add(digest)
