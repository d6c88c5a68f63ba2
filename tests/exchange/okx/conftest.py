"""What the tests of OKX share is closed behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exchange.okx.answers import HOUSE


@pytest.fixture(scope="session", autouse=True)
def _house() -> Iterator[None]:
    yield
    HOUSE.close()
