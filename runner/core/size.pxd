cimport cython
from runner.core.book cimport ceil_to_grid, floor_to_grid
from runner.core.plan cimport Plan

cdef int RISK, EQUITY, NOTIONAL, QUANTITY, SPEND
cdef double FINE_QUOTE, COARSE_QUOTE, LARGE_SPEND

cdef class Signal:
    cdef public double capital
    cdef public double close
    cdef public double stop
    cdef public double target
    cdef public double value

cdef class Draft:
    cdef public double cost
    cdef public double notional
    cdef public double quantity
    cdef public double spend
    cdef public double uncut

cpdef double stop_distance(Plan plan, Signal signal) noexcept

@cython.locals(worth=double, quantity=double, decimals=double)
cpdef object draft(Plan plan, Signal signal, Draft out)

@cython.locals(distance=double, fees=double, loss=double)
cpdef double wanted_notional(Plan plan, Signal signal) noexcept

@cython.locals(wanted=double, price=double)
cpdef double stop_price(Plan plan, Signal signal, double fill) noexcept

@cython.locals(wanted=double, price=double)
cpdef double target_price(Plan plan, Signal signal, double fill, double stop) noexcept
