"""The requests that may leave, by what the file permits; all others stop here.

In: the final request, as it would go to the socket. Out: nothing, or `Halt` before a byte has left.
No row names a withdrawal or a transfer: whatever permission is declared, none can be sent.
"""

from __future__ import annotations

from collections.abc import Set
from urllib.parse import urlsplit

from runner.model.accounts import Permission
from runner.model.errors import Halt

_API, _FAPI = "api.binance.com", "fapi.binance.com"
_PUBLIC, _READ = None, Permission.READ
_SPOT, _FUTURES = Permission.SPOT, Permission.FUTURES

#: exchange → (method, host, path) → the permission it needs; `None` needs no key.
#: Source: github binance/binance-spot-api-docs rest-api.md; sapi: developers.binance.com, wallet;
#: fapi: developers.binance.com, usds-margined-futures. The position mode is read, never set.
REQUESTS: dict[str, dict[tuple[str, str, str], Permission | None]] = {
    "binance": {
        ("GET", _API, "/api/v3/time"): _PUBLIC,
        ("GET", _API, "/api/v3/exchangeInfo"): _PUBLIC,
        ("GET", _API, "/api/v3/klines"): _PUBLIC,
        ("GET", _API, "/api/v3/account"): _READ,
        ("GET", _API, "/api/v3/order"): _READ,
        ("GET", _API, "/api/v3/openOrders"): _READ,
        ("GET", _API, "/api/v3/allOrders"): _READ,
        ("GET", _API, "/api/v3/myTrades"): _READ,
        ("GET", _API, "/sapi/v1/account/apiRestrictions"): _READ,
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
}


def require_permitted(exchange: str, permissions: Set[Permission], method: str, url: str) -> None:
    """Raises Halt unless a row holds this method, host and path, and the file its permission."""
    parts = urlsplit(url)
    where = f"{method} {parts.hostname}{parts.path}"
    if parts.scheme != "https" or parts.netloc != parts.hostname or parts.fragment:
        raise Halt(f"{where} is not a plain https address of {exchange}; nothing was sent")
    row = (method, parts.netloc, parts.path)
    if row not in REQUESTS.get(exchange, {}):
        raise Halt(f"{where} is no request that runner makes; nothing was sent")
    needed = REQUESTS[exchange][row]
    if needed is not None and needed not in permissions:
        raise Halt(f"{where} needs the permission `{needed}`, not declared; nothing was sent")
