"""What came of one run through one gateway: numbers for tables, from what agents saw and books say."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from econonexus.cli.demo.agents import LOOP_BEGINS, Notes, Seen, is_neighbour
from econonexus.cli.demo.cast import CREW, ORGANISATION, RUNAWAY, RUNAWAY_TEAM, TEAM_OF, TEAMS, overspend
from econonexus.cli.demo.provider import Bill
from econonexus.cli.demo.workload import Workload

TEAMMATES = "teammates"
PARTS = 25
"""Into so many parts the time is cut, to show how waits went."""
Gateway = Literal["check_then_record", "econonexus"]


class Line(msgspec.Struct, frozen=True):
    """One line of a table: a team, a part of one, or all of them."""

    name: str
    served: int
    waited_p50_ms: float | None
    """None where nobody was served."""
    waited_p95_ms: float | None
    refused: int
    spent_ucr: int
    limit_ucr: int | None
    """None where no limit is theirs alone."""
    overspent_ucr: int


class Reason(msgspec.Struct, frozen=True):
    """Who was refused, how often, and why."""

    agent: str
    times: int
    code: str
    why: str
    """The sentence of the last refusal."""


class Outcome(msgspec.Struct, frozen=True):
    """One run through one gateway."""

    gateway: Gateway
    lines: list[Line]
    refusals: list[Reason]
    overspent_ucr: int
    neighbours_p95_before_ms: float | None
    """The wait that 19 of 20 calls of everybody else did not exceed, before the runaway began."""
    neighbours_p95_after_ms: float | None
    neighbours_p95_ms: list[float | None]
    """The same for calls sent in each of `PARTS` equal parts of the time; None where nobody was served."""
    neighbours_refused: int
    billed_ucr: int
    """What the provider wants for it."""


def outcome_of(
    gateway: Gateway, work: Workload, notes: Notes, spent: Mapping[str, int], bill: Bill
) -> Outcome:
    """The numbers of a run. `spent` is by agent, in µcr, as the gateway has it in its books."""
    begins_s = LOOP_BEGINS * work.seconds
    others = [seen for seen in notes.seen if is_neighbour(seen)]
    lines = _lines(work, notes.seen, spent)
    return Outcome(
        gateway,
        lines,
        _reasons(notes.seen),
        lines[-1].overspent_ucr,
        _waited([seen for seen in others if seen.at_s < begins_s], 95),
        _waited([seen for seen in others if seen.at_s >= begins_s], 95),
        _over_time(others, work.seconds),
        sum(not seen.served for seen in others),
        bill.cost_ucr,
    )


def _lines(work: Workload, seen: Sequence[Seen], spent: Mapping[str, int]) -> list[Line]:
    """The teams; of the runaway's team also the two parts; the organisation last."""
    limits = {budget.name: budget.limit_ucr for budget in work.budgets}
    over = overspend(work.budgets, spent)

    def line(name: str, agents: Sequence[str]) -> Line:
        theirs = [call for call in seen if call.agent in agents]
        return Line(
            name,
            sum(call.served for call in theirs),
            _waited(theirs, 50),
            _waited(theirs, 95),
            sum(not call.served for call in theirs),
            sum(spent.get(agent, 0) for agent in agents),
            limits.get(name),
            over.get(name, sum(over[agent] for agent in agents)),
        )

    teams = [line(team, [agent for agent in TEAM_OF if TEAM_OF[agent] == team]) for team in TEAMS]
    mates, everybody = line(TEAMMATES, CREW[RUNAWAY_TEAM]), line(ORGANISATION, list(TEAM_OF))
    return [*teams, mates, line(RUNAWAY, [RUNAWAY]), everybody]


def _waited(seen: Sequence[Seen], percent: int) -> float | None:
    """A percentile of the waits of the calls that were served, by nearest rank, in ms."""
    waits = sorted(call.waited_ms for call in seen if call.served)
    return waits[math.ceil(len(waits) * percent / 100) - 1] if waits else None


def _over_time(seen: Sequence[Seen], seconds: float) -> list[float | None]:
    parts: list[list[Seen]] = [[] for _ in range(PARTS)]
    for call in seen:
        parts[min(PARTS - 1, int(call.at_s / seconds * PARTS))].append(call)
    return [_waited(part, 95) for part in parts]


def _reasons(seen: Sequence[Seen]) -> list[Reason]:
    """Most frequent first; what the last refusal of a kind said stands for all of it."""
    refused = [call for call in seen if not call.served]
    times = Counter((call.agent, call.code) for call in refused)
    last = {(call.agent, call.code): call.why for call in refused}
    return [Reason(agent, count, code, last[agent, code]) for (agent, code), count in times.most_common()]
