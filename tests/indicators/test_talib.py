"""Every function that TA-Lib has too gives the values that TA-Lib gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.indicators.compute import described
from runner.indicators.computed import NUMBERS
from runner.indicators.probe import constants_of, parameters
from runner.indicators.signature import ArgumentKind, Function, Level
from runner.indicators.table import FUNCTIONS
from runner.indicators.talib_candles import GIVEN
from runner.indicators.talib_row import BY_NUMBER
from runner.language.series import READ
from runner.model.bars import Bars
from tests.indicators.markets import flat_bars, made_bars, real_bars

SIZES: tuple[dict[str, int], ...] = ({}, {"n": 5, "fast": 3, "slow": 8}, {"n": 50, "signal": 20})

#: TA-Lib's running sum of changes makes kama slow or quick by chance where nothing moves.
EXCEPT = {name: {"kama"} for name in ("kdj", "stochf", "stochrsi")}

#: How far apart: TA-Lib writes its own pi, and its running sums have the errors of all bars.
LOOSE = {"linearreg_angle": 1e-6, "correlation": 1e-6, "adosc": 1e-9, "bbands": 1e-9, "beta": 1e-6}


def cases() -> Iterator[Any]:
    for function in FUNCTIONS.values():
        if function.talib is not None:
            sizes = SIZES if function.constants else SIZES[:1]
            words = BY_NUMBER if any(it.words for it in function.constants) else ["sma"]
            for size in sizes:
                for word in sorted(set(words) - EXCEPT.get(function.name, set())):
                    label = f"{function.name}-{size.get('n', 14)}-{word}"
                    yield pytest.param(function, size, word, id=label)


def inputs(function: Function, bars: Bars) -> list[np.ndarray]:
    free = {"source": "close", "x": "close", "y": "open", "a": "close", "periods": "volume"}
    named = [*function.reads, *(it.name for it in function.arguments)]
    return [READ[free.get(name, name)](bars) for name in named if free.get(name, name) in READ]


def of_talib(function: Function, series: list[np.ndarray], constants: list[Any]) -> list[Any]:
    asked = described(function.talib or "")
    asked.set_parameters(parameters(function, constants))
    names = asked.info["input_names"]
    flat = [it for name in names.values() for it in ([name] if isinstance(name, str) else name)]
    given = dict(zip([f"input{at}" for at in range(len(flat))], series, strict=True))
    at = iter(given)
    for name, columns in names.items():
        keys = next(at) if isinstance(columns, str) else [next(at) for _ in columns]
        asked.set_input_names({name: keys})
    found = asked(given)
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize(("function", "size", "word"), list(cases()))
def test_values_are_talibs(
    function: Function, size: dict[str, int], word: str, shared: Path
) -> None:
    series = inputs(function, real_bars(shared).until(9_000))
    if function.arguments and function.arguments[0].kind is ArgumentKind.VALUE:
        series = [series[0] / 20_000]  # where e to the power of it is a number
    constants = list(constants_of(function, size, word))

    found = NUMBERS[function.name](*series, *constants)

    settled = function.warmup(*constants)
    if settled == function.lookback(*constants) + 1:
        settled -= 1  # nothing to forget
    for ours, theirs in zip(
        found if isinstance(found, tuple) else (found,),
        of_talib(function, series, constants),
        strict=True,
    ):
        compare(function, ours[settled:], np.asarray(theirs, np.float64)[settled:])


def compare(function: Function, ours: np.ndarray, theirs: np.ndarray) -> None:
    if function.level is Level.ADDED:
        ours, theirs = np.diff(ours), np.diff(theirs)
    elif function.level is Level.SCALED:
        ours, theirs = ours[1:] / ours[:-1], theirs[1:] / theirs[:-1]
    if function.name.startswith("cdl"):
        assert (ours == theirs).mean() > 0.999  # but for ties, which rounding decides
        return
    defined = ~np.isnan(ours)
    assert defined.mean() > 0.99 or np.isnan(theirs).all()
    near_zero = LOOSE.get(function.name, 1e-10) * np.nanmax(np.abs(theirs))
    np.testing.assert_allclose(ours[defined], theirs[defined], rtol=1e-8, atol=near_zero)


PATTERNS = [name for name in FUNCTIONS if name.startswith("cdl")]


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_is_decided_by_its_bars_alone(name: str) -> None:
    bars, function = made_bars(7, 1_500), FUNCTIONS[name]
    constants = [0.3 for _ in function.arguments]
    warmup = function.warmup(*constants)
    columns = [READ[column](bars) for column in function.reads]
    everything = NUMBERS[name](*columns, *constants)

    for last in range(warmup, 1_500, 37):
        window = [column[last + 1 - warmup : last + 1] for column in columns]
        assert NUMBERS[name](*window, *constants)[-1] == everything[last]


def coarse_prices() -> dict[str, np.ndarray]:
    """Of few ticks, so that many prices are equal."""
    random = np.random.default_rng(5)
    close = np.cumsum(random.integers(-2, 3, 40_000)) % 60 + 20.0
    opened = np.roll(close, 1) + random.integers(-1, 2, close.size)
    above, below = (random.integers(0, 2, close.size) for _ in range(2))
    high, low = np.maximum(opened, close) + above, np.minimum(opened, close) - below
    return {"open": opened, "high": high, "low": low, "close": close}


def test_a_pattern_gives_what_its_row_says_and_nothing_else() -> None:
    prices = coarse_prices()
    found = {}
    for name in PATTERNS:
        columns = [prices[column] for column in FUNCTIONS[name].reads]
        given = NUMBERS[name](*columns, *(0.3 for _ in FUNCTIONS[name].arguments))
        found[name] = set(given[~np.isnan(given)].tolist())

    assert {name: rest for name in PATTERNS if (rest := found[name] - set(GIVEN[name]))} == {}
    assert {name for name in PATTERNS if {80, -80} <= found[name]} == {
        name for name in PATTERNS if 80 in GIVEN[name]
    }


#: What TA-Lib writes as 0 where there is nothing to divide by.
NOTHING_MOVES = (
    *("cmou", "er", "imi", "bop", "vhf", "stochf", "stochrsi", "kdj", "smi", "tsi", "cmo"),
    *("cmf", "marketfi", "rvol", "vwma", "ultosc", "vortex", "massi", "cvi", "rvi", "pvo"),
)


@pytest.mark.parametrize("name", NOTHING_MOVES)
def test_a_division_by_nothing_is_undefined(name: str) -> None:
    function = FUNCTIONS[name]
    series = inputs(function, flat_bars(100.0, 300))

    found = NUMBERS[name](*series, *constants_of(function, {"n": 5}, "sma"))

    assert all(np.isnan(it).all() for it in (found if isinstance(found, tuple) else (found,)))
