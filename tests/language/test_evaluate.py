"""What expressions mean, and that they mean it whatever comes later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.indicators.table import FUNCTIONS, ArgumentKind, Gives
from runner.indicators.talib_candles import DEEP
from runner.indicators.talib_row import BY_NUMBER
from runner.language.evaluate import EvaluationError, Evaluator
from runner.language.parse import Expression, Kind, Scope, parse
from runner.language.surroundings import alone
from runner.model.bars import Bars
from tests.indicators.markets import cut, made_bars, real_bars

# `T`, `F` and `U` are surely true, surely false and undefined at every bar.
TRUTHS = {"T": "volume >= 0", "F": "volume < 0", "U": "close / (close - close) > 0"}

KLEENE = """
T and T = T | T and F = F | T and U = U | F and F = F | F and U = F | U and U = U
T or T = T  | T or F = T  | T or U = T  | F or F = F  | F or U = U  | U or U = U
not T = F   | not F = T   | not U = U
T if T else U = T | U if F else F = F | T if U else T = U | F if U else F = U | U if T else T = U
True = T    | False = F   | not (T and U) = U | not (F and U) = T | not (U or T) = F
"""


def named(texts: dict[str, str], scope: Scope | None = None) -> dict[str, Expression]:
    indicators: dict[str, Expression] = {}
    for name, text in texts.items():
        indicators[name] = parse(text, Scope(scope.params if scope else {}, indicators), None)
    return indicators


def letter(surely_true: np.ndarray, surely_false: np.ndarray) -> str:
    assert not (surely_true & surely_false).any()
    return "T" if surely_true.all() else "F" if surely_false.all() else "U"


@pytest.mark.parametrize(
    "case", [case for case in KLEENE.replace("\n", "|").split("|") if case.strip()]
)
def test_undefined_is_a_third_truth(case: str) -> None:
    text, _, expected = case.strip().rpartition(" = ")
    indicators = named(TRUTHS)
    parsed = parse(text, Scope({}, indicators), Kind.TRUTH)

    assert letter(*Evaluator(alone(made_bars(1, 20)), {}, indicators).truth(parsed)) == expected


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "==", "!="])
def test_a_comparison_and_its_negation_are_silent_where_a_value_is_undefined(operator: str) -> None:
    bars = made_bars(1, 60)
    ratio = "(high - low) / (close - close[1])"  # undefined wherever the close stood still
    parsed = parse(f"{ratio} {operator} 1", Scope(), Kind.TRUTH)
    denied = parse(f"not {ratio} {operator} 1", Scope(), Kind.TRUTH)
    moved = np.diff(bars.close, prepend=bars.close[:1]) != 0

    surely_true, surely_false = Evaluator(alone(bars), {}, {}).truth(parsed)

    assert 0 < moved.sum() < 59
    np.testing.assert_array_equal(surely_true ^ surely_false, moved)
    np.testing.assert_array_equal(Evaluator(alone(bars), {}, {}).surely_true(denied), surely_false)


def test_chains_and_crosses_are_what_they_stand_for() -> None:
    bars = made_bars(4, 500)
    same = {
        "open < close < high": "open < close and close < high",
        "crossover(close, sma(close, 9))": "close > sma(close, 9) and close[1] <= sma(close, 9)[1]",
        "crossunder(close, open)": "close < open and close[1] >= open[1]",
        "rising(close, 2)": "close > close[1] and close[1] > close[2]",
        "falling(close, 2)": "close < close[1] and close[1] < close[2]",
        "(close > open)[2]": "close[2] > open[2]",
        "clamp(close, low, open) > 0": "min(max(close, low), open) > 0",
        "close * 2% < 150% * open": "close * 0.02 < 1.5 * open",
    }
    for short, long in same.items():
        evaluator = Evaluator(alone(bars), {}, {})
        one, other = (evaluator.truth(parse(text, Scope(), Kind.TRUTH)) for text in (short, long))
        np.testing.assert_array_equal(one, other)


def test_params_and_indicators_are_names(shared: Path) -> None:
    scope = Scope({"fast": 12.0})
    indicators = named({"bb": "bbands(close, 20, 2, 2)", "e": "ema(close, fast)"}, scope)
    parsed = parse(
        "e > bb.lower[1] and close[fast] > 0", Scope(scope.params, indicators), Kind.TRUTH
    )
    plain = parse(
        "ema(close, 12) > bbands(close, 20, 2, 2).lower[1] and close[12] > 0", Scope(), Kind.TRUTH
    )
    bars = cut(real_bars(shared), 0, 500)

    assert (parsed.lookback, parsed.warmup) == (plain.lookback, plain.warmup)
    assert parsed.names == {"e", "bb", "close", "fast"}
    np.testing.assert_array_equal(
        Evaluator(alone(bars), scope.params, indicators).truth(parsed),
        Evaluator(alone(bars), {}, {}).truth(plain),
    )


def test_what_stands_twice_is_computed_once() -> None:
    bars = made_bars(1, 100)
    evaluator = Evaluator(alone(bars), {}, {})

    one = evaluator.number(parse("ema(close, 9)", Scope(), None))
    other = evaluator.number(parse("ema( close,9 )", Scope(), None))

    assert one is other


def test_before_the_lookback_even_a_sure_side_is_silent() -> None:
    parsed = parse("close > 0 or sma(close, 20) > 5", Scope(), Kind.TRUTH)

    surely_true, _ = Evaluator(alone(made_bars(1, 40)), {}, {}).truth(parsed)

    assert np.flatnonzero(surely_true)[0] == parsed.lookback == 19


def test_infinity_is_undefined() -> None:
    for text in (
        "exp(1000000 * volume)",
        "ln(0 * close)",
        "close / (close - close)",
        "sqrt(-high)",
    ):
        values = Evaluator(alone(made_bars(2, 50)), {}, {}).number(parse(text, Scope(), None))
        assert not np.isinf(values).any()
        assert np.isnan(values).any()


def test_kinds_are_not_mixed() -> None:
    evaluator = Evaluator(alone(made_bars(1, 10)), {}, {})

    with pytest.raises(EvaluationError):
        evaluator.number(parse("close > open", Scope(), None))
    with pytest.raises(EvaluationError):
        evaluator.surely_true(parse("close", Scope(), None))


LENGTHS = st.sampled_from([2, 3, 5, 8, 14, 21])
ATOMS = st.sampled_from(
    ["open", "high", "low", "close", "volume", "hlc3", "2", "0.5", "3%", "1e-5"]
)


WINDOWED = [
    function.name
    for function in FUNCTIONS.values()
    if function.gives is Gives.NUMBER
    and not function.outputs
    and [place.kind for place in function.arguments] == [ArgumentKind.SERIES, ArgumentKind.LENGTH]
]


PATTERNS = [name for name in FUNCTIONS if name.startswith("cdl")]
READING = [
    function.name
    for function in FUNCTIONS.values()
    if function.reads
    and not function.outputs
    and [place.kind for place in function.arguments] == [ArgumentKind.LENGTH]
]


def _series(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A number that is never a plain constant: it varies with the close."""
    return inner.map(lambda text: f"({text} + close)")


