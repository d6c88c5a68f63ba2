"""Replay equals backtest in SPEC section 3's sense, for every example on real candles."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from runner.commands.files import market_for, strategy_from
from runner.core.strategy import Fire, SizeMode, Strategy
from runner.data.store import dataset
from runner.data.synthetic import synthetic
from runner.engine.backtest import result_of, simulate
from runner.engine.replay import Replay, run_replay
from runner.engine.session import Watch
from runner.model.bars import Bars
from runner.model.markets import Market
from runner.model.orders import OrderState
from runner.model.results import DataUsed, OrderLine, Result
from tests.conftest import ROOT
from tests.core.fingerprint import COSTS
from tests.engine.values import HOUR, a_market, a_strategy

EXAMPLES = sorted((ROOT / "rules").glob("*.yaml"))
ALL_BARS = 42_565


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
@pytest.mark.parametrize(
    "count",
    [3_000, pytest.param(ALL_BARS, marks=[pytest.mark.acceptance, pytest.mark.timeout(1200)])],
)
def test_an_example_replayed_equals_its_backtest(
    file: Path, count: int, shared: Path, tmp_path: Path
) -> None:
    strategy = strategy_from(file)
    found = dataset([str(shared / "data/binance/spot/BTC-USDT-1h.csv.gz")], "BTC/USDT", HOUR, None)
    bars = found.bars.until(count)
    assert len(bars) == count

    expect_equal(strategy, bars, market_for(strategy, file), tmp_path, trades=5)


UNUSUAL = {
    "everything spent": a_strategy(
        "close > sma(close, 5)", "close < sma(close, 9)", costs=COSTS
    ),
    "a level, not a rise": a_strategy(
        "close > open", "close < sma(close, 9)", (SizeMode.NOTIONAL, "4000"),
        fire=Fire.WHILE_TRUE, costs=COSTS,
    ),
    "stop alone": a_strategy(
        "close > sma(close, 5)", None, (SizeMode.RISK, "0.002"), "0.5%", costs=COSTS
    ),
    "target alone": a_strategy(
        "close > sma(close, 5)", "close < sma(close, 30)", (SizeMode.EQUITY, "0.9"), None, "0.4%",
        costs=COSTS,
    ),
    "denied for lack of cash": a_strategy(
        "close > sma(close, 5)", "close < sma(close, 9)",
        (SizeMode.EQUITY, "0.5 if close > sma(close, 20) else 1.5"), costs=COSTS,
    ),
    "rejected at the fill": a_strategy(
        "close > sma(close, 5)", "close < sma(close, 9)", (SizeMode.EQUITY, "0.99859"),
        costs=COSTS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_rules_replayed_equal_their_backtest(name: str, tmp_path: Path) -> None:
    bars = jumping(synthetic(5, "BTC/USDT", HOUR, 250))

    result = expect_equal(UNUSUAL[name], bars, a_market(), tmp_path, trades=5)

    fates = {line.status for line in result.orders}
    if name.startswith("denied"):
        assert OrderState.DENIED in fates
    if name.startswith("rejected"):
        assert OrderState.REJECTED in fates


def jumping(bars: Bars) -> Bars:
    """Every third bar opens a tenth of a percent above its predecessor's close."""
    opened = bars.open.copy()
    opened[::3] *= 1.001
    return replace(bars, open=opened, high=np.maximum(bars.high, opened))


def expect_equal(
    strategy: Strategy, bars: Bars, market: Market, folder: Path, trades: int
) -> Result:
    """Equal ids, sides, types, prices, quantities, fees, bars, statuses; equity to the last bit."""
    end = bars.closed_at(len(bars) - 1)
    data = DataUsed(
        "BTC/USDT", "1h", int(bars.opened_at[0]), end, len(bars), 0, 0, "0" * 64, "a test"
    )
    wanted = result_of(simulate(strategy, bars, market), data, with_orders=True)
    assert len(wanted.trades) >= trades
    quiet = Watch(lambda record: None, lambda seen: None)
    told = asyncio.run(
        run_replay(
            Replay(strategy, bars, data, market, 0, 0.0),
            folder / "run",
            quiet,
            lambda step: None,
            lambda result: {},
        )
    )

    assert [in_words(line) for line in told.orders] == [in_words(line) for line in wanted.orders]
    assert told.equity.tolist() == wanted.equity.tolist()
    assert told.trades == wanted.trades
    assert told.still_open == wanted.still_open
    assert told.fees == pytest.approx(wanted.fees, rel=1e-12)
    return told


def in_words(line: OrderLine) -> OrderLine:
    """An order without its reasons: the exchange and the backtest word a rejection differently."""
    return replace(line, reasons=()) if line.status is OrderState.REJECTED else line
