"""The backtest's loop: every bar of one market through decide, size, bounds, fill and book.

In: columns of a strategy and its plan. Out: a log row per order (its columns: codes.py), and the
equity at each close. A live turn and the embedded exchange call the same functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from runner.core.book import Account, Position, buy, equity, sell
from runner.core.bounds import breaches
from runner.core.codes import (
    CANCELED,
    DENIED,
    ENTER,
    ENTRY,
    EXIT,
    EXPIRED,
    LEAVE,
    NOTHING,
    REJECTED,
    RESTING,
    STOP,
    STOPPED,
    TARGET,
    TARGET_REACHED,
    WIDTH,
)
from runner.core.decide import wants
from runner.core.fill import (
    market_buy_price,
    market_sell_price,
    protective_event,
    protective_price,
    quantity_for,
)
from runner.core.plan import Plan
from runner.core.size import Draft, Signal, draft, stop_price, target_price

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    # Buffers of float64 and uint8; memoryviews are what runs fastest where the core is uncompiled.
    Numbers = memoryview[Any]
    Flags = memoryview[Any]

NEVER = float("inf")  # a target that no bar reaches


class Log:
    """Order rows in the order of their intention; room grows fourfold, for copies cost most."""

    __slots__ = ("count", "rows")

    def __init__(self) -> None:
        self.rows = np.empty((4096, WIDTH))
        self.count = 0

    def add(self, decided: int, purpose: int, quantity: float, spend: float, price: float) -> int:
        """A new resting order; returns its row."""
        row = self.count
        if row == len(self.rows):
            grown = np.empty((4 * row, WIDTH))
            grown[:row] = self.rows
            self.rows = grown
        self.rows[row, 0] = decided
        self.rows[row, 1] = purpose
        self.rows[row, 2] = RESTING
        self.rows[row, 3] = quantity
        self.rows[row, 4] = spend
        self.rows[row, 5] = price
        self.rows[row, 6] = 0.0
        self.rows[row, 7] = 0.0
        self.rows[row, 8] = 0.0
        self.rows[row, 9] = 0.0
        self.count = row + 1
        return row

    def end(self, row: int, state: int, note: float) -> None:
        """The order ended without a fill."""
        self.rows[row, 2] = state
        self.rows[row, 9] = note

    def fill(
        self, row: int, quantity: float, price: float, fee: float, at: int, inside: bool
    ) -> None:
        """The order filled whole at bar `at`."""
        self.rows[row, 2] = 1.0
        self.rows[row, 3] = quantity
        self.rows[row, 6] = price
        self.rows[row, 7] = fee
        self.rows[row, 8] = at
        self.rows[row, 9] = 1.0 if inside else 0.0

    def array(self) -> NDArray[np.float64]:
        """Copy of the rows that are used."""
        return np.array(self.rows[: self.count])


class Desk:
    """One market's account, position, pending market order and resting protection in the loop."""

    __slots__ = (
        "account",
        "draft",
        "log",
        "pending",
        "pending_row",
        "plan",
        "position",
        "signal",
        "signal_row",
        "stop_row",
        "target_row",
    )

    def __init__(self, plan: Plan, account: Account, position: Position, log: Log) -> None:
        self.plan = plan
        self.account = account
        self.position = position
        self.log = log
        self.signal = Signal(0.0, 0.0, 0.0, 0.0, 0.0)
        self.draft = Draft()
        self.pending = 0
        self.pending_row = -1
        self.signal_row = -1
        self.stop_row = -1
        self.target_row = -1


def decide_entry(desk: Desk, row: int) -> None:
    """Sizes and bounds the signal in `desk`; leaves a pending order or a denied row."""
    draft(desk.plan, desk.signal, desk.draft)
    bits = breaches(desk.plan, desk.signal, desk.draft, desk.account.cash, 0.0, 0.0)
    order = desk.log.add(row, ENTRY, desk.draft.quantity, desk.draft.spend, 0.0)
    if bits:
        desk.log.end(order, DENIED, bits)
        return
    desk.pending = ENTER
    desk.pending_row = order
    desk.signal_row = row


def decide_exit(desk: Desk, row: int) -> None:
    """Cancels what protects and leaves the whole position as a pending sale."""
    cancel_protection(desk, -1, CANCELED)
    desk.pending = EXIT
    desk.pending_row = desk.log.add(row, LEAVE, desk.position.quantity, 0.0, 0.0)


def cancel_protection(desk: Desk, keep: int, state: int) -> None:
    """Ends the resting stop and target with `state`, except the log row `keep`."""
    if desk.stop_row >= 0 and desk.stop_row != keep:
        desk.log.end(desk.stop_row, state, 0.0)
    if desk.target_row >= 0 and desk.target_row != keep:
        desk.log.end(desk.target_row, state, 0.0)
    desk.stop_row = -1
    desk.target_row = -1


