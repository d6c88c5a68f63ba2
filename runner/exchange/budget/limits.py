"""The limits that exchanges enforce, and what each request weighs: one table.

Weights come from ccxt's tables as the time by which it would space requests; `unit_ms` is the time
of one unit of weight. What that table has wrong is in `WEIGHTS`.
"""

from __future__ import annotations

from runner.exchange.budget.window import Counts, Window
from runner.model.values import dataclass

_S, _MIN, _DAY = 1_000, 60_000, 86_400_000
_WEIGHT, _REQUESTS, _ORDERS = Counts.WEIGHT, Counts.REQUESTS, Counts.ORDERS


@dataclass(frozen=True, slots=True)
class Scope:
    """Requests that are limited together: those to endpoints whose names begin so.

    `address` limits all that comes from this machine's address, `account` what one key does. Who
    is shut out is shut out of all scopes of a `site`.
    """

    name: str
    prefixes: tuple[str, ...]
    unit_ms: float
    address: tuple[Window, ...]
    account: tuple[Window, ...] = ()
    site: str = ""

    def weight(self, endpoint: str, spacing_ms: float) -> int:
        """Of one request; `spacing_ms` as ccxt would have it."""
        return WEIGHTS.get(endpoint) or max(1, round(spacing_ms / self.unit_ms + 0.499))


def _by_both(*, orders: int) -> Scope:
    """So many orders a second by account; everything as ccxt spaces it, by both."""
    weight = Window(_WEIGHT, _S, _S)
    return Scope("all", ("",), 1, (weight,), (weight, Window(_ORDERS, orders, _S)))


#: ccxt spaces all requests evenly: so much of its time within 10 s.
_OTHER = (Scope("all", ("",), 1, (Window(_WEIGHT, 10 * _S, 10 * _S),)),)

#: Source: exchanges.md 5.2 of the facts this was built from, which names for
#: binance the recorded exchangeInfo of spot and futures (2025-08) and rest-api.md "Limits" (the
#:   61000 raw requests in 5 min cannot be reached under 6000 weight a minute); sapi: 12000 a minute
#:   for each path and address (developers.binance.com, wallet, general-info);
#: bybit bybit-exchange/docs v5/rate-limit: requests by address, the others by account and endpoint;
#: okx "Rate Limits" of its API guide: by account and endpoint, so that ccxt's spacing serves;
#: deribit rate-limits: 5 a second for the matching engine, 20 for all else;
#: bingx api-ai-skills rate-limits.md: 3 orders a second by address, 10 by account;
#: bitget its API guide: 10 orders a second by account, ccxt's spacing for all else.
_LIMITS: dict[str, tuple[Scope, ...]] = {
    "binance": (
        Scope(
            "futures",
            ("fapi",),
            50,
            (Window(_WEIGHT, 2400, _MIN, "x-mbx-used-weight-1m"),),
            (
                Window(_ORDERS, 300, 10 * _S, "x-mbx-order-count-10s"),
                Window(_ORDERS, 1200, _MIN, "x-mbx-order-count-1m"),
            ),
            site="fapi",
        ),
        Scope(
            "wallet",
            ("sapi",),
            5,
            (Window(_WEIGHT, 12_000, _MIN, "x-sapi-used-ip-weight-1m"),),
            site="api",
        ),
        Scope(
            "spot",
            ("public", "private"),
            10,
            (Window(_WEIGHT, 6000, _MIN, "x-mbx-used-weight-1m"),),
            (
                Window(_ORDERS, 100, 10 * _S, "x-mbx-order-count-10s"),
                Window(_ORDERS, 200_000, _DAY, "x-mbx-order-count-1d"),
            ),
            site="api",
        ),
    ),
    "bybit": (
        Scope(
            "all",
            ("",),
            1,
            (Window(_REQUESTS, 600, 5 * _S),),
            (Window(_WEIGHT, _S, _S), Window(_ORDERS, 10, _S)),
        ),
    ),
    "okx": (
        Scope(
            "all",
            ("",),
            1,
            (Window(_WEIGHT, 2 * _S, 2 * _S),),
            (Window(_WEIGHT, 2 * _S, 2 * _S), Window(_ORDERS, 60, 2 * _S)),
        ),
    ),
    "deribit": (_by_both(orders=5),),
    "bingx": (
        Scope(
            "all",
            ("",),
            1,
            (Window(_WEIGHT, _S, _S), Window(_ORDERS, 3, _S)),
            (Window(_WEIGHT, _S, _S), Window(_ORDERS, 10, _S)),
        ),
    ),
    "bitget": (_by_both(orders=10),),
}

#: Endpoint (ccxt's name) → weight where ccxt's is too small.
#: Source: developers.binance.com usds-margined-futures: Futures-Account-Balance-V3 and
#: Position-Information-V3 weigh 5; Get-Funding-Rate-History has 500 requests in 5 min of its own,
#: which 24 of 2400 a minute keeps within.
WEIGHTS: dict[str, int] = {
    "fapiPrivateV3GetBalance": 5,
    "fapiPrivateV3GetPositionRisk": 5,
    "fapiPublicGetFundingRate": 24,
}


def scopes_of(exchange: str) -> tuple[Scope, ...]:
    """All that is known of an exchange's limits; of others ccxt's own pace."""
    return _LIMITS.get(exchange, _OTHER)


def known_exchanges() -> list[str]:
    """Those with rows of their own."""
    return list(_LIMITS)
