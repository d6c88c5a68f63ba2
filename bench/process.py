"""What a backtest costs at the least: numpy, the arrays of the data cache, and the loop in C.

`python bench/process.py LIBRARY FOLDER` runs `reference.c`, compiled to LIBRARY, over the bars of
FOLDER and prints trades and final equity.
"""

from __future__ import annotations

import ctypes
import json
import sys
from pathlib import Path

import numpy as np

CASH = 1_000_000.0
FLOATS = ctypes.POINTER(ctypes.c_double)


class Market(ctypes.Structure):
    """`struct market` of reference.c."""

    _fields_ = (
        ("open", FLOATS),
        ("high", FLOATS),
        ("low", FLOATS),
        ("close", FLOATS),
        ("bars", ctypes.c_int64),
    )


class Rules(ctypes.Structure):
    """`struct rules` of reference.c."""

    _fields_ = tuple((name, ctypes.c_double) for name in ("fast", "slow", "stop", "target", "fee"))


def main(library: str, folder: Path) -> None:
    """One simulation."""
    values = np.load(folder / "values.npy", mmap_mode="c")
    simulate = ctypes.CDLL(library).simulate
    simulate.restype = ctypes.c_int64
    simulate.argtypes = (ctypes.POINTER(Market), ctypes.POINTER(Rules), ctypes.c_double, FLOATS)
    prices = (np.asarray(row).ctypes.data_as(FLOATS) for row in values[:4])
    market, equity = Market(*prices, values.shape[1]), ctypes.c_double()
    rules = Rules(2 / 13, 2 / 27, 0.02, 0.04, 0.001)
    trades = simulate(ctypes.byref(market), ctypes.byref(rules), CASH, ctypes.byref(equity))
    print(json.dumps({"trades": trades, "equity": equity.value}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
