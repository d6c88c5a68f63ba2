"""Whether a line of the audit log has the members that docs/guide/audit.md lists, of their kinds.

What is sealed rightly may still be written by anyone: nobody reads a member that was not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

Fits = Callable[[Any], bool]


def misfit(body: Mapping[str, Any], is_first: bool) -> str:
    """What is wrong with a line; empty: nothing. Whatever else it has is nobody's business.

    >>> misfit({"seq": 2, "type": "call"}, is_first=False)
    'has no `account` as the format asks for it'
    """
    if not is_first and _is_usual(body):
        return ""
    for name, fits in (_OPENING if is_first else _CALL).items():
        if name not in body or not fits(body[name]):
            return f"has no `{name}` as the format asks for it"
    return "" if _is_count(body.get("left_out", 0)) else "has a `left_out` that is no number"


def _is_usual(body: Mapping[str, Any]) -> bool:
    """Nearly all lines, looked at in one go; none that this takes is a misfit."""
    try:
        texts = "".join((*_texts(body), *body["client_order_ids"], *body["exchange_order_ids"]))
        ids, numbers = (body["client_order_ids"], body["exchange_order_ids"]), body["weight"]
        return (
            texts.isascii()
            and texts.isprintable()
            and body["type"] == "call"
            and type(ids[0]) is type(ids[1]) is list
            and body["foreign"] == []
            and type(body["latency_ms"]) is type(body["status"]) is int
            and min(body["latency_ms"], body["status"]) >= 0
            and "left_out" not in body
            and (numbers == {} or _are_counts(numbers))
            and _is_time(body["at"])
        )
    except (KeyError, TypeError):
        return False


def _is_text(value: Any) -> bool:
    return type(value) is str and value.isascii() and value.isprintable()


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_time(value: Any) -> bool:
    if not _is_text(value) or len(value) < 20 or value[-1] != "Z" or value[10] != "T":
        return False
    try:
        return datetime.fromisoformat(value).year >= 1970
    except ValueError:
        return False


def _is_status(value: Any) -> bool:
    return value is None or _is_count(value)


def _is_call(value: Any) -> bool:
    return bool(value == "call")


def _are_texts(value: Any) -> bool:
    return type(value) is list and all(map(_is_text, value))


def _are_pairs(value: Any) -> bool:
    return type(value) is list and all(_are_texts(pair) and len(pair) == 2 for pair in value)


def _are_counts(value: Any) -> bool:
    return type(value) is dict and all(map(_is_text, value)) and all(map(_is_count, value.values()))


#: The members of a call that are texts.
_texts = itemgetter(
    *("account", "at", "code", "environment", "exchange", "host", "key", "market", "method"),
    *("outcome", "path", "venue", "verb"),
)
_OPENING: Mapping[str, Fits] = {
    "at": _is_time,
    "cause": _is_text,
    "log": _is_text,
    "lost": _is_count,
    "reason": _is_text,
}
_CALL: Mapping[str, Fits] = {
    "type": _is_call,
    "account": _is_text,
    "at": _is_time,
    "client_order_ids": _are_texts,
    "code": _is_text,
    "environment": _is_text,
    "exchange": _is_text,
    "exchange_order_ids": _are_texts,
    "foreign": _are_pairs,
    "host": _is_text,
    "key": _is_text,
    "latency_ms": _is_count,
    "market": _is_text,
    "method": _is_text,
    "outcome": _is_text,
    "path": _is_text,
    "status": _is_status,
    "venue": _is_text,
    "verb": _is_text,
    "weight": _are_counts,
}
