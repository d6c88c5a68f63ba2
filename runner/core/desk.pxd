from runner.core.book cimport Position
from runner.core.plan cimport Plan, SidePlan
from runner.core.size cimport Signal, on_ticks_against
from runner.core.table cimport SideTable, Table
cimport cython

cdef int BY_TRAILING_STOP, NO_REASON
cdef int MOST_LEGS, MOST_LADDER, NONE, MOST_TARGETS

cdef class Desk:
    cdef public double add_cost
    cdef public double add_notional
    cdef public double add_quantity
    cdef public long add_row
    cdef public long adds
    cdef public long arrival
    cdef public int attempt
    cdef public double best
    cdef public double best_close
    cdef public long done_rules
    cdef public long done_targets
    cdef public bint entry_chased
    cdef public double entry_cost
    cdef public double entry_notional
    cdef public double entry_price
    cdef public double entry_quantity
    cdef public long entry_row
    cdef public double entry_side
    cdef public double entry_spend
    cdef public int entry_type
    cdef public double exit_quantity
    cdef public int exit_reason
    cdef public long exit_row
    cdef public double first_price
    cdef public double first_quantity
    cdef public long free_from
    cdef public bint from_resting
    cdef public int index
    cdef public double initial_stop
    cdef public double ladder_cost
    cdef public bint ladder_fresh
    cdef public double ladder_notional
    cdef public double[::1] ladder_price
    cdef public double[::1] ladder_quantity
    cdef public long[::1] ladder_rows
    cdef public double largest
    cdef public double last_price
    cdef public long[::1] leg_part
    cdef public double[::1] leg_price
    cdef public double[::1] leg_quantity
    cdef public long[::1] leg_stop_row
    cdef public long[::1] leg_target_row
    cdef public int legs
    cdef public double mark
    cdef public long opened_row
    cdef public Plan plan
    cdef public Position position
    cdef public double risk
    cdef public long rise_row
    cdef public long row
    cdef public Signal signal
    cdef public double signal_at
    cdef public long signal_row
    cdef public double stop
    cdef public bint stop_moved
    cdef public int stop_reason
    cdef public Table table
    cdef public long taken_long
    cdef public long taken_short
    cdef public double[::1] target_prices
    cdef public bint targets_wait

cpdef object forget(Desk desk)
cpdef bint trades(Desk desk, double side) except? -1
cpdef SidePlan plan_for(Desk desk, double side)
cpdef SideTable table_for(Desk desk, double side)
cpdef bint tighten(Desk desk, double price, int reason) except? -1
@cython.locals(entry=double, gain=double)
cpdef bint gained(Desk desk, double multiple, double fraction) except? -1
@cython.locals(plan=Plan, side=double, best=double, price=double)
cpdef bint trail(Desk desk, double distance) except? -1
