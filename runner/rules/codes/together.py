"""R4: what belongs together in a rule file."""

from __future__ import annotations

from runner.rules.codes.words import words

_FUTURES = """market: futures
symbols: [BTC/USDT:USDT]
"""

WORDS = {
    "R401": words(
        "a size or a target is measured by the distance to a stop, and there is no stop",
        "risk is what the stop would lose; without a stop it is everything",
        """
exit:
  take_profit: {distance: 2R}
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  take_profit: {distance: 2R}
""",
    ),
    "R402": words(
        "an amount is in a currency that this market does not count in",
        "runner knows no rate between currencies, and 100 of one is not 100 of the other",
        """
capital: 10000 EUR
""",
        """
capital: 10000 USDT
""",
    ),
    "R403": words(
        "a symbol is not written as its market names it",
        "an exchange asked for a wrong symbol answers with an error, or with another market",
        """
symbols: [BTC-USDT]
""",
        """
symbols: [BTC/USDT]
""",
    ),
    "R404": words(
        "the file trades spot, and this exists with futures only",
        "spot has no shorts and no leverage: it would never act",
        """
entry:
  short:
    when: close < open
""",
        """
entry:
  long:
    when: close > open
""",
    ),
    "R405": words(
        "the leverage is above the limit of the account",
        "limits hold whatever the rules say; every order would be denied",
        _FUTURES + "position: {leverage: 20x}\n",
        _FUTURES + "position: {leverage: 3x}\n",
    ),
    "R406": words(
        "a session is named that the file does not declare",
        "without its hours nobody knows when it is open",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  session_end: usa
""",
        """
sessions:
  us: {days: MON-FRI, from: "13:30", to: "20:00", timezone: UTC}
exit:
  stop_loss: {distance: 2 * atr(14)}
  session_end: us
""",
    ),
    "R407": words(
        "a file that this one names is not there, or cannot be used",
        "a calendar that cannot be read protects from nothing; paths are relative to the rule "
        "file, so that both travel together",
        """
inputs:
  fear: {file: /data/fear.csv, column: value, lag: 1d}
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
    "R408": words(
        "the parts that targets or exits close do not sum up to a position",
        "what is closed already cannot be closed again: the last of them would never act",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  take_profit:
    - {distance: 1R, close: 60%}
    - {distance: 2R, close: 60%}
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  take_profit:
    - {distance: 1R, close: 60%}
    - {distance: 2R, close: 40%}
""",
    ),
    "R409": words(
        "targets or safety orders do not stand in the order in which the price meets them",
        "the price would skip one of them, or meet two at once",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  take_profit:
    - {distance: 2R, close: 50%}
    - {distance: 1R}
""",
        """
exit:
  stop_loss: {distance: 2 * atr(14)}
  take_profit:
    - {distance: 1R, close: 50%}
    - {distance: 2R}
""",
    ),
}
