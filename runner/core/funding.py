"""What funding costs one unit of base currency at each bar's close (SPEC section 3, "Costs").

In: closes and the recorded rates. Out: quote currency per unit held; a long pays it when it is
above zero. The backtest and the embedded exchange charge by this one array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Stamps come a little late: those within a minute after an instant belong to it.
LATENESS_MS = 60_000


def per_unit(
    closed_at: NDArray[np.int64],
    close: NDArray[np.float64],
    stamps_ms: NDArray[np.int64],
    rates: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Rates of the stamps within each bar, summed in their order, times the bar's close.

    A stamp belongs to the bar at whose close it has just passed: previous close + 60 s <= stamp <
    close + 60 s. The first bar is as long as the shortest step between closes; what lies before
    it is dropped.

    >>> closes = np.array([3_600_000, 7_200_000])
    >>> stamps, rates = np.array([0, 3_600_005, 7_200_001]), np.array([0.5, 0.001, 0.002])
    >>> per_unit(closes, np.array([100.0, 200.0]), stamps, rates)
    array([0.1, 0.4])
    """
    charged = np.zeros(len(close))
    if not len(closed_at):
        return charged
    due = stamps_ms - LATENESS_MS
    counted = due < closed_at[-1]
    early = due < closed_at[0]
    if early.any():
        opened = closed_at[0] - np.diff(closed_at).min(initial=closed_at[0])
        counted &= ~early | (due >= opened)
    bars = np.searchsorted(closed_at, due[counted], "right")
    np.add.at(charged, bars, rates[counted])  # one after the other, in the order of the stamps
    charged *= close
    return charged
