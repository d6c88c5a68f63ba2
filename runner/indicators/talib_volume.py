"""Rows of the table: what TA-Lib makes of volume, and the levels that never forget their start."""

from __future__ import annotations

from runner.indicators.signature import Function, Level, cascade_steps
from runner.indicators.talib_row import average_lookback, average_steps, row

ROWS: tuple[Function, ...] = (
    row(
        "AD", "", "volume", "Accumulation and distribution: volume by where bars closed, added up.",
        "ad = ad[1] + volume * ((close - low) - (high - close)) / (high - low)", level=Level.ADDED,
    ),
    row(
        "ADOSC", "fast slow", "volume", "Chaikin's oscillator: two averages of ad.",
        "ema(ad(), fast) - ema(ad(), slow), each started from its first value",
        lambda fast, slow: slow - 1, lambda fast, slow: cascade_steps(slow, 1),
        ascending=("fast", "slow"),
    ),
    row(
        "CMF", "n", "-1 to 1", "Chaikin's money flow: where bars closed, weighted by volume.",
        "sum(volume * ((close - low) - (high - close)) / (high - low), n) / sum(volume, n)",
        lambda n: n - 1,
    ),
    row(
        "EFI", "n", "price times volume", "Elder's force: average of change times volume.",
        "ema(change(close, 1) * volume, n)", lambda n: n, lambda n: cascade_steps(n, 1),
    ),
    row(
        "MARKETFI", "", "price per volume", "Market facilitation: range for each unit of volume.",
        "(high - low) / volume",
    ),
    row(
        "NVI", "", "index", "Negative volume index: follows the close where volume fell.",
        "nvi = nvi[1] * (close / close[1] if volume < volume[1] else 1)", level=Level.SCALED,
    ),
    row(
        "OBV", "", "volume", "On-balance volume: added where the source rose, taken where it fell.",
        "obv = obv[1] + sign(source - source[1]) * volume", level=Level.ADDED,
    ),
    row(
        "PVI", "", "index", "Positive volume index: follows the close where volume rose.",
        "pvi = pvi[1] * (close / close[1] if volume > volume[1] else 1)", level=Level.SCALED,
    ),
    row(
        "PVO", "fast slow average", "percent",
        "Difference of two averages of volume in percent of the slow one.",
        "100 * (average(volume, fast) - average(volume, slow)) / average(volume, slow)",
        lambda fast, slow, average: average_lookback(slow, average),
        lambda fast, slow, average: average_steps(slow, average), ascending=("fast", "slow"),
    ),
    row(
        "PVT", "", "volume", "Price and volume trend: volume times the change's part, added up.",
        "pvt = pvt[1] + volume * (close / close[1] - 1)", level=Level.ADDED,
    ),
    row(
        "RVOL", "n", "1", "Volume in parts of the mean of the n bars before.",
        "volume / sma(volume, n)[1]", lambda n: n,
    ),
    row(
        "WAD", "", "price", "Williams' accumulation and distribution of closes, added up.",
        "wad = wad[1] + (close - min(low, close[1]) at a rise, close - max(high, close[1]) at a "
        "fall, else 0)", level=Level.ADDED,
    ),
)  # fmt: skip
