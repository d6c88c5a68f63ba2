"""The market's filters: what `exchangeInfo` declares and every order must meet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from runner.exchange.replay.refusal import Refusal, filter_failure
from runner.model.markets import Market, MarketKind
from runner.model.money import text_of

MAXIMUM = Decimal(10**24)  # beyond all that the core can name: our markets declare none
ASSET_DECIMALS = 8  # Binance's baseAssetPrecision and quoteAssetPrecision


def decimals(step: Decimal) -> int:
    """Digits after the point that an amount in this step may have, at least Binance's eight."""
    return max(ASSET_DECIMALS, digits(step))


def digits(step: Decimal) -> int:
    """Digits after the point of the step itself."""
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def check_precision(kind: MarketKind, name: str, value: Decimal, allowed: int) -> None:
    """An amount has no more digits than its asset."""
    if digits(value) > allowed:
        if kind is MarketKind.FUTURES:
            raise Refusal(-1111, "Precision is over the maximum defined for this asset.")
        raise Refusal(-1111, f"Parameter '{name}' has too much precision.")


def check_quantity(kind: MarketKind, market: Market, quantity: Decimal) -> None:
    """LOT_SIZE: at least the minimum, in whole steps."""
    check_precision(kind, "quantity", quantity, decimals(market.quantity.step))
    smallest = max(market.minimum_quantity, market.quantity.step)
    if not smallest <= quantity <= MAXIMUM:
        raise _broken(kind, "LOT_SIZE", -4003, "Quantity less than or equal to zero.")
    if quantity % market.quantity.step:
        raise _broken(kind, "LOT_SIZE", -4023, "Qty not increased by step size.")


def check_price(kind: MarketKind, market: Market, name: str, price: Decimal) -> None:
    """PRICE_FILTER: above zero, in whole ticks."""
    check_precision(kind, name, price, decimals(market.price.step))
    if not market.price.step <= price <= MAXIMUM:
        raise _broken(kind, "PRICE_FILTER", -4013, "Price less than min price.")
    if price % market.price.step:
        raise _broken(kind, "PRICE_FILTER", -4014, "Price not increased by tick size.")


def _broken(kind: MarketKind, name: str, code: int, words: str) -> Refusal:
    """Spot names the filter, futures have a code for each of its parts."""
    return filter_failure(name) if kind is MarketKind.SPOT else Refusal(code, words)


def price_and_lot(market: Market) -> list[dict[str, Any]]:
    """The two filters that spot and futures show alike."""
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
    ]
