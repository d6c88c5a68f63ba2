"""Every function of the language: arguments, ranges, outputs, lookback, warm-up, unit, formula.

Imports nothing heavy, so that rule files are checked without numpy and TA-Lib. Our own functions
are here, those that only TA-Lib has in the modules of `groups`. What TA-Lib also has is compared
with TA-Lib itself by `runner.indicators.probe`, which the tests run.
"""

from __future__ import annotations

from collections.abc import Mapping

from runner.indicators.groups import Functions
from runner.indicators.signature import (
    MAX_LENGTH,
    Argument,
    ArgumentKind,
    Function,
    Gives,
    arithmetic,
    condition,
    crossing,
    differenced,
    ema_steps,
    length,
    multiple,
    source,
    width,
    wilder_steps,
    windowed,
    word,
)

__all__ = ["FUNCTIONS", "MAX_LENGTH", "Argument", "ArgumentKind", "Function", "Gives"]

_HLC = ("high", "low", "close")

_AVERAGES = (
    windowed(
        "sma", 1, "of source", "Simple moving average: mean of the last n values.",
        "(source + source[1] + ... + source[n - 1]) / n", "SMA",
    ),
    windowed(
        "mean", 1, "of source", "Mean of the last n values; the same as sma.",
        "(source + source[1] + ... + source[n - 1]) / n", "SMA",
    ),
    windowed(
        "sum", 2, "of source", "Sum of the last n values.",
        "source + source[1] + ... + source[n - 1]", "SUM",
    ),
    windowed(
        "wma", 1, "of source", "Weighted moving average: weights n, n - 1 ... 1, newest first.",
        "(n * source + (n - 1) * source[1] + ... + source[n - 1]) / (n * (n + 1) / 2)", "WMA",
    ),
    Function(
        "ema", (source(), length("n", 1)), lambda n: n - 1, lambda n: n + ema_steps(n),
        "of source",
        "Exponential moving average, started from the mean of the first n values.",
        "ema = ema[1] + 2 / (n + 1) * (source - ema[1])", "EMA",
    ),
    Function(
        "ewma", (source(), length("n", 1)), lambda n: 0, lambda n: 1 + ema_steps(n), "of source",
        "Exponential moving average, started from the first value.",
        "ewma = ewma[1] + 2 / (n + 1) * (source - ewma[1])",
    ),
)  # fmt: skip

_WINDOWS = (
    windowed(
        "highest", 2, "of source", "Highest of the last n values, this bar's included.",
        "max(source, source[1], ..., source[n - 1])", "MAX",
    ),
    windowed(
        "lowest", 2, "of source", "Lowest of the last n values, this bar's included.",
        "min(source, source[1], ..., source[n - 1])", "MIN",
    ),
    windowed(
        "stdev", 2, "of source", "Standard deviation of the last n values (population).",
        "sqrt(sum((source - mean(source, n)) ** 2) / n)", "STDDEV",
    ),
    windowed(
        "zscore", 2, "standard deviations",
        "Distance from the mean; undefined where nothing moved.",
        "(source - mean(source, n)) / stdev(source, n)",
    ),
    Function(
        "bbands", (source(), length("n", 2), width("up"), width("down")),
        lambda n, up, down: n - 1, lambda n, up, down: n, "of source",
        "Bollinger bands: mean, and standard deviations above and below it.",
        "middle = sma(source, n); upper = middle + up * stdev(source, n); "
        "lower = middle - down * stdev(source, n)",
        "BBANDS", outputs=("upper", "middle", "lower"),
    ),
    windowed(
        "linreg", 2, "of source", "End of the least-squares line through the last n values.",
        "mean(source, n) + ols_slope(source, n) * (n - 1) / 2", "LINEARREG",
    ),
    windowed(
        "ols_slope", 2, "of source per bar",
        "Slope of the least-squares line through the last n values.",
        "sum((t - mean(t)) * (source - mean(source, n))) / sum((t - mean(t)) ** 2)",
        "LINEARREG_SLOPE",
    ),
)  # fmt: skip

#: Bars of a minute, the shortest that exchanges serve, in a day.
_DAY = 1_440

#: Bars that a ratchet looks back for its band, and again for its side: on 42,565 hours of BTC/USDT
#: a band is held for 341 at most, and left every 490, at ten average true ranges.
RATCHET = 500

