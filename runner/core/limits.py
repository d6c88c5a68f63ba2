"""The second pass: an order within every limit and declared permission, or the reasons why not.

`CheckedOrder` is issued here and nowhere else; the exchange's door asks for it. Exits and
protective orders meet no entry limit, but they must reduce what is held.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from runner.core import bounds, codes
from runner.core.plan import Plan
from runner.core.strategy import Strategy
from runner.model.accounts import Permission, allows
from runner.model.money import decimal_of, text_of
from runner.model.orders import OPENING, OrderRequest, Side
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """An order that may be sent; `reserved` (quote currency) counts until it has ended."""

    request: OrderRequest
    reserved: Decimal


@dataclass(frozen=True, slots=True)
class Denied:
    """An order that may not be sent, with every reason."""

    request: OrderRequest
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The account at an instant: free cash and exposure in quote currency."""

    cash: float
    exposure: float


def checked(
    request: OrderRequest, strategy: Strategy, reserved: Decimal, held: Decimal
) -> CheckedOrder | Denied:
    """The pass of an order that the core has sized and limited.

    What cannot be seen there is looked at here: the declared permission and symbols, and that what
    reduces does so. `held` is signed, in base currency.
    """
    reasons = list(_not_permitted(request, strategy))
    if request.purpose not in OPENING:
        reasons += _not_reducing(request, held)
    elif not strategy.is_futures and request.side is not Side.BUY:
        reasons.append("on spot only what the file bought is sold")
    return Denied(request, tuple(reasons)) if reasons else CheckedOrder(request, reserved)


def journaled(request: OrderRequest, reserved: Decimal) -> CheckedOrder:
    """The pass of an order that was checked before its row was written, after a restart."""
    return CheckedOrder(request, reserved)


def _not_reducing(request: OrderRequest, held: Decimal) -> list[str]:
    """An exit closes at most what is held, on the other side of it."""
    if request.quantity is None:
        return ["an exit closes a quantity of what is held"]
    signed = request.quantity if request.side is Side.SELL else -request.quantity
    if signed * held > 0 and abs(signed) <= abs(held):
        return []
    verb = "sell" if request.side is Side.SELL else "buy back"
    return [f"exit would {verb} {request.quantity}; {held} is held"]


def _not_permitted(request: OrderRequest, strategy: Strategy) -> tuple[str, ...]:
    """The file's own permission and symbols, read again beside the order."""
    reasons = []
    needed = Permission.FUTURES if strategy.is_futures else Permission.SPOT
    account = strategy.account
    if not allows(account.permissions, account.exchange, needed):
        reasons.append(
            f"account `{strategy.account.name}` does not declare the permission `{needed}`"
        )
    if request.symbol not in strategy.symbols:
        reasons.append(f"{request.symbol} is not among the file's `symbols`")
    return tuple(reasons)


def breach_texts(
    bits: int, plan: Plan, row: Sequence[float], snapshot: Snapshot
) -> tuple[str, ...]:
    """What each bit of `bounds.breaches` says, with both numbers and the name in the rule file.

    `row` is the denied row of the log (codes.py).
    """
    notional = row[codes.FUNDING]
    worth, cash = _text(notional), _text(snapshot.cash)
    after = _text(snapshot.exposure + notional)
    paid = "would spend" if row[codes.SPEND] else "would need"
    texts = {
        bounds.PRICE_UNDEFINED: "the entry's price is undefined or beyond the market's ticks on "
        "this bar",
        bounds.SIZE_UNDEFINED: "`size` is undefined or not above zero on this bar",
        bounds.SIZE_UNNAMEABLE: "`size` is more steps of the market than an order can name",
        bounds.STOP_UNDEFINED: "`stop_loss` is undefined, on the wrong side of the price, or "
        "beyond the market's ticks on this bar",
        bounds.TARGET_UNDEFINED: "`take_profit` is undefined, on the wrong side of the stop, or "
        "beyond the market's ticks on this bar",
        bounds.BELOW_MINIMUM_QUANTITY: f"quantity is {_text(row[codes.QUANTITY])}; "
        f"the market's minimum is {_text(plan.minimum_quantity)}",
        bounds.BELOW_MINIMUM_NOTIONAL: f"order would be worth {worth}; "
        f"the market's minimum is {_text(plan.minimum_notional)}",
        bounds.ABOVE_CASH: f"order {paid} {_text(row[codes.RESERVED])} with fee and slippage; "
        f"{cash} is free",
        bounds.ABOVE_AT_MOST: f"order would be worth {_text(row[codes.FILLED_AT])}; "
        "`at_most` is smaller",
        bounds.ABOVE_CAPITAL: f"exposure would be {after}; `capital` allows "
        f"{_text(bounds.most_exposure(plan))}",
        bounds.ABOVE_MAX_ORDER: f"an order would be worth {worth} or more; "
        f"`max_order` is {_text(plan.max_order)}",
        bounds.ABOVE_MAX_EXPOSURE: f"exposure would be {after}; "
        f"`max_exposure` is {_text(plan.max_exposure)}",
        bounds.ABOVE_ORDERS_PER_MINUTE: "`max_orders_per_minute` "
        f"({_text(plan.max_orders_per_minute)}) is used up",
        bounds.ABOVE_MAX_OPEN: "as many positions are open as `max_open` allows",
    }
    return tuple(text for bit, text in texts.items() if bits & bit)


def _text(value: float) -> str:
    """Digits that a person reads: at most two decimals from 1 on, all of them below."""
    if not math.isfinite(value):
        return "undefined"
    if abs(value) < 1:
        return text_of(decimal_of(value).normalize())
    return f"{value:.2f}".rstrip("0").rstrip(".")
