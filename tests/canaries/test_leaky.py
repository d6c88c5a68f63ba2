"""The negative control: every runner that leaks on purpose is found by the very same journey."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.canaries.journey import Journey
from tests.canaries.leaky import LEAKS
from tests.canaries.leaky_elsewhere import LEAKS_ELSEWHERE


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What leaked is not found again in the next journey."""
    yield
    gc.collect()


def turn(journey: Journey) -> list[str]:
    """What a turn that trades shows, and the doctor, and the log."""
    journey.run()
    journey.runner("doctor", "probe.yaml", "--allow-exec", "--json", "--state", "state")
    journey.runner("audit", "show", "--json", "--state", "state")
    return journey.leaks()


def test_the_runner_that_does_not_leak_is_not_found(journey: Journey) -> None:
    journey.begin("file")

    assert turn(journey) == []


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_found(leak: str, journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    journey.begin("file")
    LEAKS[leak](monkeypatch, journey)

    assert turn(journey) != []


@pytest.mark.parametrize("leak", LEAKS_ELSEWHERE)
def test_a_leak_at_another_exchange_is_found(
    leak: str, journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange, happens = LEAKS_ELSEWHERE[leak]
    journey.begin("file", exchange)
    happens(monkeypatch, journey)

    assert turn(journey) != []
