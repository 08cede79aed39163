"""Stakes: what agents have at risk and withdraw, what their owners did, and what they may do."""

import bisect

import msgspec

from econonexus.domain import events
from econonexus.domain.ids import AccountId, AgentId, Duration, Instant
from econonexus.domain.kinds import Offence, Standing
from econonexus.domain.promises import PromiseRules


class Unbonding(msgspec.Struct, frozen=True, gc=False):
    """An amount that is to be given back, and when."""

    amount: int
    ready_at: Instant


class Stake(msgspec.Struct, gc=False, omit_defaults=True):
    """What concerns one agent's stake; its balance and what backs contracts are the ledger's."""

    agent: AgentId
    unbonding: list[Unbonding] = []
    """Soonest first."""
    open: int = 0
    """Contracts and challenges that keep it from being given back."""
    banned: bool = False
    """So does that its owner is banned."""

    @property
    def withdrawn(self) -> int:
        """What is being given back."""
        return sum(each.amount for each in self.unbonding)

    def trim(self, left: int) -> None:
        """Give back no more than is left; what was to come last is lost first."""
        over = self.withdrawn - left
        while over > 0:
            last = self.unbonding.pop()
            if last.amount > over:
                self.unbonding.append(Unbonding(last.amount - over, last.ready_at))
            over -= last.amount

    @property
    def due(self) -> Instant | None:
        """When something can be given back next; None while a contract is open, or the owner is banned."""
        if self.open or self.banned or not self.unbonding:
            return None
        return self.unbonding[0].ready_at


class Stakes(msgspec.Struct):
    """All stakes and standings. Only events change them."""

    rules: PromiseRules = PromiseRules()
    longest: Duration = PromiseRules().window
    """The longest window that any rules have had: contracts that run keep theirs."""
    by_agent: dict[AgentId, Stake] = {}
    of_owner: dict[AccountId, list[AgentId]] = {}
    """The agents of an owner that have a stake, oldest stake first."""
    standings: dict[AccountId, Standing] = {}
    """Of owners who are not simply active."""
    offences: dict[AccountId, dict[Offence, list[Instant]]] = {}
    """Of each owner, oldest first; those out of every window are forgotten with the next."""

    def standing_of(self, owner: AccountId) -> Standing:
        """What an owner's agents may do."""
        return self.standings.get(owner, Standing.ACTIVE)

    def offences_of(self, owner: AccountId, offence: Offence, since: Instant) -> int:
        """How often an owner has committed an offence since an instant. O(log n)."""
        past = self.offences.get(owner, {}).get(offence, [])
        return len(past) - bisect.bisect_right(past, since)

    def set_rules(self, event: events.PromiseRulesSet) -> None:
        """Go by other rules from now on."""
        self.rules, self.longest = event.rules, max(self.longest, event.rules.window)

    def post(self, agent: AgentId, owner: AccountId) -> None:
        """Note that an agent has a stake."""
        if agent not in self.by_agent:
            self.by_agent[agent] = Stake(agent, banned=self.standing_of(owner) is Standing.BANNED)
            self.of_owner.setdefault(owner, []).append(agent)

    def unbond(self, event: events.StakeUnbonding) -> None:
        """Note what is to be given back; since rules change, it may overtake what was asked for before."""
        waiting, asked = self.by_agent[event.agent].unbonding, Unbonding(event.amount, event.ready_at)
        bisect.insort(waiting, asked, key=lambda each: each.ready_at)

    def release(self, agent: AgentId) -> None:
        """Note that what was due is given back."""
        del self.by_agent[agent].unbonding[0]

    def slash(self, event: events.StakeSlashed, at: Instant) -> None:
        """Remember an offence, and forget those that every window has left behind."""
        past = self.offences.setdefault(event.owner, {}).setdefault(event.offence, [])
        del past[: bisect.bisect_right(past, at - self.longest)]
        past.append(at)

    def stand(self, event: events.StandingSet) -> None:
        """Let an owner's agents do more, or less."""
        if event.standing is Standing.ACTIVE:
            self.standings.pop(event.owner, None)
        else:
            self.standings[event.owner] = event.standing
        for agent in self.of_owner.get(event.owner, ()):
            self.by_agent[agent].banned = event.standing is Standing.BANNED