_BANDS = (
    Function(
        "donchian", (length("n", 1),), lambda n: n - 1, lambda n: n, "prices",
        "Donchian channel of high and low, this bar's included.",
        "upper = highest(high, n); lower = lowest(low, n); middle = (upper + lower) / 2",
        "DONCHIAN", reads=("high", "low"), outputs=("upper", "middle", "lower"),
    ),
    Function(
        "keltner", (length("n", 1), multiple()),
        lambda n, multiple: n, lambda n, multiple: n + 1 + wilder_steps(n),
        "prices", "Keltner channel: average close, and average true ranges above and below it.",
        "middle = ema(close, n); upper = middle + multiple * atr(n); "
        "lower = middle - multiple * atr(n)",
        reads=_HLC, outputs=("upper", "middle", "lower"),
    ),
    Function(
        "supertrend", (length("n", 1), multiple()), lambda n, multiple: n,
        lambda n, multiple: n + 1 + wilder_steps(n) + 2 * RATCHET, "price; 1 or -1",
        "The band that the close last crossed to, and 1 where the price is above it, -1 below; "
        f"undefined until the close first leaves the bands, and where it left none in {RATCHET} "
        "bars.",
        "line = max(hl2 - multiple * atr(n), line[1]) while close >= line, "
        "else min(hl2 + multiple * atr(n), line[1]) while close <= line",
        reads=_HLC, outputs=("line", "direction"),
    ),
    Function(
        "heikin_ashi", (), lambda: 0, lambda: 1 + ema_steps(3), "prices",
        "Averaged bars.",
        "close = ohlc4; open = (open[1] + close[1]) / 2, both averaged; "
        "high and low take the averaged open and close in",
        reads=("open", "high", "low", "close"), outputs=("open", "high", "low", "close"),
    ),
    Function(
        "vwap", (word("day"),), lambda: 0, lambda: _DAY, "price",
        "Mean price since the UTC day began, weighted by volume; undefined on a day whose begin is "
        "not among the bars.",
        "sum(hlc3 * volume) / sum(volume), over this day's bars",
        reads=(*_HLC, "volume", "days"),
    ),
)  # fmt: skip

_EVENTS = (
    Function(
        "pivot", (length("left", 1), length("right", 1), length("n", 1)),
        lambda left, right, n: left + right, lambda left, right, n: left + right + n + 1, "prices",
        "Last high and low that stood out, known right bars later; undefined if that became known "
        "more than n bars ago.",
        "high = valuewhen(high[right] > highest(high, left)[right + 1] and high[right] >= "
        "highest(high, right), high[right], n); low = the same of lows below",
        reads=("high", "low"), outputs=("high", "low"),
    ),
    Function(
        "barssince", (condition(), length("n", 1)), lambda n: 0, lambda n: n + 1, "bars",
        "Bars since the condition was last surely true, 0 where it is; undefined beyond n.",
        "0 if condition else barssince[1] + 1",
    ),
    Function(
        "valuewhen", (condition(), source("x"), length("n", 1)),
        lambda n: 0, lambda n: n + 1, "of x",
        "Value where the condition was last surely true, this bar included; "
        "undefined if that is more than n bars ago.",
        "x if condition else valuewhen[1]",
    ),
)  # fmt: skip

_CHANGES = (
    differenced("change", "of source", "Difference to n bars ago.", "source - source[n]", "MOM"),
    differenced("mom", "of source", "Momentum; the same as change.", "source - source[n]", "MOM"),
    differenced(
        "roc", "percent", "Rate of change since n bars ago.", "100 * (source / source[n] - 1)",
        "ROC",
    ),
    differenced(
        "rising", "condition", "Rose at each of the last n bars.",
        "source > source[1] and source[1] > source[2] and ... (n times)", gives=Gives.TRUTH,
    ),
    differenced(
        "falling", "condition", "Fell at each of the last n bars.",
        "source < source[1] and source[1] < source[2] and ... (n times)", gives=Gives.TRUTH,
    ),
    crossing("crossover", "a has just risen above b.", "a > b and a[1] <= b[1]"),
    crossing("crossunder", "a has just fallen below b.", "a < b and a[1] >= b[1]"),
)  # fmt: skip

