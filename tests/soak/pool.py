"""Commands to live by: drawn once from the strategies of all subjects, used under ever new names."""

import random
import re

import msgspec
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from econonexus.domain.commands import Command
from econonexus.domain.ids import SECOND
from tests.strategies import COMMANDS, USUAL, at

UNIT = SECOND // 50
"""What the strategies count time in: 20 ms, so that an auction lives through a few hundred commands."""
PER_DRAW = 40
NUMBERED = re.compile(r"([a-z]+)(\d+)((?::\d+)?)")
"""Names such as `h3`, `a1`, `a1:2`: of these there are new ones all the time."""
NAMED = frozenset({"hold", "auction", "bid", "grant", "order", "request", "question", "reveal", "trade"})
"""The fields of commands that hold such names."""


def drawn(size: int, by: int) -> list[Command]:
    """So many commands, the same for the same seed."""
    pool: list[Command] = []

    @seed(by)
    @settings(
        max_examples=-(-size // PER_DRAW),
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.one_of(USUAL, USUAL, COMMANDS), min_size=PER_DRAW, max_size=PER_DRAW))
    def draw(commands: list[Command]) -> None:
        pool.extend(commands)

    draw()
    random.Random(by).shuffle(pool)
    return pool[:size]


def meant(command: Command, now: int, epoch: int) -> Command:
    """A command of the pool as it is asked now: its times counted from now, its names those of the epoch."""
    renamed = {
        field: NUMBERED.sub(rf"\g<1>\g<2>-{epoch}\g<3>", value)
        for field in NAMED.intersection(command.__struct_fields__)
        if isinstance(value := getattr(command, field), str) and NUMBERED.fullmatch(value)
    }
    return at(now, msgspec.structs.replace(command, **renamed) if renamed else command, UNIT)
