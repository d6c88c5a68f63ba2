"""The requests that may leave, by venue and by what the file permits; all others stop here.

In: the final request, as it would go to the socket. Out: nothing, or `Halt` before a byte has left.
No row names a withdrawal or a transfer: whatever permission is declared, none can be sent.
"""

from __future__ import annotations

from collections.abc import Set
from urllib.parse import urlsplit

from runner.exchange.sites import SITES, Site
from runner.model.accounts import Permission, Venue
from runner.model.errors import Halt
from runner.model.markets import MarketKind

Requests = dict[tuple[str, str, str], Permission | None]  # method, host, path

_API, _FAPI = MarketKind.SPOT, MarketKind.FUTURES
_PUBLIC, _READ = None, Permission.READ
_SPOT, _FUTURES = Permission.SPOT, Permission.FUTURES

#: exchange → (method, whose host, path) → the permission it needs; `None` needs no key.
#: Source: github binance/binance-spot-api-docs rest-api.md; sapi: developers.binance.com, wallet;
#: fapi: developers.binance.com, usds-margined-futures. The position mode is read, never set.
_PATHS: dict[str, dict[tuple[str, MarketKind, str], Permission | None]] = {
    "binance": {
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
}
#: Asked only where the venue tells what a key may do.
_OF_KEYS: dict[str, dict[tuple[str, MarketKind, str], Permission | None]] = {
    "binance": {("GET", _API, "/sapi/v1/account/apiRestrictions"): _READ}
}


def _requests(exchange: str, site: Site) -> Requests:
    rows = _PATHS[exchange] | (_OF_KEYS[exchange] if site.tells_keys else {})
    return {(method, site.host(kind), path): need for (method, kind, path), need in rows.items()}


#: exchange → venue → what may be sent there.
REQUESTS: dict[str, dict[Venue, Requests]] = {
    exchange: {venue: _requests(exchange, site) for venue, site in sites.items()}
    for exchange, sites in SITES.items()
}


def require_permitted(
    exchange: str, venue: Venue, permissions: Set[Permission], method: str, url: str
) -> None:
    """Raises Halt unless a row holds this method, host and path, and the file its permission."""
    requests = REQUESTS.get(exchange, {}).get(venue, {})
    parts = urlsplit(url)
    where = f"{method} {parts.hostname}{parts.path}"
    if parts.scheme != "https" or parts.netloc != parts.hostname or parts.fragment:
        raise Halt(f"{where} is not a plain https address of {exchange}; nothing was sent")
    row = (method, parts.netloc, parts.path)
    if row not in requests:
        raise Halt(f"{where} is no request that runner makes at `{venue}`; nothing was sent")
    needed = requests[row]
    if needed is not None and needed not in permissions:
        raise Halt(f"{where} needs the permission `{needed}`, not declared; nothing was sent")
