"""The endpoints of USDⓈ-M futures with their parameters and weights.

Weights: USDⓈ-M docs, "Request Weight" of each endpoint.
"""

from __future__ import annotations

from runner.exchange.replay import market_data
from runner.exchange.replay.futures import account, contracts, orders, trading
from runner.exchange.replay.futures.trading import ALGO_NEEDS, ALGO_PARAMETERS, ORDER_PARAMETERS
from runner.exchange.replay.route import TIMES, Route, Routes, Security

_P, _R, _T = Security.PUBLIC, Security.READ, Security.TRADE
_IDS, _ALGO_IDS = ("orderId", "origClientOrderId"), ("symbol", "algoId", "clientAlgoId")
_ONE, _NEW_ORDER = ("symbol",), ("symbol", "side", "type")

ROUTES: Routes = {
    ("GET", "/fapi/v1/ping"): Route(market_data.ping, _P, 1),
    ("GET", "/fapi/v1/time"): Route(market_data.server_time, _P, 1),
    ("GET", "/fapi/v1/exchangeInfo"): Route(contracts.exchange_info, _P, 1),
    ("GET", "/fapi/v1/klines"): Route(market_data.klines, _P, 5, ("symbol", "interval"), TIMES),
    ("GET", "/fapi/v1/markPriceKlines"): Route(
        contracts.mark_klines, _P, 5, ("symbol", "interval"), TIMES
    ),
    ("GET", "/fapi/v1/ticker/price"): Route(market_data.price, _P, 1, takes=_ONE),
    ("GET", "/fapi/v2/ticker/price"): Route(market_data.price, _P, 1, takes=_ONE),
    ("GET", "/fapi/v1/ticker/bookTicker"): Route(market_data.book_ticker, _P, 2, takes=_ONE),
    ("GET", "/fapi/v1/ticker/24hr"): Route(market_data.day_ticker, _P, 1, takes=_ONE),
    ("GET", "/fapi/v1/fundingRate"): Route(contracts.funding_rates, _P, 1, _ONE, TIMES),
    ("GET", "/fapi/v1/leverageBracket"): Route(contracts.leverage_bracket, _R, 1, takes=_ONE),
    ("GET", "/fapi/v3/balance"): Route(account.balance, _R, 5),
    ("GET", "/fapi/v2/balance"): Route(account.balance, _R, 5),
    ("GET", "/fapi/v3/account"): Route(account.account, _R, 5),
    ("GET", "/fapi/v3/positionRisk"): Route(account.position_risk, _R, 5, takes=_ONE),
    ("GET", "/fapi/v1/positionSide/dual"): Route(account.position_mode, _R, 30),
    ("GET", "/fapi/v1/multiAssetsMargin"): Route(account.assets_mode, _R, 30),
    ("GET", "/fapi/v1/symbolConfig"): Route(account.symbol_config, _R, 5, takes=_ONE),
    ("GET", "/fapi/v1/commissionRate"): Route(account.commission_rate, _R, 20, _ONE),
    ("GET", "/fapi/v1/income"): Route(
        account.income, _R, 30, takes=("symbol", "incomeType", "page", *TIMES)
    ),
    ("GET", "/fapi/v1/order"): Route(orders.order, _R, 1, _ONE, _IDS),
    ("GET", "/fapi/v1/openOrder"): Route(orders.open_order, _R, 1, _ONE, _IDS),
    ("GET", "/fapi/v1/openOrders"): Route(orders.open_orders, _R, 1, takes=_ONE),
    ("GET", "/fapi/v1/allOrders"): Route(orders.all_orders, _R, 5, _ONE, ("orderId", *TIMES)),
    ("GET", "/fapi/v1/userTrades"): Route(
        orders.trades, _R, 5, _ONE, ("orderId", "fromId", *TIMES)
    ),
    ("GET", "/fapi/v1/forceOrders"): Route(
        orders.force_orders, _R, 20, takes=("symbol", "autoCloseType", *TIMES)
    ),
    ("GET", "/fapi/v1/algoOrder"): Route(orders.algo_order, _R, 1, takes=_ALGO_IDS),
    ("GET", "/fapi/v1/openAlgoOrders"): Route(
        orders.open_algo_orders, _R, 1, takes=("symbol", "algoType", "algoId")
    ),
    ("GET", "/fapi/v1/allAlgoOrders"): Route(
        orders.all_algo_orders, _R, 5, _ONE, ("algoId", "page", *TIMES)
    ),
    ("POST", "/fapi/v1/order"): Route(trading.new_order, _T, 0, _NEW_ORDER, ORDER_PARAMETERS, 1),
    ("POST", "/fapi/v1/order/test"): Route(trading.test_order, _T, 0, _NEW_ORDER, ORDER_PARAMETERS),
    ("DELETE", "/fapi/v1/order"): Route(trading.cancel_order, _T, 1, _ONE, _IDS),
    ("POST", "/fapi/v1/algoOrder"): Route(
        trading.new_algo_order, _T, 0, ALGO_NEEDS, ALGO_PARAMETERS, 1
    ),
    ("DELETE", "/fapi/v1/algoOrder"): Route(trading.cancel_algo_order, _T, 1, takes=_ALGO_IDS),
    ("POST", "/fapi/v1/marginType"): Route(trading.margin_type, _T, 1, ("symbol", "marginType")),
    ("POST", "/fapi/v1/leverage"): Route(trading.leverage, _T, 1, ("symbol", "leverage")),
    ("POST", "/fapi/v1/positionSide/dual"): Route(
        trading.position_mode, _T, 1, ("dualSidePosition",)
    ),
}
