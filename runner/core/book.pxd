cimport cython

cdef double MOST_STEPS, UNNAMEABLE

cdef class Account:
    cdef public double cash
    cdef public double fees

cdef class Position:
    cdef public double entry_price
    cdef public double quantity
    cdef public double stop
    cdef public double target

@cython.locals(notional=double, paid=double, cost=double)
cpdef double buy(Account account, Position position, double quantity, double price, double fee) noexcept

@cython.locals(notional=double, paid=double)
cpdef double sell(Account account, Position position, double quantity, double price, double fee) noexcept

cpdef double equity(Account account, Position position, double close) noexcept

@cython.locals(n=double)
cpdef double floor_to_grid(double value, double numerator, double denominator) noexcept

@cython.locals(floored=double)
cpdef double ceil_to_grid(double value, double numerator, double denominator) noexcept

@cython.locals(n=double)
cpdef double steps_away(
    double value, double steps, double numerator, double denominator
) noexcept
