"""Edits of right files, each with its verdict; and how two texts are compared."""

from __future__ import annotations

from runner.rules.comparable import Comparable, comparable
from runner.rules.compile import load_document
from runner.rules.difference import Change, differences
from runner.rules.document import read
from runner.rules.nodes import Mapping
from runner.rules.risk import Risk
from tests.conftest import ROOT

GOLDEN = ROOT / "tests" / "golden"
TEXTS = {
    name: (GOLDEN / f"{name}.yaml").read_text(encoding="utf-8")
    for name in ("complete", "good", "all-the-rest")
}
MORE, LESS, OTHER = Risk.MORE, Risk.LESS, Risk.OTHER


def a_side(text: str) -> Comparable:
    loaded = load_document(read(str(GOLDEN / "x.yaml"), text.encode()), {})
    assert loaded.strategy is not None, loaded.diagnostics
    assert isinstance(loaded.root, Mapping)
    return comparable(loaded.strategy, loaded.source, loaded.root)


def changes(before: str, after: str) -> tuple[Change, ...]:
    return differences(a_side(before), a_side(after))


def edited(name: str, *edits: tuple[str, str]) -> str:
    text = TEXTS[name]
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


WAIVER = 'unverifiable: [{check: ip_list, reason: "none told", until: "2027-03-01"}]'
FEES = "{fees: {maker: 0.1%, taker: 0.2%}}"
ORDER = "    order: {type: limit, price: 99% * close, post_only: true}\n"

