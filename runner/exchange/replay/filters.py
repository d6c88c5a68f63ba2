"""The market's filters: what `exchangeInfo` declares and every order must meet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.exchange.replay.refusal import Refusal, filter_failure
from runner.model.markets import Market
from runner.model.money import text_of

MAXIMUM = Decimal(10**24)  # beyond all that the core can name: our markets declare none
ASSET_DECIMALS = 8  # Binance's baseAssetPrecision and quoteAssetPrecision


def decimals(step: Decimal) -> int:
    """Digits after the point that an amount in this step may have, at least Binance's eight."""
    exponent = step.normalize().as_tuple().exponent
    return max(ASSET_DECIMALS, -exponent if isinstance(exponent, int) else 0)


def check_precision(name: str, value: Decimal, allowed: int) -> None:
    """An amount has no more digits than its asset."""
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > allowed:
        raise Refusal(-1111, f"Parameter '{name}' has too much precision.")


def check_quantity(market: Market, quantity: Decimal) -> None:
    """LOT_SIZE: at least the minimum, in whole steps."""
    check_precision("quantity", quantity, decimals(market.quantity.step))
    smallest = max(market.minimum_quantity, market.quantity.step)
    if not smallest <= quantity <= MAXIMUM or quantity % market.quantity.step:
        raise filter_failure("LOT_SIZE")


def check_price(market: Market, name: str, price: Decimal) -> None:
    """PRICE_FILTER: above zero, in whole ticks."""
    check_precision(name, price, decimals(market.price.step))
    if not market.price.step <= price <= MAXIMUM or price % market.price.step:
        raise filter_failure("PRICE_FILTER")


def filters(market: Market) -> list[dict[str, Any]]:
    """The same as `exchangeInfo` shows them."""
    largest = text_of(MAXIMUM)
    tick, step = text_of(market.price.step), text_of(market.quantity.step)
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": tick,
            "maxPrice": largest,
            "tickSize": tick,
        },
        {
            "filterType": "LOT_SIZE",
            "minQty": text_of(market.minimum_quantity),
            "maxQty": largest,
            "stepSize": step,
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": text_of(market.minimum_notional),
            "applyMinToMarket": True,
            "maxNotional": largest,
            "applyMaxToMarket": False,
            "avgPriceMins": 0,
        },
    ]
