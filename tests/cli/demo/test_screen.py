"""What the screen makes of numbers."""

import asyncio

import pytest

from econonexus.cli.demo.agents import Notes, Seen
from econonexus.cli.demo.screen import bars, watching
from econonexus.cli.demo.tables import dollars
from tests.virtual_time import in_virtual_time


@pytest.mark.parametrize(
    ("amount_ucr", "text"),
    [
        (0, "$0.00"),
        (1, "$0.000001"),
        (9_999, "$0.009999"),
        (10_000, "$0.01"),
        (1_234_567_890, "$1,234.57"),
    ],
)
def test_a_credit_is_a_dollar_and_the_smallest_amount_is_seen(amount_ucr: int, text: str) -> None:
    assert dollars(amount_ucr) == text


def test_bars_are_to_scale_and_nothing_is_no_bar() -> None:
    assert bars([0.0, 35.0, 70.0, None], 70.0) == "▁▅█ "


@in_virtual_time
async def test_where_nobody_can_watch_a_bar_progress_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    notes = Notes()

    with watching(1, "econonexus", 12.0) as watch:
        for _ in range(13):
            await asyncio.sleep(1)
            notes.seen.append(Seen("coding-1", 0.0))
            watch(notes)

    assert capsys.readouterr().err == (
        "1 of 2  EconoNexus: 5 of 12 s, 5 served, 0 refused\n"
        "1 of 2  EconoNexus: 10 of 12 s, 10 served, 0 refused\n"
    )
