"""Money and what is held: the arithmetic of every fill, once, for backtest, exchange and session.

All values are float64: quote currency for cash, fees and prices, base currency for quantities. The
order of the operations is part of the contract: whoever repeats the fills repeats the same doubles.
"""

from __future__ import annotations

#: Multiples beyond are not told apart from their halves in float64.
MOST_STEPS = 2251799813685248.0
UNNAMEABLE = float("nan")


class Account:
    """Quote currency of one account; `fees` is the sum of all fees paid."""

    __slots__ = ("cash", "fees")

    def __init__(self, cash: float) -> None:
        self.cash = cash
        self.fees = 0.0


class Position:
    """What is held of one symbol, and where its protective orders rest (0.0: none)."""

    __slots__ = ("entry_price", "quantity", "stop", "target")

    def __init__(self) -> None:
        self.quantity = 0.0
        self.entry_price = 0.0
        self.stop = 0.0
        self.target = 0.0


def buy(account: Account, position: Position, quantity: float, price: float, fee: float) -> float:
    """Books a purchase at a fee fraction; returns the fee in quote currency."""
    notional = quantity * price
    paid = notional * fee
    account.cash = account.cash - (notional + paid)
    account.fees = account.fees + paid
    if position.quantity == 0.0:
        position.entry_price = price
    else:
        cost = position.quantity * position.entry_price + notional
        position.entry_price = cost / (position.quantity + quantity)
    position.quantity = position.quantity + quantity
    return paid


def sell(account: Account, position: Position, quantity: float, price: float, fee: float) -> float:
    """Books a sale at a fee fraction; returns the fee in quote currency."""
    notional = quantity * price
    paid = notional * fee
    account.cash = account.cash + (notional - paid)
    account.fees = account.fees + paid
    position.quantity = position.quantity - quantity
    if position.quantity == 0.0:
        position.entry_price = 0.0
        position.stop = 0.0
        position.target = 0.0
    return paid


def equity(account: Account, position: Position, close: float) -> float:
    """Cash and the position marked at `close`."""
    return account.cash + position.quantity * close


def floor_to_grid(value: float, numerator: float, denominator: float) -> float:
    """The largest multiple of `numerator / denominator` that is not above `value`.

    Compared as the doubles that name the multiples (see model/money.py), so no tolerance is needed.
    0.0 for nothing and less; NaN when it is undefined or more than 2**51 steps away, where half a
    step has no double.
    """
    if value <= 0.0:
        return 0.0
    n = value * denominator / numerator // 1.0
    if not n * numerator < MOST_STEPS:
        return UNNAMEABLE
    while n * numerator / denominator > value:
        n = n - 1.0
    while (n + 1.0) * numerator / denominator <= value:
        n = n + 1.0
    return n * numerator / denominator


def ceil_to_grid(value: float, numerator: float, denominator: float) -> float:
    """The smallest multiple of `numerator / denominator` that is not below `value`; see above."""
    floored = floor_to_grid(value, numerator, denominator)
    if floored == value or value <= 0.0:
        return floored
    return steps_away(floored, 1.0, numerator, denominator)


def steps_away(value: float, steps: float, numerator: float, denominator: float) -> float:
    """The multiple that lies a whole number of steps above (or, negative, below) a multiple."""
    n = (value * denominator / numerator + 0.5) // 1.0
    return (n + steps) * numerator / denominator
