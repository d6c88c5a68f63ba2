cimport cython

cdef double FOREVER, DAY_MS

cdef class Pause:
    cdef public bint closes
    cdef public double day
    cdef public double day_equity
    cdef public double ends
    cdef public int kind
    cdef public double lasts
    cdef public double last_equity
    cdef public double most
    cdef public long newest
    cdef public long oldest
    cdef public double[::1] peaks
    cdef public double[::1] times
    cdef public double within

cdef class Guards:
    cdef public bint active
    cdef public bint closing
    cdef public int cooldown
    cdef public object local_midnight
    cdef public list pauses
    cdef public bint paused

cpdef double midnight_after(Guards guards, double instant) except? -1

@cython.locals(pause=Pause)
cpdef object count_stop(Guards guards, double at)

@cython.locals(pause=Pause)
cpdef object watch_equity(Guards guards, double instant, double equity)

cpdef bint is_broken(Guards guards, Pause pause, double instant, double equity) except? -1

cpdef double ends_at(Guards guards, Pause pause, double instant) except? -1

cpdef object forget_past(Pause pause)

@cython.locals(held=long, size=long)
cpdef object push(Pause pause, double at, double peak)

cpdef object drop_before(Pause pause, double instant)
