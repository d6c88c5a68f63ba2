"""Asks TA-Lib whether the table is right: `python -m runner.indicators.probe`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from runner.indicators.compute import lookback
from runner.indicators.signature import ArgumentKind, Function
from runner.indicators.table import FUNCTIONS

#: Lengths tried, place by place; ascending, for `fast` and `slow`.
_TRIED = ((2, 3, 2), (5, 9, 4), (14, 26, 9), (50, 200, 20), (1000, 2000, 500))


def disagreements() -> Iterator[str]:
    """Each place where TA-Lib's own lookback or lower bound differs from the table's."""
    for function in FUNCTIONS.values():
        if function.talib is not None:
            yield from _of_lookback(function, function.talib)
            yield from _of_minimum(function, function.talib)


def _of_lookback(function: Function, talib: str) -> Iterator[str]:
    count = len(_minimums(function))
    for tried in _TRIED:
        ours, theirs = function.lookback(*tried[:count]), lookback(talib, *tried[:count])
        if ours != theirs:
            yield f"{function.name}{tried[:count]}: lookback is {ours}, in TA-Lib {theirs}"


def _of_minimum(function: Function, talib: str) -> Iterator[str]:
    minimums = _minimums(function)
    for place, ours in enumerate(minimums):
        lengths = [14, 26, 9][: len(minimums)]
        theirs = 0
        for theirs in range(1, 10):
            lengths[place] = theirs
            if lookback(talib, *lengths) is not None:
                break
        if ours != theirs:
            yield f"{function.name}: length {place + 1} starts at {ours}, in TA-Lib at {theirs}"


def _minimums(function: Function) -> list[int]:
    return [
        int(argument.minimum)
        for argument in function.arguments
        if argument.kind is ArgumentKind.LENGTH
    ]


def main() -> int:
    """Prints what differs; 0 when nothing does."""
    found = list(disagreements())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
