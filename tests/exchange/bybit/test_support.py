"""What is said to be supported at Bybit, and how sure that is."""

from __future__ import annotations

from pathlib import Path

from runner.exchange.bybit.forms import INTERVALS
from runner.model.exchanges.bybit import SUPPORT
from runner.model.exchanges.support import Feature, Support
from runner.model.markets import MarketKind

#: What is called verified: the recorded answers behind it.
BEHIND: dict[tuple[MarketKind, Feature], str] = {
    (MarketKind.SPOT, Feature.LIMIT_ORDER): "createOrder",
    (MarketKind.SPOT, Feature.LOOK_UP): "fetchOrder",
    (MarketKind.SPOT, Feature.MARKETS): "raw_markets",
    (MarketKind.SPOT, Feature.KEY_AUDIT): "key_permissions",
    (MarketKind.FUTURES, Feature.LIMIT_ORDER): "createOrder",
    (MarketKind.FUTURES, Feature.REDUCE_ONLY): "fetchOpenOrders",
    (MarketKind.FUTURES, Feature.CANCEL): "cancelOrder",
    (MarketKind.FUTURES, Feature.LOOK_UP): "fetchClosedOrders",
    (MarketKind.FUTURES, Feature.OPEN_ORDERS): "fetchOpenOrders",
    (MarketKind.FUTURES, Feature.FILLS): "fetchMyTrades",
    (MarketKind.FUTURES, Feature.MARKETS): "raw_markets",
    (MarketKind.FUTURES, Feature.RATES): "fetchFundingRateHistory",
    (MarketKind.FUTURES, Feature.KEY_AUDIT): "key_permissions",
}


def test_only_what_was_recorded_is_called_verified(shared: Path) -> None:
    told = {
        (kind, feature)
        for kind, offered in SUPPORT.kinds.items()
        for feature, can in offered.features.items()
        if can.support is Support.VERIFIED
    }

    assert told == set(BEHIND)
    folder = shared / "facts" / "fixtures" / "bybit"
    assert all((folder / f"{file}.json").is_file() for file in BEHIND.values())


def test_the_table_and_the_door_know_the_same_bars() -> None:
    for offered in SUPPORT.kinds.values():
        assert set(offered.timeframes) == set(INTERVALS)
