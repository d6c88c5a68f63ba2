"""Recorded requests that the door does not make: which of the library's methods each would be, why.

The answers to them tell nothing that runner uses; asked for all the same, they do not leave.
"""

from __future__ import annotations

from tests.exchange.recorded import Key

#: Why none of these is asked for.
TICKERS = "prices are those of bars; a last price is read where a stop of spot needs it"
BOOKS = "no rule reads an order book"
NEXT_RATE = "rules read the rates that were settled, not the next one"
SWEEPS = "only orders of ours are canceled, one by one: others may trade at the same account"
MODES = "the position mode is the owner's to set: it is read, and hedge mode is refused"
OTHER_MARKETS = "contracts that are margined in the base currency are not traded"
OTHER_MONEY = "the wallet is read elsewhere"
NO_MARGIN = "nothing is borrowed"
NO_FUTURES = "deribit's contracts are not traded: they have no isolated margin"
IN_THE_ORDER = "an order's own row tells its fills; this list forgets after seven days"
IN_THE_ADDRESS = "its address would carry the secret of the key"

#: Each recorded request that must not leave: the library's method that would send it, and why.
REFUSED: dict[Key, tuple[str, str]] = {
    Key("binance", "fetchBalance", "USDM v3 account"): ("fapiPrivateV3GetAccount", OTHER_MONEY),
    Key("binance", "fetchFundingRate", "usdm premiumIndex"): (
        "fapiPublicGetPremiumIndex",
        NEXT_RATE,
    ),
    Key("binance", "fetchOrderBook", "usdm"): ("fapiPublicGetDepth", BOOKS),
    Key("binance", "fetchTicker", "spot"): ("publicGetTicker24hr", TICKERS),
    Key("binance", "raw_markets", "dapi/v1/exchangeInfo"): (
        "dapiPublicGetExchangeInfo",
        OTHER_MARKETS,
    ),
    Key("binance", "setPositionMode", "usdm hedged"): ("fapiPrivatePostPositionSideDual", MODES),
    Key("bybit", "cancelAllOrders", "linear (docs)"): ("privatePostV5OrderCancelAll", SWEEPS),
    Key("okx", "fetchFundingRate", "swap"): ("publicGetPublicFundingRate", NEXT_RATE),
    Key("okx", "fetchTicker", "spot"): ("publicGetMarketTicker", TICKERS),
    Key("deribit", "cancelAllOrders", "by instrument (openapi)"): (
        "privateGetCancelAllByInstrument",
        SWEEPS,
    ),
    Key("deribit", "fetchFundingRate", "perp"): ("publicGetGetFundingRateValue", NO_FUTURES),
    Key("deribit", "fetchFundingRateHistory", "perp"): (
        "publicGetGetFundingRateHistory",
        NO_FUTURES,
    ),
    Key("deribit", "fetchPositions", "BTC"): ("privateGetGetPositions", NO_FUTURES),
    Key("deribit", "fetchTicker", "perp"): ("publicGetTicker", TICKERS),
    Key("deribit", "key_permissions", "public/auth scope string"): (
        "publicGetAuth",
        IN_THE_ADDRESS,
    ),
    Key("deribit", "publicGetAuth", "client_credentials (openapi)"): (
        "publicGetAuth",
        IN_THE_ADDRESS,
    ),
    Key("bingx", "fetchFundingRate", "swap"): ("swapV2PublicGetQuotePremiumIndex", NEXT_RATE),
    Key("bingx", "fetchMyTrades", "spot"): ("spotV1PrivateGetTradeMyTrades", IN_THE_ORDER),
    Key("bingx", "fetchTicker", "inverse"): ("cswapV1PublicGetMarketTicker", TICKERS),
    Key("bingx", "raw_markets", "openApi/cswap/v1/market/contracts"): (
        "cswapV1PublicGetMarketContracts",
        OTHER_MARKETS,
    ),
    Key("bitget", "cancelAllOrders", "spot"): (
        "privateSpotPostV2SpotTradeCancelSymbolOrder",
        SWEEPS,
    ),
    Key("bitget", "fetchFundingRate", "swap"): (
        "publicMixGetV2MixMarketCurrentFundRate",
        NEXT_RATE,
    ),
    Key("bitget", "fetchTicker", "spot"): ("publicSpotGetV2SpotMarketTickers", TICKERS),
    Key("bitget", "raw_markets", "api/v2/margin/currencies"): (
        "publicMarginGetV2MarginCurrencies",
        NO_MARGIN,
    ),
}
