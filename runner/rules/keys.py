"""Keys of a rule file: which need nothing to be said, and what stands for a missing value."""

from __future__ import annotations

import re
from typing import TypeGuard

from runner.rules.nodes import Node, Scalar, Style

LONGEST_KEY = 200


def is_right(key: Node) -> TypeGuard[Scalar]:
    """Whether nothing has to be said about a key."""
    if not isinstance(key, Scalar) or key.refused or type(key.value) is not str:
        return False
    return 0 < len(key.value) <= LONGEST_KEY and key.text != "<<"


def is_clock(key: Scalar, value: str | None) -> bool:
    """`to: 20:00` of a session: no secret, whatever else `to` may hold."""
    return key.text == "to" and re.fullmatch("[0-9]{1,2}:[0-9]{2}", value or "") is not None


def absent(value: Scalar, key: Scalar | None) -> Scalar:
    """The place of a value that is not there is right after its key."""
    at = key.end if key else value.start
    return Scalar(value.value, value.text, at, at, value.style, value.refused)


def refused(start: int, end: int, style: Style = Style.PLAIN) -> Scalar:
    """What stands for a value that is reported already and not to be shown."""
    return Scalar("", "", start, end, style, refused=True)
