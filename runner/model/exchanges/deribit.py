"""Deribit: spot that it matches itself."""

from __future__ import annotations

from decimal import Decimal

from runner.model.accounts import Venue
from runner.model.exchanges.support import Can, ExchangeSupport, Feature, Offered, Support
from runner.model.markets import MarketKind

_F = Feature
_BARS = ("1m", "3m", "5m", "15m", "30m", "1h", "2h")
#: Why, and what to do instead.
NO_CONTRACTS = (
    "it has no isolated margin and no leverage to set, so that one position could lose the whole "
    "account"
)


def _verified(how: str) -> Can:
    return Can(Support.VERIFIED, how)


def _documented(how: str) -> Can:
    return Can(Support.DOCUMENTED, how)


#: Recorded were orders of contracts; those of spot are told in the same fields.
_SPOT = {
    _F.MARKET_ORDER: _verified("GET /api/v2/private/buy, sell: market"),
    _F.SPEND: Can(
        Support.REFUSED,
        "its market orders count base currency: size by `risk`, `notional` or `quantity`",
    ),
    _F.BUY_QUANTITY: _verified("amount, of base currency"),
    _F.LIMIT_ORDER: _documented("limit good_til_cancelled"),
    _F.POST_ONLY: _documented("post_only with reject_post_only"),
    _F.STOP_ORDER: _documented("stop_market by last_price"),
    _F.STOP_ENTRY: _documented("stop_market by last_price"),
    _F.PAIR: Can(
        Support.REFUSED,
        "its linked orders cannot be said in one plain request: protect by a stop alone, and take "
        "profit by a rule",
    ),
    _F.CANCEL: _documented("GET /api/v2/private/cancel_by_label"),
    _F.LOOK_UP: _verified("GET /api/v2/private/get_order_state_by_label"),
    _F.HISTORY: _verified("GET /api/v2/private/get_order_history_by_instrument"),
    _F.OPEN_ORDERS: _verified("GET /api/v2/private/get_open_orders_by_instrument"),
    _F.FILLS: _verified("in the order's answer; GET /api/v2/private/get_user_trades_by_order"),
    _F.MARKETS: _verified("GET /api/v2/public/get_instruments; none routed to Coinbase Exchange"),
    _F.BARS: _verified("GET /api/v2/public/get_tradingview_chart_data"),
    _F.BALANCES: _documented("GET /api/v2/private/get_account_summaries"),
    _F.KEY_AUDIT: _verified("GET /api/v2/private/list_api_keys"),
}

#: Fees: as its instruments tell them (`maker_commission`, `taker_commission` of spot).
SUPPORT = ExchangeSupport(
    name="deribit",
    venues=(Venue.LIVE, Venue.TESTNET),
    kinds={MarketKind.SPOT: Offered(_BARS, (Decimal(0), Decimal(0)), 1, _SPOT)},
    absent={MarketKind.FUTURES: NO_CONTRACTS},
    client_ids="labels, which orders may share: runner sends each once, and stops at a second",
    source="docs.deribit.com; articles/spot-trading-venues",
)
