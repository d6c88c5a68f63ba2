from runner.core.book cimport Position, steps_away
from runner.core.desk cimport Desk, plan_for, table_for
from runner.core.legs cimport cancel_ladder, is_too_small, part_of, unprotect
from runner.core.plan cimport Plan, SidePlan
from runner.core.program cimport Code, Columns, Facts, run as run_code
from runner.core.size cimport entry_price
from runner.core.table cimport SideTable
from runner.core.trader cimport Trader, arrive, clear_add, clear_entry
cimport cython

cdef int NONE, BY_PROTECTION, BY_RULE, BY_SESSION_END, BY_TIME_STOP, CANCELED
cdef int LEAVE, MARKET, NO_REASON, ENDS_ALL, ENDS_SESSION
cdef double NOT_A_NUMBER
cdef Facts facts

@cython.locals(row=long, side=double, plan=SidePlan, flags=int, reason=int, part=double, rule=int)
cpdef object decide_exit(Trader trader, Desk desk)
@cython.locals(table=SideTable, codes=list)
cpdef bint is_leaving(Desk desk, SidePlan plan, int rule) except? -1
@cython.locals(k=int)
cpdef bint all_true(Desk desk, list codes, list columns) except? -1
@cython.locals(position=Position, close=double)
cpdef object read_position(Desk desk, Facts facts)
@cython.locals(plan=Plan, quantity=double, left=double)
cpdef object leave_some(Trader trader, Desk desk, double part)
cpdef object leave_part(Trader trader, Desk desk, double quantity, int reason)
