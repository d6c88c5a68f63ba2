"""Replay equals backtest on real candles: every example, and rules that trade often."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from runner.commands.files import data_for, markets_for, strategy_from
from runner.core.strategy import Strategy
from runner.data.funding import Funding
from runner.data.history import MarketData, RunData
from runner.engine.backtest import result_of, simulate
from runner.model.bars import Bars, Timeframe
from runner.model.markets import Market
from tests.conftest import EXAMPLES
from tests.docs.test_rules import RECORDED, at
from tests.engine.replayed import expect_equal
from tests.engine.rulebook import RULES
from tests.engine.values import a_market

FIVE_MINUTES, MINUTE = Timeframe("5m", 300_000), Timeframe("1m", 60_000)
XRP, BTC, ADA = "XRP/USDT:USDT", "BTC/USDT:USDT", "ADA/USDT:USDT"
EXCERPT = 120

XRP_FILE = (f"{XRP}=binance/futures/XRP-USDT-USDT-5m.csv.gz",)
TWO_FILES = (
    f"{BTC}=bybit/futures/BTC-USDT-USDT-1m-20221213.csv.gz",
    f"{ADA}=binance/futures/ADA-USDT-USDT-1m-20221213.csv.gz",
)
OFTEN = ["long and short", "contracts in parts", "contracts in a pyramid"]


def on(name: str, symbols: tuple[str, ...], timeframe: Timeframe) -> Strategy:
    """A file of the table for other symbols; funding is declared where none is recorded."""
    strategy = RULES[name].strategy(len(symbols))
    backtest = replace(strategy.backtest, funding=Decimal("0.0001"))
    return replace(strategy, symbols=symbols, timeframe=timeframe, backtest=backtest)


def excerpt(data: RunData, skip: int, count: int) -> RunData:
    """`count` bars of time, `skip` after the first at which every symbol is there."""
    tf_ms = data.markets[0].bars.timeframe.ms
    begin = max(int(market.bars.opened_at[0]) for market in data.markets) + skip * tf_ms
    end = begin + count * tf_ms
    return RunData(tuple(_between(market, begin, end) for market in data.markets), data.inputs)


def _between(market: MarketData, begin: int, end: int) -> MarketData:
    bars = market.bars
    first, last = np.searchsorted(bars.opened_at, [begin, end])
    columns = [getattr(bars, name)[first:last] for name in
               ("opened_at", "open", "high", "low", "close", "volume")]  # fmt: skip
    mark = None if market.mark is None else market.mark[first:last]
    return replace(market, bars=Bars(bars.symbol, bars.timeframe, *columns), mark=mark)


def recorded(shared: Path, strategy: Strategy, words: tuple[str, ...], state: Path) -> RunData:
    return data_for(strategy, tuple(at(shared, word) for word in words), state)


@pytest.mark.parametrize("name", OFTEN)
@pytest.mark.parametrize(
    ("skip", "count"), [(900, EXCERPT), pytest.param(0, 2_000, marks=pytest.mark.acceptance)]
)
def test_contracts_with_recorded_funding_replayed_equal_their_backtest(
    skip: int, count: int, name: str, shared: Path, tmp_path: Path
) -> None:
    strategy = on(name, (XRP,), FIVE_MINUTES)
    data = excerpt(recorded(shared, strategy, XRP_FILE, tmp_path), skip, count)
    stamps = data.markets[0].funding
    assert isinstance(stamps, Funding)

    rules = (a_market(XRP, tick="0.0001", step="0.1"),)
    result = expect_equal(strategy, data, rules, tmp_path)

    assert len(result.trades) > 2
    assert result.funding != 0.0


@pytest.mark.parametrize("name", OFTEN)
@pytest.mark.parametrize(
    ("skip", "count"), [(60, 60), pytest.param(0, 720, marks=pytest.mark.acceptance)]
)
def test_contracts_of_two_exchanges_replayed_equal_their_backtest(
    skip: int, count: int, name: str, shared: Path, tmp_path: Path
) -> None:
    strategy = on(name, (BTC, ADA), MINUTE)
    data = excerpt(recorded(shared, strategy, TWO_FILES, tmp_path), skip, count)

    rules = (a_market(BTC, tick="0.5", step="0.001"), a_market(ADA, tick="0.0001", step="1"))
    result = expect_equal(strategy, data, rules, tmp_path)

    assert {trade.symbol for trade in result.trades} == {BTC, ADA}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
@pytest.mark.parametrize(
    "count", [EXCERPT, pytest.param(None, marks=[pytest.mark.acceptance, pytest.mark.timeout(0)])]
)
def test_an_example_replayed_equals_its_backtest(
    count: int | None, file: Path, shared: Path, tmp_path: Path
) -> None:
    strategy, markets = fitted(file, tmp_path)
    data = recorded(shared, strategy, RECORDED[file.stem].data, tmp_path)
    if count is not None:
        data = with_a_trade(strategy, data, markets, count)

    result = expect_equal(strategy, data, markets, tmp_path)

    assert result.trades


def fitted(file: Path, folder: Path) -> tuple[Strategy, tuple[Market, ...]]:
    """An example for the symbols and bars that there are."""
    text = file.read_text(encoding="utf-8")
    for old, new in RECORDED[file.stem].instead.items():
        text = text.replace(old, new)
    path = folder / file.name
    path.write_text(text + RECORDED[file.stem].added, encoding="utf-8")
    strategy = strategy_from(path)
    return strategy, markets_for(strategy, path)


def with_a_trade(
    strategy: Strategy, data: RunData, markets: tuple[Market, ...], count: int
) -> RunData:
    """Lookback and `count` bars, or more, in which a position is opened and closed."""
    begin = max(int(market.bars.opened_at[0]) for market in data.markets)
    orders = result_of(simulate(strategy, data, markets), with_orders=True).orders
    for length, order in product((count, 3 * count), orders):
        bars = (order.decided_at - begin) // strategy.timeframe.ms
        cut = excerpt(data, max(0, bars - strategy.lookback - 10), strategy.lookback + length)
        if len(result_of(simulate(strategy, cut, markets), with_orders=False).trades):
            return cut
    raise AssertionError("no position is ever closed")
