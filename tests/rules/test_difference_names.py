"""What changed in risk behind a name: params, functions, sessions, inputs."""

from __future__ import annotations

import pytest

from runner.rules.risk import Risk
from tests.rules.edits import (
    LESS,
    MORE,
    OTHER,
    TEXTS,
    changes,
    edited,
)


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
