"""What can be supported, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from runner.model.accounts import Venue
from runner.model.markets import MarketKind
from runner.model.values import dataclass


class Support(StrEnum):
    """How sure we are."""

    VERIFIED = "verified"  # sent and read in tests, against answers recorded at the exchange
    DOCUMENTED = "documented"  # sent and read as its documentation says; nothing was recorded
    REFUSED = "refused"  # never sent; the file, or the order, is refused by name


class Feature(StrEnum):
    """What rules and the door need of an exchange."""

    MARKET_ORDER = "market order"
    BUY_QUANTITY = "market buy by quantity"
    SPEND = "market buy by amount"
    LIMIT_ORDER = "limit order"
    POST_ONLY = "post-only"
    REDUCE_ONLY = "reduce-only"
    STOP_ORDER = "stop order"
    STOP_ENTRY = "stop that enters"
    STOP_BY_MARK = "stop by mark price"
    PAIR = "stop and target as a pair"
    CANCEL = "cancellation"
    LOOK_UP = "order by our id"
    HISTORY = "all orders of a symbol"
    OPEN_ORDERS = "open orders"
    FILLS = "fills"
    MARKETS = "market rules"
    BARS = "bars"
    MARK_BARS = "bars of the mark price"
    BALANCES = "balances"
    POSITIONS = "positions"
    ISOLATED = "isolated margin and leverage"
    FUNDING = "funding paid"
    RATES = "funding rates"
    LIQUIDATIONS = "liquidations"
    KEY_AUDIT = "audit of the key"


#: Of contracts alone.
OF_FUTURES = frozenset(
    {
        Feature.REDUCE_ONLY,
        Feature.STOP_BY_MARK,
        Feature.MARK_BARS,
        Feature.POSITIONS,
        Feature.ISOLATED,
        Feature.FUNDING,
        Feature.RATES,
        Feature.LIQUIDATIONS,
    }
)


@dataclass(frozen=True, slots=True)
class Can:
    """`how`: by which request, or why not and what to do instead."""

    support: Support
    how: str


@dataclass(frozen=True, slots=True)
class Offered:
    """One kind of market of one exchange.

    `timeframes`: bars that it serves. `fees`: maker and taker of a regular user, as fractions.
    `most_leverage`: on any contract; 1 on spot. `features`: all of them, but for those of contracts
    on spot.
    """

    timeframes: tuple[str, ...]
    fees: tuple[Decimal, Decimal]
    most_leverage: int
    features: Mapping[Feature, Can]


@dataclass(frozen=True, slots=True)
class ExchangeSupport:
    """What runner does at one exchange; a kind of market that is absent is not traded there.

    `absent`: kind → why. `venues`: where its keys may belong. `client_ids`: what it promises about
    client order ids. `source`: the documentation that the tables were made from.
    """

    name: str
    venues: tuple[Venue, ...]
    kinds: Mapping[MarketKind, Offered]
    absent: Mapping[MarketKind, str]
    client_ids: str
    source: str
