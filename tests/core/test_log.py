"""The log keeps every row where it was, across its blocks."""

from __future__ import annotations

import numpy as np

from runner.core import codes
from runner.core.log import Log

ROWS = 70_000  # three blocks


def a_long_log() -> Log:
    log = Log()
    for number in range(ROWS):
        log.add(float(number), 0, codes.ENTRY, 0, 1, 1.0, codes.MARKET, 1.0, 0.0, 0.0, 0, 0.0)
    return log


def test_rows_are_counted_and_kept_in_order() -> None:
    log = a_long_log()

    assert log.count == ROWS
    np.testing.assert_array_equal(log.array()[:, codes.DECIDED], np.arange(ROWS))
    assert sum(map(len, log.parts())) == ROWS
    assert log.cells(ROWS - 1) == log.array()[-1].tolist()


def test_an_order_may_end_in_a_block_before_the_newest() -> None:
    log = a_long_log()

    log.end(5, codes.CANCELED)
    log.fill(40_000, 2.0, 100.0, 0.1, 60_000.0, True)
    log.end(ROWS - 1, codes.EXPIRED)

    states = log.array()[:, codes.STATE]
    assert states[[5, 40_000, ROWS - 1]].tolist() == [codes.CANCELED, codes.FILLED, codes.EXPIRED]
    assert np.count_nonzero(states) == 3
    assert log.value(40_000, codes.FILL_PRICE) == 100.0
