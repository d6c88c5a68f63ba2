"""What to say about a wrong key or value: the fact, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from runner.language.words import quoted
from runner.model.secrets import SCHEMES
from runner.model.values import dataclass
from runner.rules.nodes import Node, Scalar, Style
from runner.rules.scalars import resolve
from runner.rules.shape import Either, Field, Form, Listing, Named, Record, Shape
from runner.rules.source import looks_secret, may_be_secret
from runner.rules.units import meant_amount, percentage

#: No unit makes sense of a larger number.
_LARGEST = 10**15

#: Other tools' words for our keys.
_SYNONYMS = {
    "amount": "quantity",
    "condition": "when",
    "conditions": "when",
    "if": "when",
    "interval": "timeframe",
    "future": "futures",
    "linear": "futures",
    "mainnet": "live",
    "pair": "symbols",
    "pairs": "symbols",
    "parameters": "params",
    "perp": "futures",
    "perpetual": "futures",
    "portion": "close",
    "production": "live",
    "qty": "quantity",
    "real": "live",
    "rules": "entry",
    "sandbox": "testnet",
    "sl": "stop_loss",
    "stop": "stop_loss",
    "stop_market": "stop",
    "swap": "futures",
    "symbol": "symbols",
    "take": "take_profit",
    "target": "take_profit",
    "tp": "take_profit",
    "unit-test": "test",
    "unit_test": "test",
    "variables": "params",
}

_WRAPS = re.compile(r"[^{}\[\]`#\x00-\x1f\x7f]{1,60}")  # of a value that is offered in brackets
_LONGEST = 40  # of a name that is offered
_AMOUNTS = frozenset({"amount", "amount-size", "spend-size", "step"})

Words = tuple[str, str, str]  # code, message, help


@dataclass(frozen=True, slots=True)
class Known:
    """Where a key belongs: the keys above it (empty for the top of the file), and its field."""

    path: str
    field: Field


def belongs(root: Shape, key: str) -> Known | None:
    """The first place in the shape of a file that takes this key."""
    return next((known for name, known in _fields(root, "") if name == key), None)


def keys_in(root: Shape) -> set[str]:
    """Every key that a file of this shape takes somewhere."""
    return {name for name, _ in _fields(root, "")}


def _fields(shape: Shape | None, path: str) -> Iterator[tuple[str, Known]]:
    match shape:
        case Record():
            for name, known in shape.fields.items():
                yield name, Known(path, known)
            for name, known in shape.fields.items():
                yield from _fields(known.shape, f"{path}.{name}".lstrip("."))
        case Either():
            yield from _fields(shape.mapping, path)
            yield from _fields(shape.sequence, path)
        case Named():
            yield from _fields(shape.item, f"{path}.<name>")
        case Listing():
            yield from _fields(shape.item, path)


def about_key(word: str, what: str, known: list[str], name: str) -> Words:
    """An unknown key of `name`, or an unknown value of it."""
    meant = meant_by(word, known)
    allowed = ", ".join(f"`{other}`" for other in sorted(known))
    if what == "value" and word in known:
        return "R105", f"`{name}` must not be quoted", f"write `{name}: {word}`"
    if what == "value" and may_be_secret(name):
        return "R105", f"`{name}` cannot be this value", f"allowed: {allowed}"
    if what == "value":
        help = f"did you mean `{meant}`?" if meant else f"allowed: {allowed}"
        return "R105", f"{quoted(word)} is not a value of `{name}`", help
    where = f" in `{name}`" if name else ""
    help = f"did you mean `{meant}`?" if meant else ""
    return "R101", f"{quoted(word)} is not a key{where}", help


def meant_by(word: str, known: list[str]) -> str | None:
    """The known word that a wrong one is near to."""
    from difflib import get_close_matches  # for wrong files only

    synonym = _SYNONYMS.get(word.lower())
    if synonym in known:
        return synonym
    folded = {other.lower().replace("-", "_"): other for other in known}
    plain = word.lower().replace("-", "_")
    near = get_close_matches(plain, folded, n=1, cutoff=0.7) or [
        other for other in folded if _same_parts(plain, other)
    ]
    return folded[near[0]] if near else None


def _same_parts(word: str, other: str) -> bool:
    """`end_session` is `session_end`, and `mian` is `main`."""
    letters = len(word) > 2 and sorted(word) == sorted(other)
    return letters or sorted(word.split("_")) == sorted(other.split("_"))


def about_name(word: str) -> str:
    """What to write instead of a word that cannot be a name."""
    from runner.indicators.table import FUNCTIONS
    from runner.rules.meant import name  # for wrong files only

    near = None if _is_secret(word) else name(word, "_")
    rule = "lower-case letters, digits and `_`, beginning with a letter"
    fits = near is not None and len(near) <= _LONGEST and near not in FUNCTIONS
    return f"write `{near}`: {rule}" if fits else f"use {rule}"


def _is_secret(word: str) -> bool:
    return next(looks_secret(word), None) is not None


def wrapped(shape: Shape, node: Node, name: str) -> str:
    """A single value where a list of such belongs, or keys of which one must be there.

    Empty where that is not what is wrong, or where the value cannot be shown.
    """
    if isinstance(shape, Either):
        shape = shape.mapping or shape
    if not isinstance(node, Scalar) or node.style is not Style.PLAIN or may_be_secret(name):
        return ""
    if not _WRAPS.fullmatch(node.text):
        return ""
    if isinstance(shape, Listing):
        return f"write `{name}: [{node.text}]`"
    if not isinstance(shape, Record) or shape.exactly_one or shape.at_least_one:
        return ""
    required = [key for key, field in shape.fields.items() if field.required]
    return f"write `{name}: {{{required[0]}: {node.text}}}`" if len(required) == 1 else ""


def about_form(form: Form, node: Scalar, name: str, currency: str) -> Words:
    """A value that is not of its form; `currency`: what amounts of this key are in."""
    if form.secret:
        scheme, colon, rest = node.text.partition(":")
        is_pasted = rest and scheme in {"env", "dotenv"}  # no variable has such a name
        if colon and scheme in SCHEMES and not is_pasted:
            help = f"write `{scheme}:{SCHEMES[scheme].takes}`"
            return "R110", f"an incomplete `{scheme}:` reference", help
        message = f"`{name}` must be a reference, never the secret itself"
        return "R301", message, "write `env:NAME` and keep the value out of the file"
    if node.value is None:
        return "R103", f"`{name}` has no value", f"write {form.meaning}"
    if may_be_secret(name):
        return "R110", f"`{name}` cannot be this value", f"write {form.meaning}"
    if isinstance(node.value, bool):
        return "R103", f"`{name}` must not be `{node.text}`", f"write {form.meaning}"
    unit = _missing_unit(form, node, currency)
    if unit:
        return "R109", f"`{name}` is a bare {quoted(node.text)} without a unit", unit
    from runner.rules.meant import meant  # for wrong files only

    near = meant_amount(node.text, currency) if form.name in _AMOUNTS else None
    near = near or (None if _is_secret(node.text) else meant(form.name, node.text))
    help = f"write `{near}`" if near else f"write {form.meaning}"
    return "R110", f"`{name}` cannot be {quoted(node.text)}", help


def _missing_unit(form: Form, node: Scalar, currency: str) -> str:
    """What to write for a number that lacks its unit; empty when that is not what is wrong."""
    read = resolve(node.text)
    if isinstance(read, bool) or not isinstance(read, int | Decimal):
        return ""
    number = Decimal(read)
    if abs(number) >= _LARGEST:
        return ""
    bare = f"{number:f}"
    match form.name:
        case "gain" if number >= 1:
            return f"write `{bare}R` for multiples of the risk, or `{bare}%`"
        case "percentage" | "signed-percentage" | "fraction-size" | "add-size" | "gain":
            return percent_meant(number)
        case "amount" | "amount-size" | "spend-size":
            return f"write the currency with it: `{bare} {currency}`"
        case "duration" | "pause":
            return f"write a duration, such as `{bare}s` or `{bare}m`"
        case "bars" | "bars-or-duration":
            return f"write `{bare} bars`"
        case "leverage":
            return f"write `{bare}x`"
    return ""


def percent_meant(number: Decimal) -> str:
    """`0.05` may mean five percent or a twentieth of one: say both."""
    as_fraction = f"{(number * 100).normalize():f}%"
    if percentage(as_fraction) is None or number >= 1:
        return f"write the percent sign: `{number:f}%`"
    return f"a percentage is meant: write `{as_fraction}` (or `{number:f}%`, if so little is meant)"
