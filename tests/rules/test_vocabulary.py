"""Futures, orders, exits, protections, inputs and sessions become what the core reads."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runner.core.protections import Cooldown, DailyLoss, Lasting, MaxDrawdown, StoplossGuard
from runner.core.strategy import (
    AddRule,
    BreakEven,
    EntryType,
    Gain,
    InputFile,
    SafetyOrder,
    Strategy,
    TakeProfit,
    TradingSession,
    Trigger,
    WhenUnfilled,
)
from runner.model.markets import Costs, MarketKind
from runner.model.trades import PositionSide
from runner.rules.compile import load
from tests.conftest import ROOT
from tests.rules.files import GOOD, a_file, codes, strategy_of

GOLDEN = ROOT / "tests" / "golden"
HOUR_MS = 3_600_000


def golden(name: str) -> Strategy:
    strategy = load(GOLDEN / f"{name}.yaml").strategy
    assert strategy is not None
    return strategy


def test_a_futures_file_becomes_a_futures_strategy() -> None:
    strategy = golden("complete")

    assert strategy.market_kind is MarketKind.FUTURES
    assert strategy.symbols == ("BTC/USDT:USDT", "ETH/USDT:USDT")
    assert (strategy.leverage, strategy.max_open, strategy.reverse) == (Decimal(2), 2, True)
    assert strategy.account.limits.max_leverage == 3
    assert [rule.side for rule in strategy.entries] == [PositionSide.LONG, PositionSide.SHORT]
    assert [rule.side for rule in strategy.exits.rules] == [PositionSide.LONG, PositionSide.SHORT]


def test_exits_of_a_complete_file() -> None:
    exits = golden("complete").exits

    assert exits.stop_loss is not None
    assert exits.stop_loss.trigger is Trigger.MARK
    assert exits.break_even == BreakEven(Gain(Decimal(1), None), Decimal("0.001"))
    assert exits.take_profit == (
        TakeProfit(None, None, Decimal(2), None, Decimal("0.5")),
        TakeProfit(None, None, Decimal(4), None),
    )
    assert exits.trailing_stop is not None
    assert exits.trailing_stop.activate_at == Gain(Decimal(1), None)
    assert not exits.trailing_stop.from_close
    assert exits.time_stop == 96
    assert [rule.when[0].expression.reads_position for rule in exits.rules] == [True, False]


def test_protections_keep_their_order() -> None:
    assert golden("complete").guards == (
        Cooldown(3),
        StoplossGuard(3, 48 * HOUR_MS, 12 * HOUR_MS),
        MaxDrawdown(Decimal("0.08"), 168 * HOUR_MS, Lasting.UNTIL_RESUMED, closes=False),
        DailyLoss(Decimal("0.03"), Lasting.UNTIL_NEXT_DAY, closes=False),
    )


def test_an_indicator_of_slower_bars_looks_back_in_bars_of_the_file() -> None:
    strategy = golden("complete")
    trend, btc_trend = strategy.indicators[-2:]

    assert trend.timeframe is not None
    assert (trend.timeframe.text, trend.symbol, trend.expression.lookback) == ("4h", None, 50 * 4)
    assert (btc_trend.symbol, btc_trend.expression.lookback) == ("BTC/USDT:USDT", 200 * 24)
    assert btc_trend.expression.elsewhere
    assert strategy.lookback == 200 * 24
    assert strategy.warmup == btc_trend.expression.warmup


def test_the_files_own_timeframe_is_no_other() -> None:
    value = '{value: "rsi(close, length)", timeframe: 1h, symbol: ETH/USDT}'

    (indicator,) = strategy_of(a_file(("rsi(close, length)", value))).indicators

    assert (indicator.timeframe, indicator.symbol) == (None, "ETH/USDT")
    assert indicator.expression.lookback == 14


def test_orders_say_how_an_entry_waits() -> None:
    limit, stop = golden("all-the-rest").entries

    assert limit.order.price is not None
    assert (limit.order.type, limit.order.timeout) == (EntryType.LIMIT, 1)
    assert (limit.order.when_unfilled, limit.order.post_only) == (WhenUnfilled.CANCEL, True)
    assert limit.order.price.text == "99% * close"
    assert (stop.order.type, stop.order.timeout) == (EntryType.STOP, 2)
    assert stop.order.when_unfilled is WhenUnfilled.MARKET


def test_a_limit_order_without_a_price_waits_at_the_close() -> None:
    text = a_file(("  long:\n", "  long:\n    order: {type: limit}\n"))

    price = strategy_of(text).entries[0].order.price

    assert price is not None
    assert price.text == "close"


def test_adds_are_a_rule_or_a_ladder() -> None:
    ladder, rule = golden("all-the-rest").entries

    assert ladder.ladder == (
        SafetyOrder(Decimal("0.01"), Decimal(1)),
        SafetyOrder(Decimal("0.025"), Decimal("1.5")),
    )
    assert (ladder.add, rule.ladder) == (None, ())
    assert rule.add == AddRule(rule.add.when if rule.add else (), 3, Decimal("0.5"))
    assert (ladder.valid_for, rule.valid_for) == (3, 0)
    assert ladder.prefer is not None
    assert ladder.prefer.names == {"fear"}


def test_what_is_around_the_rules_is_read() -> None:
    strategy = golden("all-the-rest")

    assert (strategy.timezone, strategy.reverse, strategy.max_open) == ("Europe/Berlin", False, 1)
    assert strategy.keeps_entries_on_stop
    assert strategy.inputs == (InputFile("fear", "fear.csv", "value", 24 * HOUR_MS),)
    assert strategy.sessions == (
        TradingSession("us", frozenset(range(5)), 810, 1200, "UTC"),
        TradingSession("night", frozenset({4, 6}), 1320, 1440 + 120, "Europe/Berlin"),
    )
    assert all(rule.sessions == ("us", "night") for rule in strategy.entries)
    assert (strategy.exits.session_end, strategy.exits.time_stop) == ("us", 48)
    assert strategy.backtest.funding == Decimal("0.0001")
    assert strategy.backtest.costs == Costs(Decimal("0.0002"), Decimal("0.0005"), Decimal(0))
    market = strategy.backtest.market
    assert market is not None
    assert (market.symbol, market.maintenance) == ("BTC/USDT:USDT", Decimal("0.004"))
    assert (market.max_leverage, market.kind) == (Decimal(125), MarketKind.FUTURES)


def test_exits_in_parts() -> None:
    exits = golden("all-the-rest").exits

    assert exits.take_profit[0].from_average
    assert exits.trailing_stop is not None
    assert exits.trailing_stop.fraction == Decimal("0.02")
    assert exits.trailing_stop.from_close
    assert exits.trailing_stop.activate_at == Gain(None, Decimal("0.01"))
    assert [rule.fraction for rule in exits.rules] == [Decimal("0.5"), 1]


def test_a_calendar_is_part_of_the_meaning(tmp_path: Path) -> None:
    text = a_file(("params:", "blackout: [{calendar: news.csv, before: 30m, after: 1h}]\nparams:"))
    (tmp_path / "x.yaml").write_text(text)
    calendar = tmp_path / "news.csv"
    digests = []
    for rows in (
        "2026-11-06T13:30:00Z\n1762000000000",
        "1762000000000\n2026-11-06 13:30Z",
        "1762000000001",
    ):
        calendar.write_text(f"time\n{rows}\n")
        strategy = load(tmp_path / "x.yaml").strategy
        assert strategy is not None
        digests.append(strategy.digest)
        (blackout,) = strategy.blackouts
        assert (blackout.before_ms, blackout.after_ms, blackout.closes) == (
            1_800_000,
            HOUR_MS,
            False,
        )

    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no column `time`"),
        (b"time\n", "holds no instant"),
        (b"time\n2026-11-06T13:30:00\n", "line 2 of"),
        (b"time\n2026-11-06T13:30:00+01:00\n", "line 2 of"),
        (b"time\n2026-02-30T13:30:00Z\n", "line 2 of"),
        (b"event,time\nx\n", "line 2 of"),
        (b"time\n\xff\n", "not UTF-8"),
        (b"time\n" + b"1762000000000\n" * 80_000, "larger than 1 MiB"),
        (b"time\n" + b"x" * 200_000, "not a CSV file"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_calendar_that_cannot_be_used_is_refused_without_a_word_of_it(
    content: bytes, words: str, tmp_path: Path
) -> None:
    text = a_file(("params:", "blackout: [{calendar: n.csv, before: 0m, after: 0m}]\nparams:"))
    (tmp_path / "x.yaml").write_text(text)
    (tmp_path / "n.csv").write_bytes(content)

    (found,) = load(tmp_path / "x.yaml").diagnostics

    assert found.code == "R407"
    assert words in found.message
    assert "30T" not in found.message


@pytest.mark.parametrize(
    ("days", "meant"),
    [
        ("MON-FRI", frozenset({0, 1, 2, 3, 4})),
        ("SAT-MON", frozenset({5, 6, 0})),
        ("[MON, WED-THU]", frozenset({0, 2, 3})),
        ("SUN", frozenset({6})),
    ],
)
def test_days_are_spans_or_lists(days: str, meant: frozenset[int]) -> None:
    session = f'sessions: {{us: {{days: {days}, from: "08:00", to: "08:00"}}}}\nparams:'
    text = a_file(("params:", session), ("  long:\n", "  sessions: [us]\n  long:\n"))

    (found,) = strategy_of(text).sessions

    assert (found.days, found.until_minute - found.from_minute) == (meant, 1440)


@pytest.mark.parametrize("age", ["4 bars", "4h", "240m"])
def test_an_age_is_bars_or_a_duration_of_whole_bars(age: str) -> None:
    text = a_file(
        ("exit:\n", f"exit:\n  time_stop: {age}\n"),
        ("params:", f"protections: [{{cooldown: {{for: {age}}}}}]\nparams:"),
    )

    strategy = strategy_of(text)

    assert (strategy.exits.time_stop, strategy.guards) == (4, (Cooldown(4),))


@pytest.mark.parametrize(
    ("name", "elsewhere"),
    [("symbols: [BTC/USDT]", "symbols: [ETH/USDT]"), ("max: 50}", "max: 60}")],
)
def test_every_part_of_the_new_vocabulary_is_in_the_digest(name: str, elsewhere: str) -> None:
    assert strategy_of(GOOD).digest != strategy_of(a_file((name, elsewhere))).digest


def test_each_new_key_changes_the_digest() -> None:
    lines = [
        "timezone: Europe/Berlin",
        "reverse: false",
        "on_stop: {entries: keep}",
        "position: {max_open: 1}",
        "protections: [{cooldown: {for: 3 bars}}]",
        "protections: [{daily_loss: {max: 3%}}]",
        "protections: [{daily_loss: {max: 3%, positions: close}}]",
        "protections: [{daily_loss: {max: 3%, pause: until_resumed}}]",
        "inputs: {fear: {file: fear.csv, column: value, lag: 1d}}",
        'sessions: {us: {from: "08:00", to: "09:00"}}',
    ]

    digests = {strategy_of(f"{GOOD}{line}\n").digest for line in ("", *lines)}

    assert len(digests) == len(lines) + 1


def test_a_trailing_stop_alone_is_a_stop() -> None:
    stop = "stop_loss: {distance: 2 * atr(14)}"
    at_once = a_file((stop, "trailing_stop: {distance: 2%}"), ("risk: 1%", "equity: 50%"))
    later = at_once.replace("{distance: 2%}", "{distance: 2%, activate_at: 1%}")

    assert codes(at_once) == []
    assert codes(later) == ["R502"]


def test_a_short_entry_alone_may_have_a_stop_by_price() -> None:
    text = (GOLDEN / "stop-beyond-liquidation.yaml").read_text()
    text = text.replace("  long:", "  short:").replace("distance: 40%", 'price: "highest(high, 9)"')

    (entry,) = strategy_of(text).entries

    assert entry.side is PositionSide.SHORT
