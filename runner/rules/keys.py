"""Words of a rule file: which need nothing to be said, and what stands for a missing value."""

from __future__ import annotations

import re
from typing import Any, TypeGuard

from runner.rules.nodes import Node, Scalar, Style
from runner.rules.scalars import meaning_of_word

LONGEST_KEY = 200
BLANK = " \t\r\n"
_PLAIN = Style.PLAIN


def usual(event: Any, text: str) -> Scalar | None:
    """The usual scalar, unquoted and with nothing to be said about it; for no secret."""
    if event.style or event.anchor is not None or event.tag is not None:
        return None
    written = event.value
    meant = meaning_of_word(written)
    if not meant.right:
        return None
    start, end = event.start_mark.index, event.end_mark.index
    if end > start and text[end - 1] in BLANK:
        end = start + len(text[start:end].rstrip(BLANK))
    return Scalar(meant.value, written, start, end, _PLAIN, False, False)


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
