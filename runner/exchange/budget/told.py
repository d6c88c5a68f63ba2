"""What an answer says of limits: how much is used, and for how long nothing may be sent.

In: an answer as the exchange wrote it. Out: `Told`. What an exchange closes without saying for how
long is closed as long as its documentation asks for, or a minute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: Headers that are read here begin so, in small letters; all others are forgotten.
HEADERS = ("x-mbx-", "x-sapi-", "x-bapi-limit")


class Place(StrEnum):
    """Whom an exchange stops: everything from this address, or one account."""

    ADDRESS = "address"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Told:
    """`closed_ms` 0: nothing is closed. `status` is the HTTP status, `used` by header."""

    used: Mapping[str, int]
    closed_ms: int = 0
    place: Place = Place.ADDRESS
    status: int = 0


@dataclass(frozen=True, slots=True)
class Closing:
    """What an answer closes, for so long where it does not say."""

    place: Place
    default_ms: int


@dataclass(frozen=True, slots=True)
class Reply:
    """The parts of an answer that speak of limits; `headers` in small letters."""

    status: int
    retry_after: str
    headers: Mapping[str, str]
    text: str = field(repr=False)


_MIN = 60_000
_DIGITS = 15  # of a number in a header; what is longer says nothing

#: (exchange, HTTP status) → what it closes; 429 and 418 close the address everywhere.
#: Source: binance rest-api.md "Limits" (bans begin at 2 minutes; 403 is the firewall's, without a
#: time); bybit v5/rate-limit (403 "access too frequent": 10 minutes).
_STATUS: dict[tuple[str, int], Closing] = {
    ("binance", 403): Closing(Place.ADDRESS, 5 * _MIN),
    ("bybit", 403): Closing(Place.ADDRESS, 10 * _MIN),
    ("okx", 429): Closing(Place.ACCOUNT, 2_000),
    ("deribit", 429): Closing(Place.ADDRESS, 1_000),
    ("bitget", 429): Closing(Place.ADDRESS, 1_000),
}
_EVERYWHERE: dict[int, Closing] = {
    418: Closing(Place.ADDRESS, 2 * _MIN),
    429: Closing(Place.ADDRESS, _MIN),
}

#: (exchange, code) → what it closes, whatever the status. Source: exchanges.md 5.2 and 6.3 of the
#: facts this was built from; binance -1015 comes without Retry-After (rest-api.md, "Unfilled Order
#: Count"); bingx asks for the time of its window, or bans for minutes (rate-limits.md).
CODES: dict[tuple[str, str], Closing] = {
    ("binance", "-1015"): Closing(Place.ACCOUNT, 10_000),
    ("bybit", "10006"): Closing(Place.ACCOUNT, 1_000),
    ("bybit", "10018"): Closing(Place.ADDRESS, 5_000),
    ("bybit", "10429"): Closing(Place.ACCOUNT, 1_000),
    ("okx", "50011"): Closing(Place.ACCOUNT, 2_000),
    ("okx", "50061"): Closing(Place.ACCOUNT, 2_000),
    ("deribit", "10028"): Closing(Place.ACCOUNT, 1_000),
    ("deribit", "10047"): Closing(Place.ACCOUNT, 1_000),
    ("bingx", "100410"): Closing(Place.ADDRESS, _MIN),
    ("bitget", "429"): Closing(Place.ADDRESS, 1_000),
    ("bitget", "30007"): Closing(Place.ADDRESS, 1_000),
}

_RESET = "x-bapi-limit-reset-timestamp"  # bybit: the instant of its clock when it goes on


def told(exchange: str, reply: Reply, wall_ms: int) -> Told:
    """`wall_ms`: this machine's clock, for exchanges that tell an instant."""
    used = {name: int(text) for name, text in reply.headers.items() if _is_count(text)}
    closing = CODES.get((exchange, _code(exchange, reply.text)))
    closing = closing or _STATUS.get((exchange, reply.status)) or _EVERYWHERE.get(reply.status)
    if closing is None:
        return Told(used)
    return Told(used, _closed_ms(reply, used, closing, wall_ms), closing.place, reply.status)


def _closed_ms(reply: Reply, used: Mapping[str, int], closing: Closing, wall_ms: int) -> int:
    if _is_count(reply.retry_after):
        return max(int(reply.retry_after) * 1000, 1000)
    if _RESET in used:  # the two clocks are not one: never less than asked for, nor for ever
        return min(max(used[_RESET] - wall_ms, closing.default_ms), _MIN)
    return closing.default_ms


def _is_count(text: str) -> bool:
    return len(text) <= _DIGITS and text.isdecimal()


def _code(exchange: str, text: str) -> str:
    """The exchange's own code, if it is one of limits; most answers are not even looked into."""
    known = [code for name, code in CODES if name == exchange]
    if not any(code in text[:500] for code in known):
        return ""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(document, dict):
        return ""
    inner = document.get("error")
    parts = [document, inner] if isinstance(inner, dict) else [document]
    return next(
        (str(one[name]) for one in parts for name in ("code", "retCode") if name in one), ""
    )
