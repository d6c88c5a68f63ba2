from runner.core.bounds cimport account_breaches, breaches, protection_breaches
from runner.core.book cimport floor_to_grid, worth
from runner.core.desk cimport Desk, plan_for, table_for, trades
from runner.core.plan cimport Plan, SidePlan
from runner.core.size cimport Draft, Signal, cost_of, draft, draft_ladder, entry_price
from runner.core.table cimport SideTable, Table
from runner.core.trader cimport Trader, arrive, exposure, free_cash, sent_now
cimport cython
from runner.core.leaving cimport all_true

cdef int NONE, ABOVE_MAX_OPEN, BELOW_MINIMUM_NOTIONAL, BELOW_MINIMUM_QUANTITY, ADD, BY_REVERSAL
cdef int BY_RULE, ENTRY, MARKET, NO_REASON, NO_ENTRIES

@cython.locals(desk=Desk, side=double, best=int, k=int, waiting=list)
cpdef object decide_entries(Trader trader, list due)
@cython.locals(wanted=double)
cpdef double preference(Desk desk) except? -1
@cython.locals(row=long, table=Table, held=bint, side=double, age=int, taken=long)
cpdef double entering_side(Trader trader, Desk desk) except? -2
cpdef bint leaves_by_rule(Desk desk) except? -1
@cython.locals(
    plan=Plan, side=double, wanted=SidePlan, order=Draft, cash=double, held=double,
    notional=double, bits=int, resting=bint, row=long
)
cpdef object enter_now(Trader trader, Desk desk)
@cython.locals(
    plan=Plan, table=Table, row=long, columns=SideTable, signal=Signal, part=int
)
cpdef object read_signal(Trader trader, Desk desk, double side)
@cython.locals(count=int, desk=Desk, leaving=bint)
cpdef int open_count(Trader trader) except -1
@cython.locals(side=SidePlan, order=Draft, bits=int, row=long)
cpdef object chase(Trader trader, Desk desk)
@cython.locals(plan=Plan, side=SidePlan, table=SideTable, order=Draft, row=long)
cpdef object decide_add(Trader trader, Desk desk)
cpdef object draft_market(Desk desk, Draft order, double quantity)
@cython.locals(plan=Plan, order=Draft, cash=double, held=double, row=long)
cpdef long judged(
    Trader trader, Desk desk, int purpose, int leg, double side, int bits
) except -2
