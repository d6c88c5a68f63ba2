from runner.core.book cimport Account, Position, enter, leave, steps_away, worth
from runner.core.desk cimport Desk, forget, plan_for
from runner.core.guards cimport Guards, count_stop
from runner.core.held cimport added, opened, topped_up
from runner.core.legs cimport cancel_ladder, drop_leg, protect, unprotect, weigh_ladder
from runner.core.log cimport Log
from runner.core.plan cimport Plan
from runner.core.size cimport Draft
cimport cython

cdef int MOST_LADDER, NONE
cdef int CANCELED
cdef int ADD, BY_BREAK_EVEN, BY_LIQUIDATION, BY_STOP_LOSS, BY_TRAILING_STOP, ENTRY, LEAVE, LEG
cdef int MARKET, PURPOSE, REASON, SIDE, STOP, TARGET, TYPE
cdef double MINUTE_MS

cdef class Trader:
    cdef public Account account
    cdef public long arrivals
    cdef public list desks
    cdef public Draft draft
    cdef public double equity
    cdef public Guards guards
    cdef public bint halted
    cdef public Log log
    cdef public int max_open
    cdef public double minute
    cdef public double now
    cdef public double own
    cdef public long sent
    cdef public bint silent

@cython.locals(held=double, desk=Desk)
cpdef double free_cash(Trader trader) except? -1
@cython.locals(total=double, desk=Desk)
cpdef double exposure(Trader trader) except? -1
@cython.locals(total=double, desk=Desk)
cpdef double marked(Trader trader) except? -1
@cython.locals(log=Log, purpose=int, resting=bint)
cpdef object filled(
    Trader trader, Desk desk, long row, double quantity, double price, double paid, double at,
    bint inside, int sibling
)
@cython.locals(is_first=bint)
cpdef object enter_part(
    Trader trader, Desk desk, double side, double quantity, double price, double paid, bint resting
)
@cython.locals(log=Log, purpose=int, resting=bint, is_stale=bint, side=double, leg=int)
cpdef object filled_part(
    Trader trader, Desk desk, long row, double quantity, double price, double paid
)
@cython.locals(plan=Plan, left=double)
cpdef double less(Desk desk, double quantity, double filled) except? -1
cpdef object give_up_entry(Desk desk, Log log, long filled_row)
@cython.locals(log=Log, resting=bint, k=int)
cpdef object fill_add(
    Trader trader, Desk desk, long row, double quantity, double price, double paid
)
@cython.locals(log=Log, position=Position, funding=double, reason=int, lost=bint, is_stale=bint, side=double, leg=int)
cpdef object reduce(
    Trader trader, Desk desk, long row, int purpose, double quantity, double price, double paid,
    double at, int sibling
)
cpdef object closed(Trader trader, Desk desk, int reason, bint lost, double at)
cpdef object clear_entry(Desk desk)
cpdef object clear_add(Desk desk)
@cython.locals(log=Log, k=int, leg=int)
cpdef object ended(Trader trader, Desk desk, long row, int state)
@cython.locals(log=Log, row=long)
cpdef object liquidated(Trader trader, Desk desk, double quantity, double price, double at)
@cython.locals(sent=long)
cpdef object count_order(Trader trader)
cpdef long sent_now(Trader trader) except? -1
cpdef object arrive(Trader trader, Desk desk)