#: File, what is replaced by what, and the verdict with its key; the edit back has the last verdict.
EDITS: list[tuple[str, str, str, str, Risk, Risk]] = [
    ("good", "venue: live", "venue: testnet", "accounts.main.venue", MORE, MORE),
    ("good", "venue: demo", "venue: live", "accounts.main.venue", MORE, MORE),
    ("good", "env:KEY", "env:OTHER", "accounts.main.credentials.api_key", MORE, MORE),
    ("good", "max_order: 6000 USDT", "max_order: 7000 USDT", "limits.max_order", MORE, LESS),
    (
        "good",
        "limits: {max_order: 6000 USDT}",
        "limits: {max_exposure: 1 USDT}",
        "limits.max_order",
        MORE,
        LESS,
    ),
    ("complete", "max_leverage: 3x", "max_leverage: 5x", "limits.max_leverage", MORE, LESS),
    ("good", "6000 USDT", "6000 USDT, max_orders_per_minute: 9", "per_minute", LESS, MORE),
    ("complete", "203.0.113.7", "203.0.113.0/24", "ip_allowlist", MORE, LESS),
    ("complete", "[203.0.113.7]", "[203.0.113.7, 203.0.113.8]", "ip_allowlist", MORE, LESS),
    ("complete", "    ip_allowlist: [203.0.113.7]\n", "", "ip_allowlist", MORE, LESS),
    ("good", "[BTC/USDT]", "[BTC/USDT, ETH/USDT]", "symbols", MORE, MORE),
    ("good", "[BTC/USDT]", "[ETH/USDT]", "symbols", MORE, MORE),
    ("good", "timeframe: 1h", "timeframe: 4h", "timeframe", MORE, MORE),
    (
        "complete",
        "capital: 10000 USDT",
        "capital: 20000 USDT",
        "capital",
        MORE,
        LESS,
    ),
    ("good", "timeframe: 1h", "timeframe: 1h\ncapital: 10 USDT", "capital", LESS, MORE),
    ("complete", "leverage: 2x", "leverage: 3x", "position.leverage", MORE, LESS),
    ("complete", "max_open: 2", "max_open: 1", "position.max_open", LESS, MORE),
    ("good", "risk: 1%", "risk: 2%", "entry.long.size.risk", MORE, LESS),
    ("good", "risk: 1%", "risk: 1% if rsi14 < 20 else 0.5%", "size.risk", MORE, MORE),
    ("good", "risk: 1%", "equity: 50%", "entry.long.size.equity", MORE, MORE),
    ("good", "{risk: 1%}", "{risk: 1%, at_most: 10 USDT}", "size.at_most", LESS, MORE),
    (
        "good",
        "{risk: 1%}",
        "{risk: 1%, at_most: 10 USDT, when_over: cut}",
        "size.when_over",
        MORE,
        LESS,
    ),
    ("good", "crossover(rsi14, 30)", "crossover(rsi14, 40)", "entry.long.when", OTHER, OTHER),
    ("good", "    size:", "    fire: while_true\n    size:", "entry.long.fire", MORE, LESS),
    ("all-the-rest", "valid_for: 3 bars", "valid_for: 5 bars", "valid_for", MORE, LESS),
    ("all-the-rest", "sessions: [us, night]", "sessions: [us]", "entry.sessions", LESS, MORE),
    ("all-the-rest", "days: MON-FRI", "days: MON-SAT", "sessions.us.days", MORE, MORE),
    ("all-the-rest", 'to: "20:00"', 'to: "21:00"', "sessions.us.to", MORE, MORE),
    ("all-the-rest", ORDER, "", "entry.long.order.type", MORE, LESS),
    ("complete", "when_unfilled: cancel", "when_unfilled: market", "when_unfilled", MORE, LESS),
    ("complete", "timeout: 1 bar", "timeout: 2 bars", "order.timeout", OTHER, OTHER),
    ("all-the-rest", "add: {max: 3", "add: {max: 4", "entry.short.add.max", MORE, LESS),
    ("all-the-rest", "size: 50%}", "size: same}", "entry.short.add.size", MORE, LESS),
    ("all-the-rest", "size: 150%}", "size: 200%}", "entry.long.add[1].size", MORE, LESS),
    (
        "all-the-rest",
        ", {at: -2.5%, size: 150%}]",
        "]",
        "entry.long.add[1]",
        LESS,
        MORE,
    ),
    ("good", "2 * atr(14)", "3 * atr(14)", "exit.stop_loss.distance", MORE, MORE),
    ("good", "2 * atr(14)", "2%", "exit.stop_loss.distance", MORE, MORE),
    ("complete", "trigger_by: mark", "trigger_by: last", "stop_loss.trigger_by", MORE, MORE),
    ("complete", "  break_even: {at: 1R, offset: 0.1%}\n", "", "exit.break_even", MORE, LESS),
    ("complete", "break_even: {at: 1R", "break_even: {at: 2R", "break_even.at", MORE, LESS),
    ("complete", "offset: 0.1%", "offset: 0.2%", "break_even.offset", LESS, MORE),
    ("complete", ", {distance: 4R}]", "]", "exit.take_profit[1]", MORE, LESS),
    ("complete", "{distance: 4R}", "{distance: 5R}", "take_profit[1].distance", MORE, LESS),
    ("complete", "close: 50%", "close: 40%", "exit.take_profit.close", MORE, LESS),
    ("all-the-rest", "{distance: 2%, act", "{distance: 3%, act", "trailing_stop.dist", MORE, LESS),
    ("all-the-rest", "activate_at: 1%", "activate_at: 2%", "activate_at", MORE, LESS),
    ("all-the-rest", ", from: close}", "}", "trailing_stop.from", LESS, MORE),
    ("all-the-rest", "time_stop: 2d", "time_stop: 49 bars", "exit.time_stop", MORE, LESS),
    ("all-the-rest", "  time_stop: 2d\n", "", "exit.time_stop", MORE, LESS),
    ("all-the-rest", "  session_end: us\n", "", "exit.session_end", MORE, LESS),
    ("all-the-rest", "profit > 1%", "profit > 2%", "exit.long.when", MORE, MORE),
    (
        "complete",
        "  long: {when: ema_fast < ema_slow and bars_held > 3}\n",
        "",
        "exit.long",
        MORE,
        LESS,
    ),
    ("all-the-rest", "reverse: false", "reverse: true", "reverse", MORE, LESS),
    ("complete", "for: 3 bars", "for: 2 bars", "protections.cooldown.for", MORE, LESS),
    ("complete", "trades: 3", "trades: 4", "stoploss_guard.trades", MORE, LESS),
    ("complete", "max: 8%", "max: 9%", "max_drawdown.max", MORE, LESS),
    ("complete", "pause: until_resumed", "pause: 3d", "max_drawdown.pause", MORE, LESS),
    ("complete", "pause: until_next_day", "pause: 3h", "daily_loss.pause", MORE, MORE),
    ("complete", "positions: keep", "positions: close", "daily_loss.positions", LESS, MORE),
    ("complete", "  - cooldown: {for: 3 bars}\n", "", "protections.cooldown", MORE, LESS),
    ("all-the-rest", "before: 30m", "before: 10m", "blackout.before", MORE, LESS),
    ("all-the-rest", "blackout: [{cal", "#[{cal", "blackout", MORE, LESS),
    ("all-the-rest", "on_stop: {entries: keep}\n", "", "on_stop.entries", LESS, MORE),
    ("complete", "max_lateness: 5m", "max_lateness: 10m", "schedule.max_lateness", MORE, MORE),
    ("complete", "delay: 2s", "delay: 3s", "schedule.delay", OTHER, OTHER),
    ("good", "market: spot", "market: spot\nmax_gap: 20 bars", "max_gap", MORE, LESS),
    ("complete", "slippage: 0.01%", "slippage: 0.02%", "backtest.slippage", LESS, MORE),
    ("complete", "taker: 0.05%", "taker: 0.04%", "backtest.fees.taker", MORE, LESS),
    ("good", "exit:", f"backtest: {FEES}\nexit:", "backtest.fees.taker", LESS, MORE),
    ("complete", "maker: 0.02%", "maker: 0.01%", "backtest.fees.maker", OTHER, OTHER),
    ("complete", "initial: 10000 USDT", "initial: 9000 USDT", "backtest.initial", OTHER, OTHER),
    ("good", "    permissions", f"    {WAIVER}\n    permissions", "unverifiable", MORE, LESS),
    (
        "complete",
        'until: "2027-03-01"',
        'until: "2027-04-01"',
        "unverifiable.ip_list.until",
        MORE,
        LESS,
    ),
    ("complete", "does not return", "hides", "unverifiable.ip_list.reason", OTHER, OTHER),
    ("complete", "check: ip_list", "check: permissions", "unverifiable.permissions", MORE, LESS),
    ("complete", "    rotation: {max_age: 90d, warn: 14d}\n", "", "main.rotation", MORE, LESS),
    ("complete", "max_age: 90d", "max_age: 99d", "rotation.max_age", MORE, LESS),
    ("complete", "warn: 14d", "warn: 7d", "rotation.warn", MORE, LESS),
    ("complete", ", warn: 14d", "", "rotation.warn", MORE, LESS),
    ("good", "    limits", '    created: "2026-09-01"\n    limits', "created", MORE, MORE),
    ("all-the-rest", "max_open: 1", "max_open: 2", "position.max_open", MORE, LESS),
    ("all-the-rest", "position: {max_open: 1}\n", "", "position.max_open", MORE, LESS),
    ("all-the-rest", "valid_for: 3 bars\n", "fire: on_rise\n", "valid_for", LESS, MORE),
    ("all-the-rest", "prefer: fear", "prefer: rsi14", "entry.long.prefer", OTHER, OTHER),
    ("all-the-rest", "reverse: false\n", "", "reverse", MORE, LESS),
    ("good", "name: golden", "name: other", "name", MORE, MORE),
    ("good", "kind: strategy", "kind: strategy\ndescription: x", "description", OTHER, OTHER),
    ("good", "max: 50", "max: 60", "params.length.max", MORE, LESS),
    ("good", "min: 2", "min: 3", "params.length.min", LESS, MORE),
    ("good", "default: 14", "default: 15", "params.length.default", OTHER, OTHER),
    ("all-the-rest", "lag: 1d", "lag: 2d", "inputs.fear.lag", OTHER, OTHER),
    ("all-the-rest", "timezone: Europe/Berlin", "timezone: UTC", "timezone", MORE, MORE),
]


def base_of(name: str, old: str) -> str:
    """The file, for one edit with another venue."""
    return TEXTS[name].replace("venue: live", old) if old == "venue: demo" else TEXTS[name]
