"""What is said of a function: for `runner functions`, and for the guide.

In: a row of the table. Out: its words and numbers, and an example with its lookback and warm-up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.indicators.signature import Argument, ArgumentKind, Function, Level
from runner.indicators.table import FUNCTIONS
from runner.language.parse import Scope, parse
from runner.model.values import dataclass

#: What stands in an example at an argument of that name; 14 at the other lengths.
_EXAMPLES: Mapping[str, str] = {
    **dict.fromkeys(("source", "a", "x"), "close"),
    **{"b": "open", "y": "volume", "volume": "volume", "periods": "10 + mod(volume, 20)"},
    **{"condition": "close > open", "day": "day", "low": "10", "high": "20"},
    **{"fast": "12", "slow": "26", "signal": "9", "k": "14", "k_slow": "3", "d": "3", "bars": "10"},
    **{"first": "25", "second": "13", "short": "7", "middle": "14", "long": "28", "count": "25"},
    **{"left": "5", "right": "5", "shortest": "5", "longest": "30", "deviations": "10"},
    **{"ranges": "10", "up": "2", "down": "2", "multiple": "3", "percent": "50", "factor": "0.7"},
    **{"fast_limit": "0.5", "slow_limit": "0.05", "penetration": "0.3", "offset": "0"},
    **{"acceleration": "0.02", "maximum": "0.2"},
}

#: The same of weights: `sarext`.
_WEIGHTS = {"most": "0.2", "short_most": "0.2"}

_TAKES: Mapping[ArgumentKind, str] = {
    ArgumentKind.SERIES: "a series, such as close",
    ArgumentKind.VALUE: "a series or a number",
    ArgumentKind.CONDITION: "a condition, such as close > open",
    ArgumentKind.BAR: "a series of the bars, such as close or volume",
}

_LEVELS = {
    Level.ADDED: "a sum since the first bar: its level is refused, its change is known",
    Level.SCALED: "a product since the first bar: its level is refused, its ratios are known",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A call with usual arguments; bars until it is defined, and until its start is forgotten."""

    text: str
    lookback: int
    warmup: int


def example(function: Function) -> Example:
    """One that passes the checker; of a level what alone is known of it."""
    text = f"{function.name}({', '.join(map(_written, function.arguments))})"
    if function.level is not None:
        text = f"{'change' if function.level is Level.ADDED else 'roc'}({text}, 14)"
    known = parse(text, Scope(), None)
    return Example(text, known.lookback, known.warmup or 1)


def _written(argument: Argument) -> str:
    if argument.kind is ArgumentKind.WORD:
        return "ema" if len(argument.words) > 1 else argument.words[0]
    if argument.kind is ArgumentKind.NUMBER and argument.name not in _EXAMPLES:
        return _WEIGHTS.get(argument.name, "0.02")
    if argument.kind is ArgumentKind.NUMBER and argument.name == "first":
        return "0.02"
    return _EXAMPLES.get(argument.name, "14")


def takes(argument: Argument) -> str:
    """What may stand at its place."""
    match argument.kind:
        case ArgumentKind.LENGTH:
            return f"whole number or param, {argument.minimum:.12g} to {argument.maximum:.12g}"
        case ArgumentKind.NUMBER:
            return f"number or param, {argument.minimum:.12g} to {argument.maximum:.12g}"
        case ArgumentKind.WORD if len(argument.words) > 1:
            return f"one of {' '.join(argument.words)}"
        case ArgumentKind.WORD:
            return "this word"
    return _TAKES[argument.kind]


def lines(function: Function) -> Iterator[tuple[str, str]]:
    """Everything that is known of it, as titles and texts."""
    shown = example(function)
    yield "write", function.signature
    yield "means", function.doc
    yield "gives", function.unit
    if function.outputs:
        yield "outputs", " ".join(f".{output}" for output in function.outputs)
    for argument in function.arguments:
        yield argument.name, takes(argument)
    if function.reads:
        yield "reads", " ".join(function.reads)
    yield "formula", function.formula
    if function.talib is not None:
        yield "TA-Lib", function.talib
    if function.level is not None:
        yield "start", _LEVELS[function.level]
    yield "example", shown.text
    yield "lookback", f"{shown.lookback}: the first bar with a value, counted from 0"
    yield "warmup", f"{shown.warmup} bars until it no longer depends on where the history begins"


def document(function: Function) -> dict[str, object]:
    """The same for programs."""
    shown = example(function)
    return {
        "name": function.name,
        "signature": function.signature,
        "meaning": function.doc,
        "gives": function.unit,
        "outputs": list(function.outputs),
        "arguments": [
            {"name": argument.name, "kind": argument.kind.value, "takes": takes(argument)}
            for argument in function.arguments
        ],
        "reads": list(function.reads),
        "formula": function.formula,
        "talib": function.talib,
        "start": function.level.value if function.level is not None else None,
        "example": {"text": shown.text, "lookback": shown.lookback, "warmup": shown.warmup},
    }


def every() -> tuple[Function, ...]:
    """All functions, in the order of the reference."""
    return tuple(FUNCTIONS.values())