def fill_pending(desk: Desk, row: int, open_price: float) -> None:
    """The pending market order at this bar's open."""
    plan = desk.plan
    if desk.pending == ENTER:
        fill_entry(desk, row, market_buy_price(open_price, plan.slippage))
    else:
        price = market_sell_price(open_price, plan.slippage)
        quantity = desk.position.quantity
        fee = sell(desk.account, desk.position, quantity, price, plan.taker)
        desk.log.fill(desk.pending_row, quantity, price, fee, row, False)
    desk.pending = 0


def fill_entry(desk: Desk, row: int, price: float) -> None:
    """Buys, or is rejected where the cash or the minimum does not allow it at this price."""
    plan = desk.plan
    quantity = desk.draft.quantity
    if desk.draft.spend > 0.0:
        quantity = quantity_for(
            desk.draft.spend, price, plan.taker, plan.step_numerator, plan.step_denominator
        )
    notional = quantity * price
    if not affordable(plan, desk.account.cash, quantity, notional):
        desk.log.end(desk.pending_row, REJECTED, 0.0)
        return
    fee = buy(desk.account, desk.position, quantity, price, plan.taker)
    desk.log.fill(desk.pending_row, quantity, price, fee, row, False)
    stop = stop_price(plan, desk.signal, price)
    desk.position.stop = stop
    desk.position.target = target_price(plan, desk.signal, price, stop)
    if stop > 0.0:
        desk.stop_row = desk.log.add(desk.signal_row, STOP, quantity, 0.0, stop)
    if desk.position.target > 0.0:
        desk.target_row = desk.log.add(desk.signal_row, TARGET, quantity, 0.0, desk.position.target)


def affordable(plan: Plan, cash: float, quantity: float, notional: float) -> bool:
    """What the exchange asks at the fill: cash for notional and fee, and the market's minimums."""
    return (
        quantity > 0.0
        and notional + notional * plan.taker <= cash
        and quantity >= plan.minimum_quantity
        and notional >= plan.minimum_notional
    )


def fill_protection(desk: Desk, row: int, open_price: float, high: float, low: float) -> None:
    """A bar that reaches the stop or the target sells all that is held; the sibling expires."""
    position = desk.position
    event = protective_event(open_price, high, low, position.stop, position.target)
    if position.quantity == 0.0 or event == NOTHING:
        return
    price = protective_price(event, open_price, position.stop, position.target)
    fraction = desk.plan.maker if event == TARGET_REACHED else desk.plan.taker
    inside = price != open_price or event == TARGET_REACHED
    quantity = position.quantity
    order = desk.stop_row if event == STOPPED else desk.target_row
    fee = sell(desk.account, position, quantity, price, fraction)
    desk.log.fill(order, quantity, price, fee, row, inside)
    cancel_protection(desk, order, EXPIRED)


def run(
    desk: Desk,
    open_: Numbers,
    high: Numbers,
    low: Numbers,
    close: Numbers,
    entry: Flags,
    leave: Flags,
    value: Numbers,
    stop: Numbers,
    target: Numbers,
    first: int,
    equities: Numbers,
) -> None:
    """Every bar: market orders at the open, protection, then the decision at the close.

    Arrays have one element per bar: prices, `entry` and `leave` conditions, `value`, `stop` and
    `target` as `Signal` reads them. Nothing is decided before row `first` nor at the
    last row. `equities` receives the equity at each close.
    """
    n = len(close)
    plan = desk.plan
    account = desk.account
    position = desk.position
    signal = desk.signal
    # Copies of what a quiet bar reads; `changed` tells when they are stale.
    cash = account.cash
    held = position.quantity
    low_mark = position.stop
    high_mark = position.target if position.target > 0.0 else NEVER
    pending = desk.pending
    changed = False
    for i in range(n):
        if pending:
            fill_pending(desk, i, open_[i])
            changed = True
        if changed or (held > 0.0 and (low[i] <= low_mark or high[i] > high_mark)):
            fill_protection(desk, i, open_[i], high[i], low[i])
            changed = True
        if changed:
            cash = account.cash
            held = position.quantity
        if (entry[i] or leave[i]) and first <= i < n - 1:
            want = wants(entry[i] != 0, leave[i] != 0, held)
            if want == ENTER:
                signal.close = close[i]
                signal.capital = plan.capital
                if plan.capital == 0.0:
                    signal.capital = equity(account, position, close[i])
                signal.value = value[i]
                signal.stop = stop[i]
                signal.target = target[i]
                decide_entry(desk, i)
            elif want == EXIT:
                decide_exit(desk, i)
            changed = True
        if changed:
            pending = desk.pending
            low_mark = position.stop
            high_mark = position.target if position.target > 0.0 else NEVER
            changed = False
        equities[i] = cash + held * close[i]
