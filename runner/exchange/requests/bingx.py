"""BingX: what is asked of and sent to spot and perpetual contracts, all at one host.

The position mode is read, never set. Source: bingx-api.github.io/docs-v3; keys: github
BingX-API/api-ai-skills, sub-account 1.1, 1.2 and 1.4.
"""

from __future__ import annotations

from runner.exchange.requests.row import Rows
from runner.model.accounts import Permission
from runner.model.markets import MarketKind

_API = MarketKind.SPOT  # and futures: one host
_PUBLIC, _READ = None, Permission.READ
_SPOT, _FUTURES = Permission.SPOT, Permission.FUTURES

ROWS: Rows = {
    ("GET", _API, "/openApi/swap/v2/server/time"): _PUBLIC,
    ("GET", _API, "/openApi/spot/v1/common/symbols"): _PUBLIC,
    ("GET", _API, "/openApi/spot/v2/market/kline"): _PUBLIC,
    ("GET", _API, "/openApi/spot/v1/account/balance"): _READ,
    ("GET", _API, "/openApi/spot/v1/trade/query"): _READ,
    ("GET", _API, "/openApi/spot/v1/trade/openOrders"): _READ,
    ("GET", _API, "/openApi/spot/v1/trade/historyOrders"): _READ,
    ("POST", _API, "/openApi/spot/v1/trade/order"): _SPOT,
    ("POST", _API, "/openApi/spot/v1/trade/cancel"): _SPOT,
    ("GET", _API, "/openApi/swap/v2/quote/contracts"): _PUBLIC,
    ("GET", _API, "/openApi/swap/v3/quote/klines"): _PUBLIC,
    ("GET", _API, "/openApi/swap/v1/market/markPriceKlines"): _PUBLIC,
    ("GET", _API, "/openApi/swap/v2/quote/fundingRate"): _PUBLIC,
    ("GET", _API, "/openApi/swap/v1/maintMarginRatio"): _READ,
    ("GET", _API, "/openApi/swap/v1/positionSide/dual"): _READ,
    ("GET", _API, "/openApi/swap/v2/trade/marginType"): _READ,
    ("GET", _API, "/openApi/swap/v2/trade/leverage"): _READ,
    ("GET", _API, "/openApi/swap/v3/user/balance"): _READ,
    ("GET", _API, "/openApi/swap/v2/user/positions"): _READ,
    ("GET", _API, "/openApi/swap/v2/user/income"): _READ,
    ("GET", _API, "/openApi/swap/v2/trade/order"): _READ,
    ("GET", _API, "/openApi/swap/v2/trade/openOrders"): _READ,
    ("GET", _API, "/openApi/swap/v1/trade/fullOrder"): _READ,
    ("GET", _API, "/openApi/swap/v2/trade/forceOrders"): _READ,
    ("POST", _API, "/openApi/swap/v2/trade/order"): _FUTURES,
    ("DELETE", _API, "/openApi/swap/v2/trade/order"): _FUTURES,
    ("POST", _API, "/openApi/swap/v2/trade/marginType"): _FUTURES,
    ("POST", _API, "/openApi/swap/v2/trade/leverage"): _FUTURES,
}
#: Asked only where the venue tells what a key may do.
OF_KEYS: Rows = {
    ("GET", _API, "/openApi/v1/account/apiPermissions"): _READ,
    ("GET", _API, "/openApi/account/v1/uid"): _READ,
    ("GET", _API, "/openApi/account/v1/apiKey/query"): _READ,
}
