"""What is said never, or always, to be true: beside what brute force finds on made-up bars."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.language.always import decided, exclude, follows, meant
from runner.language.evaluate import Evaluator
from runner.language.parse import Expression, ExpressionError, Kind, Scope, parse
from runner.language.surroundings import alone
from runner.model.bars import Bars
from tests.indicators.markets import made_bars

PARAMS = {"oversold": 30.0, "overbought": 70.0, "fast": 3.0}
NAMED = {
    "strength": "rsi(close, 5)",
    "band": "bbands(close, 4, 2, 2)",
    "weak": "strength < oversold",
    "average": "sma(close, fast)",
}

NEVER = [
    "rsi(close, 14) > 70 and rsi(close, 14) < 30",
    "strength > overbought and weak",
    "rsi(close, 14) > 130",
    "rsi(close, 14) / 100 > 1.5",
    "30 > strength > 40",
    "not (strength > 30 or strength < 40)",
    "close > high[0] and volume > 0",
    "close > band.upper and close < band.middle",
    "close > average * 1.02 and close < average",
    "close > ema(close, 5) + 2 * atr(4) and close < ema(close, 5)",
    "crossover(strength, 70) and strength < 60",
    "crossover(close, average) and crossunder(close, average)",
    "crossover(close, average) and close[1] > average[1]",
    "rising(close, 3) and close < close[1]",
    "close > open and open > hl2 and hl2 > close",
    "stdev(close, 5) < 0",
    "abs(close - open) < 0",
    "hour > 23",
    "close > highest(high, 4) and volume > 0",
    "close[2] < lowest(low, 4)[2]",
    "(close > open if volume > 0 else close > close[1]) and volume > 0 and close < open",
    "close == open and close != open",
    "weak and not weak",
    "max(close, open) < open",
    "clamp(strength, 20, 80) > 80",
    "volume < 0",
]

ALWAYS = [
    "rsi(close, 14) < 30 or rsi(close, 14) > 20",
    "strength <= 100",
    "close > 0",
    "high >= low",
    "highest(high, 4) >= close",
    "not (volume < 0)",
    "weak or strength >= 30",
    "(close > open or close < open) or close == open",
    "strength > 1 or True",  # to Python `True` is 1.0
]

NEITHER = [
    "strength > 70 or strength < 30",
    "strength >= 70 and strength <= 70",
    "close >= high",
    "close > average * 0.98 and close < average",
    "crossover(close, average) and close > open",
    "close > open and close[1] < open[1]",
    "weak and strength[1] > 70",
    "fast == 4",
    "fast == 4 and strength > 30",
    "sma(volume, 3) >= 0",
    "close > highest(high, 4)[1]",
    "not crossover(close, average)",
]


def scope() -> Scope:
    indicators: dict[str, Expression] = {}
    for name, text in NAMED.items():
        indicators[name] = parse(text, Scope(PARAMS, indicators), None)
    return Scope(PARAMS, indicators)


SCOPE = scope()


def judged(text: str) -> bool | None:
    return decided(condition(text).tree, SCOPE)


def condition(text: str) -> Expression:
    return parse(text, SCOPE, Kind.TRUTH)


@pytest.mark.parametrize("text", NEVER)
def test_what_contradicts_itself_is_never_true(text: str) -> None:
    assert judged(text) is False
    assert not seen(condition(text), MARKETS)[0]


@pytest.mark.parametrize("text", ALWAYS)
def test_what_leaves_no_case_out_is_always_true(text: str) -> None:
    assert judged(text) is True
    assert not seen(condition(text), MARKETS)[1]


@pytest.mark.parametrize("text", NEITHER)
def test_what_a_market_can_decide_is_left_to_it(text: str) -> None:
    assert judged(text) is None


def test_several_conditions_exclude_each_other_or_follow() -> None:
    texts = "crossover(strength, 50)", "strength > 40", "strength < 45"
    rises, holds, ends = meant([condition(text).tree for text in texts], SCOPE)

    assert exclude([rises, ends])
    assert not exclude([rises, holds])
    assert follows([rises], [holds])
    assert not follows([holds], [rises])


def test_answers_stay_the_same_when_terms_were_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [judged(text) for text in (*NEVER, *ALWAYS, *NEITHER)]
    monkeypatch.setattr("runner.language.terms._KEPT", 3)

    assert [judged(text) for text in (*NEVER, *ALWAYS, *NEITHER)] == before


# Brute force: random conditions on random markets.

MARKETS = [made_bars(seed, 300) for seed in range(4)]

_TEXTS = """
    close; open; low; close[1]; hl2; strength; strength[1]; average; volume; band.upper; band.lower
    highest(close, 3); lowest(low, 3); stdev(close, 3); willr(4); stoch(4, 2, 2).k; hour; 0; 30
    70; 100; oversold; fast; 0.00001; percentrank(close, 5); sma(strength, 3); highest(strength, 3)
    atr(3); sign(close); correlation(close, volume, 4); ema(volume, 3); mod(close, 0.00001)
