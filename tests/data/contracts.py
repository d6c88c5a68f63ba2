"""Files and a strategy of several symbols, for tests of what a run reads."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from runner.core.strategy import (
    BacktestSettings,
    Exits,
    Indicator,
    InputFile,
    Schedule,
    Strategy,
)
from runner.data.barfile import HEADER
from runner.language.parse import Scope, parse
from runner.model.accounts import AccountDeclaration, Limits, Venue
from runner.model.bars import Timeframe
from runner.model.markets import Costs, Market, MarketKind

HOUR = Timeframe("1h", 3_600_000)
EIGHT = 8 * HOUR.ms
T0 = 1_600_000_000_000 // EIGHT * EIGHT  # an instant of settlement
PERP = "XRP/USDT:USDT"


def bars_csv(path: Path, count: int, first: int = 0, volume: str = "7") -> Path:
    """Hours from the `first` after T0 on; each closes at 100 and its number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{T0 + hour * HOUR.ms},{100 + hour},{101 + hour},{99 + hour},{100 + hour},{volume}"
        for hour in range(first, first + count)
    ]
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def funding_csv(path: Path, *hours: int, rate: str = "0.0001") -> Path:
    """Settlements so many hours after T0, each 17 ms late, as Binance stamps them."""
    lines = [f"{T0 + hour * HOUR.ms + 17},{rate}" for hour in hours]
    path.write_text("\n".join(["timestamp,funding_rate", *lines]) + "\n")
    return path


def a_strategy(
    symbols: Sequence[str] = ("BTC/USDT",),
    *,
    path: str = "rules/probe.yaml",
    reads: Sequence[str | None] = (),
    inputs: Sequence[InputFile] = (),
    funding: str | None = None,
    market: Market | None = None,
    leverage: str = "1",
    lookback: int = 3,
) -> Strategy:
    """One that trades `symbols`, with an indicator on each symbol that it `reads`."""
    account = AccountDeclaration(
        "main", "binance", Venue.LIVE, (), frozenset(), (), Limits(None, None, None)
    )
    zero = Decimal(0)
    return Strategy(
        name="probe",
        description="",
        digest="0" * 64,
        path=path,
        account=account,
        market_kind=MarketKind.FUTURES if ":" in symbols[0] else MarketKind.SPOT,
        symbols=tuple(symbols),
        timeframe=HOUR,
        timezone="UTC",
        capital=None,
        leverage=Decimal(leverage),
        max_open=None,
        reverse=False,
        params=(),
        indicators=tuple(
            Indicator(f"reading{number}", parse("close", Scope(), None), symbol, None)
            for number, symbol in enumerate(reads)
        ),
        inputs=tuple(inputs),
        sessions=(),
        blackouts=(),
        entries=(),
        exits=Exits(None, None, None, (), None, None, ()),
        guards=(),
        schedule=Schedule(0, 0),
        keeps_entries_on_stop=False,
        max_gap=3,
        backtest=BacktestSettings(
            Costs(zero, zero, zero),
            Decimal(10_000),
            market,
            Decimal(funding) if funding is not None else None,
        ),
        lookback=lookback,
        warmup=lookback,
    )
