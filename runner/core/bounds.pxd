cimport cython
from runner.core.book cimport floor_to_grid
from runner.core.plan cimport Plan, SidePlan
from runner.core.size cimport Draft, Signal, stop_distance, stop_price, target_price

@cython.locals(bits=int)
cpdef int breaches(
    Plan plan, SidePlan side, Signal signal, Draft order, double cash, double exposure, double sent
) except -1

@cython.locals(bits=int, after=double)
cpdef int account_breaches(
    Plan plan, Draft order, double cash, double exposure, double sent
) except -1

cpdef double most_exposure(Plan plan) noexcept

@cython.locals(bits=int, stop=double, target=double, part=int)
cpdef int protection_breaches(Plan plan, Signal signal) except -1

@cython.locals(bought=double)
cpdef bint buys_nameable(Plan plan, Signal signal, Draft order) noexcept

cpdef bint is_nameable(Plan plan, double price) noexcept
