"""What may serve as an id."""

import pytest

from econonexus.domain.ids import is_name


@pytest.mark.parametrize("text", ["a", "7", "ann", "llm.tokens", "mint:usd", "a@b.c/d+e-f_g", "x" * 128])
def test_a_name_begins_with_a_letter_or_digit_and_needs_no_quoting(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize("text", ["", " ", "-a", ".a", "a b", "a\n", "a\0", "é", "a?b", "٣", "x" * 129])
def test_anything_else_is_no_name(text: str) -> None:
    assert not is_name(text)
