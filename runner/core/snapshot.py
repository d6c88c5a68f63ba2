"""All that a trader remembers, as plain values: what a journal keeps and a restart begins with.

Numbers are texts of the shortest decimal that names the double, so that they come back bit for bit.
Of the log only living rows are kept; rows are named by their place among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from runner.core import codes
from runner.core.desk import Desk
from runner.core.trader import Trader

_ACCOUNT = ("cash", "fees", "funding")
_TRADER = ("arrivals", "equity", "halted", "minute", "now", "own", "sent")
_POSITION = ("entry_price", "funding", "margin", "quantity", "side")
_SIGNAL = ("capital", "close", "price", "side", "stop", "trail", "value")
_DESK = (
    "add_cost", "add_notional", "add_quantity", "adds", "arrival", "attempt", "best", "best_close",
    "done_rules", "done_targets", "entry_chased", "entry_cost", "entry_notional", "entry_price",
    "entry_quantity", "entry_side", "entry_spend", "entry_type", "exit_quantity", "exit_reason",
    "first_price", "first_quantity", "free_from", "from_resting", "initial_stop", "ladder_cost",
    "ladder_notional", "largest", "last_price", "legs", "mark", "opened_row", "risk", "rise_row",
    "row", "signal_at", "signal_row", "stop", "stop_moved", "stop_reason", "taken_long",
    "taken_short", "targets_wait",
)  # fmt: skip
_ROWS = ("add_row", "entry_row", "exit_row")
_ARRAYS = ("ladder_price", "ladder_quantity", "leg_part", "leg_price", "leg_quantity",
           "target_prices")  # fmt: skip
_ROW_ARRAYS = ("ladder_rows", "leg_stop_row", "leg_target_row")
_PAUSE = ("day", "day_equity", "ends", "last_equity", "newest", "oldest")

#: Changes when the fields above do: a snapshot of another layout is refused.
LAYOUT = 1

Snapshot = Mapping[str, Any]


def snapshot_of(trader: Trader) -> dict[str, Any]:
    """The whole state; `restore` brings it back into a new trader of the same file."""
    rows = living(trader)
    number = {row: place for place, row in enumerate(rows)}
    return {
        "layout": LAYOUT,
        "trader": _texts(trader, _TRADER),
        "account": _texts(trader.account, _ACCOUNT),
        "rows": [_joined(trader.log.cells(row)) for row in rows],
        "desks": [_desk(desk, number) for desk in trader.desks],
        "pauses": [_pause(pause) for pause in trader.guards.pauses],
    }


def restore(trader: Trader, snapshot: Snapshot) -> None:
    """Into a trader that was just made; raises ValueError where the snapshot is of another kind."""
    if snapshot.get("layout") != LAYOUT or len(snapshot["desks"]) != len(trader.desks):
        raise ValueError("a snapshot of another version or another file")
    _set(trader, _TRADER, snapshot["trader"])
    _set(trader.account, _ACCOUNT, snapshot["account"])
    for text in snapshot["rows"]:
        add_row(trader, [float(one) for one in text.split()])
    for desk, saved in zip(trader.desks, snapshot["desks"], strict=True):
        _restore_desk(desk, saved)
    for pause, saved in zip(trader.guards.pauses, snapshot["pauses"], strict=False):
        _restore_pause(pause, saved)


def add_row(trader: Trader, cells: Sequence[float]) -> int:
    """A row of the log as it was."""
    row = trader.log.add(0.0, 0, 0, 0, 0, 0.0, 0, 0.0, 0.0, 0.0, 0, 0.0)
    for column, cell in enumerate(cells):
        trader.log.write(row, column, cell)
    return int(row)


def living(trader: Trader) -> list[int]:
    """Rows of orders that may still fill."""
    found: list[int] = []
    first = 0
    for part in trader.log.parts():  # of an array of all, each call would be a copy
        found += (np.flatnonzero(part[:, codes.STATE] == codes.RESTING) + first).tolist()
        first += len(part)
    return found


def _desk(desk: Desk, number: Mapping[int, int]) -> dict[str, Any]:
    return {
        "fields": _texts(desk, _DESK),
        "position": _texts(desk.position, _POSITION),
        "signal": _texts(desk.signal, _SIGNAL),
        "targets": _joined(desk.signal.targets),
        "rows": [number.get(getattr(desk, name), codes.NONE) for name in _ROWS],
        "arrays": [_joined(getattr(desk, name)) for name in _ARRAYS],
        "row_arrays": [
            [number.get(row, codes.NONE) for row in getattr(desk, name)] for name in _ROW_ARRAYS
        ],
    }


def _restore_desk(desk: Desk, saved: Snapshot) -> None:
    _set(desk, _DESK, saved["fields"])
    _set(desk.position, _POSITION, saved["position"])
    _set(desk.signal, _SIGNAL, saved["signal"])
    _fill(desk.signal.targets, saved["targets"])
    for name, row in zip(_ROWS, saved["rows"], strict=True):
        setattr(desk, name, row)
    for name, text in zip(_ARRAYS, saved["arrays"], strict=True):
        _fill(getattr(desk, name), text)
    for name, rows in zip(_ROW_ARRAYS, saved["row_arrays"], strict=True):
        array = getattr(desk, name)
        for place, row in enumerate(rows):
            array[place] = row


def _pause(pause: Any) -> dict[str, Any]:
    held = slice(pause.oldest, pause.newest)
    return {
        "fields": _texts(pause, _PAUSE),
        "times": _joined(np.asarray(pause.times)[held].tolist()),
        "peaks": _joined(np.asarray(pause.peaks)[held].tolist()),
    }


def _restore_pause(pause: Any, saved: Snapshot) -> None:
    _set(pause, _PAUSE, saved["fields"])
    times, peaks = saved["times"].split(), saved["peaks"].split()
    room = max(64, 2 * len(times))
    pause.times, pause.peaks = np.zeros(room).data, np.zeros(room).data
    pause.oldest, pause.newest = 0, len(times)
    for place, (at, peak) in enumerate(zip(times, peaks, strict=True)):
        pause.times[place], pause.peaks[place] = float(at), float(peak)


def _texts(thing: Any, names: Sequence[str]) -> str:
    return _joined([getattr(thing, name) for name in names])


def _joined(numbers: Any) -> str:
    return " ".join(_text(number) for number in numbers)


def _text(number: Any) -> str:
    """A whole number without a point, everything else as the shortest decimal."""
    return str(int(number)) if isinstance(number, bool | int) else repr(float(number))


def _set(thing: Any, names: Sequence[str], text: str) -> None:
    for name, one in zip(names, text.split(), strict=True):
        whole = one.lstrip("-").isdigit()
        setattr(thing, name, int(one) if whole else float(one))


def _fill(array: Any, text: str) -> None:
    for place, one in enumerate(text.split()):
        array[place] = type(array[place])(float(one))
