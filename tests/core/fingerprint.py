"""Prints which core ran and a digest of all that it left: `python -m tests.core.fingerprint`.

Every size mode, order, exit, protection and fate of an order occurs; a difference in one bit
changes the digest.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256

import numpy as np

from runner.commands.files import markets_for, strategy_from
from runner.core import kernel
from runner.core.strategy import Fire, SizeMode, Strategy
from runner.data.funding import declared_funding
from runner.data.history import RunData
from runner.data.synthetic import synthetic
from runner.engine.backtest import Simulation, simulate
from runner.model.bars import Bars
from runner.model.markets import Costs, Market
from tests.conftest import EXAMPLES, ROOT
from tests.core.stage import rule_file
from tests.engine.values import FUTURES, HOUR, SPOT, a_market, a_strategy, run_data

COSTS = Costs(Decimal("0.0004"), Decimal("0.0011"), Decimal("0.0003"))
ETH = "ETH/USDT:USDT"

FULL = """
position: {leverage: 3x}
sessions: {day: {from: "06:00", to: "22:00", timezone: Europe/Berlin}}
entry:
  sessions: [day]
  long:
    when: close > sma(close, 7)
    valid_for: 3 bars
    size: {risk: 1%}
    order: {type: limit, price: close * 0.999, timeout: 2 bars, when_unfilled: market}
    add: {max: 2, when: profit_r > 0.5 and adds < 2, size: 50%}
  short:
    when: close < sma(close, 7)
    size: {notional: 3000 USDT, at_most: 2500 USDT, when_over: cut}
    order: {type: stop, price: "lowest(low, 3)"}
exit:
  stop_loss: {distance: 1.5 * atr(14)}
  break_even: {at: 1R, offset: 0.1%}
  trailing_stop: {distance: 2 * atr(14), activate_at: 1R, from: close}
  take_profit: [{distance: 1R, close: 40%}, {distance: 2R, close: 30%}]
  time_stop: 30 bars
  session_end: day
  long: [{when: profit_r > 0.8 and bars_held > 2, close: 20%}, {when: "close < sma(close, 30)"}]
  short: {when: peak_profit > 3 * at_entry(atr(14))}
"""
GUARDED = """
protections:
  - cooldown: {for: 2 bars}
  - stoploss_guard: {trades: 3, within: 48h, pause: 12h}
  - max_drawdown: {max: 2%, within: 7d, pause: 24h, positions: close}
  - daily_loss: {max: 1%}
"""
LADDER = """
position: {leverage: 5x}
entry:
  long:
    when: close > open
    fire: while_true
    size: {equity: 60%}
    order: {type: limit, price: close, post_only: true}
    add: [{at: -0.3%, size: 100%}, {at: -0.7%, size: 150%}]
exit:
  take_profit: {distance: 0.6%, from: average}
"""
LIQUIDATED = """
position: {leverage: 20x}
entry:
  long: {when: "close > sma(close, 9)", size: {equity: 90%}}
  short: {when: "close < sma(close, 9)", size: {equity: 90%}}
exit:
  long: {when: "close < sma(close, 9)"}
  short: {when: "close > sma(close, 9)"}
"""


def plain_strategies() -> list[Strategy]:
    """One for each way to size, protect and leave, on one spot market."""
    rise, fall = "close > sma(close, 7)", "close < sma(close, 9)"
    return [
        a_strategy(rise, fall, (SizeMode.SPEND_FRACTION, "1"), costs=COSTS),
        a_strategy(rise, None, (SizeMode.SPEND, "2500.55"), "0.01 * close", r="1.3", costs=COSTS),
        a_strategy(
            rise, fall, (SizeMode.RISK, "0.004"), "1.7 * atr(14)", "3 * atr(14)", costs=COSTS
        ),
        a_strategy(rise, fall, (SizeMode.EQUITY, "0.97"), "1.3%", "2.1%", costs=COSTS),
        a_strategy(rise, fall, (SizeMode.QUANTITY, "0.0123"), None, "0.01 * close", costs=COSTS),
        a_strategy(
            "close > open", fall, (SizeMode.NOTIONAL, "4000"), fire=Fire.WHILE_TRUE, costs=COSTS
        ),
    ]


def costly(body: str, *symbols: str) -> Strategy:
    return rule_file(body, *symbols, maker="0.04%", taker="0.11%", slippage="0.03%")


def rule_files() -> list[Strategy]:
    """Everything that contracts add: one symbol and two."""
    scarce = LADDER.replace("5x", "5x, max_open: 1").replace(
        "while_true", "while_true\n    prefer: roc(close, 5)"
    )
    found = [costly(body) for body in (FULL, FULL + GUARDED, LADDER, LIQUIDATED)]
    found += [costly(body, FUTURES, ETH) for body in (FULL, FULL + GUARDED, scarce, LIQUIDATED)]
    return found


def simulations(seed: int) -> Iterator[Simulation]:
    """All of them, and the shipped rule files on their own markets."""
    bars = synthetic(seed, SPOT, HOUR, 2000)
    for strategy in plain_strategies():
        yield simulate(strategy, run_data(bars), (a_market(),))
    for strategy in rule_files():
        data = contracts(seed, strategy.symbols)
        yield simulate(strategy, data, tuple(a_market(symbol) for symbol in strategy.symbols))
    for file in EXAMPLES:
        strategy = strategy_from(file)
        if set(strategy.symbols) == {SPOT} and not strategy.inputs:
            yield simulate(strategy, run_data(bars), own_markets(strategy))


def own_markets(strategy: Strategy) -> tuple[Market, ...]:
    return markets_for(strategy, ROOT / "rules" / "any.yaml")


def contracts(seed: int, symbols: tuple[str, ...]) -> RunData:
    """Made-up bars of each symbol, the second with holes, and their funding."""
    markets = [synthetic(seed + 10 * k, symbol, HOUR, 2000) for k, symbol in enumerate(symbols)]
    markets[1:] = [without_some(bars) for bars in markets[1:]]
    settled = {bars.symbol: declared_funding(bars, Decimal("0.0003"), "") for bars in markets}
    return run_data(*markets, settled=settled)


def without_some(bars: Bars) -> Bars:
    """Every thirteenth bar, and once twenty in a row, do not exist."""
    rows = np.arange(len(bars))
    kept = (rows % 13 != 7) & ~((rows > 500) & (rows < 521))
    columns = (bars.opened_at, bars.open, bars.high, bars.low, bars.close, bars.volume)
    return Bars(bars.symbol, bars.timeframe, *(column[kept].copy() for column in columns))


def fingerprint() -> str:
    """SHA-256 over the logs, equity curves, fees and funding of all of them."""
    digest = sha256()
    for seed in (3, 4):
        for simulation in simulations(seed):
            account = simulation.trader.account
            rows = simulation.trader.log.array()
            assert len(rows) > 4, simulation.strategy
            digest.update(rows.tobytes())
            digest.update(simulation.equity.tobytes())
            digest.update(repr((float(account.fees), float(account.funding))).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    print(kernel.__file__.rpartition(".")[2], fingerprint())
