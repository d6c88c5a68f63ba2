"""R5: worth a second look."""

from __future__ import annotations

from runner.rules.codes.words import words

_FUTURES = """market: futures
symbols: [BTC/USDT:USDT]
position: {leverage: 3x}
"""

WORDS = {
    "R501": words(
        "a param, input, session or indicator is declared and never used",
        "mostly a rule was to use it and does not: the file does less than it seems to",
        """
indicators:
  trend: ema(close, 100)
""",
        """
indicators:
  trend: ema(close, 100)
entry:
  long:
    when: close > trend
""",
    ),
    "R502": words(
        "a position has no stop",
        "nothing bounds what one position may lose",
        """
exit:
  long: {when: close < open}
entry:
  long:
    when: close > open
    size: {equity: 10%}
""",
        """
exit:
  long: {when: close < open}
  stop_loss: {distance: 2 * atr(14)}
entry:
  long:
    when: close > open
    size: {equity: 10%}
""",
    ),
    "R503": words(
        "a condition can never be true",
        "the rule that waits for it never acts, and nobody is told",
        """
entry:
  long:
    when: rsi(close, 14) > 100
""",
        """
entry:
  long:
    when: rsi(close, 14) > 70
""",
    ),
    "R504": words(
        "two prices are compared with `==`",
        "prices that move are hardly ever exactly equal: the rule waits for a chance hit",
        """
entry:
  long:
    when: close == sma(close, 20)
""",
        """
entry:
  long:
    when: close >= sma(close, 20)
""",
    ),
    "R505": words(
        "a condition is always true",
        "it decides nothing, and what it was to keep apart is not",
        """
entry:
  long:
    when: close > open and rsi(close, 14) <= 100
""",
        """
entry:
  long:
    when: close > open and rsi(close, 14) <= 70
""",
    ),
    "R506": words(
        "a percentage is compared with an indicator on a scale of 100",
        "`30%` is the number 0.3, and an RSI of 0.3 is hardly ever seen",
        """
entry:
  long:
    when: rsi(close, 14) < 30%
""",
        """
entry:
  long:
    when: rsi(close, 14) < 30
""",
    ),
    "R507": words(
        "a file of `inputs` is not there yet",
        "it may come before the run; until then the input has no value and its conditions are "
        "not true",
        """
inputs:
  fear: {file: no-such-file.csv, column: value, lag: 1d}
entry:
  long:
    when: close > open and fear < 20
""",
        """
entry:
  long:
    when: close > open
""",
    ),
    "R508": words(
        "something is declared that can never act",
        "you count on it, and it is not there",
        """
entry:
  long:
    when: close > open
    prefer: rsi(close, 14)
""",
        """
symbols: [BTC/USDT, ETH/USDT]
position: {max_open: 1}
entry:
  long:
    when: close > open
    prefer: rsi(close, 14)
""",
    ),
    "R509": words(
        "with this leverage the exchange liquidates the position before the stop is reached",
        "a liquidation takes the whole margin; the stop that you count on never acts",
        _FUTURES + "exit:\n  stop_loss: {distance: 40%}\n",
        _FUTURES + "exit:\n  stop_loss: {distance: 5%}\n",
    ),
    "R510": words(
        "values of two units are added or compared: a price and a volume, a price and an index",
        "such a comparison is true or false by the size of the units, not by the market",
        """
entry:
  long:
    when: close > rsi(close, 14)
""",
        """
entry:
  long:
    when: close > sma(close, 20)
""",
    ),
    "R511": words(
        "an exit rule is true wherever its entry is",
        "it ends at the next bar what has just begun, and pays the fees of both",
        """
entry:
  long:
    when: rsi(close, 14) < 30
exit:
  stop_loss: {distance: 2 * atr(14)}
  long: {when: "rsi(close, 14) < 50"}
""",
        """
entry:
  long:
    when: rsi(close, 14) < 30
exit:
  stop_loss: {distance: 2 * atr(14)}
  long: {when: "rsi(close, 14) > 50"}
""",
    ),
    "R512": words(
        "the farthest target is nearer than the stop",
        "one loss takes what several gains have brought",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  take_profit: {distance: 0.5R}
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  take_profit: {distance: 2R}
""",
    ),
    "R513": words(
        "the values need more history to settle than markets have",
        "the file would wait for years before its first decision",
        """
timeframe: 1d
entry:
  long:
    when: close > ema(close, 1000)
""",
        """
timeframe: 1d
entry:
  long:
    when: close > ema(close, 50)
""",
    ),
    "R514": words(
        "a size is below the least that the market takes, by the `markets.lock` beside the file",
        "the exchange would reject every order of it",
    ),
    "R515": words(
        "a limit of the file is above that of the operator's settings, which counts",
        "orders are denied that the file seems to allow",
        """
# settings.yaml
version: 1
kind: settings
environment: live
references: [env:KEY, env:SECRET]
limits:
  "*": {max_order: 1000 USDT}
# rules.yaml
accounts:
  main:
    limits: {max_order: 6000 USDT}
""",
        """
# settings.yaml
version: 1
kind: settings
environment: live
references: [env:KEY, env:SECRET]
limits:
  "*": {max_order: 1000 USDT}
# rules.yaml
accounts:
  main:
    limits: {max_order: 500 USDT}
""",
    ),
    "R516": words(
        "settings have limits for several accounts, and do not say which references are whose",
        "a rule file that calls its account by another name has the limits of that name",
        """
version: 1
kind: settings
environment: live
references: [env:KEY, env:SECRET]
limits:
  main: {max_order: 1000 USDT}
  "*": {max_order: 2000 USDT}
""",
        """
version: 1
kind: settings
environment: live
references:
  main: [env:KEY, env:SECRET]
limits:
  main: {max_order: 1000 USDT}
  "*": {max_order: 2000 USDT}
""",
    ),
    "R517": words(
        "hours of the day are asked for, and no time zone is written",
        "they are read in UTC, and stay where they are when the clocks of the market change",
        """
sessions:
  new_york: {from: "09:30", to: "16:00"}
entry:
  sessions: [new_york]
  long:
    when: close > open
""",
        """
timezone: America/New_York
sessions:
  new_york: {from: "09:30", to: "16:00"}
entry:
  sessions: [new_york]
  long:
    when: close > open
""",
    ),
}
