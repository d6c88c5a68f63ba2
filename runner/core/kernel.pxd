from runner.core.book cimport Account, Position, liquidation_price, worth
from runner.core.decide cimport close_bar, decide
from runner.core.desk cimport Desk, plan_for
from runner.core.guards cimport Guards, watch_equity
from runner.core.play cimport accept_ladder, play_add, play_bar, play_entry, play_exit
from runner.core.plan cimport Plan, SidePlan
from runner.core.table cimport Table
from runner.core.trader cimport Trader
cimport cython

cdef int NONE
cdef int MARKET
cdef double NEVER

@cython.locals(t=Py_ssize_t, due=list, desk=Desk, bar=long)
cpdef object run(Trader trader, const long long[::1] opened_at, double[::1] equities)
@cython.locals(desk=Desk)
cpdef object step(Trader trader, list due)
@cython.locals(desk=Desk, waiting=list, fresh=list)
cpdef object play_pending(Trader trader, list due)
@cython.locals(desk=Desk)
cpdef bint is_pending(list due) except? -1
@cython.locals(first=int, k=int, one=Desk, other=Desk)
cpdef Desk earliest(list waiting)
@cython.locals(
    table=Table, position=Position, account=Account, guards=Guards, leverage=double, due=list,
    high="const double[::1]", low="const double[::1]", close="const double[::1]",
    quiet=bint, held=double, cash=double, floor=double, ceiling=double, i=Py_ssize_t
)
cpdef object run_one(Trader trader, Desk desk, double[::1] equities)
@cython.locals(side=SidePlan, watched=bint)
cpdef bint is_quiet(Trader trader, Desk desk) except? -1
@cython.locals(side=double, found=double, leg=int, price=double, plan=Plan, liquidation=double)
cpdef double nearest(Desk desk, double direction) except? -1
