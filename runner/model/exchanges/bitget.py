"""Bitget: spot, and USDT-margined futures, of classic accounts."""

from __future__ import annotations

from decimal import Decimal

from runner.model.accounts import Venue
from runner.model.exchanges.support import Can, ExchangeSupport, Feature, Offered, Support
from runner.model.markets import MarketKind

_F = Feature
_SPOT_BARS = ("1m", "3m", "5m", "15m", "30m", "1h", "4h", "6h", "12h", "1d", "1w")
_FUTURES_BARS = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d", "1w")


def _verified(how: str) -> Can:
    return Can(Support.VERIFIED, how)


def _documented(how: str) -> Can:
    return Can(Support.DOCUMENTED, how)


def _refused(why: str) -> Can:
    return Can(Support.REFUSED, why)


_KEY = _documented("GET /api/v2/spot/account/info; of a unified account /api/v3/account/info")
_SPOT = {
    _F.MARKET_ORDER: _documented("POST place-order market; it buys by `spend` alone"),
    _F.SPEND: _documented("size, in quote currency, in as many decimals as the market has"),
    _F.BUY_QUANTITY: _refused(
        "its market orders buy an amount on spot, no quantity: size by `spend`, or enter by a "
        "limit order"
    ),
    _F.LIMIT_ORDER: _verified("POST /api/v2/spot/trade/place-order limit, gtc"),
    _F.POST_ONLY: _documented("force post_only; canceled if it would take"),
    _F.STOP_ORDER: _refused("it does not tell what a triggered stop of spot became"),
    _F.STOP_ENTRY: _refused("there are no stop orders of spot, see there"),
    _F.PAIR: _refused("it has no pair whose parts can be looked up by ids of ours"),
    _F.CANCEL: _documented("POST /api/v2/spot/trade/cancel-order"),
    _F.LOOK_UP: _verified("GET /api/v2/spot/trade/orderInfo"),
    _F.HISTORY: _verified("GET /api/v2/spot/trade/history-orders"),
    _F.OPEN_ORDERS: _verified("GET /api/v2/spot/trade/unfilled-orders; no plan orders"),
    _F.FILLS: _verified("GET /api/v2/spot/trade/fills"),
    _F.MARKETS: _verified("GET /api/v2/spot/public/symbols; quoted in USDT"),
    _F.BARS: _verified("GET /api/v2/spot/market/candles, history-candles"),
    _F.BALANCES: _verified("GET /api/v2/spot/account/assets"),
    _F.KEY_AUDIT: _KEY,
}
_FUTURES = {
    _F.MARKET_ORDER: _documented("POST /api/v2/mix/order/place-order market"),
    _F.SPEND: _refused("contracts are ordered by quantity"),
    _F.BUY_QUANTITY: _documented("contracts are ordered by quantity"),
    _F.LIMIT_ORDER: _verified("POST /api/v2/mix/order/place-order limit, gtc"),
    _F.POST_ONLY: _documented("force post_only; canceled if it would take"),
    _F.REDUCE_ONLY: _documented("reduceOnly YES, in one-way mode"),
    _F.STOP_ORDER: _documented(
        "POST /api/v2/mix/order/place-tpsl-order loss_plan; stops that open are refused"
    ),
    _F.STOP_ENTRY: _refused(
        "a stop that opens would wait for its price from whichever side: enter at market or by a "
        "limit order"
    ),
    _F.STOP_BY_MARK: _documented("triggerType mark_price"),
    _F.PAIR: _refused("stop and targets are orders of their own, reduce-only"),
    _F.CANCEL: _verified("POST /api/v2/mix/order/cancel-order; documented: cancel-plan-order"),
    _F.LOOK_UP: _verified(
        "GET /api/v2/mix/order/detail; documented: orders-plan-pending, orders-plan-history"
    ),
    _F.HISTORY: _documented("GET orders-pending, orders-history; stops: without their ids"),
    _F.OPEN_ORDERS: _documented("GET orders-pending, orders-plan-pending of three kinds"),
    _F.FILLS: _verified("GET /api/v2/mix/order/fills"),
    _F.MARKETS: _verified("GET /api/v2/mix/market/contracts; documented: query-position-lever"),
    _F.BARS: _documented("GET /api/v2/mix/market/candles, history-candles"),
    _F.MARK_BARS: _documented("GET candles kLineType MARK, history-mark-candles"),
    _F.BALANCES: _documented("GET /api/v2/mix/account/accounts"),
    _F.POSITIONS: _documented("GET /api/v2/mix/position/all-position"),
    _F.ISOLATED: _documented("POST set-margin-mode, set-leverage, after GET account"),
    _F.FUNDING: _documented("GET /api/v2/mix/account/bill contract_settle_fee"),
    _F.RATES: _verified("GET /api/v2/mix/market/history-fund-rate"),
    _F.LIQUIDATIONS: _documented("GET /api/v2/mix/order/orders-history"),
    _F.KEY_AUDIT: _KEY,
}

#: Fees: regular user without BGB, https://www.bitget.com/fee
SUPPORT = ExchangeSupport(
    name="bitget",
    venues=(Venue.LIVE, Venue.DEMO),
    kinds={
        MarketKind.SPOT: Offered(_SPOT_BARS, (Decimal("0.001"), Decimal("0.001")), 1, _SPOT),
        MarketKind.FUTURES: Offered(
            _FUTURES_BARS, (Decimal("0.0002"), Decimal("0.0006")), 125, _FUTURES
        ),
    },
    absent={},
    client_ids="unique for 6 hours, and only as long as an order has not been filled",
    source="bitget.com/api-doc, classic account, v2",
)
