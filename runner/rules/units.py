"""Numbers with a unit, as rule files write them: `1%`, `100 USDT`, `3 bars`, `2R`, `5m`, `2x`.

In: a scalar's text. Out: the number without its unit, or `None` when it is not of that form.
"""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,15})?"

NUMBER = rf"^{_NUMBER}$"
PERCENTAGE = rf"^{_NUMBER}%$"
AMOUNT = rf"^{_NUMBER} [A-Z0-9]{{1,15}}$"
BARS = r"^[0-9]{1,6} bars?$"
LEVERAGE = rf"^{_NUMBER}x$"
DURATION = r"^[0-9]{1,9}(?:ms|s|m|h|d|w)$"
MULTIPLE_OF_R = rf"^{_NUMBER}R$"

_UNIT_MS = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
}


def percentage(text: str) -> Decimal | None:
    """`1%` as the fraction 0.01."""
    return Decimal(text[:-1]).scaleb(-2) if re.match(PERCENTAGE, text) else None


def amount(text: str) -> tuple[Decimal, str] | None:
    """`100 USDT` as the number and the currency."""
    if not re.match(AMOUNT, text):
        return None
    number, currency = text.split(" ")
    return Decimal(number), currency


def bars(text: str) -> int | None:
    """`3 bars` as 3."""
    return int(text.split(" ")[0]) if re.match(BARS, text) else None


def leverage(text: str) -> Decimal | None:
    """`2x` as 2."""
    return Decimal(text[:-1]) if re.match(LEVERAGE, text) else None


def duration_ms(text: str) -> int | None:
    """`5m` as 300000 milliseconds."""
    if not re.match(DURATION, text):
        return None
    unit = text.lstrip("0123456789")
    return int(text.removesuffix(unit)) * _UNIT_MS[unit]


def multiple_of_r(text: str) -> Decimal | None:
    """`2R` as 2."""
    return Decimal(text[:-1]) if re.match(MULTIPLE_OF_R, text) else None