_OSCILLATORS = (
    Function(
        "percentrank", (source("x"), length("n", 1)), lambda n: n, lambda n: n + 1, "0 to 100",
        "Percent of the previous n values that are not above this one.",
        "100 * count(x[1] <= x, x[2] <= x, ..., x[n] <= x) / n",
    ),
    Function(
        "correlation", (source("x"), source("y"), length("n", 2)), lambda n: n - 1, lambda n: n,
        "-1 to 1", "Pearson's correlation of the last n values; undefined where one stood still.",
        "mean((x - mean(x, n)) * (y - mean(y, n))) / (stdev(x, n) * stdev(y, n))",
    ),
    Function(
        "rsi", (source(), length("n", 2)), lambda n: n, lambda n: n + 1 + wilder_steps(n),
        "0 to 100", "Relative strength index, Wilder's; undefined until the source has moved.",
        "100 * gain / (gain + loss), each averaged with weight 1 / n", "RSI",
    ),
    Function(
        "macd", (source(), length("fast", 2), length("slow", 2), length("signal", 1)),
        lambda fast, slow, signal: slow + signal - 2,
        lambda fast, slow, signal: slow + signal - 1 + ema_steps(slow) + ema_steps(signal),
        "of source",
        "Difference of two exponential averages, its own average, and their difference.",
        "line = ema(source, fast) - ema(source, slow); signal = ema(line, signal); "
        "histogram = line - signal",
        "MACD", outputs=("line", "signal", "histogram"), ascending=("fast", "slow"),
    ),
    Function(
        "stoch", (length("k", 1), length("k_slow", 1), length("d", 1)),
        lambda k, k_slow, d: k + k_slow + d - 3, lambda k, k_slow, d: k + k_slow + d - 2,
        "0 to 100", "Stochastic of high, low and close; undefined where the range is zero.",
        "k = sma(100 * (close - lowest(low, k)) / (highest(high, k) - lowest(low, k)), k_slow); "
        "d = sma(k, d)",
        "STOCH", reads=_HLC, outputs=("k", "d"),
    ),
    Function(
        "cci", (length("n", 2),), lambda n: n - 1, lambda n: n, "index, mostly -200 to 200",
        "Commodity channel index of hlc3; undefined where nothing moved.",
        "(hlc3 - mean(hlc3, n)) / (0.015 * mean deviation of hlc3 over n)", "CCI", reads=_HLC,
    ),
    Function(
        "mfi", (length("n", 2),), lambda n: n, lambda n: n + 1, "0 to 100",
        "Money flow index of hlc3 and volume; undefined where no money flowed.",
        "100 * up / (up + down), sums over n of hlc3 * volume by the direction of hlc3", "MFI",
        reads=(*_HLC, "volume"),
    ),
    Function(
        "willr", (length("n", 2),), lambda n: n - 1, lambda n: n, "-100 to 0",
        "Williams %R of high, low and close; undefined where the range is zero.",
        "-100 * (highest(high, n) - close) / (highest(high, n) - lowest(low, n))", "WILLR",
        reads=_HLC,
    ),
    Function(
        "atr", (length("n", 1),), lambda n: n, lambda n: n + 1 + wilder_steps(n), "price",
        "Average true range of high, low and close, Wilder's.",
        "atr = atr[1] + (max(high, close[1]) - min(low, close[1]) - atr[1]) / n", "ATR", reads=_HLC,
    ),
    Function(
        "natr", (length("n", 1),), lambda n: n, lambda n: n + 1 + wilder_steps(n), "percent",
        "Average true range in percent of the close.", "100 * atr(n) / close", "NATR", reads=_HLC,
    ),
    Function(
        "adx", (length("n", 2),), lambda n: 2 * n - 1, lambda n: 2 * n + 2 * wilder_steps(n),
        "0 to 100", "Average directional index of high, low and close, Wilder's.",
        "100 * abs(plus - minus) / (plus + minus), averaged with weight 1 / n", "ADX", reads=_HLC,
    ),
)  # fmt: skip

_ARITHMETIC = (
    arithmetic("min", ("a", "b"), "of a", "The smaller of two.", "a if a < b else b"),
    arithmetic("max", ("a", "b"), "of a", "The larger of two.", "a if a > b else b"),
    arithmetic("abs", ("x",), "of x", "Distance from zero.", "x if x >= 0 else -x"),
    arithmetic("sign", ("x",), "1", "-1, 0 or 1.", "x / abs(x), 0 for 0"),
    arithmetic("sqrt", ("x",), "root", "Square root; undefined below zero.", "x ** 0.5", "SQRT"),
    arithmetic("ln", ("x",), "1", "Natural logarithm; undefined at and below zero.", "ln(x)", "LN"),
    arithmetic("exp", ("x",), "1", "e to the power of x.", "e ** x", "EXP"),
    arithmetic(
        "clamp", ("x", "low", "high"), "of x", "x, but never below low nor above high.",
        "min(max(x, low), high)",
    ),
    arithmetic(
        "mod", ("a", "b"), "of a", "Remainder with the sign of b; undefined for b = 0.",
        "a % b, as Python computes it",
    ),
)  # fmt: skip

#: By name, in the order of the reference.
FUNCTIONS: Mapping[str, Function] = Functions(
    (*_AVERAGES, *_WINDOWS, *_BANDS, *_CHANGES, *_EVENTS, *_OSCILLATORS, *_ARITHMETIC)
)
