"""The backtest's loop and the embedded exchange make the same fills, to the last bit.

The judge is the core's own trader: once played by `kernel`, once told what the exchange did with
the orders that it wants.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.commands.files import strategy_from
from runner.core import codes
from runner.core.columns import table_of
from runner.core.decide import close_bar, decide
from runner.core.strategy import Strategy
from runner.core.trader import ended, filled, liquidated
from runner.data import funding as recorded
from runner.data.history import MarketData, RunData
from runner.engine.backtest import funding_of, new_trader, simulate
from runner.engine.past import surroundings_of
from runner.exchange.replay.acceptance import (
    cancel,
    rest,
    rest_pair,
    set_isolated,
    set_leverage,
    trade,
)
from runner.exchange.replay.ledger import Ledger
from runner.exchange.replay.orders import Kind, Status, Ticket
from runner.exchange.replay.play import Player
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.setup import NO_FUNDING, Funding, SymbolSetup
from runner.exchange.replay.tables import Window
from runner.exchange.replay.tape import Tape
from runner.exchange.replay.venue import Venue
from runner.model.bars import Bars, Timeframe
from runner.model.markets import MarketKind
from tests.exchange.loopback import HOUR, START, SYMBOLS, a_market, a_setup

COUNT = 1500
RULES = """\
version: 1
kind: strategy
name: parity
accounts:
  main:
    exchange: binance
    venue: live
    credentials: {{api_key: "env:K", api_secret: "env:S"}}
    permissions: [read, {market}]
    ip_allowlist: [203.0.113.7]
    limits: {{max_leverage: {most}, max_order: 100000 USDT, max_exposure: 100000 USDT}}
account: main
market: {market}
symbols: [{symbols}]
timeframe: 1h
{rules}
backtest: {{fees: {{maker: 0.1%, taker: 0.2%}}, slippage: 0.05%, initial: 1000 USDT}}
"""
LADDERS = """\
entry:
  long:
    when: close > sma(close, 5)
    size: {spend: 100 USDT}
    add: [{at: -0.5%, size: 100%}, {at: -1%, size: 150%}]
exit:
  stop_loss: {distance: 2%}
  take_profit: [{distance: 0.8%, from: average}]
"""
STOPS_AND_PARTS = """\
entry:
  long:
    when: crossover(close, sma(close, 5))
    size: {equity: 40%}
    order: {type: stop, price: "high * 1.001", timeout: 3 bars}
exit:
  stop_loss: {distance: 1.5%}
  trailing_stop: {distance: 1.2%}
  take_profit: [{distance: 1%, close: 50%}, {distance: 2%, close: 25%}, {distance: 3%}]
  long: {when: bars_held > 20, close: 50%}
"""
BOTH_SIDES = """\
position: {leverage: 8x, margin_mode: isolated, position_mode: one_way}
entry:
  long:
    when: crossover(close, sma(close, 5))
    size: {equity: 90%}
    order: {type: limit, price: "close * 0.998", timeout: 2 bars, when_unfilled: market}
  short:
    when: crossunder(close, sma(close, 9))
    size: {equity: 90%}
    order: {type: stop, price: "low * 0.999", timeout: 4 bars}
exit:
  stop_loss: {distance: 3%}
  break_even: {at: 0.5R}
  take_profit: [{distance: 0.7%, close: 50%}, {distance: 1.4%, close: 30%}]
  time_stop: 12 bars
"""
THIN = """\
position: {leverage: 20x, margin_mode: isolated, position_mode: one_way}
entry:
  long:
    when: crossover(close, sma(close, 5))
    size: {equity: 60%}
  short:
    when: crossunder(close, sma(close, 5))
    size: {equity: 60%}
exit:
  take_profit: [{distance: 2%}]
