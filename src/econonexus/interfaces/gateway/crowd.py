"""All who wait in the room, and who gives way to a newcomer when it is full.

Without giving way a runaway would fill the room with its own calls, and whatever the order inside, nobody
else would come in.

Source: under `weighted_fair`, Demers, Keshav and Shenker, Analysis and Simulation of a Fair Queueing
    Algorithm, SIGCOMM 1989, section 2.2: a full buffer drops the last packet of who uses most of it.
"""

from collections import Counter, OrderedDict

from econonexus.interfaces.gateway.lines import Admission, Ticket, Waiter


class Crowd:
    """Those who wait. O(1) to come and go; who gives way is looked for only where the room is full."""

    def __init__(self, mode: Admission, most: int) -> None:
        self._mode = mode
        self._most = most
        self._agents: dict[str, OrderedDict[Waiter, None]] = {}
        self._priorities: Counter[int] = Counter()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def is_full(self) -> bool:
        """Whether nobody comes in any more unless another goes."""
        return self._size >= self._most

    def add(self, waiter: Waiter) -> None:
        """Let somebody in."""
        self._agents.setdefault(waiter.ticket.agent, OrderedDict())[waiter] = None
        self._priorities[waiter.ticket.priority] += 1
        self._size += 1

    def remove(self, waiter: Waiter) -> None:
        """Let somebody out; nothing where he is out already."""
        own = self._agents.get(waiter.ticket.agent)
        if own is None or waiter not in own:
            return
        del own[waiter]
        if not own:
            del self._agents[waiter.ticket.agent]
        priority = waiter.ticket.priority
        self._priorities[priority] -= 1
        if not self._priorities[priority]:
            del self._priorities[priority]
        self._size -= 1

    def gives_way(self, newcomer: Ticket) -> Waiter | None:
        """Who leaves a full room for a newcomer; None where the newcomer is the one to be turned away."""
        if self._mode == "priority":
            return self._less_urgent(newcomer)
        return self._of_the_heaviest(newcomer) if self._mode == "weighted_fair" else None

    def _less_urgent(self, newcomer: Ticket) -> Waiter | None:
        """The last to come of the lowest priority, if that is lower than the newcomer's."""
        lowest = min(self._priorities, default=newcomer.priority)
        if newcomer.priority <= lowest:
            return None
        among = (each for own in self._agents.values() for each in own if each.ticket.priority == lowest)
        return max(among, key=lambda waiter: waiter.arrival)

    def _of_the_heaviest(self, newcomer: Ticket) -> Waiter | None:
        """The last to come of the agent with most callers for its weight, if more than the newcomer's."""
        if not self._agents:
            return None
        lasts = ((len(own), next(reversed(own))) for own in self._agents.values())
        many, last = max(lasts, key=lambda each: each[0] / each[1].ticket.weight)
        own_many = len(self._agents.get(newcomer.agent, ())) + 1
        return last if many * newcomer.weight > own_many * last.ticket.weight else None
