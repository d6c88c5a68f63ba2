"""However many indicators name each other, what is accepted is evaluated."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from runner.language.evaluate import EvaluationError, Evaluator
from runner.language.parse import Expression, Scope, parse
from runner.language.program import program_of
from runner.language.surroundings import Place, alone
from runner.model.bars import Timeframe
from tests.indicators.markets import made_bars

BARS = made_bars(1, 60)


@pytest.fixture(autouse=True)
def _as_deep_as_ever() -> Iterator[None]:
    """Python's own limit, whatever ran before."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(before)


def a_chain(first: str, step: str, count: int) -> dict[str, Expression]:
    """`a0`, and others made of the one before, `@`, and the one before that, `#`."""
    found = {"a0": parse(first, Scope(), None)}
    for at in range(1, count + 1):
        text = step.replace("@", f"a{at - 1}").replace("#", f"a{max(at - 2, 0)}")
        found[f"a{at}"] = parse(text, Scope(indicators=found), None)
    return found


def in_scope(text: str, indicators: dict[str, Expression]) -> Expression:
    return parse(text, Scope(indicators=indicators), None)


@pytest.mark.parametrize(
    ("step", "count", "more"),
    [
        ("@" + " + 1" * 15, 15, 225),
        ("@" + " + 1" * 60, 4, 240),
        ("@ + 1", 90, 90),
        ("@ + 1", 1500, 1500),
        ("@", 1500, 0),
        ("abs(@ + 1)", 90, 90),
        ("max(@, #) + 1", 90, 90),
        ("@ + 1 if @ >= # else #", 90, 90),
    ],
)
def test_a_chain_of_numbers_is_evaluated_to_its_end(step: str, count: int, more: int) -> None:
    indicators = a_chain("close * 0", step, count)

    found = Evaluator(alone(BARS), {}, indicators).number(in_scope(f"a{count} + 1", indicators))

    assert (found == more + 1).all()


@pytest.mark.parametrize(
    ("step", "count"), [("@ and #", 300), ("@ or #", 300), ("not not @", 90), ("not @", 300)]
)
def test_a_chain_of_conditions_is_evaluated_on_both_sides(step: str, count: int) -> None:
    indicators = a_chain("close > open", step, count)

    found = Evaluator(alone(BARS), {}, indicators).truth(in_scope(f"a{count}", indicators))

    np.testing.assert_array_equal(found, (BARS.close > BARS.open, BARS.close <= BARS.open))


def test_the_last_of_several_outputs_is_that_of_the_first() -> None:
    indicators = a_chain("macd(close, 3, 5, 2)", "@", 300)
    macd, last = (in_scope(f"{name}.line", indicators) for name in ("a0", "a300"))

    evaluator = Evaluator(alone(BARS), {}, indicators)

    np.testing.assert_array_equal(evaluator.number(last), evaluator.number(macd))


def test_a_rank_follows_the_chain_at_every_symbol() -> None:
    symbols = {name: replace(made_bars(seed, 60), symbol=name) for seed, name in enumerate("XYZ")}
    here = replace(alone(symbols["Y"]), others=symbols, symbols=tuple(symbols))
    chained = a_chain("close", "rank(@ + 1) + @", 150)
    plain = a_chain("close", "@ + 1", 300)

    ranked = Evaluator(here, {}, plain).number(in_scope("rank(a300)", plain))
    again = Evaluator(here, {}, chained).number(in_scope("a150", chained))

    np.testing.assert_array_equal(
        ranked, Evaluator(here, {}, {}).number(in_scope("rank(close)", {}))
    )
    assert not np.isnan(again).any()


def test_a_chain_that_ends_elsewhere_reads_the_bars_there_alone() -> None:
    indicators = a_chain("close", "@ + 1", 300)
    places = {"a0": Place(None, Timeframe("4h", 4 * 3_600_000))}
    last = in_scope("a300 - 300", indicators)

    found = Evaluator(alone(BARS), {}, indicators, places).number(last)
    first = Evaluator(alone(BARS), {}, indicators, places).number(in_scope("a0", indicators))

    np.testing.assert_allclose(found, first, atol=1e-9)


def test_columns_of_a_program_lead_as_far() -> None:
    indicators = a_chain("close", "@ + 1", 300)
    scope = Scope(indicators=indicators, position=True)
    (column, *_) = program_of(parse("a300 > entry_price", scope, None)).columns

    found = Evaluator(alone(BARS), {}, indicators).number(column)

    np.testing.assert_allclose(found, BARS.close + 300)


def test_what_is_evaluated_in_turn_is_evaluated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    indicators = a_chain("close", "@ + @ * 0 + # * 0", 120)
    evaluator = Evaluator(alone(BARS), {}, indicators)
    seen: list[str] = []
    indicator = Evaluator._indicator

    def noted(evaluator: Evaluator, name: str) -> object:
        seen.append(name)
        return indicator(evaluator, name)

    monkeypatch.setattr(Evaluator, "_indicator", noted)

    for _ in range(2):
        evaluator.number(in_scope("a120", indicators))

    assert sorted(seen) == sorted(indicators)


def test_what_no_checker_has_seen_may_not_be_made_of_itself() -> None:
    indicators = a_chain("close", "@ + 1", 90)
    itself = replace(indicators["a0"], tree=indicators["a90"].tree, names=frozenset({"a89"}))

    with pytest.raises(EvaluationError, match="made of itself"):
        Evaluator(alone(BARS), {}, {**indicators, "a0": itself}).number(indicators["a90"])
