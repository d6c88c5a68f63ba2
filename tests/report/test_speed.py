"""Statistics of a long run cost little beside the run."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from runner.report.metrics import metrics
from tests.report.test_metrics import a_result, a_trip

BARS = 1_000_000
MINUTE_MS = 60_000


def test_a_million_instants_cost_a_few_passes_over_them() -> None:
    wandering = 100.0 * np.exp(np.random.default_rng(7).normal(0.0, 1e-4, BARS).cumsum())
    trips = [a_trip(entered=at, left=at + 2) for at in range(0, 16_000, 4)]
    result = a_result(wandering.tolist(), MINUTE_MS, *trips)

    spent = best_of(lambda: metrics(result))
    one_pass = best_of(lambda: result.equity.cumsum())

    # 10 ms and 2.5 ms where this was written.
    assert spent < 12 * one_pass, (spent, one_pass)


def best_of(work: Callable[[], object]) -> float:
    """CPU seconds of the quickest of five runs: other work on the machine only ever adds."""
    spent = []
    for _ in range(5):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent)