def _numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    windowed = st.sampled_from(WINDOWED)
    build = st.builds
    truths = _truths(inner)
    return st.one_of(
        build("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
        build("({} / ({} + volume))".format, inner, inner),
        build("{}({}, {})".format, windowed, _series(inner), LENGTHS),
        build("macd({}, 3, {}, 4).{}".format, _series(inner), LENGTHS.filter(lambda n: n > 3),
              st.sampled_from(["line", "signal", "histogram"])),
        build("bbands({}, {}, 2, 1).upper".format, _series(inner), LENGTHS),
        build("{}({})".format, st.sampled_from(READING), LENGTHS),
        build("stoch({}, 3, 2).d".format, LENGTHS),
        build("ma({}, {}, {})".format, _series(inner), LENGTHS, st.sampled_from(list(BY_NUMBER))),
        build("{}()".format, st.sampled_from([it for it in PATTERNS if it.upper() not in DEEP])),
        build("pivot({}, {}, 20).high".format, LENGTHS, LENGTHS),
        build("change(obv(close, volume), {})".format, LENGTHS),
        build("supertrend({}, 1).{}".format, LENGTHS, st.sampled_from(["line", "direction"])),
        build("keltner({}, 2).upper".format, LENGTHS),
        build("donchian({}).middle".format, LENGTHS),
        build("heikin_ashi().{}".format, st.sampled_from(["open", "high", "low", "close"])),
        build("correlation({}, {}, {})".format, _series(inner), _series(inner), LENGTHS),
        build("barssince({}, {})".format, truths, LENGTHS),
        build("valuewhen({}, {}, {})".format, truths, _series(inner), LENGTHS),
        st.just("vwap(day)"),
        build("{}({}, {})".format, st.sampled_from(["min", "max", "mod"]), inner, inner),
        build("{}({})".format, st.sampled_from(["abs", "sign", "sqrt", "ln", "exp"]), inner),
        build("({})[{}]".format, _series(inner), LENGTHS),
        build("({} if {} else {})".format, inner, truths, inner),
        build("(-{})".format, inner),
    )  # fmt: skip


def _truths(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    compared = st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["<", "<=", ">", "==", "!="]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["crossover", "crossunder"]), inner, inner),
        st.builds(
            "{}({}, {})".format, st.sampled_from(["rising", "falling"]), _series(inner), LENGTHS
        ),
    )
    return st.one_of(
        compared,
        st.builds("({} {} {})".format, compared, st.sampled_from(["and", "or"]), compared),
        st.builds("(not {})".format, compared),
        st.builds("({})[{}]".format, compared, LENGTHS),
    )


NUMBERS = st.recursive(ATOMS, _numbers, max_leaves=6)
CONDITIONS = _truths(NUMBERS)
EXPRESSIONS = st.one_of(NUMBERS, CONDITIONS)


def _columns(parsed: Expression, bars: Bars) -> list[np.ndarray]:
    evaluator = Evaluator(alone(bars), {}, {})
    if parsed.kind is Kind.NUMBER:
        return [evaluator.number(parsed)]
    return list(evaluator.truth(parsed))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=EXPRESSIONS, seed=st.integers(0, 5), counts=st.sets(st.integers(1, 259), min_size=8))
def test_the_past_never_changes(text: str, seed: int, counts: set[int], shared: Path) -> None:
    if len(text) > 900:
        return
    bars = made_bars(seed, 260) if seed else cut(real_bars(shared), 700, 960)
    parsed = parse(text, Scope(), None)
    everything = _columns(parsed, bars)

    for count in sorted(counts):
        for prefix, whole in zip(_columns(parsed, bars.until(count)), everything, strict=True):
            np.testing.assert_array_equal(prefix, whole[:count], strict=True)
            assert prefix.size < parsed.lookback or not _known(prefix[: parsed.lookback])


def _known(column: np.ndarray) -> bool:
    return bool(column.any()) if column.dtype == np.bool_ else not bool(np.isnan(column).all())
