"""Rows of the table: TA-Lib's momentum of one series, and of the bodies of bars."""

from __future__ import annotations

from runner.indicators.signature import Function, cascade_steps, wilder_steps
from runner.indicators.talib_row import average_lookback, average_steps, row


def _slow_lookback(fast: int, slow: int, average: str) -> int:
    return max(average_lookback(fast, average), average_lookback(slow, average))


def _slow_steps(fast: int, slow: int, average: str) -> int:
    return max(average_steps(fast, average), average_steps(slow, average))


def _macdext_lookback(fast: int, a: str, slow: int, b: str, signal: int, c: str) -> int:
    return max(average_lookback(fast, a), average_lookback(slow, b)) + average_lookback(signal, c)


def _macdext_steps(fast: int, a: str, slow: int, b: str, signal: int, c: str) -> int:
    return max(average_steps(fast, a), average_steps(slow, b)) + average_steps(signal, c)


ROWS: tuple[Function, ...] = (
    row(
        "APO", "fast slow average", "of source", "Difference of a fast and a slow average.",
        "average(source, fast) - average(source, slow)",
        _slow_lookback, _slow_steps, ascending=("fast", "slow"),
    ),
    row(
        "BOP", "", "-1 to 1", "Balance of power: body in parts of the range.",
        "(close - open) / (high - low)",
    ),
    row(
        "CMO", "n", "-100 to 100", "Chande's momentum oscillator with Wilder's averages.",
        "100 * (gain - loss) / (gain + loss), each averaged with weight 1 / n",
        lambda n: n, wilder_steps,
    ),
    row(
        "CMOU", "n", "-100 to 100", "Chande's momentum oscillator; undefined where nothing moved.",
        "100 * change(source, n) / sum(abs(change(source, 1)), n)", lambda n: n,
    ),
    row(
        "COPPOCK", "n first second", "percent", "Coppock's curve: smoothed rates of change.",
        "wma(roc(source, first) + roc(source, second), n)",
        lambda n, first, second: max(first, second) + n - 1,
    ),
    row(
        "DPO", "n", "of source", "Detrended price: an earlier value less the mean of the window.",
        "source[n / 2 + 1] - sma(source, n), the look-back rounded down", lambda n: n - 1
        if n > 2 else 2,
    ),
    row(
        "ER", "n", "0 to 1", "Efficiency: 1 on a straight way; undefined where nothing moved.",
        "abs(change(source, n)) / sum(abs(change(source, 1)), n)", lambda n: n,
    ),
    row(
        "FOSC", "n", "percent", "How far the value is from what the n before foretold.",
        "100 * (source - tsf(source, n)[1]) / source", lambda n: n,
    ),
    row(
        "IMI", "n", "0 to 100", "Rising bodies in percent of all; undefined where there are none.",
        "100 * sum(max(close - open, 0), n) / sum(abs(close - open), n)", lambda n: n - 1,
    ),
    row(
        "MACDEXT", "fast fast_average slow slow_average signal signal_average", "of source",
        "Difference of two averages of any kind, its own average, and their difference.",
        "line = fast_average(source, fast) - slow_average(source, slow); "
        "signal = signal_average(line, signal); histogram = line - signal",
        _macdext_lookback, _macdext_steps, outputs="line signal histogram",
        ascending=("fast", "slow"),
    ),
    row(
        "MACDFIX", "signal", "of source", "The macd of 12 and 26 bars with rounded weights.",
        "as macd(source, 12, 26, signal) with weights 0.15 and 0.075 for 2 / 13 and 2 / 27",
        lambda signal: 24 + signal, lambda signal: cascade_steps(26, 1) + cascade_steps(signal, 1),
        outputs="line signal histogram",
    ),
    row(
        "PPO", "fast slow average", "percent",
        "Difference of a fast and a slow average in percent of the slow one.",
        "100 * (average(source, fast) - average(source, slow)) / average(source, slow)",
        _slow_lookback, _slow_steps, ascending=("fast", "slow"),
    ),
    row("QSTICK", "n", "price", "Mean body of n bars.", "sma(close - open, n)", lambda n: n - 1),
    row(
        "ROCP", "n", "1", "Rate of change as a part: 0.01 is one percent.",
        "source / source[n] - 1", lambda n: n,
    ),
    row(
        "ROCR", "n", "1", "Ratio to the value n bars ago.", "source / source[n]", lambda n: n,
    ),
    row(
        "ROCR100", "n", "percent", "The same in percent.", "100 * source / source[n]", lambda n: n,
    ),
    row(
        "STOCHRSI", "n k d average", "0 to 100",
        "Place of the relative strength index in its own range, and its average; undefined where "
        "the index stands still, within 0.0001.",
        "x = rsi(source, n); k = 100 * (x - lowest(x, k)) / (highest(x, k) - lowest(x, k)); "
        "d = average(k, d)",
        lambda n, k, d, average: n + k - 1 + average_lookback(d, average),
        lambda n, k, d, average: wilder_steps(n) + average_steps(d, average),
        outputs="k d",
    ),
    row(
        "TRIX", "n", "percent", "Change of a threefold exponential average since the bar before.",
        "roc(ema(ema(ema(source, n), n), n), 1)",
        lambda n: 3 * (n - 1) + 1, lambda n: cascade_steps(n, 3),
    ),
    row(
        "TSI", "first second", "-100 to 100",
        "True strength index: smoothed changes in percent of their smoothed sizes.",
        "100 * ema(ema(c, first), second) / ema(ema(abs(c), first), second), c = change(source, 1)",
        lambda first, second: first + second - 1,
        lambda first, second: cascade_steps(first, 1) + cascade_steps(second, 1),
    ),
    row(
        "VHF", "n", "1", "Vertical horizontal filter: range in parts of the way; high in trends.",
        "(highest(source, n) - lowest(source, n)) / sum(abs(change(source, 1)), n)", lambda n: n,
    ),
)  # fmt: skip
