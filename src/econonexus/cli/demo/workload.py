"""What the agents will ask: built in, or read from traces; thinned and sped up to fit into some seconds.

The built-in hour is drawn from a seed. It has the shape of the public traces of Azure's LLM inference
(November 2023): prompts and answers have log-normal lengths, calls come as a Poisson process whose rate
changes every minute by a gamma-distributed factor. The smaller its shape, the burstier: at 0.95, as in
the code service, the variance of the calls a minute is 160 times their mean; at 17, as in conversation,
20 times.
"""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from econonexus.cli.demo.cast import CREW, RUNAWAY, TEAMS, Budget, budgets, price
from econonexus.cli.demo.trace import TracedCall, read_trace
from econonexus.cli.exits import bad_input

HOUR_S = 3_600.0
MINUTE_S = 60.0

SLOTS = 8
"""So many calls the provider answers at once."""
FIRST_TOKEN_MS = 60.0
MEAN_WRITING_MS = 140.0
"""How long the mean answer takes to write: the provider's pace is set so."""
LONGEST_WRITING_MS = 3_000.0
BUSY = 0.6
"""How much of the provider the agents' own work takes, the runaway aside."""

BOUND_TOKENS = 512
"""The `max_tokens` of a call, unless the trace's answer is longer; most answers are much shorter."""
PREAMBLE = "Answer in {} tokens."
BYTES_PER_TOKEN = 4
TOKENS_PER_MESSAGE = 4

RUNAWAY_CONTEXT = 6_000
RUNAWAY_CALLS_PER_S = 6.5
"""The runaway's limit is good for so many calls, for every second of the whole run."""


class Shape(NamedTuple):
    """How calls of one kind are distributed."""

    calls_per_s: float
    burst: float
    """The shape of the gamma distribution of a minute's rate."""
    context: tuple[float, float, int]
    """Mean and standard deviation of the logarithm of the prompt's tokens, and their most."""
    generated: tuple[float, float, int]


SHAPES = {
    "coding": Shape(2.57, 0.95, (7.0, 1.36, 7_437), (2.79, 0.85, 1_899)),
    "support": Shape(5.53, 17.0, (6.63, 0.99, 14_050), (5.02, 0.86, 1_000)),
    "research": Shape(2.5, 3.0, (7.5, 0.9, 14_050), (4.5, 0.9, 1_500)),
}


class Ask(NamedTuple):
    """One call that an agent will make."""

    at_s: float
    agent: str
    context_tokens: int
    generated_tokens: int

    @property
    def max_tokens(self) -> int:
        """The bound that the agent sets: a power of two."""
        return max(BOUND_TOKENS, 1 << (self.generated_tokens - 1).bit_length())

    @property
    def prompt(self) -> str:
        """A text of so many tokens that tells the made-up provider how long its answer is to be."""
        text = PREAMBLE.format(self.generated_tokens)
        return text.ljust((self.context_tokens - TOKENS_PER_MESSAGE) * BYTES_PER_TOKEN, ".")

    @property
    def cost_ucr(self) -> int:
        """What it will cost."""
        return price(self.context_tokens, self.generated_tokens)

    @property
    def most_ucr(self) -> int:
        """What it can cost at most."""
        return price(self.context_tokens, self.max_tokens)


class Workload(NamedTuple):
    """All that is asked of either gateway."""

    asks: tuple[Ask, ...]
    """In order of time."""
    loop: Ask
    """What the runaway asks again and again."""
    budgets: tuple[Budget, ...]
    seconds: float
    speed: float
    """So many seconds of the trace pass in one."""
    traced: int
    """How many calls the trace has in that time; `asks` is a fair sample of them."""
    token_ms: float
    """The provider's pace."""
    seed: int = 0
    traces: tuple[str, ...] = ()
    """The files it is from; empty for the built-in work."""

    def service_ms(self, generated_tokens: int) -> float:
        """How long the provider works on an answer, waiting aside."""
        return FIRST_TOKEN_MS + self.token_ms * generated_tokens


def plan(traces: list[Path], seed: int, seconds: float, speed: float | None = None) -> Workload:
    """What is asked within some seconds; `speed` None fits all of the traces in, up to their first hour.

    Raises: CommandFailed if a trace cannot be read, or has no call in that time.
    """
    chance = random.Random(seed)
    most_s = HOUR_S if speed is None else speed * seconds
    sample, traced, span_s = _sampled(_sources(traces, seed, most_s), _room(seconds), chance)
    if not sample:
        raise bad_input(f"--speed {speed}: no call comes in so short a time; choose a higher one")
    speed = speed or max(1.0, span_s / seconds)
    asks = sorted(_ask(call, teams, speed, chance) for teams, call in sample)
    mean = sum(ask.generated_tokens for ask in asks) / len(asks)
    longest = max(ask.generated_tokens for ask in asks)
    pace = min(MEAN_WRITING_MS / mean, LONGEST_WRITING_MS / longest)
    loop = Ask(0.0, RUNAWAY, RUNAWAY_CONTEXT, max(1, round(mean)))
    limits, files = _limits(asks, loop, seconds), tuple(map(str, traces))
    return Workload(tuple(asks), loop, limits, seconds, speed, traced, pace, seed, files)


