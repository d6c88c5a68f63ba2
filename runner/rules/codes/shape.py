"""R1: the shape of a rule file."""

from __future__ import annotations

from runner.rules.codes.words import words

WORDS = {
    "R101": words(
        "a key is not known in this place",
        "a misspelt key would be passed over in silence, and the stop that you wrote would not be "
        "there",
        """
exit:
  stop_los: {distance: 2 * atr(14)}
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
""",
    ),
    "R102": words(
        "a key that must be there is not, or one that another needs",
        "runner assumes nothing where an assumption would move money",
        """
entry:
  long:
    when: close > open
    size: {risk: 1%, when_over: cut}
""",
        """
entry:
  long:
    when: close > open
    size: {risk: 1%, at_most: 5000 USDT, when_over: cut}
""",
    ),
    "R103": words(
        "a value is of another kind: a list where one value belongs, or nothing at all",
        "one symbol and a list of symbols are traded differently; runner does not guess which is "
        "meant",
        """
symbols: BTC/USDT
""",
        """
symbols: [BTC/USDT]
""",
    ),
    "R104": words(
        "a later version of the language will know this, and this one does not",
        "passing over it would trade without a part of what you wrote",
        """
kind: spread
""",
        """
kind: strategy
""",
    ),
    "R105": words(
        "a value is not one of those that this key takes",
        "the key chooses between a few ways, and a misspelt way is none of them",
        """
market: spott
""",
        """
market: spot
""",
    ),
    "R106": words(
        "a name of your own holds other characters than `a` to `z`, digits and `_`",
        "names are used in expressions, where `RSI-14` would be a subtraction",
        """
indicators:
  RSI-14: rsi(close, 14)
""",
        """
indicators:
  rsi_14: rsi(close, 14)
entry:
  long:
    when: rsi_14 < 30
""",
    ),
    "R107": words(
        "exactly one of several keys belongs here; none of them is there, or more than one",
        "two sizes or two stops contradict each other",
        """
exit:
  stop_loss: {distance: 2 * atr(14), price: 60000}
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
""",
    ),
    "R108": words(
        "a list or a mapping holds too few or too many things",
        "an empty list trades nothing, and no market is traded in a hundred steps",
        """
symbols: []
""",
        """
symbols: [BTC/USDT]
""",
    ),
    "R109": words(
        "a number stands alone where its unit belongs to it",
        "`0.05` may be five percent or a twentieth of one, and `100` may be dollars or bitcoins",
        """
capital: 10000
""",
        """
capital: 10000 USDT
""",
    ),
    "R110": words(
        "a value is not written as this key wants it",
        "what cannot be read as the key means it would have to be guessed",
        """
timeframe: 60 minutes
""",
        """
timeframe: 1h
""",
    ),
    "R111": words(
        "a value has the right form and lies outside of what can be",
        "it would never act, or act the wrong way round",
        """
params:
  length: {default: 100, min: 2, max: 50}
""",
        """
params:
  length: {default: 40, min: 2, max: 50}
entry:
  long:
    when: close > sma(close, length)
""",
    ),
    "R112": words(
        "`$name` stands for a param that the file does not declare",
        "there is no value to put in its place",
        """
entry:
  long:
    when: close > open
    size: {risk: $risk}
""",
        """
params:
  risk: {default: 1%, min: 0.5%, max: 2%}
entry:
  long:
    when: close > open
    size: {risk: $risk}
""",
    ),
    "R113": words(
        "candles, or a bar that a test looks at, are not written as candles or as a bar of them",
        "the test would look at other bars than you mean, and pass or fail for no reason",
        """
version: 1
kind: test
strategy: breakout.yaml
tests:
  - name: buys a breakout
    candles: {close: "100 30x, 102x5", volume: "10x30 50", range: 1%}
    expect: [{at: bar 31, signal: enter_long}]
""",
        """
version: 1
kind: test
strategy: breakout.yaml
tests:
  - name: buys a breakout
    candles: {close: "100x30 102x5", volume: "10x30 50", range: 1%}
    expect: [{at: bar 31, signal: enter_long}]
""",
    ),
}
