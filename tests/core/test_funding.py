"""Which funding stamps belong to which bar, and what they cost one unit."""

from __future__ import annotations

import numpy as np
import pytest

from runner.core.funding import per_unit

HOUR, MINUTE = 3_600_000, 60_000


def charged(stamps: list[int], closes: list[int] | None = None) -> list[float]:
    """Three hourly bars at 100, 200 and 400, each stamp with the rate 0.001."""
    closed_at = np.array(closes or [HOUR, 2 * HOUR, 3 * HOUR], dtype=np.int64)
    prices = np.array([100.0, 200.0, 400.0])[: len(closed_at)]
    rates = np.full(len(stamps), 0.001)
    return list(per_unit(closed_at, prices, np.array(stamps, dtype=np.int64), rates))


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (MINUTE - 1, [0.0, 0.0, 0.0]),  # before the first bar
        (MINUTE, [0.1, 0.0, 0.0]),
        (HOUR, [0.1, 0.0, 0.0]),
        (HOUR + MINUTE - 1, [0.1, 0.0, 0.0]),  # a little late, still of that close
        (HOUR + MINUTE, [0.0, 0.2, 0.0]),
        (3 * HOUR + MINUTE - 1, [0.0, 0.0, 0.4]),
        (3 * HOUR + MINUTE, [0.0, 0.0, 0.0]),  # after the last bar
    ],
)
def test_a_stamp_belongs_to_the_close_that_it_has_just_passed(
    stamp: int, expected: list[float]
) -> None:
    assert charged([stamp]) == expected


def test_stamps_within_a_gap_are_charged_together_at_the_next_close() -> None:
    assert charged([HOUR, 3 * HOUR, 5 * HOUR], [HOUR, 2 * HOUR, 5 * HOUR]) == [
        0.1,
        0.0,
        (0.001 + 0.001) * 400.0,
    ]


def test_rates_are_summed_in_their_order_before_they_meet_the_price() -> None:
    rates = np.array([0.1, 0.2, 0.3, -0.7])
    stamps = np.array([HOUR, HOUR + 1, HOUR + 2, HOUR + 3])

    found = per_unit(np.array([HOUR, 2 * HOUR]), np.array([3.0, 1.0]), stamps, rates)

    assert found[0] == (((0.1 + 0.2) + 0.3) + -0.7) * 3.0


def test_nothing_is_charged_without_stamps_or_without_bars() -> None:
    none = np.array([], dtype=np.int64)

    assert charged([]) == [0.0, 0.0, 0.0]
    assert list(per_unit(none, np.zeros(0), none, np.zeros(0))) == []
