"""Asks TA-Lib what it is, for `python docs/probe.py` and for the tests.

In: TA-Lib's own introspection, and for ranges, which it does not tell, trials. Out:
`probed.py`, one line a function, and each place where the table of functions differs from it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from runner.indicators.compute import described, talib
from runner.indicators.probed import ROWS
from runner.indicators.signature import ArgumentKind, Function
from runner.indicators.table import FUNCTIONS
from runner.indicators.talib_row import BY_NUMBER

_HEAD = '''"""What TA-Lib says of its functions; `python docs/probe.py` wrote it.

A line: name, inputs, parameters with their ranges, outputs, and whether it says of itself that its
values are unstable at first or depend on their path. `ma` is a number of TA-Lib's for an average.
"""

ROWS = """\\
'''

_INTEGERS = (*range(-1, 16), 100, 1000, 10_000, 100_000, 100_001, 1_000_000)
_REALS = (-3e37, -1.0, -0.01, 0.0, 0.001, 0.01, 0.5, 0.99, 1.0, 1.01, 100.0, 100.1)
_MOST = (3e37,)
_KINDS = ("real", "?", "int", "ma")  # TA-Lib's numbers for them
_FLAGS = {"Function has an unstable period": "unstable", "Output is path-dependent": "path"}

#: Names that mean something else here: `max` and `min` are of two values, `percentrank` counts
#: equal ones, `vwap` is of the day, `supertrend` is undefined until the close leaves a band.
_OTHERS = frozenset({"max", "min", "percentrank", "supertrend", "vwap"})

#: Constants tried, by the names of arguments; several, so that every formula shows.
_TRIED: tuple[dict[str, int], ...] = (
    {},
    {"n": 2, "signal": 2},
    {"n": 5},
    {"n": 50, "slow": 120, "fast": 3},
    {"n": 333},
)
_USUAL: dict[str, float] = {
    **{"n": 14, "fast": 12, "slow": 26, "signal": 9, "k": 9, "k_slow": 3, "d": 4, "up": 2.0},
    **{"down": 2.0, "multiple": 3.0, "percent": 50.0, "factor": 0.7, "first": 11, "second": 13},
    **{"short": 7, "middle": 14, "long": 28, "left": 2, "right": 3, "shortest": 2, "longest": 30},
}


def module_text() -> str:
    """`probed.py`, as it should be."""
    lines = (line for row in rows() for line in _wrapped(row))
    return _HEAD + "".join(f"{line}\n" for line in lines) + '"""\n'


def rows() -> Iterator[str]:
    """One line for each function of TA-Lib, by name."""
    for name in sorted(talib.get_functions()):
        yield _row(name)


def _row(name: str) -> str:
    info = described(name).info
    inputs = " ".join(_inputs(info["input_names"]))
    parameters = ", ".join(
        _parameter(name, index, parameter) for index, parameter in enumerate(info["parameters"])
    )
    flags = " ".join(word for flag, word in _FLAGS.items() if flag in info["function_flags"])
    return f"{name}|{inputs}|{parameters}|{' '.join(info['output_names'])}|{flags}"


def _inputs(names: dict[str, Any]) -> Iterator[str]:
    for name, default in names.items():
        yield from [name] if isinstance(default, str) else default


def _parameter(name: str, index: int, parameter: str) -> str:
    told = talib._ta_lib._ta_getOptInputParameterInfo(name.encode(), index)
    kind = _KINDS[told["type"]]
    tried = _REALS + _MOST if kind == "real" else _INTEGERS
    taken = [it for it in tried if _is_taken(name, parameter, it)]
    return f"{parameter} {kind} {taken[0]:.12g}..{taken[-1]:.12g}"


def _is_taken(name: str, parameter: str, tried: float) -> bool:
    """Whether TA-Lib takes it beside its defaults, or where all lengths are that long."""
    lengths = [it for it in described(name).info["parameters"] if it.endswith("period")]
    alike = dict.fromkeys(lengths, tried) if parameter in lengths else {}
    given = ({parameter: tried}, {**alike, parameter: tried})
    return any(_lookback(name, it) is not None for it in given)


def _lookback(name: str, parameters: dict[str, float]) -> int | None:
    """What TA-Lib itself says of a function; `None` where it does not take these parameters."""
    function = described(name)
    function.set_parameters(parameters)
    found = int(function.lookback)
    return found if found >= 0 else None


def disagreements() -> Iterator[str]:
    """Each place where TA-Lib differs from what is written down, or from the table."""
    written = ROWS.splitlines()
    yield from (f"not as TA-Lib says: {row}" for row in sorted({*rows()} ^ {*written}))
    for name in (*talib.get_functions(),):
        if name.lower() in {*FUNCTIONS} - _OTHERS and FUNCTIONS[name.lower()].talib != name:
            yield f"{name.lower()}: not known to be TA-Lib's"
    for function in FUNCTIONS.values():
        if function.talib is not None:
            yield from _of_lookback(function, function.talib)


def _of_lookback(function: Function, talib_name: str) -> Iterator[str]:
    for changed in _TRIED:
        for word in BY_NUMBER:
            constants = list(constants_of(function, changed, word))
            theirs = _lookback(talib_name, parameters(function, constants))
            ours = function.lookback(*constants)
            if ours != theirs:
                yield f"{function.name}{constants}: lookback is {ours}, in TA-Lib {theirs}"


def constants_of(function: Function, changed: dict[str, Any], word: str) -> Iterator[Any]:
    """What is written at the places of its constants."""
    for place in function.arguments:
        if place.kind is ArgumentKind.LENGTH:
            usual = int(changed.get(place.name, _USUAL.get(place.name, 3)))
            yield max(usual, int(place.minimum))
        elif place.kind is ArgumentKind.NUMBER:
            yield min(max(_USUAL.get(place.name, 0.05), place.minimum), place.maximum)
        elif place.kind is ArgumentKind.WORD and len(place.words) > 1:
            yield word


def parameters(function: Function, constants: list[Any]) -> dict[str, Any]:
    """The same as TA-Lib calls them, without those that we never write."""
    left = list(constants)
    words = any(isinstance(it, str) for it in constants)
    named: dict[str, Any] = {}
    for name in described(function.talib or "").info["parameters"]:
        unwritten = name == "startvalue" or ("matype" in name and not words)
        if left and not unwritten:
            value = left.pop(0)
            named[name] = BY_NUMBER[value] if isinstance(value, str) else value
    return named


def _wrapped(row: str) -> list[str]:
    """Lines of a row, all but the last with the mark that joins it to the next."""
    lines = textwrap.wrap(row, 99, drop_whitespace=False, break_long_words=False)
    return [f"{line}\\" for line in lines[:-1]] + lines[-1:]
