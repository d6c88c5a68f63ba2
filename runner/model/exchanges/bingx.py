"""BingX: spot, and USDT perpetuals."""

from __future__ import annotations

from decimal import Decimal

from runner.model.accounts import Venue
from runner.model.exchanges.support import Can, ExchangeSupport, Feature, Offered, Support
from runner.model.markets import MarketKind

_F = Feature
_BARS = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w")


def _verified(how: str) -> Can:
    return Can(Support.VERIFIED, how)


def _documented(how: str) -> Can:
    return Can(Support.DOCUMENTED, how)


def _refused(why: str) -> Can:
    return Can(Support.REFUSED, why)


_SPOT = {
    _F.MARKET_ORDER: _documented(
        "POST /openApi/spot/v1/trade/order MARKET; of buys the reference asks for an amount, and "
        "its example names a quantity"
    ),
    _F.SPEND: _documented("quoteOrderQty"),
    _F.BUY_QUANTITY: _documented(
        "quantity; the reference asks for an amount, and its example names a quantity"
    ),
    _F.LIMIT_ORDER: _documented("LIMIT GTC"),
    _F.POST_ONLY: _documented("LIMIT PostOnly"),
    _F.STOP_ORDER: _refused(
        "bingx takes from the price at arrival which way a stop of spot waits, and does not say "
        "under which id it trades; leave by rules or by a limit order"
    ),
    _F.STOP_ENTRY: _refused("there are no stop orders, see there"),
    _F.PAIR: _refused("one leg of bingx's pair is a limit order that may stay unfilled below"),
    _F.CANCEL: _documented("POST /openApi/spot/v1/trade/cancel"),
    _F.LOOK_UP: _documented(
        "GET /openApi/spot/v1/trade/query by clientOrderID, which BingX knows for two hours; then "
        "openOrders and historyOrders"
    ),
    _F.HISTORY: _documented("GET /openApi/spot/v1/trade/historyOrders, openOrders"),
    _F.OPEN_ORDERS: _verified("GET /openApi/spot/v1/trade/openOrders"),
    _F.FILLS: _documented("the order itself: executedQty, cummulativeQuoteQty, fee"),
    _F.MARKETS: _verified("GET /openApi/spot/v1/common/symbols"),
    _F.BARS: _documented("GET /openApi/spot/v2/market/kline, timeZone 0"),
    _F.BALANCES: _verified("GET /openApi/spot/v1/account/balance"),
    _F.KEY_AUDIT: _documented(
        "GET /openApi/v1/account/apiPermissions, /openApi/account/v1/apiKey/query; live keys only"
    ),
}
_FUTURES = {
    _F.MARKET_ORDER: _documented("POST /openApi/swap/v2/trade/order MARKET"),
    _F.SPEND: _refused("contracts are ordered by quantity"),
    _F.BUY_QUANTITY: _documented("contracts are ordered by quantity"),
    _F.LIMIT_ORDER: _documented("LIMIT GTC"),
    _F.POST_ONLY: _documented("LIMIT PostOnly"),
    _F.REDUCE_ONLY: _documented("reduceOnly, positionSide BOTH"),
    _F.STOP_ORDER: _refused(
        "bingx takes no id of ours with a stop (clientOrderId: LIMIT and MARKET alone), so one "
        "whose answer is lost could not be found again; leave by rules or by a limit order"
    ),
    _F.STOP_ENTRY: _refused("there are no stop orders, see there"),
    _F.STOP_BY_MARK: _refused("there are no stop orders, see there"),
    _F.PAIR: _refused("there are no stop orders, see there"),
    _F.CANCEL: _documented("DELETE /openApi/swap/v2/trade/order"),
    _F.LOOK_UP: _documented("GET /openApi/swap/v2/trade/order by clientOrderId"),
    _F.HISTORY: _verified("GET /openApi/swap/v1/trade/fullOrder"),
    _F.OPEN_ORDERS: _documented("GET /openApi/swap/v2/trade/openOrders"),
    _F.FILLS: _verified("the order itself: executedQty, avgPrice, commission"),
    _F.MARKETS: _verified(
        "GET /openApi/swap/v2/quote/contracts; maintMarginRatio and trade/leverage as documented"
    ),
    _F.BARS: _verified("GET /openApi/swap/v3/quote/klines"),
    _F.MARK_BARS: _documented("GET /openApi/swap/v1/market/markPriceKlines"),
    _F.BALANCES: _verified("GET /openApi/swap/v3/user/balance"),
    _F.POSITIONS: _verified("GET /openApi/swap/v2/user/positions"),
    _F.ISOLATED: _documented("POST /openApi/swap/v2/trade/marginType, /trade/leverage"),
    _F.FUNDING: _documented("GET /openApi/swap/v2/user/income FUNDING_FEE; three months"),
    _F.RATES: _documented("GET /openApi/swap/v2/quote/fundingRate"),
    _F.LIQUIDATIONS: _documented("GET /openApi/swap/v2/trade/forceOrders"),
    _F.KEY_AUDIT: _documented(
        "GET /openApi/v1/account/apiPermissions, /openApi/account/v1/apiKey/query; live keys only"
    ),
}

#: Fees: regular user, https://bingx.com/en/support/costs; leverage: BTC-USDT, quote/contracts.
SUPPORT = ExchangeSupport(
    name="bingx",
    venues=(Venue.LIVE, Venue.TESTNET),
    kinds={
        MarketKind.SPOT: Offered(_BARS, (Decimal("0.001"), Decimal("0.001")), 1, _SPOT),
        MarketKind.FUTURES: Offered(_BARS, (Decimal("0.0002"), Decimal("0.0005")), 125, _FUTURES),
    },
    absent={},
    client_ids="different orders cannot have one id; on spot it is known for two hours",
    source="bingx-api.github.io/docs-v3; github BingX-API/api-ai-skills",
)
