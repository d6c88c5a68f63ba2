"""Rows of the table: moving averages and bands of TA-Lib beyond our own."""

from __future__ import annotations

import math

from runner.indicators.signature import Function, cascade_steps, wilder_steps
from runner.indicators.talib_row import average_lookback, average_steps, kama_steps, row

#: Bars until the dominant cycle that was found no longer depends on its start: measured on 42,565
#: hours of BTC/USDT, where 500 did, with a margin of two.
CYCLE = 1_000


def _mama_steps(fast: float, slow: float) -> int:
    """Those of the cycle, and of the slower average at the smallest weight it can have."""
    return CYCLE + math.ceil(math.log(1e-12) / math.log1p(-min(fast, slow) / 2))


def _sar_steps(*numbers: float) -> int:
    """Measured on 42,565 hours of BTC/USDT, with a margin of two: 250 bars at 0.02, 800 at 0.005,
    2,500 at 0.001. Two starts become one at a reversal that both see."""
    return 100 + math.ceil(8 / min(it for it in numbers if it > 0))


ROWS: tuple[Function, ...] = (
    row(
        "ACCBANDS", "n", "prices",
        "Acceleration bands: mean close, and means of highs and lows pushed out by their range.",
        "push = 4 * (high - low) / (high + low); upper = sma(high * (1 + push), n); "
        "middle = sma(close, n); lower = sma(low * (1 - push), n)",
        lambda n: n - 1, outputs="upper middle lower",
    ),
    row(
        "DEMA", "n", "of source", "Double exponential average: quicker, with less lag.",
        "2 * ema(source, n) - ema(ema(source, n), n)",
        lambda n: 2 * (n - 1), lambda n: cascade_steps(n, 2),
    ),
    row(
        "HMA", "n", "of source", "Hull's average: weighted averages against each other's lag.",
        "wma(2 * wma(source, n / 2) - wma(source, n), sqrt(n)), lengths rounded down",
        lambda n: average_lookback(n, "hma"),
    ),
    row(
        "HT_TRENDLINE", "", "of source", "Mean over the dominant cycle that Hilbert's transform "
        "finds, smoothed.", "TA-Lib's HT_TRENDLINE", 63, CYCLE,
    ),
    row(
        "KAMA", "n", "of source", "Kaufman's average: quick where prices go straight, else slow.",
        "kama = kama[1] + (er(source, n) * (2 / 3 - 2 / 31) + 2 / 31) ** 2 * (source - kama[1])",
        lambda n: average_lookback(n, "kama"), kama_steps,
    ),
    row(
        "KC", "n ranges multiple", "prices",
        "Keltner channel of hlc3, whose average true range has a length of its own.",
        "middle = ema(hlc3, n); upper = middle + multiple * atr(ranges); "
        "lower = middle - multiple * atr(ranges)",
        lambda n, ranges, multiple: max(n - 1, ranges),
        lambda n, ranges, multiple: max(cascade_steps(n, 1), wilder_steps(ranges)),
        outputs="upper middle lower",
    ),
    row(
        "MA", "n average", "of source", "The average that the word names: ma(close, 20, ema).",
        "average(source, n); t3 with factor 0.7", average_lookback, average_steps,
    ),
    row(
        "MAMA", "fast_limit slow_limit", "of source",
        "MESA's average, as quick as the phase of the cycle turns, and the one that follows it.",
        "TA-Lib's MAMA; weights stay within the limits", 32, _mama_steps, outputs="mama fama",
    ),
    row(
        "MAVP", "shortest longest average", "of source",
        "The average over as many values as `periods` says at that bar, within the two bounds.",
        "average(source, min(max(periods, shortest), longest)), rounded down",
        lambda shortest, longest, average: average_lookback(longest, average),
        lambda shortest, longest, average: average_steps(longest, average),
        ascending=("shortest", "longest"),
    ),
    row(
        "MIDPOINT", "n", "of source", "Middle between the highest and the lowest of n values.",
        "(highest(source, n) + lowest(source, n)) / 2", lambda n: n - 1,
    ),
    row(
        "MIDPRICE", "n", "price", "Middle between the highest high and the lowest low of n bars.",
        "(highest(high, n) + lowest(low, n)) / 2", lambda n: n - 1,
    ),
    row(
        "RMA", "n", "of source", "Wilder's average, started from the mean of the first n values.",
        "rma = rma[1] + (source - rma[1]) / n", lambda n: n - 1, wilder_steps,
    ),
    row(
        "SAR", "acceleration maximum", "price",
        "Wilder's parabolic stop: closes in on the price faster at each new extreme.",
        "sar = sar[1] + weight * (extreme - sar[1]); the weight grows by acceleration at each new "
        "extreme, up to maximum; crossing the price turns it round", 1, _sar_steps,
    ),
    row(
        "SAREXT", "- offset first step most short_first short_step short_most", "price",
        "The parabolic stop with weights of its own for each side; negative while it is above the "
        "price.", "as sar, moved by offset of itself where it turns round", 1,
        lambda offset, *weights: _sar_steps(*weights),
    ),
    row(
        "T3", "n factor", "of source", "Tillson's average: six exponential ones, one of the other.",
        "d(d(d(source))), d(x) = (1 + factor) * ema(x, n) - factor * ema(ema(x, n), n)",
        lambda n, factor: 6 * (n - 1), lambda n, factor: cascade_steps(n, 6),
    ),
    row(
        "TEMA", "n", "of source", "Triple exponential average: quicker than the double one.",
        "3 * ema1 - 3 * ema2 + ema3, each the ema(..., n) of the one before",
        lambda n: 3 * (n - 1), lambda n: cascade_steps(n, 3),
    ),
    row(
        "TRIMA", "n", "of source", "Triangular average: the middle of the window weighs most.",
        "sma(sma(source, (n + 1) / 2), n / 2 + 1), lengths rounded down", lambda n: n - 1,
    ),
    row(
        "VWMA", "n", "of source", "Mean of n values weighted by volume; undefined without any.",
        "sum(source * volume, n) / sum(volume, n)", lambda n: n - 1,
    ),
    row(
        "ZLEMA", "n", "of source", "Exponential average of a value and its recent change.",
        "ema(2 * source - source[(n - 1) / 2], n), the look-back rounded down",
        lambda n: average_lookback(n, "zlema"), lambda n: cascade_steps(n, 1),
    ),
)  # fmt: skip
