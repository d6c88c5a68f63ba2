cimport cython
from runner.core.book cimport Account, Position, buy, equity, sell
from runner.core.bounds cimport breaches
from runner.core.decide cimport wants
from runner.core.fill cimport (
    market_buy_price,
    market_sell_price,
    protective_event,
    protective_price,
    quantity_for,
)
from runner.core.plan cimport Plan
from runner.core.size cimport Draft, Signal, draft, stop_price, target_price

cdef int CANCELED, DENIED, ENTER, ENTRY, EXIT, EXPIRED, LEAVE, NOTHING, REJECTED, RESTING
cdef int STOP, STOPPED, TARGET, TARGET_REACHED, WIDTH
cdef double NEVER

cdef class Log:
    cdef double[:, ::1] rows
    cdef public long count
    @cython.locals(row=long)
    cpdef long add(self, long decided, int purpose, double quantity, double spend, double price) except -1
    cpdef object end(self, long row, int state, double note)
    cpdef object fill(
        self, long row, double quantity, double price, double fee, long at, bint inside
    )

cdef class Desk:
    cdef public Account account
    cdef public Draft draft
    cdef public Log log
    cdef public int pending
    cdef public long pending_row
    cdef public Plan plan
    cdef public Position position
    cdef public Signal signal
    cdef public long signal_row
    cdef public long stop_row
    cdef public long target_row

@cython.locals(bits=int, order=long)
cpdef object decide_entry(Desk desk, long row)
cpdef object decide_exit(Desk desk, long row)
cpdef object cancel_protection(Desk desk, long keep, int state)
@cython.locals(plan=Plan, price=double, quantity=double, fee=double)
cpdef object fill_pending(Desk desk, long row, double open_price)
@cython.locals(plan=Plan, quantity=double, notional=double, fee=double, stop=double)
cpdef object fill_entry(Desk desk, long row, double price)
cpdef bint affordable(Plan plan, double cash, double quantity, double notional) noexcept
@cython.locals(
    position=Position, event=int, price=double, fraction=double, inside=bint, quantity=double,
    order=long, fee=double
)
cpdef object fill_protection(Desk desk, long row, double open_price, double high, double low)

@cython.locals(
    n=Py_ssize_t, i=Py_ssize_t, plan=Plan, account=Account, position=Position, signal=Signal,
    want=int, cash=double, held=double, low_mark=double, high_mark=double, pending=int, changed=bint
)
cpdef object run(
    Desk desk,
    const double[::1] open_,
    const double[::1] high,
    const double[::1] low,
    const double[::1] close,
    const unsigned char[::1] entry,
    const unsigned char[::1] leave,
    const double[:] value,
    const double[:] stop,
    const double[:] target,
    Py_ssize_t first,
    double[::1] equities,
)
