"""Where a sum or product since the first bar may stand: where its unknown start cancels out.

`obv(close, volume)` is only known but for a number that depends on where the history begins. Its
change is known, it can be compared with its own average, and that average has the same start.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from runner.indicators.signature import Level
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Start:
    """An unknown start. `key`: what has the same one; `text`: the call, as it was written."""

    key: str
    text: str
    level: Level


_KEEPING = """
    bbands dema ema ewma highest hma kama linearreg_intercept linreg lowest ma mavp max mean
    midpoint min minmax percentile rma sma t3 tema trima tsf valuewhen vwma wma zlema
"""
_BLIND_TO_BOTH = """
    cmo cmou correlation crossover crossunder er falling percentrank rising rsi stochrsi tsi vhf
    zscore
"""
_BLIND_TO_SUMS = """
    apo avgdev change dpo linearreg_angle macd macdext macdfix mom ols_slope stdev var
"""
_BLIND_TO_PRODUCTS = "beta coppock fosc ppo roc rocp rocr rocr100 trix"

#: What moves as its source does, wherever that starts.
KEEPING = frozenset(_KEEPING.split())

#: What takes no notice of a number that is added to its source, or that this is multiplied with.
BLIND = {
    Level.ADDED: frozenset((*_BLIND_TO_BOTH.split(), *_BLIND_TO_SUMS.split())),
    Level.SCALED: frozenset((*_BLIND_TO_BOTH.split(), *_BLIND_TO_PRODUCTS.split())),
}

#: Those that compare their arguments, which must have one start then.
_TOGETHER = frozenset({"crossover", "crossunder", "max", "min"})


def of_call(name: str, starts: Sequence[Start | None]) -> tuple[Start | None, Start | None]:
    """What a function of such arguments starts from, and the start that it cannot have."""
    first = next(filter(None, starts), None)
    if first is None:
        return None, None
    alike = name not in _TOGETHER or all(start == first for start in starts)
    if alike and name in BLIND[first.level]:
        return None, None
    return (first, None) if alike and name in KEEPING else (None, first)


def of_operator(
    operator: ast.operator, left: Start | None, right: Start | None
) -> tuple[Start | None, Start | None]:
    """The same for arithmetic: `x - x[1]` of a sum and `x / x[1]` of a product are known."""
    first = left or right
    if first is None:
        return None, None
    undone = ast.Sub if first.level is Level.ADDED else ast.Div
    joined = ast.Add if first.level is Level.ADDED else ast.Mult
    if isinstance(operator, undone) and left is not None:
        return (None, None) if left == right else (left, right)
    if isinstance(operator, joined) and (left is None or right is None):
        return first, None
    return None, first


def advice(start: Start) -> str:
    """What to write instead of a bare level."""
    change = "change" if start.level is Level.ADDED else "roc"
    return f"write `{change}({start.text}, n)`, or compare it with its own average"[:300]
