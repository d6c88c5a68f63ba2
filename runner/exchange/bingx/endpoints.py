"""The library's method for each request.

Source: bingx-api.github.io/docs-v3. ccxt 4 names them by section, version and path.
"""

from __future__ import annotations

from typing import Any

TIME = "swapV2PublicGetServerTime"

# Spot.
SYMBOLS = "spotV1PublicGetCommonSymbols"
SPOT_BARS = "spotV2PublicGetMarketKline"
SPOT_BALANCES = "spotV1PrivateGetAccountBalance"
SPOT_ORDER = "spotV1PrivateGetTradeQuery"
SPOT_OPEN_ORDERS = "spotV1PrivateGetTradeOpenOrders"
SPOT_PAST_ORDERS = "spotV1PrivateGetTradeHistoryOrders"
SPOT_SUBMIT = "spotV1PrivatePostTradeOrder"
SPOT_CANCEL = "spotV1PrivatePostTradeCancel"

# Perpetual contracts ("swap").
CONTRACTS = "swapV2PublicGetQuoteContracts"
TIERS = "swapV1PrivateGetMaintMarginRatio"
BARS = "swapV3PublicGetQuoteKlines"
MARK_BARS = "swapV1PublicGetMarketMarkPriceKlines"
FUNDING_RATES = "swapV2PublicGetQuoteFundingRate"
BALANCES = "swapV3PrivateGetUserBalance"
POSITIONS = "swapV2PrivateGetUserPositions"
INCOME = "swapV2PrivateGetUserIncome"
ORDER = "swapV2PrivateGetTradeOrder"
OPEN_ORDERS = "swapV2PrivateGetTradeOpenOrders"
ALL_ORDERS = "swapV1PrivateGetTradeFullOrder"
FORCED_ORDERS = "swapV2PrivateGetTradeForceOrders"
SUBMIT = "swapV2PrivatePostTradeOrder"
CANCEL = "swapV2PrivateDeleteTradeOrder"
POSITION_MODE = "swapV1PrivateGetPositionSideDual"
MARGIN = "swapV2PrivateGetTradeMarginType"
SET_MARGIN = "swapV2PrivatePostTradeMarginType"
LEVERAGE = "swapV2PrivateGetTradeLeverage"
SET_LEVERAGE = "swapV2PrivatePostTradeLeverage"

# Of the key.
RIGHTS = "accountV1PrivateGetAccountApiPermissions"
UID = "accountV1PrivateGetUid"
KEY = "accountV1PrivateGetApiKeyQuery"

#: For how long a signed request may be taken: BingX's default, and its most (Signature
#: Authentication).
WINDOW_MS = 5_000


def signed(asked: dict[str, Any]) -> dict[str, Any]:
    """A question that is signed: it says for how long it may be answered."""
    return asked | {"recvWindow": WINDOW_MS}
