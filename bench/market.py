"""The bench's market: seeded one-minute bars, the same numbers on every machine.

Log price = white noise + slow momentum (so that a 12/26 EMA cross about pays its fees) + a pull to
30,000, with rare violent minutes so that stops and targets are hit. Prices have two decimals.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DRAWN = 5_000_000  # draws of a column: shorter markets are prefixes of the same walk
FIRST_MS = 1_420_070_400_000  # 2015-01-01 UTC
MINUTE_MS = 60_000
SEED = 42


def market(bars: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Open times in UTC ms, and the columns open, high, low, close, volume."""
    random = np.random.default_rng(SEED)
    noise, drift = random.standard_normal(DRAWN), random.standard_normal(DRAWN)
    noise *= np.where(random.random(DRAWN) < 0.004, 30.0, 1.0)
    close = walk(noise[:bars].tolist(), drift[:bars].tolist())
    opened = np.empty(bars)
    opened[0] = 30_000.0
    opened[1:] = close[:-1] * (1 + 0.00003 * random.standard_normal(DRAWN - 1)[: bars - 1])
    above, below = (np.abs(random.standard_normal(DRAWN))[:bars] for _ in range(2))
    high = np.maximum(opened, close) * (1 + 0.0004 * above)
    low = np.minimum(opened, close) * (1 - 0.0004 * below)
    volume = np.round(np.exp(random.normal(2.0, 0.7, DRAWN)[:bars]), 3) + 0.001
    prices = [np.round(column, 2) for column in (opened, high, low, close)]
    times = FIRST_MS + MINUTE_MS * np.arange(bars, dtype=np.int64)
    return times, np.array([*prices, volume])


def walk(noise: list[float], drift: list[float]) -> NDArray[np.float64]:
    """Closes; plain Python so that every machine adds in the same order."""
    keep = 1 - 1 / 45
    share = math.sqrt(1 - keep * keep)
    base = price = math.log(30_000.0)
    momentum, logs = 0.0, []
    for shock, push in zip(noise, drift, strict=True):
        momentum = keep * momentum + share * 0.000125 * push
        price += momentum + 0.0006 * shock - (price - base) / 60_000
        logs.append(price)
    closes: NDArray[np.float64] = np.exp(np.array(logs))
    return closes


def write_csv(path: Path, bars: int) -> None:
    """The market as `runner` reads candles."""
    times, columns = market(bars)
    with path.open("w") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        for time, *row in zip(times.tolist(), *columns.tolist(), strict=True):
            file.write(f"{time},{','.join(map(repr, row))}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--bars", type=int, default=1_000_000)
    asked = parser.parse_args()
    write_csv(asked.path, asked.bars)
