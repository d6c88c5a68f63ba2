"""The library's method for each question; spot and contracts are asked about in one place."""

from __future__ import annotations

TIME = "publicGetPublicTime"
INSTRUMENTS = "publicGetPublicInstruments"
TIERS = "publicGetPublicPositionTiers"
FUNDING_RATES = "publicGetPublicFundingRateHistory"
#: Bars of late, and all of them.
BARS = ("publicGetMarketCandles", "publicGetMarketHistoryCandles")
MARK_BARS = ("publicGetMarketMarkPriceCandles", "publicGetMarketHistoryMarkPriceCandles")

BALANCES = "privateGetAccountBalance"
POSITIONS = "privateGetAccountPositions"
CONFIG = "privateGetAccountConfig"
LEVERAGE = "privateGetAccountLeverageInfo"
#: Of the last 7 days, and of the last 3 months.
BILLS, OLD_BILLS = "privateGetAccountBills", "privateGetAccountBillsArchive"

ORDER = "privateGetTradeOrder"
OPEN_ORDERS = "privateGetTradeOrdersPending"
#: Orders that ended: in the last 7 days, and in the last 3 months.
ENDED_ORDERS, OLD_ORDERS = "privateGetTradeOrdersHistory", "privateGetTradeOrdersHistoryArchive"
#: Of the last 3 days, and of the last 3 months.
FILLS, OLD_FILLS = "privateGetTradeFills", "privateGetTradeFillsHistory"
# Conditional orders live in lists of their own ("algo orders").
ALGO_ORDER = "privateGetTradeOrderAlgo"
OPEN_ALGO_ORDERS = "privateGetTradeOrdersAlgoPending"
ENDED_ALGO_ORDERS = "privateGetTradeOrdersAlgoHistory"

PLACE, CANCEL = "privatePostTradeOrder", "privatePostTradeCancelOrder"
PLACE_ALGO, CANCEL_ALGO = "privatePostTradeOrderAlgo", "privatePostTradeCancelAlgos"
SET_LEVERAGE = "privatePostAccountSetLeverage"
