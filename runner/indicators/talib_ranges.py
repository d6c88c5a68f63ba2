"""Rows of the table: what TA-Lib makes of highs, lows and closes."""

from __future__ import annotations

from runner.indicators.signature import Function, cascade_steps, wilder_steps
from runner.indicators.talib_row import average_lookback, average_steps, row

ROWS: tuple[Function, ...] = (
    row(
        "AC", "fast slow signal", "price", "Accelerator: the awesome oscillator less its own mean.",
        "ao(fast, slow) - sma(ao(fast, slow), signal)",
        lambda fast, slow, signal: slow + signal - 2, ascending=("fast", "slow"),
    ),
    row(
        "ADR", "n", "price", "Mean range of n bars.", "sma(high - low, n)", lambda n: n - 1,
    ),
    row(
        "ADXR", "n", "0 to 100", "Mean of the directional index now and n - 1 bars ago.",
        "(adx(n) + adx(n)[n - 1]) / 2", lambda n: 3 * n - 2, lambda n: 2 * wilder_steps(n),
    ),
    row(
        "AO", "fast slow", "price", "Awesome oscillator: two means of hl2 against each other.",
        "sma(hl2, fast) - sma(hl2, slow)", lambda fast, slow: slow - 1, ascending=("fast", "slow"),
    ),
    row(
        "AROON", "n", "0 to 100", "How new the lowest low and the highest high of n + 1 bars are.",
        "down = 100 * (n - bars since the lowest low) / n; up = the same of the highest high",
        lambda n: n, outputs="down up",
    ),
    row(
        "AROONOSC", "n", "-100 to 100", "Aroon's up less its down.", "aroon(n).up - aroon(n).down",
        lambda n: n,
    ),
    row(
        "CVI", "n bars", "percent", "Chaikin's volatility: change of the average range.",
        "roc(ema(high - low, n), bars)", lambda n, bars: n + bars - 1,
        lambda n, bars: cascade_steps(n, 1),
    ),
    row(
        "DX", "n", "0 to 100", "Wilder's directional index before it is averaged.",
        "100 * abs(plus - minus) / (plus + minus), of plus_di(n) and minus_di(n)",
        lambda n: n, wilder_steps,
    ),
    row(
        "ERI", "n", "price", "Elder's bull and bear power: high and low less the average close.",
        "bull = high - ema(close, n); bear = low - ema(close, n)",
        lambda n: n - 1, lambda n: cascade_steps(n, 1), outputs="bull bear",
    ),
    row(
        "FRACTAL", "left right", "0 to 100",
        "100 where a high, or a low, turns out to have stood out from its neighbors.",
        "high = 100 where high[right] is above the left highs before it and the right ones after; "
        "low = the same of lows below", lambda left, right: left + right, outputs="high low",
    ),
    row(
        "KDJ", "k k_slow k_average d d_average", "index, mostly -100 to 200",
        "Smoothed stochastic, its average, and three times the first less twice the second.",
        "k = k_average(stochf.k, k_slow); d = d_average(k, d); j = 3 * k - 2 * d",
        lambda k, k_slow, a, d, b: k - 1 + average_lookback(k_slow, a) + average_lookback(d, b),
        lambda k, k_slow, a, d, b: average_steps(k_slow, a) + average_steps(d, b),
        outputs="k d j",
    ),
    row(
        "MASSI", "n count", "index, about count",
        "Mass index: rises above count where ranges widen quickly.",
        "sum(ema(high - low, n) / ema(ema(high - low, n), n), count)",
        lambda n, count: 2 * (n - 1) + count - 1, lambda n, count: cascade_steps(n, 2),
    ),
    row(
        "MINUS_DI", "n", "0 to 100", "Wilder's downward movement in percent of the true range.",
        "100 * minus_dm / sum of true ranges, both smoothed with weight 1 / n",
        lambda n: n, wilder_steps,
    ),
    row(
        "MINUS_DM", "n", "price", "Wilder's smoothed sum of downward movements.",
        "minus_dm = minus_dm[1] * (1 - 1 / n) + (low[1] - low where that is positive and above "
        "high - high[1], else 0)", lambda n: max(n - 1, 1), wilder_steps,
    ),
    row(
        "PLUS_DI", "n", "0 to 100", "Wilder's upward movement in percent of the true range.",
        "100 * plus_dm / sum of true ranges, both smoothed with weight 1 / n",
        lambda n: n, wilder_steps,
    ),
    row(
        "PLUS_DM", "n", "price", "Wilder's smoothed sum of upward movements.",
        "plus_dm = plus_dm[1] * (1 - 1 / n) + (high - high[1] where that is positive and above "
        "low[1] - low, else 0)", lambda n: max(n - 1, 1), wilder_steps,
    ),
    row(
        "RVI", "n deviations", "0 to 100",
        "Relative volatility: deviations at rises in percent of all of them.",
        "s = stdev(source, deviations); 100 * rma(s at rises, n) / rma(s at rises and falls, n)",
        lambda n, deviations: n + deviations - 2, lambda n, deviations: wilder_steps(n),
    ),
    row(
        "SMI", "n fast slow signal", "-100 to 100",
        "Stochastic momentum: distance from the middle of the range, smoothed twice.",
        "m = (highest(high, n) + lowest(low, n)) / 2; "
        "smi = 200 * ema(ema(close - m, slow), fast) / "
        "ema(ema(highest(high, n) - lowest(low, n), slow), fast); signal = ema(smi, signal)",
        lambda n, fast, slow, signal: n + fast + slow + signal - 4,
        lambda n, fast, slow, signal: sum(cascade_steps(it, 1) for it in (fast, slow, signal)),
        outputs="smi signal",
    ),
    row(
        "STOCHF", "k d average", "0 to 100", "Place of the close in its range, and its average.",
        "k = 100 * (close - lowest(low, k)) / (highest(high, k) - lowest(low, k)); "
        "d = average(k, d)",
        lambda k, d, average: k - 1 + average_lookback(d, average),
        lambda k, d, average: average_steps(d, average), outputs="k d",
    ),
    row(
        "TRANGE", "", "price", "True range: of the bar and the close before it.",
        "max(high, close[1]) - min(low, close[1])", 1,
    ),
    row(
        "ULTOSC", "short middle long", "0 to 100",
        "Ultimate oscillator: buying pressure in parts of the true range over three spans.",
        "100 * (4 * p(short) + 2 * p(middle) + p(long)) / 7, "
        "p(n) = sum(close - min(low, close[1]), n) / sum(trange(), n)",
        lambda short, middle, long: max(short, middle, long),
    ),
    row(
        "VORTEX", "n", "1", "Reach up from the last low, and down from the last high.",
        "plus = sum(abs(high - low[1]), n) / sum(trange(), n); "
        "minus = sum(abs(low - high[1]), n) / sum(trange(), n)",
        lambda n: n, outputs="plus minus",
    ),
)  # fmt: skip
