"""Every message of the checker, as a person reads it: `messages.out` beside this file.

`python -m tests.language.test_messages` writes it anew; the diff is what gets reviewed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runner.language.parse import ExpressionError, Kind, Problem, Scope, parse

GOLDEN = Path(__file__).with_name("messages.out")

CONDITIONS = (
    "smaa(close, 20) > close",
    "close > clos",
    "close = 3 && smaa(close, 20) > clos",
    "!(close > open) || close <> 3",
    "close > 1 AND true",
    "close => 1",
    "close > 1; close > 2",
    "close ** 2 > 3",
    "close // 2 > 3",
    "5 % 3 > 1",
    "close% > 1",
    "close > 5m",
    "close > 1_000",
    "close > 010",
    "close > 1e99",
    "close > 1234567890123456789",
    "close \u2265 1",
    "cl\u043ese > 1",
    "close > 1\tand close > 2",
    "close > 'text'",
    "close in (1, 2)",
    "close is open",
    "close > > open",
    "close open > 1",
    "close >",
    "(close > open",
    "close > open)",
    "close[1 > 2",
    "close > ---1",
    "close > +1",
    "close if open",
    "",
    "close > " + "(" * 30 + "1" + ")" * 30,
    "close" + " + 1" * 100 + " > 1",
    "close > 1" + " " * 1000,
    "rsi(close, 14)",
    "close and open",
    "not close",
    "(close > open) + 1 > 2",
    "sma(close > open, 20) > 1",
    "(close > open) == (open > close)",
    "close > open if close else open > close",
    "close > (open if close > 1 else close > 2)",
    "sma(close) > 3",
    "sma(close, n=20) > 3",
    "sma > 3",
    "close(1) > 3",
    "sma(close, 1.5) > 3",
    "sma(close, ratio) > 3",
    "sma(close, 0) > 3",
    "sma(close, 10001) > 3",
    "sma(close, fast * 2) > 3",
    "sma(close, close) > 3",
    "sma(5, 20) > 3",
    "bbands(close, 20, -2, 2).upper > 3",
    "macd(close, 26, 12, 9).line > 0",
    "close[-1] > 3",
    "close[fast + 1] > 3",
    "close[close] > 3",
    "close[1.5] > 3",
    "close[20000] > 3",
    "5[1] > 3",
    "close[1:2] > 3",
    "bb > 3",
    "bb.uper > 3",
    "bb[1].upper > 3",
    "close.real > 3",
    "rsi(close, 14).line > 3",
    "close.rolling(3).mean() > 3",
    "close.rolling(3) > 3",
    "ta.sma(close, 20) > 1",
    "close / 0 > 1",
    "obv(close, volume) > 1",
    "obv(rsi(close, 14), volume) > obv(close, close)",
    "nvi() - nvi()[1] > 0",
    "crossover(obv(close, volume), ad())",
    "at_entry(ad()) > 1",
    "cumsum(volume) > 1",
    "ma(close, 20, mama) > 1",
    "pivothigh(close, 5, 5) > 1",
    "shift(close, 1) > 1",
    "stddev(close, 20) > 1",
    "cross(close, open)",
    "log(close) > 1",
    "close > highest(high, 20)",
    "low < lowest(close, 20)",
    "crossover(close, top)",
    "close == sma(close, 20)",
)


def said(text: str) -> str:
    """The expression, then under each wrong stretch what is said about it."""
    indicators = {"bb": parse("bbands(close, 20, 2, 2)", Scope(), None)}
    indicators["top"] = parse("highest(high, 50)", Scope(), None)
    scope = Scope({"fast": 12.0, "ratio": 1.5}, indicators)
    shown = ascii(text)[1:-1] if text and len(text) < 60 else f"{text[:60]} ..."
    try:
        found: tuple[Problem, ...] = parse(text, scope, Kind.TRUTH).warnings
    except ExpressionError as error:
        found = error.problems
    lines = [shown]
    for problem in found:
        if shown == text:
            lines.append(" " * problem.start + "^" * (problem.end - problem.start))
        lines.append(f"    {problem.start}:{problem.end} {problem.name}: {problem.message}")
        if problem.help is not None:
            lines.append(f"        = {problem.help}")
    return "\n".join(lines)


def test_messages_read_as_the_golden_file() -> None:
    assert "\n\n".join(map(said, CONDITIONS)) + "\n" == GOLDEN.read_text(encoding="ascii")


@pytest.mark.parametrize("text", CONDITIONS)
def test_messages_are_one_plain_line(text: str) -> None:
    for line in filter(None, said(text).splitlines()[1:]):
        assert re.fullmatch(r"[\x20-\x7e]{1,312}", line)
        assert not re.search(r"please|invalid|\.$", line)


if __name__ == "__main__":
    GOLDEN.write_text("\n\n".join(map(said, CONDITIONS)) + "\n", encoding="ascii")
