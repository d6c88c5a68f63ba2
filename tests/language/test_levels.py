"""A sum since the first bar stands only where its unknown start cancels out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from runner.indicators.computed import NUMBERS, TRUTHS
from runner.indicators.signature import Level
from runner.indicators.table import FUNCTIONS
from runner.language import levels
from runner.language.evaluate import Evaluator
from runner.language.parse import Expression, ExpressionError, Kind, Scope, parse
from runner.language.surroundings import alone
from runner.model.bars import Bars
from tests.indicators.markets import cut, real_bars

OBV = "obv(close, volume)"
SCOPE = Scope(
    {},
    {"flow": parse(OBV, Scope(), None), "far": parse(OBV, Scope(elsewhere=True), None)},
)

KNOWN = (
    f"change({OBV}, 5) > 0",
    f"{OBV} - {OBV}[5] > 1000",
    f"{OBV} > sma({OBV}, 20)",
    f"crossover({OBV}, ema({OBV}, 20))",
    "crossover(flow, ema(obv(close, volume), 20))",
    "flow > highest(flow, 50)[1]",
    "bbands(flow, 20, 2, 2).upper < flow + 5",
    "rising(ad(), 3) and falling(pvt(), 2)",
    "rsi(wad(), 14) < 30",
    "zscore(flow, 50) > 2 and percentrank(flow, 100) > 90",
    "(flow if close > open else flow[1]) > flow[2]",
    "far > far[1]",
    "roc(nvi(), 10) > 1",
    "pvi() / pvi()[10] > 1.01",
    "nvi() > 1.01 * ema(nvi(), 255)",
    "rising(nvi(), 3)",
    "macd(flow, 12, 26, 9).histogram > 0",
)

UNKNOWN = (
    f"{OBV} > 1000",
    f"{OBV} * 2 > {OBV}",
    f"{OBV} > ad()",
    f"{OBV} + {OBV} > {OBV}",
    "5 - flow > 1",
    "-flow > 1",
    "abs(flow) > 1",
    "roc(flow, 5) > 1",
    "change(nvi(), 5) > 0",
    "nvi() - nvi()[1] > 0",
    "nvi() > nvi()[1] + 1",
    "far > flow",
    "far - flow > 0",
    "max(flow, 5) > 1",
    "(flow if close > open else 0) > 1",
    "(5 if flow > 0 else 6) > 1",
    "valuewhen(flow > 0, close, 5) > 1",
    "barssince(flow > 100, 5) > 1",
    "flow < flow[1] < 5",
    "flow == 0 or close > open",
)


def condition(text: str) -> Expression:
    return parse(text, SCOPE, Kind.TRUTH)


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_level_is_refused_where_its_start_would_matter(text: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        condition(text)

    problem = refused.value.problems[0]
    assert problem.name == "endless-warmup"
    assert (problem.help or "").startswith(("write `change(", "write `roc("))


@pytest.mark.parametrize("text", KNOWN)
def test_where_it_cancels_a_cut_window_decides_as_all_history(text: str, shared: Path) -> None:
    bars = real_bars(shared).until(12_000)
    expression = condition(text)

    def truth(window: Bars) -> np.ndarray:
        return Evaluator(alone(window), {}, SCOPE.indicators).surely_true(expression)

    everything = truth(bars)
    assert expression.warmup is not None
    assert everything.any()
    for last in np.random.default_rng(3).integers(expression.warmup, 12_000, 40).tolist():
        assert truth(cut(bars, last + 1 - expression.warmup, last + 1))[-1] == everything[last]


def test_a_number_of_a_rule_is_no_level() -> None:
    with pytest.raises(ExpressionError):
        parse("flow", SCOPE, Kind.NUMBER)

    assert SCOPE.indicators["flow"].start is not None
    assert parse("change(flow, 3)", SCOPE, Kind.NUMBER).start is None


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", sorted(levels.KEEPING.union(*levels.BLIND.values())))
def test_functions_take_a_start_as_the_tables_say(name: str, level: Level) -> None:
    """Each is computed of a series, and of the same one from another start."""
    source = 50 + np.cumsum(np.random.default_rng(1).normal(size=400)) * 0.5
    moved = source + 7.0 if level is Level.ADDED else source * 1.25
    one, other = results(name, source), results(name, moved)

    if name in levels.BLIND[level]:
        for before, after in zip(one, other, strict=True):
            np.testing.assert_allclose(after, before, rtol=1e-6, atol=1e-9)
    elif name in levels.KEEPING:
        for before, after in zip(one, other, strict=True):
            expected = before + 7.0 if level is Level.ADDED else before * 1.25
            np.testing.assert_allclose(after, expected, rtol=1e-9)


def results(name: str, source: np.ndarray) -> tuple[np.ndarray, ...]:
    """Of a function whose series is the source, or whose series all have its start."""
    function, steady = FUNCTIONS[name], np.linspace(1, 2, source.size)
    given = {
        "condition": source > source.mean() - 1e9,
        "y": np.sin(np.arange(source.size)) + 2 if name == "correlation" else source[::-1].copy(),
        "b": np.roll(source, 1),
        "volume": steady,
        "periods": steady * 5,
    }
    if name == "beta":
        given["y"] = np.roll(source, 3)
    constants = [
        {"length": 5, "number": 0.7}.get(it.kind.value, "ema") for it in function.constants
    ]
    if function.ascending:
        constants[
            function.constants.index(
                next(it for it in function.constants if it.name == function.ascending[1])
            )
        ] = 9
    series = [
        given.get(it.name, source) for it in function.arguments if it not in function.constants
    ]
    if name in TRUTHS:
        return tuple(side(*series, *constants) for side in TRUTHS[name])
    found = NUMBERS[name](*series, *constants)
    return found if isinstance(found, tuple) else (found,)
