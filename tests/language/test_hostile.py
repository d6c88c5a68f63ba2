"""Hostile and honest expressions: layer by layer, each layer alone."""

from __future__ import annotations

import ast
import json
import re
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runner.language.evaluate import EvaluationError, Evaluator
from runner.language.parse import Expression, ExpressionError, Kind, Scope, parse
from runner.language.surroundings import alone
from runner.model.bars import Bars, Timeframe

SECONDS, BYTES = 0.1, 16 * 2**20

#: Refused on purpose: rounding is no arithmetic of prices, and steps are the market's business.
NOT_OURS = {"round(close / 3, 2)", "round(2.345, 1)"}


def read(shared: Path, name: str) -> list[dict[str, Any]]:
    text = (shared / "facts/hostile" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def benign_bars(shared: Path) -> Bars:
    columns = read(shared, "expressions_benign_dev.jsonl")[0]["env"]
    ordered = (np.array(columns[name][::-1]) for name in ("open", "high", "low", "close", "volume"))
    return Bars("BTC/USDT", Timeframe("1h", 3_600_000), np.arange(4) * 3_600_000, *ordered)


def checked(text: str) -> Expression | None:
    try:
        return parse(text, Scope(), None)
    except ExpressionError as error:
        problems = error.problems
    assert problems
    for problem in problems:
        assert 0 <= problem.start <= problem.end <= len(text)
        assert all(plain(line) for line in (problem.message, problem.help) if line is not None)
    return None


def plain(line: str) -> bool:
    return re.fullmatch(r"[\x20-\x7e]{1,300}", line) is not None


def unchecked(text: str) -> Expression | None:
    """Python's own parser and nothing before it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(" "), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return Expression(text, tree, Kind.NUMBER, 0, 1, frozenset(), (), None, ())


def evaluated(expression: Expression, bars: Bars) -> list[Any]:
    """Every reading of a tree that the evaluator accepts."""
    found, errors = [], []
    for read_as in ("number", "truth"):
        try:
            found.append(getattr(Evaluator(alone(bars), {}, {}), read_as)(expression))
        except EvaluationError as error:
            errors.append(str(error))
    assert all(map(plain, errors))
    return found


def bounded(act: Callable[..., Any], *arguments: Any) -> Any:
    tracemalloc.start()
    try:
        before = time.process_time()
        result = act(*arguments)
        seconds, peak = time.process_time() - before, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= BYTES
    assert seconds <= 5 * SECONDS  # tracing allocations makes everything some times slower
    return result


def test_the_checker_refuses_what_it_must(shared: Path) -> None:
    bars = benign_bars(shared)
    cases = read(shared, "expressions_dev.jsonl")
    accepted = {}
    for case in cases:
        expression = bounded(checked, case["expr"])
        if expression is not None:
            accepted[case["expr"]] = case["expect"]
            values = bounded(evaluated, expression, bars)
            assert len(values) == 1, case["expr"]

    assert len(cases) == 747
    assert [text for text, expect in accepted.items() if expect == "reject"] == []


def test_the_evaluator_refuses_it_without_a_checker(shared: Path) -> None:
    bars = benign_bars(shared)
    wrong = []
    for case in read(shared, "expressions_dev.jsonl"):
        expression = unchecked(case["expr"])
        if expression is not None:
            values = bounded(evaluated, expression, bars)
            if values and case["expect"] == "reject":
                wrong.append(case["expr"])

    assert wrong == []


def test_honest_expressions_have_their_value(shared: Path) -> None:
    bars = benign_bars(shared)
    cases = read(shared, "expressions_benign_dev.jsonl")[1:]
    for case in cases:
        if case["expr"] in NOT_OURS:
            assert checked(case["expr"]) is None
            continue
        expression = checked(case["expr"])
        assert expression is not None, case["expr"]
        evaluator = Evaluator(alone(bars), {}, {})
        if case["type"] == "number":
            assert evaluator.number(expression)[-1] == pytest.approx(case["value"], rel=1e-15)
        else:
            surely_true, surely_false = evaluator.truth(expression)
            assert (surely_true[-1], surely_false[-1]) == (case["value"], not case["value"])

    assert len(cases) == 34
    assert {case["expr"] for case in cases} >= NOT_OURS


@pytest.mark.parametrize("text", ["rank(last) > 1", "last == volume", "last != volume[1]"])
def test_names_of_names_of_names_are_looked_at_once(text: str) -> None:
    named: dict[str, Expression] = {}
    for number in range(32):  # written out there were two million parts
        part = f"n{number - 1} + n{number - 2}" if number > 1 else "volume"
        named[f"n{number}"] = parse(part, Scope(indicators=dict(named)), None)
    scope = Scope(indicators={**named, "last": named["n31"]})
    before = time.process_time()

    parse(text, scope, Kind.TRUTH)

    assert time.process_time() - before < 1
