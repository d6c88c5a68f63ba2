from runner.core.book cimport (
    Account,
    Position,
    enter,
    floor_to_grid,
    liquidation_price,
    steps_away,
)
from runner.core.desk cimport Desk, plan_for
from runner.core.log cimport Log
from runner.core.plan cimport Plan, SidePlan
from runner.core.size cimport away, cost_of, entry_price
cimport cython

cdef int MOST_LADDER, NONE
cdef Account SCRATCH
cdef int ADD, BY_TAKE_PROFIT, CANCELED, LIMIT, NO_REASON, STOP, STOP_MARKET, TARGET

@cython.locals(plan=Plan, rest=double, part=int, target=double, quantity=double, left=double, leg=int, lower=double)
cpdef object protect(Desk desk, Log log)
cpdef bint is_too_small(Plan plan, double quantity, double price) noexcept
@cython.locals(plan=Plan)
cpdef double part_of(Desk desk, double fraction) noexcept
@cython.locals(leg=int)
cpdef object add_leg(Desk desk, int part, double quantity, double target)
cpdef object place_stop(Desk desk, Log log, int leg)
cpdef object place_target(Desk desk, Log log, int leg)
@cython.locals(leg=int)
cpdef object replace_stops(Desk desk, Log log)
@cython.locals(leg=int)
cpdef object unprotect(Desk desk, Log log)
@cython.locals(stop_row=long, target_row=long, last=int, k=int)
cpdef object drop_leg(Desk desk, Log log, int leg, long kept, int state)
@cython.locals(plan=Plan, side=double, wanted=SidePlan, k=int, price=double, quantity=double, reach=Position, end=double)
cpdef object place_ladder(Desk desk, Log log)
cpdef bint is_beyond(double side, double price, double end) noexcept
@cython.locals(k=int)
cpdef object cancel_beyond_stop(Desk desk, Log log)
@cython.locals(k=int, notional=double)
cpdef object weigh_ladder(Desk desk, SidePlan wanted)
@cython.locals(k=int)
cpdef object cancel_ladder(Desk desk, Log log)
