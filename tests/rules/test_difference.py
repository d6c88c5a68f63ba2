"""What changed in risk: edits of right files, each with its verdict."""

from __future__ import annotations

import re

import pytest

from runner.rules.comparable import Comparable, comparable
from runner.rules.compile import load_document
from runner.rules.difference import Change, differences
from runner.rules.document import read
from runner.rules.format_changes import FileChanges, as_markdown, as_text, words
from runner.rules.nodes import Mapping
from runner.rules.resolved import resolved, yaml_lines
from runner.rules.risk import JUDGED, UNSURE, Risk, appeared, judged, vanished
from runner.rules.schema import STRATEGY
from runner.rules.shape import Either, Listing, Named, Record, Shape
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
    ("good", "venue: live", "venue: testnet", "accounts.main.venue", LESS, MORE),
    ("good", "venue: demo", "venue: live", "accounts.main.venue", MORE, LESS),
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
    ("complete", 'until: "2027-03-01"', 'until: "2027-04-01"', "unverifiable.until", MORE, LESS),
    ("complete", "does not return", "hides", "unverifiable.reason", OTHER, OTHER),
    ("complete", "check: ip_list", "check: permissions", "unverifiable.check", MORE, MORE),
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


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "there", "back"), EDITS, ids=[f"{it[3]}-{it[2]}" for it in EDITS]
)
def test_an_edit_has_its_verdict_and_the_edit_back_too(
    name: str, old: str, new: str, key: str, there: Risk, back: Risk
) -> None:
    before = base_of(name, old)
    assert old in before
    after = before.replace(old, new, 1)

    for left, right, risk in ((before, after, there), (after, before, back)):
        found = [it.risk for it in changes(left, right) if key in it.key]
        assert found, changes(left, right)
        assert found[0] is risk, changes(left, right)


@pytest.mark.parametrize("edit", EDITS[::3], ids=[f"{it[3]}-{it[2]}" for it in EDITS[::3]])
def test_what_is_less_one_way_is_more_the_other(
    edit: tuple[str, str, str, str, Risk, Risk],
) -> None:
    before = base_of(edit[0], edit[1])
    after = before.replace(edit[1], edit[2], 1)

    there, back = (
        {it.key: it.risk for it in changes(*pair)} for pair in ((before, after), (after, before))
    )

    assert set(there) == set(back)
    assert [key for key, risk in there.items() if risk is LESS and back[key] is not MORE] == []


def test_a_key_without_a_judge_counts_as_more() -> None:
    key = ("accounts", "*", "a_key_of_tomorrow")

    assert {judged(key, "a", "b"), judged(key, None, "b"), judged(key, "a", None)} == {UNSURE}
    assert appeared(key) == vanished(key) == UNSURE
    assert UNSURE[0] is MORE


def test_there_are_enough_edits() -> None:
    assert len(EDITS) >= 60
    assert len({it[3] for it in EDITS}) >= 45


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_is_written_in_another_way_is_no_change(text: str) -> None:
    side = a_side(text)
    loaded = load_document(read(str(GOLDEN / "x.yaml"), text.encode()), {})
    assert loaded.strategy is not None
    assert isinstance(loaded.root, Mapping)
    tree = resolved(loaded.strategy, loaded.source, loaded.root, {})
    written_out = "\n".join(line.text for line in yaml_lines(tree))

    assert differences(side, a_side(written_out)) == ()
    assert changes(text, re.sub(r"  #.*", "", text)) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("risk: 1%", "risk: 1.0%"),
        ("6000 USDT", "6000.00 USDT"),
        ("crossover(rsi14, 30)", "crossover( rsi14,30.0 )"),
        ("2 * atr(14)", "2.0*atr(14)"),
        ("crossover(rsi14, 30)", "{all: ['crossover(rsi14, 30)']}"),
        ("  rsi14: rsi(close, length)", "  rsi14: {value: 'rsi(close, length)'}"),
        ("account: main", "position: {max_open: 1}\naccount: main"),
        ("account: main", "schedule: {every: bar_close, max_lateness: 300s}\naccount: main"),
    ],
)
def test_another_spelling_is_no_change(old: str, new: str) -> None:
    assert changes(TEXTS["good"], edited("good", (old, new))) == ()


