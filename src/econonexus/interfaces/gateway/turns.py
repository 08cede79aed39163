"""Why calls waited or were turned away, for each agent, since the server began.

Nobody's money moves in the waiting room, so the journal has nothing of it; whoever asks why a call took so
long is told from here.
"""

from collections import Counter

from econonexus.interfaces.gateway.lines import NoCapacity


class Turns:
    """What the waiting room did with each agent's calls."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()
        self._waited: Counter[str] = Counter()
        self._longest_ms: dict[str, int] = {}
        self._turned_away: dict[str, Counter[str]] = {}

    def given(self, agent: str, waited_ms: int) -> None:
        """A call had its turn, after so long."""
        self._given[agent] += 1
        self._waited[agent] += waited_ms > 0
        self._longest_ms[agent] = max(waited_ms, self._longest_ms.get(agent, 0))

    def refused(self, agent: str, why: NoCapacity) -> None:
        """A call had none."""
        self.turned_away(agent, why.code)

    def turned_away(self, agent: str, code: str) -> None:
        """A call was not admitted, for whatever reason."""
        self._turned_away.setdefault(agent, Counter())[code] += 1

    def facts(self, agent: str) -> dict[str, int]:
        """All that is known of an agent's turns, by name; nothing where it never asked for one."""
        facts = {}
        if agent in self._given:
            facts["turns_had"] = self._given[agent]
            facts["turns_waited_for"] = self._waited[agent]
            facts["longest_wait_ms"] = self._longest_ms[agent]
        away = self._turned_away.get(agent, Counter())
        return facts | {f"turned_away {code}": times for code, times in sorted(away.items())}
