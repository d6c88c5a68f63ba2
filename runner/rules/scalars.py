"""What a plain scalar means: the core schema of YAML 1.2, where readers of YAML 1.1 agree.

In: the text of an unquoted scalar. Out: its value, or why it is refused and what to write instead.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from runner.model.values import dataclass
from runner.rules.nodes import Value
from runner.rules.source import is_glued_secret

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
# Both versions read these as numbers: an exponent needs a point and a sign in YAML 1.1.
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?\Z")
_EXPONENT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|nan)\Z", re.IGNORECASE)

_OLD_BOOLEAN = re.compile(r"(?:y|n|yes|no|on|off)\Z", re.IGNORECASE)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+\Z")
_OTHER_BASE = re.compile(r"[-+]?0[box][0-9a-f_]+\Z", re.IGNORECASE)
_UNDERSCORES = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(?:\.[0-9_]*)?\Z")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?\Z")

# `\n` and `\t` are what an escape may make; the rest breaks terminals, logs or UTF-8.
_UNPRINTABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

#: Plain scalars that are kept, and the longest of them: files are made of few words.
_KEPT, _LONGEST_KEPT = 8192, 100

# Doubles reach from 1e-307 to 1e308; what evaluates must fit one.
_LARGEST_EXPONENT = 300
_MOST_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a plain scalar is refused; `message` holds no word of it."""

    code: str
    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is known of a plain scalar by its text alone."""

    value: Value  # the text itself where it is refused
    refusal: Refusal | None
    glued: bool  # a credentials field and its value in one word
    printable: bool
    right: bool  # nothing has to be said about it


def meaning(text: str) -> Meaning:
    """All that a plain scalar's text tells."""
    found, glued, printable = resolve(text), is_glued_secret(text), is_printable(text)
    if isinstance(found, Refusal):
        return Meaning(text, found, glued, printable, False)
    return Meaning(found, None, glued, printable, printable and not glued)


_kept_meaning = lru_cache(_KEPT)(meaning)


def meaning_of_word(text: str) -> Meaning:
    """The same, kept where it is short; for no secret."""
    return _kept_meaning(text) if len(text) <= _LONGEST_KEPT else meaning(text)


def is_printable(text: str) -> bool:
    """Whether no character of it breaks a terminal, a log or UTF-8."""
    return _UNPRINTABLE.search(text) is None


def resolve(text: str) -> Value | Refusal:
    """The value of a plain scalar.

    >>> resolve("12"), resolve("0.10"), resolve("true"), resolve("BTC/USDT")
    (12, Decimal('0.10'), True, 'BTC/USDT')
    >>> resolve("no").help
    'write `false`, or quote it: "no"'
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789yYnNoO":
        return text  # nothing below starts with anything else
    if _WHOLE.match(text) or _HEX.match(text) or _DECIMAL.match(text) or _EXPONENT.match(text):
        return _number(text)
    return _refusal(text) or text


def _number(text: str) -> Value | Refusal:
    if len(text) > _MOST_DIGITS:
        return Refusal("R013", f"a number of more than {_MOST_DIGITS} characters", "")
    if _HEX.match(text):
        return int(text, 16)
    if _WHOLE.match(text):
        return int(text)
    number = _decimal(text)
    if number is None:
        return Refusal("R013", "no computer number reaches that far", "write fewer digits")
    if _DECIMAL.match(text):
        return number
    return Refusal(
        "R012",
        "YAML 1.1 reads this as text, YAML 1.2 as a number",
        f"write `{_plain(number)}`",
    )


def _decimal(text: str) -> Decimal | None:
    """`None` where no double holds it: of the largest exponents not even a Decimal is made."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return None if number and abs(number.adjusted()) > _LARGEST_EXPONENT else number


def _plain(number: Decimal) -> str:
    digits = format(number, "f")
    return digits if len(digits) <= _MOST_DIGITS else f"{number:e}".replace("e", ".0e", 1)


def _refusal(text: str) -> Refusal | None:
    """Set apart by what to write instead."""
    quoted = f'"{text}"'
    if _NOT_FINITE.match(text):
        return Refusal("R013", "a limit that is no number is no limit", "write a number")
    if _OLD_BOOLEAN.match(text):
        truth = "true" if text.lower() in {"y", "yes", "on"} else "false"
        return Refusal(
            "R012",
            f"YAML 1.1 reads this as `{truth}`, YAML 1.2 as text",
            f"write `{truth}`, or quote it: {quoted}",
        )
    if _LEADING_ZERO.match(text):
        return Refusal(
            "R012",
            "YAML 1.1 reads a leading zero as base 8, YAML 1.2 does not",
            f"write `{_without_zeros(text)}`, or quote it: {quoted}",
        )
    if _OTHER_BASE.match(text) or _UNDERSCORES.match(text):
        return Refusal(
            "R012",
            "YAML 1.1 and 1.2 read this differently, as a number and as text",
            f"write plain digits, or quote it: {quoted}",
        )
    if _SEXAGESIMAL.match(text):
        return Refusal("R012", "YAML 1.1 reads this as a number in base 60", f"write {quoted}")
    if _DATE.match(text):
        return Refusal("R012", "YAML 1.1 reads this as a date", f"write {quoted}")
    return None


def _without_zeros(text: str) -> str:
    sign = "-" if text[0] == "-" else ""
    return sign + (text.lstrip("+-").replace("_", "").lstrip("0") or "0")
