from runner.core.book cimport Position
from runner.core.desk cimport Desk, gained, tighten, trail
from runner.core.legs cimport place_ladder, protect, replace_stops
from runner.core.log cimport Log
from runner.core.plan cimport Plan
from runner.core.size cimport away, on_ticks_against, stop_price, target_price
from runner.core.table cimport Table
cimport cython

cdef int NONE
cdef int BY_BREAK_EVEN, BY_STOP_LOSS

@cython.locals(plan=Plan, side=double, part=int)
cpdef object opened(Desk desk, Log log, double quantity, double price, bint resting)
@cython.locals(plan=Plan, position=Position, part=int, initial=double)
cpdef object added(Desk desk, Log log, double price, bint resting)
@cython.locals(position=Position)
cpdef object topped_up(Desk desk, Log log, double price)
@cython.locals(plan=Plan, table=Table, position=Position, row=long, side=double, seen=double, close=double, moved=bint, even=double)
cpdef object watch_bar(Desk desk)
cpdef object follow_stop(Desk desk, Log log)