"""


def a_walk(seed: int, symbol: str, most_gap: int) -> Bars:
    """Bars of a random walk on a grid of 0.01, with gaps in price and in time."""
    rng = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.008, COUNT))), 2)
    open_ = np.round(np.roll(close, 1) * (1 + rng.normal(0, 0.004, COUNT)), 2)
    open_[0] = close[0]
    high = np.round(np.maximum(open_, close) * (1 + rng.exponential(0.005, COUNT)), 2)
    low = np.round(np.minimum(open_, close) * (1 - rng.exponential(0.005, COUNT)), 2)
    opened = START + HOUR * np.cumsum(rng.integers(1, most_gap + 1, COUNT))
    return Bars(symbol, Timeframe("1h", HOUR), opened, open_, high, low, close, np.ones(COUNT))


def every_eight_hours() -> Funding:
    stamps = START + HOUR * np.arange(0, 2 * COUNT, 8) + 5
    return Funding(stamps, np.random.default_rng(5).normal(0, 0.0003, len(stamps)))


class Session:
    """The core's trader, whose orders the embedded exchange answers."""

    def __init__(self, strategy: Strategy, data: RunData) -> None:
        kind = strategy.market_kind
        markets = tuple(a_market(symbol) for symbol in strategy.symbols)
        setups = [SymbolSetup(market, "") for market in markets]
        tapes = tuple(Tape(one.bars, own_funding(one)) for one in data.markets)
        setup = a_setup("", *setups, kind=kind, slippage="0.0005")
        self.venue = Venue(setup, tapes, Ledger(Path(":memory:")))
        self.player = Player(self.venue)
        self.trader = new_trader(strategy, markets, 1000.0)
        self.sibling = codes.EXPIRED if kind is MarketKind.SPOT else codes.CANCELED
        self.told = self.seen = 0
        self.living: list[int] = []
        bars = {one.symbol: one.bars for one in data.markets}
        for desk, one in zip(self.trader.desks, data.markets, strict=True):
            here = surroundings_of(strategy, one.symbol, bars, data)
            desk.table = table_of(strategy, here, funding_of(one), COUNT - 1)
        if kind is MarketKind.FUTURES:
            for symbol in self.venue.symbols:
                set_isolated(self.venue, symbol)
                set_leverage(self.venue, symbol, int(strategy.leverage))

    def run(self) -> None:
        clock = self.venue.timeline
        while not clock.ended:
            self.player.advance(clock.step)
            self.hear()
            if not clock.in_bar:
                self.close()
            self.act()

    def close(self) -> None:
        """The bars of this instant have closed, as `kernel.step` has it."""
        due = [desk for desk in self.trader.desks if self.venue.timeline.has_closed(desk.index)]
        for desk in due:
            desk.row += 1
        self.trader.now = float(self.venue.now_ms)
        for desk in due:
            close_bar(self.trader, desk)
        decide(self.trader, due)

    def hear(self) -> None:
        """What the exchange did since we last asked."""
        state = self.venue.ledger
        while fills := state.fills_within(one_from(self.told + 1)):
            (fill,) = fills
            self.told = fill.trade_id
            order = state.order(fill.order_id)
            assert order is not None
            desk = self.trader.desks[self.venue.symbols.index(fill.symbol)]
            inside = (fill.at_ms + 1 - START) % HOUR == 0
            numbers = (fill.quantity, fill.price)
            if order.client_order_id.startswith("autoclose-"):
                liquidated(self.trader, desk, *numbers, float(fill.at_ms))
                continue
            row = int(order.client_order_id)
            at = float(fill.at_ms)
            filled(self.trader, desk, row, *numbers, fill.fee, at, inside, self.sibling)
        for row in self.resting():
            order = state.order_named(str(row))
            if order is not None and order.status is Status.EXPIRED:
                kind = self.value(row, codes.TYPE)
                word = codes.REJECTED if kind == codes.MARKET else codes.EXPIRED
                ended(self.trader, self.desk(row), row, word)

    def act(self) -> None:
        """Cancels what the log has ended, sends what it wants, until nothing is left to do."""
        while self.act_once():
            self.hear()

    def act_once(self) -> bool:
        for order in self.venue.resting:
            state = self.value(int(order.client_order_id), codes.STATE)
            if state != codes.RESTING and self.venue.rests(order):
                cancel(self.venue, order)
        wanted = [row for row in self.resting() if self.venue.ledger.order_named(str(row)) is None]
        order_of = {codes.LEAVE: 0, codes.ENTRY: 1, codes.ADD: 1}
        wanted.sort(key=lambda row: order_of.get(int(self.value(row, codes.PURPOSE)), 2))
        if not wanted:
            return False
        self.send(wanted[0], wanted[1:])
        return True

    def send(self, row: int, others: list[int]) -> None:
        ticket = self.ticket(row)
        spot = self.venue.setup.kind is MarketKind.SPOT
        if spot and self.value(row, codes.PURPOSE) == codes.LEAVE:
            for order in self.venue.resting:  # it locks what is sold
                if order.symbol == ticket.symbol and self.venue.rests(order) and order.reduces:
                    cancel(self.venue, order)
        partner = next((one for one in others if self.is_pair(row, one)), None)
        try:
            if spot and partner is not None:
                rest_pair(self.venue, f"list{row}", [self.ticket(partner), ticket])
            elif ticket.kind is Kind.MARKET:
                trade(self.venue, ticket)
            else:
                rest(self.venue, ticket)
        except Refusal:
            ended(self.trader, self.desk(row), row, codes.REJECTED)

    def is_pair(self, row: int, other: int) -> bool:
        same = (codes.DESK, codes.LEG, codes.ATTEMPT, codes.DECIDED)
        purposes = {self.value(row, codes.PURPOSE), self.value(other, codes.PURPOSE)}
        alike = all(self.value(row, one) == self.value(other, one) for one in same)
        return alike and purposes == {codes.STOP, codes.TARGET}

    def ticket(self, row: int) -> Ticket:
        purpose, price = self.value(row, codes.PURPOSE), self.value(row, codes.PRICE)
        spot = self.venue.setup.kind is MarketKind.SPOT
        kinds = (Kind.MARKET, Kind.LIMIT, Kind.STOP_LOSS if spot else Kind.STOP_MARKET)
        kind = kinds[int(self.value(row, codes.TYPE))]
        spend = self.value(row, codes.SPEND)
        return Ticket(
            str(row),
            self.venue.symbols[int(self.value(row, codes.DESK))],
            "BUY" if self.value(row, codes.SIDE) > 0.0 else "SELL",
            kind,
            0.0 if spend else self.value(row, codes.QUANTITY),
            spend,
            price if kind is Kind.LIMIT else 0.0,
            price if kind.is_stop else 0.0,
            reduces=purpose >= codes.LEAVE,
        )

    def resting(self) -> list[int]:
        """Rows of the log without an end."""
        fresh = range(self.seen, self.trader.log.count)
        self.seen = self.trader.log.count
        self.living = [
            row for row in (*self.living, *fresh) if self.value(row, codes.STATE) == codes.RESTING
        ]
        return self.living

    def value(self, row: int, column: int) -> float:
        return float(self.trader.log.value(row, column))

    def desk(self, row: int) -> Any:
        return self.trader.desks[int(self.value(row, codes.DESK))]


