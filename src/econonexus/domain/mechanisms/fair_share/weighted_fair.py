"""Weighted fair sharing by a virtual token counter: whoever has had least for its weight goes next.

Each agent has a counter of the units it was charged, divided by its weight. An agent that comes back from
having nothing to do is lifted to the least counter of those who wait: being idle saves nothing up, so it
cannot shut the others out later.

Source: Sheng et al., Fairness in Serving Large Language Models, OSDI 2024, algorithm 2; the counter is the
    start tag of Goyal, Vin and Cheng, Start-time fair queuing, SIGCOMM 1996, section 2.
Complexity: O(log n) amortised for each call, n agents that wait.
Promises: work goes on while anybody waits; while two agents both wait, what they were charged for their
    weight differs by no more than one charge of each (Goyal, theorem 1); equal counters go by who began to
    wait first.
"""

import heapq

PER_UNIT = 10**12
"""Counter steps of one unit at weight 1: rounding stays far below a unit at any sensible weight."""


class FairQueue:
    """Who waits and what everybody was charged; read with `next_up` and `counter`."""

    __slots__ = ("_arrivals", "_heap", "_last", "_sequence", "counters")

    def __init__(self) -> None:
        self.counters: dict[str, int] = {}
        self._arrivals: dict[str, int] = {}
        self._sequence = 0
        self._last: str | None = None
        # Counters change while their agents wait, so an entry may be out of date; then a newer one exists.
        self._heap: list[tuple[int, int, str]] = []

    def __contains__(self, agent: str) -> bool:
        """Whether the agent waits."""
        return agent in self._arrivals

    def next_up(self) -> str | None:
        """Whose turn it is, or None where nobody waits."""
        while self._heap:
            counter, arrival, agent = self._heap[0]
            if self._arrivals.get(agent) == arrival and self.counters[agent] == counter:
                return agent
            heapq.heappop(self._heap)
        return None

    def arrive(self, agent: str) -> None:
        """The agent has something to do; nothing changes where it waits already."""
        if agent in self._arrivals:
            return
        # Where nobody waits, whoever left last stands for the present.
        first = self.next_up() or self._last
        floor = self.counters[first] if first is not None else 0
        self.counters[agent] = max(self.counters.get(agent, 0), floor)
        self._sequence += 1
        self._arrivals[agent] = self._sequence
        self._offer(agent)

    def charge(self, agent: str, units: int, weight: int = 1) -> None:
        """Count `units` against the agent, rounded up; below zero gives back what an estimate took too much.

        It may be charged for what it was given before also after it has left.

        Raises: KeyError where the agent never arrived, ValueError where the weight is below 1.
        """
        if weight < 1:
            raise ValueError(f"weight must be >= 1, not {weight}")
        self.counters[agent] = max(0, self.counters[agent] - (-units * PER_UNIT // weight))
        if agent in self._arrivals:
            self._offer(agent)

    def leave(self, agent: str) -> None:
        """The agent has nothing more to do. Raises: KeyError where it does not wait."""
        del self._arrivals[agent]
        self._last = agent

    def _offer(self, agent: str) -> None:
        heapq.heappush(self._heap, (self.counters[agent], self._arrivals[agent], agent))
        if len(self._heap) > 2 * len(self._arrivals) + 64:
            self._heap = [(self.counters[name], arrival, name) for name, arrival in self._arrivals.items()]
            heapq.heapify(self._heap)
