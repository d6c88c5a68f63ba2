cimport cython

cdef int ABS, ADD, ADDS, AND, BARS_HELD, COLUMN, DIVIDE, ENTRY_PRICE, EQUAL, FIRST_ARITHMETIC
cdef int FIRST_ENTRY_PRICE, FIRST_FIELD, FIRST_TRUTH, FIRST_UNARY, GREATER, GREATER_EQUAL
cdef int LAST_ENTRY_PRICE, LESS, LESS_EQUAL, MAX, MIN, MULTIPLY, NEGATE, NOT, NUMBER, OR
cdef int PEAK_PROFIT, PROFIT, PROFIT_R, SIGN, SUBTRACT, SWAP, TUCK
cdef double UNDEFINED

cdef class Code:
    cdef const int[::1] ops
    cdef const double[::1] numbers
    cdef double[::1] stack
    cdef readonly Py_ssize_t length

cdef class Columns:
    cdef const double[:, ::1] rows

cdef class Facts:
    cdef public double entry_price
    cdef public double first_entry_price
    cdef public double last_entry_price
    cdef public double adds
    cdef public double bars_held
    cdef public double profit
    cdef public double profit_r
    cdef public double peak_profit
    cdef public double stop_price

@cython.locals(at=Py_ssize_t, top=Py_ssize_t, op=int, value=double)
cpdef double run(
    Code code, Facts facts, Columns columns, Py_ssize_t row, Py_ssize_t signal_row
) noexcept

@cython.locals(value=double)
cdef double given(
    Code code, Columns columns, int op, Py_ssize_t index, Py_ssize_t row,
    Py_ssize_t signal_row
) noexcept

cdef double field(Facts facts, int op) noexcept

cdef double unary(int op, double x) noexcept

cdef double binary(int op, double a, double b) noexcept

cdef double conjunction(double a, double b) noexcept

@cython.locals(result=double)
cdef double arithmetic(int op, double a, double b) noexcept

@cython.locals(rest=double)
cdef double remainder(double a, double b) noexcept

@cython.locals(holds=bint)
cdef double comparison(int op, double a, double b) noexcept

@cython.locals(a=double, b=double, test=double)
cdef Py_ssize_t move(Code code, int op, Py_ssize_t top) noexcept