def one_from(trade_id: int) -> Window:
    return Window("", trade_id, None, None, 1)


def own_funding(market: MarketData) -> Funding:
    if market.funding is None:
        return NO_FUNDING
    return Funding(market.funding.stamps_ms, market.funding.rates)


def the_past(kind: MarketKind, symbols: int, most_gap: int) -> RunData:
    rates = every_eight_hours()
    told = recorded.Funding(rates.stamps_ms, rates.rates, "", "")
    own = told if kind is MarketKind.FUTURES else None
    names = SYMBOLS[kind][:symbols]
    walks = [a_walk(seed, name, most_gap) for seed, name in enumerate(names, 11)]
    return RunData(tuple(MarketData(one.symbol, one, "", "", own, None) for one in walks), {})


@pytest.mark.parametrize(
    ("rules", "kind", "symbols", "most_gap", "fates"),
    [
        (LADDERS, MarketKind.SPOT, 1, 1, {"add": 50}),
        (LADDERS, MarketKind.SPOT, 2, 1, {"add": 100}),
        (STOPS_AND_PARTS, MarketKind.SPOT, 2, 1, {"target": 20, "stop": 20}),
        (LADDERS, MarketKind.FUTURES, 2, 2, {"add": 100}),
        (BOTH_SIDES, MarketKind.FUTURES, 1, 1, {"target": 20, "stop": 20}),
        (BOTH_SIDES, MarketKind.FUTURES, 2, 2, {"target": 20, "stop": 20}),
        (THIN, MarketKind.FUTURES, 2, 2, {"leave": 3, "target": 5}),
    ],
)
def test_the_same_orders_fills_and_cash(
    rules: str, kind: MarketKind, symbols: int, most_gap: int, fates: dict[str, int], tmp_path: Path
) -> None:
    data = the_past(kind, symbols, most_gap)
    names = ", ".join(f'"{market.symbol}"' for market in data.markets)
    most = "1x" if kind is MarketKind.SPOT else "20x"
    file = tmp_path / "rules.yaml"
    file.write_text(RULES.format(market=kind.value, most=most, symbols=names, rules=rules))
    strategy = strategy_from(file)
    markets = tuple(a_market(symbol) for symbol in strategy.symbols)

    whole = simulate(strategy, data, markets).trader
    session = Session(strategy, data)
    session.run()

    wanted, got = whole.log.array(), session.trader.log.array()
    purposes = ("entry", "add", "leave", "stop", "target")
    done = wanted[wanted[:, codes.STATE] == codes.FILLED]
    counts = {name: int((done[:, codes.PURPOSE] == n).sum()) for n, name in enumerate(purposes)}
    assert {name: counts[name] for name in fates if counts[name] < fates[name]} == {}
    np.testing.assert_array_equal(got, wanted)
    wallet, account = session.venue.wallet, whole.account
    for name in ("cash", "fees", "funding"):
        exact = getattr(account, name)
        assert getattr(wallet.account, name) == exact, name
        assert getattr(session.trader.account, name) == exact, name
    session.venue.ledger.close()
