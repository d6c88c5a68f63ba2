"""Bybit: spot, and USDT perpetuals, of a unified trading account."""

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
    _F.MARKET_ORDER: _documented("POST /v5/order/create Market, marketUnit baseCoin"),
    _F.SPEND: _documented("marketUnit quoteCoin, in steps of quotePrecision"),
    _F.BUY_QUANTITY: _documented("marketUnit baseCoin"),
    _F.LIMIT_ORDER: _verified("Limit GTC"),
    _F.POST_ONLY: _documented("Limit PostOnly"),
    _F.STOP_ORDER: _documented(
        "orderFilter tpslOrder; the price is asked before and after, because bybit takes from it "
        "which way the stop waits"
    ),
    _F.STOP_ENTRY: _documented("tpslOrder, as a stop that protects"),
    _F.PAIR: Can(Support.REFUSED, "bybit makes no pair by API; name a stop or targets, not both"),
    _F.CANCEL: _documented("POST /v5/order/cancel"),
    _F.LOOK_UP: _verified("GET /v5/order/realtime, /v5/order/history by orderLinkId"),
    _F.HISTORY: _documented("GET /v5/order/history"),
    _F.OPEN_ORDERS: _documented("GET /v5/order/realtime"),
    _F.FILLS: _documented("GET /v5/execution/list"),
    _F.MARKETS: _verified("GET /v5/market/instruments-info"),
    _F.BARS: _documented("GET /v5/market/kline"),
    _F.BALANCES: _documented("GET /v5/account/wallet-balance UNIFIED"),
    _F.KEY_AUDIT: _verified("GET /v5/user/query-api; not at the demo venue"),
}
_FUTURES = {
    _F.MARKET_ORDER: _documented("POST /v5/order/create Market"),
    _F.SPEND: Can(Support.REFUSED, "contracts are ordered by quantity"),
    _F.BUY_QUANTITY: _documented("contracts are ordered by quantity"),
    _F.LIMIT_ORDER: _verified("Limit GTC"),
    _F.POST_ONLY: _documented("Limit PostOnly"),
    _F.REDUCE_ONLY: _verified("reduceOnly, positionIdx 0"),
    _F.STOP_ORDER: _documented("Market with triggerPrice, triggerDirection, LastPrice"),
    _F.STOP_ENTRY: _documented("triggerPrice without reduceOnly"),
    _F.STOP_BY_MARK: _documented("triggerBy MarkPrice"),
    _F.PAIR: Can(Support.REFUSED, "stop and targets are orders of their own, reduce-only"),
    _F.CANCEL: _verified("POST /v5/order/cancel"),
    _F.LOOK_UP: _verified("GET /v5/order/realtime, /v5/order/history by orderLinkId"),
    _F.HISTORY: _documented("GET /v5/order/history"),
    _F.OPEN_ORDERS: _verified("GET /v5/order/realtime"),
    _F.FILLS: _verified("GET /v5/execution/list"),
    _F.MARKETS: _verified("GET /v5/market/instruments-info, /v5/market/risk-limit"),
    _F.BARS: _documented("GET /v5/market/kline"),
    _F.MARK_BARS: _documented("GET /v5/market/mark-price-kline"),
    _F.BALANCES: _documented("GET /v5/account/wallet-balance UNIFIED"),
    _F.POSITIONS: _documented("GET /v5/position/list"),
    _F.ISOLATED: _documented(
        "POST /v5/position/set-leverage; isolated margin is the account's, and must be set there"
    ),
    _F.FUNDING: _documented("GET /v5/account/transaction-log SETTLEMENT"),
    _F.RATES: _verified("GET /v5/market/funding/history"),
    _F.LIQUIDATIONS: _documented("GET /v5/execution/list BustTrade, AdlTrade"),
    _F.KEY_AUDIT: _verified("GET /v5/user/query-api; not at the demo venue"),
}

#: Fees: regular user, https://www.bybit.com/en/help-center/article/Trading-Fee-Structure
SUPPORT = ExchangeSupport(
    name="bybit",
    venues=(Venue.LIVE, Venue.TESTNET, Venue.DEMO),
    kinds={
        MarketKind.SPOT: Offered(_BARS, (Decimal("0.001"), Decimal("0.001")), 1, _SPOT),
        MarketKind.FUTURES: Offered(_BARS, (Decimal("0.0002"), Decimal("0.00055")), 100, _FUTURES),
    },
    absent={},
    client_ids="of contracts always unique; of spot refused while bybit remembers the id",
    source="github bybit-exchange/docs, v5",
)
