"""Numbers with a unit, as rule files write them: `1%`, `100 USDT`, `3 bars`, `2R`, `5m`, `2x`.

In: a scalar's text. Out: the number without its unit, or `None` when it is not of that form.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,15})?"

NUMBER = rf"^{_NUMBER}$"
PERCENTAGE = rf"^{_NUMBER}%$"
SIGNED_PERCENTAGE = rf"^-?{_NUMBER}%$"
AMOUNT = rf"^{_NUMBER} [A-Z0-9]{{1,15}}$"
BARS = r"^[0-9]{1,6} bars?$"
LEVERAGE = rf"^{_NUMBER}x$"
DURATION = r"^[0-9]{1,9}(?:ms|s|m|h|d|w)$"
MULTIPLE_OF_R = rf"^{_NUMBER}R$"
CLOCK = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"

# Other ways to write an amount: sign, currency mark, separators, thousands, currency in any case;
# of no more digits than a Decimal keeps.
_NEAR_AMOUNT = re.compile(
    r"[-+]?([$\u20ac\u00a3]?) ?([0-9][0-9,_]{0,17}(?:\.[0-9]{1,9})?)"
    r" ?((?:k(?=[A-Z])|[kKM](?![A-Za-z0-9]))?)"
    r" ?([A-Za-z][A-Za-z0-9]{1,14})?"
)
_NO_CURRENCY = frozenset({"BAR", "BARS", "MS"})
_THOUSANDS = {"k": 3, "K": 3, "M": 6}

_UNIT_MS = {
    "ms": 1,
    "s": 1_000,
    "m": 60_000,
    "h": 3_600_000,
    "d": 86_400_000,
    "w": 604_800_000,
}


def _matches(pattern: str, text: str) -> bool:
    return _compiled(pattern).fullmatch(text) is not None  # `$` lets a line break through


_compiled = cache(re.compile)


def percentage(text: str) -> Decimal | None:
    """`1%` as the fraction 0.01."""
    return Decimal(text[:-1]).scaleb(-2) if _matches(PERCENTAGE, text) else None


def signed_percentage(text: str) -> Decimal | None:
    """`-1%` as the fraction -0.01."""
    return Decimal(text[:-1]).scaleb(-2) if _matches(SIGNED_PERCENTAGE, text) else None


def amount(text: str) -> tuple[Decimal, str] | None:
    """`100 USDT` as the number and the currency."""
    if not _matches(AMOUNT, text):
        return None
    number, currency = text.split(" ")
    return Decimal(number), currency


def meant_amount(text: str, currency: str) -> str | None:
    """`1,000 usdt` as `1000 USDT`; without a currency of its own in `currency`.

    `None` for what is an amount, and for what is none: a bare number may be an expression.

    >>> meant_amount("$1k", "USDC"), meant_amount("100 USDT", "USDT"), meant_amount("14", "USDT")
    ('1000 USDC', None, None)
    """
    found = _NEAR_AMOUNT.fullmatch(text.strip())
    if found is None or amount(text) is not None:
        return None
    mark, digits, thousands, unit = found.groups()
    if not (mark or unit or thousands or "," in digits) or (unit or "").upper() in _NO_CURRENCY:
        return None
    number = Decimal(re.sub("[,_]", "", digits)).scaleb(_THOUSANDS.get(thousands, 0))
    return f"{number:f} {(unit or currency).upper()}"


def bars(text: str) -> int | None:
    """`3 bars` as 3."""
    return int(text.split(" ")[0]) if _matches(BARS, text) else None


def leverage(text: str) -> Decimal | None:
    """`2x` as 2."""
    return Decimal(text[:-1]) if _matches(LEVERAGE, text) else None


def duration_ms(text: str) -> int | None:
    """`5m` as 300000 milliseconds."""
    if not _matches(DURATION, text):
        return None
    unit = text.lstrip("0123456789")
    return int(text.removesuffix(unit)) * _UNIT_MS[unit]


def multiple_of_r(text: str) -> Decimal | None:
    """`2R` as 2."""
    return Decimal(text[:-1]) if _matches(MULTIPLE_OF_R, text) else None


def minutes(text: str) -> int | None:
    """`13:30` as 810 minutes since midnight."""
    if not _matches(CLOCK, text):
        return None
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def whole_bars(text: str, bar_ms: int) -> int | None:
    """`3 bars`, or a duration of whole bars, as their number.

    >>> whole_bars("3 bars", 60_000), whole_bars("5m", 60_000), whole_bars("90s", 60_000)
    (3, 5, None)
    """
    length_ms = duration_ms(text)
    if length_ms is None:
        return bars(text)
    return None if length_ms % bar_ms else length_ms // bar_ms
