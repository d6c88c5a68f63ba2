"""Binance: what is asked of and sent to spot and USDⓈ-M futures.

Source: github binance/binance-spot-api-docs rest-api.md; sapi: developers.binance.com, wallet;
fapi: developers.binance.com, usds-margined-futures. The position mode is read, never set.
"""

from __future__ import annotations

from runner.exchange.requests.row import Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_API, _FAPI = MarketKind.SPOT, MarketKind.FUTURES
_PUBLIC, _READ = None, Permission.READ
_SPOT, _FUTURES = Permission.SPOT, Permission.FUTURES

ROWS: Rows = {
    ("GET", _API, "/api/v3/time"): _PUBLIC,
    ("GET", _API, "/api/v3/exchangeInfo"): _PUBLIC,
    ("GET", _API, "/api/v3/klines"): _PUBLIC,
    ("GET", _API, "/api/v3/account"): _READ,
    ("GET", _API, "/api/v3/order"): _READ,
    ("GET", _API, "/api/v3/openOrders"): _READ,
    ("GET", _API, "/api/v3/allOrders"): _READ,
    ("GET", _API, "/api/v3/myTrades"): _READ,
    ("POST", _API, "/api/v3/order"): _SPOT,
    ("DELETE", _API, "/api/v3/order"): _SPOT,
    ("POST", _API, "/api/v3/orderList/oco"): _SPOT,
    ("DELETE", _API, "/api/v3/orderList"): _SPOT,
    ("GET", _FAPI, "/fapi/v1/time"): _PUBLIC,
    ("GET", _FAPI, "/fapi/v1/exchangeInfo"): _PUBLIC,
    ("GET", _FAPI, "/fapi/v1/klines"): _PUBLIC,
    ("GET", _FAPI, "/fapi/v1/markPriceKlines"): _PUBLIC,
    ("GET", _FAPI, "/fapi/v1/fundingRate"): _PUBLIC,
    ("GET", _FAPI, "/fapi/v1/leverageBracket"): _READ,
    ("GET", _FAPI, "/fapi/v1/positionSide/dual"): _READ,
    ("GET", _FAPI, "/fapi/v1/symbolConfig"): _READ,
    ("GET", _FAPI, "/fapi/v3/balance"): _READ,
    ("GET", _FAPI, "/fapi/v3/positionRisk"): _READ,
    ("GET", _FAPI, "/fapi/v1/income"): _READ,
    ("GET", _FAPI, "/fapi/v1/order"): _READ,
    ("GET", _FAPI, "/fapi/v1/openOrders"): _READ,
    ("GET", _FAPI, "/fapi/v1/allOrders"): _READ,
    ("GET", _FAPI, "/fapi/v1/forceOrders"): _READ,
    ("GET", _FAPI, "/fapi/v1/userTrades"): _READ,
    ("GET", _FAPI, "/fapi/v1/algoOrder"): _READ,
    ("GET", _FAPI, "/fapi/v1/openAlgoOrders"): _READ,
    ("GET", _FAPI, "/fapi/v1/allAlgoOrders"): _READ,
    ("POST", _FAPI, "/fapi/v1/order"): _FUTURES,
    ("DELETE", _FAPI, "/fapi/v1/order"): _FUTURES,
    ("POST", _FAPI, "/fapi/v1/algoOrder"): _FUTURES,
    ("DELETE", _FAPI, "/fapi/v1/algoOrder"): _FUTURES,
    ("POST", _FAPI, "/fapi/v1/marginType"): _FUTURES,
    ("POST", _FAPI, "/fapi/v1/leverage"): _FUTURES,
}
#: Asked only where the venue tells what a key may do.
OF_KEYS: Rows = {("GET", _API, "/sapi/v1/account/apiRestrictions"): _READ}
