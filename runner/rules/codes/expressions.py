"""R2: expressions."""

from __future__ import annotations

from runner.rules.codes.words import Words, words

_LINE = "close > open and high > low and volume > sma(volume, 20) and close > ema(close, 50)"


def _conditions(what: str, why: str, wrong: str, right: str) -> Words:
    """Examples that are entry conditions."""
    return words(what, why, _entry(wrong), _entry(right))


def _entry(condition: str) -> str:
    return f"entry:\n  long:\n    when: {condition}\n"


WORDS = {
    "R201": _conditions(
        "the expression breaks off, or something is missing in it",
        "half an expression has no meaning",
        "close > sma(close, 20",
        "close > sma(close, 20)",
    ),
    "R202": _conditions(
        "a mark or a word of another language: `=`, `&&`, `;`, quotes, a method",
        "expressions can compute and compare, and nothing else: that is why they are safe to run",
        "close > open && volume > 0",
        "close > open and volume > 0",
    ),
    "R203": _conditions(
        "a name means nothing here",
        "it is no series of the bars, the file does not declare it, or it is known elsewhere only",
        "closee > open",
        "close > open",
    ),
    "R204": _conditions(
        "there is no function of this name",
        "only functions of the table exist; runner loads no others",
        "close > smaa(close, 20)",
        "close > sma(close, 20)",
    ),
    "R205": _conditions(
        "a function has no output of this name",
        "several lines come out of it, and this is none of them",
        "close > bbands(close, 20, 2, 2).uper",
        "close > bbands(close, 20, 2, 2).upper",
    ),
    "R206": _conditions(
        "a function has several outputs, and it is not said which one is meant",
        "the upper and the lower band give opposite signals",
        "close > bbands(close, 20, 2, 2)",
        "close > bbands(close, 20, 2, 2).upper",
    ),
    "R207": _conditions(
        "a function gets too few or too many arguments, or the wrong ones",
        "an argument that is left out has no silent value: a length decides what is traded",
        "rsi(close) < 30",
        "rsi(close, 14) < 30",
    ),
    "R208": _conditions(
        "a number stands where a condition is needed",
        "other languages take every number but 0 for true, so that the rule would always act",
        "rsi(close, 14)",
        "rsi(close, 14) < 30",
    ),
    "R209": _conditions(
        "a condition stands where a number is needed",
        "true is not 1 here; say which numbers are meant",
        "sma(close > open, 20) > 0.5",
        "sma(1 if close > open else 0, 20) > 0.5",
    ),
    "R210": _conditions(
        "an expression looks into the future",
        "a rule that sees tomorrow's price wins every backtest and nothing else",
        "close[-1] > close",
        "close > close[1]",
    ),
    "R211": _conditions(
        "how far back to look changes from bar to bar",
        "how many bars a file needs must be known before the first order",
        "close > close[volume]",
        "close > close[3]",
    ),
    "R212": _conditions(
        "a length changes from bar to bar",
        "how many bars a file needs must be known before the first order",
        "close > sma(close, volume)",
        "close > sma(close, 20)",
    ),
    "R213": _conditions(
        "a number is outside of what the function takes, or is divided by zero",
        "such an expression has no value at any bar",
        "rsi(close, 1) < 30",
        "rsi(close, 14) < 30",
    ),
    "R214": words(
        "an expression has more than 1,000 characters",
        "nobody reads it to its end; name its parts under `indicators`",
        _entry(">-\n" + "".join(f"      {_LINE} and\n" for _ in range(12)) + "      close > open"),
        """
indicators:
  busy: volume > sma(volume, 20)
entry:
  long:
    when: close > ema(close, 50) and busy
""",
    ),
    "R215": _conditions(
        "brackets are nested too deep, or too many operations hang on each other",
        "nobody sees which bracket ends where; name the parts under `indicators`",
        f"close > {'(' * 25}open{')' * 25}",
        "close > open",
    ),
    "R216": _conditions(
        "a character that is not plain ASCII",
        "some of them look like a letter or a minus and are none",
        "close ≥ open",
        "close >= open",
    ),
    "R217": words(
        "a name of your own means something else already",
        "one word with two meanings is read in the wrong one sooner or later",
        """
indicators:
  close: sma(close, 20)
""",
        """
indicators:
  average: sma(close, 20)
entry:
  long:
    when: close > average
""",
    ),
    "R218": _conditions(
        "a value depends on where history begins, however long that is: a sum since the first bar",
        "live and backtest begin at different bars and would decide differently; how such a value "
        "moves is known, and how it stands beside its own average",
        "obv(close, volume) > 0",
        "change(obv(close, volume), 14) > 0",
    ),
    "R219": _conditions(
        "`%` stands elsewhere than behind a number",
        "it means percent and nothing else: `7 % 2` would be read as one or the other",
        "volume % 2 > 1",
        "mod(volume, 2) > 1",
    ),
}
