"""A decision from the last `warmup` bars is the decision from all history."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from runner.commands.files import strategy_from, symbols_read_only
from runner.core.columns import table_of
from runner.core.strategy import Strategy
from runner.core.table import Table
from runner.data.synthetic import synthetic
from runner.engine.past import surroundings_of
from runner.model.bars import Bars
from tests.conftest import EXAMPLES
from tests.engine.values import run_data

WINDOWS, APART = 40, 37


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_decides_the_same_from_a_window_of_its_warmup(file: Path) -> None:
    strategy = strategy_from(file)
    # one bar more than the warm-up: an entry is a rise from the bar before
    needed = strategy.warmup + 1
    count = needed + WINDOWS * APART
    symbols = (*strategy.symbols, *symbols_read_only(strategy))
    bars = {symbol: synthetic(7, symbol, strategy.timeframe, count) for symbol in symbols}
    whole = {symbol: table(strategy, symbol, bars) for symbol in strategy.symbols}

    for end in range(needed, count + 1, APART):
        window = {symbol: last(one, end, needed) for symbol, one in bars.items()}
        for symbol in strategy.symbols:
            seen, known = table(strategy, symbol, window), whole[symbol]
            assert truths(seen, needed - 1) == truths(known, end - 1)
            np.testing.assert_allclose(
                numbers(seen, needed - 1), numbers(known, end - 1), rtol=1e-9
            )


def table(strategy: Strategy, symbol: str, bars: Mapping[str, Bars]) -> Table:
    here = surroundings_of(strategy, symbol, bars, run_data(*bars.values()))
    return table_of(strategy, here, None, len(bars[symbol]))


def last(bars: Bars, end: int, count: int) -> Bars:
    rows = slice(end - count, end)
    prices = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    return Bars(
        bars.symbol, bars.timeframe, bars.opened_at[rows], *(column[rows] for column in prices)
    )


def truths(table: Table, row: int) -> list[int]:
    """Whether each side is entered, which of its rules leave, and what flags say."""
    sides = [side for side in (table.long_side, table.short_side) if side is not None]
    rises = [int(side.rise[row] == 1) for side in sides]
    return [*rises, *(int(side.leave[row]) for side in sides), int(table.flags[row])]


def numbers(table: Table, row: int) -> list[float]:
    """Sizes, prices and distances."""
    sides = [side for side in (table.long_side, table.short_side) if side is not None]
    told = [column[row] for side in sides for column in (side.value, side.price, side.prefer)]
    targets = np.asarray(table.targets)[:, row]
    return [*map(float, told), float(table.stop[row]), float(table.trail[row]), *targets]
