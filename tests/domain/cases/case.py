"""What a worked case is, and the time at which it happens."""

from typing import NamedTuple

from econonexus.domain import commands as c
from econonexus.domain.commands import Command
from econonexus.domain.events import Event
from econonexus.domain.kinds import Standing
from econonexus.domain.refusals import RefusalCode
from tests.world import START

LATER = START + 100
"""A time to come, in the town of either test."""
NOW = START + 1
DIGEST = "5f" * 32
FRESH = "e7" * 32
SUSPEND_CREW = c.SetStanding("crew", Standing.SUSPENDED)
BAN_CREW = c.SetStanding("crew", Standing.BANNED)
"""pat's and sam's owner."""
STOP_PAT, STOP_SAM, STOP_CREW = c.FreezeAgent("pat"), c.FreezeAgent("sam"), c.FreezeTeam("crew")


class Case(NamedTuple):
    """In `town`, after the commands of `first`, the command is refused with the code."""

    code: RefusalCode
    command: Command
    first: tuple[Command | int, ...] = ()


class Accepted(NamedTuple):
    """In the town of `test_commands`, after the commands of `first`, the command yields these events."""

    command: Command
    events: tuple[Event, ...]
    first: tuple[Command | int, ...] = ()
