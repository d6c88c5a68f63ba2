"""Random rule files over every feature, and random markets with gaps to play them on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from runner.core.strategy import Strategy
from runner.data.funding import Funding
from runner.data.history import RunData
from runner.model.bars import Bars
from runner.rules.compile import load_document
from runner.rules.document import read
from tests.core.stage import HEAD
from tests.engine.values import HOUR, funding, run_data

CONTRACTS = ("BTC/USDT:USDT", "ETH/USDT:USDT")
SPOTS = ("BTC/USDT", "ETH/USDT")
WHEN = ["close > open", "close < open", '"close > sma(close, 4)"', "hour < 12",
        '"crossunder(close, sma(close, 3))"', '"close > highest(high, 3)[1]"']  # fmt: skip
SIZES = ["{equity: 40%}", "{equity: 90%}", "{notional: 2000 USDT}", "{spend: 30%}",
         "{notional: 6000 USDT, at_most: 3000 USDT, when_over: cut}", "{notional: 9900 USDT}",
         "{notional: 60000 USDT}"]  # fmt: skip
ORDERS = [
    "{type: market}",
    "{type: limit, price: close * 0.995, timeout: 2 bars}",
    "{type: limit, price: close * 1.005, when_unfilled: market}",
    "{type: limit, price: close, post_only: true, timeout: 3 bars}",
    "{type: stop, price: close * 1.004, timeout: 2 bars}",
    "{type: stop, price: close * 0.996, when_unfilled: market}",
]
ADDS = [
    "{max: 3, when: profit > 0, size: 50%}",
    "{max: 2, when: close < last_entry_price}",
    "[{at: -0.5%, size: 100%}, {at: -1.5%, size: 150%}, {at: -4%, size: 30%}]",
]
STOPS = ["{distance: 1%}", "{distance: 3%}", "{distance: 1.5 * atr(5)}", "{distance: 30%}"]
TARGETS = [
    "{distance: 1%}",
    "{distance: 2%, from: average}",
    "[{distance: 0.5%, close: 30%}, {distance: 1%, close: 30%}, {distance: 3%}]",
    "[{distance: 1%, close: 50%}, {distance: 2%, close: 20%}]",
]
TRAILS = ["{distance: 1%}", "{distance: 2 * atr(5), from: close}",
          "{distance: 0.7%, activate_at: 1%}"]  # fmt: skip
RULES = ["{when: profit > 0.01 * entry_price}", "{when: close < open}",
         "[{when: bars_held > 2, close: 30%}, {when: profit < 0, close: 33%}]"]  # fmt: skip
GUARDS = [
    "{cooldown: {for: 2 bars}}",
    "{stoploss_guard: {trades: 2, within: 12h, pause: 6h}}",
    "{max_drawdown: {max: 3%, within: 2d, pause: 8h, positions: close}}",
    "{daily_loss: {max: 1%, positions: close}}",
    "{daily_loss: {max: 2%, pause: 3h}}",
]


@dataclass(frozen=True, slots=True)
class Scene:
    """A rule file, what it is played on, and the text for whoever reads a failure."""

    strategy: Strategy = field(repr=False)
    data: RunData = field(repr=False)
    text: str


@st.composite
def scenes(draw: st.DrawFn, count: int = 60) -> Scene | None:
    """`None` where the file that was drawn is refused."""
    is_contract = draw(st.booleans())
    symbols = (CONTRACTS if is_contract else SPOTS)[: draw(st.integers(1, 2))]
    text = rule_text(draw, is_contract, symbols)
    loaded = load_document(read("a-test.yaml", text.encode()), {})
    seed = draw(st.integers(0, 2**32 - 1))
    if loaded.strategy is None:
        return None
    return Scene(loaded.strategy, a_past(seed, symbols, count), f"seed {seed}\n{text}")


def rule_text(draw: st.DrawFn, is_contract: bool, symbols: tuple[str, ...]) -> str:
    """A rule file that uses a few features of each kind."""

    def one(options: list[str]) -> str:
        return draw(st.sampled_from(options))

    def maybe(key: str, options: list[str], indent: str = "  ") -> str:
        return f"{indent}{key}: {one(options)}\n" if draw(st.booleans()) else ""

    head = HEAD.format(
        market="futures" if is_contract else "spot",
        symbols=", ".join(symbols),
        limits=("max_leverage: 20x, " if is_contract else "") + one(["max_order: 99999 USDT",
                "max_exposure: 9000 USDT", "max_order: 5000 USDT", "max_orders_per_minute: 3"]),
        maker=one(["0%", "0.02%"]),
        taker=one(["0%", "0.05%", "0.3%"]),
        slippage=one(["0%", "0.1%"]),
    )  # fmt: skip
    sides = ["long", "short"] if is_contract and draw(st.booleans()) else ["long"]
    entries = "".join(
        f"  {side}:\n    when: {one(WHEN)}\n    size: {one(SIZES)}\n"
        + one(["", "", "    fire: while_true\n", "    valid_for: 3 bars\n"])
        + maybe("order", ORDERS, "    ")
        + maybe("add", ADDS, "    ")
        for side in sides
    )
    exits = (
        (f"  stop_loss: {one(STOPS)}\n" if draw(st.integers(0, 3)) else "")
        + maybe("take_profit", TARGETS)
        + maybe("trailing_stop", TRAILS)
        + maybe("break_even", ["{at: 0.5%, offset: 0.1%}"])
        + maybe("time_stop", ["4 bars", "15 bars"])
        + one(["", "", "  session_end: day\n"])
        + "".join(maybe(side, RULES) for side in sides)
    )
    leverage = f"leverage: {one(['1x', '3x', '15x', '20x'])}" if is_contract else "max_open: 1"
    if is_contract or len(symbols) == 1:
        leverage = leverage if is_contract else ""
    if "session_end" in exits:
        head += 'sessions: {day: {from: "06:00", to: "17:30", timezone: Asia/Tokyo}}\n'
    return (
        head
        + (f"position: {{{leverage}}}\n" if leverage else "")
        + maybe("reverse", ["false"], "")
        + maybe("capital", ["6000 USDT"], "")
        + "entry:\n" + entries
        + ("exit:\n" + exits if exits else "")
        + maybe("protections", [f"[{guard}]" for guard in GUARDS] + [f"[{GUARDS[0]}, {GUARDS[2]}]"],
                "")
    )  # fmt: skip


def a_past(seed: int, symbols: tuple[str, ...], count: int) -> RunData:
    """Bars of each symbol, with holes where there are several; funding of contracts."""
    chance = np.random.default_rng(seed)
    markets = [random_bars(chance, symbol, count, holes=len(symbols) > 1) for symbol in symbols]
    settled: Mapping[str, Funding] = {}
    if ":" in symbols[0]:
        stamps = [(hour * HOUR.ms + int(chance.integers(0, 50)), float(chance.normal() * 1e-3))
                  for hour in range(1, count, 3)]  # fmt: skip
        settled = {symbol: funding(*stamps) for symbol in symbols}
    return run_data(*markets, settled=settled)


def random_bars(chance: np.random.Generator, symbol: str, count: int, *, holes: bool) -> Bars:
    """Calm or wild, with jumps at the open; every tenth bar may be missing."""
    wild = chance.choice([0.002, 0.006, 0.015, 0.03])
    price, rows = 100.0, []
    for _ in range(count):
        opened = price * (1 + chance.normal() * wild * chance.choice([0, 0, 0, 1]))
        close = opened * (1 + chance.normal() * wild)
        reach = 1 + np.abs(chance.normal(size=2)) * wild
        rows.append((opened, max(opened, close) * reach[0], min(opened, close) / reach[1], close))
        price = close
    kept = np.flatnonzero((chance.random(count) > 0.1) | (not holes))
    prices = np.ascontiguousarray(np.round(np.array(rows), 2)[kept].T)
    opened_at = kept.astype(np.int64) * HOUR.ms
    opened, high, low, close = prices
    return Bars(symbol, HOUR, opened_at, opened, high, low, close, np.ones(len(kept)))
