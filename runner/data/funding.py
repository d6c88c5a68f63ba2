"""Funding of perpetual contracts: what a long pays a short, every few hours.

Recorded rates are used as they are. Where none is recorded, the rate that the rule file declares is
taken on the grid of 00:00, 08:00 and 16:00 UTC; where it declares none, the answer is no.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from runner.data.timed import read_timed
from runner.model.bars import Bars
from runner.model.clock import iso
from runner.model.digests import sha256
from runner.model.errors import Refused
from runner.model.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Of made-up contracts: what Binance's formula gives while price and index agree.
MADE_UP_RATE = Decimal("0.0001")

_PERIOD_MS = 8 * 3_600_000
_LATE_MS = 60_000  # a stamp this much after an instant of the grid still belongs to it
_MOST = 0.1  # 10 % at once: ten times what any exchange allows; percent taken for fractions


@dataclass(frozen=True, slots=True)
class Funding:
    """Settlements in order of `stamps_ms` (UTC): a long pays `rates` (fractions) of its worth."""

    stamps_ms: NDArray[np.int64]
    rates: NDArray[np.float64]
    source: str
    sha256: str


def read_funding(path: Path) -> Funding:
    """Of a CSV with the columns `timestamp,funding_rate`."""
    import numpy as np

    stamps, rates = read_timed(path, "funding_rate", "funding rates")
    wrong = np.flatnonzero(np.abs(rates) > _MOST)
    if len(wrong):
        row = int(wrong[0])
        raise Refused(
            f"{path}: the funding rate {rates[row]:g} at {iso(int(stamps[row]))} is above 10%; "
            "rates are fractions: 0.0001 is 0.01%"
        )
    return _funding(stamps, rates, str(path))


def declared_funding(bars: Bars, rate: Decimal, source: str) -> Funding:
    """The same `rate` per 8 hours at every instant of the grid while there are bars."""
    import numpy as np

    stamps = _grid(bars)
    return _funding(stamps, np.full(len(stamps), float(rate)), f"{per_8_hours(rate)}, {source}")


def completed_funding(recorded: Funding, bars: Bars, declared: Decimal | None) -> Funding:
    """Recorded rates, and the declared one at instants of the grid that have none."""
    import numpy as np

    grid = _grid(bars)
    next_stamp = np.searchsorted(recorded.stamps_ms, grid)
    ends = np.append(recorded.stamps_ms, np.iinfo(np.int64).max)
    missing = grid[ends[next_stamp] >= grid + _LATE_MS]
    if declared is None:
        _refuse_holes(recorded, missing, bars)
        return recorded
    if not len(missing):
        return recorded
    stamps = np.concatenate((recorded.stamps_ms, missing))
    rates = np.concatenate((recorded.rates, np.full(len(missing), float(declared))))
    order = np.argsort(stamps, kind="stable")
    source = f"{recorded.source}, and {per_8_hours(declared)} at {len(missing)} settlements that "
    return _funding(stamps[order], rates[order], f"{source}it lacks, as the rule file declares")


def per_8_hours(rate: Decimal) -> str:
    """As a person reads it: "0.01% per 8 hours"."""
    return f"{(rate * 100).normalize():f}% per 8 hours"


def _refuse_holes(recorded: Funding, missing: NDArray[np.int64], bars: Bars) -> None:
    """The settlement at the very end of the bars may be missing: it is not settled yet."""
    holes = missing[missing < bars.closed_at(len(bars) - 1)]
    if len(holes):
        raise Refused(
            f"{recorded.source} lacks {len(holes)} settlements while there are bars, the first at "
            f"{iso(int(holes[0]))}; add them, or write `backtest: {{funding: 0.01%}}` (per 8 "
            "hours) for those"
        )


def _grid(bars: Bars) -> NDArray[np.int64]:
    """Instants of settlement after the first bar opened, up to the close of the last."""
    import numpy as np

    first = int(bars.opened_at[0]) // _PERIOD_MS + 1
    last = bars.closed_at(len(bars) - 1) // _PERIOD_MS
    return np.arange(first, last + 1, dtype=np.int64) * _PERIOD_MS


def _funding(stamps: NDArray[np.int64], rates: NDArray[np.float64], source: str) -> Funding:
    content = sha256(stamps.astype("<i8", copy=False).tobytes())
    content.update(rates.astype("<f8", copy=False).tobytes())
    return Funding(stamps, rates, source, content.hexdigest())
