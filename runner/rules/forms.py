"""The forms that single values of a rule file may have."""

from __future__ import annotations

from runner.model.secrets import SCHEMES
from runner.rules import units
from runner.rules.shape import NAME, Form

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
AMOUNT = Form(
    "amount",
    "an amount with its currency, such as `100 USDT`",
    units.AMOUNT,
    param=True,
    positive=True,
)
STEP = Form(
    "step",
    "a number, or an amount with its currency, such as `0.01 USDT`",
    rf"{units.AMOUNT}|{units.NUMBER}",
    number=True,
    param=True,
)
DURATION = Form("duration", "a duration, such as `5m`, `2s` or `90d`", units.DURATION, param=True)
BARS = Form("bars", "a number of bars, such as `12 bars`", units.BARS, param=True, positive=True)
LEVERAGE = Form("leverage", "a multiple, such as `1x`", units.LEVERAGE, param=True)
COUNT = Form(
    "count", "a whole number, such as `20`", "", number=True, whole=True, param=True, positive=True
)
PARAM = Form(
    "param-value", "a number or a percentage, such as `14` or `1%`", units.PERCENTAGE, number=True
)
TIMEFRAME = Form("timeframe", "a timeframe, such as `1h`", r"^[1-9][0-9]{0,3}[mhdw]$")
SYMBOL = Form("symbol", "a symbol, such as `BTC/USDT`", r"\S")
ARGUMENT = Form("argument", "a name, such as `x`", NAME)
WORD = Form("word", "a word", r"^\S+$")
REFERENCE = Form(
    "reference",
    "a reference, such as `env:BINANCE_KEY`",
    rf"^(?:{'|'.join(f'{name}:{scheme.pattern}' for name, scheme in SCHEMES.items())})$(?!\n)",
    secret=True,
)
ADDRESS = Form(
    "address", "an address or network, such as `203.0.113.7`", r"^[0-9A-Fa-f.:]+(/[0-9]+)?$"
)
DATE = Form("date", 'a quoted day, such as `"2027-03-01"`', r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
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
SIGNED_PERCENTAGE = Form(
    "signed-percentage",
    "a percentage, such as `0.01%` or `-1%`",
    units.SIGNED_PERCENTAGE,
    param=True,
)
GAIN = Form(
    "gain",
    "a multiple of the risk, such as `1R`, or a percentage, such as `1%`",
    rf"{units.MULTIPLE_OF_R}|{units.PERCENTAGE}",
    param=True,
    positive=True,
)
BARS_OR_DURATION = Form(
    "bars-or-duration",
    "a number of bars, such as `96 bars`, or a duration, such as `4d`",
    rf"{units.BARS}|{units.DURATION}",
    param=True,
    positive=True,
)
PAUSE = Form(
    "pause",
    "a duration, such as `12h`, or `until_next_day` or `until_resumed`",
    rf"^(?:until_next_day|until_resumed)$|{units.DURATION}",
    param=True,
    positive=True,
)
ADD_SIZE = Form(
    "add-size",
    "`same`, or a percentage of the first entry, such as `50%`",
    rf"^same$|{units.PERCENTAGE}",
    param=True,
    positive=True,
)
DAYS = Form(
    "days",
    "a weekday or a span of them, such as `MON` or `MON-FRI`",
    r"^(?:MON|TUE|WED|THU|FRI|SAT|SUN)(?:-(?:MON|TUE|WED|THU|FRI|SAT|SUN))?$",
)
CLOCK = Form("clock", 'a quoted local time, such as `"13:30"`', units.CLOCK)
TIMEZONE = Form("timezone", "a time zone, such as `UTC` or `Europe/Berlin`", r"^[A-Za-z0-9_+/-]+$")
FILE_PATH = Form("path", "the path of a CSV file, such as `news.csv`", r"\S")
COLUMN = Form("column", "the name of a column, such as `value`", r"\S")
