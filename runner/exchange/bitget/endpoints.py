"""The library's method for each question, by kind of market."""

from __future__ import annotations

from dataclasses import dataclass

from runner.model.markets import MarketKind


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Questions that both kinds of market answer, each in its own place."""

    markets: str
    bars: str
    old_bars: str
    balances: str
    order: str
    history: str
    trades: str


ENDPOINTS = {
    MarketKind.SPOT: Endpoints(
        markets="publicSpotGetV2SpotPublicSymbols",
        bars="publicSpotGetV2SpotMarketCandles",
        old_bars="publicSpotGetV2SpotMarketHistoryCandles",
        balances="privateSpotGetV2SpotAccountAssets",
        order="privateSpotGetV2SpotTradeOrderInfo",
        history="privateSpotGetV2SpotTradeHistoryOrders",
        trades="privateSpotGetV2SpotTradeFills",
    ),
    MarketKind.FUTURES: Endpoints(
        markets="publicMixGetV2MixMarketContracts",
        bars="publicMixGetV2MixMarketCandles",
        old_bars="publicMixGetV2MixMarketHistoryCandles",
        balances="privateMixGetV2MixAccountAccounts",
        order="privateMixGetV2MixOrderDetail",
        history="privateMixGetV2MixOrderOrdersHistory",
        trades="privateMixGetV2MixOrderFills",
    ),
}

TIME = "publicCommonGetV2PublicTime"
# Of spot only.
SPOT_RESTING = "privateSpotGetV2SpotTradeUnfilledOrders"
SPOT_PLACE = "privateSpotPostV2SpotTradePlaceOrder"
SPOT_CANCEL = "privateSpotPostV2SpotTradeCancelOrder"
# Of futures only. Stops live in lists of their own ("plan orders").
RESTING = "privateMixGetV2MixOrderOrdersPending"
STOPS = "privateMixGetV2MixOrderOrdersPlanPending"
OLD_STOPS = "privateMixGetV2MixOrderOrdersPlanHistory"
PLACE = "privateMixPostV2MixOrderPlaceOrder"
CANCEL = "privateMixPostV2MixOrderCancelOrder"
PLACE_STOP = "privateMixPostV2MixOrderPlaceTpslOrder"
CANCEL_STOP = "privateMixPostV2MixOrderCancelPlanOrder"
TIERS = "publicMixGetV2MixMarketQueryPositionLever"
OLD_MARK_BARS = "publicMixGetV2MixMarketHistoryMarkCandles"
FUNDING_RATES = "publicMixGetV2MixMarketHistoryFundRate"
POSITIONS = "privateMixGetV2MixPositionAllPosition"
BILLS = "privateMixGetV2MixAccountBill"
SETTINGS = "privateMixGetV2MixAccountAccount"
SET_MARGIN = "privateMixPostV2MixAccountSetMarginMode"
SET_LEVERAGE = "privateMixPostV2MixAccountSetLeverage"
# Of keys: classic accounts, and unified ones.
KEY, UNIFIED_KEY = "privateSpotGetV2SpotAccountInfo", "privateUtaGetV3AccountInfo"
