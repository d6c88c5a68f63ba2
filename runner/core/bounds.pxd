cimport cython
from runner.core.plan cimport Plan
from runner.core.size cimport Draft, Signal, stop_distance

cpdef bint reads_target(Plan plan) noexcept

@cython.locals(bits=int)
cpdef int breaches(
    Plan plan, Signal signal, Draft order, double cash, double exposure, double sent
) except -1
