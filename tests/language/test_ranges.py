"""What warnings say that numbers cannot leave, against what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from runner.language.canonical import canonical
from runner.language.evaluate import Evaluator
from runner.language.parse import Expression, Kind, Scope
from runner.language.ranges import range_of
from runner.language.surroundings import alone
from runner.model.bars import Bars
from tests.indicators.markets import calls, cut, expression, made_bars, real_bars


def spiky(bars: Bars) -> Bars:
    """Jumps to a hundredth and to a hundredfold, one bar in fifty: averages overshoot there."""
    chance = np.random.default_rng(11)
    jumps = np.where(chance.random(len(bars)) < 0.02, chance.choice([0.01, 100.0], len(bars)), 1.0)
    prices = (bars.open * jumps, bars.high * jumps, bars.low * jumps, bars.close * jumps)
    return Bars(bars.symbol, bars.timeframe, bars.opened_at, *prices, bars.volume)


def leaves(parsed: Expression, bars: Bars) -> bool:
    low, high = range_of(canonical(parsed.tree, Scope()))
    values = Evaluator(alone(bars), {}, {}).number(parsed)
    known = values[~np.isnan(values)]
    return bool(((known < low) | (known > high)).any())


@pytest.mark.parametrize("text", calls())
def test_no_function_leaves_its_range(text: str, shared: Path) -> None:
    parsed = expression(text)
    if parsed.kind is not Kind.NUMBER:
        return
    real, made = cut(real_bars(shared), 0, 5_000), made_bars(7, 2_000)

    assert not any(leaves(parsed, bars) for bars in (real, made, spiky(made)))
