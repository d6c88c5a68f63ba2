"""Closes the doors that the tests of Bitget share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exchange.bitget.desk import OPEN


@pytest.fixture(scope="package", autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()
