"""Strategies and markets for tests: only what matters to the test is spelled out."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from runner.core.strategy import (
    BacktestSettings,
    Fire,
    NamedCondition,
    Schedule,
    Size,
    SizeMode,
    StopLoss,
    Strategy,
    TakeProfit,
)
from runner.language.parse import Expression, Scope, parse
from runner.language.types import Kind
from runner.model.accounts import AccountDeclaration, Limits, Permission, Venue
from runner.model.bars import Timeframe
from runner.model.markets import Costs, Market, MarketKind
from runner.model.money import Grid

HOUR = Timeframe("1h", 3_600_000)
FREE = Costs(Decimal(0), Decimal(0), Decimal(0))
USUAL = Costs(Decimal("0.001"), Decimal("0.001"), Decimal(0))


def a_market(symbol: str = "BTC/USDT", tick: str = "0.01", step: str = "0.00001") -> Market:
    base, _, quote = symbol.partition("/")
    return Market(
        symbol,
        base,
        quote,
        Grid.of(Decimal(tick)),
        Grid.of(Decimal(step)),
        Decimal(step),
        Decimal(5),
        "a test",
    )


def no_limits() -> Limits:
    return Limits(None, None, None)


def an_account(limits: Limits | None = None) -> AccountDeclaration:
    return AccountDeclaration(
        "main",
        "binance",
        Venue.LIVE,
        (("api_key", "env:KEY"), ("api_secret", "env:SECRET")),
        frozenset({Permission.READ, Permission.SPOT}),
        (),
        limits or no_limits(),
    )


def a_strategy(
    entry: str = "close > open",
    leave: str | None = None,
    size: tuple[SizeMode, str] = (SizeMode.SPEND_FRACTION, "1"),
    stop: str | None = None,
    target: str | None = None,
    r: str | None = None,
    costs: Costs = USUAL,
    fire: Fire = Fire.ON_RISE,
    **changes: object,
) -> Strategy:
    """A strategy on BTC/USDT 1h; expressions as a rule file writes them."""
    scope = Scope(params={}, indicators={})
    numbers = [text for text in (size[1], stop, target) if text and not text.endswith("%")]
    parsed = {text: parse(text, scope, Kind.NUMBER) for text in numbers}
    conditions = {text: parse(text, scope, Kind.TRUTH) for text in (entry, leave) if text}
    every: list[Expression] = [*parsed.values(), *conditions.values()]
    strategy = Strategy(
        name="a-test",
        description="",
        digest="0" * 64,
        path="a-test.yaml",
        account=an_account(),
        market_kind=MarketKind.SPOT,
        symbol="BTC/USDT",
        timeframe=HOUR,
        capital=None,
        params=(),
        indicators=(),
        entry=(NamedCondition("", conditions[entry]),),
        fire=fire,
        size=Size(size[0], parsed[size[1]], None, False),
        stop_loss=a_stop(parsed.get(stop or ""), stop),
        take_profit=a_target(parsed.get(target or ""), target, r),
        exit=() if leave is None else (NamedCondition("", conditions[leave]),),
        schedule=Schedule(2000, 300_000),
        max_gap=12,
        backtest=BacktestSettings(costs, Decimal(10_000), None),
        lookback=max((expression.lookback for expression in every), default=0),
        warmup=0,
    )
    return replace(strategy, **changes)  # type: ignore[arg-type]


def a_stop(distance: Expression | None, text: str | None) -> StopLoss | None:
    """`2%` of the fill, or an expression's distance from it."""
    return None if text is None else StopLoss(distance, fraction(text), None)


def a_target(distance: Expression | None, text: str | None, r: str | None) -> TakeProfit | None:
    """`2%` of the fill, an expression's distance from it, or a multiple of R."""
    if text is None and r is None:
        return None
    return TakeProfit(distance, fraction(text or ""), Decimal(r) if r else None, None)


def fraction(text: str) -> Decimal | None:
    return Decimal(text[:-1]) / 100 if text.endswith("%") else None
