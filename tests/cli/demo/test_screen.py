"""What the screen makes of numbers."""

import pytest

from econonexus.cli.demo.screen import bars, dollars


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
