cimport cython
from runner.core.book cimport ceil_to_grid, floor_to_grid
from runner.core.plan cimport Plan, SidePlan

cdef int RISK, EQUITY, NOTIONAL, QUANTITY, SPEND, MOST_TARGETS
cdef int LIMIT, MARKET
cdef double FINE_QUOTE, COARSE_QUOTE, LARGE_SPEND

cdef class Signal:
    cdef public double capital
    cdef public double close
    cdef public double price
    cdef public double side
    cdef public double stop
    cdef public double[::1] targets
    cdef public double trail
    cdef public double value

cdef class Draft:
    cdef public double cost
    cdef public double ladder_cost
    cdef public double ladder_notional
    cdef public double largest
    cdef public double notional
    cdef public double quantity
    cdef public double spend
    cdef public double uncut

cpdef double entry_price(Plan plan, int order_type, double side, double wanted, double close) noexcept

cpdef double stop_distance(Plan plan, Signal signal) noexcept

@cython.locals(worth=double, quantity=double, decimals=double)
cpdef object draft(Plan plan, SidePlan side, Signal signal, Draft out)

@cython.locals(k=int, price=double, notional=double)
cpdef object draft_ladder(Plan plan, SidePlan side, Signal signal, Draft out, double quantity)

cpdef double away(double price, double part) noexcept

cpdef double cost_of(Plan plan, int order_type, double notional) noexcept

@cython.locals(distance=double, left=double, loss=double)
cpdef double wanted_notional(Plan plan, SidePlan side, Signal signal) noexcept

@cython.locals(wanted=double)
cpdef double stop_price(Plan plan, Signal signal, double fill) noexcept

@cython.locals(price=double)
cpdef double on_ticks_against(Plan plan, double side, double wanted) noexcept

@cython.locals(wanted=double, price=double)
cpdef double target_price(Plan plan, Signal signal, int part, double fill, double stop) noexcept
