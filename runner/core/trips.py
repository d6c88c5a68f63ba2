"""Fills in order of time become round trips: what each position came to from flat to flat.

In: rows of the log that filled (columns: codes.py). Out: rows of numbers, one a round trip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.core.codes import (
    ATTEMPT,
    DENIED,
    DESK,
    FEE,
    FILL_PRICE,
    FILLED,
    FILLED_AT,
    FUNDING,
    HELD_AVERAGE,
    HELD_BOUGHT,
    HELD_ENTERED,
    HELD_FEES,
    HELD_GAIN,
    HELD_LEFT,
    HELD_SINCE,
    HELD_SOLD,
    HELD_WIDTH,
    IS_DENIED,
    IS_FILL,
    IS_FIRST_STOP,
    NO_REASON,
    PURPOSE,
    QUANTITY,
    REASON,
    SIDE,
    STATE,
    STOP,
    TRIP_DESK,
    TRIP_ENTERED_AT,
    TRIP_ENTRY_PRICE,
    TRIP_EXIT_PRICE,
    TRIP_FEES,
    TRIP_FUNDING,
    TRIP_LEFT_AT,
    TRIP_PNL,
    TRIP_QUANTITY,
    TRIP_R,
    TRIP_REASON,
    TRIP_SIDE,
)

if TYPE_CHECKING:
    from typing import Any

    from runner.core.buffers import Flags, Numbers

    Rows = Any  # float64, row × column

# Sums of steps miss zero by some 1e-16 of what was held; no market's step is this small a part.
DUST = 1e-9
UNDEFINED = float("nan")


def sort_out(rows: Rows, kinds: Flags) -> None:
    """Writes which rows of a log a summary reads: bits of codes.py, 0 for most."""
    for row in range(rows.shape[0]):
        state = rows[row, STATE]
        kind = 0
        if state == FILLED:
            kind = IS_FILL
        elif state == DENIED:
            kind = IS_DENIED
        if rows[row, PURPOSE] == STOP and rows[row, ATTEMPT] == 1.0:
            kind = kind | IS_FIRST_STOP
        kinds[row] = kind


def pair(fills: Rows, stops: Numbers, positions: Rows, trips: Rows) -> int:
    """How many round trips the `fills` make up, written to `trips` in order of their exits.

    `stops`: the initial stop of each fill that opens, 0.0 without one. `positions`: one row a desk,
    flat at first; afterwards it tells what is still open.
    """
    count = 0
    for row in range(fills.shape[0]):
        desk = int(fills[row, DESK])
        if fills[row, REASON] == NO_REASON:
            if positions[desk, HELD_SINCE] < 0.0:
                positions[desk, HELD_SINCE] = row
            enter_more(fills, row, positions, desk)
        elif positions[desk, HELD_SINCE] >= 0.0 and leave_some(fills, row, positions, desk):
            write_trip(fills, row, stops, positions, desk, trips, count)
            count = count + 1
            for column in range(HELD_WIDTH):
                positions[desk, column] = 0.0
            positions[desk, HELD_SINCE] = -1.0
    return count


def enter_more(fills: Rows, row: int, positions: Rows, desk: int) -> None:
    """Opens or adds."""
    quantity = fills[row, QUANTITY]
    price = fills[row, FILL_PRICE]
    held = positions[desk, HELD_LEFT]
    notional = quantity * price
    if held == 0.0:
        positions[desk, HELD_AVERAGE] = price
    else:
        cost = held * positions[desk, HELD_AVERAGE] + notional
        positions[desk, HELD_AVERAGE] = cost / (held + quantity)
    positions[desk, HELD_LEFT] = held + quantity
    positions[desk, HELD_ENTERED] = positions[desk, HELD_ENTERED] + quantity
    positions[desk, HELD_BOUGHT] = positions[desk, HELD_BOUGHT] + notional
    positions[desk, HELD_FEES] = positions[desk, HELD_FEES] + fills[row, FEE]


def leave_some(fills: Rows, row: int, positions: Rows, desk: int) -> bool:
    """Reduces; whether nothing is left."""
    quantity = fills[row, QUANTITY]
    price = fills[row, FILL_PRICE]
    first = int(positions[desk, HELD_SINCE])
    gain = fills[first, SIDE] * quantity * (price - positions[desk, HELD_AVERAGE])
    held = positions[desk, HELD_LEFT] - quantity
    positions[desk, HELD_GAIN] = positions[desk, HELD_GAIN] + gain
    positions[desk, HELD_LEFT] = held
    positions[desk, HELD_SOLD] = positions[desk, HELD_SOLD] + quantity * price
    positions[desk, HELD_FEES] = positions[desk, HELD_FEES] + fills[row, FEE]
    return bool(held <= DUST * positions[desk, HELD_ENTERED])


def write_trip(
    fills: Rows, row: int, stops: Numbers, positions: Rows, desk: int, trips: Rows, at: int
) -> None:
    """The position after its last fill."""
    first = int(positions[desk, HELD_SINCE])
    side = fills[first, SIDE]
    quantity = positions[desk, HELD_ENTERED]
    sold = positions[desk, HELD_SOLD]
    # A single fill keeps its price to the last digit.
    entry = fills[first, FILL_PRICE]
    if fills[first, QUANTITY] != quantity:
        entry = positions[desk, HELD_BOUGHT] / quantity
    leaving = fills[row, FILL_PRICE]
    if fills[row, QUANTITY] * leaving != sold:
        leaving = sold / quantity
    risk = side * (fills[first, FILL_PRICE] - stops[first])
    trips[at, TRIP_DESK] = desk
    trips[at, TRIP_SIDE] = side
    trips[at, TRIP_ENTERED_AT] = fills[first, FILLED_AT]
    trips[at, TRIP_ENTRY_PRICE] = entry
    trips[at, TRIP_LEFT_AT] = fills[row, FILLED_AT]
    trips[at, TRIP_EXIT_PRICE] = leaving
    trips[at, TRIP_QUANTITY] = quantity
    trips[at, TRIP_FEES] = positions[desk, HELD_FEES]
    trips[at, TRIP_FUNDING] = fills[row, FUNDING]
    trips[at, TRIP_PNL] = (
        positions[desk, HELD_GAIN] - positions[desk, HELD_FEES] - fills[row, FUNDING]
    )
    trips[at, TRIP_R] = UNDEFINED
    if stops[first] > 0.0 and risk > 0.0:
        trips[at, TRIP_R] = side * (leaving - entry) / risk
    trips[at, TRIP_REASON] = fills[row, REASON]
