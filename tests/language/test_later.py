"""Words of later versions, near misses, and what a percentage is."""

from __future__ import annotations

import pytest
import talib

from runner.indicators.table import FUNCTIONS
from runner.language.later import LATER_NAMES, NEVER
from runner.language.parse import ExpressionError, Kind, Measure, Scope, parse
from runner.language.words import suggestion

#: Functions of SPEC section 2 that are not in the table yet.
HELPERS = "blackout"
NAMED = {"osc": "rsi(close, 14)", "level": "30%", "top": "100"}
PERCENTS = Scope({"part": 0.02, "length": 14.0}, {}, frozenset({"part"}))


def test_every_function_of_talib_is_ours_or_later_or_has_another_spelling() -> None:
    lacking = {name.lower() for name in talib.get_functions()} - set(FUNCTIONS) - set(NEVER)

    spelled = {name: suggestion(name, ()) for name in lacking}
    assert all((help or "").startswith("write `") for help in spelled.values()), spelled
    assert not LATER_NAMES & set(FUNCTIONS)


@pytest.mark.parametrize("word", HELPERS.split())
def test_a_function_of_a_later_version_is_named_and_its_arguments_are_left_alone(word: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(f"{word}(day, what) > 1", Scope(), Kind.TRUTH)

    found = [(problem.name, problem.message) for problem in refused.value.problems]
    assert found == [("unsupported", f"not supported yet: `{word}`")]


@pytest.mark.parametrize("word", NEVER)
def test_what_counts_from_the_first_bar_is_refused_with_what_to_write(word: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(f"{word}(close, 5) > 1", Scope(), Kind.TRUTH)

    found = refused.value.problems[0]
    assert found.message == f"what `{word}` gives depends on where the history begins"
    instead = (found.help or "").split("`")[1]
    scope = Scope({"n": 9.0}, {"x": parse("close", Scope(), None)})
    expression = parse(instead, scope, Kind.NUMBER)
    assert expression.warmup is not None


@pytest.mark.parametrize("word", ["alma", "na", "round", "xma", "hmm", "jma", "gma"])
def test_another_indicator_is_not_offered_for_a_short_word(word: str) -> None:
    assert suggestion(word, FUNCTIONS) is None


@pytest.mark.parametrize(("word", "meant"), [("smaa", "sma"), ("rsii", "rsi"), ("crosover", "")])
def test_a_near_miss_is_offered(word: str, meant: str) -> None:
    assert suggestion(word, FUNCTIONS) == f"did you mean `{meant or 'crossover'}`?"


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("2%", Measure.PERCENT),
        ("-(2% * 3)", Measure.PERCENT),
        ("part", Measure.PERCENT),
        ("part / 2 + 1%", Measure.PERCENT),
        ("1 + 2%", Measure.PERCENT),
        ("2% if close > open else 0", Measure.PERCENT),
        ("2% if close > open else atr(14)", Measure.PERCENT),
        ("max(part, atr(14) / close)", Measure.PERCENT),
        ("(2% if close > open else 3%)[1]", Measure.PERCENT),
        ("4% / 2%", Measure.BARE),
        ("length * 2", Measure.BARE),
        ("sqrt(length)", Measure.BARE),
        ("1 if close > open else 2", Measure.BARE),
        ("2% * close", Measure.SERIES),
        ("atr(14)", Measure.SERIES),
        ("adx(length) / 100", Measure.SERIES),
        ("close", Measure.SERIES),
    ],
)
def test_a_percentage_stays_one_until_it_is_of_something(text: str, measure: Measure) -> None:
    assert parse(text, PERCENTS, Kind.NUMBER).measure is measure


def test_a_named_percentage_stays_one() -> None:
    scope = Scope({}, {"far": parse("part * 2", PERCENTS, None)})

    assert parse("far", scope, Kind.NUMBER).measure is Measure.PERCENT


def test_a_name_is_looked_through() -> None:
    scope = Scope({}, {name: parse(text, Scope(), None) for name, text in NAMED.items()})

    found = parse("osc < level or osc > top", scope, Kind.TRUTH).warnings

    assert {it.name for it in found} == {"percent-of-scale", "never-true"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("True and False", "never-true"),
        ("close > close", "never-true"),
        ("crossover(close, close)", "never-true"),
        ("rsi(close, 14) > 100", "never-true"),
        ("rsi(close, 14) < 0", "never-true"),
        ("0 > willr(14) > 0", "never-true"),
        ("stoch(14, 3, 3).k > 101", "never-true"),
        ("crossover(rsi(close, 14), 100)", "never-true"),
        ("1 > 2", "never-true"),
        ("not False", "always-true"),
        ("rsi(close, 14) <= 100", "always-true"),
        ("close > open or True", "always-true"),
        ("rsi(close, 14) >= 100", None),
        ("rsi(close, 14) > 0", None),
        ("length > 3", None),
        ("close > open and True", None),
        ("close > close[1]", None),
        ("rsi(close, 14) < length", None),
    ],
)
def test_what_no_bar_can_change_is_a_warning(text: str, said: str | None) -> None:
    found = [warning.name for warning in parse(text, PERCENTS, Kind.TRUTH).warnings]

    assert found == ([said] if said else [])


def test_a_percentage_beside_a_scale_of_100_is_a_warning() -> None:
    texts = ["rsi(close, 14) < 30%", "25% < adx(14)", "crossover(mfi(14), 20%)"]
    warned = [parse(text, Scope(), Kind.TRUTH).warnings for text in texts]

    helps = [[(it.name, it.help) for it in found] for found in warned]
    assert helps == [[("percent-of-scale", f"write `{it}`")] for it in (30, 25, 20)]
    assert parse("zscore(close, 20) > 50%", Scope(), Kind.TRUTH).warnings == ()
