"""Money and what is held: the arithmetic of every fill, once, for backtest, exchange and session.

All values are float64: quote currency for cash, fees and prices, base currency for quantities. The
order of the operations is part of the contract: whoever repeats the fills repeats the same doubles.
`leverage` is 0.0 on spot, where cash pays the whole notional; on futures cash pays fees, gains and
losses, and each position holds back its own (isolated) margin.
"""

from __future__ import annotations

#: Multiples beyond are not told apart from their halves in float64.
MOST_STEPS = 2251799813685248.0
UNNAMEABLE = float("nan")


class Account:
    """Quote currency of one account; `fees` and `funding` are sums of all that was paid."""

    __slots__ = ("cash", "fees", "funding")

    def __init__(self, cash: float) -> None:
        self.cash = cash
        self.fees = 0.0
        self.funding = 0.0


class Position:
    """What is held of one symbol: `side` 1.0 long, -1.0 short, 0.0 flat; `quantity` is not signed.

    `entry_price` is the average fill, `margin` what futures hold back for it, `funding` what it
    paid since it was opened. Quantities are multiples of the market's step
    `numerator / denominator` (model/money.py), and stay so when parts are taken from them.
    """

    __slots__ = (
        "denominator",
        "entry_price",
        "funding",
        "margin",
        "numerator",
        "quantity",
        "side",
    )

    def __init__(self, numerator: float, denominator: float) -> None:
        self.numerator = numerator
        self.denominator = denominator
        self.side = 0.0
        self.quantity = 0.0
        self.entry_price = 0.0
        self.margin = 0.0
        self.funding = 0.0


def enter(
    account: Account,
    position: Position,
    side: float,
    quantity: float,
    price: float,
    paid: float,
    leverage: float,
) -> None:
    """Opens or adds; `paid` is the fee in quote currency: quantity × price × its fraction."""
    notional = quantity * price
    if leverage > 0.0:
        account.cash = account.cash - paid
        position.margin = position.margin + notional / leverage
    else:
        account.cash = account.cash - (notional + paid)
    account.fees = account.fees + paid
    if position.quantity == 0.0:
        position.side = side
        position.entry_price = price
    else:
        cost = position.quantity * position.entry_price + notional
        position.entry_price = cost / (position.quantity + quantity)
    position.quantity = steps_away(
        position.quantity + quantity, 0.0, position.numerator, position.denominator
    )


def leave(
    account: Account,
    position: Position,
    quantity: float,
    price: float,
    paid: float,
    leverage: float,
) -> None:
    """Reduces or closes; `paid` is the fee in quote currency: quantity × price × its fraction."""
    if leverage > 0.0:
        gain = position.side * quantity * (price - position.entry_price)
        account.cash = account.cash + (gain - paid)
    else:
        account.cash = account.cash + (quantity * price - paid)
    account.fees = account.fees + paid
    rest = steps_away(position.quantity - quantity, 0.0, position.numerator, position.denominator)
    if rest == 0.0:
        position.side = 0.0
        position.entry_price = 0.0
        position.margin = 0.0
        position.funding = 0.0
    else:
        position.margin = position.margin * (rest / position.quantity)
    position.quantity = rest


def fund(account: Account, position: Position, per_unit: float) -> float:
    """Charges funding of `per_unit` (rate × price, quote currency) on what is held.

    Returns what was paid, negative when received: a long pays when the rate is above zero. Source:
    exchanges.md 8.1.
    """
    paid = position.side * position.quantity * per_unit
    charge(account, position, paid)
    return paid


def charge(account: Account, position: Position, paid: float) -> None:
    """Books funding that was paid; the position's own margin pays."""
    account.cash = account.cash - paid
    account.funding = account.funding + paid
    position.margin = position.margin - paid
    position.funding = position.funding + paid


def worth(position: Position, price: float, leverage: float) -> float:
    """What the position adds to cash when it is marked at `price`."""
    if leverage > 0.0:
        return position.side * position.quantity * (price - position.entry_price)
    return position.quantity * price


def needed(notional: float, fraction: float, leverage: float) -> float:
    """What must be free for an order to fill at once: margin or notional, and its fee."""
    if leverage > 0.0:
        return notional / leverage + notional * fraction
    return notional + notional * fraction


def liquidation_price(position: Position, maintenance: float, leverage: float) -> float:
    """Where the isolated margin is down to `maintenance` × notional; 0.0 where it never is.

    (margin - side × quantity × entry) / (quantity × (maintenance - side)), the first tier's, whose
    deduction is 0 (exchanges.md 8.3).
    """
    if leverage <= 0.0 or position.quantity == 0.0:
        return 0.0
    signed = position.side * position.quantity
    price = (position.margin - signed * position.entry_price) / (
        position.quantity * maintenance - signed
    )
    return price if price > 0.0 else 0.0


def bankruptcy_price(position: Position) -> float:
    """Where the whole isolated margin is lost: what a liquidation is booked at."""
    return position.entry_price - position.side * (position.margin / position.quantity)


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
