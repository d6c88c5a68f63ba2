"""The backtest's kernel and the embedded exchange make the same fills, to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.core import codes, kernel
from runner.core.book import Account, Position
from runner.core.plan import Plan
from runner.exchange.replay.ledger import Ledger
from runner.exchange.replay.orders import Kind, Ticket
from runner.exchange.replay.refusal import Refusal
from runner.exchange.replay.tape import Tape
from runner.exchange.replay.venue import Venue
from runner.model.bars import Bars, Timeframe
from tests.exchange.loopback import HOUR, START, SYMBOL, a_setup

COUNT = 1500


def a_walk(seed: int) -> Bars:
    """Bars of a random walk on a grid of 0.01, with gaps in price and in time."""
    rng = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.01, COUNT))), 2)
    open_ = np.round(np.roll(close, 1) * (1 + rng.normal(0, 0.004, COUNT)), 2)
    high = np.round(np.maximum(open_, close) * (1 + rng.exponential(0.005, COUNT)), 2)
    low = np.round(np.minimum(open_, close) * (1 - rng.exponential(0.005, COUNT)), 2)
    opened = START + HOUR * np.cumsum(rng.integers(1, 3, COUNT))
    timeframe = Timeframe("1h", HOUR)
    return Bars(SYMBOL, timeframe, opened, open_, high, low, close, np.ones(COUNT))


def a_plan(size_mode: int) -> Plan:
    """The numbers of loopback's market and costs; nothing is limited."""
    numbers = {
        "maker": 0.001,
        "taker": 0.002,
        "slippage": 0.0005,
        "tick_numerator": 1.0,
        "tick_denominator": 100.0,
        "step_numerator": 1.0,
        "step_denominator": 1000.0,
        "minimum_quantity": 0.001,
        "minimum_notional": 5.0,
        "size_mode": size_mode,
        "capital": 0.0,
        "cut_to_at_most": False,
        "has_stop": True,
        "stop_fraction": 0.0,
        "stop_is_price": False,
        "has_target": True,
        "target_fraction": 0.0,
        "target_is_price": False,
        "r_multiple": 0.0,
        **dict.fromkeys(("at_most", "max_order", "max_exposure"), float("inf")),
        "max_orders_per_minute": float("inf"),
    }
    plan = Plan()
    for name, number in numbers.items():
        setattr(plan, name, number)
    return plan


def backtest(bars: Bars, size_mode: int, value: float) -> tuple[Any, float, float]:
    """Log rows, cash and fees of the kernel; entries and exits at fixed rows."""
    account, log = Account(1000.0), kernel.Log()
    desk = kernel.Desk(a_plan(size_mode), account, Position(), log)
    rows = np.arange(COUNT)
    columns: list[Any] = [
        bars.open,
        bars.high,
        bars.low,
        bars.close,
        (rows % 5 == 0).astype(np.uint8),
        (rows % 17 == 3).astype(np.uint8),
        np.full(COUNT, value),
        bars.close * 0.015,
        bars.close * 0.02,
        1,
        np.zeros(COUNT),
    ]
    kernel.run(desk, *columns)
    return log.array(), account.cash, account.fees


def replay(bars: Bars, rows: Any, folder: Path) -> Venue:
    """The orders of the kernel's log, sent when they were decided, protection after its entry."""
    venue = Venue(a_setup(slippage="0.0005"), Tape(bars, -1), Ledger(folder / "ledger.db"))
    decided: dict[int, list[Any]] = {}
    for row in rows:
        decided.setdefault(int(row[codes.DECIDED]), []).append(row)
    venue.advance(0)
    while not venue.tape.ended:
        send(venue, decided.get(venue.tape.index, []))
        venue.advance(venue.tape.now_ms)
    return venue


def send(venue: Venue, rows: list[Any]) -> None:
    legs = []
    for row in rows:
        purpose, quantity, price = row[codes.PURPOSE], row[codes.QUANTITY], row[codes.PRICE]
        name = f"{venue.tape.index}-{purpose:.0f}"
        if row[codes.STATE] == codes.DENIED:
            continue
        if purpose == codes.ENTRY:
            spend = row[codes.SPEND]
            size = 0.0 if spend else quantity
            rejected = row[codes.STATE] == codes.REJECTED
            entry(venue, Ticket(name, "BUY", Kind.MARKET, size, spend, 0.0, 0.0), rejected)
        elif purpose == codes.LEAVE:
            if venue.resting:
                venue.cancel(venue.resting[0])
            venue.trade(Ticket(name, "SELL", Kind.MARKET, quantity, 0.0, 0.0, 0.0))
        elif purpose == codes.STOP:
            legs.append(Ticket(name, "SELL", Kind.STOP_LOSS, quantity, 0.0, 0.0, price))
        else:
            legs.append(Ticket(name, "SELL", Kind.LIMIT_MAKER, quantity, 0.0, price, 0.0))
    if legs:
        venue.rest_pair(f"list{venue.tape.index}", legs)


def entry(venue: Venue, ticket: Ticket, rejected: bool) -> None:
    """Bought or refused, as the kernel has it."""
    if not rejected:
        venue.trade(ticket)
        return
    with pytest.raises(Refusal):
        venue.trade(ticket)


@pytest.mark.parametrize(
    ("size_mode", "value", "rejected"),
    [(1, 0.997, True), (2, 400.0, False), (5, 1.0, False)],  # equity, notional, spend 100%
)
def test_the_same_fills_and_the_same_cash(
    size_mode: int, value: float, rejected: bool, tmp_path: Path
) -> None:
    bars = a_walk(size_mode)
    rows, cash, fees = backtest(bars, size_mode, value)

    venue = replay(bars, rows, tmp_path)

    filled = rows[rows[:, codes.STATE] == codes.FILLED]
    kernels = sorted((row[codes.FILL_PRICE], row[codes.QUANTITY], row[codes.FEE]) for row in filled)
    fills = venue.ledger.everything()["fills"]
    exchanges = sorted((fill["price"], fill["quantity"], fill["fee"]) for fill in fills)
    assert len(fills) > 200
    assert (codes.REJECTED in rows[:, codes.STATE]) is rejected
    assert exchanges == kernels
    assert (venue.account.cash, venue.account.fees) == (cash, fees)
    venue.ledger.close()
