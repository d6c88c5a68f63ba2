"""The second pass: an order within every limit and declared permission, or the reasons why not.

`CheckedOrder` is issued here and nowhere else; the exchange's door asks for it. Exits and
protective orders meet no entry limit, but they must reduce what is held.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from runner.core import bounds
from runner.core.plan import Plan
from runner.core.size import Draft, Signal
from runner.core.strategy import SizeMode, Strategy
from runner.model.accounts import Permission
from runner.model.money import decimal_of, text_of
from runner.model.orders import OrderRequest, Side


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
    sent_this_minute: int


def entry(
    request: OrderRequest,
    strategy: Strategy,
    plan: Plan,
    signal: Signal,
    order: Draft,
    snapshot: Snapshot,
) -> CheckedOrder | Denied:
    """New exposure: allowed where nothing in the file speaks against it."""
    bits = bounds.breaches(
        plan, signal, order, snapshot.cash, snapshot.exposure, float(snapshot.sent_this_minute)
    )
    reasons = (*_not_permitted(request, strategy), *breach_texts(bits, plan, order, snapshot))
    if reasons:
        return Denied(request, reasons)
    return CheckedOrder(request, decimal_of(order.cost))


def reducing(request: OrderRequest, strategy: Strategy, held: Decimal) -> CheckedOrder | Denied:
    """An exit or a protective order: it sells at most what is held."""
    reasons = list(_not_permitted(request, strategy))
    if request.side is not Side.SELL or request.quantity is None:
        reasons.append("an exit sells a quantity of what is held")
    elif not Decimal(0) < request.quantity <= held:
        reasons.append(f"exit would sell {request.quantity}; {held} is held")
    return Denied(request, tuple(reasons)) if reasons else CheckedOrder(request, Decimal(0))


def journaled(request: OrderRequest, reserved: Decimal) -> CheckedOrder:
    """The pass of an order that was checked before its row was written, after a restart."""
    return CheckedOrder(request, reserved)


def _not_permitted(request: OrderRequest, strategy: Strategy) -> tuple[str, ...]:
    """The file's own permission and symbol, read again beside the order."""
    reasons = []
    if Permission.SPOT not in strategy.account.permissions:
        reasons.append(f"account `{strategy.account.name}` does not declare the permission `spot`")
    if request.symbol != strategy.symbol:
        reasons.append(f"{request.symbol} is not among the file's `symbols`")
    return tuple(reasons)


def breach_texts(bits: int, plan: Plan, order: Draft, snapshot: Snapshot) -> tuple[str, ...]:
    """What each bit of `bounds.breaches` says, with both numbers and the name in the rule file."""
    worth, cash = _text(order.notional), _text(snapshot.cash)
    after = _text(snapshot.exposure + order.notional)
    paid = "would spend" if plan.size_mode >= SizeMode.SPEND else "would need"
    texts = {
        bounds.SIZE_UNDEFINED: "`size` is undefined or not above zero on this bar",
        bounds.SIZE_UNNAMEABLE: "`size` is more steps of the market than an order can name",
        bounds.STOP_UNDEFINED: "`stop_loss` is undefined, not below the price, or beyond the "
        "market's ticks on this bar",
        bounds.TARGET_UNDEFINED: "`take_profit` is undefined, not above the stop, or beyond the "
        "market's ticks on this bar",
        bounds.BELOW_MINIMUM_QUANTITY: f"quantity is {_text(order.quantity)}; "
        f"the market's minimum is {_text(plan.minimum_quantity)}",
        bounds.BELOW_MINIMUM_NOTIONAL: f"order would be worth {worth}; "
        f"the market's minimum is {_text(plan.minimum_notional)}",
        bounds.ABOVE_CASH: f"order {paid} {_text(order.cost)} with fee and slippage; "
        f"{cash} is free",
        bounds.ABOVE_AT_MOST: f"order would be worth {_text(order.uncut)}; "
        f"`at_most` is {_text(plan.at_most)}",
        bounds.ABOVE_CAPITAL: f"exposure would be {after}; `capital` is {_text(plan.capital)}",
        bounds.ABOVE_MAX_ORDER: f"order would be worth {worth}; "
        f"`max_order` is {_text(plan.max_order)}",
        bounds.ABOVE_MAX_EXPOSURE: f"exposure would be {after}; "
        f"`max_exposure` is {_text(plan.max_exposure)}",
        bounds.ABOVE_ORDERS_PER_MINUTE: f"order would be number {snapshot.sent_this_minute + 1} of "
        f"this minute; `max_orders_per_minute` is {_text(plan.max_orders_per_minute)}",
    }
    return tuple(text for bit, text in texts.items() if bits & bit)


def _text(value: float) -> str:
    """Digits that a person reads: at most two decimals from 1 on, all of them below."""
    if not math.isfinite(value):
        return "undefined"
    if abs(value) < 1:
        return text_of(decimal_of(value).normalize())
    return f"{value:.2f}".rstrip("0").rstrip(".")
