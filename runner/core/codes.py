"""The numbers that the compiled core passes around, in one place for those who read them.

A module that names one in its `.pxd` as `cdef int` holds it as a C integer.
"""

from __future__ import annotations

# What a bar does to a resting order; 0: nothing.
NOTHING = 0
AT_OPEN = 1  # filled at the open: beyond a limit, or gapped through a stop; as taker
INSIDE = 2  # filled at its own price inside the bar; a limit as maker, a stop as taker
LIQUIDATED = 3  # the exchange took the position before its stop was reached

# In place of a log row.
NONE = -1

# What one position may have: targets, parts of its protection (one for each target and one for the
# rest), safety orders, exit rules (one bit each in a byte).
MOST_TARGETS = 8
MOST_LEGS = 9
MOST_LADDER = 20
MOST_RULES = 8

# Columns of a log row. Times are UTC ms, money is quote currency, quantities base currency.
# SIDE: 1.0 buys, -1.0 sells. LEG: which part of a protection, or which safety order. PRICE: of a
# limit or stop order. NOTE: 1.0 for a fill inside a bar; of a denied order its bits. FUNDING: what
# the position had paid when this fill closed it. Of a denied order FILL_PRICE, FEE and RESERVED
# hold the free cash, the exposure and the cost that it was denied at, FILLED_AT its worth before
# `at_most` cut it, and FUNDING its worth.
(DECIDED, DESK, PURPOSE, LEG, ATTEMPT, SIDE, TYPE, STATE, QUANTITY, SPEND, PRICE, FILL_PRICE, FEE,
 FILLED_AT, NOTE, REASON, RESERVED, FUNDING) = range(18)  # fmt: skip
WIDTH = 18

# Values of the column PURPOSE.
ENTRY, ADD, LEAVE, STOP, TARGET = range(5)

# Values of the column TYPE.
MARKET, LIMIT, STOP_MARKET = range(3)

# Values of the column STATE. RESTING: at the book, or decided and on its way there.
RESTING, FILLED, EXPIRED, CANCELED, REJECTED, DENIED = range(6)

# Values of the column REASON: what ends a position; 0 for orders that open one.
(NO_REASON, BY_STOP_LOSS, BY_TAKE_PROFIT, BY_TRAILING_STOP, BY_BREAK_EVEN, BY_TIME_STOP,
 BY_SESSION_END, BY_RULE, BY_REVERSAL, BY_LIQUIDATION, BY_PROTECTION, BY_HAND
 ) = range(12)  # fmt: skip

# Bits of what a summary reads of a log row.
IS_FILL, IS_FIRST_STOP, IS_DENIED = 1, 2, 4

# Columns of a round trip: the fields of model/trades.py; TRIP_R is nan without a stop.
(TRIP_DESK, TRIP_SIDE, TRIP_ENTERED_AT, TRIP_ENTRY_PRICE, TRIP_LEFT_AT, TRIP_EXIT_PRICE,
 TRIP_QUANTITY, TRIP_FEES, TRIP_FUNDING, TRIP_PNL, TRIP_R, TRIP_REASON) = range(12)  # fmt: skip
TRIP_WIDTH = 12

# Columns of an open position, a row each desk. HELD_SINCE: its first fill, -1.0 while flat;
# HELD_ENTERED: all that was entered, base currency; HELD_AVERAGE: the price of what is left, as
# `book` averages it; HELD_BOUGHT and HELD_SOLD: notional of what entered and of what left.
(HELD_SINCE, HELD_ENTERED, HELD_LEFT, HELD_AVERAGE, HELD_BOUGHT, HELD_SOLD, HELD_GAIN,
 HELD_FEES) = range(8)  # fmt: skip
HELD_WIDTH = 8
