"""What is asked of an exchange to look into a key, and at which venues it answers.

One row for each request: the door sends it by the method that ccxt derives from the exchange's
paths. `name` is what `read` of an exchange with several answers finds its answer by.
"""

from __future__ import annotations

from collections.abc import Mapping

from runner.exchange.keys.bingx import LIST, RIGHTS
from runner.exchange.keys.hyperliquid import AGENTS, ROLE
from runner.exchange.sites import SITES
from runner.model.accounts import Venue
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; `hosts` lists the venues that answer it."""

    name: str
    method: str
    hosts: Mapping[Venue, str]
    path: str
    ccxt: str
    source: str


def _live(host: str) -> Mapping[Venue, str]:
    return {Venue.LIVE: host}


_BINANCE = {venue: site.spot for venue, site in SITES["binance"].items() if site.tells_keys}
_BYBIT = {Venue.LIVE: "api.bybit.com", Venue.TESTNET: "api-testnet.bybit.com"}
# Demo keys of OKX and Bitget are told apart by a header, which ccxt's sandbox mode sets.
_OKX = {Venue.LIVE: "www.okx.com", Venue.DEMO: "www.okx.com"}
_DERIBIT = {Venue.LIVE: "www.deribit.com", Venue.TESTNET: "test.deribit.com"}
_BITGET = {Venue.LIVE: "api.bitget.com", Venue.DEMO: "api.bitget.com"}
_BINGX = _live("open-api.bingx.com")
_HYPERLIQUID = {
    Venue.LIVE: "api.hyperliquid.xyz",
    Venue.TESTNET: "api.hyperliquid-testnet.xyz",
}

#: exchange → its requests, all of one key. The methods are those of ccxt 4.5.90.
ASKED: Mapping[str, tuple[Asked, ...]] = {
    "binance": (
        Asked(
            "",
            "GET",
            _BINANCE,
            "/sapi/v1/account/apiRestrictions",
            "sapiGetAccountApiRestrictions",
            "binance-connector-python, wallet",
        ),
    ),
    "bingx": (
        Asked(
            RIGHTS,
            "GET",
            _BINGX,
            "/openApi/v1/account/apiPermissions",
            "accountV1PrivateGetAccountApiPermissions",
            "api-ai-skills, sub-account 1.2",
        ),
        Asked(
            LIST,
            "GET",
            _BINGX,
            "/openApi/account/v1/apiKey/query",
            "accountV1PrivateGetApiKeyQuery",
            "api-ai-skills, sub-account 1.4",
        ),
    ),
    "bitget": (
        Asked(
            "classic",
            "GET",
            _BITGET,
            "/api/v2/spot/account/info",
            "privateSpotGetV2SpotAccountInfo",
            "Bitget API docs, Get Account Information",
        ),
        Asked(
            "unified",
            "GET",
            _BITGET,
            "/api/v3/account/info",
            "privateUtaGetV3AccountInfo",
            "Bitget API docs, UTA, Get Account Info",
        ),
    ),
    "bybit": (
        Asked(
            "",
            "GET",
            _BYBIT,
            "/v5/user/query-api",
            "privateGetV5UserQueryApi",
            "bybit-exchange/docs, v5/user/apikey-info",
        ),
    ),
    "coinbase": (
        Asked(
            "",
            "GET",
            _live("api.coinbase.com"),
            "/api/v3/brokerage/key_permissions",
            "v3PrivateGetBrokerageKeyPermissions",
            "tiagosiebler/coinbase-api",
        ),
    ),
    "deribit": (
        Asked(
            "list",
            "GET",
            _DERIBIT,
            "/api/v2/private/list_api_keys",
            "privateGetListApiKeys",
            "Deribit OpenAPI 2.1.1",
        ),
        Asked(
            "scopes",
            "GET",
            _DERIBIT,
            "/api/v2/public/auth",
            "publicGetAuth",
            "Deribit OpenAPI 2.1.1",
        ),
    ),
    "gate": (
        Asked(
            "",
            "GET",
            _live("api.gateio.ws"),
            "/api/v4/account/main_keys",
            "privateAccountGetMainKeys",
            "tiagosiebler/gateio-api, account",
        ),
    ),
    "hyperliquid": (
        Asked(
            AGENTS,
            "POST",
            _HYPERLIQUID,
            "/info",
            "publicPostInfo",
            "goldrush.dev, extraAgents",
        ),
        Asked(
            ROLE,
            "POST",
            _HYPERLIQUID,
            "/info",
            "publicPostInfo",
            "docs.chainstack.com",
        ),
    ),
    "kraken": (
        Asked(
            "",
            "POST",
            _live("api.kraken.com"),
            "/0/private/GetApiKeyInfo",
            "privatePostGetApiKeyInfo",
            "docs.kraken.com, get-api-key-info",
        ),
    ),
    "kucoin": (
        Asked(
            "",
            "GET",
            _live("api.kucoin.com"),
            "/api/v1/user/api-key",
            "privateGetUserApiKey",
            "tiagosiebler/kucoin-api, spot-account",
        ),
    ),
    "okx": (
        Asked(
            "",
            "GET",
            _OKX,
            "/api/v5/account/config",
            "privateGetAccountConfig",
            "gocryptotrader, okx_types.go",
        ),
    ),
}


def is_told_at(exchange: str, venue: Venue) -> bool:
    """Whether a key can be looked into there; elsewhere it is only warned."""
    return any(venue in asked.hosts for asked in ASKED[exchange])
