"""A decision from the last `warmup` bars is the decision from all history."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from runner.commands.files import strategy_from
from runner.core.columns import Columns, columns
from runner.data.store import dataset
from runner.model.bars import Bars
from tests.conftest import ROOT
from tests.engine.values import HOUR

EXAMPLES = sorted((ROOT / "rules").glob("*.yaml"))
ENDS = range(4_000, 42_000, 475)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_decides_the_same_from_a_window_of_its_warmup(file: Path, shared: Path) -> None:
    strategy = strategy_from(file)
    data = dataset([str(shared / "data/binance/spot/BTC-USDT-1h.csv.gz")], "BTC/USDT", HOUR, None)
    whole = columns(strategy, data.bars)

    for end in ENDS:
        # one bar more than the warm-up: an entry is a rise from the bar before
        window = columns(strategy, last(data.bars, end, strategy.warmup + 1))

        assert (window.entry[-1], window.leave[-1]) == (whole.entry[end - 1], whole.leave[end - 1])
        np.testing.assert_allclose(numbers(window, -1), numbers(whole, end - 1), rtol=1e-9)


def last(bars: Bars, end: int, count: int) -> Bars:
    rows = slice(end - count, end)
    prices = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    return Bars(
        bars.symbol, bars.timeframe, bars.opened_at[rows], *(column[rows] for column in prices)
    )


def numbers(table: Columns, row: int) -> list[float]:
    return [float(table.value[row]), float(table.stop[row]), float(table.target[row])]