def test_what_a_name_stands_for_is_judged_where_it_is_used() -> None:
    named = edited(
        "good",
        ("  rsi14: rsi(close, length)", "  rsi14: rsi(close, length)\n  reach: atr(length)"),
        ("2 * atr(14)", "2 * reach"),
    )

    found = changes(named, named.replace("default: 14", "default: 20"))

    assert [(it.key, it.risk) for it in found] == [
        ("exit.stop_loss.distance", MORE),
        ("params.length.default", OTHER),
        ("entry.long.when", OTHER),
    ]
    assert "a name in it stands for something else" in found[0].why


CALLED = [
    ("2 * atr(14)", "far(atr(14))", "exit.stop_loss.distance"),
    ("2 * atr(14)", "wide", "exit.stop_loss.distance"),
    ("risk: 1%", "risk: 'min(1%, far(1%) / 100)'", "entry.long.size.risk"),
    ("distance: 2 * atr(14)", "price: close - far(atr(14))", "exit.stop_loss.price"),
]


@pytest.mark.parametrize(("old", "new", "key"), CALLED, ids=[it[1] for it in CALLED])
@pytest.mark.parametrize(
    ("before", "after"),
    [("mult: 2", "mult: 9"), ("x * mult", "x * mult * 2"), ("lag: 1d", "lag: 2d")],
)
def test_what_a_function_reads_is_judged_where_it_is_called(
    old: str, new: str, key: str, before: str, after: str
) -> None:
    text = edited(
        "good",
        (
            "params:",
            "functions:\n  far: {arguments: [x], value: x * mult + 0 * fear}\n"
            "inputs: {fear: {file: fear.csv, column: value, lag: 1d}}\nparams:\n  mult: 2",
        ),
        ("indicators:", "indicators:\n  wide: far(atr(14))"),
        (old, new),
    )
    assert before in text

    found = {it.key: it for it in changes(text, text.replace(before, after))}

    assert found[key].risk is MORE
    assert "a name in it stands for something else" in found[key].why
    assert {it.risk for name, it in found.items() if name != key} == {OTHER}


def test_a_definition_whose_use_nobody_finds_counts_as_more() -> None:
    text = edited("good", ("  rsi14: ", "  unused: sma(close, 3)\n  rsi14: "))

    risks = {it.key: it.risk for it in changes(text, text.replace("close, 3", "close, 4"))}

    assert risks == {"file": MORE, "indicators.unused.value": OTHER}
    assert {it.risk for it in changes(TEXTS["good"], text)} == {OTHER}
    assert {it.risk for it in changes(text, text.replace("rsi14", "strength"))} == {OTHER}


def test_a_call_is_what_it_was_written_out_of() -> None:
    text = edited(
        "good",
        ("params:", "functions: {far: {arguments: [x], value: x * mult}}\nparams:\n  mult: 2"),
        ("2 * atr(14)", "far(atr(14))"),
    )

    assert changes(text, text.replace("far(atr(14))", "atr(14) * mult")) == ()
    assert {it.risk for it in changes(text, text.replace("far", "reach"))} == {OTHER}


@pytest.mark.parametrize(
    ("asks", "risk"),
    [
        ("  session_end: us\n", MORE),
        ("  long: {when: not in_session(us)}\n", MORE),
        ("  long: {when: away_from(1)}\n", MORE),
        ("", LESS),
    ],
)
def test_a_shorter_session_is_less_where_only_entries_keep_to_it(asks: str, risk: Risk) -> None:
    functions = 'functions: {away_from: {arguments: [x], value: "hour > x and not in_session(us)"}}'
    text = edited(
        "good",
        ("params:", 'sessions: {us: {days: MON-FRI, from: "13:30", to: "20:00"}}\nparams:'),
        ("params:", f"{functions}\nparams:"),
        ("entry:", "entry:\n  sessions: [us]"),
        ("exit:\n", f"exit:\n{asks}"),
    )

    found = changes(text, text.replace("MON-FRI", "MON-THU"))

    assert {it.risk for it in found} == {risk}
    assert {"sessions.us.days"} <= {it.key for it in found}


