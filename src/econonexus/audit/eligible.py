"""Who could have a task when it was awarded, worked out a second time."""

from typing import NamedTuple

from econonexus.audit.fields import Fields, whole
from econonexus.audit.records import Records
from econonexus.audit.spenders import Spenders
from econonexus.audit.stakes import Stakes

IDENTITY = 100_000_000
STOPPED = ("suspended", "banned")


class Against(NamedTuple):
    """What stands against an agent: the name of a refusal, and of how much it has how little."""

    barred: str
    least: int | None = None
    had: int | None = None


class Eligible:
    """What the other books know of whoever offers to do a task."""

    def __init__(self, spenders: Spenders, stakes: Stakes, records: Records) -> None:
        self._spenders = spenders
        self._stakes = stakes
        self._records = records

    def against(self, agent: str, task: Fields) -> Against | None:
        """The first thing that stands against an agent, if anything does."""
        if task["capability"] not in self._spenders.can.get(agent, ()):
            return Against("not_capable")
        return self._too_little(agent, task) or self._stopped(agent)

    def _too_little(self, agent: str, task: Fields) -> Against | None:
        """Too little at stake, or free of it for a contract at the ceiling; or too little known."""
        owner, least = self._spenders.behind[agent], whole(task.get("least_reputation", 0))
        identity = whole(self._stakes.rules.get("identity_stake", IDENTITY))
        posted = self._stakes.posted(agent)
        if not self._stakes.has_account(agent):  # Nothing of it could back anything.
            identity, posted = max(1, identity), 0
        if posted < identity:
            return Against("stake_too_small", identity, posted)
        bond, free = self._records.bond_of(owner, whole(task["ceiling"])), self._stakes.free(agent)
        if free < bond:
            return Against("stake_too_small", bond, free)
        known = self._records.known(owner)
        return Against("reputation_too_low", least, known) if known < least else None

    def _stopped(self, agent: str) -> Against | None:
        stopped, team = self._spenders.stopped, self._spenders.team.get(agent)
        if self._spenders.owners.get(self._spenders.behind[agent]) in STOPPED:
            return Against("owner_suspended")
        if agent in stopped:
            return Against("agent_frozen")
        return Against("team_frozen") if team in stopped else None
