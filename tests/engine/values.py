"""Strategies, markets and bars for tests: only what matters to the test is spelled out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import numpy as np

from runner.core.strategy import (
    MARKET_ORDER,
    BacktestSettings,
    EntryRule,
    ExitRule,
    Exits,
    Fire,
    NamedCondition,
    Schedule,
    Size,
    SizeMode,
    StopLoss,
    Strategy,
    TakeProfit,
)
from runner.data.funding import Funding
from runner.data.history import MarketData, RunData
from runner.engine.backtest import Simulation, simulate
from runner.language.parse import Expression, Scope, parse
from runner.language.types import Kind
from runner.model.accounts import AccountDeclaration, Limits, Permission, Venue
from runner.model.bars import Bars, Timeframe
from runner.model.markets import Costs, Market, MarketKind
from runner.model.money import Grid
from runner.model.trades import PositionSide

HOUR = Timeframe("1h", 3_600_000)
FREE = Costs(Decimal(0), Decimal(0), Decimal(0))
USUAL = Costs(Decimal("0.001"), Decimal("0.001"), Decimal(0))
SPOT = "BTC/USDT"
FUTURES = "BTC/USDT:USDT"


def a_market(
    symbol: str = SPOT,
    tick: str = "0.01",
    step: str = "0.00001",
    notional: str = "5",
    maintenance: str = "0.005",
) -> Market:
    """A symbol with a settlement currency is a contract; `maintenance` is of contracts alone."""
    base, _, quote = symbol.partition("/")
    is_contract = ":" in symbol
    return Market(
        symbol,
        base,
        quote.partition(":")[0],
        Grid.of(Decimal(tick)),
        Grid.of(Decimal(step)),
        Decimal(step),
        Decimal(notional),
        "a test",
        Decimal(maintenance) if is_contract else None,
        Decimal(100) if is_contract else None,
    )


def no_limits() -> Limits:
    return Limits(None, None, None, Decimal(100))


def an_account(limits: Limits | None = None) -> AccountDeclaration:
    return AccountDeclaration(
        "main",
        "binance",
        Venue.LIVE,
        (("api_key", "env:KEY"), ("api_secret", "env:SECRET")),
        frozenset({Permission.READ, Permission.SPOT, Permission.FUTURES}),
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
    symbols: tuple[str, ...] = (SPOT,),
    side: PositionSide = PositionSide.LONG,
    **changes: object,
) -> Strategy:
    """One side on 1h bars; expressions as a rule file writes them.

    More than this reads better as a rule file: see `tests.core.stage`.
    """
    scope = Scope(params={}, indicators={})
    numbers = [text for text in (size[1], stop, target) if text and not text.endswith("%")]
    parsed = {text: parse(text, scope, Kind.NUMBER) for text in numbers}
    conditions = {text: parse(text, scope, Kind.TRUTH) for text in (entry, leave) if text}
    every: list[Expression] = [*parsed.values(), *conditions.values()]
    rule = EntryRule(
        side=side,
        when=(NamedCondition("", conditions[entry]),),
        fire=fire,
        valid_for=0,
        size=Size(size[0], parsed[size[1]], None, False),
        order=MARKET_ORDER,
        prefer=None,
        add=None,
        ladder=(),
        sessions=(),
    )
    when = () if leave is None else (NamedCondition("", conditions[leave]),)
    exits = Exits(
        stop_loss=a_stop(parsed.get(stop or ""), stop),
        break_even=None,
        trailing_stop=None,
        take_profit=a_target(parsed.get(target or ""), target, r),
        time_stop=None,
        session_end=None,
        rules=(ExitRule(side, when, Decimal(1)),) if when else (),
    )
    is_contract = ":" in symbols[0]
    strategy = Strategy(
        name="a-test",
        description="",
        digest="0" * 64,
        path="a-test.yaml",
        account=an_account(),
        market_kind=MarketKind.FUTURES if is_contract else MarketKind.SPOT,
        symbols=symbols,
        timeframe=HOUR,
        timezone="UTC",
        capital=None,
        leverage=Decimal(1),
        max_open=None,
        reverse=True,
        params=(),
        indicators=(),
        inputs=(),
        sessions=(),
        blackouts=(),
        entries=(rule,),
        exits=exits,
        guards=(),
        schedule=Schedule(2000, 300_000),
        keeps_entries_on_stop=False,
        max_gap=12,
        backtest=BacktestSettings(costs, Decimal(10_000), None, None),
        lookback=max((expression.lookback for expression in every), default=0),
        warmup=0,
    )
    return replace(strategy, **changes)  # type: ignore[arg-type]


def with_size(strategy: Strategy, **changes: object) -> Strategy:
    """The same with other fields of its first entry's size."""
    entry = strategy.entries[0]
    size = replace(entry.size, **changes)  # type: ignore[arg-type]
    return replace(strategy, entries=(replace(entry, size=size), *strategy.entries[1:]))


def with_exits(strategy: Strategy, **changes: object) -> Strategy:
    """The same with other fields of its exits."""
    return replace(strategy, exits=replace(strategy.exits, **changes))  # type: ignore[arg-type]


def a_stop(distance: Expression | None, text: str | None) -> StopLoss | None:
    """`2%` of the fill, or an expression's distance from it."""
    return None if text is None else StopLoss(distance, fraction(text), None)


def a_target(
    distance: Expression | None, text: str | None, r: str | None
) -> tuple[TakeProfit, ...]:
    """`2%` of the fill, an expression's distance from it, or a multiple of R."""
    if text is None and r is None:
        return ()
    return (TakeProfit(distance, fraction(text or ""), Decimal(r) if r else None, None),)


def fraction(text: str) -> Decimal | None:
    return Decimal(text[:-1]) / 100 if text.endswith("%") else None


def bars(*rows: str | None, symbol: str = SPOT, start_hour: int = 0) -> Bars:
    """One hourly bar per text of open, high, low and close, or of one price for all four.

    `None` is a bar that is missing; the first opens `start_hour` hours after 1970.
    """
    present = [(at, row.split()) for at, row in enumerate(rows) if row is not None]
    table = np.array([[float(one) for one in (4 * row if len(row) == 1 else row)]
                      for _, row in present])  # fmt: skip
    prices = np.ascontiguousarray(table.T)
    opened_at = np.array([start_hour + at for at, _ in present], np.int64) * HOUR.ms
    volume = np.ones(len(present))
    return Bars(symbol, HOUR, opened_at, prices[0], prices[1], prices[2], prices[3], volume)


def funding(*stamps: tuple[int, float]) -> Funding:
    """Settlements: when (UTC ms) and the rate that a long pays."""
    stamps_ms, rates = zip(*stamps, strict=True)
    return Funding(np.array(stamps_ms, np.int64), np.array(rates, float), "a test", "")


def run_data(*markets: Bars, settled: Mapping[str, Funding] | None = None) -> RunData:
    """What a backtest reads: bars of each symbol, in file order."""
    known = settled or {}
    return RunData(
        tuple(MarketData(one.symbol, one, "", "a test", known.get(one.symbol), None)
              for one in markets),
        {},
    )  # fmt: skip


def simulated(strategy: Strategy, *markets: Bars, market: Market | None = None) -> Simulation:
    """A backtest over bars alone; `market` in place of `a_market` for the first symbol."""
    rules = [a_market(symbol) for symbol in strategy.symbols]
    if market is not None:
        rules[0] = market
    return simulate(strategy, run_data(*markets), tuple(rules))
