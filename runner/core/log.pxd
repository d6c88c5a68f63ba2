cimport cython

cdef int BLOCK, WIDTH

cdef class Log:
    cdef list blocks
    cdef double[:, ::1] newest
    cdef long first
    cdef public long count
    @cython.locals(at=long)
    cpdef long add(
        self, double decided, int desk, int purpose, int leg, int attempt, double side,
        int order_type, double quantity, double spend, double price, int reason, double reserved
    ) except -1
    cpdef object write(self, long row, int column, double value)
    cpdef object end(self, long row, int state)
    cpdef object deny(
        self, long row, int bits, double cash, double exposure, double uncut, double notional
    )
    cpdef object fill(
        self, long row, double quantity, double price, double paid, double at, bint inside
    )
    cpdef object fund(self, long row, double paid)
    cpdef object explain(self, long row, int reason)
    cpdef double value(self, long row, int column) except? -1
