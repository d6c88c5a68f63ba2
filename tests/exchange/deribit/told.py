"""Deribit's answers as its documentation shows them, and orders as tests ask for them there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from runner.model.orders import OrderRequest, OrderType, Side
from tests.exchange import asked
from tests.exchange.deribit.room import SYMBOL
from tests.exchange.scripted import NOW, Reply

ENTRY = replace(asked.ENTRY, symbol=SYMBOL)
EXIT = replace(asked.EXIT, symbol=SYMBOL)
LIMIT = replace(asked.LIMIT, symbol=SYMBOL)
MAKER = replace(asked.MAKER, symbol=SYMBOL)
TARGET = replace(asked.TARGET, symbol=SYMBOL)
STOP = replace(asked.STOP, symbol=SYMBOL)
STOP_ENTRY = replace(asked.STOP_ENTRY, symbol=SYMBOL)
SPEND = replace(asked.SPEND, symbol=SYMBOL)
ALL = {
    "buy": ENTRY,
    "sell": EXIT,
    "limit": LIMIT,
    "maker": MAKER,
    "target": TARGET,
    "stop": STOP,
    "stop entry": STOP_ENTRY,
}
NUMBER, STOP_NUMBER = "BTC_USDC-349249", "BTC_USDC-SLIS-12"
_TYPES = {OrderType.MARKET: "market", OrderType.LIMIT: "limit", OrderType.STOP: "stop_market"}


def ok(result: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 7, "result": result, "usIn": 1, "usOut": 2, "testnet": False}


def no(code: int, message: str = "no", status: int = 400, **data: Any) -> Reply:
    error = {"code": code, "message": message} | ({"data": data} if data else {})
    return Reply({"jsonrpc": "2.0", "error": error, "usIn": 1, "usOut": 2}, status)


def row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """An order: filled if it is a market order, else resting."""
    market, stop = request.type is OrderType.MARKET, request.type is OrderType.STOP
    known: dict[str, Any] = {
        "order_id": STOP_NUMBER if stop else NUMBER,
        "label": request.client_order_id,
        "instrument_name": "BTC_USDC",
        "direction": request.side.value,
        "order_type": _TYPES[request.type],
        "order_state": "filled" if market else "untriggered" if stop else "open",
        "time_in_force": "good_til_cancelled",
        "amount": float(request.quantity or 0),
        "filled_amount": float(request.quantity or 0) if market else 0,
        "average_price": 60000.1 if market else 0,
        "price": float(request.price) if request.price is not None else "market_price",
        "post_only": request.post_only,
        "api": True,
        "replaced": False,
        "creation_timestamp": NOW,
        "last_update_timestamp": NOW + 7,
    }
    if request.post_only:
        known["reject_post_only"] = True
    if stop:
        known |= {"trigger": "last_price", "trigger_price": float(request.stop_price or 0)}
        known |= {"triggered": False}
    return known | changed


def became(request: OrderRequest, filled: float = 0.005, **changed: Any) -> dict[str, Any]:
    """The market order that a stop became."""
    at_market = replace(request, type=OrderType.MARKET, stop_price=None)
    return row(at_market, trigger_order_id=STOP_NUMBER, filled_amount=filled) | changed


def fill(request: OrderRequest, amount: float, **changed: Any) -> dict[str, Any]:
    known = {
        "trade_id": "BTC_USDC-1",
        "order_id": NUMBER,
        "instrument_name": "BTC_USDC",
        "direction": request.side.value,
        "amount": amount,
        "price": 60000.1,
        "fee": 0.3,
        "fee_currency": "USDC",
        "timestamp": NOW + 7,
        "label": request.client_order_id,
    }
    return known | changed


def taken(request: OrderRequest, *fills: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A good answer to an order."""
    told = list(fills)
    if not told and request.type is OrderType.MARKET:
        told = [fill(request, float(request.quantity or 0))]
    return ok({"order": row(request, **changed), "trades": told})


def place(request: OrderRequest) -> str:
    return "private/buy" if request.side is Side.BUY else "private/sell"


INSTRUMENT: dict[str, Any] = {
    "kind": "spot",
    "instrument_name": "BTC_USDC",
    "base_currency": "BTC",
    "quote_currency": "USDC",
    "counter_currency": "USDC",
    "tick_size": 0.01,
    "tick_size_steps": [],
    "contract_size": 0.0001,
    "min_trade_amount": 0.0001,
    "is_active": True,
    "state": "open",
}
BY_NAME = "private/get_order_state_by_label"
OPEN = "private/get_open_orders_by_instrument"
ENDED = "private/get_order_history_by_instrument"
STOPS = "private/get_trigger_order_history"
FILLS = "private/get_user_trades_by_order"
CANCEL = "private/cancel_by_label"
MARKETS = "public/get_instruments"
BARS = "public/get_tradingview_chart_data"
BALANCES = "private/get_account_summaries"
KEYS = "private/list_api_keys"
STEP = Decimal("0.0001")
