cimport cython

cdef int ATTEMPT, DENIED, DESK, FEE, FILLED, FILLED_AT, FILL_PRICE, FUNDING, HELD_AVERAGE
cdef int HELD_BOUGHT, HELD_ENTERED, HELD_FEES, HELD_GAIN, HELD_LEFT, HELD_SINCE, HELD_SOLD
cdef int HELD_WIDTH, IS_DENIED, IS_FILL, IS_FIRST_STOP, NO_REASON, PURPOSE, QUANTITY, REASON
cdef int SIDE, STATE, STOP, TRIP_DESK, TRIP_ENTERED_AT, TRIP_ENTRY_PRICE, TRIP_EXIT_PRICE
cdef int TRIP_FEES, TRIP_FUNDING, TRIP_LEFT_AT, TRIP_PNL, TRIP_QUANTITY, TRIP_R, TRIP_REASON
cdef int TRIP_SIDE
cdef double DUST, UNDEFINED

@cython.locals(row=Py_ssize_t, state=double, kind=int)
cpdef object sort_out(const double[:, ::1] rows, unsigned char[::1] kinds)
@cython.locals(count=Py_ssize_t, row=Py_ssize_t, desk=Py_ssize_t, column=int)
cpdef Py_ssize_t pair(
    const double[:, ::1] fills, const double[::1] stops, double[:, ::1] positions,
    double[:, ::1] trips
) except -1
@cython.locals(quantity=double, price=double, held=double, notional=double, cost=double)
cpdef object enter_more(
    const double[:, ::1] fills, Py_ssize_t row, double[:, ::1] positions, Py_ssize_t desk
)
@cython.locals(quantity=double, price=double, first=Py_ssize_t, gain=double, held=double)
cpdef bint leave_some(
    const double[:, ::1] fills, Py_ssize_t row, double[:, ::1] positions, Py_ssize_t desk
) except? -1
@cython.locals(
    first=Py_ssize_t, side=double, quantity=double, sold=double, entry=double, leaving=double,
    risk=double
)
cpdef object write_trip(
    const double[:, ::1] fills, Py_ssize_t row, const double[::1] stops,
    double[:, ::1] positions, Py_ssize_t desk, double[:, ::1] trips, Py_ssize_t at
)
