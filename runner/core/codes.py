"""The numbers that the compiled core passes around, in one place for those who read them.

A module that names one in its `.pxd` as `cdef int` holds it as a C integer.
"""

from __future__ import annotations

# What the rules want at a close.
NOTHING = 0
ENTER = 1
EXIT = 2

# What a bar does to a resting stop and target; 0: nothing.
STOPPED = 1  # at the stop, or at the open that gaps through it
TARGET_REACHED = 2  # beyond the limit price inside the bar: filled at it, as maker
TARGET_AT_OPEN = 3  # the open is beyond the limit price: filled at the open, as taker

# Columns of a log row. `DECIDED` and `FILLED_ROW` are bar indices; prices are quote currency.
# NOTE: of a denied order its bits, of a fill 1.0 where it happened inside the bar.
DECIDED, PURPOSE, STATE, QUANTITY, SPEND, PRICE, FILL_PRICE, FEE, FILLED_ROW, NOTE = range(10)
WIDTH = 10

# Values of the column PURPOSE.
ENTRY, LEAVE, STOP, TARGET = range(4)

# Values of the column STATE.
RESTING, FILLED, EXPIRED, CANCELED, REJECTED, DENIED = range(6)
