"""The library's method for each request; `category` tells spot from contracts."""

from __future__ import annotations

TIME = "publicGetV5MarketTime"
MARKETS = "publicGetV5MarketInstrumentsInfo"
TIERS = "publicGetV5MarketRiskLimit"
PRICE = "publicGetV5MarketTickers"
BARS = "publicGetV5MarketKline"
MARK_BARS = "publicGetV5MarketMarkPriceKline"
FUNDING_RATES = "publicGetV5MarketFundingHistory"

ACCOUNT = "privateGetV5AccountInfo"
BALANCES = "privateGetV5AccountWalletBalance"
PAYMENTS = "privateGetV5AccountTransactionLog"
POSITIONS = "privateGetV5PositionList"
ORDERS = "privateGetV5OrderRealtime"  # open ones, and those that ended a moment ago
PAST_ORDERS = "privateGetV5OrderHistory"
FILLS = "privateGetV5ExecutionList"
KEY = "privateGetV5UserQueryApi"

SUBMIT = "privatePostV5OrderCreate"
CANCEL = "privatePostV5OrderCancel"
SET_LEVERAGE = "privatePostV5PositionSetLeverage"
