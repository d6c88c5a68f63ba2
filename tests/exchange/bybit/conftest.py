"""Bybit's scripted exchange is closed when its tests are over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.exchange.bybit.room import kept_open


@pytest.fixture(scope="session", autouse=True)
def closed_at_the_end() -> Iterator[None]:
    with kept_open():
        yield
