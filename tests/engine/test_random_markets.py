"""Replay equals backtest on markets and rules that nobody would choose."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from runner.core.strategy import Fire, SizeMode, Strategy
from runner.model.accounts import Limits
from runner.model.bars import Bars
from runner.model.markets import Costs, Market
from tests.engine.test_equality import expect_equal
from tests.engine.values import HOUR, a_market, a_strategy, an_account

FEW = range(6)
MANY = range(6, 300)


@pytest.mark.parametrize(
    "seed", [*FEW, *(pytest.param(seed, marks=pytest.mark.soak) for seed in MANY)]
)
def test_a_random_market_replayed_equals_its_backtest(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    market = a_random_market(chance)
    bars = random_bars(chance, market)

    expect_equal(a_random_strategy(chance, bars), bars, market, tmp_path, trades=0)


def a_random_market(chance: random.Random) -> Market:
    tick = chance.choice(["0.01", "0.05", "0.00000001", "1", "0.25", "0.0001", "2.5"])
    step = chance.choice(["0.00001", "0.00000001", "1", "0.1", "100", "0.001"])
    return replace(a_market(tick=tick, step=step), minimum_notional=Decimal(chance.choice([1, 5])))


def random_bars(chance: random.Random, market: Market) -> Bars:
    """A few dozen bars from dust to a million, calm or wild, with gaps and jumps at the open."""
    generator = np.random.default_rng(chance.randrange(2**32))
    count, wild = chance.choice([2, 30, 50]), chance.choice([0.001, 0.01, 0.1])
    price = max(chance.choice([1e-6, 0.01, 1, 100, 3e4, 1e6]), 50 * float(market.price.step))
    rows, opened_at, at = [], [], 0
    for _ in range(count):
        jump = generator.normal() * wild * chance.choice([0, 0, 1, 2])
        opened = max(price * (1 + jump), price * 0.2)
        close = max(opened * (1 + generator.normal() * wild), opened * 0.2)
        reach = 1 + abs(generator.normal()) * wild
        high, low = max(opened, close) * reach, min(opened, close) / reach
        rows.append([round(value, 12) for value in (opened, high, low, close)])
        at += HOUR.ms * chance.choice([1] * 20 + [2, 30])
        opened_at.append(at)
        price = close
    columns = np.ascontiguousarray(np.array(rows).T)
    times, volume = np.array(opened_at, np.int64), np.ones(count)
    return Bars("BTC/USDT", HOUR, times, columns[0], columns[1], columns[2], columns[3], volume)


def a_random_strategy(chance: random.Random, bars: Bars) -> Strategy:
    mean = f"{float(bars.close.mean()):.9f}"
    sizes = {
        SizeMode.RISK: "0.01", SizeMode.EQUITY: chance.choice(["0.5", "0.99", "1.2"]),
        SizeMode.NOTIONAL: "3000", SizeMode.QUANTITY: f"2500 / {mean}",
        SizeMode.SPEND: "2345.678", SizeMode.SPEND_FRACTION: "1",
    }  # fmt: skip
    mode = chance.choice(list(sizes))
    stop = chance.choice(["1%", "15%", "0.02 * close", "atr(3)", None])
    costs = Costs(*(Decimal(chance.choice(["0", "0.0004", "0.01"])) for _ in range(3)))
    limits = Limits(chance.choice([None, Decimal(2900)]), chance.choice([None, Decimal(5000)]), 10)
    strategy = a_strategy(
        chance.choice(["close > open", "close > sma(close, 3)", "not close < open"]),
        chance.choice([None, "close < open", "close < sma(close, 5)"]),
        (mode, sizes[mode]),
        stop or ("2%" if mode is SizeMode.RISK else None),
        chance.choice([None, "3%", "atr(2)"]),
        chance.choice([None, "1", "2.5"]) if stop else None,
        costs,
        chance.choice(list(Fire)),
        account=an_account(limits),
        capital=chance.choice([None, Decimal(4000)]),
    )
    at_most = chance.choice([None, Decimal(1500)])
    return replace(strategy, size=replace(strategy.size, at_most=at_most, cut_to_at_most=True))
