"""What the tests of Deribit share is closed behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exchange.deribit.room import kept_open


@pytest.fixture(scope="session", autouse=True)
def _room() -> Iterator[None]:
    with kept_open():
        yield
