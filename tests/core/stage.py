"""A rule file, handwritten bars, and the ledger that a backtest leaves, as text for a person.

One line per order row, in the order of intention: purpose, side, quantity, type and price; then its
fate. Of a fill: its price, its fee where one was paid, and the bar it lies in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from runner.core import codes
from runner.core.strategy import Strategy
from runner.data.funding import Funding
from runner.engine.backtest import Simulation, result_of, simulate
from runner.engine.rows import denial
from runner.model.markets import Market
from runner.model.money import decimal_of, text_of
from runner.model.results import Result
from runner.rules.compile import load_document
from runner.rules.document import read
from tests.engine.values import FUTURES, HOUR, a_market, bars, run_data

HEAD = """
version: 1
kind: strategy
name: a-test
accounts:
  main:
    exchange: binance
    venue: live
    credentials: {{api_key: "env:KEY", api_secret: "env:SECRET"}}
    permissions: [read, {market}]
    unverifiable: [{{check: ip_list, reason: "Binance does not tell", until: "2100-01-01"}}]
    limits: {{{limits}}}
account: main
market: {market}
symbols: [{symbols}]
timeframe: 1h
backtest: {{fees: {{maker: {maker}, taker: {taker}}}, slippage: {slippage}, initial: 10000 USDT}}
"""
_PURPOSES = ("entry", "add", "exit", "stop", "target")
_TYPES = ("market", "limit", "stop")
_STATES = ("rests", "filled", "expired", "canceled", "rejected", "denied")
_REASONS = ("", "stop_loss", "take_profit", "trailing_stop", "break_even", "time_stop",
            "session_end", "rule", "reversal", "liquidation", "protection", "manual")  # fmt: skip


def rule_file(
    body: str,
    *symbols: str,
    maker: str = "0%",
    taker: str = "0%",
    slippage: str = "0%",
    limits: str = "",
    path: Path = Path("a-test.yaml"),
) -> Strategy:
    """The strategy of a body that begins after `backtest:`; BTC contracts unless told otherwise."""
    traded = symbols or (FUTURES,)
    is_contract = ":" in traded[0]
    if is_contract:
        limits = ", ".join(["max_leverage: 20x", *filter(None, [limits])])
    text = HEAD.format(
        market="futures" if is_contract else "spot",
        symbols=", ".join(traded),
        maker=maker,
        taker=taker,
        slippage=slippage,
        limits=limits or "max_order: 1000000 USDT",
    )
    loaded = load_document(read(str(path), (text + body).encode()), {})
    assert loaded.strategy is not None, [
        (found.message, found.help, (text + body)[slice(*found.at)] if hasattr(found, "at") else "")
        for found in loaded.diagnostics
    ]
    return loaded.strategy


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a backtest left."""

    simulation: Simulation

    @property
    def orders(self) -> list[str]:
        """A line per order."""
        return [self.line(row) for row in self.simulation.trader.log.array().tolist()]

    @property
    def fills(self) -> list[str]:
        """A line per fill, in order of intention."""
        return [
            self.line(row)
            for row in self.simulation.trader.log.array().tolist()
            if row[codes.STATE] == codes.FILLED
        ]

    @property
    def equity(self) -> float:
        """At the last close."""
        return float(self.simulation.equity[-1])

    @property
    def equities(self) -> list[float]:
        """At every close."""
        return [float(one) for one in self.simulation.equity]

    @property
    def ends(self) -> list[str]:
        """What ended each position."""
        return [trade.exit_reason for trade in self.result.trades]

    @property
    def held(self) -> list[float]:
        """Signed quantity per symbol at the end."""
        return [
            desk.position.side * desk.position.quantity for desk in self.simulation.trader.desks
        ]

    @property
    def denials(self) -> list[str]:
        """Why, of all denied orders."""
        trader = self.simulation.trader
        return [
            reason
            for row in trader.log.array().tolist()
            if row[codes.STATE] == codes.DENIED
            for reason in denial(trader.desks[int(row[codes.DESK])].plan, row)
        ]

    @property
    def result(self) -> Result:
        """The same in a result's words."""
        return result_of(self.simulation, with_orders=True)

    def line(self, row: Sequence[float]) -> str:
        """`entry buy 2 limit 100: filled 99.5 fee 0.2 in 3`."""
        symbol = ""
        if len(self.simulation.strategy.symbols) > 1:
            symbol = self.simulation.strategy.symbols[int(row[codes.DESK])].partition("/")[0] + " "
        side = "buy" if row[codes.SIDE] > 0 else "sell"
        amount = number(row[codes.QUANTITY])
        if row[codes.SPEND] and not row[codes.QUANTITY]:
            amount = f"for {number(row[codes.SPEND])}"
        price = f" {number(row[codes.PRICE])}" if row[codes.PRICE] else ""
        order = f"{_PURPOSES[int(row[codes.PURPOSE])]} {side} {amount} " + (
            _TYPES[int(row[codes.TYPE])] + price
        )
        return f"{symbol}{order}: {self.fate(row)}"

    def fate(self, row: Sequence[float]) -> str:
        """What became of an order."""
        state = _STATES[int(row[codes.STATE])]
        if state != "filled":
            return state
        fee = f" fee {row[codes.FEE]:.12g}" if row[codes.FEE] else ""
        first = int(self.simulation.closed_at[0]) - HOUR.ms
        return f"filled {number(row[codes.FILL_PRICE])}{fee} in {self.bar(row, first)}"

    def bar(self, row: Sequence[float], first: int) -> int:
        """Whole hours since the first bar began."""
        return (int(row[codes.FILLED_AT]) - first) // HOUR.ms


def number(value: float) -> str:
    """The shortest decimal that names it."""
    return text_of(decimal_of(value)).removesuffix(".0")


def played(
    strategy: Strategy,
    *rows: str | None,
    settled: Funding | None = None,
    market: Market | None = None,
    start_hour: int = 0,
) -> Ledger:
    """A backtest of one symbol over handwritten bars (see `bars`)."""
    symbol = strategy.symbols[0]
    seen = bars(*rows, symbol=symbol, start_hour=start_hour)
    data = run_data(seen, settled={} if settled is None else {symbol: settled})
    rules = market or a_market(symbol, step="0.001")
    return Ledger(simulate(strategy, data, (rules,)))


def played_together(strategy: Strategy, *markets: Sequence[str | None]) -> Ledger:
    """The same of several symbols, in file order."""
    seen = [bars(*rows, symbol=symbol)
            for symbol, rows in zip(strategy.symbols, markets, strict=True)]  # fmt: skip
    rules = tuple(a_market(symbol, step="0.001") for symbol in strategy.symbols)
    return Ledger(simulate(strategy, run_data(*seen), rules))
