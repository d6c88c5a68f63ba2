"""What is held of each symbol, added up from the fills of our own orders."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

from runner.model.orders import Execution, OrderRequest, Side
from runner.model.values import dataclass

# 60 digits hold any price times any quantity exactly, whatever context the caller has set.
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Position:
    """What the file's own orders hold of one symbol; never flat.

    `protective_ids`: its protective orders that have not ended, in order of intention. Whether one
    of them really rests at the exchange is told by its state.
    """

    symbol: str
    quantity: Decimal  # base currency; negative when short
    entry_price: Decimal  # average over the fills that built it, quote currency
    entry_order_id: str  # client order id of the first of them
    fees: Decimal  # all since it was opened, quote currency
    protective_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fill:
    """What one report added to an order."""

    symbol: str
    client_order_id: str
    quantity: Decimal  # base currency; negative when sold
    worth: Decimal  # quote currency, with the sign of `quantity`
    fee: Decimal  # quote currency


@dataclass(frozen=True, slots=True)
class Holding:
    """A position while it is added up: its worth at entry prices instead of their average."""

    symbol: str
    quantity: Decimal
    worth: Decimal
    entry_order_id: str
    fees: Decimal


def fill_between(
    request: OrderRequest, before: Execution | None, after: Execution | None
) -> Fill | None:
    """What `after` holds more than `before`; `None` where nothing was filled in between."""
    if after is None or after == before:
        return None
    quantity, worth, fee = after.quantity, _EXACT.multiply(after.quantity, after.price), after.fee
    if before is not None:
        quantity = _EXACT.subtract(quantity, before.quantity)
        worth = _EXACT.subtract(worth, _EXACT.multiply(before.quantity, before.price))
        fee = _EXACT.subtract(fee, before.fee)
    if request.side is Side.SELL:
        quantity, worth = quantity.copy_negate(), worth.copy_negate()
    return Fill(request.symbol, request.client_order_id, quantity, worth, fee)


def after_fill(held: Holding | None, fill: Fill) -> Holding | None:
    """What is held after a fill; `None`: flat."""
    if held is None:
        return _holding(fill, fill.client_order_id, fill.quantity, fill.worth, fill.fee)
    quantity = _EXACT.add(held.quantity, fill.quantity)
    fees = _EXACT.add(held.fees, fill.fee)
    if held.quantity.is_signed() == fill.quantity.is_signed():  # added to
        worth = _EXACT.add(held.worth, fill.worth)
        return _holding(fill, held.entry_order_id, quantity, worth, fees)
    if held.quantity.is_signed() == quantity.is_signed():  # reduced
        worth = _EXACT.multiply(quantity, _price(held.worth, held.quantity))
        return _holding(fill, held.entry_order_id, quantity, worth, fees)
    worth = _EXACT.multiply(quantity, _price(fill.worth, fill.quantity))  # closed, or beyond
    return _holding(fill, fill.client_order_id, quantity, worth, fill.fee)


def position_of(held: Holding, protective_ids: tuple[str, ...]) -> Position:
    """What is held, as the rest of the house sees it."""
    price = _price(held.worth, held.quantity)
    return Position(
        held.symbol, held.quantity, price, held.entry_order_id, held.fees, protective_ids
    )


def _holding(
    fill: Fill, entry_order_id: str, quantity: Decimal, worth: Decimal, fees: Decimal
) -> Holding | None:
    if not quantity:
        return None
    return Holding(fill.symbol, quantity, worth, entry_order_id, fees)


def _price(worth: Decimal, quantity: Decimal) -> Decimal:
    return _EXACT.divide(worth, quantity)
