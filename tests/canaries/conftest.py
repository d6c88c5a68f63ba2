"""A journey at an exchange that echoes; one exchange for all journeys of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.exchange.transport import Transport
from tests.canaries.binance import Binance
from tests.canaries.exchange import Echoing, an_exchange
from tests.canaries.journey import Journey, now_ms


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Echoing, Transport]]:
    with an_exchange(now_ms) as served:
        yield served


@pytest.fixture
def journey(
    served: tuple[Echoing, Transport],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Journey:
    """Before a provider is chosen."""
    exchange, there = served
    exchange.mend(Binance(now_ms))
    return Journey(tmp_path, monkeypatch, capfd, exchange, there)
