"""The scripted exchanges are closed when their tests are over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exchange.untraded.room import kept_open


@pytest.fixture(scope="package", autouse=True)
def _closed_at_the_end() -> Iterator[None]:
    with kept_open():
        yield
