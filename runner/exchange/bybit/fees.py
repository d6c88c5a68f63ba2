"""What a fill at Bybit cost, and in which currency: told, or found by the rate that it was paid at.

Source: github bybit-exchange/docs, v5/order/execution; v5/enum, Spot Fee Currency Instruction.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from runner.exchange import reading
from runner.exchange.bybit import answers
from runner.exchange.bybit.symbols import base_of, is_contract, quote_of
from runner.exchange.reading import Row
from runner.model.errors import Halt
from runner.model.orders import OrderReport, Side

#: How far a fee may be from what its rate says: it is rounded, here to eight digits at worst.
_ROUNDED, _ROUGHLY = Decimal("0.00000001"), Decimal("0.01")
#: `execType` of fills by which the exchange itself closes a position (enum).
TAKEN_OVER = frozenset({"BustTrade", "AdlTrade"})


@dataclass(frozen=True, slots=True)
class Paid:
    """`worth` in quote currency; `taken`: how much of what was bought paid for it."""

    worth: Decimal
    taken: Decimal


def of_fill(row: Row, order: OrderReport) -> Paid:
    """The fee of one fill; Halt where it is neither in quote currency nor in what was bought."""
    if row.get("extraFees") not in (None, "", [], "[]"):
        raise Halt("not supported yet: taxes beside bybit's fee; trade from another account")
    fee = answers.amount(row, "execFee")
    if not fee:
        return Paid(Decimal(0), Decimal(0))
    currency = _told(row) or _by_rate(row, order, fee)
    buys = order.side is Side.BUY and not is_contract(order.symbol)
    if buys and currency == base_of(order.symbol):
        return Paid(fee * reading.number(row, "execPrice"), fee)
    if currency != quote_of(order.symbol):
        wanted = quote_of(order.symbol)
        raise Halt(f"not supported yet: fees in {currency}; have them taken in {wanted} and resume")
    return Paid(fee, Decimal(0))


def _told(row: Row) -> str:
    found = row.get("feeCurrency") or row.get("feeCoin")
    return found if isinstance(found, str) else ""


def _by_rate(row: Row, order: OrderReport, fee: Decimal) -> str:
    """The documented currency, if the fee is what its rate makes of the fill in that currency.

    A fee that was paid in another one (MNT, for its discount) is another number.
    """
    if row.get("execType") in TAKEN_OVER:
        return quote_of(order.symbol)  # at a rate of its own
    quantity, price = reading.number(row, "execQty"), reading.number(row, "execPrice")
    in_base = not is_contract(order.symbol) and (order.side is Side.BUY) is (fee > 0)
    wanted = quantity * reading.number(row, "feeRate") * (1 if in_base else price)
    if abs(fee - wanted) > max(_ROUNDED, abs(wanted) * _ROUGHLY):
        raise Halt(
            f"not supported yet: fees in another currency than {quote_of(order.symbol)}; switch "
            "paying fees with MNT off at Bybit and resume"
        )
    return base_of(order.symbol) if in_base else quote_of(order.symbol)
