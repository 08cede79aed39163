"""After every test of auctions that run, the second bookkeeper looks at all that happened."""

from collections.abc import Iterator

import pytest

from tests.audit.test_agreement import assert_agreement
from tests.domain.auctions.stage import STAGED


@pytest.fixture(autouse=True)
def both_bookkeepers_agree() -> Iterator[None]:
    STAGED.clear()
    yield
    for stage in STAGED:
        assert_agreement(stage)