@pytest.mark.parametrize(
    ("stop", "old", "new"),
    [
        ("at", "length: {default: 14", "length: {default: 20"),
        ("far", "timeframe: 4h", "timeframe: 1d"),
        ("other", "symbol: BTC/USDT}", "symbol: ETH/USDT}"),
        ("ranked", "length: {default: 14", "length: {default: 20"),
    ],
)
def test_what_an_exit_reads_through_any_name_is_more(stop: str, old: str, new: str) -> None:
    stops = {
        "at": "close < at_entry(sma(close, length))",
        "far": "close < far",
        "other": "close < other",
        "ranked": "rank(rsi14) > 1",
    }
    text = edited(
        "good",
        (
            "indicators:",
            "indicators:\n  far: {value: 'sma(close, 9)', timeframe: 4h}\n"
            "  other: {value: 'sma(close, 9)', symbol: BTC/USDT}",
        ),
        ("exit:\n", f'exit:\n  long: {{when: "{stops[stop]}"}}\n'),
        ("[BTC/USDT]", "[BTC/USDT, ETH/USDT]"),
    )

    risks = {it.key: it.risk for it in changes(text, text.replace(old, new))}

    assert risks["exit.long.when"] is MORE


def test_an_inserted_param_is_judged_where_it_is_inserted() -> None:
    named = edited("good", ("params:", "params:\n  part: 1%"), ("risk: 1%", "risk: $part"))

    found = changes(named, named.replace("part: 1%", "part: 2%"))

    assert [(it.key, it.risk) for it in found] == [
        ("entry.long.size.risk", MORE),
        ("params.part.default", OTHER),
    ]


def test_more_permissions_and_another_market_are_more() -> None:
    futures = edited(
        "good",
        ("[read, spot]", "[read, futures]"),
        ("market: spot", "market: futures"),
        ("[BTC/USDT]", '["BTC/USDT:USDT"]'),
    )

    found = {it.key: it for it in changes(TEXTS["good"], futures)}

    assert found["accounts.main.permissions"].added == ("futures",)
    assert words(found["accounts.main.permissions"]) == "+ futures, − spot"
    assert found["accounts.main.permissions"].risk is MORE
    assert found["market"].risk is MORE


def test_a_stop_that_goes_is_more() -> None:
    sized = edited("good", ("risk: 1%", "equity: 50%"))
    without = sized.replace("exit:\n  stop_loss: {distance: 2 * atr(14)}\n", "")

    [gone] = changes(sized, without)
    [came] = changes(without, sized)

    assert (gone.key, gone.risk, words(gone)) == (
        "exit.stop_loss",
        MORE,
        "removed {distance: 2 * atr(14)}",
    )
    assert came.risk is LESS


def test_a_nearer_stop_is_less_unless_it_makes_positions_larger() -> None:
    by_risk = edited("good", ("2 * atr(14)", "2%"))
    by_worth = by_risk.replace("risk: 1%", "equity: 50%")

    [larger] = changes(by_risk, by_risk.replace("{distance: 2%}", "{distance: 1%}"))
    [nearer] = changes(by_worth, by_worth.replace("{distance: 2%}", "{distance: 1%}"))

    assert (larger.risk, nearer.risk) == (MORE, LESS)
    assert larger.why == "sized by `risk`, positions grow as the stop comes nearer"


def test_a_side_that_goes_with_its_exit_leaves_its_positions_without_it() -> None:
    text = TEXTS["complete"]
    start, end = text.index("  short:"), text.index("\nexit:")
    without = text[:start] + text[end:]
    at = without.index("  short: {when:")
    without = without[:at] + without[without.index("\n", at) + 1 :]

    risks = {it.key: it.risk for it in changes(text, without)}

    assert risks == {"entry.short": LESS, "exit.short": MORE}


