"""Rows of the table: TA-Lib's statistics, cycles and plain mathematics."""

from __future__ import annotations

from runner.indicators.signature import Function, arithmetic
from runner.indicators.talib_averages import CYCLE
from runner.indicators.talib_row import row

_STATISTICS = (
    row(
        "AVGDEV", "n", "of source", "Mean distance of n values from their mean.",
        "mean(abs(x - mean(source, n))) over the last n values x", lambda n: n - 1,
    ),
    row(
        "BETA", "n", "1", "How far y went for each percent of x: slope of their changes.",
        "slope of the least-squares line of rocp(y, 1) over rocp(x, 1), n of them",
        lambda n: n,
    ),
    row(
        "LINEARREG_ANGLE", "n", "-90 to 90", "Slope of the least-squares line in degrees.",
        "atan(ols_slope(source, n)) * 180 / pi", lambda n: n - 1,
    ),
    row(
        "LINEARREG_INTERCEPT", "n", "of source", "Its point at the oldest of the n values.",
        "linreg(source, n) - (n - 1) * ols_slope(source, n)", lambda n: n - 1,
    ),
    row(
        "MINMAX", "n", "of source", "Lowest and highest of the last n values.",
        "low = lowest(source, n); high = highest(source, n)", lambda n: n - 1, outputs="low high",
    ),
    row(
        "PERCENTILE", "n percent", "of source",
        "The smallest of n values that at least so many percent of them are not above.",
        "the value of rank n * percent / 100, rounded up, of the last n in order",
        lambda n, percent: n - 1,
    ),
    row(
        "TSF", "n", "of source", "Time series forecast: the least-squares line, one bar on.",
        "linreg(source, n) + ols_slope(source, n)", lambda n: n - 1,
    ),
    row(
        "VAR", "n -", "of source, squared", "Variance of the last n values (population).",
        "stdev(source, n) * stdev(source, n)", lambda n: n - 1,
    ),
    row(
        "WCLPRICE", "", "price", "Mean of the bar's prices in which the close counts twice.",
        "(high + low + 2 * close) / 4",
    ),
)  # fmt: skip

_CYCLES = (
    row(
        "HT_DCPERIOD", "", "bars", "Length of the dominant cycle that Hilbert's transform finds.",
        "TA-Lib's HT_DCPERIOD", 32, CYCLE,
    ),
    row(
        "HT_DCPHASE", "", "degrees, -45 to 315", "Where in the dominant cycle the bar is.",
        "TA-Lib's HT_DCPHASE", 63, CYCLE,
    ),
    row(
        "HT_PHASOR", "", "of source", "The two components of the dominant cycle.",
        "TA-Lib's HT_PHASOR", 32, 2 * CYCLE, outputs="inphase quadrature",
    ),
    row(
        "HT_SINE", "", "-1 to 1", "Sine of the cycle's phase, and the one 45 degrees ahead.",
        "sin(ht_dcphase(source)), and of 45 degrees more", 63, CYCLE, outputs="sine leadsine",
    ),
    row(
        "HT_TRENDMODE", "", "0 to 1", "1 where a trend rules, 0 where a cycle does.",
        "TA-Lib's HT_TRENDMODE", 63, CYCLE,
    ),
)  # fmt: skip

_PLAIN = (
    arithmetic("acos", ("x",), "radians", "Arc cosine; undefined beyond 1.", "acos(x)", "ACOS"),
    arithmetic("asin", ("x",), "radians", "Arc sine; undefined beyond 1.", "asin(x)", "ASIN"),
    arithmetic("atan", ("x",), "radians", "Arc tangent.", "atan(x)", "ATAN"),
    arithmetic("ceil", ("x",), "of x", "The next whole number up.", "x rounded up", "CEIL"),
    arithmetic("cos", ("x",), "-1 to 1", "Cosine of an angle in radians.", "cos(x)", "COS"),
    arithmetic("cosh", ("x",), "1", "Hyperbolic cosine.", "(exp(x) + exp(-x)) / 2", "COSH"),
    arithmetic("floor", ("x",), "of x", "The next whole number down.", "x rounded down", "FLOOR"),
    arithmetic("log10", ("x",), "1", "Logarithm to 10; none from 0 down.", "log10(x)", "LOG10"),
    arithmetic("sin", ("x",), "-1 to 1", "Sine of an angle in radians.", "sin(x)", "SIN"),
    arithmetic("sinh", ("x",), "1", "Hyperbolic sine.", "(exp(x) - exp(-x)) / 2", "SINH"),
    arithmetic("tan", ("x",), "1", "Tangent of an angle in radians.", "sin(x) / cos(x)", "TAN"),
    arithmetic("tanh", ("x",), "-1 to 1", "Hyperbolic tangent.", "sinh(x) / cosh(x)", "TANH"),
)  # fmt: skip

ROWS: tuple[Function, ...] = (*_STATISTICS, *_CYCLES, *_PLAIN)
