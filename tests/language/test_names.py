"""Names of the clock, of futures, of input files, of sessions and of the position."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from runner.indicators.table import FUNCTIONS
from runner.language.always import constant_of
from runner.language.later import LATER_NAMES
from runner.language.parse import Expression, ExpressionError, Kind, Scope, parse
from runner.language.types import CLOCK, FUTURES_SERIES, OWN_NAMES, POSITION

BB = parse("bbands(close, 20, 2, 2)", Scope(), None)
ENTRIES = Scope({"far": 2.0}, {"bb": BB}, sessions=frozenset({"us", "asia"}))
EXITS = replace(ENTRIES, position=True)
WHERE = "the position is known in the conditions of `exit` and of `add` only"


def refused(text: str, scope: Scope) -> list[tuple[str, str, str | None]]:
    with pytest.raises(ExpressionError) as error:
        parse(text, scope, None)
    return [(text[it.start : it.end], it.message, it.help) for it in error.value.problems]


def warned(text: str, scope: Scope) -> list[str]:
    return [it.name for it in parse(text, scope, None).warnings]


def test_own_names_mean_one_thing() -> None:
    assert not OWN_NAMES & (LATER_NAMES | set(FUNCTIONS))


@pytest.mark.parametrize("name", CLOCK)
def test_the_clock_is_known_everywhere(name: str) -> None:
    for scope in (Scope(), EXITS, Scope(elsewhere=True)):
        parsed = parse(name, scope, Kind.NUMBER)

        assert (parsed.lookback, parsed.warmup, parsed.reads_position) == (0, 1, False)


@pytest.mark.parametrize("name", FUTURES_SERIES)
def test_series_of_futures_are_known_on_futures(name: str) -> None:
    found = parse(f"sma({name}, 3)[2] > 0", Scope(futures=True), Kind.TRUTH)

    assert (found.lookback, *found.names) == (4, name)
    [(at, message, help)] = refused(f"{name} > 0", Scope())
    assert (at, message) == (name, f"`{name}` is known on futures only")
    assert "`market: futures`" in (help or "")


def test_a_series_from_a_file_is_a_name() -> None:
    found = parse("rising(fear, 3)", Scope(inputs=frozenset({"fear"})), Kind.TRUTH)

    assert (found.lookback, *found.names) == (3, "fear")
    assert refused("feer > 1", Scope(inputs=frozenset({"fear"})))[0][2] == "did you mean `fear`?"


def test_a_session_is_asked_for_by_its_bare_name() -> None:
    found = parse("in_session(us) and close > open", ENTRIES, Kind.TRUTH)

    assert (found.lookback, found.warmup) == (0, 1)
    assert found.names == {"us", "close", "open"}


@pytest.mark.parametrize(
    "text", ["in_session(us)[1]", "not in_session(us)", "1 if in_session(us) else close"]
)
def test_a_session_is_a_condition_like_others(text: str) -> None:
    assert not parse(text, ENTRIES, None).reads_position


@pytest.mark.parametrize(
    ("text", "scope", "said"),
    [
        ("in_session(eu)", ENTRIES,
         [("eu", "`eu` is not a session", "write one of `asia`, `us`")]),
        ("in_session(asian)", ENTRIES,
         [("asian", "`asian` is not a session", "did you mean `asia`?")]),
        ("in_session(us)", Scope(),
         [("us", "`us` is not a session", "declare it under `sessions:`")]),
        ("in_session(close > 1)", ENTRIES,
         [("close > 1", "`close > 1` is not a session", "write one of `asia`, `us`")]),
        ("in_session()", ENTRIES,
         [("in_session()", "`in_session` takes 1 argument by position",
           "write `in_session(name)`")]),
        ("in_session > 1", ENTRIES,
         [("in_session", "`in_session` is a function", "write `in_session(name)`")]),
        ("us > 1", ENTRIES,
         [("us", "`us` is a session where a value is needed", "write `in_session(us)`")]),
    ],
)  # fmt: skip
def test_what_is_said_about_sessions(
    text: str, scope: Scope, said: list[tuple[str, str, str]]
) -> None:
    assert refused(text, scope) == said


@pytest.mark.parametrize("name", POSITION)
@pytest.mark.parametrize("scope", [Scope(), replace(EXITS, elsewhere=True)])
def test_the_position_is_known_where_one_is(name: str, scope: Scope) -> None:
    parsed = parse(f"{name} > 1", EXITS, Kind.TRUTH)

    assert (parsed.reads_position, *parsed.names) == (True, name)
    assert refused(f"{name} > 1", scope) == [(name, f"`{name}` is not known here", WHERE)]
    assert refused("at_entry(close)", scope) == [
        ("at_entry", "`at_entry` is not known here", WHERE)
    ]


@pytest.mark.parametrize(
    ("text", "lookback", "kind"),
    [
        ("profit_r > 2 or bars_held >= far and close < bb.lower", 19, Kind.TRUTH),
        ("-clamp(abs(profit), 0, max(min(adds, 3), sign(profit_r))) / sqrt(2 + mod(bars_held, 5))",
         0, Kind.NUMBER),
        ("close >= last_entry_price + 0.5 * at_entry(atr(14))", 14, Kind.TRUTH),
        ("at_entry(crossover(close, open)) and not profit > 0", 1, Kind.TRUTH),
        ("at_entry(bb.upper[2])", 21, Kind.NUMBER),
        ("0 < profit < far", 0, Kind.TRUTH),
        ("(2 if rsi(close, 14) < 30 else far) < profit_r", 14, Kind.TRUTH),
        ("close if profit > 0 else open[3]", 3, Kind.NUMBER),
    ],
)  # fmt: skip
def test_what_reads_the_position_is_checked_as_a_whole(
    text: str, lookback: int, kind: Kind
) -> None:
    parsed = parse(text, EXITS, None)

    assert (parsed.reads_position, parsed.lookback, parsed.kind) == (True, lookback, kind)
    assert parsed.warmup is not None


@pytest.mark.parametrize(
    ("text", "at", "message", "help"),
    [
        ("profit[1] > 0", "profit[1]", "the position has no past", "leave `[n]` out"),
        ("(close - entry_price)[1] > 0", "(close - entry_price)[1]",
         "the position has no past", "leave `[n]` out"),
        ("at_entry(close)[1]", "at_entry(close)[1]",
         "the position has no past", "write `at_entry(x[n])`"),
        ("sma(profit, 5)", "profit",
         "`sma(source, n)` works on bars; the position is no series of them",
         "write operators, comparisons or `abs`, `clamp`, `max`, `min`, `mod`, `sign`, `sqrt`"
         " around it"),
        ("crossover(close, entry_price)", "entry_price",
         "`crossover(a, b)` works on bars; the position is no series of them",
         "write `>` or `<` for prices at this bar"),
        ("exp(profit_r)", "profit_r",
         "`exp(x)` works on bars; the position is no series of them",
         "write operators, comparisons or `abs`, `clamp`, `max`, `min`, `mod`, `sign`, `sqrt`"
         " around it"),
        ("at_entry(close - entry_price)", "close - entry_price",
         "`x` of `at_entry(x)` is of the signal bar, where no position is",
         "leave `at_entry` out"),
        ("at_entry(bb)", "bb", "`bb` has several outputs",
         "write one of `bb.lower`, `bb.middle`, `bb.upper`"),
        ("at_entry(close, 1)", "at_entry(close, 1)",
         "`at_entry` takes 1 argument by position", "write `at_entry(x)`"),
        ("at_entry > 1", "at_entry", "`at_entry` is a function", "write `at_entry(x)`"),
        ("profit(1) > 1", "profit", "`profit` is not a function", "leave the brackets out"),
        ("profit.upper > 1", "profit.upper", "`profit` has no outputs", "leave `.upper` out"),
        ("profits > 1", "profits", "`profits` is not known here", "did you mean `profit`?"),
        ("profit and close > 1", "profit", "`profit` is a number where a condition is needed",
         "compare it, as in `rsi(close, 14) < 30`"),
    ],
)  # fmt: skip
def test_what_is_said_about_the_position(text: str, at: str, message: str, help: str) -> None:
    assert refused(text, EXITS) == [(at, message, help)]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("cmo(close, 14) > 50%", "50"),
        ("max(rsi(close, 14), rsi(close, 7)) < 30%", "30"),
        ("sma(rsi(close, 14), 3) < 30%", "30"),
        ("30% > rsi(close, 14)[1]", "30"),
        ("willr(14) < 0 - 80%", "-80"),
        ("willr(14) < -80%", "-80"),
        ("tsi(close, 25, 13) > 25%", "25"),
        ("kdj(9, 3, sma, 3, sma).k > 80%", "80"),
        ("smi(10, 3, 3, 3).smi > 40%", "40"),
        ("crossover(roc(sma(close, 3), 5), 5%)", "5"),
        ("rsi(close, 14) / 100 < 30%", None),
        ("roc(close, 5) > 0%", None),
        ("er(close, 10) > 30%", None),
        ("correlation(close, volume, 20) > 50%", None),
        ("close / open - 1 > 2%", None),
        ("sma(rsi(close, 14), 3) < 30", None),
    ],
)
def test_a_percentage_beside_a_scale_of_100_is_told(text: str, written: str | None) -> None:
    found = [(it.name, it.help) for it in parse(text, EXITS, Kind.TRUTH).warnings]

    assert found == ([("percent-of-scale", f"write `{written}`")] if written else [])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("hour > 23", ["never-true"]),
        ("weekday == 0", ["never-true"]),
        ("minute != 60", ["always-true"]),
        ("at_entry(rsi(close, 14)) < 30%", ["percent-of-scale"]),
        ("close == entry_price", ["equal-prices"]),
        ("close == sma(close, 20)", ["equal-prices"]),
        ("high == highest(high, 20)", []),
        ("max(close, open) == close", []),
        ("heikin_ashi().open == heikin_ashi().low", []),
        ("low == open", []),
        ("close > donchian(20).upper", ["never-true"]),
        ("crossover(close, donchian(20).upper)", ["never-true"]),
        ("low < donchian(20).lower", ["never-true"]),
        ("close > donchian(20).upper[1]", []),
        ("cdldoji() == 1", ["never-true"]),
        ("cdldoji() == 100", []),
        ("cdldoji() == -100", ["never-true"]),
        ("cdldoji() == 80", ["never-true"]),
        ("cdlengulfing() == 80", []),
        ("cdlengulfing() == -80", []),
        ("cdlharami() == 0 - 80", []),
        ("cdlharamicross() == 50", ["never-true"]),
        ("cdlhikkake() == 200", []),
        ("stochrsi(close, 14, 3, 3, hma).d > 100.5", []),
        ("stochf(14, 3, t3).d > 100.5", []),
        ("stoch(14, 3, 3).d > 101", ["never-true"]),
        ("at_entry(close) == close", ["equal-prices"]),
        ("at_entry(close) < close", []),
        ("(1 if in_session(us) else 2) == adds", []),
        ("hour == 9 and weekday <= 5", []),
        ("adds == 0", []),
    ],
)
def test_warnings_know_the_new_names(text: str, names: list[str]) -> None:
    assert warned(text, EXITS) == names


def test_a_pattern_that_never_gives_a_number_tells_what_it_gives() -> None:
    for text, message, help in (
        ("cdldoji() == 80", "`cdldoji` gives 0 or 100", "write `> 0`"),
        ("-50 == cdl2crows()", "`cdl2crows` gives -100 or 0", "write `< 0`"),
        ("cdlharami() == 1", "`cdlharami` gives -100, -80, 0, 80 or 100", "write `> 0` or `< 0`"),
    ):
        [warning] = parse(text, EXITS, Kind.TRUTH).warnings

        assert (warning.message, warning.help) == (f"this can never be true: {message}", help)


def test_a_number_is_found_behind_any_number_of_names() -> None:
    one = parse("1", Scope(), None)
    named = {"a0": one}
    for at in range(1, 3_001):
        named[f"a{at}"] = replace(one, tree=ast.parse(f"-a{at - 1}", mode="eval").body)

    assert constant_of(ast.Name("a2999"), Scope({}, named)) == -1.0


def test_the_close_of_another_symbol_is_not_the_close() -> None:
    def scope(elsewhere: bool) -> Scope:
        named: dict[str, Expression] = {}
        for name, text in (("other", "close"), ("top", "highest(high, 20)")):
            named[name] = parse(text, Scope(elsewhere=elsewhere), None)
        return Scope({}, named)

    for text in ("close > other", "close > top"):
        assert warned(text, scope(elsewhere=False)) == ["never-true"]
        assert warned(text, scope(elsewhere=True)) == []


@pytest.mark.parametrize(
    ("text", "lookback"),
    [
        ("barssince(close > sma(close, 5), 20)", 4),
        ("valuewhen(close > open, sma(low, 3), 20)", 2),
        ("vwap(day)", 0),
        ("heikin_ashi().close", 0),
    ],
)
def test_functions_take_conditions_and_words(text: str, lookback: int) -> None:
    assert parse(text, Scope(), Kind.NUMBER).lookback == lookback


@pytest.mark.parametrize(
    ("text", "at", "message", "help"),
    [
        ("barssince(close, 20)", "close", "`close` is a number where a condition is needed",
         "compare it, as in `rsi(close, 14) < 30`"),
        ("barssince(profit > 0, 20)", "profit > 0",
         "`barssince(condition, n)` works on bars; the position is no series of them",
         "write operators, comparisons or `abs`, `clamp`, `max`, `min`, `mod`, `sign`, `sqrt`"
         " around it"),
        ("vwap(week)", "week", "`vwap` is known by the `day` only", "write `vwap(day)`"),
        ("vwap(close + 1)", "close + 1", "`vwap` is known by the `day` only", "write `vwap(day)`"),
    ],
)  # fmt: skip
def test_what_is_said_about_conditions_and_words(
    text: str, at: str, message: str, help: str
) -> None:
    assert refused(text, EXITS) == [(at, message, help)]
