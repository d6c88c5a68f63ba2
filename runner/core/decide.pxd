from runner.core.book cimport fund
from runner.core.desk cimport Desk, plan_for
from runner.core.guards cimport watch_equity
from runner.core.held cimport follow_stop, watch_bar
from runner.core.legs cimport cancel_ladder
from runner.core.plan cimport SidePlan
from runner.core.table cimport Table
from runner.core.trader cimport Trader, clear_entry, marked
cimport cython
from runner.core.leaving cimport decide_exit
from runner.core.entering cimport chase, decide_add, decide_entries

cdef int NONE, CANCELED, MARKET, ENDS_ALL, ENDS_SESSION, NO_ENTRIES

@cython.locals(table=Table, row=long, side=SidePlan)
cpdef object close_bar(Trader trader, Desk desk)
cpdef object time_out(Trader trader, Desk desk, SidePlan side)
@cython.locals(desk=Desk)
cpdef object decide(Trader trader, list due)
@cython.locals(desk=Desk, leaving=list, adds=bint, chases=bint, stays=bint)
cpdef object decide_orders(Trader trader, list due)
@cython.locals(desk=Desk, stays=bint)
cpdef object decide_adds(Trader trader, list due)
@cython.locals(desk=Desk)
cpdef object stop_entering(Trader trader)