def test_an_entry_that_goes_alone_is_less() -> None:
    text = TEXTS["complete"]
    at = text.index("  short: {when:")
    text = text[:at] + text[text.index("\n", at) + 1 :]
    start, end = text.index("  short:"), text.index("\nexit:")

    [found] = changes(text, text[:start] + text[end:])

    assert (found.key, found.risk) == ("entry.short", LESS)


def test_an_account_with_another_name_is_the_same_account() -> None:
    renamed = edited("good", ("  main:", "  other:"), ("account: main", "account: other"))
    more = renamed.replace("6000 USDT", "7000 USDT")

    assert [it.key for it in changes(TEXTS["good"], renamed)] == []
    assert [it.key for it in changes(TEXTS["good"], more)] == ["accounts.main.limits.max_order"]


def test_a_second_account_is_more() -> None:
    start, end = TEXTS["good"].index("  main:"), TEXTS["good"].index("account: main")
    other = TEXTS["good"][start:end].replace("main:", "other:")
    other = other.replace("env:", "env:OTHER_")

    [found] = changes(TEXTS["good"], edited("good", ("account: main", other + "account: main")))

    assert (found.key, found.risk) == ("accounts.other", MORE)


def test_the_order_of_symbols_is_a_change_without_risk() -> None:
    two = edited("good", ("[BTC/USDT]", "[BTC/USDT, ETH/USDT]"))

    [found] = changes(two, two.replace("[BTC/USDT, ETH/USDT]", "[ETH/USDT, BTC/USDT]"))

    assert (found.risk, found.why) == (OTHER, "another order")


def test_every_judge_has_a_key_of_the_schema() -> None:
    known = set(patterns(STRATEGY, ()))

    assert {it for it in JUDGED if it not in known} == set()


def patterns(shape: Shape | None, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All keys of the schema as the tables of judges write them."""
    match shape:
        case Record():
            names = {"long", "short"} if path[:1] in {("entry",), ("exit",)} else set[str]()
            found = [path]
            for name, field in shape.fields.items():
                found += patterns(field.shape, (*path, name))
                if name in names:
                    found += patterns(field.shape, (*path, "*"))
            return found
        case Named():
            return [path, *patterns(shape.item, (*path, "*"))]
        case Listing():
            return [path, *patterns(shape.item, path)]
        case Either():
            return [
                path,
                *patterns(shape.mapping, path),
                *patterns(shape.sequence, path),
            ]
    return [path]


def test_text_and_markdown_say_the_same() -> None:
    found = changes(TEXTS["good"], edited("good", ("risk: 1%", "risk: 2%"), ("6000", "5000")))
    files = [FileChanges("new.yaml", "old.yaml", found), FileChanges("same.yaml", "main", ())]

    assert as_text(files) == (
        "new.yaml against old.yaml: more risk\n"
        "  more   entry.long.size.risk: 1% → 2%\n"
        "  less   accounts.main.limits.max_order: 6000 USDT → 5000 USDT\n"
        "same.yaml against main: nothing changed\n"
        "2 files: 1 more risk, 1 nothing changed\n"
    )
    assert as_markdown(files) == (
        "### new.yaml: more risk\n\n"
        "| risk | what | change |\n| --- | --- | --- |\n"
        "| **more** | `entry.long.size.risk` | 1% → 2% |\n"
        "| less | `accounts.main.limits.max_order` | 6000 USDT → 5000 USDT |\n\n"
        "### same.yaml: nothing changed\n"
    )


def test_no_cell_of_markdown_breaks_its_table() -> None:
    found = changes(
        TEXTS["good"], edited("good", ("kind: strategy", 'kind: strategy\ndescription: "a|b *c*"'))
    )

    assert r"a\|b \*c\*" in as_markdown([FileChanges("x", "y", found)])
