"""Promises over time, against a list of all of them that is gone through for every instant."""

from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain import calendar
from econonexus.domain.calendar import Calendar

LATEST = 40

Promise = tuple[int, int, int]
"""Units, and from when until when."""

WINDOWS = st.tuples(st.integers(0, LATEST), st.integers(0, LATEST)).map(
    lambda ends: (min(ends), max(ends) + 1)
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("promise"), st.integers(0, 9), WINDOWS),
        st.tuples(st.just("give back"), st.integers(0, 99), st.none()),
        st.tuples(st.just("wait"), st.integers(0, 4), st.none()),
    ),
    max_size=60,
)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few promises make many blocks."""
    monkeypatch.setattr(calendar, "BLOCK", 3)


def promise(kept: Calendar, units: int, start: int, end: int, now: int) -> None:
    kept.pass_to(now)
    if end > now:
        if start > now:
            kept.add(start, units)
        else:
            kept.level += units
        kept.add(end, -units)


def promised(promises: Iterable[Promise], instant: int) -> int:
    return sum(units for units, start, end in promises if start <= instant < end)


@given(STEPS)
def test_every_peak_is_that_of_the_promises(steps: list[tuple[str, int, tuple[int, int] | None]]) -> None:
    kept, promises, now = Calendar(), list[Promise](), 0
    for step, number, window in steps:
        if step == "wait":
            now += number
        elif step == "promise":
            assert window is not None
            start, end = window
            promise(kept, number, max(start, now), max(end, now + 1), now)
            promises.append((number, max(start, now), max(end, now + 1)))
        elif promises:
            units, start, end = promises.pop(number % len(promises))
            promise(kept, -units, start, end, now)
            if start < now < end:  # So far it was used.
                promises.append((units, start, now))
    at = [promised(promises, instant) for instant in range(LATEST + 50)]
    for start in range(now, LATEST + 3):
        for end in range(start + 1, LATEST + 4):
            assert kept.peak(start, end) == max(at[start:end])


@given(STEPS)
def test_the_blocks_are_in_order_and_add_up(steps: list[tuple[str, int, tuple[int, int] | None]]) -> None:
    kept, now = Calendar(), 0
    for step, number, window in steps:
        if step == "wait":
            now += number
            kept.pass_to(now)
        elif window is not None:
            promise(kept, number, *window, now)
    moments = [moment for block in kept.blocks for moment in block.moments]
    assert moments == sorted(set(moments))
    assert all(moment > now for moment in moments)
    assert kept.soon(5) == moments[:5]
    assert all(0 < len(block.moments) <= 3 and 0 not in block.changes for block in kept.blocks)
    assert kept.rises == sum(change > 0 for block in kept.blocks for change in block.changes)
    for block in kept.blocks:
        sums = [sum(block.changes[: count + 1]) for count in range(len(block.changes))]
        assert (block.total, block.peak) == (sums[-1], max(sums))


def test_a_promise_that_begins_where_another_ends_is_no_change() -> None:
    kept = Calendar()
    promise(kept, 5, 10, 20, 0)
    promise(kept, 5, 20, 30, 0)
    assert kept.soon(9) == [10, 30]
    assert kept.peak(0, 10) == 0
    assert kept.peak(0, 11) == 5
    assert kept.peak(29, 99) == 5
    assert kept.peak(30, 99) == 0


def test_a_calendar_is_read_as_it_was_written() -> None:
    kept = Calendar()
    for start in range(1, 12):
        promise(kept, start, start, 2 * start + 1, 0)
    assert msgspec.json.decode(msgspec.json.encode(kept), type=Calendar) == kept
