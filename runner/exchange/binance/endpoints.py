"""The library's method for each question, by kind of market."""

from __future__ import annotations

from runner.model.markets import MarketKind
from runner.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Questions that both kinds of market answer, each in its own place."""

    time: str
    markets: str
    bars: str
    balances: str
    order: str
    open_orders: str
    all_orders: str
    trades: str


ENDPOINTS = {
    MarketKind.SPOT: Endpoints(
        time="publicGetTime",
        markets="publicGetExchangeInfo",
        bars="publicGetKlines",
        balances="privateGetAccount",
        order="privateGetOrder",
        open_orders="privateGetOpenOrders",
        all_orders="privateGetAllOrders",
        trades="privateGetMyTrades",
    ),
    MarketKind.FUTURES: Endpoints(
        time="fapiPublicGetTime",
        markets="fapiPublicGetExchangeInfo",
        bars="fapiPublicGetKlines",
        balances="fapiPrivateV3GetBalance",
        order="fapiPrivateGetOrder",
        open_orders="fapiPrivateGetOpenOrders",
        all_orders="fapiPrivateGetAllOrders",
        trades="fapiPrivateGetUserTrades",
    ),
}

# Of futures only. Conditional orders live in lists of their own ("algo orders").
TIERS = "fapiPrivateGetLeverageBracket"
POSITIONS = "fapiPrivateV3GetPositionRisk"
MARK_BARS = "fapiPublicGetMarkPriceKlines"
FUNDING_RATES = "fapiPublicGetFundingRate"
INCOME = "fapiPrivateGetIncome"
FORCED_ORDERS = "fapiPrivateGetForceOrders"
ALGO_ORDER = "fapiPrivateGetAlgoOrder"
OPEN_ALGO_ORDERS = "fapiPrivateGetOpenAlgoOrders"
ALL_ALGO_ORDERS = "fapiPrivateGetAllAlgoOrders"
POSITION_MODE = "fapiPrivateGetPositionSideDual"
SYMBOL_SETTINGS = "fapiPrivateGetSymbolConfig"
SET_MARGIN = "fapiPrivatePostMarginType"
SET_LEVERAGE = "fapiPrivatePostLeverage"
