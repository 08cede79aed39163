"""Commands at random, over names few enough to meet each other, valid and invalid.

A file a subject: `often` and `seldom` list what is drawn as any command, `usual` what mostly succeeds, and
`opening` says what a random walk begins with. Instants are counted from the present (`at`).
"""

import msgspec
from hypothesis import strategies as st

from econonexus.domain import commands as c
from econonexus.domain.ids import Instant
from tests.strategies import attention, markets, money, orders, requests, running, stakes
from tests.strategies.money import BIGGEST

SUBJECTS = (money, markets, attention, orders, requests, running, stakes)
TIMES = ("expires_at", "opens_at", "closes_at", "starts_at", "ends_at")
"""The fields of commands that are instants."""

_OFTEN = [each for subject in SUBJECTS for each in subject.often()]
_SELDOM = [each for subject in SUBJECTS for each in subject.seldom()]
_ANY = st.one_of(*_OFTEN, *_OFTEN, *_SELDOM)
_USUAL = st.one_of(*(each for subject in SUBJECTS for each in subject.usual()))


@st.composite
def _any_command(draw: st.DrawFn) -> c.Command:
    return draw(_ANY)


@st.composite
def _usual_command(draw: st.DrawFn) -> c.Command:
    return draw(_USUAL)


# Composites, as Hypothesis would print the strategies in full, which is very long.
USUAL = _usual_command()
"""Commands that mostly succeed; instants are counted from the present (`at`)."""

COMMANDS = _any_command()
"""Any command; instants are counted from the present (`at`)."""


def at(now: int, command: c.Command, unit: int = 1) -> c.Command:
    """A command drawn from `COMMANDS` with the instants that its times mean, counted in `unit` from now."""
    drawn = {field: getattr(command, field, None) for field in TIMES}
    meant = {
        field: Instant(now + value * unit)
        for field, value in drawn.items()
        if type(value) is int and value < BIGGEST
    }
    return msgspec.structs.replace(command, **meant) if meant else command


def opening(unit: int = 1) -> list[c.Command]:
    """What a random walk begins with; the times of markets are counted in `unit`."""
    return [command for subject in SUBJECTS for command in subject.opening(unit)]
