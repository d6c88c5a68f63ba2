"""What we send to OKX: for each request the library's method and its parameters.

Source: okx.com/docs-v5, order-book-trading-trade and order-book-trading-algo-trading. A stop is a
conditional order and goes to the algo service; what it is called there is `algoClOrdId`. Market
orders on spot say which currency `sz` counts, and are refused rather than made smaller.
"""

from __future__ import annotations

from decimal import Decimal

from runner.exchange.okx import endpoints
from runner.exchange.okx.instruments import Instrument
from runner.exchange.okx.symbols import instrument_id, is_contract
from runner.exchange.writing import Form, Forms, Parameters
from runner.model.errors import Halt
from runner.model.money import text_of
from runner.model.orders import OrderRequest, OrderType, Pinned, Side

AT_MARKET = "-1"  # the price of an order that a triggered stop becomes
CONDITIONAL = "conditional"


def submit_form(request: OrderRequest, instrument: Instrument) -> Form:
    """One order; a stop waits in the algo service until its price is touched."""
    order: Parameters = {
        "instId": instrument_id(request.symbol),
        "tdMode": margin_word(request),
        "side": request.side.value,
        "ordType": type_word(request),
        "sz": text_of(size_of(request, instrument).normalize()),
    }
    if is_contract(request.symbol):
        order |= {"posSide": "net", "reduceOnly": request.reduce_only}
    if request.type is OrderType.STOP:
        return endpoints.PLACE_ALGO, order | _condition(request)
    return endpoints.PLACE, order | _plain(request)


def cancel_form(request: OrderRequest) -> Form | Forms:
    """One order by our name; the algo service takes a list."""
    where: Parameters = {"instId": instrument_id(request.symbol)}
    if request.type is OrderType.STOP:
        return endpoints.CANCEL_ALGO, [where | {"algoClOrdId": request.client_order_id}]
    return endpoints.CANCEL, where | {"clOrdId": request.client_order_id}


def leverage_form(symbol: str, leverage: Decimal) -> Form:
    """The leverage of one contract with isolated margin; a whole number."""
    wanted: Parameters = {
        "instId": instrument_id(symbol),
        "mgnMode": "isolated",
        "lever": str(int(leverage)),
    }
    return endpoints.SET_LEVERAGE, wanted


def deadline(request: OrderRequest, pinned: Pinned) -> dict[str, str]:
    """The header after which a plain order is not placed; the algo service reads none."""
    if request.type is OrderType.STOP:
        return {}
    return {"expTime": str(pinned.timestamp_ms + pinned.window_ms)}


def size_of(request: OrderRequest, instrument: Instrument) -> Decimal:
    """`sz`: contracts, base currency on spot, quote currency where an amount is to be spent."""
    if request.spend is not None and not is_contract(request.symbol):
        return request.spend
    if request.quantity is None:
        raise Halt("not supported yet: an order of futures without a quantity")
    return instrument.units(request.quantity)


def type_word(request: OrderRequest) -> str:
    """The type of the order as it is sent and as answers name it."""
    match request.type:
        case OrderType.MARKET:
            return "market"
        case OrderType.STOP:
            return CONDITIONAL
        case OrderType.LIMIT:
            return "post_only" if request.post_only else "limit"


def margin_word(request: OrderRequest) -> str:
    """How the order is paid for."""
    return "isolated" if is_contract(request.symbol) else "cash"


def currency_word(request: OrderRequest) -> str:
    """What `sz` counts, where OKX asks: market orders of spot, and stops that buy there."""
    if is_contract(request.symbol) or request.type is OrderType.LIMIT:
        return ""
    if request.type is OrderType.STOP and request.side is Side.SELL:
        return ""
    return "base_ccy" if request.spend is None else "quote_ccy"


def trigger_word(request: OrderRequest) -> str:
    """The price that triggers a stop."""
    return "mark" if request.trigger_by_mark else "last"


def _plain(request: OrderRequest) -> Parameters:
    plain: Parameters = {"clOrdId": request.client_order_id}
    if request.price is not None:
        plain["px"] = text_of(request.price)
    if counted := currency_word(request):
        plain |= {"tgtCcy": counted, "banAmend": True}
    return plain


def _condition(request: OrderRequest) -> Parameters:
    if request.stop_price is None:
        raise Halt("a stop needs a stop price")
    condition: Parameters = {
        "algoClOrdId": request.client_order_id,
        "slTriggerPx": text_of(request.stop_price),
        "slTriggerPxType": trigger_word(request),
        "slOrdPx": AT_MARKET,
    }
    if counted := currency_word(request):
        condition["tgtCcy"] = counted
    return condition
