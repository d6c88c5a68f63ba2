"""The forms that single values of a rule file may have."""

from __future__ import annotations

from runner.rules import units
from runner.rules.shape import Form

#: Where a secret may be kept; a literal is never one of them.
SCHEMES = ("dotenv", "env", "file")
LATER_SCHEMES = ("aws-sm", "credential", "exec", "keyring", "vault")

TEXT = Form("text", "text on one or more lines", r"\S")
FILE_NAME = Form(
    "file-name",
    "a name of lower-case letters, digits, `-` and `_`, such as `ema-cross`",
    r"^[a-z0-9][a-z0-9_-]{0,63}$",
)
EXPRESSION = Form(
    "expression", "an expression, such as `close > open`", r"\S", number=True, param=True
)
PERCENTAGE = Form("percentage", "a percentage, such as `1%`", units.PERCENTAGE, param=True)
AMOUNT = Form("amount", "an amount with its currency, such as `100 USDT`", units.AMOUNT, param=True)
STEP = Form(
    "step",
    "a number, or an amount with its currency, such as `0.01 USDT`",
    rf"{units.AMOUNT}|{units.NUMBER}",
    number=True,
    param=True,
)
DURATION = Form("duration", "a duration, such as `5m`, `2s` or `90d`", units.DURATION, param=True)
BARS = Form("bars", "a number of bars, such as `12 bars`", units.BARS, param=True)
LEVERAGE = Form("leverage", "a multiple, such as `1x`", units.LEVERAGE, param=True)
COUNT = Form("count", "a whole number, such as `20`", "", number=True, whole=True, param=True)
PARAM = Form(
    "param-value", "a number or a percentage, such as `14` or `1%`", units.PERCENTAGE, number=True
)
TIMEFRAME = Form("timeframe", "a timeframe, such as `1h`", r"^[1-9][0-9]{0,3}[mhdw]$")
SYMBOL = Form("symbol", "a symbol, such as `BTC/USDT`", r"\S")
WORD = Form("word", "a word", r"^\S+$")
REFERENCE = Form(
    "reference",
    "a reference, such as `env:BINANCE_KEY`",
    rf"^(?:{'|'.join((*SCHEMES, *LATER_SCHEMES))}):\S",
    secret=True,
)
ADDRESS = Form(
    "address", "an address or network, such as `203.0.113.7`", r"^[0-9A-Fa-f.:]+(/[0-9]+)?$"
)
# Text that is a bare number is refused: the unit says what it means.
_NO_BARE_NUMBER = r"^(?!\s*[-+]?[0-9.]+\s*$)[\s\S]*\S"
FRACTION_SIZE = Form(
    "fraction-size",
    "a percentage, such as `1%`, or a quoted expression",
    _NO_BARE_NUMBER,
    param=True,
)
AMOUNT_SIZE = Form(
    "amount-size",
    "an amount with its currency, such as `1000 USDT`, or a quoted expression",
    _NO_BARE_NUMBER,
    param=True,
)
SPEND_SIZE = Form(
    "spend-size",
    "an amount such as `100 USDT`, a percentage, or a quoted expression",
    _NO_BARE_NUMBER,
    param=True,
)
TARGET = Form(
    "target",
    "a multiple of the risk, such as `2R`, or an expression",
    r"\S",
    number=True,
    param=True,
)
