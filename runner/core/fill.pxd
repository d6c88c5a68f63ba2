cimport cython
from runner.core.book cimport floor_to_grid, steps_away

cdef int AT_OPEN, INSIDE, LIQUIDATED, NOTHING

cpdef double market_price(double side, double open_price, double slippage) noexcept

@cython.locals(quantity=double, notional=double)
cpdef double quantity_for(
    double spend, double price, double taker, double numerator, double denominator
) noexcept

cpdef int limit_event(
    double side, double price, double open_price, double high, double low
) noexcept

cpdef int stop_event(
    double side, double price, double open_price, double high, double low
) noexcept

@cython.locals(nearer=bint, event=int)
cpdef int protective_event(
    double side, double stop, double liquidation, double open_price, double high, double low
) noexcept
