"""Functions of TA-Lib as rows of the table: what it says itself, and what we write beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from runner.indicators.probed import ROWS
from runner.indicators.signature import (
    MAX_LENGTH,
    Argument,
    ArgumentKind,
    Function,
    Level,
    cascade_steps,
    wilder_steps,
)
from runner.model.values import dataclass

#: Averages that stand as a word at an argument's place, with TA-Lib's numbers for them. MESA's is
#: none of them: it would take no notice of the length beside it.
BY_NUMBER: Mapping[str, int] = {
    **{"sma": 0, "ema": 1, "wma": 2, "dema": 3, "tema": 4, "trima": 5, "kama": 6, "t3": 8},
    **{"hma": 9, "zlema": 12, "rma": 13},
}

#: Exponential averages of one length that each is put together from.
_STAGES = {"ema": 1, "zlema": 1, "dema": 2, "tema": 3, "t3": 6}

#: Bounds of numbers, within those of TA-Lib, which has none for most of them.
_BOUNDS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("acceleration", "maximum", "first", "step", "most"), (0.001, 1.0)),
    **dict.fromkeys(("short_first", "short_step", "short_most"), (0.001, 1.0)),
    "offset": (0.0, 1.0),
    "factor": (0.0, 1.0),
    "fast_limit": (0.01, 0.99),
    "slow_limit": (0.01, 0.99),
    "multiple": (0.0, 10.0),
    "penetration": (0.0, 10.0),
    "percent": (0.0, 100.0),
}

#: TA-Lib's names of inputs that may be any series.
_FREE = {"price": "source", "price0": "x", "price1": "y", "periods": "periods"}


@dataclass(frozen=True, slots=True)
class Probed:
    """What TA-Lib says of one function: `parameters` with kind, least and most."""

    inputs: tuple[str, ...]
    parameters: tuple[tuple[str, str, float, float], ...]
    outputs: tuple[str, ...]
    flags: tuple[str, ...]


@cache
def _rows() -> dict[str, str]:
    return {name: rest for name, _, rest in (row.partition("|") for row in ROWS.splitlines())}


def probed(name: str) -> Probed:
    """The row of one function; `name` as TA-Lib spells it."""
    inputs, parameters, outputs, flags = _rows()[name].split("|")
    return Probed(
        tuple(inputs.split()),
        tuple(_parameter(it) for it in parameters.split(", ") if it),
        tuple(outputs.split()),
        tuple(flags.split()),
    )


def _parameter(text: str) -> tuple[str, str, float, float]:
    name, kind, bounds = text.split()
    least, _, most = bounds.partition("..")
    return name, kind, float(least), float(most)


def row(
    talib: str,
    written: str,
    unit: str,
    doc: str,
    formula: str,
    lookback: Callable[..., int] | int = 0,
    steps: Callable[..., int] | int = 0,
    outputs: str = "",
    ascending: tuple[str, str] | None = None,
    level: Level | None = None,
) -> Function:
    """One function. `written`: our names of its parameters in TA-Lib's order, `-` for one that is
    never written; `steps`: bars beyond the lookback until its start is forgotten."""
    known = probed(talib)
    back = lookback if callable(lookback) else _always(lookback)
    more = steps if callable(steps) else _always(steps)
    free = any(name in _FREE for name in known.inputs)
    return Function(
        talib.lower(),
        (*_inputs(known, free, level), *_constants(known, written.split())),
        back,
        lambda *constants: back(*constants) + 1 + more(*constants),
        unit,
        doc,
        formula,
        talib=talib,
        reads=() if free else known.inputs,
        outputs=tuple(outputs.split()),
        ascending=ascending,
        level=level,
    )


def _always(rows: int) -> Callable[..., int]:
    return lambda *constants: rows


def _inputs(known: Probed, free: bool, level: Level | None) -> Iterator[Argument]:
    """What works on any series is told all of them; what works on bars reads them by itself."""
    kind = ArgumentKind.BAR if level else ArgumentKind.SERIES
    for name in known.inputs if free else ():
        yield Argument(_FREE.get(name, name), kind)


def _constants(known: Probed, names: list[str]) -> Iterator[Argument]:
    for name, (_, kind, least, most) in zip(names, known.parameters, strict=True):
        if name == "-":
            continue
        if kind == "int":
            yield Argument(name, ArgumentKind.LENGTH, least, min(most, MAX_LENGTH))
        elif kind == "ma":
            yield Argument(name, ArgumentKind.WORD, words=tuple(BY_NUMBER))
        else:
            yield Argument(name, ArgumentKind.NUMBER, *_BOUNDS[name])


def average_lookback(n: int, word: str) -> int:
    """Rows before the first value of the average of that name."""
    if n == 1:
        return 0
    match word:
        case "zlema":
            return n - 1 + (n - 1) // 2
        case "hma":
            return n - 2 + int(n**0.5)
        case "kama":
            return n
        case "dema" | "tema" | "t3":
            return _STAGES[word] * (n - 1)
    return n - 1


def average_steps(n: int, word: str) -> int:
    """Bars beyond them until it has forgotten its start."""
    if word == "rma":
        return wilder_steps(n)
    if word == "kama":
        return kama_steps(n)
    return cascade_steps(n, _STAGES[word]) if word in _STAGES else 0


def kama_steps(n: int) -> int:
    """The same for Kaufman's, whose weight the market sets: measured, with a margin of two.

    42,565 hours of BTC/USDT: 300 bars for a length of 10, 800 for 30, 1,300 for 100, 2,500 for 300.
    The weight is never below (2 / 31)², so that 6,700 bars always do.
    """
    return min(6_700, 200 + 40 * n)
