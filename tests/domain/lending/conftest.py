"""Whatever happens where records lend, the second bookkeeper finds nothing wrong with it."""

from collections.abc import Iterator

import pytest

from tests.audit.test_agreement import assert_agreement
from tests.domain.lending.market import OPENED


@pytest.fixture(autouse=True)
def both_bookkeepers_agree() -> Iterator[None]:
    OPENED.clear()
    yield
    for world in OPENED:
        assert_agreement(world)
        world.check_history()
