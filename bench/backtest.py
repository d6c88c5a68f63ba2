"""The reference strategy over 1,000,000 bars: our columns and loop against one pass in C.

`python bench/backtest.py` prints trades, equity and the ratio of CPU times, and exits with 1 when
the trades differ, the equity differs by more than 1e-9, or the ratio is over 4. Needs a compiler.
"""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from market import MINUTE_MS, market
from numpy.typing import NDArray

from runner.core import codes, kernel
from runner.core.columns import columns
from runner.core.strategy import Strategy
from runner.data.markets import market_rules
from runner.engine.backtest import Simulation, simulate
from runner.model.bars import Bars, Timeframe
from runner.rules.compile import load

HERE = Path(__file__).resolve().parent
BARS = 1_000_000
REPEATS = 9  # the best of them counts: other work on the machine only ever adds
CASH = 1_000_000.0
FLOATS = ctypes.POINTER(ctypes.c_double)
MOST_RATIO, MOST_DIFFERENCE = 4.0, 1e-9


class Market(ctypes.Structure):
    _fields_ = (
        ("open", FLOATS),
        ("high", FLOATS),
        ("low", FLOATS),
        ("close", FLOATS),
        ("bars", ctypes.c_int64),
    )


class Rules(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_double) for name in ("fast", "slow", "stop", "target", "fee"))


def reference(bars: Bars) -> Callable[[], tuple[int, float]]:
    """The C simulation of `bars`, compiled now; returns trades and final equity."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "reference.so"
        compiler = os.environ.get("CC", "cc")
        flags = ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]
        source = HERE / "reference.c"
        subprocess.run([compiler, *flags, str(source), "-o", str(library)], check=True)
        c_simulate = ctypes.CDLL(str(library)).simulate
    c_simulate.restype = ctypes.c_int64
    c_simulate.argtypes = (
        ctypes.POINTER(Market),
        ctypes.POINTER(Rules),
        ctypes.c_double,
        FLOATS,
    )
    arrays = (bars.open, bars.high, bars.low, bars.close)
    data = Market(*(array.ctypes.data_as(FLOATS) for array in arrays), len(bars))
    rules = Rules(2 / 13, 2 / 27, 0.02, 0.04, 0.001)

    def run() -> tuple[int, float]:
        equity = ctypes.c_double()
        trades = c_simulate(ctypes.byref(data), ctypes.byref(rules), CASH, ctypes.byref(equity))
        return trades, equity.value

    return run


def ours(strategy: Strategy, bars: Bars) -> Callable[[], Simulation]:
    rules = market_rules(strategy.symbol, strategy.account.exchange, strategy.backtest.market, None)
    return lambda: simulate(strategy, bars, rules)


def closed_trades(log: NDArray[np.float64]) -> int:
    exits = log[:, codes.PURPOSE] != codes.ENTRY
    return int((exits & (log[:, codes.STATE] == codes.FILLED)).sum())


def best_cpu_s(*works: Callable[[], object]) -> list[float]:
    """The least CPU seconds of each, taken in turn so that a slow moment hits all alike."""
    best = [float("inf")] * len(works)
    for _ in range(REPEATS):
        for number, work in enumerate(works):
            started = time.process_time()
            work()
            best[number] = min(best[number], time.process_time() - started)
    return best


def main() -> int:
    loaded = load(HERE / "reference.yaml")
    if loaded.strategy is None:
        print(*(f"{it.line}: {it.message}" for it in loaded.diagnostics), sep="\n")
        return 1
    times, values = market(BARS)
    bars = Bars("BENCH/USDT", Timeframe("1m", MINUTE_MS), times, *values)
    c_run, our_run = reference(bars), ours(loaded.strategy, bars)
    trades, equity = c_run()
    simulation = our_run()
    ours_equity, ours_trades = float(simulation.equity[-1]), closed_trades(simulation.log)
    difference = abs(ours_equity / equity - 1)
    c_s, our_s, column_s = best_cpu_s(c_run, our_run, lambda: columns(loaded.strategy, bars))
    print(f"machine      {platform.machine()}, Python {platform.python_version()}")
    print(f"core         {'compiled' if kernel.__file__.endswith('.so') else 'uncompiled'}")
    print(f"trades       C {trades:,}, runner {ours_trades:,}")
    print(f"equity       C {equity:.6f}, runner {ours_equity:.6f}, difference {difference:.1e}")
    print(
        f"CPU          C {c_s * 1e3:.1f} ms, runner {our_s * 1e3:.1f} ms, "
        f"of which columns {column_s * 1e3:.1f}"
    )
    print(f"ratio        {our_s / c_s:.2f} (at most {MOST_RATIO:.0f})")
    same = trades == ours_trades and difference <= MOST_DIFFERENCE
    return 0 if same and our_s / c_s <= MOST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