def dealt_out(
    traces: list[Path], seed: int, most: int, chance: random.Random
) -> tuple[list[tuple[float, str, int, int]], float]:
    """At most so many calls of the first hour, a fair sample, at their own times, and how long they take.

    Each is when, by whom, tokens read and tokens written. Raises: CommandFailed as `plan`.
    """
    sample, _, span_s = _sampled(_sources(traces, seed, HOUR_S), most, chance)
    asks = sorted(_ask(call, teams, 1.0, chance) for teams, call in sample)
    calls = [(ask.at_s, ask.agent, ask.context_tokens, ask.generated_tokens) for ask in asks]
    return calls, max(60.0, span_s)


def built_in(team: str, seed: int, seconds: float) -> Iterator[TracedCall]:
    """The built-in calls of a team, oldest first."""
    chance, shape, at_s = random.Random(f"{seed} {team}"), SHAPES[team], 0.0
    while at_s < seconds:
        rate = max(1e-9, shape.calls_per_s * chance.gammavariate(shape.burst, 1 / shape.burst))
        ends_s = min(at_s + MINUTE_S, seconds)
        at_s += chance.expovariate(rate)
        while at_s < ends_s:
            yield TracedCall(at_s, _length(chance, shape.context), _length(chance, shape.generated))
            at_s += chance.expovariate(rate)
        # What would have come after the minute comes at the next minute's rate: gaps have no memory.
        at_s = ends_s


def _length(chance: random.Random, how: tuple[float, float, int]) -> int:
    mean, deviation, most = how
    return max(1, min(most, round(chance.lognormvariate(mean, deviation))))


Source = tuple[tuple[str, ...], Iterable[TracedCall]]
"""Calls, and the teams among which they are dealt out."""


def _sources(traces: list[Path], seed: int, most_s: float) -> list[Source]:
    """One trace a team; fewer traces go round, and teams of one trace share its calls."""
    if not traces:
        return [((team,), built_in(team, seed, most_s)) for team in TEAMS]
    return [(TEAMS[place :: len(traces)], read_trace(path, most_s)) for place, path in enumerate(traces)]


def _room(seconds: float) -> int:
    """How many calls keep the provider as busy as it should be."""
    return max(1, round(BUSY * SLOTS * seconds * 1_000 / (FIRST_TOKEN_MS + MEAN_WRITING_MS)))


def _sampled(
    sources: list[Source], room: int, chance: random.Random
) -> tuple[list[tuple[tuple[str, ...], TracedCall]], int, float]:
    """A fair sample of at most `room` calls, how many there were, and the seconds from the first to the last.

    One pass, and memory for the sample alone. Source: Vitter, Random sampling with a reservoir (1985),
    algorithm R.
    """
    sample: list[tuple[tuple[str, ...], TracedCall]] = []
    seen, last_s = 0, 0.0
    for teams, calls in sources:
        for call in calls:
            seen, last_s = seen + 1, max(last_s, call.at_s)
            if seen <= room:
                sample.append((teams, call))
            elif (place := chance.randrange(seen)) < room:
                sample[place] = (teams, call)
    return sample, seen, last_s


def _ask(call: TracedCall, teams: tuple[str, ...], speed: float, chance: random.Random) -> Ask:
    agent = chance.choice(CREW[chance.choice(teams)])
    generated = max(1, call.generated_tokens)
    least = -(-len(PREAMBLE.format(generated)) // BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE
    return Ask(call.at_s / speed, agent, max(least, call.context_tokens), generated)


def _limits(asks: list[Ask], loop: Ask, seconds: float) -> tuple[Budget, ...]:
    """What each may spend; the spare is what all the provider's slots can hold at most."""
    needs = {agent: 0 for crew in CREW.values() for agent in crew}
    for ask in asks:
        needs[ask.agent] += ask.cost_ucr
    spare = SLOTS * max(ask.most_ucr for ask in (*asks, loop))
    return budgets(needs, spare, round(RUNAWAY_CALLS_PER_S * seconds) * loop.cost_ucr)
