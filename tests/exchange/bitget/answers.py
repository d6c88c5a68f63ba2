"""Orders as tests ask for them at Bitget, and its answers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from runner.model.orders import OrderRequest, OrderType, Outcome, Pinned, Side
from tests.exchange.asked import (
    EXIT,
    LIMIT,
    MAKER,
    MARK_STOP,
    PERP,
    PERP_STOP,
    SPEND,
    TARGET,
)
from tests.exchange.bitget.desk import Heard, Question, at_bitget
from tests.exchange.scripted import NOW, Reply

WINDOW = 30_000
PINNED = Pinned(NOW, WINDOW)
SPOT_TRADE, MIX_ORDER = "/api/v2/spot/trade", "/api/v2/mix/order"
PLACE = {
    False: f"POST {SPOT_TRADE}/place-order",
    True: f"POST {MIX_ORDER}/place-order",
}
PLACE_STOP, CANCEL_STOP = (
    f"POST {MIX_ORDER}/place-tpsl-order",
    f"POST {MIX_ORDER}/cancel-plan-order",
)
CANCEL = {
    False: f"POST {SPOT_TRADE}/cancel-order",
    True: f"POST {MIX_ORDER}/cancel-order",
}
LOOK = {False: f"GET {SPOT_TRADE}/orderInfo", True: f"GET {MIX_ORDER}/detail"}
OLD = {False: f"GET {SPOT_TRADE}/history-orders", True: f"GET {MIX_ORDER}/orders-history"}
RESTING = {False: f"GET {SPOT_TRADE}/unfilled-orders", True: f"GET {MIX_ORDER}/orders-pending"}
FILLS = {False: f"GET {SPOT_TRADE}/fills", True: f"GET {MIX_ORDER}/fills"}
STOPS, OLD_STOPS = f"GET {MIX_ORDER}/orders-plan-pending", f"GET {MIX_ORDER}/orders-plan-history"
SYMBOLS, CONTRACTS = "GET /api/v2/spot/public/symbols", "GET /api/v2/mix/market/contracts"
#: A short, bought back: the stop above it.
SHORT_STOP = replace(PERP_STOP, side=Side.BUY, client_order_id="b" * 32)
NO_SUCH_ORDER = {"code": "40109", "msg": "The data of the order cannot be found", "data": None}

ON_SPOT = (SPEND, EXIT, LIMIT, MAKER, TARGET)
STOPPING = (PERP_STOP, MARK_STOP, SHORT_STOP)


def good(data: Any) -> dict[str, Any]:
    return {"code": "00000", "msg": "success", "requestTime": NOW, "data": data}


def no(code: str, words: str = "No.", status: int = 400) -> Reply:
    return Reply({"code": code, "msg": words, "requestTime": NOW, "data": None}, status)


def listed(*rows: dict[str, Any], end: str = "") -> dict[str, Any]:
    return good({"entrustedList": list(rows) or None, "endId": end})


def taken(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """The answer to a submission or cancellation."""
    return good({"orderId": "28", "clientOid": request.client_order_id} | changed)


def row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """The order as Bitget tells it: filled if it is a market order, else resting."""
    at_market = request.type is OrderType.MARKET
    spends = request.spend is not None
    size = str(request.spend.quantize(Decimal("0.000001")) if request.spend else request.quantity)
    known: dict[str, Any] = {
        "userId": "7",
        "symbol": "BTCUSDT",
        "orderId": "28",
        "clientOid": request.client_order_id,
        "price": str(request.price or "0"),
        "size": size,
        "orderType": str(request.type),
        "side": str(request.side),
        "status": "filled" if at_market else "live",
        "priceAvg": "60000.10" if at_market else "0",
        "baseVolume": ("0.02" if spends else size) if at_market else "0",
        "quoteVolume": "0",
        "cTime": str(NOW),
        "uTime": str(NOW),
    }
    return known | changed


def contract_row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """The same of futures."""
    known = row(request)
    known["state"] = known.pop("status")
    known |= {
        "force": "post_only" if request.post_only else "gtc",
        "posSide": "net",
        "marginCoin": "USDT",
        "marginMode": "isolated",
        "leverage": "3",
        "reduceOnly": "YES" if request.reduce_only else "NO",
        "tradeSide": f"{request.side}_single",
        "posMode": "one_way_mode",
        "orderSource": "normal",
    }
    return known | changed


def stop_row(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """A stop of futures: waiting."""
    known = {
        "planType": "loss_plan",
        "symbol": "BTCUSDT",
        "size": str(request.quantity),
        "orderId": "77",
        "clientOid": request.client_order_id,
        "price": "",
        "executePrice": "0",
        "callbackRatio": "",
        "triggerPrice": str(request.stop_price),
        "triggerType": "mark_price" if request.trigger_by_mark else "fill_price",
        "planStatus": "live",
        "side": str(request.side),
        "posSide": "net",
        "marginCoin": "USDT",
        "marginMode": "isolated",
        "tradeSide": f"{request.side}_single",
        "posMode": "one_way_mode",
        "orderType": "market",
        "cTime": str(NOW),
        "uTime": str(NOW),
    }
    return known | changed


def fill(quantity: str, price: str = "60000.10", coin: str = "USDT", **changed: Any) -> Any:
    """One fill of spot; a fee of 0.3 in quote currency."""
    fee = {"deduction": "no", "feeCoin": coin, "totalDeductionFee": "", "totalFee": "-0.3"}
    known: dict[str, Any] = {"symbol": "BTCUSDT", "orderId": "28", "tradeId": "9"}
    known |= {"priceAvg": price}
    known |= {"size": quantity, "amount": "0", "feeDetail": fee, "cTime": str(NOW + 7)}
    return known | changed


def contract_fill(quantity: str, price: str = "60000.10", **changed: Any) -> Any:
    """The same of futures."""
    known = fill(quantity, price)
    known |= {"price": known.pop("priceAvg"), "baseVolume": known.pop("size")}
    return known | {"feeDetail": [known["feeDetail"]]} | changed


def filled(*rows: Any) -> dict[str, Any]:
    return good({"fillList": list(rows), "endId": "9"})


def symbol_row(**changed: Any) -> dict[str, Any]:
    known = {
        "symbol": "BTCUSDT",
        "baseCoin": "BTC",
        "quoteCoin": "USDT",
        "minTradeAmount": "0",
        "pricePrecision": "2",
        "quantityPrecision": "6",
        "quotePrecision": "6",
        "status": "online",
        "minTradeUSDT": "1",
    }
    return known | changed


def after(request: OrderRequest, **changed: Any) -> dict[str, Any]:
    """What is answered when an order that was just placed is looked up."""
    contract = ":" in request.symbol
    if request in STOPPING:
        return {STOPS: listed(stop_row(request, **changed))}
    known = (contract_row if contract else row)(request, **changed)
    parts = filled(contract_fill(known["baseVolume"])) if contract else good([fill("0.02")])
    if not contract and request.spend is None:
        parts = good([fill(str(known["baseVolume"]))])
    return {
        LOOK[contract]: good(known if contract else [known]),
        FILLS[contract]: parts,
        SYMBOLS: good([symbol_row()]),
    }


def asked(question: Question, answers: Mapping[str, Any]) -> Any:
    """The same about contracts, and its result alone."""
    return at_bitget(question, answers, symbols=(PERP, "ETH/USDT:USDT"))[0]


def submit(
    request: OrderRequest, answer: Any, more: Mapping[str, Any] | None = None, **options: Any
) -> tuple[Outcome, Heard]:
    """The outcome of a write that is answered so; `more` answers what is read afterwards."""
    contract = ":" in request.symbol
    place = PLACE_STOP if contract and request.type is OrderType.STOP else PLACE[contract]
    answers = {SYMBOLS: good([symbol_row()]), place: answer} | dict(more or {})
    options = {"symbols": (request.symbol,)} | options
    return at_bitget(lambda client: client.submit((request,), PINNED), answers, **options)


def cancel(
    request: OrderRequest, answer: Any, more: Mapping[str, Any] | None = None
) -> tuple[Outcome, Heard]:
    """The same of a cancellation."""
    contract = ":" in request.symbol
    place = CANCEL_STOP if request in STOPPING else CANCEL[contract]
    answers = {place: answer} | dict(more or {})
    symbols = (request.symbol,)
    return at_bitget(lambda client: client.cancel((request,), PINNED), answers, symbols=symbols)


def written(exchange: Heard) -> list[str]:
    """What changed something there."""
    return [path for path in exchange.paths if path.startswith("POST")]
