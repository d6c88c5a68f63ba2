cimport cython
from runner.core.book cimport floor_to_grid, steps_away

cdef int NOTHING, STOPPED, TARGET_AT_OPEN, TARGET_REACHED

cpdef double market_buy_price(double open_price, double slippage) noexcept

cpdef double market_sell_price(double open_price, double slippage) noexcept

@cython.locals(quantity=double, notional=double)
cpdef double quantity_for(
    double spend, double price, double taker, double numerator, double denominator
) noexcept

cpdef int protective_event(
    double open_price, double high, double low, double stop, double target
) except -1

cpdef double protective_price(
    int event, double open_price, double stop, double target
) noexcept
