"""Numbers from elsewhere that rules may read: fear, hash rate, the value of a token.

In: the CSV file of an entry of `inputs:`. Out: per bar, the last value known when it closed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from runner.data.timed import Timed, read_timed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def read_input(path: Path, column: str, lag_ms: int) -> Timed:
    """When each value became known (its time and `lag_ms`, UTC ms, rising), and the values."""
    times, values = read_timed(path, column, "input values")
    return times + lag_ms, values


def aligned(
    known_at: NDArray[np.int64], values: NDArray[np.float64], closed_at: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Per bar the last value known at or before its close; NaN before the first.

    >>> import numpy as np
    >>> aligned(np.array([20, 40]), np.array([1.5, 2.5]), np.array([10, 20, 30, 40]))
    array([nan, 1.5, 1.5, 2.5])
    """
    import numpy as np

    last = np.searchsorted(known_at, closed_at, side="right") - 1
    return np.where(last >= 0, values[np.maximum(last, 0)], np.nan)
