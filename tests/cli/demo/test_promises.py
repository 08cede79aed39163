"""What three providers hold at the end, worked out by hand in credits: 1,400 there are in all.

lea is to be paid what boris asked, 20, and is late: forgiven once, but the 10 that boris costs more are hers
to pay. boris is to be paid what emma asked, 30, and forges: all of his 200 are lost, 10 of them to kim, as
emma, who is left alone, gets the ceiling of 40; 190 are burned. emma is paid 40, and a tenth of the bonus.
"""

import pytest

from econonexus.cli.demo.promises import play_promises
from econonexus.cli.demo.promises_shown import show_promises

CREDIT = 1_000_000


def test_what_each_holds_at_the_end() -> None:
    found = play_promises()
    lines = {
        line.name: (line.promised_ucr, line.paid_ucr, line.lost_ucr, line.holds_ucr) for line in found.lines
    }
    assert lines == {
        "lea": (20 * CREDIT, 0, 10 * CREDIT, 290 * CREDIT),
        "boris": (30 * CREDIT, 0, 200 * CREDIT, 100 * CREDIT),
        "emma": (40 * CREDIT, 41 * CREDIT, 0, 341 * CREDIT),
    }
    assert (found.cost_ucr, found.first_price_ucr, found.burned_ucr) == (
        21 * CREDIT,
        20 * CREDIT,
        190 * CREDIT,
    )
    kim = 500 * CREDIT - found.cost_ucr
    assert kim + sum(line.holds_ucr for line in found.lines) + found.burned_ucr == 1_400 * CREDIT


def test_what_is_known_of_each_at_the_end() -> None:
    """A contract at 20 weighs as two, at 30 as three, at 40 as four; a side of a record begins with 1 of 2.

    lea: three sides 1 of 4, honesty 3 of 4. boris: 1 of 5. emma: 5 of 6.
    """
    known = [(line.verdict, line.standing, line.score) for line in play_promises().lines]
    assert known == [("late", "active", 0.375), ("byzantine", "banned", 0.2), ("excellent", "active", 0.833)]


def test_it_is_shown_with_every_number(capsys: pytest.CaptureFixture[str]) -> None:
    show_promises(play_promises())
    shown = capsys.readouterr().out
    for number in ("$290.00", "$100.00", "$341.00", "$200.00", "$21.00", "$190.00", "banned", "83%"):
        assert number in shown
