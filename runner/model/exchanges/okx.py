"""OKX: spot, and linear perpetual contracts (swaps)."""

from __future__ import annotations

from decimal import Decimal

from runner.model.accounts import Venue
from runner.model.exchanges.support import Can, ExchangeSupport, Feature, Offered, Support
from runner.model.markets import MarketKind

_F = Feature
_BARS = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d", "1w")


def _verified(how: str) -> Can:
    return Can(Support.VERIFIED, how)


def _documented(how: str) -> Can:
    return Can(Support.DOCUMENTED, how)


_SPOT = {
    _F.MARKET_ORDER: _documented("POST /api/v5/trade/order market, by base currency"),
    _F.SPEND: _documented("market by quote currency"),
    _F.BUY_QUANTITY: _documented("tgtCcy base_ccy"),
    _F.LIMIT_ORDER: _documented("POST /api/v5/trade/order limit"),
    _F.POST_ONLY: _documented("post_only; one that would take is canceled, not refused"),
    _F.STOP_ORDER: _documented("POST /api/v5/trade/order-algo conditional"),
    _F.STOP_ENTRY: _documented("order-algo conditional"),
    _F.PAIR: Can(
        Support.REFUSED,
        "the two legs of an OCO order have one name between them and cannot be looked up apart: "
        "protect by a stop alone, and take profit by a rule",
    ),
    _F.CANCEL: _documented("POST /api/v5/trade/cancel-order, cancel-algos"),
    _F.LOOK_UP: _documented("GET /api/v5/trade/order, order-algo"),
    _F.HISTORY: _verified("GET /api/v5/trade/orders-pending, orders-history"),
    _F.OPEN_ORDERS: _verified("GET /api/v5/trade/orders-pending, orders-algo-pending"),
    _F.FILLS: _verified("GET /api/v5/trade/fills, fills-history"),
    _F.MARKETS: _verified("GET /api/v5/public/instruments"),
    _F.BARS: _verified("GET /api/v5/market/candles, history-candles"),
    _F.BALANCES: _verified("GET /api/v5/account/balance"),
    _F.KEY_AUDIT: _verified("GET /api/v5/account/config"),
}
_FUTURES = {
    _F.MARKET_ORDER: _documented("POST /api/v5/trade/order market, in contracts"),
    _F.SPEND: Can(Support.REFUSED, "contracts are ordered by quantity"),
    _F.BUY_QUANTITY: _documented("contracts are ordered by quantity"),
    _F.LIMIT_ORDER: _documented("POST /api/v5/trade/order limit"),
    _F.POST_ONLY: _documented("post_only; one that would take is canceled, not refused"),
    _F.REDUCE_ONLY: _documented("reduceOnly, in one-way mode"),
    _F.STOP_ORDER: _documented("POST /api/v5/trade/order-algo conditional"),
    _F.STOP_ENTRY: _documented("order-algo conditional without reduceOnly"),
    _F.STOP_BY_MARK: _documented("slTriggerPxType mark"),
    _F.PAIR: Can(Support.REFUSED, "stop and targets are orders of their own, reduce-only"),
    _F.CANCEL: _documented("POST /api/v5/trade/cancel-order, cancel-algos"),
    _F.LOOK_UP: _documented("GET /api/v5/trade/order, order-algo"),
    _F.HISTORY: _documented("GET /api/v5/trade/orders-history, orders-algo-history"),
    _F.OPEN_ORDERS: _documented("GET /api/v5/trade/orders-pending, orders-algo-pending"),
    _F.FILLS: _documented("GET /api/v5/trade/fills, fills-history"),
    _F.MARKETS: _verified("GET /api/v5/public/instruments, position-tiers"),
    _F.BARS: _documented("GET /api/v5/market/candles, history-candles"),
    _F.MARK_BARS: _documented("GET /api/v5/market/mark-price-candles, history-mark-price-candles"),
    _F.BALANCES: _verified("GET /api/v5/account/balance"),
    _F.POSITIONS: _documented("GET /api/v5/account/positions"),
    _F.ISOLATED: _documented("tdMode isolated of every order; POST /api/v5/account/set-leverage"),
    _F.FUNDING: _documented("GET /api/v5/account/bills, type 8"),
    _F.RATES: _verified("GET /api/v5/public/funding-rate-history"),
    _F.LIQUIDATIONS: _documented("GET /api/v5/trade/orders-history, by category"),
    _F.KEY_AUDIT: _verified("GET /api/v5/account/config"),
}

#: Fees: regular user of the first level, https://www.okx.com/fees
SUPPORT = ExchangeSupport(
    name="okx",
    venues=(Venue.LIVE, Venue.DEMO),
    kinds={
        MarketKind.SPOT: Offered(_BARS, (Decimal("0.0008"), Decimal("0.001")), 1, _SPOT),
        MarketKind.FUTURES: Offered(_BARS, (Decimal("0.0002"), Decimal("0.0005")), 125, _FUTURES),
    },
    absent={},
    client_ids="unique among open orders only: an id is free again once its order has ended",
    source="okx.com/docs-v5",
)
