cimport cython

cdef double MOST_STEPS, UNNAMEABLE

cdef class Account:
    cdef public double cash
    cdef public double fees
    cdef public double funding

cdef class Position:
    cdef public double denominator
    cdef public double entry_price
    cdef public double funding
    cdef public double margin
    cdef public double numerator
    cdef public double quantity
    cdef public double side

@cython.locals(notional=double, cost=double)
cpdef object enter(
    Account account, Position position, double side, double quantity, double price, double paid,
    double leverage
)

@cython.locals(gain=double, rest=double)
cpdef object leave(
    Account account, Position position, double quantity, double price, double paid,
    double leverage
)

@cython.locals(paid=double)
cpdef double fund(Account account, Position position, double per_unit) noexcept

cpdef object charge(Account account, Position position, double paid)

cpdef double worth(Position position, double price, double leverage) noexcept

cpdef double needed(double notional, double fraction, double leverage) noexcept

@cython.locals(signed=double, price=double)
cpdef double liquidation_price(Position position, double maintenance, double leverage) noexcept

cpdef double bankruptcy_price(Position position) noexcept

@cython.locals(n=double)
cpdef double floor_to_grid(double value, double numerator, double denominator) noexcept

@cython.locals(floored=double)
cpdef double ceil_to_grid(double value, double numerator, double denominator) noexcept

@cython.locals(n=double)
cpdef double steps_away(
    double value, double steps, double numerator, double denominator
) noexcept
