"""What falls due when, where things end or move before they are due."""

from hypothesis import given
from hypothesis import strategies as st

from econonexus.domain.commands import ExpireHold
from econonexus.domain.deadlines import Deadlines, Timed

STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 9))), max_size=30)


def of(open_until: dict[str, int]) -> Deadlines:
    return Deadlines({"hold": Timed(open_until.keys, open_until.get, ExpireHold)})


@given(STEPS)
def test_what_is_due_is_what_is_open_and_whose_time_has_come(steps: list[tuple[str, int | None]]) -> None:
    open_until: dict[str, int] = {}
    deadlines = of(open_until)
    for name, at in steps:
        if at is None:
            open_until.pop(name, None)
        else:
            open_until[name] = at
            deadlines.add("hold", name, at)
        soonest = min(open_until.values(), default=None)
        for now in range(-1, 11):
            assert deadlines.is_due(now) == (soonest is not None and soonest <= now)
        assert deadlines.soonest() == soonest


def test_what_is_due_is_asked_for_until_it_is_gone() -> None:
    open_until = {"a": 5, "b": 3}
    deadlines = of(open_until)
    assert deadlines.ask(2) is None
    assert deadlines.ask(9) == deadlines.ask(9) == ExpireHold("b")
    del open_until["b"]
    assert deadlines.ask(9) == ExpireHold("a")
    assert not deadlines.is_due(4)


def test_what_moved_too_often_is_forgotten() -> None:
    """The heap stays linear in what is open, however often that moves."""
    open_until: dict[str, int] = {}
    deadlines = of(open_until)
    for at in range(20_000):
        open_until["a"] = at
        deadlines.add("hold", "a", at)
    assert len(deadlines._heap) < 5_000
    assert deadlines.soonest() == 19_999
