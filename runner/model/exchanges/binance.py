"""Binance: spot, and USDⓈ-M futures."""

from __future__ import annotations

from decimal import Decimal

from runner.model.accounts import Venue
from runner.model.exchanges.support import Can, ExchangeSupport, Feature, Offered, Support
from runner.model.markets import MarketKind

_F = Feature
_BARS = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w")


def _verified(how: str) -> Can:
    return Can(Support.VERIFIED, how)


def _documented(how: str) -> Can:
    return Can(Support.DOCUMENTED, how)


_SPOT = {
    _F.MARKET_ORDER: _verified("POST /api/v3/order MARKET"),
    _F.SPEND: _documented("quoteOrderQty"),
    _F.BUY_QUANTITY: _documented("quantity"),
    _F.LIMIT_ORDER: _verified("LIMIT GTC"),
    _F.POST_ONLY: _documented("LIMIT_MAKER"),
    _F.STOP_ORDER: _documented("STOP_LOSS"),
    _F.STOP_ENTRY: _documented("STOP_LOSS"),
    _F.PAIR: _documented("POST /api/v3/orderList/oco"),
    _F.CANCEL: _verified("DELETE /api/v3/order, /api/v3/orderList"),
    _F.LOOK_UP: _verified("GET /api/v3/order"),
    _F.HISTORY: _verified("GET /api/v3/allOrders"),
    _F.OPEN_ORDERS: _verified("GET /api/v3/openOrders"),
    _F.FILLS: _verified("GET /api/v3/myTrades"),
    _F.MARKETS: _verified("GET /api/v3/exchangeInfo"),
    _F.BARS: _verified("GET /api/v3/klines"),
    _F.BALANCES: _verified("GET /api/v3/account"),
    _F.KEY_AUDIT: _verified("GET /sapi/v1/account/apiRestrictions; live keys only"),
}
_FUTURES = {
    _F.MARKET_ORDER: _documented("POST /fapi/v1/order MARKET"),
    _F.SPEND: Can(Support.REFUSED, "contracts are ordered by quantity"),
    _F.BUY_QUANTITY: _documented("contracts are ordered by quantity"),
    _F.LIMIT_ORDER: _verified("LIMIT GTC"),
    _F.POST_ONLY: _documented("LIMIT GTX"),
    _F.REDUCE_ONLY: _documented("reduceOnly, in one-way mode"),
    _F.STOP_ORDER: _documented("POST /fapi/v1/algoOrder STOP_MARKET"),
    _F.STOP_ENTRY: _documented("POST /fapi/v1/algoOrder STOP_MARKET"),
    _F.STOP_BY_MARK: _documented("workingType MARK_PRICE"),
    _F.PAIR: Can(Support.REFUSED, "stop and targets are orders of their own, reduce-only"),
    _F.CANCEL: _verified("DELETE /fapi/v1/order, /fapi/v1/algoOrder"),
    _F.LOOK_UP: _verified("GET /fapi/v1/order, /fapi/v1/algoOrder"),
    _F.HISTORY: _documented("GET /fapi/v1/allOrders, /fapi/v1/allAlgoOrders"),
    _F.OPEN_ORDERS: _verified("GET /fapi/v1/openOrders, /fapi/v1/openAlgoOrders"),
    _F.FILLS: _verified("GET /fapi/v1/userTrades"),
    _F.MARKETS: _verified("GET /fapi/v1/exchangeInfo, /fapi/v1/leverageBracket"),
    _F.BARS: _verified("GET /fapi/v1/klines"),
    _F.MARK_BARS: _documented("GET /fapi/v1/markPriceKlines"),
    _F.BALANCES: _documented("GET /fapi/v3/balance"),
    _F.POSITIONS: _verified("GET /fapi/v3/positionRisk"),
    _F.ISOLATED: _documented("POST /fapi/v1/marginType, /fapi/v1/leverage"),
    _F.FUNDING: _documented("GET /fapi/v1/income"),
    _F.RATES: _verified("GET /fapi/v1/fundingRate"),
    _F.LIQUIDATIONS: _documented("GET /fapi/v1/forceOrders"),
    _F.KEY_AUDIT: _verified("GET /sapi/v1/account/apiRestrictions; live keys only"),
}

#: Fees: regular user without BNB, https://www.binance.com/en/fee/schedule
SUPPORT = ExchangeSupport(
    name="binance",
    venues=(Venue.LIVE, Venue.TESTNET, Venue.DEMO),
    kinds={
        MarketKind.SPOT: Offered(_BARS, (Decimal("0.001"), Decimal("0.001")), 1, _SPOT),
        MarketKind.FUTURES: Offered(_BARS, (Decimal("0.0002"), Decimal("0.0005")), 125, _FUTURES),
    },
    absent={},
    client_ids="unique among open orders only: an id is free again once its order has ended",
    source="binance-spot-api-docs; developers.binance.com, usds-margined-futures",
)
