"""A replay beside its backtest: the same orders, trades and equity, or the test fails."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from runner.core.strategy import Strategy
from runner.data.funding import declared_funding
from runner.data.history import RunData
from runner.data.synthetic import synthetic
from runner.engine.backtest import result_of, simulate
from runner.engine.replay import Replay, run_replay
from runner.engine.session import Watch
from runner.model.bars import Bars
from runner.model.markets import Market
from runner.model.orders import OrderState
from runner.model.results import OrderLine, Result
from tests.engine.values import run_data

QUIET = Watch(lambda record: None, lambda seen: None)


def made_up(strategy: Strategy, count: int, *, jumps: bool = False) -> RunData:
    """`count` bars for each symbol, and funding for contracts."""
    bars = [synthetic(7, symbol, strategy.timeframe, count) for symbol in strategy.symbols]
    if jumps:
        bars = [jumping(one) for one in bars]
    if not strategy.is_futures:
        return run_data(*bars)
    rate = Decimal("0.0003")
    return run_data(*bars, settled={one.symbol: declared_funding(one, rate, "") for one in bars})


def jumping(bars: Bars) -> Bars:
    """Every third bar opens a tenth of a percent above its predecessor's close."""
    opened = bars.open.copy()
    opened[::3] *= 1.001
    return replace(bars, open=opened, high=np.maximum(bars.high, opened))


def expect_equal(
    strategy: Strategy, data: RunData, markets: tuple[Market, ...], folder: Path
) -> Result:
    """Equal ids, sides, types, prices, quantities, fees, bars, statuses; equity to 1e-9."""
    wanted = result_of(simulate(strategy, data, markets), with_orders=True)
    told = asyncio.run(
        run_replay(
            Replay(strategy, data, markets, 0, 0.0),
            folder / "run",
            QUIET,
            lambda step: None,
            lambda result: {},
        )
    )

    assert [in_words(line) for line in told.orders] == [in_words(line) for line in wanted.orders]
    np.testing.assert_allclose(told.equity, wanted.equity, rtol=1e-9)
    assert told.trades == wanted.trades
    assert told.still_open == wanted.still_open
    assert told.denied == wanted.denied
    assert told.halted == wanted.halted
    assert told.fees == pytest.approx(wanted.fees, rel=1e-9)
    assert told.funding == pytest.approx(wanted.funding, rel=1e-9, abs=1e-9)
    return told


def in_words(line: OrderLine) -> OrderLine:
    """An order without its reasons: the exchange and the backtest word a rejection differently."""
    return line if line.status is OrderState.DENIED else replace(line, reasons=())
