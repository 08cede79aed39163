"""How much answers have needed: a bound for the calls whose callers name none."""

from collections import OrderedDict

REMEMBERED = 100_000
"""So many pairs of agent and model; who is forgotten begins afresh."""
ENOUGH = 5
"""So many answers tell something."""
LEAST = 64
FORGETS = 16
"""A longest answer counts for a sixteenth less with every one that follows."""


class Learned:
    """Twice the longest answer of late is a bound that hardly any meets, and far below the model's own.

    An answer that does meet it counts as long as its bound, so that the next may have twice as much.
    """

    def __init__(self) -> None:
        self._longest: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()
        """Agent and model to the longest answer of late, in tokens, and how many there were."""

    def bound(self, agent: str, model: str, ceiling: int) -> int:
        """How many tokens the next answer may have, at most `ceiling`."""
        longest, answers = self._longest.get((agent, model), (0, 0))
        return ceiling if answers < ENOUGH else min(ceiling, max(LEAST, 2 * longest))

    def note(self, agent: str, model: str, tokens: int) -> None:
        """An answer had so many tokens."""
        longest, answers = self._longest.pop((agent, model), (0, 0))
        self._longest[agent, model] = max(tokens, longest - longest // FORGETS), answers + 1
        if len(self._longest) > REMEMBERED:
            self._longest.popitem(last=False)
