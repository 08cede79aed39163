"""Who plays: an organisation, three teams, their agents, one of which loops, and what each may spend.

One credit is one US dollar here, so that a µcr is a millionth of a dollar.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

ORGANISATION = "organisation"
TEAMS = ("coding", "support", "research")
RUNAWAY = "research-loop"
"""The agent that is stuck in a loop; the other three of its team are its nearest neighbours."""
CREW: Mapping[str, tuple[str, ...]] = {
    "coding": ("coding-1", "coding-2", "coding-3", "coding-4"),
    "support": ("support-1", "support-2", "support-3", "support-4"),
    "research": ("research-1", "research-2", "research-3"),
}
"""The agents that do their work, by team."""
RUNAWAY_TEAM = "research"
TEAM_OF: Mapping[str, str] = {agent: team for team, crew in CREW.items() for agent in crew} | {
    RUNAWAY: RUNAWAY_TEAM
}

MILLION = 1_000_000
INPUT_UCR = 2_500_000
"""What a million tokens read cost: 2.50 dollars."""
OUTPUT_UCR = 10_000_000
"""What a million tokens written cost: 10 dollars."""
CENT = 10_000


class Budget(NamedTuple):
    """A limit on everything beneath it."""

    name: str
    parent: str | None
    limit_ucr: int


def price(input_tokens: int, output_tokens: int) -> int:
    """What a call costs in µcr, rounded up once."""
    return -(-(INPUT_UCR * input_tokens + OUTPUT_UCR * output_tokens) // MILLION)


def budgets(needs: Mapping[str, int], spare: int, runaway: int) -> tuple[Budget, ...]:
    """The limits, parents first, in µcr: what the work of each agent needs, a tenth more, and `spare`.

    `spare` is for what calls under way hold beyond what they will cost. The runaway may spend `runaway`;
    a team and the organisation may spend what the work beneath them needs, a tenth of that, one `spare`
    and the runaway's limit, so that there is enough for everybody as long as everybody keeps to a limit.
    """
    limits = {agent: _limit(need, spare) for agent, need in needs.items()} | {RUNAWAY: runaway}
    by_team = Counter[str]()
    for agent, need in needs.items():
        by_team[TEAM_OF[agent]] += need
    teams = {team: _limit(by_team[team], spare) + runaway * (team == RUNAWAY_TEAM) for team in TEAMS}
    top = Budget(ORGANISATION, None, _limit(sum(needs.values()), spare) + runaway)
    return (
        top,
        *(Budget(team, ORGANISATION, limit) for team, limit in teams.items()),
        *(Budget(agent, TEAM_OF[agent], limit) for agent, limit in limits.items()),
    )


def _limit(need: int, spare: int) -> int:
    return -(-(need * 11 // 10 + spare) // CENT) * CENT


def overspend(limits: Sequence[Budget], spent: Mapping[str, int]) -> dict[str, int]:
    """By budget, the least that would have to be unspent beneath it for all limits there to hold, in µcr.

    `spent` is by agent. What an agent spent over its own limit counts once, however many limits above it
    were broken by that too.
    """
    total, over = Counter(spent), Counter[str]()
    for name, parent, limit in reversed(limits):
        over[name] = max(over[name], total[name] - limit)
        if parent is not None:
            total[parent] += total[name]
            over[parent] += over[name]
    return dict(over)
