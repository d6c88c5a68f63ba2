from runner.core.book cimport Position, bankruptcy_price, liquidation_price, needed
from runner.core.desk cimport Desk, plan_for
from runner.core.fill cimport (
    limit_event,
    market_price,
    protective_event,
    quantity_for,
    stop_event,
)
from runner.core.plan cimport Plan, SidePlan
from runner.core.size cimport cost_of
from runner.core.table cimport Table
from runner.core.trader cimport Trader, clear_entry, ended, filled, liquidated
cimport cython

cdef int MOST_LADDER, NONE
cdef int AT_OPEN, CANCELED, EXPIRED, INSIDE, LIMIT, LIQUIDATED, MARKET, NOTHING, REJECTED

@cython.locals(bar=long, plan=Plan, price=double, quantity=double)
cpdef object play_exit(Trader trader, Desk desk)
@cython.locals(bar=long, plan=Plan, price=double, quantity=double)
cpdef object play_add(Trader trader, Desk desk)
@cython.locals(bar=long, plan=Plan, price=double, quantity=double)
cpdef object play_entry(Trader trader, Desk desk)
@cython.locals(bar=long, table=Table)
cpdef int refusal(Desk desk) except -1
@cython.locals(bar=long, plan=Plan, notional=double, at=double, rests=bint)
cpdef object enter_at(
    Trader trader, Desk desk, double quantity, double price, double fraction, bint inside,
    int refused
)
cpdef bint is_affordable(Trader trader, Plan plan, double quantity, double notional) except? -1
@cython.locals(held=double, desk=Desk)
cpdef double available(Trader trader) except? -1
@cython.locals(free=double, k=int, row=long, cost=double)
cpdef object accept_ladder(Trader trader, Desk desk)
@cython.locals(bar=long, table=Table, open_price=double, high=double, low=double)
cpdef object play_bar(Trader trader, Desk desk)
@cython.locals(plan=Plan, side=SidePlan, event=int, inside=bint)
cpdef object play_limit(
    Trader trader, Desk desk, double open_price, double high, double low, int phase
)
@cython.locals(event=int, price=double)
cpdef object play_stop_entry(
    Trader trader, Desk desk, double open_price, double high, double low
)
@cython.locals(side=double, k=int, row=long, event=int, price=double)
cpdef object play_ladder(
    Trader trader, Desk desk, double open_price, double high, double low, int phase
)
@cython.locals(sibling=int, leg=int, row=long, event=int, price=double)
cpdef object play_targets(
    Trader trader, Desk desk, double open_price, double high, double low, int phase
)
@cython.locals(
    plan=Plan, table=Table, position=Position, at=double, liquidation=double, event=int,
    price=double, inside=bint, sibling=int, quantity=double
)
cpdef object play_stops(
    Trader trader, Desk desk, double open_price, double high, double low
)
@cython.locals(at=double, fraction=double)
cpdef object fill_limit(
    Trader trader, Desk desk, long row, double quantity, double price, int event, int sibling
)