"""
_LEAVES = st.sampled_from([it.strip() for it in _TEXTS.replace("\n", ";").split(";") if it.strip()])


def _deeper(numbers: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(numbers, st.sampled_from("+-*/"), numbers)
    calls = st.tuples(st.sampled_from(["max", "min"]), numbers, numbers)
    return st.one_of(
        binary.map(lambda it: f"({it[0]} {it[1]} {it[2]})"),
        calls.map(lambda it: f"{it[0]}({it[1]}, {it[2]})"),
        numbers.map(lambda it: f"abs({it})"),
        numbers.map(lambda it: f"(-{it})"),
        st.tuples(numbers, numbers).map(lambda it: f"({it[0]} if close > open else {it[1]})"),
    )


NUMBERS = st.one_of(_LEAVES, st.recursive(_LEAVES, _deeper, max_leaves=3))
_COMPARED = st.tuples(NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), NUMBERS)
_ATOMS = st.one_of(
    _COMPARED.map(" ".join),
    st.tuples(_COMPARED, st.sampled_from(["<", ">="]), NUMBERS).map(
        lambda it: f"{' '.join(it[0])} {it[1]} {it[2]}"
    ),
    st.tuples(st.sampled_from(["crossover", "crossunder"]), NUMBERS, NUMBERS).map(
        lambda it: f"{it[0]}({it[1]}, {it[2]})"
    ),
    st.sampled_from(["weak", "rising(close, 2)", "falling(close, 2)", "True"]),
)
CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda it: f"({' and '.join(it)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda it: f"({' or '.join(it)})"),
        inner.map(lambda it: f"(not {it})"),
        st.tuples(inner, inner, inner).map(lambda it: f"({it[0]} if {it[1]} else {it[2]})"),
    ),
    max_leaves=5,
)


def seen(expression: Expression, markets: list[Bars]) -> tuple[bool, bool]:
    """Whether it is surely true anywhere, and surely false anywhere."""
    sides = [Evaluator(alone(it), PARAMS, SCOPE.indicators).truth(expression) for it in markets]
    return any(true.any() for true, _ in sides), any(false.any() for _, false in sides)


def _agree(text: str, markets: list[Bars]) -> None:
    try:
        expression = condition(text)
    except ExpressionError:
        return  # a division by zero that is written out, say
    truth = decided(expression.tree, SCOPE)
    if truth is None:
        return
    true, false = seen(expression, markets)
    assert not (false if truth else true), f"said {'always' if truth else 'never'}: {text}"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CONDITIONS)
def test_no_market_shows_what_is_said_never_or_always(text: str) -> None:
    _agree(text, MARKETS[:2])


@pytest.mark.soak
@pytest.mark.timeout(3600)
@settings(max_examples=50_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(CONDITIONS, st.integers(0, 2**32 - 1))
def test_no_market_of_many_shows_it_either(text: str, seed: int) -> None:
    _agree(text, [*MARKETS, made_bars(seed, 200)])
